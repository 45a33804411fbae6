//! A patient answers every shipped instrument, in both languages, on the real pages over the real store.
//!
//! Each question is answered as a hand would: an option tapped, the scale slid along, a field typed into. One pass
//! takes first options and one takes last ones, so that every item is asked in one of them, whatever it depends on.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use frontend::{
    i18n::{Locale, text},
    patient::App,
    store::IndexedDbStore,
};
use leptos::{mount::mount_to, prelude::document};
use serde_json::json;
use shared::{
    answers::{AnswerValue, Slot, response},
    id::{AssessmentId, DeviceId, InstrumentVersion, ItemCode, PatientId},
    instrument::{Answer, Definition, InstrumentSheet, Item, ItemKind, catalog::Catalog, logic},
    scoring::score,
    sync::store::Store as _,
};
use support::{
    enrol,
    hand::{find, hold_address_bar, path, slide_to, tap, text_of, texts, type_into, until},
    uptime_ms,
};
use uuid::Uuid;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// What the phone's own database is called.
const DATABASE: &str = "ressenti";

/// One way through all instruments.
#[derive(Clone, Copy)]
struct Pass {
    locale: Locale,
    takes_first: bool,
    person: u128,
}

const PASSES: [Pass; 2] = [
    Pass { locale: Locale::Fr, takes_first: true, person: 1 },
    Pass { locale: Locale::En, takes_first: false, person: 2 },
];

#[wasm_bindgen_test]
async fn a_patient_can_answer_every_shipped_instrument_in_both_languages() {
    let mut catalog = Catalog::shipped().unwrap();
    add_every_kind(&mut catalog);
    let mut asked: BTreeMap<InstrumentVersion, BTreeSet<ItemCode>> = BTreeMap::new();
    for pass in PASSES {
        let begun = uptime_ms();
        let store = IndexedDbStore::new(DATABASE);
        let _app = pass.open_phone(&store, &catalog).await;
        let mut n_asked = 0;
        for definition in catalog.definitions() {
            let shown = pass.answer_all_of(definition, &catalog, &store).await;
            n_asked += shown.len();
            asked.entry(definition.instrument.clone()).or_default().extend(shown);
        }
        console_log!("{}: {n_asked} questions in {:.1} s", pass.locale.tag(), (uptime_ms() - begun) / 1000.0);
    }
    for definition in catalog.definitions() {
        let items: BTreeSet<ItemCode> = definition.items.iter().map(|item| item.code.clone()).collect();
        assert_eq!(asked[&definition.instrument], items, "{}: an item was asked in no pass", definition.instrument);
    }
    assert!(asked.len() >= 33, "{} instruments", asked.len());
}

impl Pass {
    fn patient(self) -> PatientId {
        PatientId::new(Uuid::from_u128(100 + self.person))
    }

    /// Opens the app, until it is dropped, on a phone that has the patient's bundle, with the PIN.
    async fn open_phone(self, store: &IndexedDbStore, catalog: &Catalog) -> impl Sized {
        enrol(store, self.patient(), DeviceId::new(Uuid::from_u128(200 + self.person)), self.locale.tag()).await;
        store.save_bundle(self.patient(), &self.bundle(catalog).to_string()).await.unwrap();
        hold_address_bar();
        let page = document().create_element("div").unwrap();
        document().body().unwrap().append_child(&page).unwrap();
        let app = mount_to(page.unchecked_into(), App);
        type_into(&until("the PIN", || find("#pin")).await, "2580").await;
        tap(&find("form button").unwrap());
        until("what is due", || find(".tasks")).await;
        app
    }

    fn bundle(self, catalog: &Catalog) -> serde_json::Value {
        let instruments = catalog.definitions().map(|definition| json!({ "instrument": definition.instrument }));
        let languages = ["fr", "en"].map(|language| language.parse().unwrap());
        let sheets = catalog.definitions().flat_map(|definition| {
            languages.iter().map(|language| catalog.sheet(&definition.instrument, language).unwrap())
        });
        json!({
            "revision": "one", "patient": self.patient(), "site": "lille", "language": self.locale.tag(),
            "study": {
                "key": "s", "version": "1", "title": {}, "status": "demonstration", "languages": ["fr", "en"],
                "phone": "", "sites": [], "hemopathies": [], "products": [], "pathways": [],
                "batteries": { "ALL": { "instruments": instruments.collect::<Vec<_>>() } },
                "timepoints": [{ "key": "B", "label": {}, "series": "always", "anchor": "inclusion",
                    "target_day": 0, "window": [-5000, 50000], "batteries": ["ALL"] }],
            },
            "facts": { "hemopathy": "dlbcl", "milestones": [{ "kind": "inclusion", "on": { "date": "2026-01-05" } }] },
            "sheets": sheets.collect::<Vec<_>>(),
        })
    }

    /// From the list of what is due to the sending; gives the items asked, in the order they were.
    async fn answer_all_of(self, definition: &Definition, catalog: &Catalog, store: &IndexedDbStore) -> Vec<ItemCode> {
        let (version, assessment) = (&definition.instrument, "B:1".parse::<AssessmentId>().unwrap());
        let sheet = catalog.sheet(version, &self.locale.tag().parse().unwrap()).unwrap();
        let place = format!("/q/{assessment}/{}", version.key);
        tap(&until(&format!("{version} among what is due"), || find(&format!("a[href='{place}']"))).await);
        until("the introduction", || (text_of("h1") == sheet.wording.title).then_some(())).await;
        assert_eq!(path(), place);
        tap(&find("footer button").unwrap());

        let (mut shown, mut given) = (Vec::new(), BTreeMap::new());
        while let Some(code) = self.next_question(&format!("{place}/item/"), shown.len() + 1).await {
            let item = definition.find_item(&code).unwrap();
            let value = self.value_for(definition, item);
            self.answer(&sheet, item, &value).await;
            shown.push(code.clone());
            given.insert(code, value);
            tap(&find("footer button").unwrap());
        }

        self.check_review(&sheet, &shown);
        tap(&find("footer button").unwrap());
        until("the sending", || (path() == format!("{place}/sent")).then_some(())).await;
        let slot = Slot { patient: self.patient(), assessment, instrument: version.key.clone() };
        check_kept(store, &slot, definition, &shown, &given).await;
        tap(&until("the way back to the list", || find("footer button")).await);
        shown
    }

    /// The item of the question with this number, once it is on the screen; `None` at the review.
    async fn next_question(self, items: &str, number: usize) -> Option<ItemCode> {
        let count = text::questionnaire::place(self.locale, number, 0).trim_end_matches('0').to_owned();
        let what = format!("question {number} or the review");
        until(&what, || {
            let review = find("dl.review").map(|_| None);
            let path = path();
            let code = path.strip_prefix(items).filter(|_| text_of(".question-count").starts_with(&count));
            review.or_else(|| code.map(|code| Some(code.parse().unwrap())))
        })
        .await
    }

    /// What this patient says: the first or the last of what an item allows.
    fn value_for(self, definition: &Definition, item: &Item) -> AnswerValue {
        fn one<T>(first: bool, low: T, high: T) -> T {
            if first { low } else { high }
        }
        match &item.kind {
            ItemKind::Choice(set) => {
                let codes = &definition.options[set].codes;
                AnswerValue::Code(one(self.takes_first, codes[0], codes[codes.len() - 1]))
            }
            ItemKind::Choices(set) => {
                let set = &definition.options[set];
                let mut codes: Vec<i32> =
                    set.codes.iter().copied().filter(|code| !set.exclusive.contains(code)).take(2).collect();
                codes.sort_unstable();
                AnswerValue::Codes(one(self.takes_first, codes, vec![set.codes[set.codes.len() - 1]]))
            }
            ItemKind::Analogue { min, max } => AnswerValue::Integer(i64::from(one(self.takes_first, *min, max - 1))),
            ItemKind::Integer { min, max } => AnswerValue::Integer(one(self.takes_first, *min, *max)),
            ItemKind::Decimal { min, max } => AnswerValue::Decimal(one(self.takes_first, min + 0.5, *max)),
            ItemKind::Date => AnswerValue::Date("2026-03-09".parse().unwrap()),
            ItemKind::Text { .. } => AnswerValue::Text("Rien d’autre".to_owned()),
        }
    }

    /// Answers the question on the screen, whose words and options must all be there.
    async fn answer(self, sheet: &InstrumentSheet, item: &Item, value: &AnswerValue) {
        let heading = text_of("#question");
        assert!(!heading.trim().is_empty(), "{} has no heading", item.code);
        assert_eq!(heading, sheet.wording.items[&item.code].text, "{}", item.code);
        if let ItemKind::Choice(set) | ItemKind::Choices(set) = &item.kind {
            let words = sheet.definition.options[set].codes.iter().map(|code| sheet.wording.find_option(set, *code));
            assert!(words.map(Option::unwrap).eq(texts(".rows label")), "{}: other options", item.code);
        }
        let row = |code: &i32| tap(&find(&format!("label.row:has([id='answer-{code}'])")).unwrap());
        let field = async |id: &str, text: &str| type_into(&find(id).unwrap(), text).await;
        match value {
            AnswerValue::Code(code) => row(code),
            AnswerValue::Codes(codes) => codes.iter().for_each(row),
            AnswerValue::Integer(number) => {
                if let ItemKind::Analogue { min, max } = item.kind {
                    slide_to(&find("#answer").unwrap(), share(min, max, *number));
                } else {
                    field("#answer", &number.to_string()).await;
                }
            }
            AnswerValue::Decimal(number) => field("#answer", &number.to_string().replace('.', ",")).await,
            AnswerValue::Date(date) => {
                field("#answer", &date.day().to_string()).await;
                field("#answer-month", &date.month().to_string()).await;
                field("#answer-year", &date.year().to_string()).await;
            }
            AnswerValue::Text(text) => field("#answer", text).await,
        }
    }

    /// The review lists every question that was asked, once, with an answer.
    fn check_review(self, sheet: &InstrumentSheet, shown: &[ItemCode]) {
        let lines = (1..).zip(shown).map(|(n, code)| format!("{n}. {}", sheet.wording.items[code].text));
        assert_eq!(texts(".review dt"), lines.collect::<Vec<_>>());
        let unanswered = text::questionnaire::not_answered(self.locale);
        let answers = texts(".review-answer");
        assert_eq!(answers.len(), shown.len());
        assert!(answers.iter().all(|words| !words.trim().is_empty() && words != unanswered), "{answers:?}");
    }
}

/// How far down a scale's drawing this position is.
fn share(min: i32, max: i32, at: i64) -> f64 {
    let from_top = f64::from(max - i32::try_from(at).unwrap()) / f64::from(max - min);
    (30.0 + from_top * 500.0) / 560.0
}

/// What the store holds is what was meant; every item that applies was asked, in order, and all of it is scored.
async fn check_kept(
    store: &IndexedDbStore,
    slot: &Slot,
    definition: &Definition,
    shown: &[ItemCode],
    given: &BTreeMap<ItemCode, AnswerValue>,
) {
    let kept = store.list_slot(slot).await.unwrap();
    let read = response::read(kept.iter().map(|kept| &kept.event), &slot.assessment, &slot.instrument).unwrap();
    let copy = &read.copies[0];
    assert!(copy.submitted.is_some() && copy.instrument == definition.instrument);
    let values = copy.values();
    assert_eq!(values, *given, "{}", definition.instrument);
    for (item, value) in &values {
        Answer::parse(definition, item, value.clone()).unwrap();
    }
    let applicable = logic::applicable(definition, &values);
    assert!(applicable.iter().map(|item| &item.code).eq(shown), "{}: {shown:?}", definition.instrument);
    let scores = score(definition, &values).scales;
    let n_scored = scores.values().filter(|score| score.value().is_some()).count();
    let all_asked = shown.len() == definition.items.len();
    assert!(!all_asked || n_scored == definition.scales.len(), "{}: {scores:?}", definition.instrument);
    assert!(n_scored > 0 || definition.scales.is_empty(), "{}", definition.instrument);
}

/// No shipped instrument asks for a number, a date or words: one of nobody's does, as a site's own may.
fn add_every_kind(catalog: &mut Catalog) {
    let instrument = "[instrument]\nkey = \"every-kind\"\nversion = \"1\"\n";
    let definition = r#"
title = "Every kind"
owner = "Nobody"
licence = "None needed"
minutes = 1
recall = "none"
items = [
    { code = "whole", topic = "A whole number", kind = { integer = { min = 0, max = 30 } } },
    { code = "decimal", topic = "A number with decimals", kind = { decimal = { min = 20.0, max = 300.0 } } },
    { code = "day", topic = "A day", kind = "date" },
    { code = "words", topic = "A few words", kind = { text = { max_length = 40 } } },
]
"#;
    catalog.add_definition("every-kind.toml", &format!("{definition}{instrument}")).unwrap();
    for language in ["fr", "en"] {
        let head =
            format!("pack = \"every-kind-{language}\"\nlanguage = \"{language}\"\ntitle = \"Kinds {language}\"\n");
        let source = "source = \"Nobody\"\nlicence = \"None needed\"\n";
        let words =
            ["whole", "decimal", "day", "words"].map(|item| format!("{item} = {{ text = \"{item} {language}\" }}"));
        let pack = format!("{head}{source}{instrument}[items]\n{}\n", words.join("\n"));
        catalog.add_pack("every-kind.toml", &pack).unwrap();
    }
}

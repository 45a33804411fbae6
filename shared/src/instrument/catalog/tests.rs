//! What the catalog refuses, in its own words, and what the shipped files promise.

use super::*;
use crate::instrument::{Item, ItemKind};

const DEFINITION: &str = r#"
title = "Test"
owner = "us"
licence = "ours"
minutes = 1
recall = "today"
items = [
    { code = "a", topic = "first topic", kind = { choice = "few" } },
    { code = "b", topic = "second topic", kind = { analogue = { min = 0, max = 10 } }, applies = { answered = { item = "a", codes = [1] } } },
]
instrument = { key = "test", version = "1.0" }
options.few = { codes = [0, 1] }

[[scales]]
code = "S"
label = "Sum"
of = { items = ["a", "-b"] }
rule = "sum"
needs = "all"
range = [0, 11]
higher = "better"
"#;

const PACK: &str = r#"
pack = "test-en"
language = "en"
source = "us"
licence = "ours"
title = "Test"
recall = "Today"
instrument = { key = "test", version = "1.0" }
items.a = { text = "First?" }
items.b = { text = "Second?", low = "none", high = "all" }
options.few = { 0 = "No", 1 = "Yes" }
"#;

/// The problems of the definition after one change.
fn definition_with(from: &str, to: &str) -> Vec<String> {
    assert!(DEFINITION.contains(from), "{from}");
    words(Catalog::default().add_definition("test.toml", &DEFINITION.replace(from, to)))
}

/// Every change makes its problem.
fn check_definitions(cases: &[(&str, &str, &str)]) {
    for (from, to, problem) in cases {
        let problems = definition_with(from, to);
        assert!(problems.iter().any(|found| found == problem), "{to}: {problems:#?}");
    }
}

/// The problems of the pack after one change.
fn pack_with(from: &str, to: &str) -> Vec<String> {
    assert!(PACK.contains(from), "{from}");
    let mut catalog = Catalog::default();
    catalog.add_definition("test.toml", DEFINITION).unwrap();
    words(catalog.add_pack("en.toml", &PACK.replace(from, to)))
}

fn words<T>(added: Result<T, CatalogError>) -> Vec<String> {
    added.map_or_else(|error| error.problems.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

#[test]
fn what_holds_together_is_added_and_found() {
    let mut catalog = Catalog::default();
    let version = catalog.add_definition("test.toml", DEFINITION).unwrap();
    catalog.add_pack("en.toml", PACK).unwrap();
    assert_eq!(catalog.find(&version).unwrap().items.len(), 2);
    assert_eq!(catalog.packs(&version).count(), 1);
    let sheet = catalog.sheet(&version, &"en".parse().unwrap()).unwrap();
    assert!(sheet.definition.scales.is_empty());
    assert!(catalog.sheet(&version, &"fr".parse().unwrap()).is_none());
}

#[test]
fn an_item_that_does_not_hold_together_is_refused_with_place_and_hint() {
    let cases = [
        (
            r#"choice = "few""#,
            r#"choice = "some""#,
            "test.toml: item a: option set some is unknown; define [options.some] or name one of: few",
        ),
        (
            "codes = [0, 1]",
            "codes = [0, 1, 1]",
            "test.toml: options few: code 1 stands twice; every code means one option",
        ),
        (
            r#"item = "a""#,
            r#"item = "b""#,
            "test.toml: item b: it applies by item b, which is not asked before it; a condition refers to earlier items only",
        ),
        (
            r#"item = "a""#,
            r#"item = "c""#,
            "test.toml: item b: it applies by item c, which is not asked before it; a condition refers to earlier items only",
        ),
        (
            "codes = [1] }",
            "codes = [2] }",
            "test.toml: item b: its condition asks for code 2 of item a; a takes [0, 1]",
        ),
        (
            r#"{ code = "b""#,
            r#"{ code = "a""#,
            "test.toml: item a: its code stands twice; every item has a code of its own",
        ),
        ("min = 0, max = 10", "min = 10, max = 10", "test.toml: item b: its range is empty; min lies below max"),
    ];
    check_definitions(&cases);
}

#[test]
fn a_scale_that_does_not_hold_together_is_refused_with_place_and_hint() {
    let cases = [
        (r#""-b""#, r#""-c""#, "test.toml: scale S: it names item c, which is unknown; mend the code"),
        (r#""-b""#, r#""a""#, "test.toml: scale S: a stands twice; name it once"),
        (
            r#"{ items = ["a", "-b"] }"#,
            r#"{ scales = ["S"] }"#,
            "test.toml: scale S: it names scale S, which does not stand before it; a scale builds on earlier scales only",
        ),
        (
            r#"needs = "all""#,
            "needs = { at_least = 3 }",
            "test.toml: scale S: it needs 3 of 2 inputs; ask for 1 up to all of them",
        ),
        (
            r#"rule = "sum""#,
            "rule = { weighted = { constant = 0, weights = [1] } }",
            "test.toml: scale S: it has 1 weights; write one for each of its 2 inputs, in their order",
        ),
        (
            r#"rule = "sum""#,
            "rule = { value_set = { start = 1, weights = [[0, 1], []] } }",
            "test.toml: scale S: it values item b, which has no options; a value set is made of choices",
        ),
        (
            r#"rule = "sum""#,
            "rule = { value_set = { start = 1, weights = [[0], []] } }",
            "test.toml: scale S: it has 1 weights for item a; write one for each of its 2 codes, in the order of its option set",
        ),
        ("range = [0, 11]", "range = [11, 0]", "test.toml: scale S: its range is empty; write [lowest, highest]"),
        (
            "range = [0, 11]",
            "range = [0, 11]\nsteps = [{ rescale = { from = [1, 1], to = [0, 1] } }]",
            "test.toml: scale S: it rescales from one point; name two different values",
        ),
        (
            "range = [0, 11]",
            "range = [0, 11]\nsteps = [{ bands = { from = [5], labels = [\"low\"] } }]",
            "test.toml: scale S: it has 1 band labels; write 2: one more than there are limits",
        ),
    ];
    check_definitions(&cases);
}

#[test]
fn a_table_a_recoding_or_a_list_that_does_not_hold_together_is_refused_with_place_and_hint() {
    let sum = r#"rule = "sum""#;
    let cases = [
        (
            sum,
            r#"rule = { table = "t" }"#,
            "test.toml: scale S: table t is unknown; define [tables.t] or name one of: ",
        ),
        (sum, "rule = { count = { codes = [] } }", "test.toml: scale S: it counts no code; name the codes that count"),
        (
            sum,
            "rule = { norm_based = [{ mean = 0, sd = 0, weight = 1 }] }",
            "test.toml: scale S: it has 1 norms; write one for each of its 2 inputs, in their order",
        ),
        (
            sum,
            "rule = { norm_based = [{ mean = 0, sd = 0, weight = 1 }] }",
            "test.toml: scale S: a norm has no spread; a standard deviation is above 0",
        ),
        (
            sum,
            "rule = \"sum\"\nrecode = { c = [1] }",
            "test.toml: scale S: it recodes c, which it is not made of; mend the code",
        ),
        (
            sum,
            "rule = \"sum\"\nrecode = { a = [1] }",
            "test.toml: scale S: it recodes a to 1 values; write one for each of its 2 codes, in their order",
        ),
        (
            r#"{ items = ["a", "-b"] }"#,
            "{ items = [\"-a\", \"b\"] }\nrecode = { a = [1, 0] }",
            "test.toml: scale S: it recodes and reverses a; write the recoded values in the direction wanted",
        ),
        (
            "range = [0, 11]",
            "range = [0, 11]\nsteps = [{ lookup = { first = 0, values = [] } }]",
            "test.toml: scale S: it looks up in an empty list; write the values",
        ),
        (
            "range = [0, 11]",
            "range = [0, 11]\nsteps = [{ bands = { from = [5], labels = [\"low\", \"high\"], codes = [1] } }]",
            "test.toml: scale S: it has 1 band codes; write 2: one more than there are limits",
        ),
    ];
    check_definitions(&cases);
}

#[test]
fn what_includes_an_instrument_has_all_of_it_first_and_needs_it_there() {
    let catalog = Catalog::shipped().unwrap();
    let find = |key: &str| catalog.find_latest(&key.parse().unwrap()).unwrap();
    let (base, whole) = (find("fact-g"), find("fact-lym"));
    assert_eq!(whole.items[..27], base.items[..]);
    assert_eq!(whole.scales[..5], base.scales[..]);
    assert!(whole.includes.is_none() && whole.items.len() == 42);
    let including = "includes = { key = \"nothing\", version = \"1\" }\ntitle";
    let problem = "test.toml: includes: it includes nothing 1, which is not in the catalog; \
                   add its definition first, or mend key and version";
    assert_eq!(definition_with("title", including), [problem]);
}

#[test]
fn a_pack_that_does_not_fit_its_instrument_is_refused_with_place_and_hint() {
    let cases = [
        (
            "items.a = { text = \"First?\" }\n",
            "",
            "en.toml: item a: it has no words; every item of the instrument needs a question",
        ),
        (
            "items.a",
            "items.c = { text = \"Third?\" }\nitems.a",
            "en.toml: item c: the instrument has no such item; remove it or mend its code",
        ),
        ("First?", " ", "en.toml: item a: its question is blank; write it"),
        (", high = \"all\"", "", "en.toml: item b: an end of its scale has no name; write low and high"),
        (
            "First?\"",
            "First?\", low = \"no\"",
            "en.toml: item a: it names ends of a scale it does not have; remove low and high",
        ),
        ("0 = \"No\", ", "", "en.toml: options few: code 0 has no words; label every code of the set"),
        (
            "0 = \"No\"",
            "0 = \"No\", 2 = \"Maybe\"",
            "en.toml: options few: the set has no code 2; remove it or mend the code",
        ),
        ("\"No\"", "\"Yes\"", "en.toml: options few: \"Yes\" labels two codes; no two options may read the same"),
        ("options.few", "options.many", "en.toml: options few: it has no words; label every code of the set"),
        (
            "options.few",
            "options.many",
            "en.toml: options many: the instrument has no such option set; remove it or mend its key",
        ),
        ("recall = \"Today\"\n", "", "en.toml: recall: it is blank; say the recall period in words"),
        (
            "version = \"1.0\"",
            "version = \"2.0\"",
            "en.toml: instrument: test 2.0 is not in the catalog; add its definition first, or mend key and version",
        ),
    ];
    for (from, to, problem) in cases {
        let problems = pack_with(from, to);
        assert!(problems.iter().any(|found| found == problem), "{to}: {problems:#?}");
    }
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let text = DEFINITION.replace(r#"choice = "few""#, r#"choice = "some""#).replace(r#""-b""#, r#""-c""#);
    let error = Catalog::default().add_definition("test.toml", &text).unwrap_err();
    assert!(error.problems.len() >= 2, "{error}");
}

#[test]
fn a_file_that_is_not_of_its_form_is_refused_with_line_and_column() {
    let unknown_field = definition_with("minutes = 1", "minuets = 1");
    assert!(unknown_field[0].starts_with("test.toml: line 5, column 1: unknown field `minuets`"), "{unknown_field:?}");
    let twice = pack_with("items.a = ", "items.b = { text = \"Twice?\" }\nitems.a = ");
    assert!(twice[0].starts_with("en.toml: line 11, column 7: duplicate key"), "{twice:?}");
    let cut = definition_with("rule = \"sum\"", "rule = \"su");
    assert!(cut[0].starts_with("test.toml: line 18, column"), "{cut:?}");
}

#[test]
fn a_version_or_pack_is_never_replaced() {
    let mut catalog = Catalog::default();
    catalog.add_definition("test.toml", DEFINITION).unwrap();
    catalog.add_pack("en.toml", PACK).unwrap();
    let again = words(catalog.add_definition("again.toml", DEFINITION));
    assert!(again[0].starts_with("again.toml: instrument: test 1.0 is in the catalog already"), "{again:?}");
    let again = words(catalog.add_pack("again.toml", PACK));
    assert!(again[0].starts_with("again.toml: pack: test-en is in the catalog already"), "{again:?}");
}

#[test]
fn the_latest_version_is_the_highest_number_and_not_the_last_in_the_alphabet() {
    let mut catalog = Catalog::default();
    for version in ["9.1", "10.0", "9.12", "9"] {
        let text = DEFINITION.replace("version = \"1.0\"", &format!("version = \"{version}\""));
        catalog.add_definition("test.toml", &text).unwrap();
    }
    assert_eq!(catalog.find_latest(&"test".parse().unwrap()).unwrap().instrument.version, "10.0");
    assert!(catalog.find_latest(&"other".parse().unwrap()).is_none());
}

#[test]
fn a_sites_own_words_stand_before_demonstration_words() {
    let mut catalog = Catalog::shipped().unwrap();
    let version = catalog.find_latest(&"epices".parse().unwrap()).unwrap().instrument.clone();
    let (language, key) = ("fr".parse().unwrap(), PackKey::parse("site-epices-fr").unwrap());
    assert!(catalog.sheet(&version, &language).unwrap().wording.demonstration);
    let shipped = shipped::PACKS.iter().find(|(file, _)| *file == "wording/fr/social/epices.toml").unwrap().1;
    let own = shipped.replace("demo-epices-fr", key.as_str()).replace("demonstration = true", "demonstration = false");
    catalog.add_pack("site.toml", &own).unwrap();
    assert_eq!(catalog.sheet(&version, &language).unwrap().wording.pack, key);
}

#[test]
fn every_shipped_instrument_has_demonstration_words_in_both_languages() {
    let catalog = Catalog::shipped().unwrap();
    for definition in catalog.definitions() {
        let packs: Vec<_> = catalog.packs(&definition.instrument).collect();
        let languages: Vec<_> = packs.iter().map(|pack| pack.language.as_str()).collect();
        assert_eq!(languages, ["en", "fr"], "{}", definition.instrument);
        assert!(packs.iter().all(|pack| pack.demonstration), "{}", definition.instrument);
    }
    assert_eq!(catalog.definitions().count(), shipped::DEFINITIONS.len());
}

#[test]
fn a_topic_is_a_label_of_two_to_eight_words_and_no_two_items_share_one() {
    for definition in Catalog::shipped().unwrap().definitions() {
        let mut topics: Vec<&str> = definition.items.iter().map(|item| item.topic.as_str()).collect();
        for topic in &topics {
            assert!((2..=8).contains(&topic.split_whitespace().count()), "{}: {topic}", definition.instrument);
            assert!(!topic.contains('?'), "{topic}");
        }
        topics.sort_unstable();
        topics.dedup();
        assert_eq!(topics.len(), definition.items.len(), "{}", definition.instrument);
    }
}

#[test]
fn a_sheet_is_small_enough_to_send_to_a_phone() {
    let catalog = Catalog::shipped().unwrap();
    for definition in catalog.definitions() {
        for language in ["en", "fr"] {
            let sheet = catalog.sheet(&definition.instrument, &language.parse().unwrap()).unwrap();
            let json = serde_json::to_string(&sheet).unwrap();
            println!("{} {language}: {} bytes", definition.instrument, json.len());
            let bound = (200 * definition.items.len()).max(12_000);
            assert!(json.len() < bound, "{}: {} bytes", definition.instrument, json.len());
            assert_eq!(serde_json::from_str::<InstrumentSheet>(&json).unwrap(), sheet);
        }
    }
}

#[test]
fn a_definition_reads_back_from_json_as_it_was() {
    for definition in Catalog::shipped().unwrap().definitions() {
        let json = serde_json::to_string(definition).unwrap();
        assert_eq!(&serde_json::from_str::<Definition>(&json).unwrap(), definition);
    }
}

#[test]
fn situation_asks_nothing_that_tells_who_somebody_is() {
    let catalog = Catalog::shipped().unwrap();
    let situation = catalog.find_latest(&"situation".parse().unwrap()).unwrap();
    let is_coded = |item: &Item| matches!(item.kind, ItemKind::Choice(_) | ItemKind::Choices(_));
    assert!(situation.items.iter().all(is_coded), "free text, dates and exact numbers can identify a person");
    assert!(!situation.items.iter().any(|item| item.topic.to_lowercase().contains("commune")));
}

/// The texts of a pack that people read.
fn texts(pack: &WordingPack) -> impl Iterator<Item = &str> {
    let items = pack.items.values().flat_map(|item| {
        [Some(&item.text), item.help.as_ref(), item.low.as_ref(), item.high.as_ref()].into_iter().flatten()
    });
    let options = pack.options.values().flat_map(BTreeMap::values);
    [&pack.title, &pack.introduction, &pack.recall].into_iter().chain(items).chain(options).map(String::as_str)
}

/// Where French typography is broken: the character before each sign, and apostrophes.
fn broken_french(text: &str) -> Option<&'static str> {
    let characters: Vec<char> = text.chars().collect();
    for (place, character) in characters.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| characters[place]);
        let after = characters.get(place + 1).copied();
        match character {
            '?' | '!' | ';' | '%' if before != Some('\u{202f}') => return Some("narrow no-break space before ; ! ? %"),
            ':' | '»' | '€' if before != Some('\u{a0}') => return Some("no-break space before : » €"),
            '«' if after != Some('\u{a0}') => return Some("no-break space after «"),
            '\'' | '"' => return Some("typographic apostrophe and quotes"),
            _ => {}
        }
    }
    None
}

#[test]
fn french_words_follow_french_typography() {
    for broken in ["Oui ?", "Oui?", "a : b", "« a»", "l'eau", "100 %"] {
        assert!(broken_french(broken).is_some(), "{broken} passes");
    }
    for pack in Catalog::shipped().unwrap().packs.values().filter(|pack| pack.language.as_str() == "fr") {
        for text in texts(pack) {
            assert_eq!(broken_french(text), None, "{}: {text}", pack.pack);
        }
    }
}

#[test]
fn english_words_use_typographic_apostrophes() {
    for pack in Catalog::shipped().unwrap().packs.values().filter(|pack| pack.language.as_str() == "en") {
        for text in texts(pack) {
            assert!(!text.contains(['\'', '"']), "{}: {text}", pack.pack);
        }
    }
}

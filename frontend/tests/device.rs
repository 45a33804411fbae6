//! A patient's phone without a network: the PIN, and a questionnaire from the first tap to the sending.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

mod support;

use std::rc::Rc;

use frontend::{
    crypto::{self, Pin},
    device::{Device, DeviceState},
    notebook::{KeepError, Notebook, Sitting},
    session::{self, Session, Unlocking},
    store::IndexedDbStore,
    sync::{SyncStatus, Synchroniser},
};
use leptos::prelude::{Owner, RwSignal};
use serde_json::{Value, json};
use shared::{
    answers::{AnswerValue, SkipReason},
    id::{DeviceId, InstrumentVersion},
    people::Respondent,
    schedule::QuestionnaireState,
    sync::store::Store,
    time::{Date, Timestamp},
};
use support::{fresh_name, patient, pin, turn_phone};
use uuid::Uuid;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn device() -> DeviceId {
    DeviceId::new(Uuid::from_u128(2))
}

async fn enrolled() -> Rc<IndexedDbStore> {
    enrolled_in(&fresh_name()).await
}

async fn enrolled_in(name: &str) -> Rc<IndexedDbStore> {
    let store = IndexedDbStore::new(name);
    support::enrol(&store, patient(), device(), "fr").await;
    Rc::new(store)
}

async fn unlocked(store: &IndexedDbStore) -> Session {
    match session::unlock(store, device(), &pin("2580")).await.unwrap() {
        Unlocking::Open(session) => session,
        Unlocking::WrongPin { .. } | Unlocking::Wait { .. } => panic!("the PIN is right"),
    }
}

fn bundle() -> Value {
    let instrument = json!({ "key": "short", "version": "1" });
    json!({
        "revision": "one", "patient": patient(), "site": "lille", "language": "fr",
        "study": {
            "key": "s", "version": "1", "title": {}, "status": "demonstration", "languages": ["fr"], "phone": "",
            "sites": [], "hemopathies": [], "products": [], "pathways": [],
            "batteries": { "CORE": { "instruments": [{ "instrument": instrument }] } },
            "timepoints": [{ "key": "B", "label": {}, "series": "always", "anchor": "inclusion", "target_day": 0,
                "window": [-5000, 50000], "batteries": ["CORE"] }],
        },
        "facts": { "hemopathy": "dlbcl", "milestones": [{ "kind": "inclusion", "on": { "date": "2026-01-05" } }] },
        "sheets": [{
            "definition": {
                "instrument": instrument, "title": "Short", "owner": "", "licence": "", "minutes": 1, "recall": "none",
                "options": { "yes": { "codes": [1, 0] } },
                "items": [
                    { "code": "a", "topic": "first", "kind": { "choice": "yes" } },
                    { "code": "b", "topic": "second", "kind": { "choice": "yes" },
                      "applies": { "answered": { "item": "a", "codes": [1] } } },
                    { "code": "c", "topic": "third", "kind": { "choice": "yes" } },
                ],
            },
            "wording": { "pack": "demo", "instrument": instrument, "language": "fr", "source": "", "licence": "",
                "title": "Court", "items": {} },
        }],
    })
}

async fn sitting(store: &Rc<IndexedDbStore>) -> (Notebook, Sitting) {
    let session = unlocked(store).await;
    store.save_bundle(patient(), &bundle().to_string()).await.unwrap();
    let (status, news) = (RwSignal::new(SyncStatus::default()), RwSignal::new(0));
    let synchroniser = Synchroniser::new(Rc::clone(store), (device(), patient()), status, news);
    let notebook = Notebook::open(Rc::clone(store), synchroniser, session).await.unwrap().unwrap();
    let instrument = InstrumentVersion { key: "short".parse().unwrap(), version: "1".to_owned() };
    let (assessment, language) = ("B:1".parse().unwrap(), "fr".parse().unwrap());
    let sitting = notebook.sit(&assessment, &instrument, &language, Respondent::Patient).unwrap();
    (notebook, sitting)
}

async fn state_of(notebook: &Notebook) -> QuestionnaireState {
    let plan = notebook.plan().await.unwrap();
    plan.values().next().unwrap().questionnaires[0].state
}

#[wasm_bindgen_test]
async fn the_credential_opens_with_its_pin_on_its_device_only() {
    let begun = support::uptime_ms();
    let sealed = crypto::seal("credential", device(), &pin("2580")).await.unwrap();
    console_log!("sealing took {:.0} ms at {} rounds", support::uptime_ms() - begun, sealed.iterations);
    assert!(sealed.iterations >= 310_000);
    let open = async |device, digits| crypto::unseal(&sealed, device, &pin(digits)).await.unwrap();
    assert_eq!(open(device(), "2580").await.as_deref(), Some("credential"));
    assert_eq!(open(device(), "2581").await, None);
    assert_eq!(open(DeviceId::new(Uuid::from_u128(9)), "2580").await, None);
}

#[wasm_bindgen_test]
fn a_pin_is_four_to_eight_digits() {
    for (typed, fits) in [("1234", true), ("12345678", true), ("123", false), ("123456789", false), ("12a4", false)] {
        assert_eq!(Pin::parse(typed).is_some(), fits, "{typed}");
    }
}

#[wasm_bindgen_test]
async fn wrong_pins_are_slowed_and_nothing_is_erased() {
    let store = enrolled().await;
    let mut left = Vec::new();
    for _ in 0..5 {
        match session::unlock(&store, device(), &pin("0000")).await.unwrap() {
            Unlocking::WrongPin { free_tries } => left.push(free_tries),
            Unlocking::Wait { until } => {
                let seconds = until.duration_since(session::now()).as_secs();
                assert!((25..=30).contains(&seconds), "{seconds}");
            }
            Unlocking::Open(_) => panic!("the PIN is wrong"),
        }
    }
    assert_eq!(left, [4, 3, 2, 1]);
    let right = session::unlock(&store, device(), &pin("2580")).await.unwrap();
    assert!(matches!(right, Unlocking::Wait { .. }), "even the right one waits");
    let mut enrolment = store.list_enrolments().await.unwrap().remove(0);
    enrolment.wait_until = Some(Timestamp::UNIX_EPOCH);
    store.save_enrolment(&enrolment).await.unwrap();
    unlocked(&store).await;
    assert_eq!(store.list_enrolments().await.unwrap()[0].wrong_tries, 0, "a right one clears the count");
}

#[wasm_bindgen_test]
async fn a_phone_that_was_put_away_for_five_minutes_asks_for_the_pin_again() {
    let store = enrolled_in("ressenti").await;
    let owner = Owner::new();
    let phone = owner.with(|| Device::provide(None));
    phone.unlock(device(), pin("2580")).await.unwrap();
    let put_away_for = async |seconds: f64| {
        turn_phone(true, 0.0);
        turn_phone(false, seconds * 1000.0);
        turn_phone(false, 0.0);
        // The lock looks up who is enrolled: let the browser get to it.
        for _ in 0..50 {
            store.list_enrolments().await.unwrap();
        }
        (phone.state(), phone.enrolled_as())
    };
    assert_eq!(put_away_for(290.0).await, (DeviceState::Open(patient()), Some(device())));
    let (state, unlocked) = put_away_for(301.0).await;
    assert!(matches!(state, DeviceState::Locked(_)), "{state:?}");
    assert_eq!(unlocked, None);
    assert_eq!(phone.list_unsent().await.unwrap(), [], "and shows nothing");
}

#[wasm_bindgen_test]
fn days_are_those_of_paris() {
    for (instant, day) in [
        ("2026-06-30T21:59:59Z", "2026-06-30"),
        ("2026-06-30T22:00:00Z", "2026-07-01"),
        ("2026-12-31T22:59:59Z", "2026-12-31"),
        ("2026-12-31T23:00:00Z", "2027-01-01"),
    ] {
        let found = session::civil_date(instant.parse().unwrap());
        assert_eq!(found, day.parse::<Date>().unwrap(), "{instant}");
    }
}

#[wasm_bindgen_test]
async fn answers_are_kept_across_a_kill_and_the_place_is_found_again() {
    let store = enrolled().await;
    let (notebook, page) = sitting(&store).await;
    assert_eq!(state_of(&notebook).await, QuestionnaireState::NotStarted);
    page.answer(&"a".parse().unwrap(), AnswerValue::Code(1)).await.unwrap();
    page.skip(&"b".parse().unwrap(), SkipReason::PreferNot).await.unwrap();
    let refused = page.answer(&"c".parse().unwrap(), AnswerValue::Code(7)).await;
    assert!(matches!(refused, Err(KeepError::Refused)), "an answer outside its codes is never kept");

    let (notebook, page) = sitting(&store).await;
    let standing = page.standing().await.unwrap();
    assert_eq!(standing.values().len(), 1);
    assert_eq!(page.resume_at(&standing), Some("c".parse().unwrap()));
    assert_eq!(state_of(&notebook).await, QuestionnaireState::Started);
    assert_eq!(store.tally(patient()).await.unwrap().drafts, 2);
}

#[wasm_bindgen_test]
async fn a_sent_questionnaire_waits_for_its_receipt_and_takes_no_more_answers() {
    let store = enrolled().await;
    let (notebook, page) = sitting(&store).await;
    page.answer(&"a".parse().unwrap(), AnswerValue::Code(0)).await.unwrap();
    page.submit().await.unwrap();
    let late = page.answer(&"a".parse().unwrap(), AnswerValue::Code(1)).await;
    assert_eq!(late, Err(KeepError::AlreadySent));
    assert_eq!(page.submit().await, Err(KeepError::AlreadySent));
    let standing = page.standing().await.unwrap();
    assert!(standing.sent_at.is_some() && standing.received_at.is_none());
    assert_eq!(state_of(&notebook).await, QuestionnaireState::Submitted(session::today()));
    assert_eq!(store.tally(patient()).await.unwrap().waiting, 2);
}

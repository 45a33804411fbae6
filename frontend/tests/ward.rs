//! The ward's tablet in a browser: a hand-over opens once, and a patient's database goes only when all is received.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::rc::Rc;

use frontend::{
    crypto::{self, Key},
    session::{self, Session},
    store::IndexedDbStore,
    ward::Handover,
};
use shared::{
    answers::{EventBody, KnownBody},
    id::DeviceId,
    people::{Assistance, Mode, Respondent},
    sync::{
        protocol::Receipt,
        store::{Enrolment, Settled, Settlement, Store as _, StoreError},
    },
    time::Timestamp,
};
use support::{draft, fresh_name, patient};
use uuid::Uuid;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const HELPED: Respondent = Respondent::PatientAssisted(Assistance::Interpreter);

fn device() -> DeviceId {
    DeviceId::new(Uuid::from_u128(2))
}

/// What a nurse leaves in a patient's database.
async fn handed_over(store: &IndexedDbStore) -> Handover {
    let handover = Handover::new(device()).unwrap();
    let sealed = crypto::seal_under(&handover.key, "credential", device()).await.unwrap();
    let (device, patient, language) = (device(), patient(), "fr".parse().unwrap());
    let enrolment = Enrolment { device, patient, language, sealed, wrong_tries: 0, wait_until: None };
    store.note_respondent(HELPED).await.unwrap();
    store.save_enrolment(&enrolment).await.unwrap();
    handover
}

async fn take(store: &IndexedDbStore, key: &Key) -> Option<Session> {
    session::take_handover(store, key).await.unwrap()
}

#[wasm_bindgen_test]
async fn a_hand_over_opens_once_and_says_who_answers_on_what() {
    let store = IndexedDbStore::new(&fresh_name());
    let handover = Handover::parse(&handed_over(&store).await.fragment()).unwrap();
    let session = take(&store, &handover.key).await.unwrap();
    assert_eq!((session.credential(), session.device, session.patient), ("credential", device(), patient()));
    assert_eq!((session.mode, session.respondent), (Mode::WardTablet, HELPED));
    assert!(take(&store, &handover.key).await.is_none(), "the address says nothing any more");
    assert_eq!(store.list_enrolments().await.unwrap(), [], "nor is there anything left to open");
}

#[wasm_bindgen_test]
async fn another_key_opens_nothing_and_uses_the_hand_over_up() {
    let store = IndexedDbStore::new(&fresh_name());
    let right = handed_over(&store).await;
    assert!(take(&store, &Key::random().unwrap()).await.is_none());
    assert!(take(&store, &right.key).await.is_none(), "whoever tried a key gets no second try");
}

#[wasm_bindgen_test]
async fn a_phone_of_ones_own_answers_alone() {
    let store = IndexedDbStore::new(&fresh_name());
    support::enrol(&store, patient(), device(), "fr").await;
    let opened = session::unlock(&store, device(), &support::pin("2580")).await.unwrap();
    let session::Unlocking::Open(session) = opened else { unreachable!("the PIN is right") };
    assert_eq!((session.mode, session.respondent), (Mode::OwnDevice, Respondent::Patient));
}

#[wasm_bindgen_test]
async fn a_patients_database_goes_only_when_a_receipt_is_held_for_everything() {
    let name = fresh_name();
    let store = Rc::new(IndexedDbStore::new(&name));
    store.append(draft(1, "q1", 2)).await.unwrap();
    assert!(!store.delete_if_received(patient()).await.unwrap(), "a draft is there");
    let mut sending = draft(2, "q1", 2);
    sending.body = EventBody::Known(KnownBody::Submitted);
    store.append(sending.clone()).await.unwrap();
    assert!(!store.delete_if_received(patient()).await.unwrap(), "it waits");

    let outbox = store.list_outbox(patient(), 0, 10).await.unwrap();
    let receipt =
        |id, hash: &str| Receipt { id, position: 1, received_at: Timestamp::UNIX_EPOCH, hash: hash.to_owned() };
    let settled: Vec<Settled> = outbox
        .iter()
        .map(|event| Settled {
            id: event.id,
            hash: event.hash.clone(),
            settlement: Settlement::Received(receipt(event.id, &event.hash)),
        })
        .collect();
    let (first, rest) = settled.split_first().unwrap();
    store.settle(patient(), std::slice::from_ref(first)).await.unwrap();
    assert!(!store.delete_if_received(patient()).await.unwrap(), "one of two is received");
    assert_eq!(store.append(sending.clone()).await.map(|event| event.sequence), Ok(2), "all is still there");
    store.settle(patient(), rest).await.unwrap();
    assert!(store.delete_if_received(patient()).await.unwrap());
    let anew = IndexedDbStore::new(&name);
    assert_eq!(anew.tally(patient()).await.unwrap().received, 0, "it is gone");
    sending.id = shared::id::AnswerEventId::new(Uuid::from_u128(3));
    assert_ne!(anew.append(sending).await, Err(StoreError::AlreadySubmitted));
}

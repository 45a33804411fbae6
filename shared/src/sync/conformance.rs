//! The promises of [`Store`], one by one: every store passes each, the browser's own in a real browser.
//!
//! Each check takes a fresh, empty store. [`crate::store_promises`] names them all, so that a runner forgets none.

#![expect(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "a check's name says what it asserts; it panics where a promise is broken and passes on the store's errors"
)]

use serde_json::json;
use uuid::Uuid;

use super::{
    protocol::{PatientBundle, PulledEvent, QuarantineReason, Receipt},
    store::{
        Enrolment, KeptEvent, SealedCredential, Settled, Settlement, SlotProgress, Stage, Store, StoreError, Tally,
    },
};
use crate::{
    answers::{AnswerEvent, AnswerValue, DraftEvent, EventBody, KnownBody, Origin, Slot, WordingRef, sha256_hex},
    id::{AnswerEventId, DeviceId, InstrumentVersion, PatientId, SessionId},
    people::{Mode, Respondent},
    time::{DeviceTime, Timestamp},
};

/// Hands the name of every check to a macro of the runner: `store_promises!(run);`.
#[macro_export]
macro_rules! store_promises {
    ($run:ident) => {
        $run! {
            a_tap_is_kept_as_a_draft_under_the_next_number,
            a_second_try_under_the_same_id_changes_nothing,
            sending_moves_the_drafts_of_its_questionnaire_and_no_others,
            nothing_follows_a_sending,
            the_outbox_comes_oldest_first_and_in_pages,
            a_receipt_counts_only_for_the_same_bytes,
            what_was_set_aside_leaves_the_outbox_and_stays_on_the_device,
            our_own_event_coming_back_is_its_receipt,
            another_devices_copy_is_kept_beside_ours,
            one_patient_never_sees_another,
            in_another_life_what_was_settled_is_offered_again,
            in_another_life_another_devices_answers_are_shown_once_they_come_again,
            the_cursor_never_goes_back,
            progress_tells_begun_from_sent,
            bundles_and_enrolments_are_replaced_whole,
        }
    };
}

type Checked = Result<(), StoreError>;

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| StoreError::Broken(error.to_string()))
}

fn patient(n: u128) -> PatientId {
    PatientId::new(Uuid::from_u128(n))
}

fn slot(patient_no: u128, instrument: &str) -> Result<Slot, StoreError> {
    read(json!(format!("{}/M3:1/{instrument}", patient(patient_no))))
}

/// A draft of device 100 + patient, unless changed.
fn draft(id: u128, patient_no: u128, instrument: &str, body: EventBody) -> Result<DraftEvent, StoreError> {
    let Slot { patient, assessment, instrument } = slot(patient_no, instrument)?;
    Ok(DraftEvent {
        id: AnswerEventId::new(Uuid::from_u128(id)),
        patient,
        assessment,
        instrument: InstrumentVersion { key: instrument, version: "1".to_owned() },
        wording: WordingRef { pack: read(json!("demo"))?, language: read(json!("fr"))?, hash: "0".repeat(64) },
        origin: Origin {
            respondent: Respondent::Patient,
            mode: Mode::OwnDevice,
            device: DeviceId::new(Uuid::from_u128(100 + patient_no)),
            session: SessionId::new(Uuid::from_u128(7)),
            staff: None,
        },
        clock: DeviceTime { at: Timestamp::UNIX_EPOCH, utc_offset_minutes: 60, monotonic_ms: 0 },
        body,
    })
}

fn answered(item: &str, code: i32) -> Result<EventBody, StoreError> {
    Ok(EventBody::Known(KnownBody::Answered { item: read(json!(item))?, value: AnswerValue::Code(code) }))
}

/// The life of a log that was never put back.
const FIRST: &str = "";

const SUBMITTED: EventBody = EventBody::Known(KnownBody::Submitted);

fn hash_of(event: &AnswerEvent) -> String {
    sha256_hex(&event.canonical_bytes().unwrap_or_default())
}

fn receipt(event: &AnswerEvent, position: u64) -> Receipt {
    let received_at = Timestamp::from_second(1_800_000_000).unwrap_or_default();
    Receipt { id: event.id, position, received_at, hash: hash_of(event) }
}

fn received(event: &AnswerEvent, position: u64) -> Settled {
    let receipt = receipt(event, position);
    Settled { id: event.id, hash: receipt.hash.clone(), settlement: Settlement::Received(receipt) }
}

async fn stages<S: Store>(store: &S, slot: &Slot) -> Result<Vec<Stage>, StoreError> {
    Ok(store.list_slot(slot).await?.into_iter().map(|kept| kept.stage).collect())
}

pub async fn a_tap_is_kept_as_a_draft_under_the_next_number<S: Store>(store: &S) -> Checked {
    let first = store.append(draft(1, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    let second = store.append(draft(2, 1, "qlq-c30", answered("q1", 3)?)?).await?;
    let other = store.append(draft(3, 1, "eq-5d-5l", answered("mo", 1)?)?).await?;
    assert_eq!([first.sequence, second.sequence, other.sequence], [1, 2, 3], "the device counts from 1");
    let kept = |event: &AnswerEvent| KeptEvent { event: event.clone(), stage: Stage::Draft, receipt: None };
    assert_eq!(store.list_slot(&slot(1, "qlq-c30")?).await?, [kept(&first), kept(&second)]);
    assert_eq!(store.tally(patient(1)).await?.drafts, 3);
    assert_eq!(store.list_outbox(patient(1), 0, 10).await?, [], "a draft is not sent");
    Ok(())
}

pub async fn a_second_try_under_the_same_id_changes_nothing<S: Store>(store: &S) -> Checked {
    let first = store.append(draft(1, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    assert_eq!(store.append(draft(1, 1, "qlq-c30", answered("q1", 3)?)?).await?, first);
    let sent = store.append(draft(2, 1, "qlq-c30", SUBMITTED)?).await?;
    assert_eq!(store.append(draft(2, 1, "qlq-c30", SUBMITTED)?).await?, sent, "sent, and known to be sent");
    assert_eq!(store.tally(patient(1)).await?.waiting, 2);
    Ok(())
}

pub async fn sending_moves_the_drafts_of_its_questionnaire_and_no_others<S: Store>(store: &S) -> Checked {
    store.append(draft(1, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    store.append(draft(2, 1, "eq-5d-5l", answered("mo", 2)?)?).await?;
    let mut elsewhere = draft(3, 1, "qlq-c30", answered("q1", 4)?)?;
    elsewhere.origin.device = DeviceId::new(Uuid::from_u128(900));
    store.append(elsewhere).await?;
    store.append(draft(4, 1, "qlq-c30", SUBMITTED)?).await?;
    let outbox = store.list_outbox(patient(1), 0, 10).await?;
    assert_eq!(outbox.iter().map(|event| event.id.as_uuid().as_u128()).collect::<Vec<_>>(), [1, 4]);
    assert!(outbox.iter().all(|event| sha256_hex(event.json.as_bytes()) == event.hash), "bytes as they are hashed");
    let tally = store.tally(patient(1)).await?;
    assert_eq!((tally.drafts, tally.waiting, tally.received), (2, 2, 0));
    Ok(())
}

pub async fn nothing_follows_a_sending<S: Store>(store: &S) -> Checked {
    store.append(draft(1, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    store.append(draft(2, 1, "qlq-c30", SUBMITTED)?).await?;
    for body in [answered("q1", 3)?, SUBMITTED] {
        assert_eq!(store.append(draft(3, 1, "qlq-c30", body)?).await, Err(StoreError::AlreadySubmitted));
    }
    assert_eq!(stages(store, &slot(1, "qlq-c30")?).await?, [Stage::Outbox, Stage::Outbox], "nothing half-written");
    let next = store.append(draft(4, 1, "eq-5d-5l", answered("mo", 2)?)?).await?;
    assert_eq!(next.sequence, 3, "a refused event uses no number");
    Ok(())
}

pub async fn the_outbox_comes_oldest_first_and_in_pages<S: Store>(store: &S) -> Checked {
    for id in [9, 5, 7] {
        store.append(draft(id, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    }
    store.append(draft(1, 1, "qlq-c30", SUBMITTED)?).await?;
    let mut pages = Vec::new();
    for after in [0, 2, 4] {
        let page = store.list_outbox(patient(1), after, 2).await?;
        pages.push(page.iter().map(|event| event.sequence).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![1, 2], vec![3, 4], vec![]]);
    Ok(())
}

pub async fn a_receipt_counts_only_for_the_same_bytes<S: Store>(store: &S) -> Checked {
    store.append(draft(1, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    let sent = store.append(draft(2, 1, "qlq-c30", SUBMITTED)?).await?;
    let mut forged = sent.clone();
    forged.sequence += 1;
    store.settle(patient(1), &[received(&forged, 5)]).await?;
    assert_eq!(store.tally(patient(1)).await?.waiting, 2, "a receipt for other bytes is no receipt");
    store.settle(patient(1), &[received(&sent, 6), received(&sent, 7)]).await?;
    let kept = store.list_slot(&slot(1, "qlq-c30")?).await?;
    assert_eq!(
        kept.last().map(|kept| (kept.stage, kept.receipt.clone())),
        Some((Stage::Received, Some(receipt(&sent, 6))))
    );
    let tally = store.tally(patient(1)).await?;
    assert_eq!((tally.waiting, tally.received), (1, 1));
    assert_eq!(tally.last_received_at, Some(receipt(&sent, 6).received_at));
    Ok(())
}

pub async fn what_was_set_aside_leaves_the_outbox_and_stays_on_the_device<S: Store>(store: &S) -> Checked {
    let sent = store.append(draft(1, 1, "qlq-c30", SUBMITTED)?).await?;
    let open = store.append(draft(2, 1, "eq-5d-5l", answered("mo", 2)?)?).await?;
    let aside = |event: &AnswerEvent| Settled {
        id: event.id,
        hash: hash_of(event),
        settlement: Settlement::Quarantined(QuarantineReason::OutsideCodes),
    };
    store.settle(patient(1), &[aside(&sent), aside(&open)]).await?;
    assert_eq!(stages(store, &slot(1, "qlq-c30")?).await?, [Stage::Quarantined]);
    assert_eq!(stages(store, &slot(1, "eq-5d-5l")?).await?, [Stage::Draft], "a draft was never sent");
    let tally = store.tally(patient(1)).await?;
    assert_eq!((tally.waiting, tally.quarantined, tally.received), (0, 1, 0));
    Ok(())
}

pub async fn our_own_event_coming_back_is_its_receipt<S: Store>(store: &S) -> Checked {
    let event = store.append(draft(1, 1, "qlq-c30", SUBMITTED)?).await?;
    let receipt = receipt(&event, 4);
    store.absorb(patient(1), &[PulledEvent { event: event.clone(), receipt: receipt.clone() }], 4, FIRST).await?;
    let kept = KeptEvent { event, stage: Stage::Received, receipt: Some(receipt) };
    assert_eq!(store.list_slot(&slot(1, "qlq-c30")?).await?, [kept]);
    assert_eq!(store.list_outbox(patient(1), 0, 10).await?, []);
    Ok(())
}

pub async fn another_devices_copy_is_kept_beside_ours<S: Store>(store: &S) -> Checked {
    let ours = store.append(draft(1, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    let mut theirs = draft(2, 1, "qlq-c30", SUBMITTED)?;
    theirs.origin.device = DeviceId::new(Uuid::from_u128(900));
    let mut other_bytes = ours.clone();
    other_bytes.body = answered("q1", 4)?;
    let theirs = [theirs.number(8), other_bytes];
    let pulled = theirs.clone().map(|event| PulledEvent { receipt: receipt(&event, 3), event });
    store.absorb(patient(1), &pulled, 3, FIRST).await?;
    store.absorb(patient(1), &pulled, 3, FIRST).await?;
    let kept = store.list_slot(&slot(1, "qlq-c30")?).await?;
    assert_eq!(kept.len(), 3, "twice the same changes nothing; one id with other bytes is kept beside the first");
    assert!(theirs.iter().chain([&ours]).all(|event| kept.iter().any(|kept| kept.event == *event)));
    assert_eq!(store.tally(patient(1)).await?.received, 0, "what others sent is not ours to count");
    let next = store.append(draft(5, 1, "qlq-c30", SUBMITTED)?).await?;
    assert_eq!(next.sequence, 2, "another device's sending does not keep us from ours");
    Ok(())
}

pub async fn one_patient_never_sees_another<S: Store>(store: &S) -> Checked {
    store.append(draft(1, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    let sent = store.append(draft(2, 1, "qlq-c30", SUBMITTED)?).await?;
    store.absorb(patient(1), &[], 9, FIRST).await?;
    save(store, &bundle(1, "one")?).await?;
    assert_eq!(store.list_slot(&slot(2, "qlq-c30")?).await?, []);
    assert_eq!(store.list_progress(patient(2)).await?, []);
    assert_eq!(store.list_outbox(patient(2), 0, 10).await?, []);
    assert_eq!(store.tally(patient(2)).await?, super::store::Tally::default());
    assert_eq!(store.cursor(patient(2)).await?, 0);
    assert_eq!(store.find_bundle(patient(2)).await?, None);
    store.settle(patient(2), &[received(&sent, 1)]).await?;
    store.absorb(patient(2), &[PulledEvent { event: sent.clone(), receipt: receipt(&sent, 1) }], 1, FIRST).await?;
    assert_eq!(store.tally(patient(1)).await?.waiting, 2, "nor settle what is another's");
    let first = store.append(draft(3, 2, "qlq-c30", answered("q1", 4)?)?).await?;
    assert_eq!(first.sequence, 1, "each enrolment counts for itself");
    assert_eq!(stages(store, &slot(1, "qlq-c30")?).await?.len(), 2);
    Ok(())
}

pub async fn in_another_life_what_was_settled_is_offered_again<S: Store>(store: &S) -> Checked {
    let first = store.append(draft(1, 1, "qlq-c30", SUBMITTED)?).await?;
    let second = store.append(draft(2, 1, "eq-5d-5l", SUBMITTED)?).await?;
    store.append(draft(3, 1, "epices", answered("q1", 2)?)?).await?;
    let elsewhere = store.append(draft(4, 2, "qlq-c30", SUBMITTED)?).await?;
    for n in [1, 2] {
        assert!(store.absorb(patient(n), &[], 7, FIRST).await?, "a device that heard of no life yet knows the first");
    }
    let set_aside = Settlement::Quarantined(QuarantineReason::UnknownItem);
    let aside = Settled { settlement: set_aside, ..received(&second, 2) };
    store.settle(patient(1), &[received(&first, 1), aside]).await?;
    store.settle(patient(2), &[received(&elsewhere, 3)]).await?;
    let ours = [PulledEvent { event: first.clone(), receipt: receipt(&first, 1) }];
    assert!(!store.absorb(patient(1), &ours, 9, "another").await?, "nothing is taken in");
    let tally = store.tally(patient(1)).await?;
    assert_eq!((tally.waiting, tally.received, tally.quarantined, tally.drafts), (2, 0, 0, 1));
    assert_eq!((tally.last_received_at, store.cursor(patient(1)).await?), (None, 0), "from the beginning");
    assert_eq!(store.tally(patient(2)).await?.received, 1, "another patient's is told by their own pull");
    assert_eq!(store.list_outbox(patient(1), 0, 10).await?.len(), 2);
    assert!(store.absorb(patient(1), &ours, 9, "another").await?);
    let tally = store.tally(patient(1)).await?;
    assert_eq!((tally.waiting, tally.received), (1, 1), "what the server has kept is settled by hearing of it");
    assert_eq!(store.cursor(patient(1)).await?, 9);
    Ok(())
}

pub async fn in_another_life_another_devices_answers_are_shown_once_they_come_again<S: Store>(store: &S) -> Checked {
    let mut theirs = draft(5, 1, "qlq-c30", SUBMITTED)?;
    theirs.origin.device = DeviceId::new(Uuid::from_u128(900));
    let theirs = theirs.number(1);
    let pulled = [PulledEvent { receipt: receipt(&theirs, 4), event: theirs.clone() }];
    store.absorb(patient(1), &pulled, 4, FIRST).await?;
    let shown = store.list_slot(&slot(1, "qlq-c30")?).await?;
    let sent = store.list_progress(patient(1)).await?;
    assert_eq!((shown.len(), sent.len()), (1, 1));
    store.absorb(patient(1), &pulled, 4, "another").await?;
    assert_eq!(store.list_slot(&slot(1, "qlq-c30")?).await?, []);
    assert_eq!(store.list_progress(patient(1)).await?, [], "the hospital may ask it again");
    assert_eq!(store.list_outbox(patient(1), 0, 10).await?, [], "what another made is not ours to offer");
    for _ in 0..2 {
        store.absorb(patient(1), &pulled, 4, "another").await?;
        assert_eq!(store.list_slot(&slot(1, "qlq-c30")?).await?, shown, "as it was, once");
        assert_eq!(store.list_progress(patient(1)).await?, sent);
    }
    assert_eq!(store.tally(patient(1)).await?, Tally::default());
    Ok(())
}

pub async fn the_cursor_never_goes_back<S: Store>(store: &S) -> Checked {
    for (told, kept) in [(5, 5), (3, 5), (8, 8)] {
        store.absorb(patient(1), &[], told, FIRST).await?;
        assert_eq!(store.cursor(patient(1)).await?, kept);
    }
    Ok(())
}

pub async fn progress_tells_begun_from_sent<S: Store>(store: &S) -> Checked {
    store.append(draft(1, 1, "qlq-c30", answered("q1", 2)?)?).await?;
    store.append(draft(2, 1, "eq-5d-5l", answered("mo", 2)?)?).await?;
    let sent = store.append(draft(3, 1, "eq-5d-5l", SUBMITTED)?).await?;
    let mut later = draft(4, 1, "eq-5d-5l", SUBMITTED)?;
    later.origin.device = DeviceId::new(Uuid::from_u128(900));
    later.clock.at = Timestamp::from_second(60).unwrap_or_default();
    let later = later.number(1);
    store.absorb(patient(1), &[PulledEvent { receipt: receipt(&later, 1), event: later }], 1, FIRST).await?;
    assert_eq!(
        store.list_progress(patient(1)).await?,
        [
            SlotProgress { slot: slot(1, "eq-5d-5l")?, submitted: Some(sent.clock) },
            SlotProgress { slot: slot(1, "qlq-c30")?, submitted: None },
        ]
    );
    Ok(())
}

fn bundle(patient_no: u128, revision: &str) -> Result<PatientBundle, StoreError> {
    read(json!({
        "revision": revision, "patient": patient(patient_no), "site": "lille", "language": "fr",
        "study": {
            "key": "s", "version": "1", "title": {}, "status": "demonstration", "languages": ["fr"], "phone": "",
            "sites": [], "hemopathies": [], "products": [], "pathways": [], "batteries": {}, "timepoints": [],
        },
        "facts": { "hemopathy": "dlbcl", "milestones": [] },
        "sheets": [],
    }))
}

async fn save<S: Store>(store: &S, bundle: &PatientBundle) -> Result<(), StoreError> {
    let text = serde_json::to_string(bundle).map_err(|error| StoreError::Broken(error.to_string()))?;
    store.save_bundle(bundle.patient, &text).await
}

pub async fn bundles_and_enrolments_are_replaced_whole<S: Store>(store: &S) -> Checked {
    for revision in ["one", "two"] {
        save(store, &bundle(1, revision)?).await?;
        assert_eq!(store.find_bundle(patient(1)).await?, Some(bundle(1, revision)?));
    }
    let sealed = SealedCredential {
        iterations: 310_000,
        salt: "00ff".to_owned(),
        nonce: "01".to_owned(),
        ciphertext: "ab".to_owned(),
    };
    let mut enrolments = Vec::new();
    for n in 1..=2 {
        let device = DeviceId::new(Uuid::from_u128(n));
        let language = read(json!("fr"))?;
        let sealed = sealed.clone();
        enrolments.push(Enrolment { device, patient: patient(n), language, sealed, wrong_tries: 0, wait_until: None });
    }
    for enrolment in enrolments.iter().rev() {
        store.save_enrolment(enrolment).await?;
    }
    for enrolment in enrolments.iter_mut().take(1) {
        enrolment.wrong_tries = 6;
        enrolment.wait_until = Some(Timestamp::UNIX_EPOCH);
        store.save_enrolment(enrolment).await?;
    }
    assert_eq!(store.list_enrolments().await?, enrolments);
    Ok(())
}

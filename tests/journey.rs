//! An answer's journey, the twelve steps of ARCHITECTURE.md in their order, with every real part but the screen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use shared::{
    answers::{AnswerEvent, AnswerValue, DraftEvent, EventBody, KnownBody, Origin, Slot, sha256_hex},
    api::{ExportReply, PatientReply, WorklistReply},
    id::{AnswerEventId, AssessmentId, InstrumentVersion, SessionId},
    instrument::{Answer, InstrumentSheet, logic},
    people::{Mode, Respondent, Role},
    schedule::{self, AssessmentState, QuestionnaireState},
    scoring::{ENGINE_VERSION, ScaleScore},
    sync::{
        protocol::QuarantineReason,
        store::{Stage, Store},
    },
    time::DeviceTime,
};
use uuid::Uuid;

use crate::support::{
    Client, Device, Phone, TestApp, on_both_databases,
    patient::{receipt, set_aside},
};

/// EPICES of the bundle that the device keeps, in French.
async fn epices(device: &Device) -> InstrumentSheet {
    let bundle = device.store.find_bundle(device.phone.patient).await.unwrap().expect("a bundle was kept");
    let is_it = |sheet: &&InstrumentSheet| {
        sheet.definition.instrument.key.as_str() == "epices" && sheet.wording.language.as_str() == "fr"
    };
    bundle.sheets.iter().find(is_it).expect("EPICES is asked").clone()
}

/// What a tap makes: everything the page knows is passed in.
fn draft(app: &TestApp, device: &Device, sheet: &InstrumentSheet, session: Uuid, body: KnownBody) -> DraftEvent {
    DraftEvent {
        id: AnswerEventId::new(Uuid::now_v7()),
        patient: device.phone.patient,
        assessment: "T0:1".parse().unwrap(),
        instrument: sheet.definition.instrument.clone(),
        wording: sheet.wording.reference(),
        origin: Origin {
            respondent: Respondent::Patient,
            mode: Mode::OwnDevice,
            device: device.phone.device,
            session: SessionId::new(session),
            staff: None,
        },
        clock: DeviceTime { at: app.clock.now(), utc_offset_minutes: 60, monotonic_ms: 0 },
        body: EventBody::Known(body),
    }
}

/// Answers all of EPICES with these codes in turn, one item after the other, and sends it.
async fn answer_all(app: &TestApp, device: &Device, code: impl Fn(usize) -> i32) {
    let (sheet, session) = (epices(device).await, Uuid::now_v7());
    let mut said = BTreeMap::new();
    while let Some(item) = logic::next_unanswered(&sheet.definition, &said, &BTreeSet::new()) {
        let value = AnswerValue::Code(code(said.len()));
        let (item, value) = Answer::parse(&sheet.definition, &item.code, value).unwrap().into_parts();
        said.insert(item.clone(), value.clone());
        let tapped = draft(app, device, &sheet, session, KnownBody::Answered { item, value });
        device.store.append(tapped).await.unwrap();
    }
    device.store.append(draft(app, device, &sheet, session, KnownBody::Submitted)).await.unwrap();
}

/// Steps 1 to 4, on the phone alone: from a tap to a questionnaire that waits to be sent.
async fn on_the_phone(app: &TestApp, device: &Device) -> AnswerEvent {
    // 1 a tap becomes an answer only if this item of this instrument version allows it
    let sheet = epices(device).await;
    let first = sheet.definition.items[0].code.clone();
    assert!(Answer::parse(&sheet.definition, &first, AnswerValue::Code(9)).is_err());
    let (item, value) = Answer::parse(&sheet.definition, &first, AnswerValue::Code(1)).unwrap().into_parts();

    // 2 the event holds what the page knew: clock and id are passed in
    let tapped = draft(app, device, &sheet, Uuid::now_v7(), KnownBody::Answered { item, value });

    // 3 kept in one transaction on the device, and only then said to be kept
    let kept = device.store.append(tapped.clone()).await.unwrap();
    assert_eq!(kept, tapped.number(1));
    assert_eq!(device.store.tally(device.phone.patient).await.unwrap().drafts, 1);

    // 4 logic gives the next item, from what was said so far
    let said = BTreeMap::from([(first, AnswerValue::Code(1))]);
    let next = logic::next_unanswered(&sheet.definition, &said, &BTreeSet::new()).unwrap();
    assert_eq!(next.code, sheet.definition.items[1].code);
    answer_all(app, device, |_| 1).await;
    kept
}

/// Steps 5 to 7: over the network, past the guard, into the database.
async fn to_the_hospital(app: &TestApp, nurse: &Client, device: &mut Device, kept: &AnswerEvent) {
    // 5 without a network nothing is lost and nothing is claimed; with it, push and then pull
    let patient = device.phone.patient;
    let waiting = device.store.tally(patient).await.unwrap();
    assert_eq!((waiting.drafts, waiting.received), (0, 0), "all of it waits for the hospital");
    device.synchronise().await;
    assert_eq!(device.store.tally(patient).await.unwrap(), waiting);
    assert!(!device.status.borrow().all_received());
    device.online = true;
    device.synchronise().await;
    let settled = device.store.tally(patient).await.unwrap();
    assert_eq!((settled.waiting, settled.received), (0, waiting.waiting));
    assert!(device.status.borrow().all_received());

    // 6 the guard mints a scope for this device's patient and nobody else's; a refusal is a value
    let stranger = Phone::new(app, nurse, "R-0043").await;
    assert!(stranger.pull().await.events.is_empty());
    let outcomes = stranger.push(std::slice::from_ref(kept)).await;
    assert_eq!(set_aside(&outcomes[0]), QuarantineReason::OtherPatient);

    // 7 inserted once, in the order of commits, however often it is pushed
    let held = device.store.list_slot(&slot(device)).await.unwrap();
    let events: Vec<_> = held.iter().map(|kept| kept.event.clone()).collect();
    let again = device.phone.push(&events).await;
    for (kept, outcome) in held.iter().zip(&again) {
        assert_eq!(kept.receipt.as_ref(), Some(receipt(outcome)));
        assert_eq!(kept.stage, Stage::Received);
    }
}

/// Steps 8 to 10: a second device, the plan and the score, as the nurse sees them.
async fn what_it_means(app: &TestApp, nurse: &Client, device: &Device) {
    // 8 a second device's copy merges: both are kept, and each device learns of the other's
    let patient = device.phone.patient;
    let tablet = Device::on(Phone::of(app, nurse, patient).await).await;
    tablet.synchronise().await;
    let alone = device.store.list_slot(&slot(device)).await.unwrap().len();
    answer_all(app, &tablet, |n| i32::from(n > 2)).await;
    tablet.synchronise().await;
    device.synchronise().await;
    let together = device.store.list_slot(&slot(device)).await.unwrap().len();
    assert_eq!(together, tablet.store.list_slot(&slot(device)).await.unwrap().len());
    assert!(alone < together);
    let file: PatientReply = nurse.get(&format!("/api/patients/{patient}")).await.ok();
    assert_eq!(file.questionnaires[0].copies.len(), 2);
    let conflicts: WorklistReply = nurse.post("/api/worklist", &json!({ "group": "conflict" })).await.ok();
    assert!(conflicts.lines.iter().any(|line| line.patient.patient == patient));

    // 9 the assessment moves inside its window, on the server and on the device alike
    let t0: AssessmentId = "T0:1".parse().unwrap();
    let at_hospital = file.assessments.iter().find(|assessment| assessment.id == t0).unwrap();
    assert_eq!(at_hospital.state, AssessmentState::InProgress);
    let bundle = device.store.find_bundle(patient).await.unwrap().unwrap();
    let on_device = &schedule::plan(&bundle.study, &bundle.facts, app.clock.today())[&t0];
    assert_eq!(on_device, at_hospital);
    let is_sent = |it: &schedule::Questionnaire| matches!(it.state, QuestionnaireState::Submitted(_));
    assert_eq!(on_device.questionnaires.iter().filter(|it| is_sent(it)).count(), 1);

    // 10 a score says by which rules, by which engine, and how many answers it used
    let scores = file.questionnaires[0].scores.clone().unwrap();
    assert_eq!(scores.instrument, InstrumentVersion { key: "epices".parse().unwrap(), version: "1.0".to_owned() });
    assert_eq!(scores.engine, ENGINE_VERSION);
    let ScaleScore::Scored { used, required, .. } = scores.scales["EPICES"] else { panic!("{scores:?}") };
    assert_eq!((used, required), (11, 11));
}

/// Steps 11 and 12: what leaves.
async fn out_of_the_hospital(app: &TestApp, device: &Device) {
    // 11 what leaves is written down first: who, what for
    app.add_staff("hugo", Role::Investigator, &[]).await;
    let investigator = app.sign_in("hugo").await;
    let export: ExportReply = investigator.post("/api/exports", &json!({ "purpose": "the journey" })).await.ok();
    assert_eq!(export.files.len(), 5);
    assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'export' AND log = 'clinical'").await, 1);

    // 12 and leaves under the pseudonym: no name, no registry number, and the same bytes again
    for file in &export.files {
        let path = format!("/api/exports/{}/{}", export.export, file.name);
        let (first, again) = (investigator.get(&path).await, investigator.get(&path).await);
        assert!(first.status.is_success(), "{path}");
        assert_eq!(first.body, again.body);
        assert_eq!(sha256_hex(&first.body), file.sha256);
        let text = String::from_utf8(first.body).unwrap();
        assert!(!text.contains("R-0042") && !text.contains("Lefèvre") && !text.contains("Émile"));
        assert!(file.name == "codebook.csv" || text.contains(&device.phone.patient.to_string()), "{path}");
    }
}

fn slot(device: &Device) -> Slot {
    let (assessment, instrument) = ("T0:1".parse().unwrap(), "epices".parse().unwrap());
    Slot { patient: device.phone.patient, assessment, instrument }
}

on_both_databases! {
    async fn an_answer_travels_from_a_tap_to_an_export(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let mut device = Device::on(Phone::new(&app, &nurse, "R-0042").await).await;
        device.synchronise().await;
        device.online = false;
        let kept = on_the_phone(&app, &device).await;
        to_the_hospital(&app, &nurse, &mut device, &kept).await;
        what_it_means(&app, &nurse, &device).await;
        out_of_the_hospital(&app, &device).await;
    }
}

//! A patient's phone in tests: enrolled by a letter, it makes answer events and pushes them.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use shared::{
    answers::{AnswerEvent, AnswerValue},
    api::{Claim, ClaimReply, ClaimRequest, DeviceSessionRequest, EnrolReply, LetterReply},
    id::{DeviceId, PatientId},
    study::Cause,
    sync::{
        protocol::{PROTOCOL_VERSION, PullReply, PushOutcome, PushReply, QuarantineReason, Receipt},
        signing::DeviceKey,
    },
};
use uuid::Uuid;

use super::{Client, Reply, TestApp};

/// An enrolled phone.
pub struct Phone {
    /// Its browser, with a device session.
    pub client: Client,
    /// Its patient.
    pub patient: PatientId,
    /// Itself.
    pub device: DeviceId,
    /// What it opens sessions with.
    pub credential: String,
    sequence: AtomicU64,
    clock: server::clock::Clock,
}

/// What an enrolment asks, as JSON that a test can change.
pub fn enrolment(number: &str) -> Value {
    json!({
        "registry_number": number,
        "family_name": "Lefèvre",
        "given_name": "Émile",
        "hemopathy": "dlbcl",
        "site": "toulouse",
        "pathway": "conventional",
        "language": "fr",
        "milestones": [
            { "kind": "rcp", "on": { "date": "2026-02-20" } },
            { "kind": "infusion", "on": { "date": "2026-03-30" }, "planned": true },
        ],
    })
}

/// A milestone of a day, with a cause where its kind has one.
pub fn dated(kind: &str, on: &str) -> Value {
    let milestone = json!({ "kind": kind, "on": { "date": on } });
    let cause = Cause::of(serde_json::from_value(milestone["kind"].clone()).unwrap()).last();
    cause.map_or(milestone.clone(), |cause| json!({ "kind": kind, "on": { "date": on }, "cause": cause }))
}

/// Enrols a patient with this registry number.
pub async fn enrol(nurse: &Client, number: &str) -> PatientId {
    let reply: EnrolReply = nurse.post("/api/patients", &enrolment(number)).await.ok();
    reply.patient
}

/// Makes a letter for a patient.
pub async fn letter(nurse: &Client, patient: PatientId) -> LetterReply {
    nurse.post(&format!("/api/patients/{patient}/letter"), &json!({})).await.ok()
}

/// The key pair of a new device.
pub fn new_key() -> DeviceKey {
    let [one, two] = [Uuid::new_v4(), Uuid::new_v4()].map(Uuid::into_bytes);
    DeviceKey::from_secret(&[one, two].concat().try_into().unwrap()).unwrap()
}

/// The claim of a letter by a device with this key.
pub fn claim_with(letter: Claim, key: &DeviceKey) -> ClaimRequest {
    ClaimRequest { letter, public_key: key.public().text() }
}

/// The claim of a letter by a device that nothing more is asked of.
pub fn claim(letter: Claim) -> ClaimRequest {
    claim_with(letter, &new_key())
}

impl Phone {
    /// A phone that claims a fresh letter of this patient and opens its session.
    pub async fn of(app: &TestApp, nurse: &Client, patient: PatientId) -> Self {
        let letter = letter(nurse, patient).await;
        let client = app.client();
        let key = new_key();
        let claim = claim_with(Claim::Secret(letter.secret), &key);
        let ClaimReply { device, patient, credential, .. } = client.post("/api/enrolment/claim", &claim).await.ok();
        client.hold(device, key);
        let request = DeviceSessionRequest { device, credential: credential.clone() };
        assert!(client.post("/api/device/session", &request).await.status.is_success());
        Self { client, patient, device, credential, sequence: AtomicU64::new(0), clock: app.clock.clone() }
    }

    /// A new patient's phone.
    pub async fn new(app: &TestApp, nurse: &Client, number: &str) -> Self {
        Self::of(app, nurse, enrol(nurse, number).await).await
    }

    /// An event of EPICES at T0 with this body; its sequence follows the last one.
    pub fn event(&self, body: &Value) -> AnswerEvent {
        let event = json!({
            "id": Uuid::now_v7(),
            "patient": self.patient,
            "assessment": "T0:1",
            "instrument": { "key": "epices", "version": "1.0" },
            "wording": { "pack": "demo-epices-fr", "language": "fr", "hash": "0".repeat(64) },
            "origin": {
                "respondent": "patient", "mode": "own_device", "device": self.device, "session": Uuid::now_v7(),
            },
            "sequence": self.sequence.fetch_add(1, Ordering::SeqCst) + 1,
            "clock": { "at": self.clock.now(), "utc_offset_minutes": 60, "monotonic_ms": 1000 },
            "body": body,
        });
        serde_json::from_value(event).expect("an answer event")
    }

    /// An answer to an EPICES item: 1 is yes, 0 is no.
    pub fn answer(&self, item: &str, code: i32) -> AnswerEvent {
        self.event(&json!({ "kind": "answered", "item": item, "value": AnswerValue::Code(code) }))
    }

    /// The sending of EPICES at T0.
    pub fn submission(&self) -> AnswerEvent {
        self.event(&json!({ "kind": "submitted" }))
    }

    /// All of EPICES answered and sent.
    pub fn questionnaire(&self) -> Vec<AnswerEvent> {
        let mut events: Vec<AnswerEvent> = (1..=11).map(|n| self.answer(&format!("e{n}"), 1)).collect();
        events.push(self.submission());
        events
    }

    /// Pushes events as they are.
    pub async fn try_push(&self, events: &[Value]) -> Reply {
        self.client.post("/api/sync/push", &json!({ "protocol": PROTOCOL_VERSION, "events": events })).await
    }

    /// Pushes events and gives the outcome of each.
    pub async fn push(&self, events: &[AnswerEvent]) -> Vec<PushOutcome> {
        let events: Vec<Value> = events.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
        let reply: PushReply = self.try_push(&events).await.ok();
        assert_eq!(reply.outcomes.len(), events.len(), "one outcome for each");
        reply.outcomes
    }

    /// Everything there is of this patient.
    pub async fn pull(&self) -> PullReply {
        self.client.get("/api/sync/pull?after=0").await.ok()
    }
}

/// The receipt in an outcome.
#[track_caller]
pub fn receipt(outcome: &PushOutcome) -> &Receipt {
    match outcome {
        PushOutcome::Received(receipt) => receipt,
        PushOutcome::Quarantined { .. } => panic!("not received: {outcome:?}"),
    }
}

/// Why an event was set aside.
#[track_caller]
pub fn set_aside(outcome: &PushOutcome) -> QuarantineReason {
    match outcome {
        PushOutcome::Quarantined { reason, .. } => *reason,
        PushOutcome::Received(_) => panic!("received: {outcome:?}"),
    }
}

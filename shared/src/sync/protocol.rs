//! The wire between a device and the server: push events, get a receipt for each; pull what other devices sent.
//!
//! > A device keeps an event until it holds a receipt for it. One bad event never blocks the others: each gets
//! > an outcome of its own. The same id with the same bytes gets the first receipt again; with other bytes it
//! > is a conflict, and both are kept for review. Positions follow the order of commits, so a reader that has
//! > seen position *n* never misses an event before *n*.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    answers::AnswerEvent,
    id::{AnswerEventId, Language, PatientId, SiteKey},
    instrument::InstrumentSheet,
    schedule::Facts,
    study::Study,
    time::Timestamp,
};

/// The version of this protocol that this build speaks.
pub const PROTOCOL_VERSION: u16 = 1;

/// Most events in one push.
pub const MAX_EVENTS: usize = 200;

/// Largest body of a push, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// `POST /api/sync/push`: events as they stand on the device, each judged on its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushRequest {
    /// [`PROTOCOL_VERSION`] of the sender.
    pub protocol: u16,
    /// 1 to [`MAX_EVENTS`] events. Kept as JSON here, so that one that cannot be read does not spoil the rest.
    pub events: Vec<Value>,
}

/// The answer to a push: one outcome per event, in the order sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushReply {
    /// The outcomes.
    pub outcomes: Vec<PushOutcome>,
}

/// What became of one pushed event.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PushOutcome {
    /// Durably committed, now or before.
    Received(Receipt),
    /// Not accepted into the record, but kept by the hospital, where staff see it.
    Quarantined {
        /// The event's id, where it could be read.
        id: Option<AnswerEventId>,
        /// Why.
        reason: QuarantineReason,
        /// One sentence of detail for staff and logs; holds no answer.
        detail: String,
        /// SHA-256 of the bytes that were set aside, in hexadecimal: what was damaged on its way is not what was sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hash: Option<String>,
    },
}

/// The server's word that it holds an event durably.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Which event.
    pub id: AnswerEventId,
    /// Its place in the order of commits, from 1.
    pub position: u64,
    /// When the server received it first.
    #[serde(serialize_with = "crate::time::as_text")]
    pub received_at: Timestamp,
    /// SHA-256 of its canonical bytes, in hexadecimal.
    pub hash: String,
}

/// Why an event was set aside.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    /// Not an answer event of this protocol.
    Unreadable,
    /// The server has no such instrument or version.
    UnknownInstrument,
    /// The instrument has no such item.
    UnknownItem,
    /// The item does not allow this value.
    OutsideCodes,
    /// It names another patient than the device was enrolled for.
    OtherPatient,
    /// It names another device than the one that sent it.
    OtherDevice,
    /// An event with this id and other bytes is already there.
    IdConflict,
    /// An answer that follows the sending of the same questionnaire by the same device.
    AfterSubmission,
    /// The study has no such assessment.
    UnknownAssessment,
    /// The device had been revoked when it sent this.
    RevokedDevice,
    /// A reason of a later version: a device need not know it to know that the hospital keeps the event.
    #[serde(other)]
    Unlisted,
}

/// What a device tells of what it holds of this patient with each pull, in numbers alone.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Told {
    /// Answer events made on it that it has no receipt for, drafts among them.
    pub unsent: u64,
    /// All answer events that were made on it.
    pub held: u64,
}

/// `GET /api/sync/pull?after=N&unsent=N&held=N&life=true`: what was committed after a position for this patient; the
/// next two are [`Told`], and may be left out together; the last asks for the life of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullReply {
    /// Events with their receipts, in the order of commits.
    pub events: Vec<PulledEvent>,
    /// Ask again after this position.
    pub cursor: u64,
    /// There is more.
    pub more: bool,
    /// Which life of the server's log this is, where that was asked: another one after each restoration from a backup,
    /// and then a device offers again what it holds. Empty in the first.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub life: String,
}

/// An event as the server holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PulledEvent {
    /// The event.
    pub event: AnswerEvent,
    /// The server's receipt for it.
    pub receipt: Receipt,
}

/// `GET /api/sync/proof?position=N&since=N`: a checkpoint of the log of answer events; that the event at a position is
/// in it, and that it began with the first `since` events, where asked. `docs/protocol.md` says what is proved and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofReply {
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The proof of one event, where a position was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventProof>,
    /// The proof of consistency, in hexadecimal; empty where none was asked for or there is nothing to prove.
    pub consistency: Vec<String>,
}

/// That an answer event is in the log of a checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventProof {
    /// Its receipt, as it was given.
    pub receipt: Receipt,
    /// 16 bytes that its commitment is made with, in hexadecimal.
    pub salt: String,
    /// The proof of inclusion, from the leaf upwards, in hexadecimal.
    pub inclusion: Vec<String>,
}

/// `GET /api/sync/bundle`: all a device needs to work without network, replaced whole whenever it changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientBundle {
    /// SHA-256 of the rest; also the reply's `ETag`.
    pub revision: String,
    /// Whose.
    pub patient: PatientId,
    /// The following site.
    pub site: SiteKey,
    /// The patient's language.
    pub language: Language,
    /// The study.
    pub study: Study,
    /// What the schedule of this patient depends on.
    pub facts: Facts,
    /// Every instrument this patient can be asked, in the patient's language and the others.
    pub sheets: Vec<InstrumentSheet>,
    /// Three words that the patient reads out and the nurse compares, until she has confirmed that this phone is the
    /// patient's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

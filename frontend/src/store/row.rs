//! An answer event as it lies in IndexedDB: its canonical bytes as text, beside what the indexes need.

use serde::Serialize;
use serde_json::Value;
use shared::{
    answers::{AnswerEvent, EventBody, KnownBody, Slot, sha256_hex},
    id::{AnswerEventId, DeviceId, PatientId},
    json::{Fields, FromJson},
    sync::{
        protocol::Receipt,
        store::{KeptEvent, OutboxEvent, Stage},
    },
};

use super::connection::{Trouble, known};

/// One row of the object store of events.
#[derive(Serialize)]
pub(super) struct Row {
    /// The id of what was made here; [`foreign_key`] of what came from the server.
    pub(super) key: String,
    /// The device's next number, given once; what came from the server has it only if it was free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<(DeviceId, u64)>,
    pub(super) id: AnswerEventId,
    /// SHA-256 of `json`, in hexadecimal; empty in a draft, as it takes longer than the rest and serves only to send.
    pub(super) hash: String,
    /// Empty in what a server that was put back has not told of again.
    pub(super) slot: String,
    pub(super) patient: PatientId,
    pub(super) device: DeviceId,
    pub(super) sequence: u64,
    stage: u64,
    pub(super) json: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) receipt: Option<Receipt>,
    /// Only on events of this device that have a receipt; the index on it finds the last of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    received_ms: Option<i64>,
    /// Only on `submitted` events: [`sent`].
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<String>,
}

impl FromJson for Row {
    fn from_json(json: &Value) -> Option<Self> {
        let mut fields = Fields::of(json)?;
        Some(Self {
            key: fields.take("key")?,
            place: fields.take("place")?,
            id: fields.take("id")?,
            hash: fields.take("hash")?,
            slot: fields.take("slot")?,
            patient: fields.take("patient")?,
            device: fields.take("device")?,
            sequence: fields.take("sequence")?,
            stage: fields.take("stage")?,
            json: fields.take("json")?,
            receipt: fields.take("receipt")?,
            received_ms: fields.take("received_ms")?,
            sent: fields.take("sent")?,
        })
    }
}

/// Of an event that came from the server: the same id with other bytes is kept beside ours.
fn foreign_key(id: AnswerEventId, hash: &str) -> String {
    format!("{id}/{hash}")
}

/// First and last of the keys under which an event may lie.
pub(super) fn keys(id: AnswerEventId) -> (String, String) {
    (id.to_string(), foreign_key(id, "~"))
}

/// What a device's sending of a slot is found by; begins with the patient.
pub(super) fn sent(slot: &Slot, device: DeviceId) -> String {
    format!("{slot}/{device}")
}

/// A stage as its index has it.
pub(super) const fn number(stage: Stage) -> u64 {
    match stage {
        Stage::Draft => 0,
        Stage::Outbox => 1,
        Stage::Received => 2,
        Stage::Quarantined => 3,
        Stage::Pulled => 4,
    }
}

impl Row {
    /// An event made here.
    pub(super) fn new(event: &AnswerEvent, stage: Stage) -> Result<Self, Trouble> {
        let json = String::from_utf8(event.canonical_bytes().map_err(Trouble::broken)?).map_err(Trouble::broken)?;
        let slot = event.slot();
        let submits = event.body == EventBody::Known(KnownBody::Submitted);
        let mut row = Self {
            key: event.id.to_string(),
            place: Some((event.origin.device, event.sequence)),
            id: event.id,
            hash: String::new(),
            sent: submits.then(|| sent(&slot, event.origin.device)),
            slot: slot.to_string(),
            patient: event.patient,
            device: event.origin.device,
            sequence: event.sequence,
            stage: number(stage),
            json,
            receipt: None,
            received_ms: None,
        };
        row.move_to(stage);
        Ok(row)
    }

    /// An event that came from the server.
    pub(super) fn pulled(event: &AnswerEvent, receipt: Receipt) -> Result<Self, Trouble> {
        let row = Self::new(event, Stage::Pulled)?;
        Ok(Self { key: foreign_key(row.id, &row.hash), receipt: Some(receipt), ..row })
    }

    pub(super) fn stage(&self) -> Result<Stage, Trouble> {
        let stages = [Stage::Draft, Stage::Outbox, Stage::Received, Stage::Quarantined, Stage::Pulled];
        let found = stages.into_iter().find(|stage| number(*stage) == self.stage);
        found.ok_or_else(|| Trouble::broken("a row in no known stage"))
    }

    pub(super) fn is_in(&self, stage: Stage) -> bool {
        self.stage == number(stage)
    }

    pub(super) fn move_to(&mut self, stage: Stage) {
        self.stage = number(stage);
        if stage != Stage::Draft && self.hash.is_empty() {
            self.hash = sha256_hex(self.json.as_bytes());
        }
    }

    /// Notes the receipt of an event of this device, unless one is held.
    pub(super) fn receive(&mut self, receipt: &Receipt) {
        if self.receipt.is_none() {
            self.move_to(Stage::Received);
            self.received_ms = Some(receipt.received_at.as_millisecond());
            self.receipt = Some(receipt.clone());
        }
    }

    /// A server that was put back may not have it: ours waits again; another device's is kept where nothing finds it, and
    /// takes its place again when it comes again.
    pub(super) fn forget(&mut self) {
        self.receipt = None;
        self.received_ms = None;
        if self.is_in(Stage::Pulled) {
            self.place = None;
            self.slot.clear();
            self.sent = None;
        } else {
            self.move_to(Stage::Outbox);
        }
    }

    pub(super) fn event(&self) -> Result<AnswerEvent, Trouble> {
        known(&self.json)
    }

    pub(super) fn into_kept(self) -> Result<KeptEvent, Trouble> {
        Ok(KeptEvent { event: self.event()?, stage: self.stage()?, receipt: self.receipt })
    }

    pub(super) fn into_outbox(self) -> OutboxEvent {
        OutboxEvent { id: self.id, sequence: self.sequence, hash: self.hash, json: self.json }
    }
}

//! What a device keeps, and the promises every store of it makes; [`super::conformance`] holds them all to it.
//!
//! > A tap is kept once one transaction has gone through: the answer event with the device's next number.
//! > Sending moves a questionnaire's drafts to the outbox in one transaction. Nothing is ever deleted; an event
//! > leaves the outbox only for a receipt or the server's word that it was set aside, and is back there when the server
//! > was put back from a backup. One patient's operations never touch or show what belongs to another.

use serde::{Deserialize, Serialize};

use super::protocol::{PatientBundle, PulledEvent, QuarantineReason, Receipt};
use crate::{
    answers::{AnswerEvent, DraftEvent, Slot},
    id::{AnswerEventId, DeviceId, Language, PatientId},
    time::{DeviceTime, Timestamp},
};

/// Where a kept event stands on its way.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// Kept; its questionnaire is not sent yet.
    Draft,
    /// Sent by the patient, and not yet known to have arrived.
    Outbox,
    /// The server gave a receipt for it.
    Received,
    /// The server set it aside, where staff see it.
    Quarantined,
    /// Came from the server; another device made it.
    Pulled,
}

/// An event as a device keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptEvent {
    /// The event.
    pub event: AnswerEvent,
    /// Where it stands.
    pub stage: Stage,
    /// The server's receipt, once there is one.
    pub receipt: Option<Receipt>,
}

/// An event that waits to be sent, in the bytes that its receipt must match.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutboxEvent {
    /// Its id.
    pub id: AnswerEventId,
    /// Its place in the device's count.
    pub sequence: u64,
    /// SHA-256 of its canonical bytes, in hexadecimal.
    pub hash: String,
    /// The canonical bytes.
    pub json: String,
}

/// What became of one event of the outbox.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settled {
    /// Which event.
    pub id: AnswerEventId,
    /// Which bytes of it.
    pub hash: String,
    /// How it ended.
    pub settlement: Settlement,
}

/// How an event leaves the outbox.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Settlement {
    /// The server holds it durably.
    Received(Receipt),
    /// The server set it aside.
    Quarantined(QuarantineReason),
}

/// How much of one patient this device holds, by stage; the only source of what the status line says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Events of questionnaires that are not sent yet.
    pub drafts: u64,
    /// Events sent by the patient that no receipt is held for.
    pub waiting: u64,
    /// Events of this device with a receipt.
    pub received: u64,
    /// Events of this device that the server set aside.
    pub quarantined: u64,
    /// When the server received the last of those with a receipt.
    pub last_received_at: Option<Timestamp>,
}

/// How far a questionnaire has come, as far as this device knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SlotProgress {
    /// Which.
    pub slot: Slot,
    /// When it was first sent, on this or another device; `None` while only begun here.
    pub submitted: Option<DeviceTime>,
}

/// A patient's enrolment of this device: its name, and the credential under the patient's PIN.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The device's name.
    pub device: DeviceId,
    /// Whose it is.
    pub patient: PatientId,
    /// The patient's language, for the screen that asks for the PIN.
    pub language: Language,
    /// The credential that opens sessions, readable with the PIN only.
    pub sealed: SealedCredential,
    /// Wrong PINs since the last right one.
    #[serde(default)]
    pub wrong_tries: u32,
    /// No further try before this instant.
    #[serde(default, serialize_with = "crate::time::as_optional_text")]
    pub wait_until: Option<Timestamp>,
}

/// A credential under AES-256-GCM, the key derived from the PIN by PBKDF2-SHA-256; bytes in hexadecimal.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedCredential {
    /// Rounds of PBKDF2.
    pub iterations: u32,
    /// Its salt.
    pub salt: String,
    /// The nonce of AES-GCM.
    pub nonce: String,
    /// Ciphertext and tag.
    pub ciphertext: String,
}

/// Why a store did not do what was asked; nothing was changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// This device sent the questionnaire before, perhaps from another tab: show that it is sent.
    #[error("this questionnaire was already sent from this device")]
    AlreadySubmitted,
    /// The device has no room left: ask for some, then try again.
    #[error("the device has no room left")]
    Full,
    /// A newer version of the app needs the store: load the page again.
    #[error("a newer version of the app has taken over the store")]
    Outdated,
    /// Anything else: answer no further questions on this device, and change nothing in the store.
    #[error("the device's store does not work: {0}")]
    Broken(String),
}

/// The store of a device.
///
/// Every method is one transaction: whole and durable when it returns `Ok`, without effect when it does not.
#[expect(async_fn_in_trait, reason = "a browser has one thread: the futures need not be Send")]
pub trait Store {
    /// Keeps one event, giving it the next number of its device.
    ///
    /// Becomes a draft; a `submitted` event goes to the outbox and takes the device's drafts of its slot along.
    /// An id that this device has kept for the slot before changes nothing: the event is returned as it was kept.
    ///
    /// # Errors
    /// [`StoreError::AlreadySubmitted`] when this device sent the slot before.
    async fn append(&self, draft: DraftEvent) -> Result<AnswerEvent, StoreError>;

    /// Every event of a slot, of this and other devices, by sequence; of others only what the server still has.
    ///
    /// # Errors
    /// When the store fails.
    async fn list_slot(&self, slot: &Slot) -> Result<Vec<KeptEvent>, StoreError>;

    /// Every questionnaire of a patient that is begun or sent, by slot.
    ///
    /// # Errors
    /// When the store fails.
    async fn list_progress(&self, patient: PatientId) -> Result<Vec<SlotProgress>, StoreError>;

    /// Events that wait to be sent and whose sequence is greater than `after`, oldest first, `limit` at most.
    ///
    /// # Errors
    /// When the store fails.
    async fn list_outbox(&self, patient: PatientId, after: u64, limit: u32) -> Result<Vec<OutboxEvent>, StoreError>;

    /// Notes what became of events. One that is not here in these bytes is passed over; a receipt once held stays.
    ///
    /// # Errors
    /// When the store fails.
    async fn settle(&self, patient: PatientId, settled: &[Settled]) -> Result<(), StoreError>;

    /// Takes in what the server holds and moves the cursor, which never goes back within one life of the server's log.
    ///
    /// An event of our own that comes back is its receipt. The same id with other bytes is kept beside ours.
    ///
    /// `false`, and nothing taken in, in another life than the last (before the first pull, than the first, which is
    /// empty): what was settled of our own is back in the outbox without its receipt then, the cursor is at the
    /// beginning, and another device's events are shown again once they have come again.
    ///
    /// # Errors
    /// When the store fails.
    async fn absorb(
        &self,
        patient: PatientId,
        events: &[PulledEvent],
        cursor: u64,
        life: &str,
    ) -> Result<bool, StoreError>;

    /// The position up to which this patient's events were pulled; 0 before the first pull and in another life.
    ///
    /// # Errors
    /// When the store fails.
    async fn cursor(&self, patient: PatientId) -> Result<u64, StoreError>;

    /// How much of a patient is here.
    ///
    /// # Errors
    /// When the store fails.
    async fn tally(&self, patient: PatientId) -> Result<Tally, StoreError>;

    /// The patient's bundle, once one was fetched.
    ///
    /// # Errors
    /// When the store fails.
    async fn find_bundle(&self, patient: PatientId) -> Result<Option<PatientBundle>, StoreError>;

    /// Puts a bundle, in the very text that came and was read, in the place of the patient's former one.
    ///
    /// # Errors
    /// When the store fails.
    async fn save_bundle(&self, patient: PatientId, text: &str) -> Result<(), StoreError>;

    /// Everyone enrolled on this device, by device id.
    ///
    /// # Errors
    /// When the store fails.
    async fn list_enrolments(&self) -> Result<Vec<Enrolment>, StoreError>;

    /// Keeps an enrolment, in the place of the one with the same device id if there is one.
    ///
    /// # Errors
    /// When the store fails.
    async fn save_enrolment(&self, enrolment: &Enrolment) -> Result<(), StoreError>;
}

//! The ward's tablet: what it needs to be handed to a patient, that it was, and locking the nurse's session meanwhile.

use serde::{Deserialize, Serialize};

use super::PatientLine;
use crate::{
    id::{DeviceId, StaffId},
    people::Respondent,
    sync::protocol::PatientBundle,
    time::Timestamp,
};

/// `POST /api/patients/{patient}/handover`: what a tablet needs to be handed to this patient, with or without network.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverRequest {
    /// The device this tablet already is for this patient: it goes on under a fresh credential and a fresh key, the
    /// former ones stop.
    #[serde(default)]
    pub device: Option<DeviceId>,
    /// The public key that the tablet made for this patient, as in [`ClaimRequest`](super::ClaimRequest).
    pub public_key: String,
}

/// What a tablet keeps, sealed, until it is handed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverReply {
    /// The device that the tablet is for this patient.
    pub device: DeviceId,
    /// What it opens sessions with: 32 random bytes, base64url; the server keeps a hash.
    pub credential: String,
    /// Whose it is, for the check of identity.
    pub patient: PatientLine,
    /// All that answering without network needs.
    pub bundle: PatientBundle,
}

/// What a nurse compared before she handed the tablet over.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityItem {
    /// The patient said their name.
    Name,
    /// The patient said their date of birth.
    BirthDate,
    /// The registry number on a document or bracelet.
    RegistryNumber,
    /// The bracelet that the hospital put on.
    Wristband,
}

/// `POST /api/patients/{patient}/handover/given`: that the tablet was handed over; told when there is network.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenRequest {
    /// As which device.
    pub device: DeviceId,
    /// When, by the tablet's clock.
    pub at: Timestamp,
    /// Whose PIN had opened the tablet.
    pub staff: StaffId,
    /// What was compared: two items at least.
    pub checked: Vec<IdentityItem>,
    /// Who answers, and with what help.
    pub respondent: Respondent,
}

/// The reply to `POST /api/staff/lock`: the session does nothing more until this comes back.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockReply {
    /// 32 random bytes, base64url; the tablet keeps them under the nurse's PIN, the server keeps a hash.
    pub unlock: String,
}

/// `POST /api/staff/unlock`: opens a locked session again, under a new reference; gives who is signed in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnlockRequest {
    /// What [`LockReply`] gave.
    pub unlock: String,
}

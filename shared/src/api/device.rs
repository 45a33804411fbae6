//! A patient's device: the single use of a letter, and its sessions.

use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, Language, PatientId};

/// `POST /api/enrolment/claim`: the single use of a letter, for the device that made this key.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRequest {
    /// What shows that the letter was read.
    pub letter: Claim,
    /// The device's public key: an uncompressed point of P-256, in base64. The private half stays in its browser.
    pub public_key: String,
}

/// That a letter was read: its QR secret or its typed code.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Claim {
    /// From the QR code: 32 random bytes, base64url without padding.
    Secret(String),
    /// From the letter's text: 8 Crockford characters; case, spaces and dashes do not matter.
    Code(String),
}

/// What a device gets once: its name and the credential it opens sessions with.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimReply {
    /// The new device.
    pub device: DeviceId,
    /// Whose it is.
    pub patient: PatientId,
    /// 32 random bytes, base64url; kept by the device under the patient's PIN, by the server as a hash.
    pub credential: String,
    /// The patient's language.
    pub language: Language,
}

/// `POST /api/device/session`: opens a session (cookie) for an enrolled device; signed with its key.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceSessionRequest {
    /// Which device.
    pub device: DeviceId,
    /// Its credential.
    pub credential: String,
}

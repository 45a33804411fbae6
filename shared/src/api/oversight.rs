//! What a data manager looks over: who did what, the devices, what was set aside. Pseudonyms only, and no answer.

use serde::{Deserialize, Serialize};

use crate::{
    id::{AssessmentId, DeviceId, PatientId, SiteKey},
    people::DeviceKind,
    sync::{proof::AuditLog, protocol::QuarantineReason},
    time::{Date, Timestamp},
};

/// `POST /api/audit`: which entries; each field that is there narrows.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRequest {
    /// Only this log.
    #[serde(default)]
    pub log: Option<AuditLog>,
    /// Only this operation, by its word in the trail.
    #[serde(default)]
    pub operation: Option<String>,
    /// Only what this account did; any, if empty.
    #[serde(default)]
    pub account: String,
    /// Only what was done to this patient.
    #[serde(default)]
    pub patient: Option<PatientId>,
    /// Not before this day, in Europe/Paris.
    #[serde(default)]
    pub from: Option<Date>,
    /// Not after this day.
    #[serde(default)]
    pub to: Option<Date>,
    /// Go on after this entry, the last reply's `next`.
    #[serde(default)]
    pub after: Option<String>,
}

/// One entry of the audit trail.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    /// Its number; later entries have greater ones.
    pub number: u64,
    /// Its log.
    pub log: AuditLog,
    /// When.
    pub at: Timestamp,
    /// What was done, in the trail's word.
    pub operation: String,
    /// The account that did it.
    pub account: Option<String>,
    /// The device that did it.
    pub device: Option<DeviceId>,
    /// To whom.
    pub patient: Option<PatientId>,
    /// A reference or a purpose; never an answer or a patient's name.
    pub detail: String,
}

/// Which devices.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceGroup {
    /// Answers wait on it, or were lost.
    Asking,
    /// It may not read any more.
    Revoked,
}

/// `POST /api/devices`: which devices of patients and wards.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevicesRequest {
    /// Only these; all, if absent.
    #[serde(default)]
    pub group: Option<DeviceGroup>,
    /// Go on after this place, the last reply's `next`.
    #[serde(default)]
    pub after: Option<String>,
}

/// A device under its patient's pseudonym.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceOversight {
    /// The device.
    pub device: DeviceId,
    /// Whose.
    pub patient: PatientId,
    /// The patient's following site.
    pub site: SiteKey,
    /// Where it stands.
    pub kind: DeviceKind,
    /// Since when it may hand in.
    pub enrolled_at: Timestamp,
    /// When it was heard of last.
    pub last_seen_at: Option<Timestamp>,
    /// How many answers it said to hold that had not been received.
    pub n_unsent: u64,
    /// Since when some wait.
    pub unsent_since: Option<Timestamp>,
    /// How many it had told of and lost.
    pub n_lost: u64,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// `POST /api/quarantine`: what was set aside.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantineRequest {
    /// Also what staff have looked at.
    #[serde(default)]
    pub looked_at: bool,
    /// Go on after this place, the last reply's `next`.
    #[serde(default)]
    pub after: Option<String>,
}

/// Something that was set aside: what it is, never what it says.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantineLine {
    /// Its number.
    pub number: u64,
    /// When it came.
    pub received_at: Timestamp,
    /// From which device.
    pub device: DeviceId,
    /// The device's patient.
    pub patient: PatientId,
    /// Of which assessment, where that could be read.
    pub assessment: Option<AssessmentId>,
    /// Why it was set aside.
    pub reason: QuarantineReason,
    /// More about why.
    pub detail: String,
    /// SHA-256 of what came, in hexadecimal.
    pub hash: String,
    /// How long it is, in bytes.
    pub n_bytes: u64,
    /// When staff looked at it.
    pub looked_at: Option<Timestamp>,
}

/// A page of a list, newest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page<T> {
    /// The lines.
    pub lines: Vec<T>,
    /// Pass as `after` to go on; `None` at the end.
    pub next: Option<String>,
}

//! A patient's history: everything that was done and received, in one list.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A part of a patient's history.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    /// Enrolment, dates, pathway, site, consent, contacts.
    Care,
    /// What was received, corrected, looked at, and why something is missing.
    Answers,
    /// Letters, devices and forms.
    Devices,
    /// Who read the file.
    Readings,
}

impl HistoryKind {
    /// The word of a line about something received; the other words are the audit trail's.
    pub const RECEIVED: &str = "received";
}

/// `POST /api/patients/{patient}/history`: which part of it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryRequest {
    /// Only this part; all of it, if absent.
    #[serde(default)]
    pub kind: Option<HistoryKind>,
    /// Go on after this place, the last reply's `next`.
    #[serde(default)]
    pub after: Option<String>,
}

/// A page of a patient's history, newest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryReply {
    /// The lines.
    pub lines: Vec<HistoryLine>,
    /// Pass as `after` to go on; `None` at the end.
    pub next: Option<String>,
}

/// Something that happened to a patient.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryLine {
    /// When.
    pub at: Timestamp,
    /// What: `received`, or the operation's word in the audit trail.
    pub what: String,
    /// The account that did it; `None` for a device or the patient.
    pub by: Option<String>,
    /// A reference: an occasion, a kind of milestone; never an answer.
    pub detail: String,
}

//! What asks for a nurse's eye, and why what is missing is missing.

use serde::{Deserialize, Serialize};

use super::{Finding, PatientLine};
use crate::{
    id::{AssessmentId, SiteKey},
    schedule::{AssessmentState, MissingReason},
    time::{Date, Timestamp},
};

/// The groups of the worklist, in the order they are shown.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorklistGroup {
    /// Open, and its window closes within 48 hours.
    Closing,
    /// Open today, and no reason noted why it will stay empty.
    Due,
    /// Window closed with something not sent and no reason noted.
    Overdue,
    /// Received within the last 7 days.
    Received,
    /// A score beyond a threshold of the study, that nobody has looked at.
    Flags,
    /// Set aside by the server, and nobody has looked at it.
    Quarantine,
    /// Sent by two devices, and nobody has looked at it.
    Conflict,
}

/// `POST /api/worklist`: which part of the list is asked for; the search is in the body for the reason above.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklistRequest {
    /// Which group; due, if absent.
    #[serde(default)]
    pub group: Option<WorklistGroup>,
    /// Only this site's.
    #[serde(default)]
    pub site: Option<SiteKey>,
    /// What registry number or name begins with; everybody, if empty.
    #[serde(default)]
    pub search: String,
    /// Go on after this place, the last reply's `next`.
    #[serde(default)]
    pub after: Option<String>,
}

/// One group of the worklist, 50 lines at a time, most urgent first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklistReply {
    /// How many lines each group has, counted to 100 at most.
    pub counts: Vec<(WorklistGroup, u16)>,
    /// The lines of the group asked for.
    pub lines: Vec<WorklistLine>,
    /// Pass as `after` to go on; `None` at the end.
    pub next: Option<String>,
}

/// One assessment that asks for a nurse's eye; in [`WorklistGroup::Quarantine`] it may be a patient's devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklistLine {
    /// Whose.
    pub patient: PatientLine,
    /// Which occasion; `None` for what was set aside and names none.
    pub assessment: Option<AssessmentId>,
    /// Where it stands.
    pub state: Option<AssessmentState>,
    /// The day aimed at.
    pub due_on: Option<Date>,
    /// The last day of its window.
    pub closes_on: Option<Date>,
    /// Questionnaires sent, of how many.
    pub submitted: u8,
    /// How many questionnaires it has.
    pub questionnaires: u8,
    /// When the last of it was received.
    pub received_at: Option<Timestamp>,
    /// What there is to look at, in the groups of such things.
    pub findings: Vec<Finding>,
    /// Why what is missing is missing, where that was noted.
    pub missing: Option<MissingReason>,
}

/// `POST /api/patients/{patient}/missing`: why an assessment has no answer; taken from the day its window opens.
///
/// The last note of an assessment stands. It keeps no answer out: what is sent later counts, and the assessment is
/// completed late.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingRequest {
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Why; `None` takes the reason back that stands.
    pub reason: Option<MissingReason>,
    /// More about it, 200 characters at most; asked for with another reason than those listed.
    #[serde(default)]
    pub note: String,
}

/// One note of why an assessment has no answer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingLine {
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Why; `None` when an earlier reason was taken back.
    pub reason: Option<MissingReason>,
    /// More about it; often empty.
    pub note: String,
    /// The account that entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: Timestamp,
}

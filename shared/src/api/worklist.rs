//! What asks for a nurse's eye, and why what is missing is missing.

use serde::{Deserialize, Serialize};

use super::{Finding, PatientLine};
use crate::{
    id::{AssessmentId, DeviceId, SiteKey},
    people::DeviceKind,
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
    /// Open for a week, or for half of its window, and nothing at all came from the patient since it opened.
    Silent,
    /// Answers wait on a device that told of them, or a device lost some and nobody has looked at it.
    Unsent,
    /// Received within the last 7 days.
    Received,
    /// A score beyond a threshold of the study, that nobody has looked at.
    Flags,
    /// Set aside by the server, and nobody has looked at it.
    Quarantine,
    /// Sent by two devices, and nobody has looked at it.
    Conflict,
}

/// What a group can be sorted by. The others would have to read all of a large registry, names being in a database of
/// their own: where a group has fewer than 100 lines it can be sorted by them all the same.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorklistSort {
    /// By the last day of the window.
    Closes,
    /// By when the last of it was received.
    Received,
    /// By the study's order of sites, then most urgent first.
    Site,
    /// By registry number.
    Number,
    /// By name.
    Name,
}

impl WorklistSort {
    /// Whether a group has it.
    #[must_use]
    pub const fn is_of(self, group: WorklistGroup) -> bool {
        match self {
            Self::Closes => matches!(
                group,
                WorklistGroup::Closing | WorklistGroup::Due | WorklistGroup::Overdue | WorklistGroup::Silent
            ),
            Self::Received => matches!(
                group,
                WorklistGroup::Received | WorklistGroup::Flags | WorklistGroup::Quarantine | WorklistGroup::Conflict
            ),
            Self::Site => !matches!(group, WorklistGroup::Unsent),
            Self::Number | Self::Name => true,
        }
    }

    /// Whether a group of any length can be sorted by it.
    #[must_use]
    pub const fn is_for_any_length(self) -> bool {
        !matches!(self, Self::Number | Self::Name)
    }
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
    /// What it is sorted by; most urgent first, if absent.
    #[serde(default)]
    pub sort: Option<WorklistSort>,
    /// From the last to the first.
    #[serde(default)]
    pub down: bool,
    /// Go on after this place, the last reply's `next`.
    #[serde(default)]
    pub after: Option<String>,
}

/// One group of the worklist, 50 lines at a time.
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

/// One assessment that asks for a nurse's eye; or a device, in [`WorklistGroup::Unsent`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklistLine {
    /// Whose.
    pub patient: PatientLine,
    /// Which occasion; `None` for a device, and for what was set aside and names none.
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
    /// What waits on which device, in the group of devices.
    pub unsent: Option<Unsent>,
}

/// What waits on a device, as far as it told.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsent {
    /// Which device.
    pub device: DeviceId,
    /// Who has it.
    pub kind: DeviceKind,
    /// How many answers wait.
    pub n: u32,
    /// Since when some do.
    pub since: Option<Timestamp>,
    /// Another device of this kind was opened since: what waits here may never come.
    pub replaced: bool,
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

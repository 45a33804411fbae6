//! The dates of a patient's course: recording them, what a change would do, the plan as it was known.

use serde::{Deserialize, Serialize};

use crate::{
    id::MilestoneId,
    schedule::{Assessment, Milestone, PlanDiff, StandingMilestone},
    study::{Cause, MilestoneKind},
    time::{PartialDate, Timestamp},
};

/// A milestone to record: in an enrolment, or `POST /api/patients/{patient}/milestones`; what it would do to the
/// plan is told by `POST /api/patients/{patient}/milestones/preview`, which changes nothing.
///
/// Recording a kind again replaces what stood (except relapses, which add up), and giving an infusion up the one that was
/// planned; the old entry stays in history.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneRequest {
    /// What.
    pub kind: MilestoneKind,
    /// When.
    pub on: PartialDate,
    /// Only planned so far.
    #[serde(default)]
    pub planned: bool,
    /// Of what, why, how far: asked of the kinds that have causes, and of no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Where it is known from.
    #[serde(default)]
    pub source: String,
    /// The entry of the same kind that it corrects or takes back; it must stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<MilestoneId>,
    /// Takes that entry back: nothing stands in its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
    /// Why what stood is changed; see [`needs_reason`](crate::schedule::needs_reason()).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How many entries the preview was worked out from; refused as a conflict if there are others by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_entries: Option<usize>,
}

impl MilestoneRequest {
    /// A milestone that adds to what stands, or replaces what stands of its kind.
    #[must_use]
    pub fn new(milestone: Milestone, source: impl Into<String>) -> Self {
        let Milestone { kind, on, planned } = milestone;
        let (source, reason) = (source.into(), String::new());
        Self { kind, on, planned, cause: None, source, replaces: None, taken_back: false, reason, n_entries: None }
    }

    /// What stands once it is recorded, unless it takes back.
    #[must_use]
    pub const fn milestone(&self) -> Milestone {
        Milestone { kind: self.kind, on: self.on, planned: self.planned }
    }

    /// The same with a cause.
    #[must_use]
    pub fn because(self, cause: Cause) -> Self {
        Self { cause: Some(cause), ..self }
    }
}

/// What recording a milestone would do.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestonePreviewReply {
    /// How many entries it was worked out from.
    pub n_entries: usize,
    /// What stands and would be replaced or taken back.
    pub stood: Option<StandingMilestone>,
    /// Whether it is only recorded with a reason.
    pub needs_reason: bool,
    /// What becomes of the plan.
    pub diff: PlanDiff,
}

/// `GET /api/patients/{patient}/plan?known_at=…`: the plan as it was known at an instant, or at the end of a civil
/// date: from the milestones entered and the answers received until then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanReply {
    /// Until when; now, if a later instant was asked for.
    pub known_at: Timestamp,
    /// The milestones that stood, by date; none before the patient was enrolled.
    pub milestones: Vec<StandingMilestone>,
    /// The plan as of the civil date of that instant.
    pub assessments: Vec<Assessment>,
}

/// A milestone as entered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneLine {
    /// Which entry.
    pub id: MilestoneId,
    /// What.
    pub kind: MilestoneKind,
    /// When.
    pub on: PartialDate,
    /// Only planned.
    pub planned: bool,
    /// Its cause, where its kind has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Where it is known from.
    pub source: String,
    /// Who entered it.
    pub entered_by: String,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// A later entry replaced it, or took it back.
    pub replaced: bool,
    /// The entry it put aside.
    pub replaces: Option<MilestoneId>,
    /// It takes that entry back, and stands for nothing itself.
    pub taken_back: bool,
    /// Why what stood was changed.
    pub reason: String,
}

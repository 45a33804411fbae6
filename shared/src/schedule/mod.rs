//! WHEN: `plan(study, facts, today)` gives every assessment of a patient with its window and state.
//!
//! Pure: the same facts give the same plan. An assessment's id never depends on a date, so finished work
//! stays finished whatever moves. Days are civil days of Europe/Paris; [`plan()`] states the rules.

mod course;
mod diff;
mod entries;
mod episodes;
mod missing;
mod planning;
mod reminders;
mod tally;
mod windows;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{AssessmentId, HemopathyKey, InstrumentKey, InstrumentVersion},
    study::MilestoneKind,
    time::{Date, PartialDate},
};

pub use diff::{Outlook, PlanChange, PlanDiff, PlanEffect, diff};
pub use entries::{Entered, StandingMilestone, needs_reason, put_aside, standing, standing_milestones};
pub use episodes::{EnteredEpisode, Episode, EpisodeRefusal, Episodes, episode_needs_reason, episode_refusal};
pub use missing::MissingReason;
pub use planning::plan;
pub use reminders::{Circumstances, Reminder, SentReminder, due_reminder, is_still_due};
pub use tally::{Expectation, Tally, ended_on};

/// Everything a plan depends on, of one patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The blood cancer.
    pub hemopathy: HemopathyKey,
    /// The standing milestones, oldest first.
    pub milestones: Vec<Milestone>,
    /// How far each questionnaire has come; absent means untouched.
    #[serde(default)]
    pub progress: Vec<Progress>,
}

/// A milestone as it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What.
    pub kind: MilestoneKind,
    /// When, and how exactly that is known.
    pub on: PartialDate,
    /// Only planned so far.
    #[serde(default)]
    pub planned: bool,
}

/// How far one questionnaire of one assessment has come.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Which assessment.
    pub assessment: AssessmentId,
    /// Which instrument.
    pub instrument: InstrumentKey,
    /// The civil date it was sent; `None` while it is only begun.
    #[serde(default, serialize_with = "crate::time::as_optional_text")]
    pub submitted_on: Option<Date>,
    /// It was answered before inclusion and typed in later: where it was not expected, it still is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retrospective: bool,
}

/// One occasion of one patient, as it stands on a day.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Stable: timepoint and occurrence.
    pub id: AssessmentId,
    /// Where it stands.
    pub state: AssessmentState,
    /// First day, target and last day; `None` while its anchor is unknown.
    pub window: Option<Window>,
    /// What is asked, in order.
    pub questionnaires: Vec<Questionnaire>,
}

/// First day, target and last day on which an answer is on time, all inclusive.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First day.
    pub opens_on: Date,
    /// The day aimed at.
    pub due_on: Date,
    /// Last day.
    pub closes_on: Date,
}

/// One instrument of an assessment.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// Which.
    pub instrument: InstrumentVersion,
    /// How far it has come.
    pub state: QuestionnaireState,
}

/// How far one questionnaire has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionnaireState {
    /// Untouched.
    NotStarted,
    /// Begun.
    Started,
    /// Sent, on this civil date.
    Submitted(Date),
}

/// Where an assessment stands; every expected one ends in exactly one state.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssessmentState {
    /// Never expected of this patient: not missed.
    NotApplicable,
    /// Expected later, or as soon as its anchor is known.
    Planned,
    /// Within its window, untouched.
    Open,
    /// Begun and not all sent; a closing window does not end it.
    InProgress,
    /// Window closed with some questionnaires sent and others not.
    PartlyCompleted,
    /// All sent, the last within the window, on this date.
    Completed(Date),
    /// All sent, the last after the window, on this date.
    CompletedLate(Date),
    /// Window closed with nothing sent.
    Missed,
    /// Ended by death, withdrawal or loss to follow-up.
    Cancelled,
}

/// Plans by assessment.
pub type Plan = BTreeMap<AssessmentId, Assessment>;

/// What a patient can answer today, the window that closes first on top.
#[must_use]
pub fn due_today(plan: &Plan) -> Vec<&Assessment> {
    let mut due = by_window(plan);
    due.retain(|it| matches!(it.state, AssessmentState::Open | AssessmentState::InProgress));
    due
}

/// Every assessment in the order its window closes; those without a window come last.
#[must_use]
pub fn by_window(plan: &Plan) -> Vec<&Assessment> {
    let mut all: Vec<&Assessment> = plan.values().collect();
    all.sort_by_key(|it| (it.window.is_none(), it.window.map(|window| (window.closes_on, window.opens_on)), &it.id));
    all
}

impl Window {
    /// Whether an answer on this day is on time.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.opens_on <= day && day <= self.closes_on
    }

    /// Whether some day is in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.opens_on <= other.closes_on && other.opens_on <= self.closes_on
    }
}

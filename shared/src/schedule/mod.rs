//! WHEN: `plan(study, facts, today)` gives every assessment of a patient with its window and state.
//!
//! Pure: the same facts give the same plan. An assessment's id never depends on a date, so finished work
//! stays finished whatever moves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{AssessmentId, HemopathyKey, InstrumentKey, InstrumentVersion},
    study::MilestoneKind,
    time::{Date, PartialDate},
};

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
    pub submitted_on: Option<Date>,
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

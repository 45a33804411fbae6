//! What a changed milestone does to a plan, told before it is done: each assessment before and after.

use serde::{Deserialize, Serialize};

use super::{Assessment, AssessmentState, Plan, Window};
use crate::id::AssessmentId;

/// What differs between two plans of one patient.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanDiff {
    /// What changes, in the order of the days it moves to, or else comes from.
    pub changes: Vec<PlanChange>,
    /// How many finished assessments the later plan holds, moved or not.
    pub n_done: usize,
}

/// One assessment that differs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanChange {
    /// Which.
    pub id: AssessmentId,
    /// What that means for patient and nurse.
    pub effect: PlanEffect,
    /// As it stood; nothing, if the plan did not hold it.
    pub before: Option<Outlook>,
    /// As it will stand; nothing, if the plan no longer holds it.
    pub after: Option<Outlook>,
}

/// When an assessment is expected, and where it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlook {
    /// Its window; nothing while its anchor is unknown.
    pub window: Option<Window>,
    /// Its state.
    pub state: AssessmentState,
}

/// What a change of plan means for one assessment.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanEffect {
    /// Finished, and stays so.
    StaysDone,
    /// Its window is now over: what was sent counts as late, what was not is overdue.
    BecomesLate,
    /// No longer expected.
    Closes,
    /// Can be answered from today.
    Opens,
    /// Expected, as it was not before.
    Returns,
    /// Expected on other days.
    Moves,
}

/// What differs between two plans of one patient made on the same day.
///
/// An assessment that is expected in neither is left out: it is nobody's concern. Finished work keeps its id
/// whatever moves ([`plan()`](super::plan())), so it can become late but never close.
#[must_use]
pub fn diff(before: &Plan, after: &Plan) -> PlanDiff {
    let outlook = |plan: &Plan, id: &AssessmentId| plan.get(id).map(Outlook::of);
    let ids = before.keys().chain(after.keys().filter(|id| !before.contains_key(*id)));
    let mut changes: Vec<PlanChange> = ids
        .filter_map(|id| {
            let (before, after) = (outlook(before, id), outlook(after, id));
            let concerns = before.is_some_and(Outlook::is_expected) || after.is_some_and(Outlook::is_expected);
            let change = || PlanChange { id: id.clone(), effect: effect(before, after), before, after };
            (before != after && concerns).then(change)
        })
        .collect();
    changes.sort_by_cached_key(|change| {
        let window = change.after.and_then(|it| it.window).or(change.before.and_then(|it| it.window));
        (window.is_none(), window.map(|it| (it.due_on, it.closes_on)), change.id.clone())
    });
    PlanDiff { changes, n_done: after.values().filter(|it| is_done(it.state)).count() }
}

impl Outlook {
    fn of(assessment: &Assessment) -> Self {
        Self { window: assessment.window, state: assessment.state }
    }

    fn is_expected(self) -> bool {
        !matches!(self.state, AssessmentState::NotApplicable | AssessmentState::Cancelled)
    }
}

fn effect(before: Option<Outlook>, after: Option<Outlook>) -> PlanEffect {
    let expected = |it: &Outlook| it.is_expected();
    match (before.filter(expected).map(|it| it.state), after.filter(expected).map(|it| it.state)) {
        (_, None) => PlanEffect::Closes,
        (Some(AssessmentState::Completed(_)), Some(AssessmentState::CompletedLate(_))) => PlanEffect::BecomesLate,
        (_, Some(AssessmentState::Completed(_) | AssessmentState::CompletedLate(_))) => PlanEffect::StaysDone,
        (Some(state), Some(AssessmentState::Missed | AssessmentState::PartlyCompleted)) if is_over(state) => {
            PlanEffect::Moves
        }
        (_, Some(AssessmentState::Missed | AssessmentState::PartlyCompleted)) => PlanEffect::BecomesLate,
        (Some(AssessmentState::Open | AssessmentState::InProgress), Some(_)) => PlanEffect::Moves,
        (_, Some(AssessmentState::Open | AssessmentState::InProgress)) => PlanEffect::Opens,
        (Some(AssessmentState::Planned), Some(_)) => PlanEffect::Moves,
        (_, Some(_)) => PlanEffect::Returns,
    }
}

const fn is_done(state: AssessmentState) -> bool {
    matches!(state, AssessmentState::Completed(_) | AssessmentState::CompletedLate(_))
}

const fn is_over(state: AssessmentState) -> bool {
    matches!(state, AssessmentState::Missed | AssessmentState::PartlyCompleted)
}

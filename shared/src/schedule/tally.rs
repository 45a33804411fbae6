//! Where an assessment stands, from a few numbers: what a list needs, without making the whole plan again.

use super::{AssessmentState, Facts, Questionnaire, QuestionnaireState, Window, course::Course};
use crate::time::Date;

/// Whether more is expected of an assessment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// Its questionnaires are expected, or will be.
    Expected,
    /// Its window had closed when death, withdrawal or loss to follow-up ended everything.
    Over,
    /// Death, withdrawal or loss to follow-up came first.
    Cancelled,
    /// Never expected of this patient.
    NotApplicable,
}

/// How far the questionnaires of one assessment have come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// How many it has.
    pub n_questionnaires: usize,
    /// Begun and not sent.
    pub n_started: usize,
    /// Sent.
    pub n_submitted: usize,
    /// The day the last one was sent.
    pub submitted_on: Option<Date>,
}

impl Tally {
    /// Counts questionnaires.
    #[must_use]
    pub fn of(questionnaires: &[Questionnaire]) -> Self {
        let mut tally = Self { n_questionnaires: questionnaires.len(), ..Self::default() };
        for questionnaire in questionnaires {
            match questionnaire.state {
                QuestionnaireState::NotStarted => {}
                QuestionnaireState::Started => tally.n_started += 1,
                QuestionnaireState::Submitted(on) => {
                    tally.n_submitted += 1;
                    tally.submitted_on = tally.submitted_on.max(Some(on));
                }
            }
        }
        tally
    }

    /// Where the assessment stands on a day. Finished work is finished whatever else is true, but what was never
    /// expected is not completed by what is typed in of it later.
    #[must_use]
    pub fn state(self, expectation: Expectation, window: Option<Window>, today: Date) -> AssessmentState {
        if expectation == Expectation::NotApplicable {
            return AssessmentState::NotApplicable;
        }
        if let Some(on) = self.submitted_on.filter(|_| self.n_submitted == self.n_questionnaires) {
            let late = window.is_some_and(|window| window.closes_on < on);
            return if late { AssessmentState::CompletedLate(on) } else { AssessmentState::Completed(on) };
        }
        let some_sent = self.n_submitted > 0;
        let closed = if some_sent { AssessmentState::PartlyCompleted } else { AssessmentState::Missed };
        match (expectation, window) {
            (Expectation::NotApplicable, _) => AssessmentState::NotApplicable,
            (Expectation::Cancelled, _) => AssessmentState::Cancelled,
            (Expectation::Over, _) => closed,
            (Expectation::Expected, _) if self.n_started > 0 => AssessmentState::InProgress,
            (Expectation::Expected, Some(window)) if window.closes_on < today => closed,
            (Expectation::Expected, _) if some_sent => AssessmentState::InProgress,
            (Expectation::Expected, Some(window)) if window.contains(today) => AssessmentState::Open,
            (Expectation::Expected, Some(_) | None) => AssessmentState::Planned,
        }
    }
}

/// The day of death, withdrawal or loss to follow-up, whichever came first.
#[must_use]
pub fn ended_on(facts: &Facts) -> Option<Date> {
    Course::read(facts).ended_on()
}

//! Why an expected assessment has no answer, as staff note it. Notes are appended; the last one stands, and a note
//! without a reason takes the one before back. A reason never keeps an answer out: what comes later still counts.

mod queries;
mod routes;

use shared::{
    api::MissingRequest,
    id::{MissingReasonId, StaffId},
    schedule::{AssessmentState, MissingReason},
};

pub use queries::{append, list};
pub use routes::routes;

/// Longest note, in characters.
const LONGEST_NOTE: usize = 200;

/// A note about to be entered.
#[derive(Clone, Debug)]
pub struct NewNote {
    /// Which note.
    pub id: MissingReasonId,
    /// What was asked for.
    pub request: MissingRequest,
    /// Who enters it.
    pub staff: StaffId,
}

/// Why a note is not entered, in a sentence; `None` when it is. `state` is where the assessment stands today.
#[must_use]
pub fn refusal(request: &MissingRequest, state: Option<AssessmentState>) -> Option<&'static str> {
    if request.note.chars().count() > LONGEST_NOTE {
        return Some("The note is longer than 200 characters. Nothing was saved; shorten it.");
    }
    if request.reason == Some(MissingReason::Other) && request.note.trim().is_empty() {
        return Some("Another reason needs a note that says which. Nothing was saved; write it.");
    }
    match state {
        None | Some(AssessmentState::NotApplicable | AssessmentState::Cancelled) => {
            Some("This assessment is not expected of the patient. Nothing was saved; open the file again.")
        }
        Some(AssessmentState::Planned) => {
            Some("Its window has not opened yet. Nothing was saved; note the reason once it has.")
        }
        Some(AssessmentState::Completed(_) | AssessmentState::CompletedLate(_)) => {
            Some("Everything of this assessment was received. Nothing was saved; no reason is needed.")
        }
        Some(
            AssessmentState::Open
            | AssessmentState::InProgress
            | AssessmentState::PartlyCompleted
            | AssessmentState::Missed,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_for_what_is_expected_and_not_there() {
        let day = "2026-03-02".parse().unwrap();
        let request = |reason, note: &str| MissingRequest {
            assessment: "M3:1".parse().unwrap(),
            reason: Some(reason),
            note: note.to_owned(),
        };
        let ill = request(MissingReason::TooIll, "");
        for (state, taken) in [
            (AssessmentState::Missed, true),
            (AssessmentState::PartlyCompleted, true),
            (AssessmentState::Open, true),
            (AssessmentState::InProgress, true),
            (AssessmentState::Planned, false),
            (AssessmentState::Completed(day), false),
            (AssessmentState::CompletedLate(day), false),
            (AssessmentState::NotApplicable, false),
            (AssessmentState::Cancelled, false),
        ] {
            assert_eq!(refusal(&ill, Some(state)).is_none(), taken, "{state:?}");
        }
        assert!(refusal(&ill, None).is_some());
        assert!(refusal(&request(MissingReason::Other, " "), Some(AssessmentState::Missed)).is_some());
        assert!(refusal(&request(MissingReason::Other, "strike"), Some(AssessmentState::Missed)).is_none());
        assert!(refusal(&request(MissingReason::TooIll, &"x".repeat(201)), Some(AssessmentState::Missed)).is_some());
    }
}

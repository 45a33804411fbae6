//! Consent and non-opposition: to which document, on which day, by which means. Entries are appended.
//!
//! That a patient was informed is a milestone, as the protocol's dates are; that a patient withdraws is one too, as it
//! ends what is asked. Here is only what was said to which version.

use shared::{api::ConsentRequest, study::Study, time::Date};

/// Why an entry is not taken, in a sentence; `None` when it is.
#[must_use]
pub fn refusal(request: &ConsentRequest, study: &Study, today: Date) -> Option<&'static str> {
    if !study.information.iter().any(|it| it.key == request.information) {
        return Some("The study has no such version of the information. Nothing was saved.");
    }
    if request.given_on > today || request.given_on.year() < 1900 {
        return Some("The day of consent is before 1900 or still to come. Nothing was saved; check it.");
    }
    None
}

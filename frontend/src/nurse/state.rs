//! An assessment's state as a chip: a word, and a shape that tells it apart without colour.

use leptos::prelude::*;
use shared::schedule::AssessmentState;

use crate::{
    i18n::{Locale, text::nurse::state as text},
    staff::Desk,
};

/// How a state looks: its class and the drawing of its shape in a box of 16.
const fn look(state: AssessmentState) -> (&'static str, &'static str) {
    match state {
        AssessmentState::NotApplicable => ("chip chip-off", "M3 8h10"),
        AssessmentState::Planned => ("chip chip-ahead", "M8 8h.01"),
        AssessmentState::Open => ("chip chip-open", "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z"),
        AssessmentState::InProgress => {
            ("chip chip-open", "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11zM8 2.5v11M5.5 4v8M3.5 6v4")
        }
        AssessmentState::PartlyCompleted => ("chip chip-warn", "M3 3h10v10H3zM3 13L13 3"),
        AssessmentState::Completed(_) => ("chip chip-good", "M3 8.5l3.5 3.5L13 4.5"),
        AssessmentState::CompletedLate(_) => ("chip chip-good", "M2 9l3 3 5.5-7M12.5 9v2.5h2"),
        AssessmentState::Missed => ("chip chip-bad", "M4 4l8 8M12 4l-8 8"),
        AssessmentState::Cancelled => ("chip chip-off", "M4 4h8v8H4z"),
    }
}

/// The state in a word or two.
pub(crate) const fn word(state: AssessmentState, locale: Locale) -> &'static str {
    match state {
        AssessmentState::NotApplicable => text::not_applicable(locale),
        AssessmentState::Planned => text::planned(locale),
        AssessmentState::Open => text::open(locale),
        AssessmentState::InProgress => text::in_progress(locale),
        AssessmentState::PartlyCompleted => text::partly_completed(locale),
        AssessmentState::Completed(_) => text::completed(locale),
        AssessmentState::CompletedLate(_) => text::completed_late(locale),
        AssessmentState::Missed => text::missed(locale),
        AssessmentState::Cancelled => text::cancelled(locale),
    }
}

/// The chip.
#[component]
pub(crate) fn StateChip(
    /// Where the assessment stands.
    state: AssessmentState,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let (class, shape) = look(state);
    view! {
        <span class=class>
            <svg class="chip-shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=shape /></svg>
            {move || word(state, locale.get())}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_states_share_a_shape_or_a_word() {
        let day = "2026-03-12".parse().unwrap();
        let states = [
            AssessmentState::NotApplicable,
            AssessmentState::Planned,
            AssessmentState::Open,
            AssessmentState::InProgress,
            AssessmentState::PartlyCompleted,
            AssessmentState::Completed(day),
            AssessmentState::CompletedLate(day),
            AssessmentState::Missed,
            AssessmentState::Cancelled,
        ];
        let shapes: BTreeSet<_> = states.iter().map(|state| look(*state).1).collect();
        assert_eq!(shapes.len(), states.len());
        for locale in Locale::ALL {
            let words: BTreeSet<_> = states.iter().map(|state| word(*state, locale)).collect();
            assert_eq!(words.len(), states.len());
        }
    }
}

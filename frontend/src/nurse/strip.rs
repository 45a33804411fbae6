//! A patient's follow-up as a strip of states in the order of time, with why something is not there.

use leptos::prelude::*;
use shared::{
    api::{MissingLine, PatientLine},
    schedule::{Assessment, AssessmentState, QuestionnaireState},
};

use super::{
    missing::{AskWhy, Gap, ReasonNote},
    state::StateChip,
};
use crate::{
    i18n::{
        long_date, span,
        text::nurse::{file as text, missing as missing_text},
    },
    session,
    staff::{Desk, date_time, reason_name},
};

/// The assessments in the order of time: those that have a window by its target, the others after them.
fn in_order_of_time(assessments: &[Assessment]) -> Vec<Assessment> {
    let mut ordered = assessments.to_vec();
    ordered.sort_by_key(|one| (one.window.is_none(), one.window.map(|window| window.due_on)));
    ordered
}

/// What the strip needs to show and note why something is not there.
#[derive(Clone)]
pub(crate) struct Reasons {
    /// Whose.
    pub(crate) patient: PatientLine,
    /// The reasons noted so far.
    pub(crate) missing: Vec<MissingLine>,
    /// Where one is noted.
    pub(crate) note: ReasonNote,
}

impl Reasons {
    /// What is noted of an assessment, if anything is, and what a new note would be about.
    fn of(&self, one: &Assessment) -> (Option<MissingLine>, Gap, ReasonNote) {
        let reason = self.missing.iter().find(|it| it.assessment == one.id).filter(|it| it.reason.is_some()).cloned();
        let name = format!("{}, {}", self.patient.registry_number, one.id.timepoint);
        (reason, Gap { patient: self.patient.patient, assessment: one.id.clone(), name }, self.note)
    }
}

/// The strip, with what does not apply folded away.
#[component]
pub(crate) fn Strip(
    /// Every assessment of a plan.
    assessments: Vec<Assessment>,
    /// Why something is not there; without it nothing is said of that.
    #[prop(optional)]
    reasons: Option<Reasons>,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let ordered = in_order_of_time(&assessments);
    let (beside, along): (Vec<_>, Vec<_>) =
        ordered.into_iter().partition(|one| one.state == AssessmentState::NotApplicable);
    let (n_beside, none) = (beside.len(), along.is_empty());
    let cell = |one: Assessment| {
        let why = reasons.as_ref().filter(|_| is_wanting(one.state)).map(|reasons| reasons.of(&one));
        view! { <StripCell one why /> }
    };
    let cells = |list: Vec<Assessment>| list.into_iter().map(cell).collect_view();
    view! {
        {none.then(|| view! { <p class="empty">{move || text::no_assessments(locale.get())}</p> })}
        <ol class="strip">{cells(along)}</ol>
        {(n_beside > 0).then(|| view! {
            <details>
                <summary>{move || text::not_applicable(locale.get(), n_beside)}</summary>
                <ol class="strip">{cells(beside)}</ol>
            </details>
        })}
    }
}

#[component]
fn StripCell(one: Assessment, why: Option<(Option<MissingLine>, Gap, ReasonNote)>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let sent =
        one.questionnaires.iter().filter(|asked| matches!(asked.state, QuestionnaireState::Submitted(_))).count();
    let all = one.questionnaires.len();
    let timepoint = one.id.timepoint.clone();
    let (state, window) = (one.state, one.window);
    let when = move || match (state, window) {
        (AssessmentState::Completed(on) | AssessmentState::CompletedLate(on), _) => {
            text::sent_on(locale.get(), long_date(locale.get(), on))
        }
        (_, Some(window)) => span(locale.get(), window.opens_on, window.closes_on),
        (_, None) => text::no_window(locale.get()).to_owned(),
    };
    view! {
        <li class="strip-cell">
            <p class="strip-key">{one.id.timepoint.to_string()}{(one.id.occurrence > 1).then(|| format!(" ({})", one.id.occurrence))}</p>
            <p class="strip-name">{move || names.as_ref().map(|names| names.timepoint(&timepoint, locale.get()))}</p>
            <StateChip state />
            <p class="strip-when">{when}</p>
            {why.map(|(reason, gap, note)| view! { <Why reason gap note /> })}
            {(sent > 0 && sent < all).then(|| view! { <p class="strip-when">{move || text::n_sent(locale.get(), all, sent)}</p> })}
        </li>
    }
}

/// Whether something expected is not there, so that a reason can be noted.
const fn is_wanting(state: AssessmentState) -> bool {
    matches!(
        state,
        AssessmentState::Open
            | AssessmentState::InProgress
            | AssessmentState::PartlyCompleted
            | AssessmentState::Missed
    )
}

/// The reason that stands, who noted it, and the button that notes one.
#[component]
fn Why(reason: Option<MissingLine>, gap: Gap, note: ReasonNote) -> impl IntoView {
    let locale = Desk::find().locale;
    let again = reason.is_some();
    let told = reason.map(|line| {
        let words = move || line.reason.map(|reason| reason_name(locale.get(), reason));
        let more = (!line.note.is_empty()).then(|| format!(" ({})", line.note));
        let when = move || date_time(locale.get(), line.entered_at, session::today());
        view! {
            <p class="strip-when"><strong>{words}</strong>{more}</p>
            <p class="strip-when quiet">{move || missing_text::by(locale.get(), when(), &line.entered_by)}</p>
        }
    });
    view! {
        {told}
        <AskWhy note gap again />
    }
}

//! A patient's file: who, the follow-up as a strip of states, milestones, what was received, devices.

use leptos::prelude::*;
use shared::{
    api::{MissingLine, PatientLine, PatientReply},
    id::PatientId,
    schedule::{Assessment, AssessmentState, QuestionnaireState},
};

use super::{
    devices::{Devices, in_order_of_enrolment},
    milestones::Milestones,
    missing::{AskWhy, ReasonNote, ReasonPanel, Subject},
    questionnaires::Questionnaires,
    state::StateChip,
};
use crate::{
    i18n::{
        Locale, long_date, span,
        text::nurse::{file as text, missing as missing_text, patients},
    },
    session,
    staff::{Desk, Fetch, Names, Route, date_time, reason_name},
    ui::{Heading, Link},
};

/// The page.
#[component]
pub(crate) fn PatientPage(
    /// Whose file.
    patient: PatientId,
) -> impl IntoView {
    let fetch = Fetch::<PatientReply>::new(Signal::stored(format!("/api/patients/{patient}")));
    let saved = RwSignal::new(false);
    let note = ReasonNote::new(Callback::new(move |()| fetch.again()));
    fetch.view(move |file| view! { <File file fetch saved note /> })
}

#[component]
fn File(file: PatientReply, fetch: Fetch<PatientReply>, saved: RwSignal<bool>, note: ReasonNote) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let number = file.patient.registry_number.clone();
    let patient = file.patient.patient;
    let devices = StoredValue::new(in_order_of_enrolment(&file.devices));
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get(), &number)) />
            <Link to=Route::Letter(patient).path() class="button button-secondary">
                {move || text::new_letter(locale.get())}
            </Link>
        </div>
        <Identity file=file.clone() />
        <section class="panel" aria-labelledby="assessments">
            <h2 id="assessments">{move || text::assessments(locale.get())}</h2>
            <ReasonPanel note />
            <Strip patient=file.patient assessments=file.assessments missing=file.missing note />
        </section>
        <Milestones patient lines=file.milestones fetch saved />
        <Questionnaires received=file.questionnaires devices />
        <Devices patient devices fetch />
    }
}

#[component]
fn Identity(file: PatientReply) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let fact = move |label: fn(Locale) -> &'static str, value: Signal<String>| {
        view! { <div><dt>{move || label(locale.get())}</dt><dd>{value}</dd></div> }
    };
    let named = |read: fn(&Names, &PatientReply, Locale) -> String| {
        let (names, file) = (names.clone(), file.clone());
        Signal::derive(move || names.as_ref().map(|names| read(names, &file, locale.get())).unwrap_or_default())
    };
    let name = file.patient.name.clone();
    let name =
        Signal::derive(move || if name.is_empty() { patients::no_name(locale.get()).to_owned() } else { name.clone() });
    let language = Locale::of(&file.language).name();
    view! {
        <dl class="facts" aria-label=move || text::identity(locale.get())>
            {fact(text::name, name)}
            {fact(text::site, named(|names, file, locale| names.site(&file.patient.site, locale)))}
            {fact(text::hemopathy, named(|names, file, locale| names.hemopathy(&file.hemopathy, locale)))}
            {fact(text::pathway, named(|names, file, locale| names.pathway(&file.pathway, locale)))}
            {fact(text::language, Signal::stored(language.to_owned()))}
        </dl>
    }
}

/// The assessments in the order of time: those that have a window by its target, the others after them.
fn in_order_of_time(assessments: &[Assessment]) -> Vec<Assessment> {
    let mut ordered = assessments.to_vec();
    ordered.sort_by_key(|one| (one.window.is_none(), one.window.map(|window| window.due_on)));
    ordered
}

#[component]
fn Strip(
    patient: PatientLine,
    assessments: Vec<Assessment>,
    missing: Vec<MissingLine>,
    note: ReasonNote,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let ordered = in_order_of_time(&assessments);
    let (beside, along): (Vec<_>, Vec<_>) =
        ordered.into_iter().partition(|one| one.state == AssessmentState::NotApplicable);
    let (n_beside, none) = (beside.len(), along.is_empty());
    let cell = |one: Assessment| {
        let reason = missing.iter().find(|it| it.assessment == one.id).filter(|it| it.reason.is_some()).cloned();
        let name = format!("{}, {}", patient.registry_number, one.id.timepoint);
        let subject = Subject { patient: patient.patient, assessment: one.id.clone(), name };
        view! { <StripCell one reason subject note /> }
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
fn StripCell(one: Assessment, reason: Option<MissingLine>, subject: Subject, note: ReasonNote) -> impl IntoView {
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
            {is_wanting(state).then(|| view! { <Why reason subject note /> })}
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
fn Why(reason: Option<MissingLine>, subject: Subject, note: ReasonNote) -> impl IntoView {
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
        <AskWhy note subject again />
    }
}

//! A patient's file: who, the follow-up as a strip of states, milestones, what was received, devices.

use leptos::prelude::*;
use shared::{
    api::{MilestoneLine, PatientReply},
    id::PatientId,
    study::{Cause, WithdrawalKind},
};

mod copies;
mod course;
mod episodes;
mod findings;
mod history;
mod questionnaires;
mod reminders;
mod scores;

pub(crate) use self::history::operation_words;
use self::{
    episodes::{EpisodesPanel, pathway_now},
    findings::Findings,
    history::History,
    questionnaires::Questionnaires,
    reminders::Reminders,
    scores::Scores,
};
use super::{
    devices::{Devices, in_order_of_enrolment},
    look::LookNote,
    milestones::{Changes, Milestones},
    missing::{ReasonNote, ReasonPanel},
    person::PersonPanel,
    strip::{Reasons, Strip},
};
use crate::{
    i18n::{
        Locale,
        text::{
            episodes as episodes_text,
            nurse::{
                course as course_text, file as text, history as history_text, look, milestone,
                reminders as reminders_text,
            },
        },
    },
    staff::{Desk, Fetch, Names, Route, partial_date},
    ui::{Heading, Link, Notice, Tone},
    ward::GiveTablet,
};

/// The page.
#[component]
pub(crate) fn PatientPage(
    /// Whose file.
    patient: PatientId,
) -> impl IntoView {
    let fetch = Fetch::<PatientReply>::new(Signal::stored(format!("/api/patients/{patient}")));
    let saved = RwSignal::new(false);
    let corrected = RwSignal::new(false);
    let care_saved = RwSignal::new(false);
    let note = ReasonNote::new(Callback::new(move |()| fetch.again()));
    let look = LookNote::new(Callback::new(move |()| fetch.again()));
    fetch.view(move |file| view! { <File file fetch saved corrected care_saved note look /> })
}

#[component]
fn File(
    file: PatientReply,
    fetch: Fetch<PatientReply>,
    saved: RwSignal<bool>,
    corrected: RwSignal<bool>,
    care_saved: RwSignal<bool>,
    note: ReasonNote,
    look: LookNote,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let number = file.patient.registry_number.clone();
    let patient = file.patient.patient;
    let devices = StoredValue::new(in_order_of_enrolment(&file.devices));
    let reasons = Reasons { patient: file.patient.clone(), missing: file.missing.clone(), note };
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get(), &number)) />
            <p class="actions">
                <GiveTablet patient />
                <Link to=Route::Letter(patient).path() class="button button-secondary">
                    {move || text::new_letter(locale.get())}
                </Link>
                <Link to=Route::Paper(patient).path() class="button button-secondary">
                    {move || text::print_forms(locale.get())}
                </Link>
                <Link to=Route::Entry(patient).path() class="button button-secondary">
                    {move || text::type_in(locale.get())}
                </Link>
            </p>
        </div>
        <PersonPanel patient fetch saved=corrected />
        <Erasure lines=file.milestones.clone() />
        <Identity file=file.clone() />
        <Contents />
        <Findings file=file.clone() look />
        <section class="panel" aria-labelledby="assessments">
            <h2 id="assessments">{move || text::assessments(locale.get())}</h2>
            <ReasonPanel note />
            <Strip assessments=file.assessments.clone() reasons />
        </section>
        <EpisodesPanel file=file.clone() fetch saved=care_saved />
        <Milestones patient lines=file.milestones.clone() fetch saved />
        <Scores received=file.questionnaires.clone() assessments=file.assessments />
        <Questionnaires received=file.questionnaires devices patient language=file.language fetch />
        <Devices patient devices fetch />
        <Reminders patient />
        <Changes patient lines=file.milestones />
        <History patient />
    }
}

/// A section, by the id of its heading, with its name.
type Section = (&'static str, fn(Locale) -> &'static str);

/// The sections in the order of the page.
const SECTIONS: [Section; 9] = [
    ("findings", look::heading),
    ("assessments", text::assessments),
    ("episodes", episodes_text::heading),
    ("milestones", milestone::heading),
    ("scores", course_text::heading),
    ("received", text::received),
    ("devices", text::devices),
    ("reminders", reminders_text::title),
    ("history", history_text::heading),
];

/// What the file holds, as links to its sections.
#[component]
fn Contents() -> impl IntoView {
    let locale = Desk::find().locale;
    let link = move |(id, name): (&'static str, fn(Locale) -> &'static str)| {
        view! { <li><a href=format!("#{id}")>{move || name(locale.get())}</a></li> }
    };
    view! {
        <nav class="contents" aria-label=move || text::contents(locale.get())>
            <ul>{SECTIONS.into_iter().map(link).collect_view()}</ul>
        </nav>
    }
}

/// That the patient asked for erasure, while that withdrawal stands.
#[component]
fn Erasure(lines: Vec<MilestoneLine>) -> impl IntoView {
    let locale = Desk::find().locale;
    let asked = lines.into_iter().find(|line| {
        let stands = !line.replaced && !line.taken_back;
        stands && line.cause == Some(Cause::Withdrawal(WithdrawalKind::StopErase))
    });
    asked.map(|line| {
        view! {
            <Notice tone=Tone::Warn>
                {move || milestone::erasure(locale.get(), partial_date(locale.get(), line.on))}
            </Notice>
        }
    })
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
    view! {
        <dl class="facts" aria-label=move || text::identity(locale.get())>
            {fact(text::hemopathy, named(|names, file, locale| names.hemopathy(&file.hemopathy, locale)))}
            {fact(text::pathway, named(pathway_now))}
        </dl>
    }
}

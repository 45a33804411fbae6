//! A patient's file: who, the follow-up as a strip of states, milestones, what was received, devices.

use leptos::prelude::*;
use shared::{api::PatientReply, id::PatientId};

mod copies;
mod findings;
mod questionnaires;

use self::{findings::Findings, questionnaires::Questionnaires};
use super::{
    devices::{Devices, in_order_of_enrolment},
    look::LookNote,
    milestones::{Changes, Milestones},
    missing::{ReasonNote, ReasonPanel},
    strip::{Reasons, Strip},
};
use crate::{
    i18n::{
        Locale,
        text::nurse::{file as text, patients},
    },
    staff::{Desk, Fetch, Names, Route},
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
    let reasons = Reasons { patient: file.patient.clone(), missing: file.missing.clone(), note };
    let look = LookNote::new(Callback::new(move |()| fetch.again()));
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get(), &number)) />
            <Link to=Route::Letter(patient).path() class="button button-secondary">
                {move || text::new_letter(locale.get())}
            </Link>
        </div>
        <Identity file=file.clone() />
        <Findings file=file.clone() look />
        <section class="panel" aria-labelledby="assessments">
            <h2 id="assessments">{move || text::assessments(locale.get())}</h2>
            <ReasonPanel note />
            <Strip assessments=file.assessments reasons />
        </section>
        <Milestones patient lines=file.milestones.clone() fetch saved />
        <Questionnaires received=file.questionnaires devices />
        <Devices patient devices fetch />
        <Changes patient lines=file.milestones />
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

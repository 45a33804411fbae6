//! The pages that lead to the grid: from a patient's file, or from the code on a form.

use leptos::{ev, prelude::*, task::spawn_local};
use shared::{
    api::{FormReply, PatientReply},
    id::PatientId,
    paper::FormCode,
};

use super::{
    chooser::{Choice, Chooser},
    draft::EntryDraft,
    typing::{Done, Received, Typing},
};
use crate::{
    i18n::text::nurse::entry as text,
    staff::{Desk, Fetch, Route, Trouble},
    ui::{Button, Field, Heading, Keyboard, Link, Notice, Tone},
};

/// Choosing what to type in for a patient, then typing it.
#[component]
pub(crate) fn EntryPage(
    /// For whom.
    patient: PatientId,
) -> impl IntoView {
    let draft = Desk::find().drafts().entry;
    let done = RwSignal::new(None::<Done>);
    let is_typing =
        Memo::new(move |_| draft.form.with(|form| form.as_ref().is_some_and(|form| form.patient.patient == patient)));
    move || match (done.get(), is_typing.get()) {
        (Some(it), _) => view! { <Received it done /> }.into_any(),
        (None, true) => view! { <Typing draft done /> }.into_any(),
        (None, false) => view! { <Choosing patient draft /> }.into_any(),
    }
}

#[component]
fn Choosing(patient: PatientId, draft: EntryDraft) -> impl IntoView {
    let locale = Desk::find().locale;
    let fetch = Fetch::<PatientReply>::new(Signal::stored(format!("/api/patients/{patient}")));
    view! {
        <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        <p class="lead">{move || text::lead(locale.get())}</p>
        {fetch.view(move |file| view! { <Begin file draft /> })}
    }
}

#[component]
fn Begin(file: PatientReply, draft: EntryDraft) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let choice = Choice::new(&file);
    let patient = file.patient.clone();
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<Trouble>));
    let chosen = move || choice.assessment().zip(choice.instrument());
    let number = patient.registry_number.clone();
    let begin = move |_| {
        let Some((assessment, instrument)) = untrack(chosen) else { return };
        let language = choice.language.get_untracked();
        let path = format!("/api/patients/{}/forms/{assessment}/{instrument}?language={language}", patient.patient);
        busy.set(true);
        spawn_local(async move {
            match desk.get::<FormReply>(&path).await {
                Ok(form) => draft.begin(form),
                Err(why) => {
                    let _ = trouble.try_set(Some(why));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <section class="panel">
            <p class="strong">{move || text::of_patient(locale.get(), &number)}</p>
            <Chooser choice file=file.clone() />
            <Failed trouble />
            <p class="actions">
                <Show when=move || chosen().is_some()>
                    <Button busy on_press=begin>{move || text::begin(locale.get())}</Button>
                </Show>
                <Link to=Route::Patient(file.patient.patient).path()>{move || text::to_file(locale.get())}</Link>
            </p>
        </section>
    }
}

/// What went wrong, where something did.
#[component]
pub(super) fn Failed(trouble: RwSignal<Option<Trouble>>) -> impl IntoView {
    let locale = Desk::find().locale;
    view! {
        <div role="alert">
            {move || trouble.get().map(|trouble| {
                view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
            })}
        </div>
    }
}

/// Looking for a form by the code on it.
#[component]
pub(crate) fn FormsPage() -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let (typed, is_wrong) = (RwSignal::new(String::new()), RwSignal::new(false));
    let open = move |sent: ev::SubmitEvent| {
        sent.prevent_default();
        match typed.get_untracked().parse::<FormCode>() {
            Ok(code) => desk.address.go(&Route::Form(code).path()),
            Err(_) => is_wrong.set(true),
        }
    };
    let error =
        Signal::derive(move || if is_wrong.get() { text::wrong_code(locale.get()).to_owned() } else { String::new() });
    view! {
        <Heading text=Signal::derive(move || text::by_code(locale.get()).to_owned()) />
        <p class="lead">{move || text::by_code_lead(locale.get())}</p>
        <form class="panel" on:submit=open>
            <Field id="form-code" value=typed error keyboard=Keyboard::Code
                label=Signal::derive(move || text::code(locale.get()).to_owned())
                help=Signal::derive(move || text::code_help(locale.get()).to_owned()) />
            <Button>{move || text::open(locale.get())}</Button>
        </form>
    }
}

/// Typing in the form with a code.
#[component]
pub(crate) fn FormPage(
    /// Which form.
    code: FormCode,
) -> impl IntoView {
    let desk = Desk::find();
    let draft = desk.drafts().entry;
    let done = RwSignal::new(None::<Done>);
    let (begun, trouble) = (RwSignal::new(false), RwSignal::new(None::<Trouble>));
    spawn_local(async move {
        match desk.get::<FormReply>(&format!("/api/forms/{}", code.as_text())).await {
            Ok(form) => {
                let is_same = draft.form.with_untracked(|now| {
                    now.as_ref().is_some_and(|now| {
                        now.patient.patient == form.patient.patient
                            && now.assessment == form.assessment
                            && now.wording == form.wording
                    })
                });
                if is_same {
                    draft.form.set(Some(form)); // what was sent meanwhile shows
                } else {
                    draft.begin(form);
                }
                let _ = begun.try_set(true);
            }
            Err(why) => {
                let _ = trouble.try_set(Some(why));
            }
        }
    });
    let locale = desk.locale;
    move || match (done.get(), begun.get()) {
        (Some(it), _) => view! { <Received it done /> }.into_any(),
        (None, true) => view! { <Typing draft done /> }.into_any(),
        (None, false) => view! {
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
            <Failed trouble />
            <p><Link to=Route::Forms.path()>{move || text::by_code(locale.get())}</Link></p>
        }
        .into_any(),
    }
}

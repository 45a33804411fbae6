//! Typing in one form: about the form, then its items; sent, it says what was received, or what is to be settled.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{EntryReply, FormReply, PatientLine, SentCopy},
    id::{AssessmentId, InstrumentKey},
};

use super::{
    draft::{EntryDraft, Fault, MODES, Place, RESPONDENTS},
    grid::Grid,
    pages::Failed,
    row::box_id,
    settle::Settle,
    words::{fault_words, mode_name, respondent_name},
};
use crate::{
    address,
    i18n::{Locale, long_date, span, text::nurse::entry as text},
    session,
    staff::{Desk, Route, Trouble, date_time},
    ui::{Button, DateField, DateParts, ErrorSummary, Field, Heading, Link, Look, Notice, Select, Tone},
};

/// Where the keyboard goes after the last item.
const SEND: &str = "entry-send";

/// An entry that was received.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Done {
    pub(super) patient: PatientLine,
    pub(super) assessment: AssessmentId,
    pub(super) instrument: InstrumentKey,
    pub(super) reply: EntryReply,
}

/// The page while something is typed.
#[component]
pub(super) fn Typing(draft: EntryDraft, done: RwSignal<Option<Done>>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    address::guard_leaving(move || draft.is_begun());
    let form = draft.form.get_untracked()?;
    let patient = form.patient.clone();
    let sheet = StoredValue::new(form.sheet.clone());
    let faults = RwSignal::new(Vec::<(Place, Fault)>::new());
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<Trouble>));
    let send = {
        let patient = patient.clone();
        move |_| {
            let request = match draft.read(session::today()) {
                Ok(request) => request,
                Err(found) => return faults.set(found),
            };
            faults.set(Vec::new());
            trouble.set(None);
            busy.set(true);
            let patient = patient.clone();
            let path = format!("/api/patients/{}/entries", patient.patient);
            spawn_local(async move {
                match desk.post::<EntryReply>(&path, &request).await {
                    Ok(reply) => {
                        let (assessment, instrument) = (request.assessment, request.instrument.key);
                        draft.clear();
                        let _ = done.try_set(Some(Done { patient, assessment, instrument, reply }));
                    }
                    Err(why) => {
                        let _ = trouble.try_set(Some(why));
                    }
                }
                let _ = busy.try_set(false);
            });
        }
    };
    let name = instrument_name(desk, &form);
    let file = Route::Patient(patient.patient).path();
    let leave = move |_| {
        draft.clear();
        desk.address.go(&file);
    };
    Some(view! {
        <Heading text=Signal::derive(move || text::typing(locale.get(), &name)) />
        <About form=form.clone() />
        <ErrorSummary errors=Signal::derive(move || summary(locale.get(), sheet, &faults.get())) />
        <Head draft form faults />
        <p class="field-help">{move || text::keys(locale.get())}</p>
        <Grid draft sheet faults after=SEND />
        <Failed trouble />
        <Show when=move || trouble.get().is_some()>
            <p role="status">{move || text::still_here(locale.get())}</p>
        </Show>
        <p class="actions">
            <button id=SEND type="button" class="button button-primary" disabled=move || busy.get() on:click=send>
                {move || text::send(locale.get())}
            </button>
            <Button look=Look::Quiet on_press=leave>{move || text::discard(locale.get())}</Button>
        </p>
    })
}

fn instrument_name(desk: Desk, form: &FormReply) -> String {
    let key = &form.sheet.definition.instrument.key;
    desk.known_names().map_or_else(|| key.to_string(), |names| names.instrument(key))
}

/// Each fault with the id of where it is.
fn summary(
    locale: Locale,
    sheet: StoredValue<shared::instrument::InstrumentSheet>,
    faults: &[(Place, Fault)],
) -> Vec<(String, String)> {
    let line = |(place, fault): &(Place, Fault)| {
        let (id, name) = match place {
            Place::AnsweredOn => ("entry-answered-on".to_owned(), text::answered_on(locale).to_owned()),
            Place::Mode => ("entry-mode".to_owned(), text::mode(locale).to_owned()),
            Place::Respondent => ("entry-respondent".to_owned(), text::respondent(locale).to_owned()),
            Place::Remark => ("entry-remark".to_owned(), text::remark(locale).to_owned()),
            Place::Again => ("entry-again".to_owned(), text::again(locale).to_owned()),
            Place::Item(code) => {
                let nth = sheet.with_value(|sheet| sheet.definition.items.iter().position(|it| it.code == *code));
                (box_id(code.as_str()), text::item_nth(locale, nth.map_or(0, |nth| nth + 1)))
            }
        };
        (id, text::fault_at(locale, fault_words(locale, *fault), &name))
    };
    faults.iter().map(line).collect()
}

/// Whose form it is, of which occasion, in which words.
#[component]
fn About(form: FormReply) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let timepoint = form.assessment.timepoint.clone();
    let key = timepoint.to_string();
    let label = move || names.as_ref().map(|names| names.timepoint(&timepoint, locale.get())).unwrap_or_default();
    let window = form.window;
    let when = move || window.map(|window| span(locale.get(), window.opens_on, window.closes_on)).unwrap_or_default();
    let (pack, hash) = (form.wording.pack.to_string(), form.wording.hash.chars().take(8).collect::<String>());
    let patient = match form.patient.name.as_str() {
        "" => form.patient.registry_number.clone(),
        name => format!("{} – {name}", form.patient.registry_number),
    };
    view! {
        <dl class="facts">
            <div><dt>{move || text::patient(locale.get())}</dt><dd>{patient}</dd></div>
            <div><dt>{move || text::assessment(locale.get())}</dt><dd>{key}" – "{label}</dd></div>
            <div><dt>{move || text::window(locale.get())}</dt><dd>{when}</dd></div>
            <div><dt>{move || text::wording(locale.get())}</dt><dd>{pack}" "<span class="quiet">{hash}</span></dd></div>
        </dl>
    }
}

/// When, how and by whom it was answered; that it is a second entry, where something was sent before.
#[component]
fn Head(draft: EntryDraft, form: FormReply, faults: RwSignal<Vec<(Place, Fault)>>) -> impl IntoView {
    let locale = Desk::find().locale;
    let error = move |place: Place| {
        Signal::derive(move || {
            let fault = faults.with(|faults| faults.iter().find(|(at, _)| *at == place).map(|(_, fault)| *fault));
            fault.map(|fault| fault_words(locale.get(), fault).to_owned()).unwrap_or_default()
        })
    };
    let modes = Signal::derive(move || {
        MODES.map(|(word, mode)| (word.to_owned(), mode_name(locale.get(), mode).to_owned())).to_vec()
    });
    let respondents = Signal::derive(move || {
        RESPONDENTS.map(|(word, who)| (word.to_owned(), respondent_name(locale.get(), who).to_owned())).to_vec()
    });
    let empty = Signal::derive(move || text::choose(locale.get()).to_owned());
    let (included_on, window) = (form.included_on, form.window);
    let answered_on = move || draft.answered_on.with(DateParts::parse);
    let is_before = move || answered_on().zip(included_on).filter(|(on, included)| on < included).map(|(_, day)| day);
    let is_late = move || answered_on().zip(window).is_some_and(|(on, window)| window.closes_on < on);
    let proxy = move || draft.respondent.with(|word| word == "proxy");
    view! {
        <section class="panel entry-head" aria-label=move || text::about(locale.get())>
            <SentBefore sent=form.sent draft error=error(Place::Again) />
            <fieldset class="fieldset">
                <legend class="field-label">{move || text::answered_on(locale.get())}</legend>
                <p class="field-help">{move || text::answered_on_help(locale.get())}</p>
                <DateField id="entry-answered-on" value=draft.answered_on error=error(Place::AnsweredOn) />
            </fieldset>
            {move || is_before().map(|day| view! {
                <Notice tone=Tone::Warn>{move || text::retrospective(locale.get(), long_date(locale.get(), day))}</Notice>
            })}
            {move || (is_before().is_none() && is_late()).then(|| view! {
                <Notice tone=Tone::Warn>{move || text::after_window(locale.get())}</Notice>
            })}
            <div class="filter">
                <Select id="entry-mode" value=draft.mode options=modes empty error=error(Place::Mode)
                    label=Signal::derive(move || text::mode(locale.get()).to_owned()) />
                <Select id="entry-respondent" value=draft.respondent options=respondents empty
                    error=error(Place::Respondent)
                    label=Signal::derive(move || text::respondent(locale.get()).to_owned()) />
            </div>
            {move || proxy().then(|| view! { <Notice tone=Tone::Warn>{move || text::proxy(locale.get())}</Notice> })}
            <Field id="entry-remark" value=draft.remark error=error(Place::Remark)
                label=Signal::derive(move || text::remark(locale.get()).to_owned())
                help=Signal::derive(move || text::remark_help(locale.get()).to_owned()) />
        </section>
    }
}

#[component]
fn SentBefore(sent: Vec<SentCopy>, draft: EntryDraft, #[prop(into)] error: Signal<String>) -> impl IntoView {
    let locale = Desk::find().locale;
    if sent.is_empty() {
        return None;
    }
    let line = |copy: SentCopy| {
        let by = copy.entered_by.clone();
        let when = move || date_time(locale.get(), copy.received_at, session::today());
        let words = move || match &by {
            Some(by) => text::typed_by(locale.get(), by, mode_name(locale.get(), copy.mode), when()),
            None => text::sent_by_patient(locale.get(), mode_name(locale.get(), copy.mode), when()),
        };
        view! { <li>{words}</li> }
    };
    let lines = sent.into_iter().map(line).collect_view();
    Some(view! {
        <Notice tone=Tone::Warn>
            <p>{move || text::sent_before(locale.get())}</p>
            <ul>{lines}</ul>
            <label class="check">
                <input id="entry-again" type="checkbox" prop:checked=draft.again
                    on:change=move |change| draft.again.set(event_target_checked(&change)) />
                <span>{move || text::again(locale.get())}</span>
            </label>
            {move || (!error.with(String::is_empty)).then(|| view! { <p class="field-error">{error}</p> })}
        </Notice>
    })
}

/// What was received, and what comes next.
#[component]
pub(super) fn Received(it: Done, done: RwSignal<Option<Done>>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let Done { patient, assessment, instrument, reply } = it;
    let (number, file) = (patient.registry_number.clone(), Route::Patient(patient.patient).path());
    let settled = RwSignal::new(reply.differing.is_empty());
    let retrospective = reply.retrospective;
    let another = move |_| {
        done.set(None);
        desk.address.go(&Route::Entry(patient.patient).path());
    };
    view! {
        <Heading text=Signal::derive(move || text::received(locale.get()).to_owned()) />
        <Notice tone=Tone::Good>
            <p>{move || text::received_lead(locale.get(), &number)}</p>
            {retrospective.then(|| view! { <p>{move || text::received_retrospective(locale.get())}</p> })}
        </Notice>
        <Show when=move || !settled.get()>
            <Settle patient=patient.patient assessment=assessment.clone() instrument=instrument.clone()
                changed=Callback::new(move |()| settled.set(true)) />
        </Show>
        <p class="actions">
            <Button look=Look::Secondary on_press=another>{move || text::another(locale.get())}</Button>
            <Link to=Route::Forms.path()>{move || text::by_code(locale.get())}</Link>
            <Link to=file>{move || text::to_file(locale.get())}</Link>
        </p>
    }
}

//! Who a patient is, in the file: identity, language, site, agreement, reminders, letter; each can be corrected here.

mod change;
mod forms;
mod words;

use leptos::prelude::*;
use shared::{
    api::{PatientReply, PersonChangeLine, PersonReply},
    id::PatientId,
    people::Channel,
};

pub(crate) use self::words::{kinds, means};
use self::{
    change::{Asked, Change},
    forms::ChangeDialog,
    words::{field_name, kind_name, letter_name, means_name},
};
use crate::{
    i18n::{Locale, long_date, text::person::panel as text},
    session,
    staff::{Desk, Fetch, Names, choices, date_time},
    ui::{Button, Look, Notice, Tone},
};

/// The panel. Give it the file, which is asked for again after a change, and a place that outlives the file's view to
/// say that something was saved.
#[component]
pub(crate) fn PersonPanel(
    /// Whose.
    patient: PatientId,
    /// The file around it.
    fetch: Fetch<PatientReply>,
    /// Something was saved a moment ago.
    saved: RwSignal<bool>,
) -> impl IntoView {
    let person = Fetch::<PersonReply>::new(Signal::stored(format!("/api/patients/{patient}/person")));
    person.view(move |person| view! { <Panel person fetch saved /> })
}

#[component]
fn Panel(person: PersonReply, fetch: Fetch<PatientReply>, saved: RwSignal<bool>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let change = Change::new(&person, fetch, saved);
    let person = StoredValue::new(person);
    let fact = move |label: fn(Locale) -> &'static str, told: fn(&PersonReply, &Names, Locale) -> String| {
        let names = desk.known_names();
        let words = move || names.as_ref().map(|names| person.with_value(|it| told(it, names, locale.get())));
        view! { <dt>{move || label(locale.get())}</dt><dd>{words}</dd> }
    };
    let button = move |asked: Asked, short: fn(Locale) -> &'static str, long: fn(Locale) -> &'static str| {
        view! {
            <dd>
                <Button look=Look::Quiet on_press=move |_| change.ask(asked)>
                    <span aria-hidden="true">{move || short(locale.get())}</span>
                    <span class="visually-hidden">{move || long(locale.get())}</span>
                </Button>
            </dd>
        }
    };
    view! {
        <section class="panel" aria-labelledby="person">
            <div class="panel-head"><h2 id="person">{move || text::title(locale.get())}</h2></div>
            <div role="status">
                {move || saved.get().then(|| {
                    view! { <Notice tone=Tone::Good>{move || text::saved(locale.get())}</Notice> }
                })}
            </div>
            <dl class="person">
                <div>{fact(text::name, name)}{button(Asked::Person, text::edit, text::edit_person)}</div>
                <div>{fact(text::birth, birth)}</div>
                <div>{fact(text::language, language)}{button(Asked::Language, text::change, text::edit_language)}</div>
                <div>
                    {fact(text::site, site)}
                    <dd><a href="#episodes">{move || text::edit_site(locale.get())}</a></dd>
                </div>
                <div>{fact(text::consent, consent)}{button(Asked::Consent, text::add, text::edit_consent)}</div>
                <div>{fact(text::reminders, reminders)}{button(Asked::Contact, text::change, text::edit_contact)}</div>
                <div>{fact(text::letter, letter)}</div>
            </dl>
            <History person />
            <ChangeDialog person change />
        </section>
    }
}

fn name(person: &PersonReply, _: &Names, locale: Locale) -> String {
    let name = format!("{} {}", person.family_name, person.given_name);
    if name.trim().is_empty() { text::no_name(locale).to_owned() } else { name.trim().to_owned() }
}

fn birth(person: &PersonReply, _: &Names, locale: Locale) -> String {
    person.birth_date.map_or_else(|| text::unknown(locale).to_owned(), |date| long_date(locale, date))
}

fn language(person: &PersonReply, _: &Names, _: Locale) -> String {
    Locale::of(&person.language).name().to_owned()
}

fn site(person: &PersonReply, names: &Names, locale: Locale) -> String {
    names.site(&person.site, locale)
}

fn consent(person: &PersonReply, names: &Names, locale: Locale) -> String {
    consents(person, names, locale).into_iter().next().unwrap_or_else(|| text::no_consent(locale).to_owned())
}

/// Every entry in words, the newest first.
fn consents(person: &PersonReply, names: &Names, locale: Locale) -> Vec<String> {
    let versions = choices(&names.study().information, locale);
    let line = |it: &shared::api::ConsentLine| {
        let known = versions.iter().find(|(key, _)| *key == it.information.to_string());
        let version = known.map_or_else(|| it.information.to_string(), |(_, label)| label.clone());
        let (kind, means) = (kind_name(locale, it.kind), means_name(locale, it.means));
        text::consent_line(locale, long_date(locale, it.given_on), version, kind, means)
    };
    person.consents.iter().map(line).collect()
}

fn reminders(person: &PersonReply, _: &Names, locale: Locale) -> String {
    let addresses: Vec<&str> = [Channel::Email, Channel::Phone]
        .iter()
        .filter_map(|channel| person.contacts.iter().find(|it| it.channel == *channel))
        .map(|it| it.address.as_str())
        .collect();
    if addresses.is_empty() { text::no_reminders(locale).to_owned() } else { addresses.join(", ") }
}

fn letter(person: &PersonReply, _: &Names, locale: Locale) -> String {
    letters(person, locale).into_iter().next().unwrap_or_else(|| text::no_letter(locale).to_owned())
}

/// What became of each letter, the newest first.
fn letters(person: &PersonReply, locale: Locale) -> Vec<String> {
    let line = |it: &shared::api::LetterLine| {
        let when = date_time(locale, it.made_at, session::today());
        text::letter_line(locale, letter_name(locale, it.state), when, &it.made_by)
    };
    person.letters.iter().map(line).collect()
}

fn changed(line: &PersonChangeLine, locale: Locale) -> String {
    let field = field_name(locale, &line.field);
    let when = date_time(locale, line.entered_at, session::today());
    let entered = text::entered(locale, when, &line.entered_by);
    let words = if line.former.is_empty() {
        text::changed_empty(locale, field, &line.reason)
    } else {
        text::changed(locale, field, &line.former, &line.reason)
    };
    format!("{words} ({entered})")
}

/// What stood before; nothing while there is none.
#[component]
fn History(person: StoredValue<PersonReply>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let lines = move || {
        let locale = locale.get();
        person.with_value(|person| {
            let consents = names.as_ref().map(|names| consents(person, names, locale)).unwrap_or_default();
            let letters = letters(person, locale).into_iter().skip(1);
            let letters = letters.map(|line| format!("{} : {line}", text::letter(locale)));
            let changes = person.changes.iter().map(|line| changed(line, locale));
            changes.chain(consents.into_iter().skip(1)).chain(letters).collect::<Vec<_>>()
        })
    };
    let is_empty = person.with_value(|it| it.changes.is_empty() && it.consents.len() < 2 && it.letters.len() < 2);
    (!is_empty).then(|| {
        view! {
            <details>
                <summary>{move || text::history(locale.get())}</summary>
                <ul class="small">{move || lines().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            </details>
        }
    })
}

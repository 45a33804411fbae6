//! The forms in which what is known about a patient is changed; each begins with what stands.

use leptos::prelude::*;
use shared::{
    api::{ConsentRequest, ContactRequest, PersonReply, PersonRequest, ProblemKind},
    people::Channel,
    time::{Date, DatePrecision},
};

use super::{
    change::{Asked, Change, Wrong},
    words::{kinds, means},
};
use crate::{
    i18n::{
        Locale,
        text::{
            nurse::enrol as enrol_text,
            person::{enrol as more, form as text, panel},
        },
    },
    session,
    staff::{Trouble, choices, parse_partial},
    ui::{Button, DateField, DateParts, Dialog, ErrorSummary, Field, Look, Notice, Select, Tone},
};

/// Whichever form was asked for.
#[component]
pub(super) fn ChangeDialog(person: StoredValue<PersonReply>, change: Change) -> impl IntoView {
    let locale = change.desk.locale;
    let title = Signal::derive(move || {
        let words = match change.asked.get() {
            Some(Asked::Person) => panel::edit_person,
            Some(Asked::Language) => panel::edit_language,
            Some(Asked::Contact) => panel::edit_contact,
            Some(Asked::Consent) => panel::edit_consent,
            None => return String::new(),
        };
        words(locale.get()).to_owned()
    });
    let form = move || {
        Some(match change.asked.get()? {
            Asked::Person => view! { <PersonForm person change /> }.into_any(),
            Asked::Language => view! { <LanguageForm person change /> }.into_any(),
            Asked::Contact => view! { <ContactForm person change /> }.into_any(),
            Asked::Consent => view! { <ConsentForm change /> }.into_any(),
        })
    };
    view! { <Dialog open=change.open title>{form}</Dialog> }
}

/// A form's frame: what is wrong above, saving and giving up below.
#[component]
fn Form(change: Change, save: Callback<()>, children: Children) -> impl IntoView {
    let locale = change.desk.locale;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save.run(());
    };
    let refusal = move |trouble: Trouble| match (trouble, change.asked.get()) {
        (Trouble::Said(ProblemKind::Conflict), Some(Asked::Person)) => text::number_exists(locale.get()),
        _ => trouble.sentence(locale.get()),
    };
    view! {
        <form class="form" on:submit=submit>
            <ErrorSummary errors=change.errors() />
            <div role="alert">
                {move || change.trouble.get().map(|trouble| {
                    view! { <Notice tone=Tone::Bad>{move || refusal(trouble)}</Notice> }
                })}
            </div>
            {children()}
            <p class="actions">
                <Button busy=change.busy>{move || panel::save(locale.get())}</Button>
                <Button look=Look::Quiet on_press=move |_| change.open.set(false)>
                    {move || panel::cancel(locale.get())}
                </Button>
            </p>
        </form>
    }
}

/// A day that has passed; `None` when blank, with what is wrong noted.
fn past_day(boxes: &DateParts, id: &'static str, problems: &mut Vec<(&'static str, Wrong)>) -> Option<Date> {
    let today = session::today();
    match parse_partial(boxes, today) {
        Ok(Some(on)) if on.precision != DatePrecision::Day => problems.push((id, Wrong::Says(more::not_a_day))),
        Ok(Some(on)) if on.date > today => problems.push((id, Wrong::Says(more::ahead))),
        Ok(on) => return on.map(|on| on.date),
        Err(problem) => problems.push((id, Wrong::Date(problem))),
    }
    None
}

fn label(change: Change, words: fn(Locale) -> &'static str) -> Signal<String> {
    Signal::derive(move || words(change.desk.locale.get()).to_owned())
}

#[component]
fn PersonForm(person: StoredValue<PersonReply>, change: Change) -> impl IntoView {
    let locale = change.desk.locale;
    let stood = person.get_value();
    let number = RwSignal::new(stood.registry_number.clone());
    let family = RwSignal::new(stood.family_name.clone());
    let given = RwSignal::new(stood.given_name.clone());
    let birth = RwSignal::new(stood.birth_date.map(DateParts::of).unwrap_or_default());
    let reason = RwSignal::new(String::new());
    let save = move |()| {
        let mut problems = Vec::new();
        let changed = |now: RwSignal<String>, stood: &str| {
            let now = now.get_untracked().trim().to_owned();
            (now != stood).then_some(now)
        };
        let request = PersonRequest {
            registry_number: changed(number, &stood.registry_number),
            family_name: changed(family, &stood.family_name),
            given_name: changed(given, &stood.given_name),
            birth_date: past_day(&birth.get_untracked(), "person-birth", &mut problems)
                .filter(|date| Some(*date) != stood.birth_date),
            language: None,
            reason: reason.get_untracked().trim().to_owned(),
        };
        let only_reason = PersonRequest { reason: request.reason.clone(), ..PersonRequest::default() };
        if request.registry_number.as_deref() == Some("") {
            problems.push(("person-number", Wrong::Says(text::number_missing)));
        } else if request == only_reason && problems.is_empty() {
            problems.push(("person-number", Wrong::Says(text::nothing)));
        }
        if request.reason.is_empty() {
            problems.push(("person-reason", Wrong::Says(text::reason_missing)));
        }
        if change.fits(problems) {
            change.send::<PersonReply>("person", request, Change::finish);
        }
    };
    view! {
        <Form change save=Callback::new(save)>
            <Field id="person-number" value=number error=change.error("person-number") label=label(change, panel::number) />
            <Field id="person-family" value=family label=label(change, enrol_text::family_name) />
            <Field id="person-given" value=given label=label(change, enrol_text::given_name) />
            <fieldset>
                <legend class="field-label">{move || more::birth(locale.get())}</legend>
                <DateField id="person-birth" value=birth error=change.error("person-birth") />
            </fieldset>
            <Field id="person-reason" value=reason error=change.error("person-reason") label=label(change, text::reason) />
        </Form>
    }
}

#[component]
fn LanguageForm(person: StoredValue<PersonReply>, change: Change) -> impl IntoView {
    let locale = change.desk.locale;
    let chosen = RwSignal::new(person.with_value(|it| it.language.to_string()));
    let names = change.desk.known_names();
    let options = Signal::derive(move || {
        let name = |tag: &shared::id::Language| (tag.to_string(), Locale::of(tag).name().to_owned());
        names.as_ref().map(|names| names.study().languages.iter().map(name).collect()).unwrap_or_default()
    });
    let save = move |()| {
        let language = chosen.with_untracked(|tag| tag.parse().ok());
        change.send::<PersonReply>("person", PersonRequest { language, ..PersonRequest::default() }, Change::finish);
    };
    view! {
        <Form change save=Callback::new(save)>
            <p>{move || text::language_lead(locale.get())}</p>
            <Select id="person-language" value=chosen options label=label(change, text::language) />
        </Form>
    }
}

#[component]
fn ContactForm(person: StoredValue<PersonReply>, change: Change) -> impl IntoView {
    let locale = change.desk.locale;
    let stood = move |channel| {
        let found = person.with_value(|it| it.contacts.iter().find(|it| it.channel == channel).cloned());
        found.map(|contact| contact.address).unwrap_or_default()
    };
    let email = RwSignal::new(stood(Channel::Email));
    let phone = RwSignal::new(stood(Channel::Phone));
    let has_email = !stood(Channel::Email).is_empty();
    let request = move |channel, address: RwSignal<String>| {
        let address = address.get_untracked().trim().to_owned();
        let is_new = address != stood(channel);
        is_new.then(|| ContactRequest { channel, address: Some(address).filter(|address| !address.is_empty()) })
    };
    let save = move |()| {
        let wrong = |request: &Option<ContactRequest>| {
            let address = request.as_ref().and_then(|it| Some((it.channel, it.address.as_ref()?)));
            address.is_some_and(|(channel, address)| !channel.accepts(address))
        };
        let (email, phone) = (request(Channel::Email, email), request(Channel::Phone, phone));
        let mut problems = Vec::new();
        if wrong(&email) {
            problems.push(("person-email", Wrong::Says(more::not_an_address)));
        }
        if wrong(&phone) {
            problems.push(("person-phone", Wrong::Says(text::phone_wrong)));
        }
        if !change.fits(problems) {
            return;
        }
        match (email, phone) {
            (Some(email), Some(phone)) => change.send::<PersonReply>("contacts", email, move |change| {
                change.send::<PersonReply>("contacts", phone, Change::finish);
            }),
            (Some(one), None) | (None, Some(one)) => change.send::<PersonReply>("contacts", one, Change::finish),
            (None, None) => change.open.set(false),
        }
    };
    let stop = move |_| {
        let request = ContactRequest { channel: Channel::Email, address: None };
        change.send::<PersonReply>("contacts", request, Change::finish);
    };
    view! {
        <Form change save=Callback::new(save)>
            <p>{move || text::email_lead(locale.get())}</p>
            <Field id="person-email" value=email error=change.error("person-email") label=label(change, text::email) />
            <Field id="person-phone" value=phone error=change.error("person-phone") label=label(change, text::phone)
                help=label(change, text::phone_help) />
            {has_email.then(|| view! {
                <p>
                    <Button look=Look::Danger busy=change.busy on_press=stop>{move || panel::stop(locale.get())}</Button>
                </p>
            })}
        </Form>
    }
}

#[component]
fn ConsentForm(change: Change) -> impl IntoView {
    let locale = change.desk.locale;
    let names = change.desk.known_names();
    let first = names.as_ref().and_then(|names| Some(names.study().information.first()?.key.to_string()));
    let (kind, how) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (version, on) = (RwSignal::new(first.unwrap_or_default()), RwSignal::new(DateParts::of(session::today())));
    let versions = Signal::derive(move || {
        names.as_ref().map(|names| choices(&names.study().information, locale.get())).unwrap_or_default()
    });
    let save = move |()| {
        let word = |choice: RwSignal<String>| serde_json::Value::String(choice.get_untracked());
        let mut problems = Vec::new();
        let read_kind = serde_json::from_value(word(kind)).ok();
        let read_means = serde_json::from_value(word(how)).ok();
        let information = version.with_untracked(|key| key.parse().ok());
        if read_kind.is_none() {
            problems.push(("consent-kind", Wrong::Says(more::missing::consent)));
        }
        if information.is_none() {
            problems.push(("consent-information", Wrong::Says(more::missing::information)));
        }
        let given_on = past_day(&on.get_untracked(), "consent-on", &mut problems);
        if given_on.is_none() && on.with_untracked(DateParts::is_empty) {
            problems.push(("consent-on", Wrong::Says(more::missing::consented)));
        }
        if read_means.is_none() {
            problems.push(("consent-means", Wrong::Says(more::missing::means)));
        }
        if !change.fits(problems) {
            return;
        }
        if let (Some(kind), Some(information), Some(given_on), Some(means)) =
            (read_kind, information, given_on, read_means)
        {
            let request = ConsentRequest { kind, information, given_on, means };
            change.send::<PersonReply>("consents", request, Change::finish);
        }
    };
    let empty = label(change, enrol_text::choose);
    view! {
        <Form change save=Callback::new(save)>
            <Select id="consent-kind" value=kind empty error=change.error("consent-kind") label=label(change, text::kind)
                options=Signal::derive(move || kinds(locale.get())) />
            <Select id="consent-information" value=version options=versions error=change.error("consent-information")
                label=label(change, text::information) />
            <fieldset>
                <legend class="field-label">{move || text::given_on(locale.get())}</legend>
                <DateField id="consent-on" value=on error=change.error("consent-on") />
            </fieldset>
            <Select id="consent-means" value=how empty error=change.error("consent-means") label=label(change, text::means)
                options=Signal::derive(move || means(locale.get())) />
            <p class="field-help">{move || text::withdrawal(locale.get())}</p>
        </Form>
    }
}

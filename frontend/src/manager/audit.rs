//! The audit trail: who did what, when and to which pseudonym, newest first, narrowed by each of these.

use std::time::Duration;

use leptos::prelude::*;
use shared::{
    api::{AuditLine, AuditRequest},
    id::PatientId,
    sync::proof::AuditLog,
    time::Date,
};

use super::listing::{Lines, Listing};
use crate::{
    i18n::{
        Locale,
        text::{
            manager::{audit as text, devices as device_text},
            staff,
        },
    },
    nurse::operation_words,
    session,
    staff::{Desk, date_time},
    ui::{Button, DateField, DateParts, Field, Heading, Look, Select},
};

/// How long after the last letter the trail is read.
const SETTLES_AFTER: Duration = Duration::from_millis(400);

/// The operations in the order of the choice, by their words in the trail; a test holds them against the server's.
const OPERATIONS: [&str; 33] = [
    "sign_in",
    "add_passkey",
    "remove_passkey",
    "refuse_passkey",
    "refuse_provider",
    "lock_session",
    "unlock_session",
    "read_audit",
    "export",
    "backup",
    "restore",
    "read_patient",
    "enrol_patient",
    "record_milestone",
    "correct_person",
    "record_episode",
    "move_patient",
    "set_contact",
    "record_consent",
    "choose_reminders",
    "note_missing",
    "look",
    "transcribe",
    "correct",
    "lose_answers",
    "make_letter",
    "enrol_device",
    "confirm_device",
    "revoke_device",
    "prepare_tablet",
    "give_tablet",
    "print_forms",
    "erase",
];

/// An operation in words; its own word where a later version made the entry.
fn operation_name(locale: Locale, word: &str) -> String {
    let own = match word {
        "sign_in" => Some(text::sign_in(locale)),
        "add_passkey" => Some(text::add_passkey(locale)),
        "remove_passkey" => Some(text::remove_passkey(locale)),
        "refuse_passkey" => Some(text::refuse_passkey(locale)),
        "refuse_provider" => Some(text::refuse_provider(locale)),
        "lock_session" => Some(text::lock_session(locale)),
        "unlock_session" => Some(text::unlock_session(locale)),
        "read_audit" => Some(text::read_audit(locale)),
        "export" => Some(text::export(locale)),
        "erase" => Some(text::erase(locale)),
        "backup" => Some(text::backup(locale)),
        "restore" => Some(text::restore(locale)),
        "purged" => Some(text::purged(locale)),
        "erased" => Some(text::erased(locale)),
        _ => operation_words(locale, word),
    };
    own.unwrap_or(word).to_owned()
}

/// What the detail of a sign-in says, or of one that was refused.
fn way_name(locale: Locale, operation: &str, detail: &str) -> Option<&'static str> {
    match (operation, detail) {
        ("sign_in", "password") => Some(text::by_password(locale)),
        ("sign_in", "passkey") => Some(text::by_passkey(locale)),
        ("sign_in", "provider") => Some(text::by_provider(locale)),
        ("refuse_provider", "one factor") => Some(text::one_factor(locale)),
        ("refuse_provider", "another person") => Some(text::another_person(locale)),
        _ => None,
    }
}

/// What the trail is narrowed down to, as it is typed.
#[derive(Clone, Copy)]
struct Filter {
    log: RwSignal<String>,
    operation: RwSignal<String>,
    account: RwSignal<String>,
    patient: RwSignal<String>,
    from: RwSignal<DateParts>,
    to: RwSignal<DateParts>,
}

/// A day that is not typed is no bound; `Err` where what is typed is no day.
fn day(parts: &DateParts) -> Result<Option<Date>, ()> {
    if parts.is_empty() { Ok(None) } else { parts.parse().map(Some).ok_or(()) }
}

/// A pseudonym, where one is typed; `Err` where it is none.
fn pseudonym(typed: &str) -> Result<Option<PatientId>, ()> {
    let typed = typed.trim();
    if typed.is_empty() { Ok(None) } else { typed.parse().map(Some).map_err(|_| ()) }
}

impl Filter {
    fn new() -> Self {
        let [log, operation, account, patient] = std::array::from_fn(|_| RwSignal::new(String::new()));
        let [from, to] = std::array::from_fn(|_| RwSignal::new(DateParts::default()));
        Self { log, operation, account, patient, from, to }
    }

    /// What to ask for; `None` while something typed makes no sense yet.
    fn asked(self) -> Option<AuditRequest> {
        let log = self.log.with(|log| match log.as_str() {
            "clinical" => Some(AuditLog::Clinical),
            "security" => Some(AuditLog::Security),
            _ => None,
        });
        let (from, to) = (self.from.with(day), self.to.with(day));
        Some(AuditRequest {
            log,
            operation: Some(self.operation.get()).filter(|word| !word.is_empty()),
            account: self.account.get(),
            patient: self.patient.with(|typed| pseudonym(typed)).ok()?,
            from: from.ok()?,
            to: to.ok()?,
            after: None,
        })
    }

    fn clear(self) {
        for signal in [self.log, self.operation, self.account, self.patient] {
            signal.set(String::new());
        }
        for signal in [self.from, self.to] {
            signal.set(DateParts::default());
        }
    }
}

/// The page.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let locale = Desk::find().locale;
    let filter = Filter::new();
    let asked = RwSignal::new(filter.asked());
    let mut settle = debounce(SETTLES_AFTER, move |request: Option<AuditRequest>| {
        if asked.with_untracked(|before| *before != request) {
            asked.set(request);
        }
    });
    Effect::new(move || settle(filter.asked()));
    let listing = Listing::<AuditLine>::new("/api/audit", move || asked.get());
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        </div>
        <p class="quiet">{move || text::lead(locale.get())}</p>
        <Fields filter />
        <Lines listing name=text::title empty=text::empty
            heads=vec![text::when, text::who, text::what, device_text::patient, text::number]
            line=|line| view! { <Line line /> }.into_any() />
    }
}

#[component]
fn Fields(filter: Filter) -> impl IntoView {
    let locale = Desk::find().locale;
    let words = move |words: fn(Locale) -> &'static str| Signal::derive(move || words(locale.get()).to_owned());
    let logs = Signal::derive(move || {
        let locale = locale.get();
        vec![
            ("clinical".to_owned(), text::clinical(locale).to_owned()),
            ("security".to_owned(), text::security(locale).to_owned()),
        ]
    });
    let operations = Signal::derive(move || {
        OPERATIONS.iter().map(|word| ((*word).to_owned(), operation_name(locale.get(), word))).collect::<Vec<_>>()
    });
    let wrong = move |is_wrong: bool, words: fn(Locale) -> &'static str| {
        if is_wrong { words(locale.get()).to_owned() } else { String::new() }
    };
    let patient_error =
        Signal::derive(move || wrong(filter.patient.with(|typed| pseudonym(typed)).is_err(), text::no_pseudonym));
    let day_error = move |parts: RwSignal<DateParts>| {
        Signal::derive(move || wrong(parts.with(day).is_err(), staff::date::not_a_date))
    };
    view! {
        <div class="filter" role="search">
            <Select id="audit-log" value=filter.log options=logs label=words(text::log) empty=words(text::both) />
            <Select id="audit-operation" value=filter.operation options=operations
                label=words(text::what) empty=words(text::everything) />
            <Field id="audit-account" value=filter.account label=words(text::account) />
            <Field id="audit-patient" value=filter.patient label=words(text::pseudonym) error=patient_error />
            <fieldset>
                <legend class="field-label">{move || text::from(locale.get())}</legend>
                <DateField id="audit-from" value=filter.from error=day_error(filter.from) />
            </fieldset>
            <fieldset>
                <legend class="field-label">{move || text::to(locale.get())}</legend>
                <DateField id="audit-to" value=filter.to error=day_error(filter.to) />
            </fieldset>
            <Button look=Look::Quiet on_press=move |_| filter.clear()>{move || text::clear(locale.get())}</Button>
        </div>
    }
}

#[component]
fn Line(line: AuditLine) -> impl IntoView {
    let locale = Desk::find().locale;
    let (at, operation, log) = (line.at, line.operation, line.log);
    let (account, by_device) = (line.account, line.device.map(|device| device.to_string()));
    let who = move || match (&account, &by_device) {
        (Some(account), _) => account.clone(),
        (None, Some(_)) => text::a_device(locale.get()).to_owned(),
        (None, None) => text::nobody(locale.get()).to_owned(),
    };
    let device = line.device.map(|device| device.to_string());
    let (done, told) = (operation.clone(), line.detail);
    let detail = move || match way_name(locale.get(), &done, &told) {
        Some(way) => view! { <span class="copy-moment">{way}</span> }.into_any(),
        None => view! { <span class="copy-moment code" lang="en">{told.clone()}</span> }.into_any(),
    };
    let log = move || match log {
        AuditLog::Clinical => text::clinical(locale.get()),
        AuditLog::Security => text::security(locale.get()),
    };
    view! {
        <tr>
            <td>{move || date_time(locale.get(), at, session::today())}</td>
            <td>{who}{device.map(|device| view! { <span class="copy-moment code">{device}</span> })}</td>
            <td>
                {move || operation_name(locale.get(), &operation)}
                {detail}
            </td>
            <td class="code small">{line.patient.map(|patient| patient.to_string())}</td>
            <td class="quiet small">{line.number}" · "{log}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_half_typed_is_told_apart_from_what_is_not_there() {
        assert_eq!(pseudonym("  "), Ok(None));
        assert_eq!(pseudonym("018f0000"), Err(()));
        assert!(matches!(pseudonym(" 018f0000-0000-7000-8000-000000000001 "), Ok(Some(_))));
        let parts =
            |day: &str, year: &str| DateParts { day: day.to_owned(), month: "3".to_owned(), year: year.to_owned() };
        assert_eq!(day(&DateParts::default()), Ok(None));
        assert_eq!(day(&parts("2", "2026")), Ok(Some("2026-03-02".parse().unwrap())));
        assert_eq!(day(&parts("32", "2026")), Err(()));
    }

    #[test]
    fn every_operation_has_words_in_both_languages() {
        for word in OPERATIONS {
            for locale in Locale::ALL {
                assert_ne!(operation_name(locale, word), word);
            }
        }
        assert_eq!(operation_name(Locale::En, "from_a_later_version"), "from_a_later_version");
    }
}

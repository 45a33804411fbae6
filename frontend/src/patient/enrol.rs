//! Opening the letter: its code, then a PIN chosen twice, then the hospital's yes.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{Claim, Problem, ProblemKind};

use super::letter::{PinProblem, choose_pin, parse_code};
use crate::{
    address::use_address,
    api::Failure,
    device::{Device, EnrolError},
    i18n::{
        Locale, page_locale,
        text::{
            common,
            patient::{enrol, letter, pin},
        },
    },
    ui::{Button, ErrorSummary, Field, Heading, Keyboard, Look, Main, Notice, Tone},
    view::view,
};

/// Asks for the code of the letter.
#[component]
pub fn LetterPage(
    /// Where the letter goes once it can be read.
    claim: RwSignal<Option<Claim>>,
) -> impl IntoView {
    let locale = page_locale();
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let error = Signal::derive(move || if wrong.get() { letter::code_wrong(locale).to_owned() } else { String::new() });
    let errors = move || wrong.get().then(|| ("code".to_owned(), error.get())).into_iter().collect::<Vec<_>>();
    let read = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        let read = typed.with_untracked(|typed| parse_code(typed));
        wrong.set(read.is_none());
        claim.set(read);
    };
    view! {
        <Main>
            <ErrorSummary errors=Signal::derive(errors) />
            <Heading text=letter::title(locale) before_title=error_before(locale, wrong.into()) />
            <p>{letter::words(locale)}</p>
            <form on:submit=read>
                <Field
                    id="code"
                    value=typed
                    label=letter::code(locale)
                    help=letter::code_help(locale)
                    error
                    keyboard=Keyboard::Code
                />
                <Button>{letter::go_on(locale)}</Button>
            </form>
            <p class="quiet">{letter::no_letter(locale)}</p>
        </Main>
    }
}

/// Asks for a PIN twice and enrols this phone.
#[component]
pub fn EnrolPage(
    /// This phone.
    device: Device,
    /// The letter.
    claim: RwSignal<Option<Claim>>,
) -> impl IntoView {
    let locale = page_locale();
    let address = use_address();
    let (first, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<PinProblem>);
    let failure = RwSignal::new(None::<EnrolError>);
    let busy = RwSignal::new(false);
    let error_at = move |field: &'static str| {
        Signal::derive(move || {
            let found = problem.get().filter(|found| field_of(*found) == field);
            found.map(|found| pin_words(locale, found).to_owned()).unwrap_or_default()
        })
    };
    let errors = move || {
        let line = |found| (field_of(found).to_owned(), pin_words(locale, found).to_owned());
        problem.get().map(line).into_iter().collect::<Vec<_>>()
    };
    let save = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        let Some(letter) = claim.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        failure.set(None);
        match choose_pin(&first.get_untracked(), &again.get_untracked()) {
            Err(found) => problem.set(Some(found)),
            Ok(chosen) => {
                problem.set(None);
                busy.set(true);
                spawn_local(async move {
                    match device.enrol(letter, chosen).await {
                        Ok(()) => {
                            claim.set(None);
                            address.replace("/");
                        }
                        Err(error) => failure.set(Some(error)),
                    }
                    busy.set(false);
                });
            }
        }
    };
    let saving = move || if busy.get() { pin::saving(locale) } else { pin::save(locale) };
    let wrong = Signal::derive(move || problem.get().is_some() || failure.get().is_some());
    view! {
        <Main holds_update=true>
            <ErrorSummary errors=Signal::derive(errors) />
            <Failed failure claim />
            <Heading text=pin::choose_title(locale) before_title=error_before(locale, wrong) />
            <p>{pin::choose_words(locale)}</p>
            <form on:submit=save>
                <Field id="pin" value=first keyboard=Keyboard::Pin autocomplete="new-password"
                    label=pin::first(locale) error=error_at("pin") />
                <Field id="pin-again" value=again keyboard=Keyboard::Pin autocomplete="new-password"
                    label=pin::again(locale) error=error_at("pin-again") />
                <Button busy>{saving}</Button>
            </form>
        </Main>
    }
}

#[component]
fn Failed(failure: RwSignal<Option<EnrolError>>, claim: RwSignal<Option<Claim>>) -> impl IntoView {
    let locale = page_locale();
    let told = move || {
        failure.get().map(|error| {
            let words = failure_words(locale, &error);
            view! {
                <div role="alert">
                    <Notice tone=Tone::Bad>
                        <p><strong>{enrol::failed_title(locale)}</strong></p>
                        <p>{words}</p>
                        <Button look=Look::Secondary on_press=move |_| claim.set(None)>
                            {enrol::another_code(locale)}
                        </Button>
                    </Notice>
                </div>
            }
        })
    };
    view! { {told} }
}

/// "Error: " before the tab's title while something is wrong.
pub(super) fn error_before(locale: Locale, wrong: Signal<bool>) -> Signal<String> {
    Signal::derive(move || if wrong.get() { common::error_before(locale).to_owned() } else { String::new() })
}

const fn field_of(problem: PinProblem) -> &'static str {
    match problem {
        PinProblem::Length | PinProblem::TooEasy => "pin",
        PinProblem::NotSame => "pin-again",
    }
}

const fn pin_words(locale: Locale, problem: PinProblem) -> &'static str {
    match problem {
        PinProblem::Length => pin::too_short(locale),
        PinProblem::TooEasy => pin::too_easy(locale),
        PinProblem::NotSame => pin::not_same(locale),
    }
}

const fn failure_words(locale: Locale, error: &EnrolError) -> &'static str {
    match error {
        EnrolError::Claim(Failure::Network) => enrol::network(locale),
        EnrolError::Claim(Failure::Problem(Problem { kind, .. })) => match kind {
            ProblemKind::CodeWrong | ProblemKind::NotFound | ProblemKind::Refused => enrol::code_wrong(locale),
            ProblemKind::CodeExpired => enrol::code_expired(locale),
            ProblemKind::CodeUsed => enrol::code_used(locale),
            ProblemKind::TooManyTries => enrol::too_many(locale),
            ProblemKind::BadRequest
            | ProblemKind::TooLarge
            | ProblemKind::NotSignedIn
            | ProblemKind::WrongCredentials
            | ProblemKind::BadSignature
            | ProblemKind::DeviceRevoked
            | ProblemKind::Forbidden
            | ProblemKind::Conflict
            | ProblemKind::Protocol
            | ProblemKind::Unavailable
            | ProblemKind::Fault => enrol::server(locale),
        },
        EnrolError::Crypto(_) => enrol::browser(locale),
        EnrolError::Store(_) => enrol::store(locale),
    }
}

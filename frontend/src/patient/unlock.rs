//! The PIN, each time the phone was put away.

use leptos::{prelude::*, task::spawn_local};

use super::enrol::error_before;
use crate::{
    device::{Device, Enrolled, Pin, Unlock, UnlockError},
    i18n::{
        Locale, clock_time, page_locale,
        text::patient::{enrol, pin},
    },
    session,
    ui::{Button, ErrorSummary, Field, Heading, Keyboard, Look, Main},
    view::view,
};

/// What a try came to, when the phone did not open.
#[derive(Clone, Debug, PartialEq)]
enum Refusal {
    NotAPin,
    Told(Unlock),
    Failed(UnlockError),
}

/// Asks for the PIN of whoever was enrolled last.
#[component]
pub fn UnlockPage(
    /// This phone.
    device: Device,
    /// Who.
    enrolled: Enrolled,
    /// Set when a new letter is to be opened instead.
    other_letter: RwSignal<bool>,
) -> impl IntoView {
    let locale = page_locale();
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let waits = enrolled.wait_until.filter(|until| *until > session::now());
    let refusal = RwSignal::new(waits.map(|until| Refusal::Told(Unlock::Wait { until })));
    let error = Signal::derive(move || refusal.get().map(|it| refusal_words(locale, &it)).unwrap_or_default());
    let errors = move || refusal.get().map(|_| ("pin".to_owned(), error.get())).into_iter().collect::<Vec<_>>();
    let name = enrolled.device;
    let open = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let Some(given) = typed.with_untracked(|typed| Pin::parse(typed.trim())) else {
            return refusal.set(Some(Refusal::NotAPin));
        };
        busy.set(true);
        spawn_local(async move {
            refusal.set(match device.unlock(name, given).await {
                Ok(Unlock::Open) => None,
                Ok(told) => Some(Refusal::Told(told)),
                Err(error) => Some(Refusal::Failed(error)),
            });
            typed.set(String::new());
            busy.set(false);
        });
    };
    let opening = move || if busy.get() { pin::saving(locale) } else { pin::unlock(locale) };
    let wrong = Signal::derive(move || refusal.get().is_some());
    view! {
        <Main>
            <ErrorSummary errors=Signal::derive(errors) />
            <Heading text=pin::unlock_title(locale) before_title=error_before(locale, wrong) />
            <p>{pin::unlock_words(locale)}</p>
            <form on:submit=open>
                <Field id="pin" value=typed keyboard=Keyboard::Pin autocomplete="current-password"
                    label=pin::first(locale) error />
                <Button busy>{opening}</Button>
            </form>
            <section class="aside">
                <h2>{pin::forgotten_title(locale)}</h2>
                <p>{pin::forgotten(locale)}</p>
                <Button look=Look::Secondary on_press=move |_| other_letter.set(true)>
                    {pin::another(locale)}
                </Button>
            </section>
        </Main>
    }
}

fn refusal_words(locale: Locale, refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotAPin => pin::too_short(locale).to_owned(),
        Refusal::Told(Unlock::WrongPin { free_tries }) => {
            pin::wrong(locale, usize::try_from(*free_tries).unwrap_or_default())
        }
        Refusal::Told(Unlock::Wait { until }) => pin::wait(locale, clock_time(locale, session::civil(*until).time())),
        Refusal::Told(Unlock::Open) => String::new(),
        Refusal::Failed(UnlockError::Crypto(_)) => enrol::browser(locale).to_owned(),
        Refusal::Failed(UnlockError::NotEnrolled | UnlockError::Store(_)) => enrol::store(locale).to_owned(),
    }
}

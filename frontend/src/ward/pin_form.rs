//! The tablet's PIN: typed to open it, or chosen.

use leptos::{prelude::*, task::spawn_local};

use super::{
    Tablet,
    tablet::WardTrouble,
    vault::{Try, VaultError},
};
use crate::{
    crypto::Pin,
    i18n::{Locale, clock_time, text::ward::pin as text},
    session,
    ui::{Button, Field, Keyboard, Notice, Tone},
};

/// The tablet's PIN has six digits: it keeps more than one patient's things.
const DIGITS: usize = 6;

/// Why a PIN did not go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum PinProblem {
    Length,
    TooEasy,
    NotSame,
    Wrong(u32),
    Wait(shared::time::Timestamp),
}

impl PinProblem {
    fn sentence(self, locale: Locale) -> String {
        match self {
            Self::Length => text::length(locale).to_owned(),
            Self::TooEasy => text::too_easy(locale).to_owned(),
            Self::NotSame => text::not_same(locale).to_owned(),
            Self::Wrong(left) => text::wrong(locale, usize::try_from(left).unwrap_or_default()),
            Self::Wait(until) => text::wait(locale, clock_time(locale, session::civil(until).time())),
        }
    }
}

fn parse(typed: &str) -> Result<Pin, PinProblem> {
    let typed = typed.trim();
    Pin::parse(typed).filter(|_| typed.len() == DIGITS).ok_or(PinProblem::Length)
}

fn choose(first: &str, again: &str) -> Result<Pin, PinProblem> {
    let pin = parse(first)?;
    if pin.is_easy() {
        return Err(PinProblem::TooEasy);
    }
    if first.trim() == again.trim() { Ok(pin) } else { Err(PinProblem::NotSame) }
}

fn note(tablet: Tablet, outcome: Result<(), VaultError>) {
    tablet.trouble.set(outcome.err().map(WardTrouble::Vault));
}

/// Asks for the PIN.
#[component]
pub(super) fn PinForm() -> impl IntoView {
    let tablet = Tablet::find();
    let locale = tablet.desk.locale;
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let waits = move || tablet.lock().with(|lock| lock.as_ref().and_then(|lock| lock.wait_until));
    let problem = RwSignal::new(untrack(waits).filter(|until| *until > session::now()).map(PinProblem::Wait));
    let error = Signal::derive(move || problem.get().map(|it| it.sentence(locale.get())).unwrap_or_default());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let pin = match typed.with_untracked(|typed| parse(typed)) {
            Ok(pin) => pin,
            Err(found) => return problem.set(Some(found)),
        };
        busy.set(true);
        spawn_local(async move {
            let tried = tablet.try_pin(&pin).await;
            let _ = busy.try_set(false);
            let _ = typed.try_set(String::new());
            let found = match &tried {
                Ok(Some(Try::Wrong(left))) => Some(PinProblem::Wrong(*left)),
                Ok(Some(Try::Wait(until))) => Some(PinProblem::Wait(*until)),
                Ok(Some(Try::Open(_)) | None) | Err(_) => None,
            };
            let _ = problem.try_set(found);
            note(tablet, tried.map(|_| ()));
        });
    };
    let owner = move || tablet.lock().with(|lock| lock.as_ref().map(|lock| lock.username.clone())).unwrap_or_default();
    let opening = move || if busy.get() { text::opening(locale.get()) } else { text::open(locale.get()) };
    view! {
        <form class="pin-form" on:submit=submit autocomplete="off">
            <Field id="tablet-pin" value=typed keyboard=Keyboard::Hidden error
                label=Signal::derive(move || text::label(locale.get(), owner())) />
            <Button busy>{opening}</Button>
        </form>
        <WardTroubles tablet />
    }
}

/// Has whoever is signed in choose a PIN.
#[component]
pub(super) fn ChoosePin() -> impl IntoView {
    let tablet = Tablet::find();
    let locale = tablet.desk.locale;
    let (first, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<PinProblem>);
    let error_at = move |is_second: bool| {
        Signal::derive(move || {
            let found = problem.get().filter(|found| (*found == PinProblem::NotSame) == is_second);
            found.map(|found| found.sentence(locale.get())).unwrap_or_default()
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        match choose(&first.get_untracked(), &again.get_untracked()) {
            Err(found) => problem.set(Some(found)),
            Ok(pin) => {
                problem.set(None);
                busy.set(true);
                spawn_local(async move {
                    let chosen = tablet.choose_pin(pin).await;
                    let _ = busy.try_set(false);
                    note(tablet, chosen);
                });
            }
        }
    };
    let saving = move || if busy.get() { text::opening(locale.get()) } else { text::choose(locale.get()) };
    view! {
        <form class="pin-form" on:submit=submit autocomplete="off">
            <Field id="new-pin" value=first keyboard=Keyboard::Hidden error=error_at(false)
                label=Signal::derive(move || text::first(locale.get()).to_owned()) />
            <Field id="new-pin-again" value=again keyboard=Keyboard::Hidden error=error_at(true)
                label=Signal::derive(move || text::again(locale.get()).to_owned()) />
            <Button busy>{saving}</Button>
        </form>
        <WardTroubles tablet />
    }
}

/// What went wrong with the tablet, in words.
#[component]
pub(super) fn WardTroubles(tablet: Tablet) -> impl IntoView {
    let locale = tablet.desk.locale;
    view! {
        <div role="alert">
            {move || tablet.trouble.get().map(|trouble| {
                view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tablets_pin_has_six_digits_that_are_not_the_first_ones_tried() {
        assert!(choose("258036", " 258036").is_ok());
        for (first, again, problem) in [
            ("2580", "2580", PinProblem::Length),
            ("25803a", "25803a", PinProblem::Length),
            ("123456", "123456", PinProblem::TooEasy),
            ("000000", "000000", PinProblem::TooEasy),
            ("258036", "258037", PinProblem::NotSame),
        ] {
            assert!(matches!(choose(first, again), Err(found) if found == problem), "{first}");
        }
    }
}

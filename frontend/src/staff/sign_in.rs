//! Signing in: name, password and one-time code together, whose refusal never says which was wrong; or another way.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{ProblemKind, SignInRequest, SignInWaysReply};

use super::{Desk, Trouble, WhyOut, account::PasskeyFailure};
use crate::{
    i18n::{Locale, text::staff::sign_in as text},
    ui::{Button, Field, Heading, Keyboard, Look, Notice, Tone},
};

/// Why nobody was signed in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Refusal {
    /// A box is empty or the code has not six digits.
    Incomplete,
    /// The server said no, or nothing.
    Trouble(Trouble),
    /// No passkey was taken.
    Passkey(PasskeyFailure),
    /// The hospital's sign-in brought nobody in.
    Provider(ProviderFailure),
}

impl Refusal {
    const fn sentence(self, locale: Locale) -> &'static str {
        match self {
            Self::Incomplete => text::incomplete(locale),
            Self::Trouble(Trouble::Said(ProblemKind::WrongCredentials)) => text::wrong(locale),
            Self::Trouble(Trouble::Said(ProblemKind::TooManyTries)) => text::too_many(locale),
            Self::Trouble(trouble) => trouble.sentence(locale),
            Self::Passkey(failure) => failure.sentence(locale),
            Self::Provider(failure) => failure.sentence(locale),
        }
    }
}

/// Why the hospital's sign-in brought nobody in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ProviderFailure {
    /// It sent nothing back, or this tab never asked it.
    GivenUp,
    /// The server said no, or nothing.
    Server(Trouble),
}

impl From<Trouble> for ProviderFailure {
    fn from(trouble: Trouble) -> Self {
        Self::Server(trouble)
    }
}

impl ProviderFailure {
    /// What happened, what is safe, what to do now.
    const fn sentence(self, locale: Locale) -> &'static str {
        match self {
            Self::GivenUp => text::provider_given_up(locale),
            Self::Server(Trouble::Said(ProblemKind::WrongCredentials)) => text::provider_not_taken(locale),
            Self::Server(Trouble::Said(ProblemKind::NotFound)) => text::provider_no_account(locale),
            Self::Server(Trouble::Said(ProblemKind::Forbidden)) => text::provider_one_factor(locale),
            Self::Server(Trouble::Said(ProblemKind::Conflict)) => text::provider_another(locale),
            Self::Server(Trouble::Said(ProblemKind::Unavailable)) => text::provider_unreachable(locale),
            Self::Server(trouble) => trouble.sentence(locale),
        }
    }
}

/// Reads the three boxes; the digits of the code may be spaced.
fn read(username: &str, password: &str, code: &str) -> Option<SignInRequest> {
    let one_time_code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let is_code = one_time_code.len() == 6 && one_time_code.bytes().all(|digit| digit.is_ascii_digit());
    let username = username.trim().to_owned();
    (is_code && !username.is_empty() && !password.is_empty()).then(|| SignInRequest {
        username,
        password: password.to_owned(),
        one_time_code,
    })
}

/// The page.
#[component]
pub(crate) fn SignIn(
    /// Why nobody is signed in.
    why: WhyOut,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let [username, password, code] = std::array::from_fn(|_| RwSignal::new(String::new()));
    let refusal = RwSignal::new(match why {
        WhyOut::NotLetIn(failure) => Some(Refusal::Provider(failure)),
        WhyOut::NotYet | WhyOut::Expired | WhyOut::Left => None,
    });
    let busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let boxes = [username, password, code].map(|signal| signal.get_untracked());
        let [name, secret, digits] = &boxes;
        let Some(request) = read(name, secret, digits) else { return refusal.set(Some(Refusal::Incomplete)) };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refusal.set(None);
        spawn_local(async move {
            if let Err(trouble) = desk.sign_in(request).await {
                refusal.set(Some(Refusal::Trouble(trouble)));
                code.set(String::new());
                busy.set(false);
            }
        });
    };
    let before = move || match why {
        WhyOut::NotYet | WhyOut::NotLetIn(_) => None,
        WhyOut::Expired => Some(text::expired(locale.get())),
        WhyOut::Left => Some(text::signed_out(locale.get())),
    };
    view! {
        <form class="sign-in" on:submit=submit>
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
            {move || before().map(|words| view! { <Notice>{words}</Notice> })}
            <div role="alert">
                {move || refusal.get().map(|refusal| view! {
                    <Notice tone=Tone::Bad>{move || refusal.sentence(locale.get())}</Notice>
                })}
            </div>
            <Field id="username" value=username autocomplete="username"
                label=Signal::derive(move || text::username(locale.get()).to_owned()) />
            <Field id="password" value=password keyboard=Keyboard::Password autocomplete="current-password"
                label=Signal::derive(move || text::password(locale.get()).to_owned()) />
            <Field id="code" value=code keyboard=Keyboard::Digits autocomplete="one-time-code"
                label=Signal::derive(move || text::code(locale.get()).to_owned())
                help=Signal::derive(move || text::code_help(locale.get()).to_owned()) />
            <button type="submit" class="button button-primary" aria-disabled=move || busy.get().then_some("true")>
                {move || if busy.get() { text::sending(locale.get()) } else { text::send(locale.get()) }}
            </button>
            <OtherWays refusal busy />
        </form>
    }
}

/// The ways to sign in that this server offers besides.
#[component]
fn OtherWays(
    /// Why nobody was signed in.
    refusal: RwSignal<Option<Refusal>>,
    /// Whether somebody is just being signed in.
    busy: RwSignal<bool>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let ways = RwSignal::new(SignInWaysReply::default());
    spawn_local(async move {
        // without an answer the password stays, which needs none
        if let Ok(known) = desk.get::<SignInWaysReply>("/api/staff/ways").await {
            let _ = ways.try_set(known);
        }
    });
    let by_passkey = move |_| {
        busy.set(true);
        refusal.set(None);
        spawn_local(async move {
            if let Err(failure) = desk.sign_in_by_passkey().await {
                let _ = refusal.try_set(Some(Refusal::Passkey(failure)));
                let _ = busy.try_set(false);
            }
        });
    };
    let by_provider = move |_| {
        busy.set(true);
        refusal.set(None);
        spawn_local(async move {
            if let Err(failure) = desk.leave_for_provider().await {
                let _ = refusal.try_set(Some(Refusal::Provider(failure)));
                let _ = busy.try_set(false);
            }
        });
    };
    view! {
        <Show when=move || ways.get() != SignInWaysReply::default()>
            <p class="sign-in-or">{move || text::or(locale.get())}</p>
        </Show>
        <Show when=move || ways.get().provider>
            <Button look=Look::Secondary busy on_press=by_provider>{move || text::by_provider(locale.get())}</Button>
        </Show>
        <Show when=move || ways.get().passkey>
            <Button look=Look::Secondary busy on_press=by_passkey>{move || text::by_passkey(locale.get())}</Button>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_may_be_typed_in_two_groups() {
        let request = read(" claire ", "demonstration", "123 456").unwrap();
        assert_eq!((request.username.as_str(), request.one_time_code.as_str()), ("claire", "123456"));
    }

    #[test]
    fn what_is_incomplete_is_not_sent() {
        for boxes in
            [["", "p", "123456"], ["claire", "", "123456"], ["claire", "p", "12345"], ["claire", "p", "12345a"]]
        {
            let [username, password, code] = boxes;
            assert_eq!(read(username, password, code), None, "{boxes:?}");
        }
    }

    #[test]
    fn every_failure_of_the_hospitals_sign_in_has_words_of_its_own() {
        use ProblemKind::{Conflict, Forbidden, NotFound, Unavailable, WrongCredentials};
        let said = [WrongCredentials, NotFound, Forbidden, Conflict, Unavailable].map(Trouble::Said).map(Into::into);
        for locale in Locale::ALL {
            let failures = said.into_iter().chain([ProviderFailure::GivenUp]);
            let sentences: std::collections::BTreeSet<_> = failures.map(|it| it.sentence(locale)).collect();
            assert_eq!(sentences.len(), 6);
        }
    }

    #[test]
    fn a_refusal_never_says_which_of_the_three_was_wrong() {
        let refusal = Refusal::Trouble(Trouble::Said(ProblemKind::WrongCredentials));
        for locale in Locale::ALL {
            assert_eq!(refusal.sentence(locale), text::wrong(locale));
        }
    }
}

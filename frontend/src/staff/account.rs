//! The account of whoever is signed in: its passkeys, which are added and removed here.

use leptos::{prelude::*, task::spawn_local};
use serde_json::json;
use shared::{
    api::{ChallengeReply, PasskeyLine, PasskeyRequest, PasskeysReply, ProblemKind},
    id::PasskeyId,
};

use super::{Desk, Fetch, Trouble, date_time};
use crate::{
    i18n::{Locale, text::account as text},
    session::{
        self,
        passkey::{self, PasskeyTrouble},
    },
    ui::{Button, Dialog, Field, Heading, Look, Notice, TableRoom, Tone},
};

/// Longest name of a passkey, in characters.
const LONGEST_NAME: usize = 60;

/// Why a passkey was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PasskeyFailure {
    /// It has no name, or too long a one.
    Name,
    /// The browser gave none.
    Browser(PasskeyTrouble),
    /// The server said no, or nothing.
    Server(Trouble),
}

impl From<PasskeyTrouble> for PasskeyFailure {
    fn from(trouble: PasskeyTrouble) -> Self {
        Self::Browser(trouble)
    }
}

impl From<Trouble> for PasskeyFailure {
    fn from(trouble: Trouble) -> Self {
        Self::Server(trouble)
    }
}

impl PasskeyFailure {
    /// What happened, what is safe, what to do now.
    pub(crate) const fn sentence(self, locale: Locale) -> &'static str {
        match self {
            Self::Name => text::name_needed(locale),
            Self::Browser(PasskeyTrouble::Unsupported) => text::unsupported(locale),
            Self::Browser(PasskeyTrouble::GivenUp) => text::given_up(locale),
            Self::Browser(PasskeyTrouble::Known) => text::known(locale),
            Self::Server(Trouble::Said(ProblemKind::Forbidden)) => text::sign_in_again(locale),
            Self::Server(Trouble::Said(ProblemKind::WrongCredentials)) => text::not_taken(locale),
            Self::Server(Trouble::Said(ProblemKind::Refused)) => text::not_added(locale),
            Self::Server(trouble) => trouble.sentence(locale),
        }
    }
}

/// Adding and removing.
#[derive(Clone, Copy)]
struct Change {
    desk: Desk,
    fetch: Fetch<PasskeysReply>,
    name: RwSignal<String>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<PasskeyFailure>>,
    /// Which passkey is to go, once it is asked for twice.
    asked: RwSignal<Option<PasskeyLine>>,
    open: RwSignal<bool>,
}

impl Change {
    fn add(self) {
        let name = self.name.with_untracked(|name| name.trim().to_owned());
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
            return self.failure.set(Some(PasskeyFailure::Name));
        }
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            match self.make(name).await {
                Ok(()) => {
                    let _ = self.name.try_set(String::new());
                    self.fetch.again();
                }
                Err(failure) => drop(self.failure.try_set(Some(failure))),
            }
            let _ = self.busy.try_set(false);
        });
    }

    async fn make(self, name: String) -> Result<(), PasskeyFailure> {
        let asked: ChallengeReply = self.desk.post("/api/staff/passkeys/challenge", &json!({})).await?;
        let credential = passkey::create(&asked.options).await?;
        let request = PasskeyRequest { reference: asked.reference, name, credential };
        self.desk.post::<PasskeyLine>("/api/staff/passkeys", &request).await?;
        Ok(())
    }

    fn ask(self, passkey: PasskeyLine) {
        self.asked.set(Some(passkey));
        self.open.set(true);
    }

    fn remove(self) {
        let Some(PasskeyLine { passkey, .. }) = self.asked.get_untracked() else { return };
        self.open.set(false);
        self.failure.set(None);
        spawn_local(async move {
            match self.desk.post::<()>(&removal(passkey), &json!({})).await {
                Ok(()) => self.fetch.again(),
                Err(trouble) => drop(self.failure.try_set(Some(trouble.into()))),
            }
        });
    }
}

fn removal(passkey: PasskeyId) -> String {
    format!("/api/staff/passkeys/{passkey}/remove")
}

/// The page.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let fetch = Fetch::<PasskeysReply>::new(Signal::stored("/api/staff/passkeys".to_owned()));
    let change = Change {
        desk,
        fetch,
        name: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        failure: RwSignal::new(None),
        asked: RwSignal::new(None),
        open: RwSignal::new(false),
    };
    let called = move || change.asked.with(|asked| asked.as_ref().map(|it| it.name.clone()).unwrap_or_default());
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        </div>
        <section class="panel" aria-labelledby="passkeys">
            <h2 id="passkeys">{move || text::passkeys(locale.get())}</h2>
            <p class="lead">{move || text::lead(locale.get())}</p>
            <div role="alert">
                {move || change.failure.get().map(|failure| view! {
                    <Notice tone=Tone::Bad>{move || failure.sentence(locale.get())}</Notice>
                })}
            </div>
            {fetch.view(move |reply| view! { <Passkeys reply change /> })}
            <Dialog open=change.open title=Signal::derive(move || text::remove_title(locale.get(), called()))>
                <p>{move || text::remove_lead(locale.get())}</p>
                <p class="actions">
                    <Button look=Look::Danger on_press=move |_| change.remove()>{move || text::remove(locale.get())}</Button>
                    <Button look=Look::Quiet on_press=move |_| change.open.set(false)>{move || text::keep(locale.get())}</Button>
                </p>
            </Dialog>
        </section>
    }
}

#[component]
fn Passkeys(reply: PasskeysReply, change: Change) -> impl IntoView {
    let locale = change.desk.locale;
    let PasskeysReply { passkeys, offered, changeable } = reply;
    let none = passkeys.is_empty();
    let lines = passkeys.into_iter().map(|passkey| view! { <Line passkey change /> }).collect_view();
    view! {
        {if none {
            view! { <p class="empty">{move || text::none(locale.get())}</p> }.into_any()
        } else {
            view! { <Table lines=lines.into_any() /> }.into_any()
        }}
        {match (offered, changeable) {
            (false, _) => view! { <Notice>{move || text::not_offered(locale.get())}</Notice> }.into_any(),
            (true, false) => view! { <Notice>{move || text::sign_in_again(locale.get())}</Notice> }.into_any(),
            (true, true) => view! { <NewPasskey change /> }.into_any(),
        }}
    }
}

#[component]
fn Table(lines: AnyView) -> impl IntoView {
    let locale = Desk::find().locale;
    let head = move |words: fn(Locale) -> &'static str| {
        view! { <th scope="col" role="columnheader">{move || words(locale.get())}</th> }
    };
    view! {
        <TableRoom label=Signal::derive(move || text::passkeys(locale.get()).to_owned())>
            <table class="table stacked" role="table" aria-labelledby="passkeys">
                <thead role="rowgroup">
                    <tr role="row">
                        {head(text::name)}{head(text::added)}{head(text::used)}
                        <th scope="col" role="columnheader">
                            <span class="visually-hidden">{move || text::actions(locale.get())}</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{lines}</tbody>
            </table>
        </TableRoom>
    }
}

#[component]
fn Line(passkey: PasskeyLine, change: Change) -> impl IntoView {
    let (locale, today) = (change.desk.locale, session::today());
    let (added, used) = (passkey.added_at, passkey.used_at);
    let used =
        move || used.map_or_else(|| text::never(locale.get()).to_owned(), |at| date_time(locale.get(), at, today));
    let (name, called) = (passkey.name.clone(), passkey.name.clone());
    view! {
        <tr role="row">
            <td role="cell" class="strong cell-main">{name}</td>
            <td role="cell" data-label=move || text::added(locale.get())>
                {move || date_time(locale.get(), added, today)}
            </td>
            <td role="cell" data-label=move || text::used(locale.get())>{used}</td>
            <td role="cell">
                <Button look=Look::Quiet on_press=move |_| change.ask(passkey.clone())>
                    {move || text::remove(locale.get())}
                    <span class="visually-hidden">" "{called}</span>
                </Button>
            </td>
        </tr>
    }
}

#[component]
fn NewPasskey(change: Change) -> impl IntoView {
    let locale = change.desk.locale;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        change.add();
    };
    view! {
        <form class="passkey-form" on:submit=submit>
            <Field id="passkey-name" value=change.name
                label=Signal::derive(move || text::new_name(locale.get()).to_owned())
                help=Signal::derive(move || text::new_name_help(locale.get()).to_owned()) />
            <Button busy=change.busy>
                {move || if change.busy.get() { text::adding(locale.get()) } else { text::add(locale.get()) }}
            </Button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_of_a_passkey_says_what_to_do_in_words_of_its_own() {
        let said = |kind| PasskeyFailure::Server(Trouble::Said(kind));
        let failures = [
            PasskeyFailure::Name,
            PasskeyTrouble::Unsupported.into(),
            PasskeyTrouble::GivenUp.into(),
            PasskeyTrouble::Known.into(),
            said(ProblemKind::Forbidden),
            said(ProblemKind::WrongCredentials),
            said(ProblemKind::Refused),
            said(ProblemKind::Unavailable),
        ];
        for locale in Locale::ALL {
            let sentences: std::collections::BTreeSet<_> = failures.iter().map(|it| it.sentence(locale)).collect();
            assert_eq!(sentences.len(), failures.len());
        }
    }
}

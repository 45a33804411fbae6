//! The tablet's page: its PIN, preparing it, what it holds, and handing it over. It needs no network but to prepare.

use leptos::{prelude::*, task::spawn_local};
use shared::{id::PatientId, time::Timestamp};

use super::{
    Standing, Tablet,
    give_page::GivePage,
    line::{Line, Progress, Waiting, waiting},
    pin_form::{ChoosePin, PinForm, WardTroubles},
    prepare,
    tablet::{WardTrouble, Work},
};
use crate::{
    i18n::{
        Locale, clock_time, long_date,
        text::ward::{list as text, pin, trouble},
    },
    session,
    ui::{Button, Heading, IdleGuard, Look, Notice, TableRoom, Tone},
};

impl WardTrouble {
    /// What happened, what is safe, what to do now.
    pub(super) fn sentence(&self, locale: Locale) -> String {
        match self {
            Self::Vault(super::vault::VaultError::Store(_)) => trouble::store(locale).to_owned(),
            Self::Vault(super::vault::VaultError::Sealed) => trouble::sealed(locale).to_owned(),
            Self::Hospital(trouble) => trouble.sentence(locale).to_owned(),
            Self::Apps => trouble::apps(locale).to_owned(),
            Self::NotAll(n) => trouble::not_all(locale, *n),
        }
    }
}

/// Hands the tablet to a patient, from wherever they are shown.
#[component]
pub(crate) fn GiveTablet(
    /// To whom.
    patient: PatientId,
    /// What they are called where there is more than one such button.
    #[prop(optional)]
    to: String,
    /// How the button looks.
    #[prop(optional)]
    look: Look,
) -> impl IntoView {
    let tablet = Tablet::find();
    let locale = tablet.desk.locale;
    view! {
        <Button look on_press=move |_| tablet.want(patient)>
            {move || text::give(locale.get())}
            {(!to.is_empty()).then(|| view! { <span class="visually-hidden">" "{to}</span> })}
        </Button>
    }
}

/// The page.
#[component]
pub(crate) fn TabletPage() -> impl IntoView {
    let tablet = Tablet::find();
    let locale = tablet.desk.locale;
    let standing = Memo::new(move |_| tablet.standing());
    let heading = move || view! { <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) /> };
    move || match standing.get() {
        Standing::Unknown | Standing::InHands => ().into_any(),
        Standing::Unused => view! {
            {heading()}
            <p class="lead">{move || pin::choose_lead(locale.get())}</p>
            <section class="panel"><ChoosePin /></section>
        }
        .into_any(),
        Standing::Closed => view! {
            {heading()}
            <section class="panel"><PinForm /></section>
            {move || tablet.desk.staff().map(|_| view! { <Forgotten /> })}
        }
        .into_any(),
        Standing::Open => view! { <OpenTablet /> }.into_any(),
    }
}

/// Another nurse's tablet, or a PIN nobody knows any more: whoever is signed in chooses one of their own.
#[component]
fn Forgotten() -> impl IntoView {
    let locale = Tablet::find().desk.locale;
    view! {
        <details class="panel">
            <summary>{move || pin::mine(locale.get())}</summary>
            <p>{move || pin::mine_lead(locale.get())}</p>
            <ChoosePin />
        </details>
    }
}

#[component]
fn OpenTablet() -> impl IntoView {
    let tablet = Tablet::find();
    follow_wanted(tablet);
    let giving = Memo::new(move |_| {
        let device = tablet.giving.get()?;
        tablet.lines().with(|lines| lines.iter().find(|line| line.prepared.device == device).cloned())
    });
    view! {
        <IdleGuard on_over=move |()| tablet.close() />
        {move || match giving.get() {
            Some(line) => view! { <GivePage line /> }.into_any(),
            None => view! { <Lines /> }.into_any(),
        }}
    }
}

/// Whoever the tablet was asked for is prepared, if they are not, and then handed it.
fn follow_wanted(tablet: Tablet) {
    Effect::new(move || {
        let Some(patient) = tablet.wanted.get() else { return };
        tablet.wanted.set(None);
        let ready = |line: &&Line| line.prepared.patient == patient && line.secrets.is_some();
        let found = tablet.lines().with_untracked(|lines| lines.iter().find(ready).map(|line| line.prepared.device));
        if found.is_some() {
            return tablet.giving.set(found);
        }
        tablet.trouble.set(None);
        tablet.work.set(Some(Work::Preparing(1, 1)));
        spawn_local(async move {
            match prepare::prepare_one(tablet, patient).await {
                Ok(device) => tablet.giving.set(Some(device)),
                Err(trouble) => tablet.trouble.set(Some(trouble)),
            }
            tablet.work.set(None);
        });
    });
}

#[component]
fn Lines() -> impl IntoView {
    let tablet = Tablet::find();
    let locale = tablet.desk.locale;
    let prepare = move |_| {
        if tablet.work.get_untracked().is_some() {
            return;
        }
        tablet.trouble.set(None);
        tablet.work.set(Some(Work::Preparing(0, 0)));
        spawn_local(async move {
            let prepared = prepare::prepare_due(tablet).await;
            tablet.trouble.set(prepared.err());
            tablet.work.set(None);
        });
    };
    let can_prepare = move || tablet.desk.staff().is_some();
    let waits = Memo::new(move |_| tablet.lines().with(|lines| waiting(lines)));
    let has_lines = Memo::new(move |_| tablet.lines().with(|lines| !lines.is_empty()));
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
            <p class="actions">
                {move || can_prepare().then(|| view! {
                    <Button look=Look::Secondary on_press=prepare>{move || text::prepare(locale.get())}</Button>
                })}
                <Button look=Look::Quiet on_press=move |_| tablet.close()>{move || text::close(locale.get())}</Button>
            </p>
        </div>
        <div role="status">{move || state_words(locale.get(), tablet.work.get(), waits.get())}</div>
        <WardTroubles tablet />
        <Show when=move || !has_lines.get()>
            <p class="empty">
                {move || if can_prepare() { text::empty(locale.get()) } else { text::empty_offline(locale.get()) }}
            </p>
        </Show>
        <Show when=move || has_lines.get()><LineTable tablet /></Show>
    }
}

/// What the tablet is doing, else what waits on it.
fn state_words(locale: Locale, work: Option<Work>, waits: Waiting) -> AnyView {
    let (tone, words) = match (work, waits) {
        (Some(Work::Preparing(_, 0)), _) => (Tone::Plain, text::preparing_apps(locale).to_owned()),
        (Some(Work::Preparing(n, of)), _) => (Tone::Plain, text::preparing(locale, n, of)),
        (Some(Work::Sending | Work::Giving), Waiting { n_patients: 1.., .. }) => {
            (Tone::Plain, text::sending(locale).to_owned())
        }
        (_, Waiting { n_questionnaires, n_patients: n_patients @ 1.., since }) => {
            let patients = text::n_patients(locale, n_patients);
            (Tone::Warn, text::waiting(locale, n_questionnaires, patients, since_words(locale, since)))
        }
        (_, Waiting { n_patients: 0, .. }) => (Tone::Good, text::nothing_waits(locale).to_owned()),
    };
    view! { <Notice tone>{words}</Notice> }.into_any()
}

fn since_words(locale: Locale, since: Option<Timestamp>) -> String {
    let Some(since) = since.map(session::civil) else { return String::new() };
    let time = clock_time(locale, since.time());
    if since.date() == session::today() { time } else { text::moment(locale, long_date(locale, since.date()), time) }
}

#[component]
fn LineTable(tablet: Tablet) -> impl IntoView {
    let locale = tablet.desk.locale;
    view! {
        <TableRoom label=Signal::derive(move || text::title(locale.get()).to_owned())>
            <table class="table stacked" role="table" aria-label=move || text::title(locale.get())>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{move || text::patient(locale.get())}</th>
                        <th scope="col" role="columnheader">{move || text::progress(locale.get())}</th>
                        <th scope="col" role="columnheader">{move || text::prepared(locale.get())}</th>
                        <th scope="col" role="columnheader">
                            <span class="visually-hidden">{move || text::actions(locale.get())}</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    // A row is one patient's for good: what goes while a nurse taps gives its button to nobody else.
                    <For each=move || tablet.lines().get() key=Line::shown children=move |line| view! { <Row tablet line /> }/>
                </tbody>
            </table>
        </TableRoom>
    }
}

fn progress_words(locale: Locale, line: &Line) -> String {
    match line.progress() {
        _ if line.secrets.is_none() => text::stale(locale).to_owned(),
        Progress::Begun => text::begun(locale).to_owned(),
        Progress::Waiting => text::waits(locale, line.outbox.n_questionnaires),
        Progress::SetAside => text::set_aside(locale).to_owned(),
        Progress::Ready => text::ready(locale).to_owned(),
    }
}

#[component]
fn Row(tablet: Tablet, line: Line) -> impl IntoView {
    let locale = tablet.desk.locale;
    let (number, name) = line
        .secrets
        .as_ref()
        .map(|secrets| (secrets.patient.registry_number.clone(), secrets.patient.name.clone()))
        .unwrap_or_default();
    let (device, prepared_at) = (line.prepared.device, line.prepared.at);
    let resumed = line.progress() == Progress::Begun;
    let look = if resumed { Look::Primary } else { Look::Secondary };
    let label = number.clone();
    let give = line.secrets.is_some().then(|| {
        let words = move || if resumed { text::resume(locale.get()) } else { text::give(locale.get()) };
        view! {
            <Button look on_press=move |_| tablet.giving.set(Some(device))>
                {words}<span class="visually-hidden">" "{label}</span>
            </Button>
        }
    });
    view! {
        <tr role="row">
            <td role="cell" class="cell-main"><span class="strong">{number}</span>" "<span class="quiet">{name}</span></td>
            <td role="cell" data-label=move || text::progress(locale.get())>{move || progress_words(locale.get(), &line)}</td>
            <td role="cell" data-label=move || text::prepared(locale.get())>
                {move || since_words(locale.get(), Some(prepared_at))}
            </td>
            <td role="cell" class="cell-action">{give}</td>
        </tr>
    }
}

//! Reminders in a patient's file: whether messages leave and why not, what left, stopping and resuming, the calendar.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{ReminderChoice, ReminderLine, ReminderOutcome, RemindersReply, RemindersRequest, RemindersStanding},
    id::PatientId,
};

use crate::{
    i18n::{Locale, text::nurse::reminders as text},
    session,
    staff::{Desk, Fetch, Trouble, date_time},
    ui::{Button, Look, Notice, TableRoom, Tone},
};

/// The section.
#[component]
pub(super) fn Reminders(
    /// Whose.
    patient: PatientId,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let fetch = Fetch::<RemindersReply>::new(Signal::stored(format!("/api/patients/{patient}/reminders")));
    let trouble = RwSignal::new(None::<Trouble>);
    view! {
        <section class="panel" aria-labelledby="reminders">
            <h2 id="reminders">{move || text::title(locale.get())}</h2>
            <div role="alert">
                {move || trouble.get().map(|trouble| {
                    view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
                })}
            </div>
            {fetch.view(move |reply| view! { <Content patient reply fetch trouble /> })}
        </section>
    }
}

const fn standing_words(locale: Locale, standing: RemindersStanding) -> &'static str {
    match standing {
        RemindersStanding::On => text::on(locale),
        RemindersStanding::Died => text::died(locale),
        RemindersStanding::Withdrew => text::withdrew(locale),
        RemindersStanding::Lost => text::lost(locale),
        RemindersStanding::WithdrewFromReminders => text::withdrew_from_reminders(locale),
        RemindersStanding::Stopped => text::stopped(locale),
        RemindersStanding::NoAddress => text::no_address(locale),
        RemindersStanding::NoDevice => text::no_device(locale),
        RemindersStanding::Off => text::off(locale),
    }
}

const fn outcome_words(locale: Locale, outcome: ReminderOutcome) -> &'static str {
    match outcome {
        ReminderOutcome::Claimed => text::outcome::claimed(locale),
        ReminderOutcome::Sent => text::outcome::sent(locale),
        ReminderOutcome::Failed => text::outcome::failed(locale),
        ReminderOutcome::Unknown => text::outcome::unknown(locale),
        ReminderOutcome::GivenUp => text::outcome::given_up(locale),
        ReminderOutcome::Void => text::outcome::void(locale),
    }
}

#[component]
fn Content(
    patient: PatientId,
    reply: RemindersReply,
    fetch: Fetch<RemindersReply>,
    trouble: RwSignal<Option<Trouble>>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let RemindersReply { standing, reminders, choices } = reply;
    let ended = matches!(standing, RemindersStanding::Died | RemindersStanding::Withdrew | RemindersStanding::Lost);
    let wanted = choices.first().is_none_or(|choice| choice.wanted);
    let turn = move |_| {
        let request = RemindersRequest { wanted: !wanted };
        spawn_local(async move {
            let reply = desk.post::<RemindersReply>(&format!("/api/patients/{patient}/reminders"), &request).await;
            let _ = trouble.try_set(reply.err());
            fetch.again();
        });
    };
    let button = move || {
        view! {
            <Button look=Look::Secondary on_press=turn>
                {move || if wanted { text::stop(locale.get()) } else { text::resume(locale.get()) }}
            </Button>
        }
    };
    let calendar = format!("/api/patients/{patient}/calendar.ics");
    let none = reminders.is_empty();
    view! {
        <p>{move || standing_words(locale.get(), standing)}</p>
        {(!none).then(|| view! { <Left reminders /> })}
        {none.then(|| view! { <p class="quiet">{move || text::none(locale.get())}</p> })}
        <Choices choices />
        <p class="actions">
            {(!ended && standing != RemindersStanding::WithdrewFromReminders).then(button)}
            {(!ended).then(|| view! { <a href=calendar download="ressenti.ics">{move || text::calendar(locale.get())}</a> })}
        </p>
    }
}

/// What left or may have left.
#[component]
fn Left(reminders: Vec<ReminderLine>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = StoredValue::new(desk.known_names());
    let today = session::today();
    let rows = reminders.into_iter().map(move |line| {
        let ReminderLine { assessment, rule, at, outcome, .. } = line;
        let rule = move || names.with_value(|names| names.as_ref().map(|names| names.reminder(&rule, locale.get())));
        view! {
            <tr>
                <th scope="row">{move || date_time(locale.get(), at, today)}</th>
                <td>{assessment.timepoint.to_string()}</td>
                <td>{rule}</td>
                <td>{move || outcome_words(locale.get(), outcome)}</td>
            </tr>
        }
    });
    view! {
        <TableRoom label=Signal::derive(move || text::title(locale.get()).to_owned())>
            <table class="table" aria-labelledby="reminders">
                <thead>
                    <tr>
                        <th scope="col">{move || text::when(locale.get())}</th>
                        <th scope="col">{move || text::timepoint(locale.get())}</th>
                        <th scope="col">{move || text::rule(locale.get())}</th>
                        <th scope="col">{move || text::result(locale.get())}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </TableRoom>
    }
}

/// Who stopped and resumed.
#[component]
fn Choices(choices: Vec<ReminderChoice>) -> impl IntoView {
    let locale = Desk::find().locale;
    let today = session::today();
    let line = move |choice: ReminderChoice| {
        let words = move || {
            let (locale, by) = (locale.get(), choice.entered_by.clone());
            let when = date_time(locale, choice.entered_at, today);
            match (choice.wanted, by) {
                (false, None) => text::stopped_by_patient(locale, when),
                (true, None) => text::resumed_by_patient(locale, when),
                (false, Some(name)) => text::stopped_by(locale, name, when),
                (true, Some(name)) => text::resumed_by(locale, name, when),
            }
        };
        view! { <li>{words}</li> }
    };
    (!choices.is_empty()).then(|| view! { <ul class="quiet small">{choices.into_iter().map(line).collect_view()}</ul> })
}

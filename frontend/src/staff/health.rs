//! The state of the service: whether the reminders that should have left did, day by day.

use leptos::prelude::*;
use shared::api::{ReminderDay, RemindersHealthReply};

use super::{Desk, Fetch, date_time, thousands};
use crate::{
    i18n::{Locale, long_date, text::staff::health as text},
    session,
    ui::{Heading, Notice, Tone},
};

/// Reminders are looked through every few minutes; if nobody did for so long, something stands still.
const STANDS_STILL: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);

/// The page.
#[component]
pub(crate) fn HealthPage() -> impl IntoView {
    let locale = Desk::find().locale;
    let fetch = Fetch::<RemindersHealthReply>::new(Signal::stored("/api/reminders/health".to_owned()));
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        </div>
        {fetch.view(move |reply| view! { <Reminders reply /> })}
    }
}

/// What is to be said first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    /// No message leaves this server.
    Off,
    /// Nobody has looked for a while.
    StandsStill,
    /// On so many days and rules, what left is not what should have left.
    Differs(usize),
    /// Everything left that should have.
    Agrees,
    /// Nothing was expected.
    Nothing,
}

fn verdict(reply: &RemindersHealthReply, now: jiff::Timestamp) -> Verdict {
    let n_red = reply.days.iter().filter(|day| !day.agrees()).count();
    let looked = reply.looked_at.is_some_and(|at| now.duration_since(at) < STANDS_STILL);
    match (reply.on, looked, n_red) {
        (false, ..) => Verdict::Off,
        (true, false, _) => Verdict::StandsStill,
        (true, true, 0) if reply.days.is_empty() => Verdict::Nothing,
        (true, true, 0) => Verdict::Agrees,
        (true, true, n) => Verdict::Differs(n),
    }
}

#[component]
fn Reminders(reply: RemindersHealthReply) -> impl IntoView {
    let locale = Desk::find().locale;
    let verdict = verdict(&reply, session::now());
    let tone = match verdict {
        Verdict::Off => Tone::Warn,
        Verdict::StandsStill | Verdict::Differs(_) => Tone::Bad,
        Verdict::Agrees => Tone::Good,
        Verdict::Nothing => Tone::Plain,
    };
    let words = move || match verdict {
        Verdict::Off => text::off(locale.get()).to_owned(),
        Verdict::StandsStill => text::stands_still(locale.get()).to_owned(),
        Verdict::Differs(n) => text::differs(locale.get(), n),
        Verdict::Agrees => text::agrees(locale.get()).to_owned(),
        Verdict::Nothing => text::nothing(locale.get()).to_owned(),
    };
    let today = reply.today;
    let looked = move || {
        reply.looked_at.map_or_else(
            || text::never_looked(locale.get()).to_owned(),
            |at| text::looked(locale.get(), date_time(locale.get(), at, today)),
        )
    };
    let none = reply.days.is_empty();
    let rows = reply.days.into_iter().map(|day| view! { <Line day on=reply.on /> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="reminders">
            <h2 id="reminders">{move || text::reminders(locale.get())}</h2>
            <Notice tone><p>{words}</p></Notice>
            <p class="quiet">{looked}</p>
            {if none {
                view! { <p class="empty">{move || text::empty(locale.get())}</p> }.into_any()
            } else {
                view! { <Table rows=rows.into_any() /> }.into_any()
            }}
            <p class="quiet small">{move || text::help(locale.get())}</p>
        </section>
    }
}

#[component]
fn Table(rows: AnyView) -> impl IntoView {
    let locale = Desk::find().locale;
    let head = move |class: &'static str, words: fn(Locale) -> &'static str| {
        view! { <th scope="col" role="columnheader" class=class>{move || words(locale.get())}</th> }
    };
    let number = move |words| head("number", words);
    view! {
        <table class="table stacked" role="table" aria-labelledby="reminders">
            <thead role="rowgroup">
                <tr role="row">
                    {head("", text::day)}{head("", text::state)}{head("", text::rule)}
                    {number(text::expected)}{number(text::sent)}{number(text::failed)}{number(text::void)}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

/// A number of messages, and how it is told.
type Counted = (u32, fn(Locale, usize) -> String);

/// What is wrong with a day, in words; what did not leave because nothing leaves is not a fault of that day.
fn faults(locale: Locale, day: &ReminderDay, on: bool) -> Vec<String> {
    let told: [Counted; 4] = [
        (day.missing, if on { text::missing } else { text::would_leave }),
        (day.given_up, text::given_up),
        (day.unknown, text::unknown),
        (day.unexpected, text::unexpected),
    ];
    let told = told.into_iter().filter(|(n, _)| *n > 0);
    told.map(|(n, words)| words(locale, usize::try_from(n).unwrap_or(usize::MAX))).collect()
}

#[component]
fn Line(day: ReminderDay, on: bool) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = StoredValue::new(desk.known_names());
    let number = move |words: fn(Locale) -> &'static str, n: u32| {
        view! {
            <td role="cell" class="number" data-label=move || words(locale.get())>
                {move || thousands(locale.get(), n.into())}
            </td>
        }
    };
    let (date, rule) = (day.on, day.rule.clone());
    let rule = move || names.with_value(|names| names.as_ref().map(|names| names.reminder(&rule, locale.get())));
    let (expected, sent, failed, void) = (day.expected, day.sent, day.failed, day.void);
    let (class, shape) = match (on, day.agrees()) {
        (true, false) => ("chip chip-bad", "M4 4l8 8M12 4l-8 8"),
        (true, true) => ("chip chip-good", "M3 8.5l3.5 3.5L13 4.5"),
        (false, _) => ("chip chip-off", "M3 8h10"),
    };
    let state = move || {
        let faults = faults(locale.get(), &day, on);
        if faults.is_empty() { text::as_expected(locale.get()).to_owned() } else { faults.join(" · ") }
    };
    view! {
        <tr role="row">
            <td role="cell" class="cell-main"><span class="strong">{move || long_date(locale.get(), date)}</span></td>
            <td role="cell" data-label=move || text::state(locale.get())>
                <span class=class>
                    <svg class="chip-shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                        <path d=shape />
                    </svg>
                    {state}
                </span>
            </td>
            <td role="cell" data-label=move || text::rule(locale.get())>{rule}</td>
            {number(text::expected, expected)}
            {number(text::sent, sent)}
            {number(text::failed, failed)}
            {number(text::void, void)}
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(sent: u32, missing: u32) -> ReminderDay {
        ReminderDay {
            on: "2026-03-06".parse().unwrap(),
            rule: "due".parse().unwrap(),
            expected: sent + missing,
            sent,
            failed: 0,
            given_up: 0,
            unknown: 0,
            void: 0,
            missing,
            unexpected: 0,
        }
    }

    #[test]
    fn what_is_said_first_is_what_matters_most() {
        let now: jiff::Timestamp = "2026-03-06T10:00:00Z".parse().unwrap();
        let check = |on, looked_at: Option<&str>, days: Vec<ReminderDay>, expected| {
            let looked_at = looked_at.map(|at| at.parse().unwrap());
            let reply = RemindersHealthReply { on, looked_at, today: "2026-03-06".parse().unwrap(), days };
            assert_eq!(verdict(&reply, now), expected);
        };
        let lately = Some("2026-03-06T09:55:00Z");
        check(false, None, vec![day(0, 3)], Verdict::Off);
        check(true, None, vec![], Verdict::StandsStill);
        check(true, Some("2026-03-06T09:20:00Z"), vec![day(3, 0)], Verdict::StandsStill);
        check(true, lately, vec![day(3, 0), day(2, 1)], Verdict::Differs(1));
        check(true, lately, vec![day(3, 0)], Verdict::Agrees);
        check(true, lately, vec![], Verdict::Nothing);
    }
}

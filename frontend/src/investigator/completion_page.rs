//! The completion table's page.

use leptos::prelude::*;
use shared::{
    api::{CompletionReply, CompletionRow, ReasonCount},
    id::{InstrumentKey, TimepointKey},
};

use super::completion::{CompletionFilter, TimepointRows, Totals, group, instruments, total};
use crate::{
    i18n::{Locale, decimal, long_date, text::investigator::completion as text},
    staff::{Desk, Fetch, reason_name, thousands},
    ui::{Heading, Select, TableRoom},
};

/// The page.
#[component]
pub(crate) fn CompletionPage() -> impl IntoView {
    let locale = Desk::find().locale;
    let instrument = RwSignal::new(String::new());
    let with_empty = RwSignal::new(false);
    let fetch = Fetch::<CompletionReply>::new(Signal::stored("/api/completion".to_owned()));
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        </div>
        {fetch.view(move |reply| view! { <Table reply instrument with_empty /> })}
    }
}

#[component]
fn Table(reply: CompletionReply, instrument: RwSignal<String>, with_empty: RwSignal<bool>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = StoredValue::new(desk.known_names());
    let title = move |key: &InstrumentKey| {
        names.with_value(|names| names.as_ref().map_or_else(|| key.to_string(), |names| names.instrument(key)))
    };
    let as_of = reply.as_of;
    let reply = StoredValue::new(reply);
    let options = Signal::derive(move || {
        let keys = reply.with_value(instruments);
        keys.iter().map(|key| (key.to_string(), title(key))).collect::<Vec<_>>()
    });
    let shown = Memo::new(move |_| {
        let filter =
            CompletionFilter { instrument: instrument.with(|key| key.parse().ok()), with_empty: with_empty.get() };
        reply.with_value(|reply| group(reply, &filter))
    });
    let bodies = move || {
        shown
            .get()
            .into_iter()
            .map(|rows| view! { <TimepointBody rows title=Callback::new(move |key| title(&key)) /> })
            .collect_view()
    };
    view! {
        <p class="lead">{move || text::as_of(locale.get(), long_date(locale.get(), as_of))}</p>
        <div class="filter">
            <Select id="instrument" value=instrument options
                label=Signal::derive(move || text::instrument(locale.get()).to_owned())
                empty=Signal::derive(move || text::all_instruments(locale.get()).to_owned()) />
            <label class="check">
                <input type="checkbox" prop:checked=with_empty
                    on:change:target=move |change| with_empty.set(change.target().checked()) />
                {move || text::with_empty(locale.get())}
            </label>
        </div>
        <Show
            when=move || shown.with(|shown| !shown.is_empty())
            fallback=move || view! { <p class="empty">{move || text::empty(locale.get())}</p> }
        >
            <TableRoom label=Signal::derive(move || text::title(locale.get()).to_owned())>
                <table class="table completion">
                    <caption>{move || text::caption(locale.get())}</caption>
                    <Heads />
                    {bodies}
                    <tfoot>
                        <tr>
                            <th scope="row" colspan="2">{move || text::total(locale.get())}</th>
                            {move || figures(locale.get(), shown.with(|shown| total(shown)))}
                        </tr>
                    </tfoot>
                </table>
            </TableRoom>
            <p class="quiet small">{move || text::help(locale.get())}</p>
        </Show>
        {move || {
            let reasons = reply.with_value(|reply| reply.reasons.clone());
            (!reasons.is_empty()).then(|| view! { <Reasons reasons /> })
        }}
    }
}

/// Why answers are missing.
#[component]
fn Reasons(reasons: Vec<ReasonCount>) -> impl IntoView {
    let locale = Desk::find().locale;
    let row = |count: ReasonCount| {
        let reason = move || {
            count.reason.map_or_else(|| text::no_reason(locale.get()), |reason| reason_name(locale.get(), reason))
        };
        let n =
            move || count.n.map_or_else(|| text::few(locale.get()).to_owned(), |n| thousands(locale.get(), n.into()));
        view! { <tr><th scope="row">{reason}</th><td class="number">{n}</td></tr> }
    };
    view! {
        <section class="panel" aria-labelledby="reasons">
            <h2 id="reasons">{move || text::reasons(locale.get())}</h2>
            <p class="quiet small">{move || text::reasons_lead(locale.get())}</p>
            <table class="table compact" aria-labelledby="reasons">
                <thead>
                    <tr>
                        <th scope="col">{move || text::reason(locale.get())}</th>
                        <th scope="col" class="number">{move || text::n_assessments(locale.get())}</th>
                    </tr>
                </thead>
                <tbody>{reasons.into_iter().map(row).collect_view()}</tbody>
            </table>
        </section>
    }
}

#[component]
fn Heads() -> impl IntoView {
    let locale = Desk::find().locale;
    let head = move |words: fn(Locale) -> &'static str| {
        view! { <th scope="col" class="number">{move || words(locale.get())}</th> }
    };
    view! {
        <thead>
            <tr>
                <th scope="col">{move || text::timepoint(locale.get())}</th>
                <th scope="col">{move || text::instrument(locale.get())}</th>
                {head(text::expected)}
                {head(text::on_time)}
                {head(text::late)}
                {head(text::partial)}
                {head(text::missed)}
                <th scope="col">{move || text::rate(locale.get())}</th>
            </tr>
        </thead>
    }
}

#[component]
fn TimepointBody(rows: TimepointRows, title: Callback<InstrumentKey, String>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let TimepointRows { timepoint, rows } = rows;
    let n_rows = rows.len().to_string();
    let short = timepoint.to_string();
    let name = move |timepoint: &TimepointKey| names.as_ref().map(|names| names.timepoint(timepoint, locale.get()));
    let mut head = Some(view! {
        <th scope="rowgroup" rowspan=n_rows class="completion-timepoint">
            <span class="strong">{short}</span>" "<span class="quiet">{move || name(&timepoint)}</span>
        </th>
    });
    let line = |row: CompletionRow| {
        let totals = Totals::from(&row);
        view! {
            <tr>
                {head.take()}
                <th scope="row">{title.run(row.instrument)}</th>
                {move || figures(locale.get(), totals)}
            </tr>
        }
    };
    let lines = rows.into_iter().map(line).collect_view();
    view! { <tbody>{lines}</tbody> }
}

/// The six figures of a row, the rate as a number and as a bar.
fn figures(locale: Locale, totals: Totals) -> impl IntoView {
    let count = |n: u32| view! { <td class="number">{thousands(locale, u64::from(n))}</td> };
    let rate = totals.rate();
    let words =
        rate.map_or_else(|| text::no_rate(locale).to_owned(), |rate| text::percent(locale, decimal(locale, rate, 0)));
    let bar = rate.map(|rate| {
        view! {
            <svg class="rate-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <rect class="rate-all" width="100" height="8" />
                <rect class="rate-part" width=format!("{rate:.1}") height="8" />
            </svg>
        }
    });
    view! {
        {count(totals.expected)}
        {count(totals.on_time)}
        {count(totals.late)}
        {count(totals.partial)}
        {count(totals.missed)}
        <td><span class="rate"><span class="rate-words">{words}</span>{bar}</span></td>
    }
}

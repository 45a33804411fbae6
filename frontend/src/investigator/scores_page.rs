//! One scale over the timepoints: chart, the same figures as a table, and both as files.

use leptos::prelude::*;
use shared::{
    api::{InstrumentOutline, TrajectoryReply},
    id::ScaleCode,
};

use super::{
    chart::{Chart, ChartMark},
    trajectory::{Panel, charts, csv, direction, source},
};
use crate::{
    i18n::{Locale, text::investigator::scores as text},
    staff::{Desk, Fetch, Names, file_link, query},
    ui::{Heading, Select, TableRoom},
};

/// The page.
#[component]
pub(crate) fn ScoresPage() -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let scaled: Vec<InstrumentOutline> = names
        .as_ref()
        .map(|names| names.instruments().iter().filter(|one| !one.scales.is_empty()).cloned().collect())
        .unwrap_or_default();
    let none = scaled.is_empty();
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        </div>
        {if none {
            view! { <p class="empty">{move || text::no_scales(locale.get())}</p> }.into_any()
        } else {
            view! { <Chosen scaled /> }.into_any()
        }}
    }
}

/// The two choices and what they show.
#[component]
fn Chosen(scaled: Vec<InstrumentOutline>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let first = |outline: Option<&InstrumentOutline>| {
        outline.and_then(|one| one.scales.first()).map(|scale| scale.code.to_string()).unwrap_or_default()
    };
    let instrument = RwSignal::new(scaled.first().map(|one| one.instrument.key.to_string()).unwrap_or_default());
    let scale = RwSignal::new(first(scaled.first()));
    let scaled = StoredValue::new(scaled);
    let outline = move || {
        let chosen = instrument.get();
        scaled.with_value(|scaled| scaled.iter().find(|one| one.instrument.key.as_str() == chosen).cloned())
    };
    // another instrument has other scales
    let path = Memo::new(move |_| {
        let outline = outline();
        let has = |one: &InstrumentOutline, code: &str| one.scales.iter().any(|scale| scale.code.as_str() == code);
        let code = scale.get();
        let code = if outline.as_ref().is_some_and(|one| has(one, &code)) { code } else { first(outline.as_ref()) };
        (code.clone(), query("/api/trajectory", &[("instrument", &instrument.get()), ("scale", &code)]))
    });
    Effect::new(move || {
        let (code, _) = path.get();
        if scale.get_untracked() != code {
            scale.set(code);
        }
    });
    let fetch = Fetch::<TrajectoryReply>::new(Signal::derive(move || path.get().1));
    let instruments = Signal::derive(move || {
        let option = |one: &InstrumentOutline| (one.instrument.key.to_string(), one.title.clone());
        scaled.with_value(|scaled| scaled.iter().map(option).collect::<Vec<_>>())
    });
    let names = StoredValue::new(desk.known_names());
    let scales = Signal::derive(move || {
        let Some(outline) = outline() else { return Vec::new() };
        let name = |code: &ScaleCode| {
            names.with_value(|names| names.as_ref().map(|names| names.scale(&outline.instrument, code, locale.get())))
        };
        outline.scales.iter().map(|one| (one.code.to_string(), name(&one.code).unwrap_or_default())).collect()
    });
    view! {
        <div class="filter">
            <Select id="instrument" value=instrument options=instruments
                label=Signal::derive(move || text::instrument(locale.get()).to_owned()) />
            <Select id="scale" value=scale options=scales
                label=Signal::derive(move || text::scale(locale.get()).to_owned()) />
        </div>
        {fetch.view(move |reply| {
            let reply = StoredValue::new(reply);
            move || names.with_value(|names| {
                names.as_ref().map(|names| reply.with_value(|reply| trajectory(locale.get(), names, reply)).into_any())
            })
        })}
    }
}

/// Everything of one reply in one language.
fn trajectory(locale: Locale, names: &Names, reply: &TrajectoryReply) -> impl IntoView + use<> {
    let instrument = names.instrument(&reply.instrument.key);
    let scale = names.scale(&reply.instrument, &reply.scale, locale);
    let charts = charts(reply, names.study(), &instrument, &scale, locale);
    let empty = charts.is_empty().then(|| view! { <p class="empty">{text::empty(locale)}</p> });
    let has_gap =
        charts.iter().any(|(_, chart)| chart.points.iter().any(|point| !matches!(point.mark, ChartMark::Mean { .. })));
    let file = format!("{}-{}", reply.instrument.key, reply.scale);
    let figures = file_link("text/csv", &csv(reply));
    let download = (!charts.is_empty()).then(|| {
        view! { <p><a href=figures download=format!("{file}.csv")>{text::csv(locale)}</a></p> }
    });
    let panels = charts.into_iter().map(|(panel, chart)| figure(locale, panel, &chart, &file)).collect_view();
    view! {
        <p class="lead"><strong>{direction(locale, reply.higher)}</strong>". "{source(reply, locale)}</p>
        {empty}
        {panels}
        {has_gap.then(|| view! { <p class="quiet small">{text::masked_why(locale)}</p> })}
        {download}
    }
}

/// One chart with its table and its file.
fn figure(locale: Locale, panel: Panel, chart: &Chart, file: &str) -> impl IntoView + use<> {
    let drawing = file_link("image/svg+xml", &chart.for_file());
    let title = panel.title(locale);
    let name = format!("{file}-{}.svg", panel.key());
    view! {
        <section class="panel">
            <figure class="figure">
                <figcaption><h2>{title}</h2><p class="quiet small">{text::axis_note(locale)}</p></figcaption>
                <div class="table-scroll" tabindex="0" role="group" aria-label=title inner_html=chart.for_page()></div>
            </figure>
            {table(locale, title, chart)}
            <p><a href=drawing download=name>{text::svg(locale)}</a></p>
        </section>
    }
}

/// The same figures as a table.
fn table(locale: Locale, title: &str, chart: &Chart) -> impl IntoView + use<> {
    let caption = text::table_caption(locale, title);
    let write = chart.writer();
    let row = |point: &super::chart::ChartPoint| {
        let (n, mean, interval) = match point.mark {
            ChartMark::Mean { n, mean, interval: [low, high] } => {
                (n.to_string(), write(mean), text::interval_of(locale, write(high), write(low)))
            }
            ChartMark::Masked => (text::masked(locale).to_owned(), String::new(), String::new()),
            ChartMark::Absent => (text::absent(locale).to_owned(), String::new(), String::new()),
        };
        view! {
            <tr>
                <th scope="row">{point.key.clone()}</th>
                <td>{point.day.clone()}</td>
                <td class="number">{n}</td>
                <td class="number">{mean}</td>
                <td class="number">{interval}</td>
            </tr>
        }
    };
    let rows = chart.points.iter().map(row).collect_view();
    view! {
        <TableRoom label=caption.clone()>
            <table class="table compact">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text::timepoint(locale)}</th>
                        <th scope="col">{text::target(locale)}</th>
                        <th scope="col" class="number">{text::n(locale)}</th>
                        <th scope="col" class="number">{text::mean(locale)}</th>
                        <th scope="col" class="number">{text::interval(locale)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    }
}

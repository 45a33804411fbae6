//! Scores over time: one small drawing a scale with its direction and threshold in words, and a table twin.

use leptos::prelude::*;
use shared::{
    api::{InstrumentOutline, ReceivedQuestionnaire, ScaleOutline},
    id::AssessmentId,
    instrument::Direction,
    schedule::Assessment,
    scoring::ScaleScore,
    study::Flag,
};

use super::course::{Course, Mark};
use crate::{
    i18n::{
        Locale, decimal,
        text::nurse::{course as text, file as file_text},
    },
    nurse::look::say_threshold,
    staff::{Desk, Names},
    ui::TableRoom,
};

/// What was scored of one instrument, in the order of time.
#[derive(Clone)]
struct Scored {
    outline: InstrumentOutline,
    occasions: Vec<(AssessmentId, ReceivedQuestionnaire)>,
}

/// The section; nothing while nothing was scored.
#[component]
pub(super) fn Scores(
    /// What was received.
    received: Vec<ReceivedQuestionnaire>,
    /// The plan, whose windows say what came first.
    assessments: Vec<Assessment>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let scored = desk.known_names().map(|names| scored(&names, &received, &assessments)).unwrap_or_default();
    let none = scored.is_empty();
    let instruments = scored.into_iter().enumerate().map(|(nth, one)| view! { <Instrument one open=nth == 0 /> });
    let instruments = instruments.collect_view();
    view! {
        <section class="panel" aria-labelledby="scores">
            <h2 id="scores">{move || text::heading(locale.get())}</h2>
            {none.then(|| view! { <p class="empty">{move || text::none(locale.get())}</p> })}
            {instruments}
        </section>
    }
}

/// The instruments with scores, in the study's order; within one, by when the window was, whatever came in when.
fn scored(names: &Names, received: &[ReceivedQuestionnaire], assessments: &[Assessment]) -> Vec<Scored> {
    let place = |id: &AssessmentId| {
        let window = assessments.iter().find(|it| it.id == *id).and_then(|it| it.window);
        let in_study = names.study().timepoints.iter().position(|it| it.key == id.timepoint);
        (window.is_none(), window.map(|window| window.due_on), in_study, id.occurrence)
    };
    let of_instrument = |outline: &InstrumentOutline| {
        let is_scored = |it: &&ReceivedQuestionnaire| {
            it.instrument == outline.instrument && it.scores.as_ref().is_some_and(|scores| !scores.scales.is_empty())
        };
        let mut occasions: Vec<_> =
            received.iter().filter(is_scored).map(|it| (it.assessment.clone(), it.clone())).collect();
        occasions.sort_by_key(|(id, _)| place(id));
        (!occasions.is_empty()).then(|| Scored { outline: outline.clone(), occasions })
    };
    names.instruments().iter().filter_map(of_instrument).collect()
}

/// The marks of one scale.
fn marks(one: &Scored, scale: &ScaleOutline) -> Vec<Mark> {
    let mark = |(id, received): &(AssessmentId, ReceivedQuestionnaire)| {
        let value =
            received.scores.as_ref().and_then(|scores| scores.scales.get(&scale.code)).and_then(|it| match it {
                ScaleScore::Scored { value, .. } => Some(*value),
                ScaleScore::NotScored { .. } => None,
            });
        let again = if id.occurrence > 1 { format!(" ({})", id.occurrence) } else { String::new() };
        (format!("{}{again}", id.timepoint), value)
    };
    one.occasions.iter().map(mark).collect()
}

#[component]
fn Instrument(one: Scored, open: bool) -> impl IntoView {
    let locale = Desk::find().locale;
    let title = one.outline.title.clone();
    let n_occasions = one.occasions.len();
    let charts = one.outline.scales.iter().map(|scale| {
        view! { <Scale course=marks(&one, scale) scale=scale.clone() instrument=one.outline.clone() /> }
    });
    let charts = charts.collect_view();
    view! {
        <details class="received" open=open>
            <summary>
                <span class="strong">{title}</span>
                <span class="quiet">{move || text::n_occasions(locale.get(), n_occasions)}</span>
            </summary>
            <div class="courses">{charts}</div>
            <Twin one />
        </details>
    }
}

/// One scale: its name, its direction and its threshold in words, and the drawing.
#[component]
fn Scale(course: Vec<Mark>, scale: ScaleOutline, instrument: InstrumentOutline) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let flag: Option<Flag> = names.as_ref().and_then(|names| {
        let of_scale = |flag: &&Flag| flag.instrument == instrument.instrument && flag.scale == scale.code;
        names.study().flags.iter().find(of_scale).cloned()
    });
    let drawing = Course { range: scale.range, marks: course, limit: flag.as_ref().and_then(|flag| flag.when.limit()) };
    let drawing = drawing.draw();
    let (code, higher) = (scale.code.clone(), scale.higher);
    let threshold = {
        let names = names.clone();
        move || {
            let (names, flag) = (names.as_ref()?, flag.as_ref()?);
            Some(text::threshold(locale.get(), say_threshold(flag, names, locale.get())))
        }
    };
    let name = move || names.as_ref().map(|names| names.scale(&instrument.instrument, &code, locale.get()));
    view! {
        <figure class="course-figure">
            <figcaption>
                <span class="strong">{name}</span>
                <span class="quiet small">{move || direction(locale.get(), higher)}</span>
                <span class="quiet small">{threshold}</span>
            </figcaption>
            <div inner_html=drawing></div>
        </figure>
    }
}

const fn direction(locale: Locale, higher: Direction) -> &'static str {
    match higher {
        Direction::Better => text::better(locale),
        Direction::Worse => text::worse(locale),
        Direction::Neither => text::neither(locale),
    }
}

/// The same scores as a table: a row a scale, a column an occasion.
#[component]
fn Twin(one: Scored) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let title = one.outline.title.clone();
    let heads = one.outline.scales.first().map(|scale| marks(&one, scale)).unwrap_or_default();
    let heads = heads.into_iter().map(|(key, _)| view! { <th scope="col" class="number">{key}</th> }).collect_view();
    let rows = one.outline.scales.iter().map(|scale| {
        let decimals = if scale.range.iter().all(|end| end.abs() <= 2.0) { 3 } else { 1 };
        let (names, instrument, code) = (names.clone(), one.outline.instrument.clone(), scale.code.clone());
        let name = move || names.as_ref().map(|names| names.scale(&instrument, &code, locale.get()));
        let cells = marks(&one, scale).into_iter().map(|(_, value)| {
            let words = move || match value {
                Some(value) => decimal(locale.get(), value, decimals),
                None => file_text::not_scored(locale.get()).to_owned(),
            };
            view! { <td class="number">{words}</td> }
        });
        view! { <tr><th scope="row">{name}</th>{cells.collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    let label = Signal::derive(move || text::table(locale.get(), &title));
    view! {
        <TableRoom label>
            <table class="table scores" aria-label=label>
                <thead><tr><th scope="col">{move || file_text::scale(locale.get())}</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    }
}

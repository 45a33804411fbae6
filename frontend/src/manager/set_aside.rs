//! What the server could not accept, under pseudonyms: why, when, from where; never what it says.

use leptos::prelude::*;
use shared::api::{QuarantineLine, QuarantineRequest};

use super::listing::{Lines, Listing};
use crate::{
    i18n::{
        Locale,
        text::manager::{devices as device_text, set_aside as text},
    },
    session,
    staff::{Desk, date_time, set_aside_reason, thousands},
    ui::{Heading, Select},
};

/// The word of the choice that also shows what was looked at.
const EVERYTHING: &str = "all";

/// The page.
#[component]
pub(crate) fn SetAsidePage() -> impl IntoView {
    let locale = Desk::find().locale;
    let chosen = RwSignal::new(String::new());
    let listing = Listing::<QuarantineLine>::new("/api/quarantine", move || {
        Some(QuarantineRequest { looked_at: chosen.with(|chosen| chosen == EVERYTHING), after: None })
    });
    let options = Signal::derive(move || vec![(EVERYTHING.to_owned(), text::all(locale.get()).to_owned())]);
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        </div>
        <p class="quiet">{move || text::lead(locale.get())}</p>
        <div class="filter">
            <Select id="set-aside-which" value=chosen options
                label=Signal::derive(move || text::which(locale.get()).to_owned())
                empty=Signal::derive(move || text::open(locale.get()).to_owned()) />
        </div>
        <Lines listing name=text::title empty=text::empty
            heads=vec![text::when, text::why, text::occasion, text::looked_at, text::size, text::hash, device_text::device, device_text::patient]
            line=|line| view! { <Line line /> }.into_any() />
    }
}

fn looked(locale: Locale, line: &QuarantineLine) -> String {
    let at = |at| date_time(locale, at, session::today());
    line.looked_at.map_or_else(|| text::not_yet(locale).to_owned(), at)
}

#[component]
fn Line(line: QuarantineLine) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let (at, reason, n_bytes) = (line.received_at, line.reason, line.n_bytes);
    let occasion = line.assessment.clone();
    let occasion = move || {
        let name = |timepoint| names.as_ref().map(|names| names.timepoint(timepoint, locale.get()));
        occasion.as_ref().and_then(|it| name(&it.timepoint)).unwrap_or_default()
    };
    let (detail, hash) = (line.detail.clone(), line.hash.chars().take(16).collect::<String>());
    let (device, patient) = (line.device.to_string(), line.patient.to_string());
    view! {
        <tr>
            <td>{move || date_time(locale.get(), at, session::today())}</td>
            <td>
                {move || set_aside_reason(locale.get(), reason)}
                <span class="copy-moment code" lang="en">{detail}</span>
            </td>
            <td>{occasion}</td>
            <td>{move || looked(locale.get(), &line)}</td>
            <td class="number">{move || text::bytes(locale.get(), thousands(locale.get(), n_bytes))}</td>
            <td class="code small">{hash}</td>
            <td class="code small">{device}</td>
            <td class="code small">{patient}</td>
        </tr>
    }
}

//! Episodes that were corrected or removed, each with its reason: nothing of them is erased.

use leptos::prelude::*;
use shared::{api::EpisodeLine, schedule::Episode};

use super::in_words;
use crate::{
    i18n::{
        Locale,
        text::episodes::{self as all, former as text},
    },
    session,
    staff::{Desk, date_time},
    ui::TableRoom,
};

/// What was corrected or removed, the latest first; nothing while there is none.
#[component]
pub(super) fn Former(
    /// Every entry, in the order of entry.
    lines: Vec<EpisodeLine>,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let head = move |words: fn(Locale) -> &'static str| view! { <th scope="col">{move || words(locale.get())}</th> };
    let stood = |line: &EpisodeLine| {
        let replaced = lines.iter().find(|before| Some(before.entry.ordinal) == line.entry.replaces)?;
        Some((line.clone(), replaced.entry.episode.clone()))
    };
    let told: Vec<(EpisodeLine, Episode)> = lines.iter().rev().filter_map(stood).collect();
    (!told.is_empty()).then(|| {
        let rows = told.into_iter().map(|(line, stood)| view! { <Row line stood /> }).collect_view();
        view! {
            <details>
                <summary>{move || text::heading(locale.get())}</summary>
                <TableRoom label=Signal::derive(move || text::table(locale.get()).to_owned())>
                    <table class="table" aria-label=move || text::table(locale.get())>
                        <thead><tr>{head(text::what)}{head(text::reason)}{head(text::when)}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </TableRoom>
            </details>
        }
    })
}

#[component]
fn Row(line: EpisodeLine, stood: Episode) -> impl IntoView {
    let desk = Desk::find();
    let (locale, names) = (desk.locale, desk.known_names());
    let EpisodeLine { entry, reason, entered_by, entered_at } = line;
    let what = move || {
        let (names, locale) = (names.as_ref()?, locale.get());
        let stood = in_words(names, &stood, locale);
        Some(if entry.taken_back {
            text::removed(locale, stood)
        } else {
            text::became(locale, in_words(names, &entry.episode, locale), stood)
        })
    };
    let when = move || date_time(locale.get(), entered_at, session::today());
    view! {
        <tr>
            <th scope="row">{what}</th>
            <td class="words">{reason}</td>
            <td class="quiet">{move || all::entered_by(locale.get(), &entered_by, when())}</td>
        </tr>
    }
}

//! The care pathway of a patient: the episodes that stand, entering, correcting and removing one, what was corrected.

mod editor;
mod form;
mod former;

use leptos::prelude::*;
use shared::{
    api::{EpisodeLine, PatientReply},
    schedule::{EnteredEpisode, Episode, Episodes},
    study::MilestoneKind,
    time::Date,
};

use self::{
    editor::{Editor, EditorView},
    form::Known,
    former::Former,
};
use crate::{
    i18n::{Locale, long_date, text::episodes as text},
    session,
    staff::{Desk, Fetch, Names, date_time},
    ui::{Button, Look, Notice, TableRoom, Tone},
};

/// The pathway that runs on, in words; nothing while the names are not known.
pub(super) fn pathway_now(names: &Names, file: &PatientReply, locale: Locale) -> String {
    let standing = Episodes::standing(file.episodes.iter().map(|line| &line.entry));
    standing.last().map(|it| names.pathway(&it.pathway, locale)).unwrap_or_default()
}

/// An episode in a few words: what, where, since when.
fn in_words(names: &Names, episode: &Episode, locale: Locale) -> String {
    let (pathway, site) = (names.pathway(&episode.pathway, locale), names.site(&episode.site, locale));
    text::former::line(locale, long_date(locale, episode.from_on), pathway, site)
}

/// The panel. Give it the file, which is asked for again after a change, and a place that outlives the file's view to
/// say that something was saved.
#[component]
pub(super) fn EpisodesPanel(
    /// The file it is part of.
    file: PatientReply,
    /// Where it comes from.
    fetch: Fetch<PatientReply>,
    /// Something was saved a moment ago.
    saved: RwSignal<bool>,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let lines: Vec<EpisodeLine> = file.episodes.iter().rev().cloned().collect();
    let death = file
        .milestones
        .iter()
        .find(|it| it.kind == MilestoneKind::Death && !it.planned && !it.replaced && !it.taken_back);
    let known = Known {
        entered: lines.iter().map(|line| line.entry.clone()).collect(),
        died_by: death.map(|death| death.on.latest()),
    };
    let editor = Editor::new(file.patient.patient, known, fetch, saved);
    let is_empty = lines.is_empty();
    view! {
        <section class="panel" aria-labelledby="episodes">
            <div class="panel-head">
                <h2 id="episodes">{move || text::heading(locale.get())}</h2>
                <Button look=Look::Secondary on_press=move |_| editor.add()>{move || text::add(locale.get())}</Button>
            </div>
            <p class="lead">{move || text::lead(locale.get())}</p>
            <div role="status">
                {move || saved.get().then(|| {
                    view! { <Notice tone=Tone::Good>{move || text::saved(locale.get())}</Notice> }
                })}
            </div>
            <EditorView editor />
            {if is_empty {
                view! { <p class="empty">{move || text::none(locale.get())}</p> }.into_any()
            } else {
                view! { <Lines lines=lines.clone() editor /> }.into_any()
            }}
            <Former lines />
        </section>
    }
}

#[component]
fn Lines(lines: Vec<EpisodeLine>, editor: Editor) -> impl IntoView {
    let locale = Desk::find().locale;
    let head = move |words: fn(Locale) -> &'static str| view! { <th scope="col">{move || words(locale.get())}</th> };
    let standing = Episodes::standing(lines.iter().map(|line| &line.entry));
    let is_only = standing.iter().count() < 2;
    let row = |(entry, last): (&EnteredEpisode, Option<Date>)| {
        let line = lines.iter().find(|line| line.entry == *entry)?.clone();
        Some(view! { <Line line last is_only editor /> })
    };
    let rows = standing.iter().filter_map(row).collect_view();
    view! {
        <TableRoom label=Signal::derive(move || text::table(locale.get()).to_owned())>
            <table class="table" aria-label=move || text::table(locale.get())>
                <thead>
                    <tr>
                        {head(text::pathway)}{head(text::site)}{head(text::from)}{head(text::to)}{head(text::entered)}
                        <th scope="col"><span class="visually-hidden">{move || text::correct(locale.get())}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    }
}

#[component]
fn Line(line: EpisodeLine, last: Option<Date>, is_only: bool, editor: Editor) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = StoredValue::new(desk.known_names());
    let EpisodeLine { entry, entered_by, entered_at, .. } = line;
    let (from_on, entry) = (entry.episode.from_on, StoredValue::new(entry));
    let named = move |read: fn(&Names, &Episode, Locale) -> String| {
        let read = |names: &Names| entry.with_value(|entry| read(names, &entry.episode, locale.get()));
        names.with_value(|names| names.as_deref().map(read)).unwrap_or_default()
    };
    let pathway = move || named(|names, it, locale| names.pathway(&it.pathway, locale));
    let site = move || named(|names, it, locale| names.site(&it.site, locale));
    let from = move || long_date(locale.get(), from_on);
    let to = move || match last {
        Some(last) => view! { <span>{move || long_date(locale.get(), last)}</span> }.into_any(),
        None => view! { <span class="tag">{move || text::runs_on(locale.get())}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{pathway}</th>
            <td>{site}</td>
            <td>{from}</td>
            <td>{to}</td>
            <td class="quiet">
                {move || text::entered_by(locale.get(), &entered_by, date_time(locale.get(), entered_at, session::today()))}
            </td>
            <td class="row-actions">
                <Button look=Look::Quiet on_press=move |_| editor.correct(&entry.get_value())>
                    <span aria-hidden="true">{move || text::correct(locale.get())}</span>
                    <span class="visually-hidden">{move || text::correct_what(locale.get(), from(), pathway())}</span>
                </Button>
                {(!is_only).then(|| view! {
                    <Button look=Look::Quiet on_press=move |_| editor.take_back(entry.get_value())>
                        <span aria-hidden="true">{move || text::take_back(locale.get())}</span>
                        <span class="visually-hidden">{move || text::take_back_what(locale.get(), from(), pathway())}</span>
                    </Button>
                })}
            </td>
        </tr>
    }
}

//! The groups of the worklist as buttons with their counts, in the order of a nurse's morning.

use leptos::prelude::*;
use shared::api::WorklistGroup;

use super::{list::Worklist, page::Reader};
use crate::i18n::{Locale, text::nurse::worklist as text};

/// A set of groups with its name.
type GroupSet = (fn(Locale) -> &'static str, &'static [WorklistGroup]);

/// The sets in the order they are shown.
const SETS: [GroupSet; 3] = [
    (
        text::to_do,
        &[
            WorklistGroup::Due,
            WorklistGroup::Closing,
            WorklistGroup::Overdue,
            WorklistGroup::Silent,
            WorklistGroup::Unsent,
        ],
    ),
    (text::to_look, &[WorklistGroup::Flags, WorklistGroup::Conflict, WorklistGroup::Quarantine]),
    (text::arrivals, &[WorklistGroup::Received]),
];

/// A group in words: its name, what it holds, and what to say when it holds nothing.
pub(super) const fn group_name(locale: Locale, group: WorklistGroup) -> (&'static str, &'static str, &'static str) {
    match group {
        WorklistGroup::Due => (text::due(locale), text::due_lead(locale), text::empty_due(locale)),
        WorklistGroup::Closing => (text::closing(locale), text::closing_lead(locale), text::empty_closing(locale)),
        WorklistGroup::Overdue => (text::overdue(locale), text::overdue_lead(locale), text::empty_overdue(locale)),
        WorklistGroup::Silent => (text::silent(locale), text::silent_lead(locale), text::empty_silent(locale)),
        WorklistGroup::Unsent => (text::unsent(locale), text::unsent_lead(locale), text::empty_unsent(locale)),
        WorklistGroup::Received => (text::received(locale), text::received_lead(locale), text::empty_received(locale)),
        WorklistGroup::Flags => (text::flags(locale), text::flags_lead(locale), text::empty_flags(locale)),
        WorklistGroup::Quarantine => {
            (text::quarantine(locale), text::quarantine_lead(locale), text::empty_quarantine(locale))
        }
        WorklistGroup::Conflict => (text::conflict(locale), text::conflict_lead(locale), text::empty_conflict(locale)),
    }
}

/// The groups as buttons with their counts, and what the chosen one holds.
#[component]
pub(super) fn Groups(reader: Reader) -> impl IntoView {
    let locale = reader.desk.locale;
    let group = reader.group;
    // counts stay on screen while another group loads
    let counts = Memo::new(move |before: Option<&Option<Worklist>>| {
        reader.list.with(|list| list.value().map(Worklist::counts_only)).or_else(|| before.cloned().flatten())
    });
    let button = move |choice: WorklistGroup| {
        view! {
            <button
                type="button"
                class="group"
                aria-pressed=move || if group.get() == choice { "true" } else { "false" }
                on:click=move |_| group.set(choice)
            >
                <span>{move || group_name(locale.get(), choice).0}</span>
                <span class="group-count">{move || counts.with(|list| list.as_ref().map(|list| list.count(choice)))}</span>
            </button>
        }
    };
    let set = move |(name, groups): GroupSet| {
        view! {
            <div class="group-set" role="group" aria-label=move || name(locale.get())>
                <span class="group-set-name" aria-hidden="true">{move || name(locale.get())}</span>
                {groups.iter().copied().map(button).collect_view()}
            </div>
        }
    };
    view! {
        <div class="groups" role="group" aria-label=move || text::groups(locale.get())>
            {SETS.into_iter().map(set).collect_view()}
        </div>
        <p class="lead">{move || group_name(locale.get(), group.get()).1}</p>
    }
}

//! What there is to look at in a patient's file, and what was looked at, by whom.

use leptos::prelude::*;
use shared::api::{FindingLine, Look, PatientReply};

use crate::{
    i18n::text::nurse::look as text,
    nurse::look::{AskLook, FindingList, LookNote, LookPanel, Shown},
    session,
    staff::{Desk, date_time},
};

/// Findings of one occasion that share who looked at them.
type Group = (FindingLine, Vec<shared::api::Finding>);

fn grouped(lines: Vec<FindingLine>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in lines {
        let same = |(first, _): &&mut Group| first.assessment == line.assessment && first.looked == line.looked;
        match groups.iter_mut().find(same) {
            Some((_, found)) => found.push(line.finding),
            None => groups.push((line.clone(), vec![line.finding])),
        }
    }
    groups
}

/// The section.
#[component]
pub(super) fn Findings(
    /// The file.
    file: PatientReply,
    /// Where a look is noted.
    look: LookNote,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let number = file.patient.registry_number;
    let (seen, unseen): (Vec<_>, Vec<_>) =
        grouped(file.findings).into_iter().partition(|(line, _)| line.looked.is_some());
    let none = seen.is_empty() && unseen.is_empty();
    let n_seen = seen.iter().map(|(_, found)| found.len()).sum();
    let item = move |(line, found): Group| {
        let occasion = line.assessment.as_ref().map(|it| it.timepoint.to_string()).unwrap_or_default();
        let name = format!("{number}, {occasion}");
        let shown = Shown { patient: file.patient.patient, assessment: line.assessment, seen: found.clone(), name };
        let ask = line.looked.is_none().then(|| view! { <AskLook look shown /> });
        view! {
            <li class="finding">
                <span class="strong">{occasion}</span>
                <FindingList findings=found />
                <p class="quiet small">{move || by(line.looked.as_ref())}</p>
                {ask}
            </li>
        }
    };
    let by_occasion = |groups: Vec<Group>| groups.into_iter().map(item.clone()).collect_view();
    view! {
        <section class="panel" aria-labelledby="findings">
            <h2 id="findings">{move || text::heading(locale.get())}</h2>
            <LookPanel look />
            {if none {
                view! { <p class="empty">{move || text::none(locale.get())}</p> }.into_any()
            } else {
                view! { <p class="quiet small">{move || text::note_lead(locale.get())}</p> }.into_any()
            }}
            <ul class="finding-list">{by_occasion(unseen)}</ul>
            {(n_seen > 0).then(|| view! {
                <details>
                    <summary>{move || text::more(locale.get(), n_seen)}</summary>
                    <ul class="finding-list">{by_occasion(seen)}</ul>
                </details>
            })}
        </section>
    }
}

/// Who looked, when, and what there was to say.
fn by(looked: Option<&Look>) -> String {
    let locale = Desk::find().locale.get();
    match looked {
        None => text::unseen(locale).to_owned(),
        Some(look) => {
            let words = text::seen(locale, date_time(locale, look.at, session::today()), &look.by);
            if look.note.is_empty() { words } else { format!("{words} ({})", look.note) }
        }
    }
}

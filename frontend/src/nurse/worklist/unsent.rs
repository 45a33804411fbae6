//! A device that told of answers the hospital has not, or that lost some: in the list and in the file.

use leptos::prelude::*;
use shared::{
    api::{Unsent, WorklistLine},
    people::DeviceKind,
    time::{Date, Timestamp},
};

use crate::{
    i18n::{Locale, text::nurse::worklist as text},
    nurse::look::{AskLook, FindingList, LookNote, Shown},
    session,
    staff::{Desk, date_of, days_between},
};

/// The cells of a line that is about a device.
#[component]
pub(super) fn UnsentCells(line: WorklistLine, unsent: Unsent, look: LookNote) -> impl IntoView {
    let locale = Desk::find().locale;
    let today = session::today();
    let (kind, n, since, replaced) = (unsent.kind, unsent.n, unsent.since, unsent.replaced);
    let waits = move || (n > 0).then(|| waits(locale.get(), n, kind, since, today));
    let shown = Shown {
        patient: line.patient.patient,
        assessment: None,
        seen: line.findings.clone(),
        name: line.patient.registry_number,
    };
    let ask = (!line.findings.is_empty()).then(|| view! { <AskLook look shown /> });
    view! {
        <td role="cell" data-label=move || text::device(locale.get())>{move || place(locale.get(), kind)}</td>
        <td role="cell" data-label=move || text::found(locale.get())>
            <p class="finding-words">{waits}</p>
            {replaced.then(|| view! { <p class="finding-words quiet">{move || text::replaced(locale.get())}</p> })}
            <FindingList findings=line.findings />
            {ask}
        </td>
    }
}

const fn place(locale: Locale, kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Own => text::on_own(locale),
        DeviceKind::Ward => text::on_ward(locale),
        DeviceKind::Desk => text::on_desk(locale),
    }
}

/// "3 answers wait on the patient's phone, for 2 days".
pub(in crate::nurse) fn waits(
    locale: Locale,
    n: u32,
    kind: DeviceKind,
    since: Option<Timestamp>,
    today: Date,
) -> String {
    let n = usize::try_from(n).unwrap_or(usize::MAX);
    let days = since.map_or(0, |at| days_between(date_of(at), today));
    let since = match usize::try_from(days).unwrap_or_default() {
        0 => text::since_today(locale).to_owned(),
        days => text::since(locale, days),
    };
    text::waits(locale, n, place(locale, kind), since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_says_how_much_waits_and_since_when() {
        let today: Date = "2026-03-12".parse().unwrap();
        let check = |locale, n, at: &str, expected| {
            assert_eq!(waits(locale, n, DeviceKind::Own, Some(at.parse().unwrap()), today), expected);
        };
        check(Locale::En, 3, "2026-03-10T09:00:00Z", "3 answers wait on the patient’s phone, for 2 days");
        check(Locale::En, 1, "2026-03-12T09:00:00Z", "1 answer waits on the patient’s phone, since today");
        check(Locale::Fr, 2, "2026-03-11T09:00:00Z", "2 réponses attendent sur le téléphone du patient, depuis hier");
    }
}

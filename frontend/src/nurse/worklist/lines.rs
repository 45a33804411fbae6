//! The lines of the worklist's open group, as a table that becomes cards on a phone.

use leptos::prelude::*;
use shared::{
    api::{PatientLine, WorklistGroup, WorklistLine},
    id::AssessmentId,
    schedule::AssessmentState,
    time::Date,
};

use super::{
    groups::group_name,
    list::{key_of, mark_of},
    page::Reader,
    unsent::UnsentCells,
};
use crate::{
    i18n::{
        Locale, long_date,
        text::nurse::{filter as filter_text, patients, worklist as text},
    },
    nurse::{
        look::{AskLook, FindingList, LookNote, Shown},
        missing::{AskWhy, Gap, ReasonNote},
        state::StateChip,
    },
    session,
    staff::{Desk, Route, date_time, days_between, reason_name},
    ui::{Button, Link, Look},
    ward::GiveTablet,
};

/// The columns of a group, by what its lines are about.
const fn columns(group: WorklistGroup) -> &'static [fn(Locale) -> &'static str] {
    match group {
        WorklistGroup::Flags | WorklistGroup::Quarantine | WorklistGroup::Conflict => {
            &[text::patient, text::timepoint, text::found, text::arrived]
        }
        WorklistGroup::Unsent => &[text::patient, text::device, text::found],
        WorklistGroup::Due
        | WorklistGroup::Closing
        | WorklistGroup::Overdue
        | WorklistGroup::Silent
        | WorklistGroup::Received => {
            &[text::patient, text::timepoint, text::state, text::window, text::questionnaires, text::arrived]
        }
    }
}

/// The table of lines, or why there are none.
#[component]
pub(super) fn Lines(reader: Reader, note: ReasonNote, look: LookNote) -> impl IntoView {
    let locale = reader.desk.locale;
    let n_lines = Memo::new(move |_| reader.list.with(|list| list.value().map(|list| list.lines().len())));
    let has_more = Memo::new(move |_| reader.list.with(|list| list.value().is_some_and(|list| list.next().is_some())));
    let lines = move || {
        reader.list.with(|list| {
            let list = list.value()?;
            Some(list.lines().iter().map(|line| (line.clone(), list.is_fresh(line))).collect::<Vec<_>>())
        })
    };
    let empty = move || {
        let searched = reader.filter.search.with(|search| !search.is_empty());
        if searched { text::empty_search(locale.get()) } else { group_name(locale.get(), reader.group.get()).2 }
    };
    let key = |(line, fresh): &(WorklistLine, bool)| (key_of(line), mark_of(line), line.missing, *fresh);
    view! {
        <Show when=move || n_lines.get() == Some(0)><p class="empty">{empty}</p></Show>
        <Show when=move || n_lines.get().is_some_and(|n| n > 0)>
            <table class="table stacked" role="table" aria-label=move || group_name(locale.get(), reader.group.get()).0>
                <Head locale group=reader.group />
                <tbody role="rowgroup">
                    <For each=move || lines().unwrap_or_default() key let((line, fresh))>
                        <Line desk=reader.desk line fresh note look />
                    </For>
                </tbody>
            </table>
            <p class="quiet small">{move || filter_text::n_lines(locale.get(), n_lines.get().unwrap_or_default())}</p>
        </Show>
        <Show when=move || has_more.get()>
            <Button look=Look::Secondary on_press=move |_| reader.more()>
                {move || filter_text::more(locale.get())}
            </Button>
        </Show>
    }
}

#[component]
fn Head(locale: RwSignal<Locale>, group: RwSignal<WorklistGroup>) -> impl IntoView {
    let column = move |name: fn(Locale) -> &'static str| {
        view! { <th scope="col" role="columnheader">{move || name(locale.get())}</th> }
    };
    view! {
        <thead role="rowgroup">
            <tr role="row">{move || columns(group.get()).iter().copied().map(column).collect_view()}</tr>
        </thead>
    }
}

#[component]
fn Line(desk: Desk, line: WorklistLine, fresh: bool, note: ReasonNote, look: LookNote) -> impl IntoView {
    let locale = desk.locale;
    let today = session::today();
    let name = line.patient.name.clone();
    let has_name = !name.is_empty();
    let (patient, received_at) = (line.patient.patient, line.received_at);
    let number = line.patient.registry_number.clone();
    let arrived = move || {
        view! {
            <td role="cell" data-label=move || text::arrived(locale.get())>
                {move || received_at.map_or_else(
                    || text::nothing_received(locale.get()).to_owned(),
                    |at| date_time(locale.get(), at, today),
                )}
            </td>
        }
    };
    let body = match (line.unsent.clone(), line.findings.is_empty()) {
        (Some(unsent), _) => view! { <UnsentCells line unsent look /> }.into_any(),
        (None, true) => {
            let assessment = line.assessment.clone();
            view! { <Occasion desk assessment /><Schedule line note />{arrived()} }.into_any()
        }
        (None, false) => {
            let assessment = line.assessment.clone();
            view! { <Occasion desk assessment /><Findings line look />{arrived()} }.into_any()
        }
    };
    view! {
        <tr role="row" class:fresh=fresh>
            <td role="cell" class="cell-main">
                <Link to=Route::Patient(patient).path() class="strong">{number}</Link>
                <span class="quiet">{move || if has_name { name.clone() } else { patients::no_name(locale.get()).to_owned() }}</span>
                {fresh.then(|| view! { <span class="tag tag-fresh">{move || text::fresh(locale.get())}</span> })}
            </td>
            {body}
        </tr>
    }
}

/// The cell of the occasion: its key and its name.
#[component]
fn Occasion(desk: Desk, assessment: Option<AssessmentId>) -> impl IntoView {
    let locale = desk.locale;
    let names = desk.known_names();
    let key = assessment.as_ref().map(|it| it.timepoint.to_string());
    let words = move || match &assessment {
        Some(it) => names.as_ref().map(|names| names.timepoint(&it.timepoint, locale.get())).unwrap_or_default(),
        None => text::no_occasion(locale.get()).to_owned(),
    };
    view! {
        <td role="cell" data-label=move || text::timepoint(locale.get())>
            <span><span class="strong">{key}</span>" "{words}</span>
        </td>
    }
}

/// The cells of a line that is about when: state, window, questionnaires.
#[component]
fn Schedule(line: WorklistLine, note: ReasonNote) -> impl IntoView {
    let locale = Desk::find().locale;
    let today = session::today();
    let (sent, all, missing) = (line.submitted, line.questionnaires, line.missing);
    let asked = matches!(line.state, Some(AssessmentState::Missed | AssessmentState::PartlyCompleted));
    let ask = line.assessment.clone().filter(|_| asked && missing.is_none()).map(|assessment| {
        let name = format!("{}, {}", line.patient.registry_number, assessment.timepoint);
        let gap = Gap { patient: line.patient.patient, assessment, name };
        view! { <AskWhy note gap /> }
    });
    let window = line.state.zip(line.closes_on);
    let is_open = matches!(line.state, Some(AssessmentState::Open | AssessmentState::InProgress));
    let give = is_open.then(|| {
        let PatientLine { patient, registry_number, .. } = line.patient.clone();
        view! { <GiveTablet patient to=registry_number look=Look::Quiet /> }
    });
    view! {
        <td role="cell" data-label=move || text::state(locale.get())>
            {line.state.map(|state| view! { <StateChip state /> })}
            {missing.map(|reason| view! { " "<span class="quiet">{move || reason_name(locale.get(), reason)}</span> })}
            {ask}{give}
        </td>
        <td role="cell" data-label=move || text::window(locale.get())>
            {window.map(|(state, day)| move || closing(locale.get(), state, day, today))}
        </td>
        <td role="cell" data-label=move || text::questionnaires(locale.get())>
            {move || text::sent_of(locale.get(), all, sent)}
        </td>
    }
}

/// The cell of a line that is about something to look at.
#[component]
fn Findings(line: WorklistLine, look: LookNote) -> impl IntoView {
    let locale = Desk::find().locale;
    let occasion = line.assessment.as_ref().map(|it| format!(", {}", it.timepoint)).unwrap_or_default();
    let name = format!("{}{occasion}", line.patient.registry_number);
    let shown = Shown { patient: line.patient.patient, assessment: line.assessment, seen: line.findings.clone(), name };
    view! {
        <td role="cell" data-label=move || text::found(locale.get())>
            <FindingList findings=line.findings />
            <AskLook look shown />
        </td>
    }
}

/// When a window closes or closed, counted from today, with the date.
fn closing(locale: Locale, state: AssessmentState, closes_on: Date, today: Date) -> String {
    let date = long_date(locale, closes_on);
    let settled = matches!(state, AssessmentState::Completed(_) | AssessmentState::CompletedLate(_));
    let days = days_between(today, closes_on);
    let count = usize::try_from(days.unsigned_abs()).unwrap_or_default();
    let far = if settled || days > 14 { None } else { Some(days) };
    match far {
        None => text::until(locale, date),
        Some(0) => format!("{} ({date})", text::closes_today(locale)),
        Some(1..) => format!("{} ({date})", text::closes_in(locale, count)),
        Some(_) => format!("{} ({date})", text::closed_ago(locale, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_says_how_long_is_left_and_until_which_day() {
        let today: Date = "2026-03-12".parse().unwrap();
        let check =
            |state, day: &str, expected| assert_eq!(closing(Locale::En, state, day.parse().unwrap(), today), expected);
        check(AssessmentState::Open, "2026-03-12", "closes today (12 March 2026)");
        check(AssessmentState::Open, "2026-03-13", "closes tomorrow (13 March 2026)");
        check(AssessmentState::Missed, "2026-03-02", "closed 10 days ago (2 March 2026)");
        check(AssessmentState::Open, "2026-04-20", "until 20 April 2026");
        check(AssessmentState::Completed(today), "2026-03-02", "until 2 March 2026");
    }
}

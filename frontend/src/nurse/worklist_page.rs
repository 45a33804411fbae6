//! The worklist's page: one group at a time, most urgent first, following the server as answers come in.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{WorklistGroup, WorklistLine, WorklistReply, WorklistRequest},
    schedule::AssessmentState,
    time::Date,
};

use super::{
    filter::{Filter, FilterFields},
    missing::{AskWhy, Gap, ReasonNote, ReasonPanel},
    state::StateChip,
    worklist::{GROUPS, Worklist},
};
use crate::{
    i18n::{
        Locale, long_date,
        text::{
            nurse::{filter as filter_text, patients, worklist as text},
            staff::trouble,
        },
    },
    live, session,
    staff::{Desk, FetchState, Fetched, Route, Trouble, date_time, days_between, reason_name},
    ui::{Button, Heading, Link, Look, StatusLine, Symbol, Tone},
};

/// The list and how it is read again.
#[derive(Clone, Copy)]
struct Reader {
    desk: Desk,
    group: RwSignal<WorklistGroup>,
    filter: Filter,
    list: RwSignal<Fetched<Worklist>>,
    /// Counts the filters, so that a reply to an earlier one is dropped.
    turn: StoredValue<u32>,
    /// A refresh is under way, and whether another was asked for meanwhile.
    refreshing: StoredValue<(bool, bool)>,
}

impl Reader {
    async fn page(self, after: Option<String>) -> Result<WorklistReply, Trouble> {
        let group = Some(self.group.get_untracked());
        let search = self.filter.search.get_untracked();
        let asked = WorklistRequest { group, site: self.filter.site_key(), search, after };
        self.desk.post("/api/worklist", &asked).await
    }

    fn is_current(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    /// Reads the first page of another filter.
    fn open(self) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        self.list.update(Fetched::forget);
        spawn_local(async move {
            let reply = self.page(None).await;
            if self.is_current(turn) {
                self.list.update(|list| match reply {
                    Ok(reply) => list.arrive(Worklist::open(reply), session::now()),
                    Err(trouble) => list.fail(trouble),
                });
            }
        });
    }

    /// Reads the page after the last.
    fn more(self) {
        let turn = self.turn.get_value();
        let next = self.list.with_untracked(|list| list.value().and_then(|list| list.next().map(str::to_owned)));
        let Some(next) = next else { return };
        spawn_local(async move {
            let reply = self.page(Some(next)).await;
            if self.is_current(turn) {
                self.take(reply, Worklist::append);
            }
        });
    }

    /// Reads every page that is shown again; calls that come meanwhile are answered by one more reading.
    fn refresh(self) {
        if self.refreshing.with_value(|(busy, _)| *busy) {
            return self.refreshing.set_value((true, true));
        }
        let Some(n_pages) = self.list.with_untracked(|list| list.value().map(Worklist::n_pages)) else {
            return self.open();
        };
        let turn = self.turn.get_value();
        self.refreshing.set_value((true, false));
        spawn_local(async move {
            let pages = self.read_pages(n_pages).await;
            let Some((_, again)) = self.refreshing.try_get_value() else { return };
            self.refreshing.set_value((false, false));
            if self.is_current(turn) {
                self.take(pages, Worklist::refresh);
            }
            if again {
                self.refresh();
            }
        });
    }

    async fn read_pages(self, n_pages: usize) -> Result<Vec<WorklistReply>, Trouble> {
        let mut pages: Vec<WorklistReply> = Vec::new();
        while pages.len() < n_pages {
            let after = match pages.last() {
                None => None,
                Some(WorklistReply { next: Some(next), .. }) => Some(next.clone()),
                Some(WorklistReply { next: None, .. }) => break,
            };
            pages.push(self.page(after).await?);
        }
        Ok(pages)
    }

    fn take<R>(self, reply: Result<R, Trouble>, change: impl FnOnce(&mut Worklist, R)) {
        self.list.update(|list| match reply {
            Err(trouble) => list.fail(trouble),
            Ok(reply) => {
                let mut changed = list.value().cloned().unwrap_or_default();
                change(&mut changed, reply);
                list.arrive(changed, session::now());
            }
        });
    }
}

/// The page.
#[component]
pub(crate) fn WorklistPage() -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let reader = Reader {
        desk,
        group: desk.drafts().group,
        filter: desk.drafts().worklist,
        list: RwSignal::new(Fetched::default()),
        turn: StoredValue::new(0),
        refreshing: StoredValue::new((false, false)),
    };
    Effect::new(move || {
        reader.group.track();
        reader.filter.site.track();
        reader.filter.search.track();
        reader.open();
    });
    let live = live::follow("/api/worklist/live", move || reader.refresh());
    let n_fresh = Memo::new(move |_| reader.list.with(|list| list.value().map_or(0, Worklist::n_fresh)));
    let status = Signal::derive(move || match (live.get(), n_fresh.get()) {
        (false, _) => (Symbol::Offline, Tone::Warn, trouble::not_live(locale.get()).to_owned()),
        (true, 0) => (Symbol::Check, Tone::Plain, trouble::live(locale.get()).to_owned()),
        (true, n) => (Symbol::Check, Tone::Good, text::n_fresh(locale.get(), n)),
    });
    let standing = Signal::derive(move || reader.list.with(Fetched::standing));
    let note = ReasonNote::new(Callback::new(move |()| reader.refresh()));
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
            <StatusLine status />
        </div>
        <Groups reader />
        <FilterFields filter=reader.filter />
        <FetchState standing again=move |()| reader.refresh() />
        <ReasonPanel note />
        <Lines reader note />
    }
}

const fn group_name(locale: Locale, group: WorklistGroup) -> (&'static str, &'static str, &'static str) {
    match group {
        WorklistGroup::Due => (text::due(locale), text::due_lead(locale), text::empty_due(locale)),
        WorklistGroup::Closing => (text::closing(locale), text::closing_lead(locale), text::empty_closing(locale)),
        WorklistGroup::Overdue => (text::overdue(locale), text::overdue_lead(locale), text::empty_overdue(locale)),
        WorklistGroup::Received => (text::received(locale), text::received_lead(locale), text::empty_received(locale)),
        WorklistGroup::Attention => {
            (text::attention(locale), text::attention_lead(locale), text::empty_attention(locale))
        }
    }
}

/// The groups as buttons with their counts, and what the chosen one holds.
#[component]
fn Groups(reader: Reader) -> impl IntoView {
    let locale = reader.desk.locale;
    let group = reader.group;
    // counts stay on screen while another group loads
    let counts = Memo::new(move |before: Option<&Vec<String>>| {
        let known = reader.list.with(|list| list.value().map(|list| GROUPS.map(|group| list.count(group)).to_vec()));
        known.or_else(|| before.cloned()).unwrap_or_default()
    });
    let button = move |(nth, choice): (usize, WorklistGroup)| {
        view! {
            <button
                type="button"
                class="group"
                aria-pressed=move || if group.get() == choice { "true" } else { "false" }
                on:click=move |_| group.set(choice)
            >
                <span>{move || group_name(locale.get(), choice).0}</span>
                <span class="group-count">{move || counts.with(|counts| counts.get(nth).cloned())}</span>
            </button>
        }
    };
    view! {
        <div class="groups" role="group" aria-label=move || text::groups(locale.get())>
            {GROUPS.into_iter().enumerate().map(button).collect_view()}
        </div>
        <p class="lead">{move || group_name(locale.get(), group.get()).1}</p>
    }
}

/// The table of lines, or why there are none.
#[component]
fn Lines(reader: Reader, note: ReasonNote) -> impl IntoView {
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
    let key = |(line, fresh): &(WorklistLine, bool)| {
        (
            line.patient.patient,
            line.assessment.clone(),
            line.submitted,
            line.received_at,
            line.conflict,
            line.missing,
            *fresh,
        )
    };
    view! {
        <Show when=move || n_lines.get() == Some(0)><p class="empty">{empty}</p></Show>
        <Show when=move || n_lines.get().is_some_and(|n| n > 0)>
            <table class="table stacked" role="table" aria-label=move || group_name(locale.get(), reader.group.get()).0>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{move || text::patient(locale.get())}</th>
                        <th scope="col" role="columnheader">{move || text::timepoint(locale.get())}</th>
                        <th scope="col" role="columnheader">{move || text::state(locale.get())}</th>
                        <th scope="col" role="columnheader">{move || text::window(locale.get())}</th>
                        <th scope="col" role="columnheader">{move || text::questionnaires(locale.get())}</th>
                        <th scope="col" role="columnheader">{move || text::arrived(locale.get())}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For each=move || lines().unwrap_or_default() key let((line, fresh))>
                        <Line desk=reader.desk line fresh note=note />
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
fn Line(desk: Desk, line: WorklistLine, fresh: bool, note: ReasonNote) -> impl IntoView {
    let locale = desk.locale;
    let today = session::today();
    let names = desk.known_names();
    let timepoint = line.assessment.timepoint.clone();
    let timepoint_name = move || names.as_ref().map(|names| names.timepoint(&timepoint, locale.get()));
    let (state, closes_on, received_at) = (line.state, line.closes_on, line.received_at);
    let (sent, all) = (line.submitted, line.questionnaires);
    let missing = line.missing;
    let asked = matches!(state, AssessmentState::Missed | AssessmentState::PartlyCompleted) && missing.is_none();
    let ask = asked.then(|| {
        let name = format!("{}, {}", line.patient.registry_number, line.assessment.timepoint);
        let gap = Gap { patient: line.patient.patient, assessment: line.assessment.clone(), name };
        view! { <AskWhy note gap /> }
    });
    let name = line.patient.name;
    let has_name = !name.is_empty();
    view! {
        <tr role="row" class:fresh=fresh>
            <td role="cell" class="cell-main">
                <Link to=Route::Patient(line.patient.patient).path() class="strong">
                    {line.patient.registry_number}
                </Link>
                <span class="quiet">{move || if has_name { name.clone() } else { patients::no_name(locale.get()).to_owned() }}</span>
                {fresh.then(|| view! { <span class="tag tag-fresh">{move || text::fresh(locale.get())}</span> })}
                {line.conflict.then(|| view! { <span class="tag tag-look">{move || text::look(locale.get())}</span> })}
            </td>
            <td role="cell" data-label=move || text::timepoint(locale.get())>
                <span><span class="strong">{line.assessment.timepoint.to_string()}</span>" "{timepoint_name}</span>
            </td>
            <td role="cell" data-label=move || text::state(locale.get())>
                <StateChip state />
                {missing.map(|reason| view! { " "<span class="quiet">{move || reason_name(locale.get(), reason)}</span> })}
                {ask}
            </td>
            <td role="cell" data-label=move || text::window(locale.get())>
                {closes_on.map(|day| move || closing(locale.get(), state, day, today))}
            </td>
            <td role="cell" data-label=move || text::questionnaires(locale.get())>
                {move || text::sent_of(locale.get(), all, sent)}
            </td>
            <td role="cell" data-label=move || text::arrived(locale.get())>
                {move || received_at.map_or_else(
                    || text::nothing_received(locale.get()).to_owned(),
                    |at| date_time(locale.get(), at, today),
                )}
            </td>
        </tr>
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

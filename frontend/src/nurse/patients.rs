//! All patients of a nurse's sites, by registry number, a page at a time.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{PatientLine, PatientsReply, PatientsRequest};

use super::filter::{Filter, FilterFields};
use crate::{
    i18n::text::{
        nurse::{filter as filter_text, patients as text},
        staff,
    },
    session,
    staff::{Desk, FetchState, Fetched, Route},
    ui::{Button, Heading, Link, Look, SortHeader, TableRoom},
};

/// A column that sorts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Column {
    Number,
    Name,
    Site,
}

/// The lines of a filter as far as they were read.
#[derive(Clone, Debug, Default, PartialEq)]
struct Patients {
    lines: Vec<PatientLine>,
    next: Option<String>,
}

impl Patients {
    fn append(&mut self, reply: PatientsReply) {
        self.lines.extend(reply.patients);
        self.next = reply.next;
    }

    /// The lines in the order of a column.
    fn sorted(&self, by: Column, down: bool) -> Vec<PatientLine> {
        let mut lines = self.lines.clone();
        lines.sort_by_cached_key(|line| match by {
            Column::Number => line.registry_number.clone(),
            Column::Name => line.name.to_lowercase(),
            Column::Site => line.site.to_string(),
        });
        if down {
            lines.reverse();
        }
        lines
    }
}

/// The list and how it is read.
#[derive(Clone, Copy)]
struct Reader {
    desk: Desk,
    filter: Filter,
    list: RwSignal<Fetched<Patients>>,
    turn: StoredValue<u32>,
}

impl Reader {
    /// Reads from the beginning, or the page after the last.
    fn read(self, go_on: bool) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let known = self.list.with_untracked(|list| list.value().cloned()).filter(|_| go_on).unwrap_or_default();
        let (after, search) = (known.next.clone().unwrap_or_default(), self.filter.search.get_untracked());
        let asked = PatientsRequest { search, site: self.filter.site_key(), after };
        if !go_on {
            self.list.update(Fetched::forget);
        }
        spawn_local(async move {
            let reply = self.desk.post::<PatientsReply>("/api/patients/search", &asked).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.list.update(|list| match reply {
                Ok(reply) => {
                    let mut known = known;
                    known.append(reply);
                    list.arrive(known, session::now());
                }
                Err(trouble) => list.fail(trouble),
            });
        });
    }
}

/// The page.
#[component]
pub(crate) fn PatientsPage() -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let filter = desk.drafts().patients;
    let reader = Reader { desk, filter, list: RwSignal::new(Fetched::default()), turn: StoredValue::new(0) };
    Effect::new(move || {
        filter.search.track();
        filter.site.track();
        reader.read(false);
    });
    let n_lines = Memo::new(move |_| reader.list.with(|list| list.value().map(|list| list.lines.len())));
    let has_more = Memo::new(move |_| reader.list.with(|list| list.value().is_some_and(|list| list.next.is_some())));
    let empty = move || {
        let searched = filter.search.with(|search| !search.is_empty());
        if searched { text::empty_search(locale.get()) } else { text::empty(locale.get()) }
    };
    let standing = Signal::derive(move || reader.list.with(Fetched::standing));
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
            <Link to=Route::Enrol.path() class="button button-secondary">
                {move || staff::page::enrol(locale.get())}
            </Link>
        </div>
        <FilterFields filter />
        <FetchState standing again=move |()| reader.read(false) />
        <Show when=move || n_lines.get() == Some(0)><p class="empty">{empty}</p></Show>
        <Show when=move || n_lines.get().is_some_and(|n| n > 0)>
            <Lines reader />
            <p class="quiet small">{move || filter_text::n_lines(locale.get(), n_lines.get().unwrap_or_default())}</p>
        </Show>
        <Show when=move || has_more.get()>
            <Button look=Look::Secondary on_press=move |_| reader.read(true)>
                {move || filter_text::more(locale.get())}
            </Button>
        </Show>
    }
}

#[component]
fn Lines(reader: Reader) -> impl IntoView {
    let locale = reader.desk.locale;
    let names = reader.desk.known_names();
    let sorted = RwSignal::new((Column::Number, false));
    let lines = move || {
        let (by, down) = sorted.get();
        reader.list.with(|list| list.value().map(|list| list.sorted(by, down)).unwrap_or_default())
    };
    view! {
        <TableRoom label=Signal::derive(move || text::title(locale.get()).to_owned())><table class="table" aria-label=move || text::title(locale.get())>
            <thead>
                <tr>
                    <SortHeader key=Column::Number sorted>{move || text::number(locale.get())}</SortHeader>
                    <SortHeader key=Column::Name sorted>{move || text::name(locale.get())}</SortHeader>
                    <SortHeader key=Column::Site sorted>{move || text::site(locale.get())}</SortHeader>
                </tr>
            </thead>
            <tbody>
                <For each=lines key=|line| line.patient let(line)>
                    {
                        let (names, site, name) = (names.clone(), line.site, line.name);
                        view! {
                            <tr>
                                <td>
                                    <Link to=Route::Patient(line.patient).path() class="strong">{line.registry_number}</Link>
                                </td>
                                <td>{move || if name.is_empty() { text::no_name(locale.get()).to_owned() } else { name.clone() }}</td>
                                <td>{move || names.as_ref().map(|names| names.site(&site, locale.get()))}</td>
                            </tr>
                        }
                    }
                </For>
            </tbody>
        </table></TableRoom>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_shown_can_be_put_in_the_order_of_any_column() {
        let line = |number: &str, name: &str, site: &str| PatientLine {
            birth_date: None,
            patient: "018f0000-0000-7000-8000-000000000001".parse().unwrap(),
            registry_number: number.to_owned(),
            name: name.to_owned(),
            site: site.parse().unwrap(),
        };
        let lines = vec![line("R-1", "roux", "b"), line("R-2", "Auger", "c"), line("R-3", "Blanc", "a")];
        let list = Patients { lines, next: None };
        let order = |by, down| list.sorted(by, down).into_iter().map(|line| line.registry_number).collect::<Vec<_>>();
        assert_eq!(order(Column::Name, false), ["R-2", "R-3", "R-1"]);
        assert_eq!(order(Column::Site, false), ["R-3", "R-1", "R-2"]);
        assert_eq!(order(Column::Number, true), ["R-3", "R-2", "R-1"]);
    }
}

//! The worklist's page: one group at a time, most urgent first, following the server as answers come in.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{WorklistGroup, WorklistReply, WorklistRequest};

use super::{
    groups::Groups,
    lines::Lines,
    list::Worklist,
    view::{View, choices, parse_sort},
};
use crate::{
    address,
    i18n::text::{
        nurse::{filter as filter_text, worklist as text},
        staff::trouble,
    },
    live,
    nurse::{
        filter::{Filter, FilterFields},
        look::{LookNote, LookPanel},
        missing::{ReasonNote, ReasonPanel},
    },
    session,
    staff::{Desk, FetchState, Fetched, Route, Trouble},
    ui::{Heading, Select, StatusLine, Symbol, Tone},
};

/// The list and how it is read again.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    pub(super) desk: Desk,
    pub(super) group: RwSignal<WorklistGroup>,
    /// As the choice of orders has it; empty for most urgent first.
    pub(super) sort: RwSignal<String>,
    pub(super) filter: Filter,
    pub(super) list: RwSignal<Fetched<Worklist>>,
    /// Counts the filters, so that a reply to an earlier one is dropped.
    turn: StoredValue<u32>,
    /// A refresh is under way, and whether another was asked for meanwhile.
    refreshing: StoredValue<(bool, bool)>,
}

impl Reader {
    async fn page(self, after: Option<String>) -> Result<WorklistReply, Trouble> {
        let group = Some(self.group.get_untracked());
        let search = self.filter.search.get_untracked();
        let sort = self.sort.with_untracked(|sort| parse_sort(sort));
        let (sort, down) = (sort.map(|(sort, _)| sort), sort.is_some_and(|(_, down)| down));
        let asked = WorklistRequest { group, site: self.filter.site_key(), search, sort, down, after };
        self.desk.post("/api/worklist", &asked).await
    }

    fn is_current(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    /// Shows what an address says, where it says something.
    fn take_up(self, view: View) {
        if let Some(group) = view.group {
            self.group.set(group);
            self.filter.site.set(view.site);
            self.sort.set(view.sort);
        }
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
    pub(super) fn more(self) {
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
        sort: desk.drafts().sort,
        filter: desk.drafts().worklist,
        list: RwSignal::new(Fetched::default()),
        turn: StoredValue::new(0),
        refreshing: StoredValue::new((false, false)),
    };
    reader.take_up(View::read(&address::search()));
    Effect::new(move || {
        let group = reader.group.get();
        let view = View { group: Some(group), site: reader.filter.site.get(), sort: reader.sort.get() };
        if parse_sort(&view.sort).is_some_and(|(sort, _)| !sort.is_of(group)) {
            return reader.sort.set(String::new());
        }
        reader.filter.search.track();
        address::note_search(&view.write(&Route::Worklist.path()));
        reader.open();
    });
    let orders = Signal::derive(move || {
        let group = reader.group.get();
        let is_long = reader.list.with(|list| list.value().is_some_and(|list| list.is_long(group)));
        choices(locale.get(), group, is_long)
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
    let look = LookNote::new(Callback::new(move |()| reader.refresh()));
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
            <StatusLine status />
        </div>
        <Groups reader />
        <FilterFields filter=reader.filter>
            <Select id="filter-sort" value=reader.sort options=orders
                label=Signal::derive(move || filter_text::sort(locale.get()).to_owned())
                empty=Signal::derive(move || filter_text::sort_urgent(locale.get()).to_owned()) />
        </FilterFields>
        <FetchState standing again=move |()| reader.refresh() />
        <ReasonPanel note />
        <LookPanel look />
        <Lines reader note look />
    }
}

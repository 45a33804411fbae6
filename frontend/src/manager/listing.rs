//! A list that is read a page at a time and drawn as a table.

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared::api::Page;

use crate::{
    i18n::{Locale, text::manager::list as text},
    session,
    staff::{Desk, FetchState, Fetched},
    ui::{Button, Look, TableRoom},
};

/// The lines as far as they were read, and how more are read.
pub(super) struct Listing<T: Send + Sync + 'static> {
    desk: Desk,
    path: &'static str,
    asked: StoredValue<Value>,
    list: RwSignal<Fetched<Page<T>>>,
    /// Counts what was asked, so that a reply to an earlier question is dropped.
    turn: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Listing<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Listing<T> {}

impl<T: Clone + DeserializeOwned + Send + Sync + 'static> Listing<T> {
    /// Asks at this path; again from the beginning whenever what is asked changes. `None` asks for nothing.
    pub(super) fn new<R: Serialize>(path: &'static str, asked: impl Fn() -> Option<R> + Send + Sync + 'static) -> Self {
        let listing = Self {
            desk: Desk::find(),
            path,
            asked: StoredValue::new(json!({})),
            list: RwSignal::new(Fetched::default()),
            turn: StoredValue::new(0),
        };
        Effect::new(move || {
            if let Some(Ok(asked)) = asked().map(serde_json::to_value) {
                listing.asked.set_value(asked);
                listing.read(false);
            }
        });
        listing
    }

    /// Reads the first page, or the one after the last.
    fn read(self, go_on: bool) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let known = self.list.with_untracked(|list| list.value().cloned()).filter(|_| go_on);
        let mut asked = self.asked.get_value();
        match (&known, asked.as_object_mut()) {
            (Some(known), Some(fields)) => {
                fields.insert("after".to_owned(), json!(known.next));
            }
            _ => self.list.update(Fetched::forget),
        }
        spawn_local(async move {
            let reply = self.desk.post::<Page<T>>(self.path, &asked).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.list.update(|list| match reply {
                Ok(mut page) => {
                    page.lines.splice(0..0, known.into_iter().flat_map(|known| known.lines));
                    list.arrive(page, session::now());
                }
                Err(trouble) => list.fail(trouble),
            });
        });
    }
}

/// A column's head in words.
pub(super) type Head = fn(Locale) -> &'static str;

/// The table of a list, what is said when it is empty, and the way to more of it.
#[component]
pub(super) fn Lines<T: Clone + DeserializeOwned + Send + Sync + 'static>(
    /// The list.
    listing: Listing<T>,
    /// What the table is called.
    name: Head,
    /// What is said where nothing is.
    empty: Head,
    /// The columns.
    heads: Vec<Head>,
    /// A line of the table.
    line: fn(T) -> AnyView,
) -> impl IntoView {
    let locale = listing.desk.locale;
    let standing = Signal::derive(move || listing.list.with(Fetched::standing));
    let n_lines = Memo::new(move |_| listing.list.with(|list| list.value().map(|page| page.lines.len())));
    let has_more = Memo::new(move |_| listing.list.with(|list| list.value().is_some_and(|page| page.next.is_some())));
    let lines = move || listing.list.with(|list| list.value().map(|page| page.lines.clone()).unwrap_or_default());
    let head = move |words: Head| view! { <th scope="col">{move || words(locale.get())}</th> };
    let heads = StoredValue::new(heads);
    view! {
        <FetchState standing again=move |()| listing.read(false) />
        <Show when=move || n_lines.get() == Some(0)>
            <p class="empty">{move || empty(locale.get())}</p>
        </Show>
        <Show when=move || n_lines.get().is_some_and(|n| n > 0)>
            <TableRoom label=Signal::derive(move || name(locale.get()).to_owned())>
                <table class="table" aria-label=move || name(locale.get())>
                    <thead><tr>{heads.get_value().into_iter().map(head).collect_view()}</tr></thead>
                    <tbody>{move || lines().into_iter().map(line).collect_view()}</tbody>
                </table>
            </TableRoom>
            <p class="quiet small">{move || text::n_lines(locale.get(), n_lines.get().unwrap_or_default())}</p>
        </Show>
        <Show when=move || has_more.get()>
            <Button look=Look::Secondary on_press=move |_| listing.read(true)>
                {move || text::more(locale.get())}
            </Button>
        </Show>
    }
}

//! What tables of staff pages share.

use leptos::prelude::*;

use crate::view::view;

/// Room for a table that may be wider than the page: it scrolls by itself, by keyboard too.
#[component]
pub fn TableRoom(
    /// What is in it.
    #[prop(into)]
    label: Signal<String>,
    /// The table.
    children: Children,
) -> impl IntoView {
    view! { <div class="table-scroll" tabindex="0" role="group" aria-label=label>{children()}</div> }
}

/// A column head that sorts: says which way it is sorted now, turns it round when pressed again.
#[component]
pub fn SortHeader<K: Copy + PartialEq + Send + Sync + 'static>(
    /// What this column sorts by.
    key: K,
    /// What the table is sorted by, and whether downwards.
    sorted: RwSignal<(K, bool)>,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let direction = move || match sorted.get() {
        (by, false) if by == key => Some("ascending"),
        (by, true) if by == key => Some("descending"),
        _ => None,
    };
    let sign = move || match direction() {
        Some("ascending") => "▲",
        Some(_) => "▼",
        None => "",
    };
    let press = move |_| sorted.update(|(by, down)| (*by, *down) = (key, *by == key && !*down));
    view! {
        <th scope="col" aria-sort=direction>
            <button type="button" class="sort" on:click=press>
                {children()}
                <span aria-hidden="true">{sign}</span>
            </button>
        </th>
    }
}

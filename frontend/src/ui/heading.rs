//! The heading of a page: takes the focus when the page appears and names the tab.

use leptos::{html, prelude::*};

use crate::view::view;

use crate::address::set_title;

/// The page's `<h1>`.
#[component]
pub fn Heading(
    /// What it says; the tab's title too.
    #[prop(into)]
    text: Signal<String>,
    /// Words before the tab's title, such as "Error:".
    #[prop(optional, into)]
    before_title: Signal<String>,
    /// Its id, where something else is labelled by it.
    #[prop(optional, into)]
    id: String,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    heading.on_load(|element| {
        let _ = element.focus();
        window().scroll_to_with_x_and_y(0.0, 0.0);
    });
    Effect::new(move || set_title(&format!("{}{} · Ressenti", before_title.get(), text.get())));
    view! {
        <h1 id=(!id.is_empty()).then_some(id) tabindex="-1" node_ref=heading>
            {text}
        </h1>
    }
}

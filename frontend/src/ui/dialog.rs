//! A question that must be answered before going on; the browser keeps the focus inside and Escape closes it.

use leptos::{ev, html, prelude::*};

use crate::view::view;

/// A dialog over the page.
#[component]
pub fn Dialog(
    /// Whether it shows.
    #[prop(into)]
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Its text and buttons.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(element) = dialog.get() else { return };
        match (open.get(), element.open()) {
            (true, false) => {
                let _ = element.show_modal();
            }
            (false, true) => element.close(),
            (true, true) | (false, false) => {}
        }
    });
    view! {
        <dialog class="dialog" aria-label=title node_ref=dialog on:close=move |_: ev::Event| open.set(false)>
            <h2>{title}</h2>
            {children()}
        </dialog>
    }
}

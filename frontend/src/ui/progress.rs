//! How far one is, as a thin bar; the words beside it say the same.

use leptos::prelude::*;

use crate::view::view;

/// The bar.
#[component]
pub fn Progress(
    /// How much is done.
    #[prop(into)]
    done: Signal<usize>,
    /// Of how much.
    #[prop(into)]
    total: Signal<usize>,
    /// What a screen reader says of it.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! {
        <progress
            class="progress"
            aria-label=label
            max=move || total.get().max(1).to_string()
            value=move || done.get().to_string()
        ></progress>
    }
}

//! A choice from a list that opens: for short lists of names.

use leptos::prelude::*;

use crate::view::view;

use super::ErrorLine;

/// A choice with its label above it.
#[component]
pub fn Select(
    /// Its id.
    #[prop(into)]
    id: String,
    /// The chosen value; empty while nothing is chosen.
    value: RwSignal<String>,
    /// Its label.
    #[prop(into)]
    label: Signal<String>,
    /// Values and their words, in the order shown.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// What the empty choice says; without it there is none.
    #[prop(optional, into)]
    empty: Signal<String>,
    /// What is wrong; empty while nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let described_by = error_id.clone();
    let option = move |(key, words): (String, String)| {
        let chosen = key.clone();
        view! { <option value=key prop:selected=move || value.with(|value| *value == chosen)>{words}</option> }
    };
    view! {
        <div class="field" class:field-wrong=move || !error.with(String::is_empty)>
            <label class="field-label" for=id.clone()>{label}</label>
            <ErrorLine id=error_id words=error />
            <select
                id=id
                class="field-input field-select"
                aria-describedby=move || (!error.with(String::is_empty)).then(|| described_by.clone())
                aria-invalid=move || (!error.with(String::is_empty)).then_some("true")
                prop:value=value
                on:change=move |change| value.set(event_target_value(&change))
            >
                {move || (!empty.with(String::is_empty)).then(|| option((String::new(), empty.get())))}
                {move || options.get().into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}

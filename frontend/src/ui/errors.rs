//! What is wrong with what was entered, said twice in the same words: in a summary with the focus, and at the field.

use leptos::{html, prelude::*};

use super::{Icon, Symbol};
use crate::{
    address::focus_on,
    i18n::{say, text::common},
    view::{view, when},
};

/// The summary: appears only after the button that goes on, and takes the focus.
#[component]
pub fn ErrorSummary(
    /// Each error with the id of its field; nothing shows when there is none.
    #[prop(into)]
    errors: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let summary = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let (Some(element), false) = (summary.get(), errors.with(Vec::is_empty)) {
            let _ = element.focus();
        }
    });
    let line = |(id, words): (String, String)| {
        let href = format!("#{id}");
        let follow = move |tap: leptos::ev::MouseEvent| {
            tap.prevent_default();
            focus_on(&id);
        };
        view! { <li><a href=href on:click=follow>{words}</a></li> }
    };
    let shown = move || {
        view! {
            <div class="errors" role="alert" tabindex="-1" aria-labelledby="errors-title" node_ref=summary>
                <h2 id="errors-title">{say(common::errors_title)}</h2>
                <ul>{move || errors.get().into_iter().map(line).collect_view()}</ul>
            </div>
        }
    };
    when(move || !errors.with(Vec::is_empty), shown)
}

/// The same words at the field.
#[component]
pub fn ErrorLine(
    /// The id by which the field names its error.
    #[prop(into)]
    id: String,
    /// The words; nothing shows when empty.
    #[prop(into)]
    words: Signal<String>,
) -> impl IntoView {
    let shown = move || {
        view! {
            <p class="field-error" id=id.clone()>
                <Icon symbol=Symbol::Warning />
                <span>
                    <span class="visually-hidden">{say(common::error_before)}</span>
                    {words}
                </span>
            </p>
        }
    };
    when(move || !words.with(String::is_empty), shown)
}

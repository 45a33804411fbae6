//! What the patient sees: opening the letter, the PIN, what is due, the questions, what became of the answers.

use leptos::prelude::*;

use crate::{
    address::Address,
    i18n::{Locale, provide_locale, text::common},
};

/// The patient's app.
#[component]
pub fn App() -> impl IntoView {
    let locale = provide_locale(Locale::default());
    Address::provide();
    view! { <main><h1>{move || common::name(locale.get())}</h1></main> }
}

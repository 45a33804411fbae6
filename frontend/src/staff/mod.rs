//! The frame around the staff's pages: signing in, navigation, signing out.

use leptos::prelude::*;

use crate::{
    address::Address,
    i18n::{Locale, provide_locale, text::common},
};

/// The staff's app.
#[component]
pub fn App() -> impl IntoView {
    let locale = provide_locale(Locale::default());
    Address::provide();
    view! { <main><h1>{move || common::name(locale.get())}</h1></main> }
}

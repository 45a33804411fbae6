//! The two parts of every patient page: what is read, and the one button to go on, always at the same place.

use leptos::prelude::*;

use crate::view::view;

/// What is read.
#[component]
pub fn Main(
    /// While it shows, no new version of the app is let in.
    #[prop(optional)]
    holds_update: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <main id="content" tabindex="-1" class="frame-main frame-wide" data-holds-update=holds_update.then_some("")>
            {children()}
        </main>
    }
}

/// The place of the button that goes on.
#[component]
pub fn Foot(
    /// The button.
    children: Children,
) -> impl IntoView {
    view! {
        <footer class="frame-foot">
            <div class="frame-wide">{children()}</div>
        </footer>
    }
}

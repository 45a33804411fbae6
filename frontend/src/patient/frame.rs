//! What stands around every page of the patient's app: the name, settings and help, and the status line.

use leptos::prelude::*;

use super::{care::Care, status::status_line};
use crate::{
    address::focus_on,
    i18n::{
        say,
        text::{common, patient::frame},
        use_locale,
    },
    session,
    ui::{Icon, IdleGuard, Link, StatusLine, Symbol},
    view::view,
};

/// The frame.
#[component]
pub fn Frame(
    /// The patient's things.
    care: Care,
    /// The page within.
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    // Asked for on every tap, and an hour in Paris takes a browser long to find.
    let received_at = Memo::new(move |_| {
        let tally = care.device.status().tally;
        tally.and_then(|tally| tally.last_received_at).map(session::civil)
    });
    let status =
        Memo::new(move |_| status_line(locale.get(), &care.device.status(), care.keeping.get(), received_at.get()));
    let skip = |tap: leptos::ev::MouseEvent| {
        tap.prevent_default();
        focus_on("content");
    };
    // In a ward many hands pass: what nobody touches closes.
    let guard = care.device.is_ward().then(|| view! { <IdleGuard on_over=move |()| care.device.lock() /> });
    view! {
        <div class="frame">
            <a class="visually-hidden" href="#content" on:click=skip>{say(frame::to_content)}</a>
            <header class="bar">
                <div class="frame-wide">
                    <Link to="/" class="bar-name">
                        <Icon symbol=Symbol::Wave />
                        {say(common::name)}
                        <span class="visually-hidden">{say(frame::home)}</span>
                    </Link>
                    <nav class="bar-links" aria-label=move || common::name(locale.get())>
                        <Link to="/settings">{say(frame::settings)}</Link>
                        <Link to="/help">{say(frame::help)}</Link>
                    </nav>
                </div>
            </header>
            <div class="frame-status">
                <div class="frame-wide"><StatusLine status /></div>
            </div>
            {children()}
            {guard}
        </div>
    }
}

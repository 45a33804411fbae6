//! Buttons and links that stay within the app.

use leptos::{ev::MouseEvent, prelude::*};

use crate::address::Address;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Look {
    /// The one thing to do next; at most one on a page.
    #[default]
    Primary,
    /// One of several.
    Secondary,
    /// Reads as a link.
    Quiet,
    /// Cannot be undone.
    Danger,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button button-secondary",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button that does something here.
#[component]
pub fn Button(
    /// What it does.
    #[prop(into)]
    on_press: Callback<MouseEvent>,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// While true it does nothing; it stays where it is and can be focused.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let press = move |tap: MouseEvent| {
        if !busy.get_untracked() {
            on_press.run(tap);
        }
    };
    view! {
        <button type="button" class=look.class() aria-disabled=move || busy.get().then_some("true") on:click=press>
            {children()}
        </button>
    }
}

/// A link to another page of the app; with a modifier key it opens a tab, as links do.
#[component]
pub fn Link(
    /// The path it leads to.
    #[prop(into)]
    to: Signal<String>,
    /// Its classes.
    #[prop(optional, into)]
    class: String,
    /// Whether it names the page being shown.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let address = Address::find();
    let follow = move |tap: MouseEvent| {
        let plain = tap.button() == 0 && !(tap.ctrl_key() || tap.meta_key() || tap.shift_key() || tap.alt_key());
        if let (true, Some(address)) = (plain, address) {
            tap.prevent_default();
            address.go(&to.get_untracked());
        }
    };
    view! {
        <a href=to class=class aria-current=move || current.get().then_some("page") on:click=follow>
            {children()}
        </a>
    }
}

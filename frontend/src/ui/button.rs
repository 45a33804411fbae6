//! Buttons and links that stay within the app.

use leptos::{ev::MouseEvent, prelude::*};

use crate::view::view;

use crate::address::use_address;

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

/// A button that does something here, or sends the form it stands in.
#[component]
pub fn Button(
    /// What it does; a button without it sends its form.
    #[prop(optional, into)]
    on_press: Option<Callback<MouseEvent>>,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// While true it does nothing; it stays where it is and can be focused.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let press = move |tap: MouseEvent| match on_press {
        _ if busy.get_untracked() => tap.prevent_default(),
        Some(on_press) => on_press.run(tap),
        None => {}
    };
    let kind = if on_press.is_some() { "button" } else { "submit" };
    view! {
        <button type=kind class=look.class() aria-disabled=move || busy.get().then_some("true") on:click=press>
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
    let address = use_address();
    let follow = move |tap: MouseEvent| {
        let plain = tap.button() == 0 && !(tap.ctrl_key() || tap.meta_key() || tap.shift_key() || tap.alt_key());
        if plain {
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

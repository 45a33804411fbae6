//! Words with a sign beside them: the status line at the top of a page, and notices within it.

use leptos::prelude::*;

use crate::view::view;

use super::{Icon, Symbol, icon::drawing};

/// What a message is, in colour; its words say it too.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Tone {
    /// For information.
    #[default]
    Plain,
    /// Well done.
    Good,
    /// Worth knowing before going on.
    Warn,
    /// Wrong.
    Bad,
}

/// The line that always says where things stand; screen readers hear each change.
#[component]
pub fn StatusLine(
    /// Sign, colour and words.
    #[prop(into)]
    status: Signal<(Symbol, Tone, String)>,
) -> impl IntoView {
    let class = move || match status.with(|(_, tone, _)| *tone) {
        Tone::Plain => "status",
        Tone::Good => "status status-good",
        Tone::Warn => "status status-warn",
        Tone::Bad => "status status-bad",
    };
    view! {
        <p class=class role="status">
            {drawing(move || status.with(|(symbol, ..)| symbol.path()))}
            <span>{move || status.get().2}</span>
        </p>
    }
}

/// A message that stays.
#[component]
pub fn Notice(
    /// What it is.
    #[prop(optional)]
    tone: Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let (class, symbol) = match tone {
        Tone::Plain => ("notice", Symbol::Clock),
        Tone::Good => ("notice notice-good", Symbol::Check),
        Tone::Warn => ("notice notice-warn", Symbol::Warning),
        Tone::Bad => ("notice notice-bad", Symbol::Warning),
    };
    let sign = (tone != Tone::Plain).then(|| view! { <Icon symbol /> });
    view! { <div class=class>{sign}<div>{children()}</div></div> }
}

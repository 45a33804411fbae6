//! A handful of line drawings; words always stand beside them.

use leptos::prelude::*;

use crate::view::{IntoValue, View, view};

/// What a drawing shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Symbol {
    /// The app's own mark.
    Wave,
    /// Done, received.
    Check,
    /// Kept on this device.
    Device,
    /// On its way.
    Cloud,
    /// No network.
    Offline,
    /// Look at this.
    Warning,
    /// Wait.
    Clock,
    /// Go on.
    Forward,
    /// Go back.
    Back,
}

impl Symbol {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Wave => "M2 14c3 0 3.5-6 6.5-6s3.5 10 6.5 10 3.5-6 7-6",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Device => "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2",
            Self::Cloud => "M7 18a4 4 0 0 1-.5-8 5.5 5.5 0 0 1 10.600 1A3.5 3.5 0 0 1 17 18zM12 16v-4m-2 1.5l2-2 2 2",
            Self::Offline => "M4 4l16 16M5 12a10 10 0 0 1 4-2.5M8.5 15.5a5 5 0 0 1 7 0M13 9a10 10 0 0 1 6 3M12 19h.01",
            Self::Warning => "M12 4l9 16H3zM12 10v4M12 17h.01",
            Self::Clock => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v5l3 2",
            Self::Forward => "M9 5l7 7-7 7",
            Self::Back => "M15 5l-7 7 7 7",
        }
    }
}

/// A drawing that says nothing to a screen reader: the words beside it do.
#[component]
pub fn Icon(
    /// What it shows.
    symbol: Symbol,
) -> impl IntoView {
    drawing(symbol.path())
}

/// The drawing of a path, which may change.
pub(super) fn drawing(path: impl IntoValue + 'static) -> View {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=path />
        </svg>
    }
}

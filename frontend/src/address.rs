//! The address bar, the page's title and the root element: the only browser state that pages share.
//!
//! An address is a path within the app (`/q/M3:1/qlq-c30/7`). Pages parse it into a route of their own; moving
//! through it makes the browser's Back work. The patient's app lives at `/`, the staff's below `/staff`.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

/// Where the app is.
#[derive(Clone, Copy)]
pub struct Address {
    path: RwSignal<String>,
}

impl Address {
    /// Reads the address bar, follows it from now on, and gives itself to everything below.
    pub fn provide() -> Self {
        let address = Self { path: RwSignal::new(current_path()) };
        let listener = window_event_listener(ev::popstate, move |_| address.path.set(current_path()));
        on_cleanup(move || listener.remove());
        provide_context(address);
        address
    }

    /// The address that [`Address::provide`] gave.
    pub fn find() -> Option<Self> {
        use_context()
    }

    /// The path now; read in a view, it follows every move.
    #[must_use]
    pub fn path(self) -> String {
        self.path.get()
    }

    /// Goes to a path; Back returns here.
    pub fn go(self, path: &str) {
        if let Ok(history) = window().history() {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
        }
        self.path.set(path.to_owned());
    }

    /// Goes to a path in place of this one: Back does not return here.
    pub fn replace(self, path: &str) {
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
        }
        self.path.set(path.to_owned());
    }

    /// Does what the browser's Back does.
    pub fn back(self) {
        if let Ok(history) = window().history() {
            let _ = history.back();
        }
    }
}

fn current_path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Takes what follows `#` out of the address bar and its history at once; empty when there is nothing.
#[must_use]
pub fn take_fragment() -> String {
    let location = window().location();
    let fragment = location.hash().unwrap_or_default();
    if !fragment.is_empty()
        && let Ok(history) = window().history()
    {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&current_path()));
    }
    fragment.trim_start_matches('#').to_owned()
}

/// Where this app is served from: `https://ressenti.example`.
#[must_use]
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Asks the browser to print the page.
pub fn print_page() {
    let _ = window().print();
}

/// Sets the page's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets an attribute of the root element: language, theme, text size.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, value);
    }
}

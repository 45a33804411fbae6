//! The address bar, the page's title, the root element and the focus: what pages share of the browser.
//!
//! An address is a path within the app (`/q/M3:1/qlq-c30/7`). Pages parse it into a route of their own; moving
//! through it makes the browser's Back work. The patient's app lives at `/`, the staff's below `/staff`.

use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The longest that going back within the history is waited for.
const GOING_BACK_MS: u32 = 500;

/// Where the app is.
#[derive(Clone, Copy)]
pub struct Address {
    path: RwSignal<String>,
    /// The paths that were left by going forward, the last on top: what the browser's Back returns to.
    trail: StoredValue<Vec<String>>,
}

impl Address {
    /// Reads the address bar, follows it from now on, and gives itself to everything below.
    pub fn provide() -> Self {
        let address = Self { path: RwSignal::new(current_path()), trail: StoredValue::new(Vec::new()) };
        let listener = window_event_listener(ev::popstate, move |_| address.follow(current_path()));
        on_cleanup(move || listener.remove());
        provide_context(address);
        address
    }

    /// The path now; read in a view, it follows every move.
    #[must_use]
    pub fn path(self) -> String {
        self.path.get()
    }

    /// Goes to a path; Back returns here.
    pub fn go(self, path: &str) {
        let here = self.path.get_untracked();
        if here == path {
            return;
        }
        if let Ok(history) = window().history() {
            let _ = history.push_state_with_url(&JsValue::from(depth() + 1), "", Some(path));
        }
        self.trail.update_value(|trail| trail.push(here));
        self.path.set(path.to_owned());
    }

    /// Goes to a path in place of this one: Back does not return here.
    pub fn replace(self, path: &str) {
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::from(depth()), "", Some(path));
        }
        if self.path.get_untracked() != path {
            self.path.set(path.to_owned());
        }
    }

    /// Goes back to a path: by the browser's Back where that leads there, else in place of this one.
    pub fn back_to(self, path: &str) {
        let came_from_there = self.trail.with_value(|trail| trail.last().is_some_and(|last| last == path));
        match window().history() {
            Ok(history) if came_from_there => {
                let _ = history.back();
            }
            Ok(_) | Err(_) => self.replace(path),
        }
    }

    fn follow(self, path: String) {
        if self.path.get_untracked() == path {
            return;
        }
        self.trail.update_value(|trail| {
            if trail.last() == Some(&path) {
                trail.pop();
            } else {
                // Forward, or from before this page was loaded: nothing is known of what lies behind.
                trail.clear();
            }
        });
        self.path.set(path);
    }
}

/// The address that [`Address::provide`] gave.
pub fn use_address() -> Address {
    use_context().unwrap_or_else(Address::provide)
}

fn current_path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// What follows `?` in the address bar; empty when there is nothing.
#[must_use]
pub fn search() -> String {
    window().location().search().unwrap_or_default()
}

/// Puts the same page's address with other parameters into the address bar, and goes nowhere.
pub fn note_search(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
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

/// How many entries of the browser's history this app has put before the present one; each entry keeps its number.
fn depth() -> i32 {
    let state = window().history().and_then(|history| history.state()).ok();
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a small whole number of our own")]
    state.and_then(|state| state.as_f64()).map_or(0, |depth| depth as i32)
}

/// Loads another page in the place of this app: first back to where it began, so that its pages do not stay in the
/// browser's history, nor anything of it in memory.
pub fn leave_for(path: &str) {
    let (path, depth) = (path.to_owned(), depth());
    let replace = move || {
        let _ = window().location().replace(&path);
    };
    if depth == 0 {
        return replace();
    }
    // Where the browser does not go back, the entries stay; what they showed is gone all the same.
    Timeout::new(GOING_BACK_MS, replace.clone()).forget();
    window_event_listener(ev::popstate, move |_| replace());
    if let Ok(history) = window().history() {
        let _ = history.go_with_delta(-depth);
    }
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

/// Lets the browser ask before it closes or reloads the page, for as long as something would be lost by it.
pub fn guard_leaving(would_lose: impl Fn() -> bool + 'static) {
    let listener = window_event_listener(ev::beforeunload, move |leaving| {
        if would_lose() {
            leaving.prevent_default();
            leaving.set_return_value("ask");
        }
    });
    on_cleanup(move || listener.remove());
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

/// Puts the focus on the element with this id, and scrolls to it.
pub fn focus_on(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// The language the browser is set to, as a tag.
#[must_use]
pub fn browser_language() -> String {
    window().navigator().language().unwrap_or_default()
}

/// Loads the page again.
pub fn reload() {
    let _ = window().location().reload();
}

//! Following a stream of server-sent messages for as long as a page shows.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, EventSource};

/// Whether messages come now; the browser reconnects by itself after a gap.
///
/// `told` is called at every message, and once after every gap, because messages may have passed meanwhile. The
/// stream is closed when the page that asked goes.
pub(crate) fn follow(path: &str, told: impl Fn() + Clone + 'static) -> ReadSignal<bool> {
    let (live, set_live) = signal(false);
    let Ok(source) = EventSource::new(path) else { return live };
    let first = Cell::new(true);
    let after_gap = told.clone();
    let on_open = Closure::<dyn Fn(Event)>::new(move |_| {
        let _ = set_live.try_set(true);
        if !first.replace(false) {
            after_gap();
        }
    });
    let on_message = Closure::<dyn Fn(Event)>::new(move |_| told());
    let on_error = Closure::<dyn Fn(Event)>::new(move |_| {
        let _ = set_live.try_set(false);
    });
    source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    let stream = StoredValue::new_local((source, on_open, on_message, on_error));
    on_cleanup(move || stream.with_value(|(source, ..)| source.close()));
    live
}

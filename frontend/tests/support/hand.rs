//! A person's hand on the page: taps, slides and types, never two things in one moment, and waits for what appears.

use wasm_bindgen::prelude::*;
use web_sys::Element;

use super::uptime_ms;

#[wasm_bindgen(inline_js = "
    let moment = 0;
    function give(element, event) {
        moment = Math.max(moment + 400, performance.now());
        Object.defineProperty(event, 'timeStamp', { value: moment });
        element.dispatchEvent(event);
    }
    const seen = { bubbles: true, cancelable: true };
    export function tap(element) {
        give(element, new MouseEvent('click', seen));
    }
    export function slide_to(element, share) {
        const { top, height } = element.getBoundingClientRect();
        for (const kind of ['pointerdown', 'pointermove', 'pointerup']) {
            const from_top = kind === 'pointerdown' ? 0.5 : share;
            give(element, new PointerEvent(kind, { ...seen, pointerId: 1, clientY: top + from_top * height }));
        }
    }
    export async function type_into(field, text) {
        field.focus();
        field.value = text;
        give(field, new Event('input', seen));
        await next_turn();
        give(field, new Event('change', seen));
    }
    let address = location.pathname;
    export function hold_address_bar() {
        history.pushState = history.replaceState = (_state, _title, path) => { address = path; };
    }
    export function path() {
        return address;
    }
    export function texts(selector) {
        return [...document.querySelectorAll(selector)].map((element) => element.textContent);
    }
    export function next_turn() {
        return new Promise((resolve) => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => { port1.close(); resolve(); };
            port2.postMessage(null);
        });
    }
")]
extern "C" {
    pub(crate) fn tap(element: &Element);
    /// Puts a finger on the middle and slides it to this share of the height, from the top.
    pub(crate) fn slide_to(element: &Element, share: f64);
    /// Fills a field and leaves it.
    pub(crate) async fn type_into(field: &Element, text: &str);
    /// Keeps addresses here instead of in the address bar: Chromium takes 200 of them in ten seconds, and tests are
    /// faster than hands.
    pub(crate) fn hold_address_bar();
    /// The address that the app gave last.
    pub(crate) fn path() -> String;
    /// The words of every element that the selector finds.
    pub(crate) fn texts(selector: &str) -> Vec<String>;
    async fn next_turn();
}

/// Waits until something is there.
pub(crate) async fn until<T>(what: &str, find: impl Fn() -> Option<T>) -> T {
    let begun = uptime_ms();
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(uptime_ms() - begun < 10_000.0, "waited for {what} at {}: {}", path(), text_of("main"));
        next_turn().await;
    }
}

pub(crate) fn find(selector: &str) -> Option<Element> {
    web_sys::window().unwrap().document().unwrap().query_selector(selector).unwrap()
}

/// The words of an element; empty where there is none.
pub(crate) fn text_of(selector: &str) -> String {
    find(selector).and_then(|element| element.text_content()).unwrap_or_default()
}

//! The two apps on the tablet, kept for use without network, and a word to other tabs when the tablet changes hands.
//!
//! The word is in the browser's plain storage, whose changes other tabs hear. Nothing depends on its being kept: that
//! this is a ward's tablet, and who has it, is in the tablet's database (`public/boot.js` looks for that too).

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::ServiceWorkerRegistration;

/// The word's name.
pub(super) const WORD: &str = "ressenti-ward";

/// Where the patient's app is kept by its service worker, and the staff's.
const WORKERS: [(&str, &str); 2] = [("/sw.js", "/"), ("/staff/sw.js", "/staff/")];

/// How often it is looked whether an app is there, and how many times.
const LOOK_EVERY_MS: u32 = 250;
const LOOKS: u32 = 240;

/// Keeps both apps on the tablet; `false` when that did not come about.
pub(super) async fn keep_apps() -> bool {
    for (worker, _) in WORKERS {
        let asked = window().navigator().service_worker().register(worker);
        if JsFuture::from(asked).await.is_err() {
            return false;
        }
    }
    for _ in 0..LOOKS {
        let mut kept = true;
        for (_, scope) in WORKERS {
            kept &= is_kept(scope).await;
        }
        if kept {
            return true;
        }
        TimeoutFuture::new(LOOK_EVERY_MS).await;
    }
    false
}

async fn is_kept(scope: &str) -> bool {
    let asked = window().navigator().service_worker().get_registration_with_document_url(scope);
    let found: Option<ServiceWorkerRegistration> =
        JsFuture::from(asked).await.ok().filter(|found: &JsValue| !found.is_undefined()).map(Into::into);
    found.is_some_and(|registration| registration.active().is_some())
}

/// Asks the browser to keep what the tablet holds when space runs short; `None` when it gives no answer.
pub(super) async fn ask_to_persist() -> Option<bool> {
    let asked = window().navigator().storage().persist().ok()?;
    JsFuture::from(asked).await.ok()?.as_bool()
}

/// Tells other tabs whether a patient has the tablet.
pub(super) fn tell_tabs(in_hands: bool) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(WORD, if in_hands { "given" } else { "ready" });
    }
}

/// Forgets what the former patient chose: text size, colours, language.
pub(super) fn forget_choices() {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.clear();
    }
    tell_tabs(false);
}

//! Leaving for the hospital's sign-in, and coming back from it. What is needed then waits in this tab alone, so that
//! nobody can be brought to sign in as somebody else by a link.

use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use shared::api::{ProviderReply, ProviderSignInRequest};
use web_sys::{Storage, UrlSearchParams};

/// Where the provider sends people back to.
const BACK: &str = "/staff/provider";

/// What waits in the tab goes by this name.
const KEPT: &str = "ressenti-provider";

/// What waits in the tab.
#[derive(Serialize, Deserialize)]
struct Left {
    reference: String,
    path: String,
}

/// What the provider sent back.
pub(crate) struct Back {
    /// The page that was left.
    pub(crate) path: String,
    /// What is handed in to sign in; `None` when the provider sent no code, or this tab never left for it.
    pub(crate) handed: Option<ProviderSignInRequest>,
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Leaves a page for the provider; `false` when this browser would not remember what it needs afterwards.
pub(crate) fn leave(path: String, to: ProviderReply) -> bool {
    let left = Left { reference: to.reference, path };
    let kept = serde_json::to_string(&left).ok().zip(storage());
    kept.is_some_and(|(left, storage)| storage.set_item(KEPT, &left).is_ok())
        && window().location().assign(&to.address).is_ok()
}

/// Whether this page was opened by the provider, and what it sent back; what waited in the tab is gone then.
pub(crate) fn come_back(path: &str) -> Option<Back> {
    (path == BACK).then(|| {
        let left = take();
        let path = left.as_ref().map_or_else(|| "/staff/".to_owned(), |left| left.path.clone());
        Back { path, handed: left.and_then(hand) }
    })
}

fn take() -> Option<Left> {
    let storage = storage()?;
    let left = storage.get_item(KEPT).ok()??;
    let _ = storage.remove_item(KEPT);
    serde_json::from_str(&left).ok()
}

fn hand(left: Left) -> Option<ProviderSignInRequest> {
    let told = UrlSearchParams::new_with_str(&window().location().search().ok()?).ok()?;
    Some(ProviderSignInRequest { reference: left.reference, state: told.get("state")?, code: told.get("code")? })
}

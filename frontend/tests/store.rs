//! The browser's store keeps every promise of a device's store, in a real browser, and a few of its own.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests")]

use frontend::store::IndexedDbStore;
use shared::sync::conformance;
use uuid::Uuid;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[expect(clippy::disallowed_methods, reason = "a name no other test has")]
fn fresh() -> String {
    format!("test-{}", Uuid::new_v4())
}

macro_rules! promises {
    ($($promise:ident,)*) => {$(
        #[wasm_bindgen_test]
        async fn $promise() {
            conformance::$promise(&IndexedDbStore::new(&fresh())).await.unwrap();
        }
    )*};
}

shared::store_promises!(promises);

#[wasm_bindgen_test]
async fn saving_is_strict() {
    assert_eq!(IndexedDbStore::new(&fresh()).durability().await.unwrap(), "strict");
}

//! The browser's build scores every shipped instrument to the very bits of the server's build.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests")]

use shared::{
    instrument::catalog::Catalog,
    scoring::conformance::{DIGEST, digest},
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_browser_gives_the_very_bits_that_the_server_gives() {
    assert_eq!(digest(&Catalog::shipped().unwrap()).unwrap(), DIGEST);
}

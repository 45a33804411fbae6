//! The browser's build scores every shipped instrument as other software does, to the very bits of the server's build.
//!
//! A browser has no file system: the build script hands in the oracle's files, see `frontend/build.rs`.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    instrument::catalog::Catalog,
    scoring::conformance::{DIGEST, ORACLES, digest},
};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

include!(concat!(env!("OUT_DIR"), "/vectors.rs"));

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_browser_gives_the_very_bits_that_the_server_gives() {
    assert_eq!(digest(&Catalog::shipped().unwrap()).unwrap(), DIGEST);
}

#[wasm_bindgen_test]
fn the_browser_agrees_with_the_oracle_on_every_row_to_the_bits_of_the_server() {
    let catalog = Catalog::shipped().unwrap();
    let files: BTreeMap<&str, &[u8]> = VECTORS.into_iter().collect();
    let expected: BTreeSet<&str> = ORACLES.iter().map(|oracle| oracle.file).collect();
    assert!(files.keys().eq(&expected), "{:?}", files.keys());
    let (mut n_rows, mut n_cells) = (0, 0);
    for oracle in &ORACLES {
        let compared = oracle
            .compare(&catalog, files.get(oracle.file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", oracle.instrument));
        assert_eq!(compared, oracle.expected(), "{}", oracle.instrument);
        n_rows += compared.n_rows;
        n_cells += compared.n_cells;
    }
    console_log!("{n_rows} rows scored, {n_cells} scores compared");
    assert_eq!((n_rows, n_cells), (7_162, 43_734));
}

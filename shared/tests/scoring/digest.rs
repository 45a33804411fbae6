//! The server's build gives the bits that the browser's gives; `frontend/tests/scores.rs` is the other half.

use shared::scoring::conformance::{DIGEST, digest};

use crate::vectors::shipped_catalog;

#[test]
fn this_build_gives_the_same_bits_as_every_other() {
    let digest = digest(shipped_catalog()).unwrap();
    assert_eq!(digest, DIGEST, "a score has changed; if that is meant, keep the new digest");
}

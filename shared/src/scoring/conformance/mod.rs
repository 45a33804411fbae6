//! What every build must give: the scores that other software computed, and the same bits everywhere.
//!
//! The server's build runs it in `shared/tests/scoring`, the browser's in `frontend/tests/scores.rs`; each hands in
//! the oracle's files, as a browser has no file system.

mod digest;
mod oracle;
mod vectors;

pub use self::{
    digest::{DIGEST, digest},
    oracle::{Compared, ORACLES, Oracle},
    vectors::{OracleError, Vectors, agrees},
};

//! A patient's devices: the letter that enrols one, the words that confirm it, the list, revoking one that is lost,
//! and what a device tells of what it holds.

mod held;
mod letter;
mod queries;
mod routes;
mod words;

pub use held::tell;
pub use queries::{find_unconfirmed_words, list, list_letters};
pub use routes::routes;
pub use words::words;

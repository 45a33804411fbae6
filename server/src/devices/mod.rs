//! A patient's devices: the letter that enrols one, the words that confirm it, the list, revoking one that is lost.

mod letter;
mod queries;
mod routes;
mod words;

pub use queries::{find_unconfirmed_words, list, list_letters};
pub use routes::routes;
pub use words::words;

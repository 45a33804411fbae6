//! A patient's devices: the letter that enrols one, the list in the file, revoking one that is lost.

mod queries;
mod routes;

pub use queries::list;
pub use routes::routes;

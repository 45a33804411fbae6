//! What a data manager looks over: the audit trail, the devices, what was set aside. No name, and no answer.

mod queries;
mod routes;

pub use routes::routes;

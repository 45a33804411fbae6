//! What investigators see of everybody at once: completion and trajectories. No patient, no pseudonym in it.

mod completion;
mod queries;
mod routes;

pub use routes::routes;

//! Every patient's assessments, kept as the plan has them, and the nurse's worklist over them.
//!
//! The table is recomputable: [`replan`] reads a patient's facts, plans, and writes what differs. It runs in the
//! transaction that changes the facts, so that death or withdrawal stops everything at once.

mod plans;
mod queries;
mod routes;
mod worklist;

pub use plans::{replan, replan_all};
pub use routes::routes;

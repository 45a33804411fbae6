//! Every patient's assessments, kept as the plan has them, and the nurse's worklist over them.
//!
//! The table is recomputable: [`replan`] reads a patient's facts, plans, and writes what differs. It runs in the
//! transaction that changes a milestone, so that death or withdrawal stops everything at once. Answers do not wait
//! for it: whoever reads the table calls [`refresh`], which plans what came in since the last time.

mod plans;
mod queries;
mod worklist;

pub use plans::{rebuild, refresh, replan, replan_all};
pub use worklist::routes;

//! WHAT LEAVES: tidy tables of answers, scores, assessments and milestones under pseudonyms, with a codebook that explains every
//! column.
//!
//! Writers take one questionnaire at a time and write it at once, so an export streams however large it is. The
//! same input gives the same bytes. No cell is empty: where there is no value the cell is [`NO_VALUE`] and a
//! `status` or `precision` column beside it says why. No calendar date leaves, only relative days (infusion is
//! Day 0), and nothing of the identity side can: no type here knows a name.

mod answers;
mod assessments;
mod cell;
mod codebook;
mod context;
mod milestones;
mod scores;

pub use answers::AnswersCsv;
pub use assessments::{AssessmentsCsv, ExportedAssessment};
pub use codebook::write_codebook;
pub use context::{Exported, RelativeDays};
pub use milestones::{ExportedMilestone, MilestonesCsv};
pub use scores::ScoresCsv;

/// What a cell without a value holds; R, Stata (as text) and Python read it as missing.
pub const NO_VALUE: &str = "NA";

/// A column of an export, as its header and the codebook tell it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Column {
    name: &'static str,
    meaning: &'static str,
    /// Closed list of values, as `code=meaning; …`; empty where the column is open.
    values: &'static str,
}

const fn open(name: &'static str, meaning: &'static str) -> Column {
    Column { name, meaning, values: "" }
}

const fn closed(name: &'static str, meaning: &'static str, values: &'static str) -> Column {
    Column { name, meaning, values }
}

#[cfg(test)]
mod tests;

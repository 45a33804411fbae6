//! What a definition says of its scales: which items, by which rule, how to read the number.

use serde::{Deserialize, Serialize};

use crate::id::ScaleCode;

/// A scale of an instrument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Its code, unique within the instrument; the column name in exports.
    pub code: ScaleCode,
    /// Our own short label, in English.
    pub label: String,
    /// Lowest and highest value it can take.
    pub range: [f64; 2],
    /// What a higher value means.
    pub higher: Direction,
}

/// What a higher value of a scale means to the patient.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Higher is better.
    Better,
    /// Higher is worse.
    Worse,
    /// Neither: a class or a count.
    Neither,
}

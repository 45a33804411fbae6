//! WHAT IT MEANS: scores, computed from a response by the rules of its instrument's definition.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{InstrumentVersion, ScaleCode};

/// The version of the scoring engine; every score carries it.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// A scale's value, or why there is none; "no score" is not a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleScore {
    /// Scored.
    Scored {
        /// The value, unrounded.
        value: f64,
        /// How many items (or scales) it used.
        used: u16,
        /// How many it needed at least.
        required: u16,
    },
    /// Not scored: too few answers by the scale's missing rule.
    NotScored {
        /// How many items (or scales) were there.
        answered: u16,
        /// How many it needs at least.
        required: u16,
    },
}

/// Every scale of one questionnaire response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstrumentScores {
    /// By whose rules.
    pub instrument: InstrumentVersion,
    /// By which engine.
    pub engine: String,
    /// The scales, by code.
    pub scales: BTreeMap<ScaleCode, ScaleScore>,
}

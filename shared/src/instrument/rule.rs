//! How a scale's inputs become a number and how that number is finished: the closed vocabulary of scoring.
//!
//! Each variant is a small function in `scoring/rules.rs` and a few words in `in_words.rs`. A further rule is a
//! further variant, and nothing is here that no shipped instrument uses.

use serde::{Deserialize, Serialize};

use crate::id::TableKey;

/// How inputs become one number; inputs that are not there are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// Their sum, times how many there should be, divided by how many are there.
    Prorated,
    /// How many of them are among these codes.
    Count {
        /// The codes that count.
        codes: Vec<i32>,
    },
    /// A constant and each input times its weight.
    Weighted {
        /// Where it starts.
        constant: f64,
        /// One weight for each input, in their order.
        weights: Vec<f64>,
    },
    /// 50 and ten times the weighted sum of the inputs' standard scores, one norm for each input, in their order.
    NormBased(Vec<Norm>),
    /// A value set over response levels.
    ValueSet(ValueSet),
    /// The value that one of the definition's tables gives to the inputs' codes together.
    Table(TableKey),
}

/// Where an input stands in the population of reference, and what it weighs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Norm {
    /// The population's mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// The weight of the standard score.
    pub weight: f64,
}

/// A value for every combination of the codes of several items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// One value for each combination, codes in the order of their option sets, the last item's changing fastest.
    pub values: Vec<f64>,
    /// For each item, one value for each of its codes where it alone is there; without them, all must be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alone: Vec<Vec<f64>>,
}

/// A value for every combination of response levels: a start, one weight per item and level, and three known extras.
///
/// *value = start + weights + `any_above_first` (if any item is above its first level) + for items at `severe.from`
/// or above their severe weight + `severe.squared` × (how many of them - 1)²*.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueSet {
    /// Where it starts.
    pub start: f64,
    /// For each input, in their order, the weight of each of its option codes, in the order of its option set.
    pub weights: Vec<Vec<f64>>,
    /// Added once when any item is above its first level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any_above_first: Option<f64>,
    /// What severe levels add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severe: Option<SevereLevels>,
}

/// What severe levels add in a value set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SevereLevels {
    /// The first code that counts as severe.
    pub from: i32,
    /// For each input, in their order, what it adds when severe.
    pub weights: Vec<f64>,
    /// Times the square of the number of severe items beyond the first.
    pub squared: f64,
}

/// A last step on a scale's number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The straight line that takes one pair of values to another.
    Rescale {
        /// Two values before.
        from: [f64; 2],
        /// The same two after.
        to: [f64; 2],
    },
    /// Rounding to this many decimals, halves away from zero.
    Round(u8),
    /// The value at its place in a list.
    Lookup {
        /// The whole number that the first value is for.
        first: i32,
        /// The values, one for each whole number from there.
        values: Vec<f64>,
    },
    /// The band it falls into.
    Bands {
        /// The lowest value of every band but the first, ascending.
        from: Vec<f64>,
        /// What each band means, one more than there are limits.
        labels: Vec<String>,
        /// The number of each band; without them, from 0 up.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        codes: Vec<i32>,
    },
}

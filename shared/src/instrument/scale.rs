//! What a definition says of its scales: which items, how many of them, by which rule, how to read the number.
//!
//! The rules are a small closed vocabulary of data, no scripts. A scale takes its inputs (items, or scales further
//! up), [`Needs`] says how many must be there, a [`Rule`] makes one number of them, [`Step`]s finish it.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::rule::{Rule, Step};
use crate::id::{ItemCode, KeyError, ScaleCode};

/// A scale of an instrument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Its code, unique among the instrument's scales; the column name in exports.
    pub code: ScaleCode,
    /// Our own short label, in English.
    pub label: String,
    /// What it is made from.
    pub of: Inputs,
    /// What the codes of an item count as here, where they do not count as themselves: one number for each of its
    /// codes, in the order of its option set, or from its lowest number up.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recode: BTreeMap<ItemCode, Vec<f64>>,
    /// How the inputs become one number.
    pub rule: Rule,
    /// How many inputs must be there; with fewer there is no score.
    pub needs: Needs,
    /// What is done to that number, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Lowest and highest value it can take.
    pub range: [f64; 2],
    /// What a higher value means.
    pub higher: Direction,
    /// The paper or manual this scale alone rests on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// What a scale is made from: `{ items = ["q1", "-q2"] }` or `{ scales = ["PF", "-FA"] }`, `-` reversing an input.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inputs {
    /// Answers to items.
    Items(Vec<Input<ItemCode>>),
    /// Scales that stand earlier in the definition.
    Scales(Vec<Input<ScaleCode>>),
}

/// One input of a scale, as it is or reversed.
///
/// A reversed input counts as *lowest + highest - value*, by the codes of the item or the range of the scale.
///
/// ```
/// use shared::{id::ItemCode, instrument::Input};
/// let input: Input<ItemCode> = "-q6".parse()?;
/// assert!(input.reversed && input.code.as_str() == "q6");
/// # Ok::<(), shared::id::KeyError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "String",
    into = "String",
    bound(serialize = "K: Clone + fmt::Display", deserialize = "K: FromStr<Err = KeyError>")
)]
pub struct Input<K> {
    /// The item or scale.
    pub code: K,
    /// Whether its direction is turned round.
    pub reversed: bool,
}

impl<K: FromStr<Err = KeyError>> FromStr for Input<K> {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (reversed, code) = text.strip_prefix('-').map_or((false, text), |code| (true, code));
        Ok(Self { code: code.parse()?, reversed })
    }
}

impl<K: FromStr<Err = KeyError>> TryFrom<String> for Input<K> {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl<K: fmt::Display> fmt::Display for Input<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.reversed { "-" } else { "" }, self.code)
    }
}

impl<K: fmt::Display> From<Input<K>> for String {
    fn from(input: Input<K>) -> Self {
        input.to_string()
    }
}

/// How many of a scale's inputs must be there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Every one.
    All,
    /// At least half; exactly half is enough (EORTC's half rule).
    Half,
    /// More than half; exactly half is not enough (FACIT's rule).
    MoreThanHalf,
    /// At least this many.
    AtLeast(u16),
    /// Every one, and more than this percentage of all the items beneath them (FACIT's rule for totals).
    AllAndMoreThanPercentOfItems(u8),
    /// Every one, or the first alone where it stands at its lowest: the others follow it up and are not asked then.
    /// Those that are not there count as their first code.
    AllOrFirstAtLowest,
}

impl Needs {
    /// How many of `n_inputs` must be there.
    ///
    /// ```
    /// use shared::instrument::Needs;
    /// assert_eq!([Needs::Half.of(5), Needs::Half.of(2)], [3, 1]);
    /// assert_eq!([Needs::MoreThanHalf.of(5), Needs::MoreThanHalf.of(2)], [3, 2]);
    /// ```
    #[must_use]
    pub const fn of(self, n_inputs: u16) -> u16 {
        match self {
            Self::All | Self::AllAndMoreThanPercentOfItems(_) | Self::AllOrFirstAtLowest => n_inputs,
            Self::Half => n_inputs.div_ceil(2),
            Self::MoreThanHalf => n_inputs / 2 + 1,
            Self::AtLeast(n) => n,
        }
    }
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

impl Inputs {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Items(items) => items.len(),
            Self::Scales(scales) => scales.len(),
        }
    }

    /// Whether there are none, which the catalog refuses.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Scale {
    /// How many inputs must be there for a score.
    #[must_use]
    pub fn required(&self) -> u16 {
        self.needs.of(u16::try_from(self.of.len()).unwrap_or(u16::MAX))
    }
}

//! WHAT IT MEANS: scores, computed from a response by the rules of its instrument's definition.

#[cfg(all(feature = "catalog", feature = "conformance"))]
pub mod conformance;
mod rules;
mod scorer;
#[cfg(feature = "catalog")]
pub mod table;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::scorer::Scorer;
use crate::{
    answers::AnswerValue,
    id::{InstrumentVersion, ItemCode, ScaleCode},
    instrument::{Definition, Item, answer, whole_number},
};

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

impl ScaleScore {
    /// The value, where there is one.
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        match self {
            Self::Scored { value, .. } => Some(*value),
            Self::NotScored { .. } => None,
        }
    }
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

/// Scores one response by the rules of its instrument.
///
/// Pure: the same answers give the same bits in the browser and on the server. Missing rule: a scale with fewer
/// inputs than its definition needs is [`ScaleScore::NotScored`]. A value that its item does not allow, and an
/// answer to an item that the instrument does not have, count as missing. Guarded by `shared/tests/scoring`.
///
/// ```
/// use std::collections::BTreeMap;
/// use shared::{answers::AnswerValue, instrument::catalog::Catalog, scoring::{ScaleScore, score}};
/// let catalog = Catalog::shipped()?;
/// let qlq_c30 = catalog.find_latest(&"qlq-c30".parse()?).ok_or("not shipped")?;
/// let one_of_two = BTreeMap::from([("q29".parse()?, AnswerValue::Code(7))]);
/// let scores = score(qlq_c30, &one_of_two);
/// assert_eq!(scores.scales["QL"], ScaleScore::Scored { value: 100.0, used: 1, required: 1 });
/// assert_eq!(scores.scales["PF"], ScaleScore::NotScored { answered: 0, required: 3 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn score(definition: &Definition, answers: &BTreeMap<ItemCode, AnswerValue>) -> InstrumentScores {
    let number_of = |item: &Item| {
        let value = answers.get(&item.code)?;
        answer::allows(definition, item, value).then(|| number(value))?
    };
    let values: Vec<Option<f64>> = definition.items.iter().map(number_of).collect();
    let scorer = Scorer::new(definition);
    let mut by_scale = Vec::with_capacity(definition.scales.len());
    scorer.score_into(&values, &mut by_scale);
    InstrumentScores {
        instrument: definition.instrument.clone(),
        engine: ENGINE_VERSION.to_owned(),
        scales: scorer.scales().map(|scale| scale.code.clone()).zip(by_scale).collect(),
    }
}

/// The number an answer stands for; several choices, dates and text stand for none.
fn number(value: &AnswerValue) -> Option<f64> {
    match value {
        AnswerValue::Code(code) => Some(f64::from(*code)),
        AnswerValue::Integer(number) => Some(whole_number(*number)),
        AnswerValue::Decimal(number) => Some(*number),
        AnswerValue::Codes(_) | AnswerValue::Date(_) | AnswerValue::Text(_) => None,
    }
}

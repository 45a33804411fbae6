//! Flags: scores beyond a published threshold, shown to staff as something to look at. They are no alarm: nobody is
//! called, nothing is promised about when somebody looks, and a score below the threshold says nothing is well.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Labels;
use crate::{
    id::{FlagKey, InstrumentVersion, ScaleCode, TimepointKey},
    instrument::Direction,
};

/// A score that staff are to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// The key.
    pub key: FlagKey,
    /// What it points at, in a few words.
    pub label: Labels,
    /// The instrument whose scale is looked at, at this version.
    pub instrument: InstrumentVersion,
    /// The scale.
    pub scale: ScaleCode,
    /// From which score on.
    pub when: Threshold,
    /// The paper that the threshold is taken from.
    pub source: String,
}

/// From which score on a flag stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// Greater than this; this itself does not count.
    Above(f64),
    /// Smaller than this; this itself does not count.
    Below(f64),
    /// This or greater.
    AtLeast(f64),
    /// This or smaller.
    AtMost(f64),
    /// Worse than at an earlier timepoint.
    WorseBy(Worsening),
}

/// A change for the worse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worsening {
    /// By so many points or more, towards the scale's worse end.
    pub points: f64,
    /// Since this timepoint.
    pub since: TimepointKey,
}

impl Threshold {
    /// The earlier timepoint that a score is compared with, where it is.
    #[must_use]
    pub const fn since(&self) -> Option<&TimepointKey> {
        match self {
            Self::WorseBy(Worsening { since, .. }) => Some(since),
            Self::Above(_) | Self::Below(_) | Self::AtLeast(_) | Self::AtMost(_) => None,
        }
    }

    /// Whether a score is beyond it. `before` is the score at the earlier timepoint, `higher` the scale's direction.
    ///
    /// Without an earlier score there is no change to speak of, and so no flag.
    ///
    /// ```
    /// use shared::{instrument::Direction, study::Threshold};
    /// assert!(Threshold::AtLeast(11.0).is_met(11.0, None, Direction::Worse));
    /// assert!(!Threshold::Above(25.0).is_met(25.0, None, Direction::Worse));
    /// ```
    #[must_use]
    pub fn is_met(&self, value: f64, before: Option<f64>, higher: Direction) -> bool {
        match self {
            Self::Above(limit) => value > *limit,
            Self::Below(limit) => value < *limit,
            Self::AtLeast(limit) => value >= *limit,
            Self::AtMost(limit) => value <= *limit,
            Self::WorseBy(Worsening { points, .. }) => before.is_some_and(|before| {
                let worse_by = match higher {
                    Direction::Better => before - value,
                    Direction::Worse => value - before,
                    Direction::Neither => return false,
                };
                // scores are sums of thirds and the like: what is equal on paper may differ in the last bits
                worse_by >= *points - 1e-9
            }),
        }
    }

    /// The score that it turns on, where it is one.
    #[must_use]
    pub const fn limit(&self) -> Option<f64> {
        match self {
            Self::Above(limit) | Self::Below(limit) | Self::AtLeast(limit) | Self::AtMost(limit) => Some(*limit),
            Self::WorseBy(_) => None,
        }
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.key, self.instrument, self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_means_towards_the_worse_end_of_the_scale() {
        let by_20 = Threshold::WorseBy(Worsening { points: 20.0, since: "T1".parse().expect("a key") });
        let check =
            |value, before, higher, met| assert_eq!(by_20.is_met(value, before, higher), met, "{value} {before:?}");
        check(50.0, Some(75.0), Direction::Better, true);
        check(55.0, Some(75.0), Direction::Better, true);
        check(66.7, Some(75.0), Direction::Better, false);
        check(95.0, Some(75.0), Direction::Better, false);
        check(95.0, Some(75.0), Direction::Worse, true);
        check(200.0 / 3.0, Some(260.0 / 3.0), Direction::Better, true);
        check(0.0, None, Direction::Better, false);
        check(0.0, Some(75.0), Direction::Neither, false);
    }

    #[test]
    fn a_limit_itself_counts_only_where_the_threshold_says_so() {
        for (threshold, below, at, above) in [
            (Threshold::Above(10.0), false, false, true),
            (Threshold::AtLeast(10.0), false, true, true),
            (Threshold::Below(10.0), true, false, false),
            (Threshold::AtMost(10.0), true, true, false),
        ] {
            let met = [9.0, 10.0, 11.0].map(|value| threshold.is_met(value, None, Direction::Worse));
            assert_eq!(met, [below, at, above], "{threshold:?}");
        }
    }
}

//! The arithmetic of each rule and step, one small function each, over the inputs that are there.

use super::scorer::Present;
use crate::instrument::{Rule, SevereLevels, Step, ValueSet};

/// Makes one number of the inputs; `None` when a value set has no weight for a level.
pub(super) fn apply_rule(rule: &Rule, inputs: &[Present<'_>]) -> Option<f64> {
    match rule {
        Rule::Sum => Some(sum(inputs)),
        Rule::Mean => mean(inputs),
        Rule::Weighted { constant, weights } => weighted(*constant, weights, inputs),
        Rule::ValueSet(set) => value_set(set, inputs),
    }
}

/// Finishes a number.
pub(super) fn apply_step(value: f64, step: &Step) -> f64 {
    match step {
        Step::Rescale { from: [a, b], to: [c, d] } => c + (value - a) / (b - a) * (d - c),
        Step::Round(decimals) => round(value, *decimals),
        Step::Bands { from, .. } => count(from.iter().filter(|limit| value >= **limit)),
    }
}

fn sum(inputs: &[Present<'_>]) -> f64 {
    inputs.iter().map(|input| input.value).sum()
}

fn mean(inputs: &[Present<'_>]) -> Option<f64> {
    (!inputs.is_empty()).then(|| sum(inputs) / count(inputs))
}

fn weighted(constant: f64, weights: &[f64], inputs: &[Present<'_>]) -> Option<f64> {
    inputs.iter().try_fold(constant, |total, input| Some(total + weights.get(input.place)? * input.value))
}

fn value_set(set: &ValueSet, inputs: &[Present<'_>]) -> Option<f64> {
    let mut value = set.start;
    let mut any_above_first = false;
    for input in inputs {
        let level = input.level()?;
        any_above_first |= level > 0;
        value += set.weights.get(input.place)?.get(level)?;
    }
    if any_above_first {
        value += set.any_above_first.unwrap_or_default();
    }
    set.severe.as_ref().map_or(Some(value), |severe| Some(value + severe_levels(severe, inputs)?))
}

fn severe_levels(severe: &SevereLevels, inputs: &[Present<'_>]) -> Option<f64> {
    let at = |input: &&Present<'_>| input.value >= f64::from(severe.from);
    let weights =
        inputs.iter().filter(at).try_fold(0.0, |total, input| Some(total + severe.weights.get(input.place)?))?;
    let beyond_first = (count(inputs.iter().filter(at)) - 1.0).max(0.0);
    Some(weights + severe.squared * beyond_first * beyond_first)
}

fn round(value: f64, decimals: u8) -> f64 {
    let factor = 10_f64.powi(i32::from(decimals));
    (value * factor).round() / factor
}

fn count<I: IntoIterator>(things: I) -> f64 {
    things.into_iter().fold(0.0, |n, _| n + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: &[i32] = &[1, 2, 3];

    fn at(levels: [f64; 2]) -> Vec<Present<'static>> {
        levels.into_iter().enumerate().map(|(place, value)| Present { place, value, codes: LEVELS }).collect()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn a_value_set_adds_its_three_extras_only_when_they_are_due() {
        let set = Rule::ValueSet(ValueSet {
            start: 1.0,
            weights: vec![vec![0.0, -0.1, -0.2], vec![-0.01, -0.02, -0.03]],
            any_above_first: Some(-0.5),
            severe: Some(SevereLevels { from: 3, weights: vec![-0.001, -0.002], squared: 0.25 }),
        });
        let cases = [
            ([1.0, 1.0], 1.0 - 0.01),
            ([2.0, 1.0], 1.0 - 0.1 - 0.01 - 0.5),
            ([3.0, 1.0], 1.0 - 0.2 - 0.01 - 0.5 - 0.001),
            ([3.0, 3.0], 1.0 - 0.2 - 0.03 - 0.5 - 0.003 + 0.25),
        ];
        for (levels, expected) in cases {
            let value = apply_rule(&set, &at(levels)).unwrap();
            assert!(close(value, expected), "{levels:?}: {value}, expected {expected}");
        }
        assert_eq!(apply_rule(&set, &at([1.0, 4.0])), None, "a level without a weight has no value");
    }

    #[test]
    fn steps_rescale_round_and_band() {
        let rescale = Step::Rescale { from: [1.0, 4.0], to: [100.0, 0.0] };
        let bands = Step::Bands { from: vec![5.0, 10.0], labels: vec!["low".into(), "mid".into(), "high".into()] };
        let cases = [
            (&rescale, 1.0, 100.0),
            (&rescale, 4.0, 0.0),
            (&rescale, 2.5, 50.0),
            (&Step::Round(2), 30.169_999_999_999_998, 30.17),
            (&Step::Round(0), -2.5, -3.0),
            (&bands, 4.9, 0.0),
            (&bands, 5.0, 1.0),
            (&bands, 9.9, 1.0),
            (&bands, 10.0, 2.0),
        ];
        for (step, value, expected) in cases {
            assert!(close(apply_step(value, step), expected), "{step:?} of {value}");
        }
    }

    #[test]
    fn rounding_gives_the_very_number_that_a_threshold_names() {
        assert_eq!(apply_step(30.170_000_000_000_005, &Step::Round(2)).to_bits(), 30.17_f64.to_bits());
    }
}

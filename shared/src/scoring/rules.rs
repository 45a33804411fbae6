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
    inputs.iter().try_fold(constant, |total, input| Some(weights.get(input.place)?.mul_add(input.value, total)))
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
    Some((severe.squared * beyond_first).mul_add(beyond_first, weights))
}

fn round(value: f64, decimals: u8) -> f64 {
    let factor = 10_f64.powi(i32::from(decimals));
    (value * factor).round() / factor
}

fn count<I: IntoIterator>(things: I) -> f64 {
    things.into_iter().fold(0.0, |n, _| n + 1.0)
}

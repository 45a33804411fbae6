//! The arithmetic of each rule and step, one small function each, over the inputs that are there.

use super::scorer::{Present, Wanted};
use crate::instrument::{Norm, Rule, SevereLevels, Step, Table, ValueSet};

/// Makes one number of the inputs; `None` when a value set or table has no value for a level.
///
/// `wanted` are all inputs of the scale, `inputs` those that are there.
pub(super) fn apply_rule(
    rule: &Rule,
    table: Option<&Table>,
    wanted: &[Wanted<'_>],
    inputs: &[Present<'_>],
) -> Option<f64> {
    match rule {
        Rule::Sum => Some(sum(inputs)),
        Rule::Mean => mean(inputs),
        Rule::Prorated => Some(sum(inputs) * count(wanted) / count(inputs)),
        Rule::Count { codes } => Some(count(inputs.iter().filter(|input| codes.iter().any(|code| input.is(*code))))),
        Rule::Weighted { constant, weights } => weighted(*constant, weights, inputs),
        Rule::NormBased(norms) => norm_based(norms, inputs),
        Rule::ValueSet(set) => value_set(set, inputs),
        Rule::Table(_) => look_up(table?, wanted, inputs),
    }
}

/// Finishes a number; `None` when a list has no value for it.
pub(super) fn apply_step(value: f64, step: &Step) -> Option<f64> {
    match step {
        Step::Rescale { from: [a, b], to: [c, d] } => Some(c + (value - a) / (b - a) * (d - c)),
        Step::Round(decimals) => Some(round(value, *decimals)),
        Step::Lookup { first, values } => {
            let place = values.iter().zip(0..).find(|(_, place)| is(value, f64::from(first + place)));
            place.map(|(value, _)| *value)
        }
        Step::Bands { from, codes, .. } => {
            let band = from.iter().filter(|limit| value >= **limit);
            if codes.is_empty() { Some(count(band)) } else { codes.get(band.count()).map(|code| f64::from(*code)) }
        }
    }
}

/// Whether a number is meant to be this whole number.
pub(super) fn is(value: f64, whole: f64) -> bool {
    (value - whole).abs() < 0.5
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

fn norm_based(norms: &[Norm], inputs: &[Present<'_>]) -> Option<f64> {
    let weighted = inputs.iter().try_fold(0.0, |total, input| {
        let norm = norms.get(input.place)?;
        Some(total + norm.weight * (input.value - norm.mean) / norm.sd)
    })?;
    Some(50.0 + 10.0 * weighted)
}

/// The value of a combination of codes; an input that is not there counts as its first code, unless it is the other
/// one that stands alone.
fn look_up(table: &Table, wanted: &[Wanted<'_>], inputs: &[Present<'_>]) -> Option<f64> {
    if let ([only], false) = (inputs, table.alone.is_empty()) {
        return table.alone.get(only.place)?.get(only.level()?).copied();
    }
    let mut there = inputs.iter().peekable();
    let mut index = 0;
    for (place, wanted) in wanted.iter().enumerate() {
        let level = there.next_if(|input| input.place == place).map_or(Some(0), Present::level)?;
        index = index * wanted.n_levels + level;
    }
    table.values.get(index).copied()
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
    use crate::scoring::scorer::Levels;

    const LEVELS: &[i32] = &[1, 2, 3];

    fn at(levels: [f64; 2]) -> Vec<Present<'static>> {
        levels
            .into_iter()
            .enumerate()
            .map(|(place, value)| Present { place, value, levels: Levels::Codes(LEVELS) })
            .collect()
    }

    fn apply(rule: &Rule, inputs: &[Present<'_>]) -> Option<f64> {
        apply_rule(rule, None, &[], inputs)
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
            let value = apply(&set, &at(levels)).unwrap();
            assert!(close(value, expected), "{levels:?}: {value}, expected {expected}");
        }
        assert_eq!(apply(&set, &at([1.0, 4.0])), None, "a level without a weight has no value");
    }

    #[test]
    fn steps_rescale_round_and_band() {
        let rescale = Step::Rescale { from: [1.0, 4.0], to: [100.0, 0.0] };
        let bands = Step::Bands { from: vec![5.0, 10.0], labels: Vec::new(), codes: Vec::new() };
        let down = Step::Bands { from: vec![5.0], labels: Vec::new(), codes: vec![1, 0] };
        let list = Step::Lookup { first: 4, values: vec![16.2, 19.9] };
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
            (&down, 4.9, 1.0),
            (&down, 5.0, 0.0),
            (&list, 4.0, 16.2),
            (&list, 5.0, 19.9),
        ];
        for (step, value, expected) in cases {
            assert!(close(apply_step(value, step).unwrap(), expected), "{step:?} of {value}");
        }
        assert_eq!(apply_step(6.0, &list), None, "a list has no value beyond its end");
    }

    #[test]
    fn rounding_gives_the_very_number_that_a_threshold_names() {
        assert_eq!(apply_step(30.170_000_000_000_005, &Step::Round(2)).map(f64::to_bits), Some(30.17_f64.to_bits()));
    }
}

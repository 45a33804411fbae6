//! What holds for every scale of every shipped instrument, whatever was answered.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use shared::{
    answers::AnswerValue,
    id::{ItemCode, ScaleCode},
    instrument::{Definition, Inputs, Item, ItemKind, Needs, Scale},
    scoring::{ScaleScore, score},
};

use crate::vectors::shipped_catalog;

type Answers = BTreeMap<ItemCode, AnswerValue>;

/// Any answer to an item, or none.
fn any_answer(definition: &Definition, item: &Item) -> BoxedStrategy<Option<(ItemCode, AnswerValue)>> {
    let value = match &item.kind {
        ItemKind::Choice(set) => {
            proptest::sample::select(definition.options[set].codes.clone()).prop_map(AnswerValue::Code).boxed()
        }
        ItemKind::Analogue { min, max } => (i64::from(*min)..=i64::from(*max)).prop_map(AnswerValue::Integer).boxed(),
        ItemKind::Integer { min, max } => (*min..=*max).prop_map(AnswerValue::Integer).boxed(),
        ItemKind::Decimal { min, max } => (*min..=*max).prop_map(AnswerValue::Decimal).boxed(),
        // no scale is made of these, which the catalog sees to
        ItemKind::Choices(_) | ItemKind::Date | ItemKind::Text { .. } => return Just(None).boxed(),
    };
    let code = item.code.clone();
    proptest::option::weighted(0.8, value.prop_map(move |value| (code.clone(), value))).boxed()
}

/// Any scored instrument with any answers.
fn any_response() -> impl Strategy<Value = (Definition, Answers)> {
    let scored: Vec<Definition> = shipped_catalog().definitions().filter(|d| !d.scales.is_empty()).cloned().collect();
    proptest::sample::select(scored).prop_flat_map(|definition| {
        let items: Vec<_> = definition.items.iter().map(|item| any_answer(&definition, item)).collect();
        (Just(definition), items.prop_map(|answers| answers.into_iter().flatten().collect()))
    })
}

type Scores = BTreeMap<ScaleCode, ScaleScore>;

/// How many inputs of a scale are there.
fn n_there(scale: &Scale, answers: &Answers, scores: &Scores) -> usize {
    match &scale.of {
        Inputs::Items(items) => items.iter().filter(|input| answers.contains_key(&input.code)).count(),
        Inputs::Scales(scales) => scales.iter().filter(|input| scores[&input.code].value().is_some()).count(),
    }
}

/// The codes of all items that a scale is made of.
fn items_beneath(definition: &Definition, scale: &Scale) -> BTreeSet<ItemCode> {
    match &scale.of {
        Inputs::Items(items) => items.iter().map(|input| input.code.clone()).collect(),
        Inputs::Scales(scales) => scales
            .iter()
            .flat_map(|input| items_beneath(definition, definition.find_scale(&input.code).unwrap()))
            .collect(),
    }
}

/// What the missing rule counts, and how much of it must be there: the rules of STUDY.md, written down once more.
fn tally(definition: &Definition, scale: &Scale, answers: &Answers, scores: &Scores) -> (usize, usize) {
    let (n, of) = (n_there(scale, answers, scores), scale.of.len());
    match scale.needs {
        Needs::All => (n, of),
        Needs::Half => (n, of.div_ceil(2)),
        Needs::MoreThanHalf => (n, of / 2 + 1),
        Needs::AtLeast(least) => (n, usize::from(least)),
        Needs::AllAndMoreThanPercentOfItems(_) if n < of => (n, of),
        Needs::AllAndMoreThanPercentOfItems(percent) => {
            let items = items_beneath(definition, scale);
            let there = items.iter().filter(|code| answers.contains_key(*code)).count();
            let is_enough = |n: &usize| n * 100 > items.len() * usize::from(percent);
            (there, (0..=items.len()).find(is_enough).unwrap())
        }
        Needs::AllOrFirstAtLowest => {
            let Inputs::Items(items) = &scale.of else { panic!("{} is made of scales", scale.code) };
            let at_lowest = answers.get(&items[0].code) == Some(&AnswerValue::Code(0));
            (n, if at_lowest { 1 } else { of })
        }
    }
}

proptest! {
    #[test]
    fn a_score_stays_in_the_range_of_its_scale((definition, answers) in any_response()) {
        let scores = score(&definition, &answers).scales;
        for scale in &definition.scales {
            if let Some(value) = scores[&scale.code].value() {
                let [low, high] = scale.range;
                prop_assert!((low - 1e-9..=high + 1e-9).contains(&value), "{} is {value}", scale.code);
            }
        }
    }

    #[test]
    fn a_scale_is_scored_exactly_when_its_missing_rule_is_met((definition, answers) in any_response()) {
        let scores = score(&definition, &answers).scales;
        for scale in &definition.scales {
            let (n, required) = tally(&definition, scale, &answers, &scores);
            let (n, required) = (u16::try_from(n).unwrap(), u16::try_from(required).unwrap());
            match scores[&scale.code] {
                ScaleScore::Scored { used, required: r, .. } => prop_assert!((used, r) == (n, required) && n >= required),
                ScaleScore::NotScored { answered, required: r } => {
                    prop_assert!((answered, r) == (n, required) && n < required);
                }
            }
        }
    }

    #[test]
    fn taking_an_answer_away_never_brings_a_score(
        (definition, answers) in any_response(), place in any::<proptest::sample::Index>(),
    ) {
        prop_assume!(!answers.is_empty());
        let gone = answers.keys().nth(place.index(answers.len())).unwrap().clone();
        let mut fewer = answers.clone();
        fewer.remove(&gone);
        let (before, after) = (score(&definition, &answers).scales, score(&definition, &fewer).scales);
        for scale in &definition.scales {
            let (before, after) = (&before[&scale.code], &after[&scale.code]);
            prop_assert!(before.value().is_some() || after.value().is_none(), "{}", scale.code);
            let uses_it = match &scale.of {
                Inputs::Items(items) => items.iter().any(|input| input.code == gone),
                Inputs::Scales(_) => true,
            };
            prop_assert!(uses_it || before == after, "{} changed without {gone}", scale.code);
        }
    }

    #[test]
    fn the_order_in_which_items_are_asked_makes_no_difference(
        (definition, answers) in any_response(), seed in any::<u64>(),
    ) {
        let mut shuffled = definition.clone();
        shuffled.items.sort_by_key(|item| {
            item.code.as_str().bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        });
        prop_assert_eq!(score(&definition, &answers), score(&shuffled, &answers));
    }

    #[test]
    fn a_value_that_is_not_an_answer_counts_as_missing(
        (definition, answers) in any_response(), place in any::<proptest::sample::Index>(),
    ) {
        prop_assume!(!answers.is_empty());
        let spoilt = answers.keys().nth(place.index(answers.len())).unwrap().clone();
        let (mut with, mut without) = (answers.clone(), answers);
        with.insert(spoilt.clone(), AnswerValue::Code(99));
        without.remove(&spoilt);
        prop_assert_eq!(score(&definition, &with), score(&definition, &without));
    }
}

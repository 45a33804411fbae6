//! Which items apply: branching over earlier answers, read in the order the items are asked.

use std::collections::{BTreeMap, BTreeSet};

use super::{Condition, Definition, Item};
use crate::{answers::AnswerValue, id::ItemCode};

/// The items that apply given the answers, in the order they are asked.
///
/// An answer to an item that no longer applies (the patient changed an earlier one) does not count.
///
/// ```
/// # #[cfg(feature = "catalog")] {
/// use std::collections::BTreeMap;
/// use shared::{answers::AnswerValue, instrument::{catalog::Catalog, logic::applicable}};
/// let catalog = Catalog::shipped()?;
/// let situation = catalog.find_latest(&"situation".parse()?).ok_or("not shipped")?;
/// let nothing_yet = BTreeMap::new();
/// let by_car = BTreeMap::from([("transport".parse()?, AnswerValue::Code(1))]);
/// assert_eq!(applicable(situation, &by_car).len(), applicable(situation, &nothing_yet).len() + 1);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn applicable<'a>(definition: &'a Definition, answers: &BTreeMap<ItemCode, AnswerValue>) -> Vec<&'a Item> {
    let mut standing: BTreeMap<&ItemCode, &AnswerValue> = BTreeMap::new();
    let mut items = Vec::with_capacity(definition.items.len());
    for item in &definition.items {
        if item.applies.as_ref().is_none_or(|condition| holds(condition, &standing)) {
            if let Some(value) = answers.get(&item.code) {
                standing.insert(&item.code, value);
            }
            items.push(item);
        }
    }
    items
}

/// The first item that applies and was neither answered nor skipped: where a patient goes on.
#[must_use]
pub fn next_unanswered<'a>(
    definition: &'a Definition,
    answers: &BTreeMap<ItemCode, AnswerValue>,
    skipped: &BTreeSet<ItemCode>,
) -> Option<&'a Item> {
    applicable(definition, answers)
        .into_iter()
        .find(|item| !answers.contains_key(&item.code) && !skipped.contains(&item.code))
}

fn holds(condition: &Condition, standing: &BTreeMap<&ItemCode, &AnswerValue>) -> bool {
    match condition {
        Condition::Answered { item, codes } => standing.get(item).is_some_and(|value| matches_any(value, codes)),
        Condition::All(all) => all.iter().all(|part| holds(part, standing)),
        Condition::Any(any) => any.iter().any(|part| holds(part, standing)),
        Condition::Not(part) => !holds(part, standing),
    }
}

fn matches_any(value: &AnswerValue, codes: &[i32]) -> bool {
    match value {
        AnswerValue::Code(code) => codes.contains(code),
        AnswerValue::Codes(chosen) => chosen.iter().any(|code| codes.contains(code)),
        AnswerValue::Integer(number) => codes.iter().any(|code| i64::from(*code) == *number),
        AnswerValue::Decimal(_) | AnswerValue::Date(_) | AnswerValue::Text(_) => false,
    }
}

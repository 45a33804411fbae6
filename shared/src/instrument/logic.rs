//! Which items apply: branching over earlier answers, read in the order the items are asked.

use std::collections::{BTreeMap, BTreeSet};

use super::{Condition, Definition, Item};
use crate::{answers::AnswerValue, id::ItemCode};

/// The items that apply given the answers, in the order they are asked.
///
/// An answer to an item that no longer applies (the patient changed an earlier one) does not count.
///
/// ```
/// use std::collections::BTreeMap;
/// use shared::{answers::AnswerValue, instrument::{catalog::Catalog, logic::applicable}};
/// let catalog = Catalog::shipped()?;
/// let situation = catalog.find_latest(&"situation".parse()?).ok_or("not shipped")?;
/// let nothing_yet = BTreeMap::new();
/// let by_car = BTreeMap::from([("transport".parse()?, AnswerValue::Code(1))]);
/// assert_eq!(applicable(situation, &by_car).len(), applicable(situation, &nothing_yet).len() + 1);
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
///
/// ```
/// use std::collections::{BTreeMap, BTreeSet};
/// use shared::instrument::{catalog::Catalog, logic::next_unanswered};
/// let catalog = Catalog::shipped()?;
/// let situation = catalog.find_latest(&"situation".parse()?).ok_or("not shipped")?;
/// let skipped = BTreeSet::from(["household".parse()?]);
/// let next = next_unanswered(situation, &BTreeMap::new(), &skipped);
/// assert_eq!(next.map(|item| item.code.as_str()), Some("marital"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::catalog::Catalog;

    fn situation() -> Definition {
        Catalog::shipped().unwrap().find_latest(&"situation".parse().unwrap()).unwrap().clone()
    }

    fn answers<const N: usize>(given: [(&str, AnswerValue); N]) -> BTreeMap<ItemCode, AnswerValue> {
        given.into_iter().map(|(item, value)| (item.parse().unwrap(), value)).collect()
    }

    fn applies(definition: &Definition, item: &str, answers: &BTreeMap<ItemCode, AnswerValue>) -> bool {
        applicable(definition, answers).iter().any(|applicable| applicable.code.as_str() == item)
    }

    #[test]
    fn a_question_that_follows_from_another_waits_for_its_answer() {
        use AnswerValue::{Code, Codes};
        let situation = situation();
        let cases = [
            ("work_change", ("worked", Code(1)), ("worked", Code(0))),
            ("driver", ("transport", Code(1)), ("transport", Code(4))),
            ("lodging_found", ("lodging_needed", Code(1)), ("lodging_needed", Code(0))),
            ("digital_ease", ("devices", Codes(vec![2])), ("devices", Codes(vec![0]))),
        ];
        for (item, asks, asks_not) in cases {
            assert!(!applies(&situation, item, &BTreeMap::new()), "{item} before anything is answered");
            assert!(applies(&situation, item, &answers([asks])), "{item} after the answer that asks for it");
            assert!(!applies(&situation, item, &answers([asks_not])), "{item} after another answer");
        }
    }

    #[test]
    fn an_answer_that_no_longer_applies_asks_for_nothing() {
        let situation = situation();
        let needed = answers([("lodging_needed", AnswerValue::Code(1)), ("lodging_found", AnswerValue::Code(1))]);
        assert!(applies(&situation, "lodging_paid", &needed));
        let changed = answers([("lodging_needed", AnswerValue::Code(0)), ("lodging_found", AnswerValue::Code(1))]);
        assert!(!applies(&situation, "lodging_found", &changed));
        assert!(!applies(&situation, "lodging_paid", &changed));
    }

    #[test]
    fn a_patient_goes_on_at_the_first_item_neither_answered_nor_skipped() {
        let situation = situation();
        let next = |answers: &BTreeMap<_, _>, skipped: &[&str]| {
            let skipped = skipped.iter().map(|code| code.parse().unwrap()).collect();
            next_unanswered(&situation, answers, &skipped).map(|item| item.code.to_string())
        };
        let alone = answers([("household", AnswerValue::Codes(vec![0]))]);
        assert_eq!(next(&BTreeMap::new(), &[]).as_deref(), Some("household"));
        assert_eq!(next(&alone, &[]).as_deref(), Some("marital"));
        assert_eq!(next(&alone, &["marital"]).as_deref(), Some("education"));
        let everything: Vec<&str> = situation.items.iter().map(|item| item.code.as_str()).collect();
        assert_eq!(next(&BTreeMap::new(), &everything), None);
    }

    #[test]
    fn conditions_combine() {
        let standing = answers([("a", AnswerValue::Code(1)), ("b", AnswerValue::Integer(7))]);
        let standing: BTreeMap<_, _> = standing.iter().collect();
        let answered = |item: &str, code| Condition::Answered { item: item.parse().unwrap(), codes: vec![code] };
        let (yes, no) = (|| answered("a", 1), || answered("a", 2));
        let cases = [
            (answered("b", 7), true),
            (answered("b", 8), false),
            (answered("c", 1), false),
            (Condition::All(vec![yes(), yes()]), true),
            (Condition::All(vec![yes(), no()]), false),
            (Condition::Any(vec![no(), yes()]), true),
            (Condition::Any(vec![no(), no()]), false),
            (Condition::Not(Box::new(no())), true),
            (Condition::Not(Box::new(yes())), false),
        ];
        for (condition, expected) in cases {
            assert_eq!(holds(&condition, &standing), expected, "{condition:?}");
        }
    }
}

//! What was typed of one form, held against its instrument: every item that applies says something, and no other does.

use std::collections::BTreeMap;

use jiff::ToSpan as _;

use crate::{
    answers::{AnswerValue, ItemResponse, SkipReason},
    id::ItemCode,
    instrument::{Answer, Definition, logic},
    schedule::Window,
    time::Date,
};

/// Longest remark about a form, in characters.
pub const LONGEST_REMARK: usize = 200;

/// Why an item of a form cannot be sent as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FormFault {
    /// It applies, and has neither an answer nor a reason why not.
    Nothing,
    /// Its answer is none that it allows.
    NotAllowed,
    /// It has something although it does not apply, by what was answered before it.
    DoesNotApply,
    /// Its reason is not one that staff give.
    NotForStaff,
    /// The instrument has no such item.
    Unknown,
}

/// The faults of what was typed, in the instrument's order; none when it can be sent.
///
/// ```
/// use std::collections::BTreeMap;
/// use shared::{answers::{AnswerValue, ItemResponse, SkipReason}, instrument::catalog::Catalog};
/// use shared::paper::{FormFault, faults};
/// let catalog = Catalog::shipped()?;
/// let epices = catalog.find_latest(&"epices".parse()?).ok_or("not shipped")?;
/// let mut typed: BTreeMap<_, _> = epices.items.iter()
///     .map(|item| (item.code.clone(), ItemResponse::Answered(AnswerValue::Code(1))))
///     .collect();
/// typed.insert("e3".parse()?, ItemResponse::Skipped(SkipReason::Illegible));
/// assert_eq!(faults(epices, &typed), []);
/// typed.remove("e4");
/// assert_eq!(faults(epices, &typed), [("e4".parse()?, FormFault::Nothing)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn faults(definition: &Definition, typed: &BTreeMap<ItemCode, ItemResponse>) -> Vec<(ItemCode, FormFault)> {
    let applicable = logic::applicable(definition, &values(typed));
    let mut faults = Vec::new();
    for item in &definition.items {
        let applies = applicable.iter().any(|it| it.code == item.code);
        let fault = match (applies, typed.get(&item.code)) {
            (true, None) => Some(FormFault::Nothing),
            (false, Some(_)) => Some(FormFault::DoesNotApply),
            (true, Some(said)) => check(definition, &item.code, said),
            (false, None) => None,
        };
        faults.extend(fault.map(|fault| (item.code.clone(), fault)));
    }
    let unknown = typed.keys().filter(|code| definition.find_item(code).is_none());
    faults.extend(unknown.map(|code| (code.clone(), FormFault::Unknown)));
    faults
}

fn check(definition: &Definition, item: &ItemCode, said: &ItemResponse) -> Option<FormFault> {
    match said {
        ItemResponse::Answered(value) if Answer::check(definition, item, value.clone()).is_some() => None,
        ItemResponse::Answered(_) => Some(FormFault::NotAllowed),
        ItemResponse::Skipped(why) if SkipReason::OF_STAFF.contains(why) => None,
        ItemResponse::Skipped(_) => Some(FormFault::NotForStaff),
    }
}

fn values(typed: &BTreeMap<ItemCode, ItemResponse>) -> BTreeMap<ItemCode, AnswerValue> {
    let answered = typed.iter().filter_map(|(item, said)| match said {
        ItemResponse::Answered(value) => Some((item.clone(), value.clone())),
        ItemResponse::Skipped(_) => None,
    });
    answered.collect()
}

/// The earliest day on which a form of an occasion can have been answered: ninety days before its window, so that a
/// wrong year is noticed; ten years before today where the window is not known.
#[must_use]
pub fn earliest(window: Option<Window>, today: Date) -> Date {
    match window {
        Some(window) => window.opens_on.saturating_sub(90.days()),
        None => today.saturating_sub(10.years()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::catalog::Catalog;

    fn key<K: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> K {
        text.parse().unwrap()
    }

    #[test]
    fn every_item_that_applies_says_something_and_no_other_does() {
        let catalog = Catalog::shipped().unwrap();
        let situation = catalog.find_latest(&key("situation")).unwrap();
        let blank = |(code, _): &(ItemCode, FormFault)| (code.clone(), ItemResponse::Skipped(SkipReason::NotAnswered));
        let mut typed: BTreeMap<_, _> = faults(situation, &BTreeMap::new()).iter().map(blank).collect();
        assert_eq!(faults(situation, &typed), []);
        let told = |typed: &BTreeMap<_, _>| faults(situation, typed);

        typed.insert(key("worked"), ItemResponse::Answered(AnswerValue::Code(1)));
        assert_eq!(told(&typed), [(key("work_change"), FormFault::Nothing)], "it applies from now on");
        typed.insert(key("work_change"), ItemResponse::Skipped(SkipReason::Refused));
        assert_eq!(told(&typed), []);
        typed.insert(key("worked"), ItemResponse::Answered(AnswerValue::Code(0)));
        assert_eq!(told(&typed), [(key("work_change"), FormFault::DoesNotApply)]);
        typed.remove("work_change");
        typed.insert(key("worked"), ItemResponse::Answered(AnswerValue::Code(77)));
        typed.insert(key("marital"), ItemResponse::Skipped(SkipReason::PreferNot));
        typed.insert(key("shoe_size"), ItemResponse::Skipped(SkipReason::Refused));
        let mut wrong = told(&typed);
        wrong.sort_by_key(|(code, _)| code.clone());
        let expected = [
            (key("marital"), FormFault::NotForStaff),
            (key("shoe_size"), FormFault::Unknown),
            (key("worked"), FormFault::NotAllowed),
        ];
        assert_eq!(wrong, expected);
    }

    #[test]
    fn a_wrong_year_is_before_the_earliest_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let window = Window { opens_on: day("2026-03-02"), due_on: day("2026-03-09"), closes_on: day("2026-03-16") };
        assert_eq!(earliest(Some(window), day("2026-11-23")), day("2025-12-02"));
        assert_eq!(earliest(None, day("2028-02-29")), day("2018-02-28"));
    }
}

//! What stands in an item's box, and what it says: digits for options and numbers, a mark for each reason without
//! an answer. Everything on the page is read from these texts.

use std::collections::BTreeMap;

use shared::{
    answers::{AnswerValue, ItemResponse, SkipReason},
    id::ItemCode,
    instrument::{Answer, Definition, Item, ItemKind, logic},
    time::{Date, Moment as _},
};

use crate::ui::parse_decimal;

/// The texts of a form's boxes; an item without one has an empty box.
pub(crate) type Texts = BTreeMap<ItemCode, String>;

/// What a box says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// Nothing.
    Nothing,
    /// An answer, or why there is none.
    Something(ItemResponse),
    /// Something that the item does not allow.
    Wrong,
}

/// The mark of a reason: keys of every keyboard's number pad.
pub(crate) const fn mark(reason: SkipReason) -> Option<&'static str> {
    match reason {
        SkipReason::NotAnswered => Some("-"),
        SkipReason::SeveralTicked => Some("+"),
        SkipReason::Illegible => Some("*"),
        SkipReason::Refused => Some("/"),
        SkipReason::NotApplicable => Some("."),
        SkipReason::PreferNot => None,
    }
}

fn find_reason(text: &str) -> Option<SkipReason> {
    let text = if text == "," { "." } else { text };
    SkipReason::OF_STAFF.into_iter().find(|reason| mark(*reason) == Some(text))
}

/// Reads a box.
pub(crate) fn read(definition: &Definition, item: &Item, text: &str) -> Said {
    let text = text.trim();
    if text.is_empty() {
        return Said::Nothing;
    }
    if let Some(reason) = find_reason(text) {
        return Said::Something(ItemResponse::Skipped(reason));
    }
    let value = value(&item.kind, text).and_then(|value| Answer::check(definition, &item.code, value));
    value.map_or(Said::Wrong, |answer| Said::Something(ItemResponse::Answered(answer.into_parts().1)))
}

fn value(kind: &ItemKind, text: &str) -> Option<AnswerValue> {
    match kind {
        ItemKind::Choice(_) => text.parse().ok().map(AnswerValue::Code),
        ItemKind::Choices(_) => {
            let parts = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|part| !part.is_empty());
            let mut codes = parts.map(|part| part.parse().ok()).collect::<Option<Vec<i32>>>()?;
            codes.sort_unstable();
            codes.dedup();
            Some(AnswerValue::Codes(codes))
        }
        ItemKind::Analogue { .. } | ItemKind::Integer { .. } => text.parse().ok().map(AnswerValue::Integer),
        ItemKind::Decimal { .. } => parse_decimal(text).map(AnswerValue::Decimal),
        ItemKind::Date => day(text).map(AnswerValue::Date),
        ItemKind::Text { .. } => Some(AnswerValue::Text(text.to_owned())),
    }
}

/// `12/3/2026` as it stands on a form, or `2026-03-12`.
fn day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    match parts.as_slice() {
        [day, month, year] => Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok(),
        _ => Date::read(text),
    }
}

/// Whether a box needs nothing more, so that typing goes on with the next one: a reason, or an option that is no
/// beginning of another.
pub(crate) fn is_done(definition: &Definition, item: &Item, text: &str) -> bool {
    let ItemKind::Choice(set) = &item.kind else {
        let is_number = matches!(item.kind, ItemKind::Integer { min, .. } if min < 0);
        return !is_number && find_reason(text).is_some_and(|reason| reason != SkipReason::NotApplicable);
    };
    if find_reason(text).is_some() {
        return true;
    }
    let codes = definition.options.get(set).map_or(&[][..], |options| &options.codes);
    let begun = codes.iter().filter(|code| code.to_string().starts_with(text));
    matches!(begun.collect::<Vec<_>>().as_slice(), [only] if only.to_string() == text)
}

/// What a box holds after typing: where one option is chosen, a digit typed behind another takes its place.
pub(crate) fn corrected(definition: &Definition, item: &Item, text: &str) -> String {
    let (ItemKind::Choice(set), Some(last)) = (&item.kind, text.chars().next_back()) else { return text.to_owned() };
    let codes = definition.options.get(set).map_or(&[][..], |options| &options.codes);
    let may_become = codes.iter().any(|code| code.to_string().starts_with(text)) || find_reason(text).is_some();
    if may_become { text.to_owned() } else { last.to_string() }
}

/// The text after an option was pressed: alone where one is chosen, added or taken out where several may be.
pub(crate) fn pressed(kind: &ItemKind, text: &str, code: i32) -> String {
    let ItemKind::Choices(_) = kind else { return code.to_string() };
    let mut codes: Vec<i32> = text.split_whitespace().filter_map(|part| part.parse().ok()).collect();
    match codes.iter().position(|chosen| *chosen == code) {
        Some(at) => {
            codes.remove(at);
        }
        None => codes.push(code),
    }
    codes.sort_unstable();
    codes.iter().map(i32::to_string).collect::<Vec<_>>().join(" ")
}

/// Everything that the boxes say, of the items that apply by what they say.
pub(crate) fn said(definition: &Definition, texts: &Texts) -> BTreeMap<ItemCode, ItemResponse> {
    let applicable = applicable(definition, texts);
    let mut said = BTreeMap::new();
    for item in definition.items.iter().filter(|item| applicable.contains(&item.code)) {
        let text = texts.get(&item.code).map_or("", String::as_str);
        if let Said::Something(response) = read(definition, item, text) {
            said.insert(item.code.clone(), response);
        }
    }
    said
}

/// The items that apply, in order.
pub(crate) fn applicable(definition: &Definition, texts: &Texts) -> Vec<ItemCode> {
    let mut values = BTreeMap::new();
    for item in &definition.items {
        let text = texts.get(&item.code).map_or("", String::as_str);
        if let Said::Something(ItemResponse::Answered(value)) = read(definition, item, text) {
            values.insert(item.code.clone(), value);
        }
    }
    logic::applicable(definition, &values).into_iter().map(|item| item.code.clone()).collect()
}

/// The items that still want something: an empty box that applies, or one that says what is not allowed.
pub(crate) fn wanting(definition: &Definition, texts: &Texts) -> Vec<(ItemCode, Said)> {
    let applicable = applicable(definition, texts);
    let mut wanting = Vec::new();
    for item in definition.items.iter().filter(|item| applicable.contains(&item.code)) {
        let read = read(definition, item, texts.get(&item.code).map_or("", String::as_str));
        if !matches!(read, Said::Something(_)) {
            wanting.push((item.code.clone(), read));
        }
    }
    wanting
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn definition() -> Definition {
        serde_json::from_value(json!({
            "instrument": { "key": "trial", "version": "1" },
            "title": "Trial", "owner": "us", "licence": "none", "minutes": 1, "recall": "none",
            "options": { "four": { "codes": [1, 2, 3, 4] }, "many": { "codes": [1, 2, 10], "exclusive": [10] } },
            "items": [
                { "code": "q1", "topic": "one", "kind": { "choice": "four" } },
                { "code": "q2", "topic": "two", "kind": { "choices": "many" },
                  "applies": { "answered": { "item": "q1", "codes": [4] } } },
                { "code": "q3", "topic": "three", "kind": { "analogue": { "min": 0, "max": 100 } } },
                { "code": "q4", "topic": "four", "kind": { "choice": "many" } },
                { "code": "q5", "topic": "five", "kind": "date" },
            ],
        }))
        .unwrap()
    }

    fn check(item: &str, text: &str, expected: Option<AnswerValue>) {
        let definition = definition();
        let item = definition.find_item(&item.parse().unwrap()).unwrap();
        let expected = expected.map_or(Said::Wrong, |value| Said::Something(ItemResponse::Answered(value)));
        assert_eq!(read(&definition, item, text), expected, "{} {text}", item.code);
    }

    #[test]
    fn a_box_says_what_its_item_allows_and_nothing_else() {
        check("q1", "3", Some(AnswerValue::Code(3)));
        check("q1", "5", None);
        check("q1", "x", None);
        check("q2", "2, 1 1", Some(AnswerValue::Codes(vec![1, 2])));
        check("q2", "1 10", None);
        check("q3", " 70 ", Some(AnswerValue::Integer(70)));
        check("q3", "101", None);
        check("q5", "12/3/2026", Some(AnswerValue::Date("2026-03-12".parse().unwrap())));
        check("q5", "31/2/2026", None);
    }

    #[test]
    fn each_reason_has_a_key_of_the_number_pad() {
        let definition = definition();
        for reason in SkipReason::OF_STAFF {
            let text = mark(reason).unwrap();
            let expected = Said::Something(ItemResponse::Skipped(reason));
            assert_eq!(read(&definition, &definition.items[0], text), expected);
            assert!(is_done(&definition, &definition.items[0], text));
        }
        assert_eq!(mark(SkipReason::PreferNot), None, "that is for the patient to say");
    }

    #[test]
    fn typing_goes_on_once_a_digit_can_mean_nothing_else() {
        let definition = definition();
        let done = |item: usize, text| is_done(&definition, &definition.items[item], text);
        assert!(done(0, "3") && !done(0, "7") && !done(0, ""));
        assert!(done(3, "2") && !done(3, "1") && done(3, "10"), "1 may become 10");
        assert!(!done(2, "7") && !done(2, ".") && done(2, "-"), "a number can go on");
    }

    #[test]
    fn a_digit_typed_behind_another_takes_its_place() {
        let definition = definition();
        let typed = |item: usize, text| corrected(&definition, &definition.items[item], text);
        assert_eq!([typed(0, "32"), typed(0, "3-"), typed(3, "10"), typed(3, "12")], ["2", "-", "10", "2"]);
        assert_eq!(typed(2, "70"), "70");
    }

    #[test]
    fn what_does_not_apply_is_neither_wanted_nor_said() {
        let definition = definition();
        let texts = |pairs: &[(&str, &str)]| -> Texts {
            pairs.iter().map(|(item, text)| (item.parse().unwrap(), (*text).to_owned())).collect()
        };
        let wanted = |pairs: &[(&str, &str)]| -> Vec<String> {
            wanting(&definition, &texts(pairs)).into_iter().map(|(item, _)| item.to_string()).collect()
        };
        assert_eq!(wanted(&[]), ["q1", "q3", "q4", "q5"]);
        assert_eq!(wanted(&[("q1", "4"), ("q3", "777")]), ["q2", "q3", "q4", "q5"]);
        let full = [("q1", "1"), ("q2", "1"), ("q3", "50"), ("q4", "+"), ("q5", "-")];
        assert_eq!(wanted(&full), Vec::<String>::new());
        let said = said(&definition, &texts(&full));
        assert!(!said.contains_key("q2"), "what was typed there before stays in its box and is not sent");
        assert_eq!(said.len(), 4);
    }

    #[test]
    fn pressing_an_option_chooses_it_or_takes_it_out_again() {
        let definition = definition();
        assert_eq!(pressed(&definition.items[0].kind, "1", 3), "3");
        assert_eq!(pressed(&definition.items[1].kind, "2", 1), "1 2");
        assert_eq!(pressed(&definition.items[1].kind, "1 2", 1), "2");
    }
}

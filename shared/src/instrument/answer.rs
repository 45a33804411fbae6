//! An answer: a value that its item allows. [`Answer::parse`] is the only way to make one.

use super::{Definition, Item, ItemKind, OptionSet};
use crate::{
    answers::AnswerValue,
    id::{InstrumentVersion, ItemCode},
};

/// A value that one item of one instrument version allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    item: ItemCode,
    value: AnswerValue,
}

/// Why a value is not an answer: says what would be, never what was given, so that no log can hold an answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AnswerRefusal {
    /// The instrument has no such item.
    #[error("{instrument} has no item {item}")]
    UnknownItem {
        /// The instrument.
        instrument: InstrumentVersion,
        /// The item asked for.
        item: ItemCode,
    },
    /// The item does not allow the value.
    #[error("{item} takes {allowed}")]
    NotAllowed {
        /// The item.
        item: ItemCode,
        /// What it takes, in words, with its codes.
        allowed: String,
    },
}

impl Answer {
    /// Makes an answer of a value, if the item allows it; tolerant of nothing.
    ///
    /// # Errors
    /// The refusal, which says what the item takes.
    ///
    /// ```
    /// use shared::{answers::AnswerValue, id::ItemCode, instrument::{Answer, catalog::Catalog}};
    /// let catalog = Catalog::shipped()?;
    /// let epices = catalog.find_latest(&"epices".parse()?).ok_or("not shipped")?;
    /// let item: ItemCode = "e1".parse()?;
    /// assert!(Answer::parse(epices, &item, AnswerValue::Code(1)).is_ok());
    /// let refusal = Answer::parse(epices, &item, AnswerValue::Code(2)).unwrap_err();
    /// assert_eq!(refusal.to_string(), "e1 takes one of 1, 0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(definition: &Definition, item: &ItemCode, value: AnswerValue) -> Result<Self, AnswerRefusal> {
        let found = definition.find_item(item).ok_or_else(|| AnswerRefusal::UnknownItem {
            instrument: definition.instrument.clone(),
            item: item.clone(),
        })?;
        let not_allowed =
            || AnswerRefusal::NotAllowed { item: item.clone(), allowed: definition.allowed_in_words(found) };
        Self::check(definition, item, value).ok_or_else(not_allowed)
    }

    /// As [`Answer::parse`], where nobody reads why not: a device's pages have their own words for that.
    #[must_use]
    pub fn check(definition: &Definition, item: &ItemCode, value: AnswerValue) -> Option<Self> {
        let found = definition.find_item(item)?;
        allows(definition, found, &value).then(|| Self { item: item.clone(), value })
    }

    /// The item it answers.
    #[must_use]
    pub const fn item(&self) -> &ItemCode {
        &self.item
    }

    /// Its value.
    #[must_use]
    pub const fn value(&self) -> &AnswerValue {
        &self.value
    }

    /// The item and the value, for an answer event.
    #[must_use]
    pub fn into_parts(self) -> (ItemCode, AnswerValue) {
        (self.item, self.value)
    }
}

/// Whether an item allows a value.
pub(crate) fn allows(definition: &Definition, item: &Item, value: &AnswerValue) -> bool {
    match (&item.kind, value) {
        (ItemKind::Choice(set), AnswerValue::Code(code)) => {
            definition.options.get(set).is_some_and(|options| options.codes.contains(code))
        }
        (ItemKind::Choices(set), AnswerValue::Codes(codes)) => {
            definition.options.get(set).is_some_and(|options| allows_together(options, codes))
        }
        (ItemKind::Analogue { min, max }, AnswerValue::Integer(given)) => {
            (i64::from(*min)..=i64::from(*max)).contains(given)
        }
        (ItemKind::Integer { min, max }, AnswerValue::Integer(given)) => (min..=max).contains(&given),
        (ItemKind::Decimal { min, max }, AnswerValue::Decimal(given)) => {
            given.is_finite() && (min..=max).contains(&given)
        }
        (ItemKind::Date, AnswerValue::Date(_)) => true,
        (ItemKind::Text { max_length }, AnswerValue::Text(text)) => allows_text(usize::from(*max_length), text),
        _ => false,
    }
}

/// Several codes: at least one, each once and ascending, an exclusive one alone.
fn allows_together(options: &OptionSet, codes: &[i32]) -> bool {
    !codes.is_empty()
        && codes.is_sorted_by(|a, b| a < b)
        && codes.iter().all(|code| options.codes.contains(code))
        && (codes.len() == 1 || !codes.iter().any(|code| options.exclusive.contains(code)))
}

/// Text: something to read, not too long, and no control character but the line break.
fn allows_text(max_length: usize, text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= max_length
        && !text.chars().any(|character| character.is_control() && character != '\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::OptionSetKey, instrument::Recall};

    fn definition() -> Definition {
        let key = |text| OptionSetKey::parse(text).unwrap();
        let item = |code, kind| Item {
            code: ItemCode::parse(code).unwrap(),
            topic: "a topic".to_owned(),
            kind,
            applies: None,
            without_recall: false,
        };
        Definition {
            instrument: InstrumentVersion { key: "test".parse().unwrap(), version: "1.0".to_owned() },
            title: "Test".to_owned(),
            owner: "us".to_owned(),
            licence: "ours".to_owned(),
            minutes: 1,
            recall: Recall::None,
            includes: None,
            options: [(key("few"), OptionSet { codes: vec![3, 1, 2, 0], exclusive: vec![0] })].into(),
            items: vec![
                item("one", ItemKind::Choice(key("few"))),
                item("many", ItemKind::Choices(key("few"))),
                item("mark", ItemKind::Analogue { min: 0, max: 100 }),
                item("count", ItemKind::Integer { min: -1, max: 3 }),
                item("weight", ItemKind::Decimal { min: 0.5, max: 2.5 }),
                item("day", ItemKind::Date),
                item("remark", ItemKind::Text { max_length: 5 }),
                item("lost", ItemKind::Choice(key("nowhere"))),
            ],
            tables: std::collections::BTreeMap::default(),
            scales: Vec::new(),
            references: Vec::new(),
            labels: std::collections::BTreeMap::new(),
        }
    }

    /// What the item says it takes when it refuses the value; nothing when it accepts it.
    fn refusal(item: &str, value: AnswerValue) -> Option<String> {
        let parsed = Answer::parse(&definition(), &item.parse().unwrap(), value.clone());
        match parsed {
            Ok(answer) => {
                assert_eq!(answer.into_parts(), (item.parse().unwrap(), value));
                None
            }
            Err(refusal) => Some(refusal.to_string()),
        }
    }

    #[test]
    fn every_kind_takes_what_its_item_allows() {
        use AnswerValue::{Code, Codes, Decimal, Integer, Text};
        let date = AnswerValue::Date("2026-03-12".parse().unwrap());
        let allowed = [
            ("one", vec![Code(0), Code(3)]),
            ("many", vec![Codes(vec![0]), Codes(vec![1]), Codes(vec![1, 2, 3])]),
            ("mark", vec![Integer(0), Integer(100)]),
            ("count", vec![Integer(-1), Integer(3)]),
            ("weight", vec![Decimal(0.5), Decimal(2.5)]),
            ("day", vec![date]),
            ("remark", vec![Text("été\nà".to_owned())]),
        ];
        for (item, values) in allowed {
            for value in values {
                assert_eq!(refusal(item, value), None, "{item}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_the_item_takes_and_not_what_was_given() {
        use AnswerValue::{Code, Codes, Decimal, Integer, Text};
        let text = |text: &str| Text(text.to_owned());
        let refused = [
            ("one", vec![Code(4), Codes(vec![1]), Integer(1)], "one takes one of 3, 1, 2, 0"),
            (
                "many",
                vec![Codes(vec![]), Codes(vec![2, 1]), Codes(vec![1, 1]), Codes(vec![0, 1]), Codes(vec![4]), Code(1)],
                "many takes one or more of 3, 1, 2, 0, each once and ascending, 0 only alone",
            ),
            ("mark", vec![Integer(-1), Integer(101), Code(50)], "mark takes a whole number from 0 to 100"),
            ("count", vec![Integer(-2), Integer(4), Decimal(1.0)], "count takes a whole number from -1 to 3"),
            (
                "weight",
                vec![Decimal(f64::NAN), Decimal(f64::INFINITY), Decimal(0.4), Integer(1)],
                "weight takes a number from 0.5 to 2.5",
            ),
            ("day", vec![text("2026-03-12")], "day takes a civil date"),
            (
                "remark",
                vec![text(""), text("  "), text("123456"), text("a\0")],
                "remark takes 1 to 5 characters of text, not only spaces, without control characters",
            ),
            ("lost", vec![Code(1)], "lost takes nothing: its option set is unknown"),
            ("none", vec![Code(1)], "test 1.0 has no item none"),
        ];
        for (item, values, words) in refused {
            for value in values {
                assert_eq!(refusal(item, value.clone()).as_deref(), Some(words), "{item} {value:?}");
            }
        }
    }
}

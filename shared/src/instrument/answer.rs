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

/// Why a value is not an answer to an item; says what would be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnswerRefusal {
    /// The instrument has no such item.
    #[error("{instrument} has no item {item}")]
    UnknownItem {
        /// The instrument.
        instrument: InstrumentVersion,
        /// The item asked for.
        item: ItemCode,
    },
    /// The value is of another kind than the item asks for.
    #[error("{item} takes {expected}")]
    WrongKind {
        /// The item.
        item: ItemCode,
        /// What it takes.
        expected: String,
    },
    /// A code that is not among the item's.
    #[error("{item} has no code {code}: it takes {allowed:?}")]
    UnknownCode {
        /// The item.
        item: ItemCode,
        /// The code given.
        code: i32,
        /// The codes it takes.
        allowed: Vec<i32>,
    },
    /// Several codes that do not go together: none, not ascending, repeated, or an exclusive one with others.
    #[error("{item} takes {expected}")]
    CodesDisagree {
        /// The item.
        item: ItemCode,
        /// What it takes.
        expected: String,
    },
    /// A number outside the item's range, or not a number.
    #[error("{item} takes {expected}, not {given}")]
    OutOfRange {
        /// The item.
        item: ItemCode,
        /// What it takes.
        expected: String,
        /// What was given.
        given: String,
    },
    /// Text that is blank, too long, or holds control characters.
    #[error("{item} takes {expected}")]
    TextRefused {
        /// The item.
        item: ItemCode,
        /// What it takes.
        expected: String,
    },
}

impl Answer {
    /// Makes an answer of a value, if the item allows it; tolerant of nothing.
    ///
    /// # Errors
    /// The refusal, which says what the item takes.
    ///
    /// ```
    /// # #[cfg(feature = "catalog")] {
    /// use shared::{answers::AnswerValue, id::ItemCode, instrument::{Answer, catalog::Catalog}};
    /// let catalog = Catalog::shipped()?;
    /// let epices = catalog.find_latest(&"epices".parse()?).ok_or("not shipped")?;
    /// let item: ItemCode = "e1".parse()?;
    /// assert!(Answer::parse(epices, &item, AnswerValue::Code(1)).is_ok());
    /// let refusal = Answer::parse(epices, &item, AnswerValue::Code(2)).unwrap_err();
    /// assert_eq!(refusal.to_string(), "e1 has no code 2: it takes [1, 0]");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(definition: &Definition, item: &ItemCode, value: AnswerValue) -> Result<Self, AnswerRefusal> {
        let found = definition.find_item(item).ok_or_else(|| AnswerRefusal::UnknownItem {
            instrument: definition.instrument.clone(),
            item: item.clone(),
        })?;
        check(definition, found, &value)?;
        Ok(Self { item: item.clone(), value })
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
pub(crate) fn check(definition: &Definition, item: &Item, value: &AnswerValue) -> Result<(), AnswerRefusal> {
    match (&item.kind, value) {
        (ItemKind::Choice(_), AnswerValue::Code(code)) => check_code(item, offered(definition, item), *code),
        (ItemKind::Choices(_), AnswerValue::Codes(codes)) => {
            definition.find_options(item).map_or_else(|| Ok(()), |options| check_codes(item, options, codes))
        }
        (ItemKind::Analogue { min, max }, AnswerValue::Integer(given)) => {
            check_within(item, i64::from(*min)..=i64::from(*max), *given)
        }
        (ItemKind::Integer { min, max }, AnswerValue::Integer(given)) => check_within(item, *min..=*max, *given),
        (ItemKind::Decimal { min, max }, AnswerValue::Decimal(given)) => {
            if given.is_finite() && (*min..=*max).contains(given) { Ok(()) } else { Err(out_of_range(item, given)) }
        }
        (ItemKind::Date, AnswerValue::Date(_)) => Ok(()),
        (ItemKind::Text { max_length }, AnswerValue::Text(text)) => check_text(item, usize::from(*max_length), text),
        _ => Err(AnswerRefusal::WrongKind { item: item.code.clone(), expected: expected(definition, item) }),
    }
}

fn offered<'a>(definition: &'a Definition, item: &Item) -> &'a [i32] {
    definition.find_options(item).map_or(&[], |options| &options.codes)
}

fn check_code(item: &Item, allowed: &[i32], code: i32) -> Result<(), AnswerRefusal> {
    if allowed.contains(&code) {
        return Ok(());
    }
    Err(AnswerRefusal::UnknownCode { item: item.code.clone(), code, allowed: allowed.to_vec() })
}

fn check_codes(item: &Item, options: &OptionSet, codes: &[i32]) -> Result<(), AnswerRefusal> {
    for code in codes {
        check_code(item, &options.codes, *code)?;
    }
    let disagree = |expected: String| Err(AnswerRefusal::CodesDisagree { item: item.code.clone(), expected });
    if codes.is_empty() {
        return disagree("at least one code".to_owned());
    }
    if !codes.is_sorted_by(|a, b| a < b) {
        return disagree("each code once, in ascending order".to_owned());
    }
    match codes.iter().find(|code| options.exclusive.contains(code)) {
        Some(alone) if codes.len() > 1 => disagree(format!("code {alone} alone, without another")),
        _ => Ok(()),
    }
}

fn check_within(item: &Item, range: std::ops::RangeInclusive<i64>, given: i64) -> Result<(), AnswerRefusal> {
    if range.contains(&given) { Ok(()) } else { Err(out_of_range(item, &given)) }
}

fn check_text(item: &Item, max_length: usize, text: &str) -> Result<(), AnswerRefusal> {
    let refused = text.trim().is_empty()
        || text.chars().count() > max_length
        || text.chars().any(|c| c.is_control() && c != '\n');
    if !refused {
        return Ok(());
    }
    let expected = format!("1 to {max_length} characters of text, not only spaces, without control characters");
    Err(AnswerRefusal::TextRefused { item: item.code.clone(), expected })
}

fn out_of_range(item: &Item, given: &impl ToString) -> AnswerRefusal {
    AnswerRefusal::OutOfRange {
        item: item.code.clone(),
        expected: expected_number(&item.kind),
        given: given.to_string(),
    }
}

fn expected_number(kind: &ItemKind) -> String {
    match kind {
        ItemKind::Analogue { min, max } => format!("a whole number from {min} to {max}"),
        ItemKind::Integer { min, max } => format!("a whole number from {min} to {max}"),
        ItemKind::Decimal { min, max } => format!("a decimal number from {min} to {max}"),
        ItemKind::Choice(_) | ItemKind::Choices(_) | ItemKind::Date | ItemKind::Text { .. } => String::new(),
    }
}

fn expected(definition: &Definition, item: &Item) -> String {
    match &item.kind {
        ItemKind::Choice(_) => format!("one code of {:?}", offered(definition, item)),
        ItemKind::Choices(_) => format!("codes of {:?}", offered(definition, item)),
        ItemKind::Date => "a civil date".to_owned(),
        ItemKind::Text { .. } => "text".to_owned(),
        ItemKind::Analogue { .. } | ItemKind::Integer { .. } | ItemKind::Decimal { .. } => expected_number(&item.kind),
    }
}

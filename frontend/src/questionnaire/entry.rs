//! What is on the screen before it is an answer: chosen, typed, or nothing yet; and why it may not go on.

use shared::{
    answers::{AnswerValue, ItemResponse},
    instrument::{Answer, Definition, Item, ItemKind},
};

use crate::{
    i18n::{Locale, number},
    ui::{DateParts, parse_decimal},
};

/// What an item's fields hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Options and scales: a whole value or nothing.
    Chosen(Option<AnswerValue>),
    /// A line or lines of text, a number too.
    Typed(String),
    /// A date in parts.
    Date(DateParts),
}

/// Why an entry is not an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EntryProblem {
    /// Nothing was chosen or typed.
    Missing,
    /// The item does not allow what was typed.
    Refused,
}

impl Entry {
    /// The entry of an item as it was left.
    #[must_use]
    pub fn of(item: &Item, said: Option<&ItemResponse>) -> Self {
        let value = match said {
            Some(ItemResponse::Answered(value)) => Some(value),
            Some(ItemResponse::Skipped(_)) | None => None,
        };
        match &item.kind {
            ItemKind::Choice(_) | ItemKind::Choices(_) | ItemKind::Analogue { .. } => Self::Chosen(value.cloned()),
            ItemKind::Integer { .. } | ItemKind::Decimal { .. } | ItemKind::Text { .. } => {
                Self::Typed(value.map(typed).unwrap_or_default())
            }
            ItemKind::Date => {
                let date = if let Some(AnswerValue::Date(date)) = value { Some(*date) } else { None };
                Self::Date(date.map(DateParts::of).unwrap_or_default())
            }
        }
    }

    /// Whether nothing was entered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Chosen(value) => value.is_none(),
            Self::Typed(text) => text.trim().is_empty(),
            Self::Date(parts) => parts.is_empty(),
        }
    }

    /// The answer it makes.
    ///
    /// # Errors
    /// Why it makes none.
    pub fn parse(&self, definition: &Definition, item: &Item) -> Result<Answer, EntryProblem> {
        if self.is_empty() {
            return Err(EntryProblem::Missing);
        }
        let value = match self {
            Self::Chosen(value) => value.clone(),
            Self::Typed(text) => read(&item.kind, text),
            Self::Date(parts) => parts.parse().map(AnswerValue::Date),
        };
        let value = value.ok_or(EntryProblem::Refused)?;
        Answer::check(definition, &item.code, value).ok_or(EntryProblem::Refused)
    }
}

fn read(kind: &ItemKind, text: &str) -> Option<AnswerValue> {
    match kind {
        ItemKind::Integer { .. } => {
            let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            digits.parse().ok().map(AnswerValue::Integer)
        }
        ItemKind::Decimal { .. } => parse_decimal(text).map(AnswerValue::Decimal),
        ItemKind::Text { .. } => Some(AnswerValue::Text(text.trim().to_owned())),
        ItemKind::Choice(_) | ItemKind::Choices(_) | ItemKind::Analogue { .. } | ItemKind::Date => None,
    }
}

fn typed(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Integer(number) => number.to_string(),
        AnswerValue::Decimal(decimal) => number(Locale::Fr, *decimal),
        AnswerValue::Text(text) => text.clone(),
        AnswerValue::Code(_) | AnswerValue::Codes(_) | AnswerValue::Date(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use shared::instrument::Recall;

    use super::*;

    fn definition(kind: ItemKind) -> Definition {
        let item = Item {
            code: "x".parse().expect("a code"),
            topic: "Anything".to_owned(),
            kind,
            applies: None,
            without_recall: false,
        };
        Definition {
            instrument: serde_json::from_str(r#"{"key":"probe","version":"1"}"#).expect("an instrument version"),
            title: String::new(),
            owner: String::new(),
            licence: String::new(),
            minutes: 1,
            recall: Recall::None,
            includes: None,
            options: std::collections::BTreeMap::default(),
            items: vec![item],
            tables: std::collections::BTreeMap::default(),
            scales: Vec::new(),
            references: Vec::new(),
            labels: std::collections::BTreeMap::default(),
        }
    }

    fn parse(kind: ItemKind, entry: &Entry) -> Result<AnswerValue, EntryProblem> {
        let definition = definition(kind);
        let item = definition.items.first().expect("one item");
        entry.parse(&definition, item).map(|answer| answer.into_parts().1)
    }

    fn line(text: &str) -> Entry {
        Entry::Typed(text.to_owned())
    }

    #[test]
    fn nothing_entered_is_missing_whatever_the_kind() {
        for (kind, entry) in [
            (ItemKind::Analogue { min: 0, max: 100 }, Entry::Chosen(None)),
            (ItemKind::Integer { min: 0, max: 9 }, line("  ")),
            (ItemKind::Date, Entry::Date(DateParts::default())),
        ] {
            assert_eq!(parse(kind, &entry), Err(EntryProblem::Missing));
        }
    }

    #[test]
    fn numbers_outside_their_bounds_are_refused() {
        let whole = || ItemKind::Integer { min: 0, max: 30 };
        assert_eq!(parse(whole(), &line(" 12 ")), Ok(AnswerValue::Integer(12)));
        for wrong in ["31", "1,5", "douze"] {
            assert_eq!(parse(whole(), &line(wrong)), Err(EntryProblem::Refused), "{wrong}");
        }
        let decimal = || ItemKind::Decimal { min: 20.0, max: 300.0 };
        assert_eq!(parse(decimal(), &line("62,5")), Ok(AnswerValue::Decimal(62.5)));
        assert_eq!(parse(decimal(), &line("19")), Err(EntryProblem::Refused));
    }

    #[test]
    fn text_is_trimmed_and_measured() {
        let kind = || ItemKind::Text { max_length: 5 };
        assert_eq!(parse(kind(), &line(" oui ")), Ok(AnswerValue::Text("oui".to_owned())));
        assert_eq!(parse(kind(), &line("beaucoup")), Err(EntryProblem::Refused));
    }

    #[test]
    fn an_answer_comes_back_as_it_was_left() {
        let definition = definition(ItemKind::Integer { min: 0, max: 30 });
        let item = definition.items.first().expect("one item");
        let left = Entry::of(item, Some(&ItemResponse::Answered(AnswerValue::Integer(12))));
        assert_eq!(left, line("12"));
    }
}

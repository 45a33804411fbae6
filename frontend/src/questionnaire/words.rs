//! What was said, and the time a question looks back on, in words.

use shared::{
    answers::{AnswerValue, ItemResponse},
    instrument::{InstrumentSheet, Item, ItemKind, Recall},
    time::Date,
};

use crate::i18n::{Locale, long_date, number, span, text::questionnaire};

/// What was said of an item, as the review shows it.
#[must_use]
pub fn answer_words(locale: Locale, sheet: &InstrumentSheet, item: &Item, said: Option<&ItemResponse>) -> String {
    let value = match said {
        Some(ItemResponse::Answered(value)) => value,
        Some(ItemResponse::Skipped(_)) | None => return questionnaire::not_answered(locale).to_owned(),
    };
    let label = |code: i32| match &item.kind {
        ItemKind::Choice(set) | ItemKind::Choices(set) => {
            sheet.wording.find_option(set, code).map_or_else(|| code.to_string(), str::to_owned)
        }
        ItemKind::Analogue { .. }
        | ItemKind::Integer { .. }
        | ItemKind::Decimal { .. }
        | ItemKind::Date
        | ItemKind::Text { .. } => code.to_string(),
    };
    match value {
        AnswerValue::Code(code) => label(*code),
        AnswerValue::Codes(codes) => codes.iter().map(|code| label(*code)).collect::<Vec<_>>().join(", "),
        AnswerValue::Integer(number) => {
            if let ItemKind::Analogue { max, .. } = item.kind {
                questionnaire::out_of(locale, number, max)
            } else {
                number.to_string()
            }
        }
        AnswerValue::Decimal(decimal) => number(locale, *decimal),
        AnswerValue::Date(date) => long_date(locale, *date),
        AnswerValue::Text(text) => text.clone(),
    }
}

/// The dates that a recall period spans today; empty when it spans none.
#[must_use]
pub fn recall_dates(locale: Locale, recall: Recall, today: Date) -> String {
    match recall.days() {
        None => String::new(),
        Some(0) => long_date(locale, today),
        Some(days) => {
            let back = jiff::Span::new().try_days(-i64::from(days)).unwrap_or_default();
            span(locale, today.saturating_add(back), today)
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::answers::SkipReason;

    use super::*;

    #[test]
    fn a_week_back_is_said_in_dates() {
        let today = "2026-03-10".parse().expect("a date");
        assert_eq!(recall_dates(Locale::Fr, Recall::PastWeek, today), "du 3 au 10 mars 2026");
        assert_eq!(recall_dates(Locale::En, Recall::Today, today), "10 March 2026");
        assert_eq!(recall_dates(Locale::Fr, Recall::None, today), "");
    }

    #[test]
    fn answers_read_as_their_options_and_skips_as_not_given() {
        let catalog = shared::instrument::catalog::Catalog::shipped().expect("the shipped catalog");
        let definition = catalog.find_latest(&"eq-5d-5l".parse().expect("a key")).expect("shipped");
        let sheet = catalog.sheet(&definition.instrument, &"fr".parse().expect("a language")).expect("words");
        let scale = definition.items.iter().find(|item| matches!(item.kind, ItemKind::Analogue { .. }));
        let said = ItemResponse::Answered(AnswerValue::Integer(72));
        assert_eq!(answer_words(Locale::Fr, &sheet, scale.expect("a scale"), Some(&said)), "72 sur 100");
        let option = definition.items.first().expect("an item");
        let skipped = ItemResponse::Skipped(SkipReason::PreferNot);
        assert_eq!(answer_words(Locale::Fr, &sheet, option, Some(&skipped)), "Non renseigné");
        let chosen = ItemResponse::Answered(AnswerValue::Code(1));
        assert_ne!(answer_words(Locale::Fr, &sheet, option, Some(&chosen)), "1");
    }
}

//! How single values become cells: numbers in one form, words of the wire, text that no spreadsheet runs.

use std::borrow::Cow;

use serde::Serialize;

use crate::answers::AnswerValue;

/// Text that a spreadsheet would take for a formula gets an apostrophe before it.
///
/// Spreadsheets run what begins with one of `= + - @`, also in their full-width forms and after white space.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    const STARTS_FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let control = text.starts_with(['\t', '\r', '\n']);
    if control || text.trim_start().starts_with(STARTS_FORMULA) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

/// A number in its shortest form that reads back as the same number; never `-0`.
pub(super) fn number(value: f64) -> String {
    (value + 0.0).to_string()
}

/// The word of a plain enum as it travels: `own_device`.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// An answer: codes as numbers, several codes with `;` between, text neutralised.
pub(super) fn answer(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Code(code) => code.to_string(),
        AnswerValue::Codes(codes) => codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
        AnswerValue::Integer(whole) => whole.to_string(),
        AnswerValue::Decimal(value) => number(*value),
        AnswerValue::Date(date) => date.to_string(),
        AnswerValue::Text(said) => text(said).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_neutralised() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "＝1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["", "1-2", "a=b", "né à 8 h", "'=1"] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn a_negative_number_stays_a_number() {
        assert_eq!(answer(&AnswerValue::Integer(-3)), "-3");
        assert_eq!(answer(&AnswerValue::Decimal(-0.5)), "-0.5");
    }

    #[test]
    fn a_number_has_one_form() {
        assert_eq!([number(-0.0), number(100.0), number(1.0 / 3.0)], ["0", "100", "0.3333333333333333"]);
    }
}

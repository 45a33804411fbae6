//! How domain values become column values and back; what a column cannot hold becomes a decode error.
//!
//! Such an error names the type, and the place within, never what stands in the column: errors end up in the log.

use serde::{Serialize, de::DeserializeOwned};
use shared::{
    id::AssessmentId,
    study::{Cause, MilestoneKind},
    time::Timestamp,
};

/// What stands in a column is no `T`; where within it that showed, if that is known.
fn is_no<T>(place: &str) -> sqlx::Error {
    let name = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
    sqlx::Error::Decode(format!("what is stored is no {name}{place}").into())
}

/// An instant as its column holds it.
#[must_use]
pub fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// An instant from its column.
///
/// # Errors
/// When the number is outside the years that instants cover.
pub fn instant(millis: i64) -> sqlx::Result<Timestamp> {
    Timestamp::from_millisecond(millis).map_err(|_| is_no::<Timestamp>(""))
}

/// A number of a log, from 1, as its column holds it.
#[must_use]
pub fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Such a number from its column.
#[must_use]
pub fn from_column(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A SHA-256 from its column.
///
/// # Errors
/// When it has not 32 bytes.
pub fn hash(bytes: &[u8]) -> sqlx::Result<[u8; 32]> {
    bytes.try_into().map_err(|_| is_no::<[u8; 32]>(""))
}

/// A key, id or civil date from its column.
///
/// # Errors
/// When the text is not one.
pub fn parse<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> sqlx::Result<T> {
    text.parse().map_err(|_| is_no::<T>(""))
}

/// An assessment's id from its two columns.
///
/// # Errors
/// When they are not such an id.
pub fn assessment_id(timepoint: &str, occurrence: i64) -> sqlx::Result<AssessmentId> {
    Ok(AssessmentId {
        timepoint: parse(timepoint)?,
        occurrence: u16::try_from(occurrence).map_err(|_| is_no::<u16>(""))?,
    })
}

/// Which of a patient's entries, from its column.
///
/// # Errors
/// When the number is none that an entry has.
pub fn ordinal(number: i64) -> sqlx::Result<u32> {
    u32::try_from(number).map_err(|_| is_no::<u32>(""))
}

/// A milestone's cause from its column.
///
/// # Errors
/// When no milestone of this kind has such a cause.
pub fn cause(kind: MilestoneKind, code: Option<&str>) -> sqlx::Result<Option<Cause>> {
    code.map(|code| Cause::parse(kind, code).ok_or_else(|| is_no::<Cause>(""))).transpose()
}

/// Bytes in lower-case hexadecimal.
///
/// ```
/// assert_eq!(server::db::hex(&[0, 171]), "00ab");
/// ```
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |four_bits: u8| char::from(if four_bits < 10 { b'0' + four_bits } else { b'a' + four_bits - 10 });
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// A value as JSON text.
///
/// # Errors
/// When it has no JSON form.
pub fn to_json(value: &impl Serialize) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// A value from JSON text.
///
/// # Errors
/// When the text is not its JSON.
pub fn from_json<T: DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|error| is_no::<T>(&format!(" at character {}", error.column())))
}

/// The word of a unit-like enum (`data_manager`), as on the wire.
///
/// # Errors
/// When the value is not a plain word.
pub fn to_code(value: &impl Serialize) -> sqlx::Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) => Err(sqlx::Error::Encode(format!("a {} is no plain word", std::any::type_name_of_val(value)).into())),
        Err(error) => Err(sqlx::Error::Encode(Box::new(error))),
    }
}

/// A unit-like enum from its word.
///
/// # Errors
/// When no variant has this word.
pub fn from_code<T: DeserializeOwned>(word: &str) -> sqlx::Result<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| is_no::<T>(""))
}

#[cfg(test)]
mod tests {
    use shared::{answers::AnswerEvent, people::Role, time::Date};

    use super::*;

    #[test]
    fn what_cannot_be_read_is_not_repeated() {
        let errors = [
            parse::<Date>("1957-Canary").unwrap_err(),
            from_code::<Role>("canary").unwrap_err(),
            from_json::<AnswerEvent>(r#"{"id":"canary"}"#).unwrap_err(),
            from_json::<Vec<u8>>(r#"["canary"]"#).unwrap_err(),
        ];
        for error in errors {
            let told = error.to_string();
            assert!(told.contains("what is stored is no ") && !told.to_lowercase().contains("canary"), "{told}");
        }
    }
}

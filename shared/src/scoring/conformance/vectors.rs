//! A file of vectors, columns `in_<item>` and `out_<scale>`, and how a row of it becomes answers.

use std::collections::BTreeMap;

use csv::StringRecord;
use thiserror::Error;

use crate::{
    answers::AnswerValue,
    id::ItemCode,
    instrument::{Answer, Definition, ItemKind},
};

/// A file that cannot be read as vectors, or a score that is not the oracle's; in words, with its place.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct OracleError(pub String);

/// A file of vectors: its header and its rows.
#[derive(Debug)]
pub struct Vectors {
    header: StringRecord,
    rows: Vec<StringRecord>,
}

impl Vectors {
    /// Reads a file of vectors.
    ///
    /// # Errors
    /// When it is no table.
    pub fn parse(csv: &[u8]) -> Result<Self, OracleError> {
        let unreadable = |error: csv::Error| OracleError(error.to_string());
        let mut reader = csv::Reader::from_reader(csv);
        let header = reader.headers().map_err(unreadable)?.clone();
        let rows = reader.records().collect::<Result<_, _>>().map_err(unreadable)?;
        Ok(Self { header, rows })
    }

    /// The rows; the first cell names each.
    #[must_use]
    pub fn rows(&self) -> &[StringRecord] {
        &self.rows
    }

    /// Columns whose name begins so, without the prefix, with their place.
    #[must_use]
    pub fn columns(&self, prefix: &str) -> Vec<(&str, usize)> {
        let named = |(place, name)| str::strip_prefix(name, prefix).map(|code| (code, place));
        self.header.iter().enumerate().filter_map(named).collect()
    }
}

/// The answers that a row gives, where each column is an item; an empty cell is none.
pub(super) fn answers<'a>(
    definition: &Definition,
    columns: impl Iterator<Item = (String, &'a str)>,
) -> Result<BTreeMap<ItemCode, AnswerValue>, OracleError> {
    let answer = |(code, cell): (String, &str)| {
        let wrong = |why: &dyn std::fmt::Display| OracleError(format!("{code} {cell:?}: {why}"));
        let item: ItemCode = code.parse().map_err(|error| wrong(&error))?;
        let kind = definition.find_item(&item).map(|item| &item.kind);
        let value = if matches!(kind, Some(ItemKind::Choice(_))) {
            AnswerValue::Code(cell.parse().map_err(|error| wrong(&error))?)
        } else {
            AnswerValue::Integer(cell.parse().map_err(|error| wrong(&error))?)
        };
        Answer::parse(definition, &item, value).map(Answer::into_parts).map_err(|refusal| wrong(&refusal))
    };
    columns.filter(|(_, cell)| !cell.is_empty()).map(answer).collect()
}

/// Whether a score is what the oracle says, where an empty cell means not scored.
#[must_use]
pub fn agrees(expected: &str, value: Option<f64>, tolerance: f64) -> bool {
    match (expected, value) {
        ("", value) => value.is_none(),
        (_, None) => false,
        (number, Some(value)) => number.parse::<f64>().is_ok_and(|number| (number - value).abs() <= tolerance),
    }
}

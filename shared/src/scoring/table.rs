//! Scoring a table: CSV with one row per response in, the same rows with one column per scale out.
//!
//! Rows stream through, so memory does not grow with the table. What is not an answer stops it: a wrong code read
//! as missing would still give a score by the half rule, and nobody would see it.

use std::io::{self, Read, Write};

use csv::{Reader, ReaderBuilder, StringRecord, Writer};

use super::{ScaleScore, Scorer, number};
use crate::{
    answers::AnswerValue,
    id::ItemCode,
    instrument::{Definition, Inputs, Item, ItemKind, answer},
};

/// Why a table was not scored to its end.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The header does not fit the instrument.
    #[error("{what}; {hint}")]
    Header {
        /// What is wrong.
        what: String,
        /// What to do.
        hint: String,
    },
    /// A value that its item does not allow.
    #[error(
        "row {row} (line {line}), column {column}: {value:?} is not an answer; {column} takes {allowed}, or nothing when missing"
    )]
    Value {
        /// The row, from 1, without the header.
        row: u64,
        /// The line of the file it begins on.
        line: u64,
        /// The column.
        column: String,
        /// What stands there.
        value: String,
        /// What may stand there.
        allowed: String,
    },
    /// A row that is not a row of this table.
    #[error("{place}: {what}")]
    Row {
        /// Where: the line, or the row.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// The table could not be read.
    #[error("the table cannot be read: {0}")]
    Read(io::Error),
    /// The scores could not be written.
    #[error("the scores cannot be written: {0}")]
    Write(io::Error),
}

/// Scores a table of responses, and says how many rows it had.
///
/// The header names item codes; the column of every item that a scale uses must be there. Other columns are carried
/// through before the scores. An empty cell is a missing answer; an empty score is *not scored*. Fields are
/// separated by commas; a byte order mark and CRLF are read over.
///
/// # Errors
/// At the first thing wrong with the table, with its place; rows before it have been written by then.
///
/// ```
/// use shared::{instrument::catalog::Catalog, scoring::table::score_csv};
/// let catalog = Catalog::shipped()?;
/// let eq_5d_5l = catalog.find_latest(&"eq-5d-5l".parse()?).ok_or("not shipped")?;
/// let mut out = Vec::new();
/// score_csv(eq_5d_5l, "id,MO,SC,UA,PD,AD,VAS\nA,1,1,1,1,1,80\n".as_bytes(), &mut out)?;
/// assert!(String::from_utf8(out)?.starts_with("id,LSS,VAS,VT_France"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn score_csv(definition: &Definition, input: impl Read, output: impl Write) -> Result<u64, TableError> {
    let mut reader = ReaderBuilder::new().from_reader(input);
    let header = reader.headers().map_err(unreadable)?.clone();
    let columns = read_header(definition, &header)?;
    let scorer = Scorer::new(definition);
    let mut writer = Writer::from_writer(output);
    write_header(&mut writer, &columns, &header, &scorer)?;
    let n_rows = score_rows(definition, &columns, &mut reader, &scorer, &mut writer)?;
    writer.flush().map_err(TableError::Write)?;
    Ok(n_rows)
}

/// What a column of the table is.
enum Column<'a> {
    /// None of ours: goes through as it is.
    Carried,
    /// The answers to an item, with its place in the definition.
    Item(usize, &'a Item),
}

fn score_rows(
    definition: &Definition,
    columns: &[Column<'_>],
    reader: &mut Reader<impl Read>,
    scorer: &Scorer<'_>,
    writer: &mut Writer<impl Write>,
) -> Result<u64, TableError> {
    let mut row = StringRecord::new();
    let mut values = vec![None; definition.items.len()];
    let mut by_scale = Vec::with_capacity(definition.scales.len());
    let mut text = String::new();
    let mut done = 0;
    while reader.read_record(&mut row).map_err(unreadable)? {
        for (column, cell) in columns.iter().zip(&row) {
            match column {
                Column::Carried => writer.write_field(cell).map_err(unwritable)?,
                Column::Item(place, item) => {
                    let value = read_cell(definition, item, cell);
                    if value.is_none() && !cell.is_empty() {
                        let line = row.position().map_or(0, csv::Position::line);
                        return Err(wrong_value(definition, item, cell, done + 1, line));
                    }
                    if let Some(slot) = values.get_mut(*place) {
                        *slot = value;
                    }
                }
            }
        }
        scorer.score_into(&values, &mut by_scale);
        write_scores(writer, &by_scale, &mut text)?;
        done += 1;
    }
    Ok(done)
}

fn read_header<'a>(definition: &'a Definition, header: &StringRecord) -> Result<Vec<Column<'a>>, TableError> {
    if definition.scales.is_empty() {
        let what = format!("{} has no scales", definition.instrument);
        return Err(refused(what, "there is nothing to score; its answers are exported as they are"));
    }
    if header.iter().all(str::is_empty) {
        let hint = format!("the first line names the columns, such as {}", wanted(definition).join(","));
        return Err(refused("the table is empty".to_owned(), hint));
    }
    refuse_missing(definition, header)?;
    let columns: Vec<Column<'_>> = header.iter().map(|name| find_column(definition, name)).collect();
    for (place, (name, column)) in header.iter().zip(&columns).enumerate() {
        if header.iter().take(place).any(|earlier| earlier == name) {
            return Err(refused(format!("column {name} stands twice"), "give every column a name of its own"));
        }
        let is_scale = definition.scales.iter().any(|scale| scale.code.as_str() == name);
        if is_scale && matches!(column, Column::Carried) {
            let what = format!("column {name} has the name of a scale");
            return Err(refused(what, "rename it: the score goes there"));
        }
    }
    Ok(columns)
}

/// Refuses a header without the items that scales use, most often because it is separated by something else.
fn refuse_missing(definition: &Definition, header: &StringRecord) -> Result<(), TableError> {
    let is_missing = |code: &&str| !header.iter().any(|name| name == *code);
    let missing: Vec<&str> = wanted(definition).into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for (separator, name) in [(';', "semicolons"), ('\t', "tabs")] {
        if header.len() == 1 && header.iter().any(|names| names.contains(separator)) {
            return Err(refused(format!("the columns are separated by {name}"), "save the table with commas"));
        }
    }
    let what = format!("{} needs columns that are not there: {}", definition.instrument, missing.join(", "));
    Err(refused(what, "name columns by item code; leave a column empty for what was not asked"))
}

/// The codes of the items that scales use, in the definition's order.
fn wanted(definition: &Definition) -> Vec<&str> {
    let uses = |code: &ItemCode| {
        definition.scales.iter().any(|scale| match &scale.of {
            Inputs::Items(items) => items.iter().any(|input| input.code == *code),
            Inputs::Scales(_) => false,
        })
    };
    definition.items.iter().map(|item| &item.code).filter(|code| uses(code)).map(ItemCode::as_str).collect()
}

fn find_column<'a>(definition: &'a Definition, name: &str) -> Column<'a> {
    let gives_number = |item: &Item| definition.bounds_of(item).is_some();
    let mut items = definition.items.iter().enumerate();
    items
        .find(|(_, item)| item.code.as_str() == name && gives_number(item))
        .map_or(Column::Carried, |(place, item)| Column::Item(place, item))
}

/// The number that a cell stands for; nothing when it is empty or not an answer.
fn read_cell(definition: &Definition, item: &Item, cell: &str) -> Option<f64> {
    let value = match &item.kind {
        ItemKind::Choice(_) => AnswerValue::Code(cell.parse().ok()?),
        ItemKind::Analogue { .. } | ItemKind::Integer { .. } => AnswerValue::Integer(cell.parse().ok()?),
        ItemKind::Decimal { .. } => AnswerValue::Decimal(cell.parse().ok()?),
        ItemKind::Choices(_) | ItemKind::Date | ItemKind::Text { .. } => return None,
    };
    answer::allows(definition, item, &value).then(|| number(&value))?
}

fn write_header(
    writer: &mut Writer<impl Write>,
    columns: &[Column<'_>],
    header: &StringRecord,
    scorer: &Scorer<'_>,
) -> Result<(), TableError> {
    let carried = header.iter().zip(columns).filter(|(_, column)| matches!(column, Column::Carried));
    let scales = scorer.scales().map(|scale| scale.code.as_str());
    writer.write_record(carried.map(|(name, _)| name).chain(scales)).map_err(unwritable)
}

fn write_scores(writer: &mut Writer<impl Write>, scores: &[ScaleScore], text: &mut String) -> Result<(), TableError> {
    use std::fmt::Write as _;
    for score in scores {
        text.clear();
        if let Some(value) = score.value() {
            // adding zero turns -0 into 0
            let _ = write!(text, "{}", value + 0.0);
        }
        writer.write_field(text.as_str()).map_err(unwritable)?;
    }
    writer.write_record(None::<&[u8]>).map_err(unwritable)
}

fn wrong_value(definition: &Definition, item: &Item, cell: &str, row: u64, line: u64) -> TableError {
    TableError::Value {
        row,
        line,
        column: item.code.to_string(),
        value: cell.chars().take(40).collect(),
        allowed: definition.allowed_in_words(item),
    }
}

fn refused(what: String, hint: impl Into<String>) -> TableError {
    TableError::Header { what, hint: hint.into() }
}

fn unreadable(error: csv::Error) -> TableError {
    let place = format!("line {}", error.position().map_or(1, csv::Position::line));
    if let csv::ErrorKind::UnequalLengths { expected_len, len, .. } = error.kind() {
        let what = format!("it has {len} columns where the header has {expected_len}; check its commas and quotes");
        return TableError::Row { place, what };
    }
    if let csv::ErrorKind::Utf8 { .. } = error.kind() {
        return TableError::Row { place, what: "it is not UTF-8; save the table as UTF-8".to_owned() };
    }
    TableError::Read(error.into())
}

fn unwritable(error: csv::Error) -> TableError {
    TableError::Write(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::catalog::Catalog;

    fn scored(key: &str, table: &[u8]) -> Result<String, String> {
        let catalog = Catalog::shipped().unwrap();
        let definition = catalog.find_latest(&key.parse().unwrap()).unwrap();
        let mut out = Vec::new();
        match score_csv(definition, table, &mut out) {
            Ok(_) => Ok(String::from_utf8(out).unwrap()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn epices(table: &str) -> Result<String, String> {
        scored("epices", table.as_bytes())
    }

    const HEADER: &str = "id,e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,e11";

    #[test]
    fn other_columns_are_carried_through_before_the_scores_whatever_their_place() {
        let table =
            "e11,id,e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,note\n0,A,0,0,0,0,0,0,0,0,0,0,\"a, b\"\n,B,0,0,0,0,0,0,0,0,0,0,\n";
        assert_eq!(epices(table).unwrap(), "id,note,EPICES,DEPRIVED\nA,\"a, b\",75.14,1\nB,,,\n");
    }

    #[test]
    fn a_missing_answer_of_one_row_is_not_filled_from_the_row_before() {
        let table = format!("{HEADER}\nA,0,0,0,0,0,0,0,0,0,0,0\nB,,,,,,,,,,,\nC,1,1,1,1,1,1,1,1,1,1,1\n");
        assert_eq!(epices(&table).unwrap(), "id,EPICES,DEPRIVED\nA,75.14,1\nB,,\nC,24.86,0\n");
    }

    #[test]
    fn a_byte_order_mark_crlf_and_quotes_are_read_over() {
        let table = format!("\u{feff}{HEADER}\r\nA,\"0\",0,0,0,0,0,0,0,0,0,0\r\n");
        assert_eq!(epices(&table).unwrap(), "id,EPICES,DEPRIVED\nA,75.14,1\n");
    }

    #[test]
    fn a_header_alone_gives_a_header_alone() {
        assert_eq!(epices(HEADER).unwrap(), "id,EPICES,DEPRIVED\n");
    }

    #[test]
    fn a_header_that_does_not_fit_is_refused_with_what_to_do() {
        let without_e11 = HEADER.trim_end_matches(",e11");
        let refused = [
            (
                String::new(),
                "the table is empty; the first line names the columns, such as e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,e11",
            ),
            (HEADER.replace(',', ";"), "the columns are separated by semicolons; save the table with commas"),
            (HEADER.replace(',', "\t"), "the columns are separated by tabs; save the table with commas"),
            (
                format!("{without_e11},E11"),
                "epices 1.0 needs columns that are not there: e11; name columns by item code; leave a column empty for what was not asked",
            ),
            (format!("{HEADER},e3"), "column e3 stands twice; give every column a name of its own"),
            (format!("{HEADER},EPICES"), "column EPICES has the name of a scale; rename it: the score goes there"),
        ];
        for (header, words) in refused {
            assert_eq!(epices(&format!("{header}\n")).unwrap_err(), words);
        }
        assert!(scored("situation", b"id\n").unwrap_err().starts_with("situation 1.0 has no scales"));
    }

    #[test]
    fn what_is_not_an_answer_stops_the_table_with_row_column_and_allowed_codes() {
        for value in ["2", "-1", "NaN", "NA", "1e308", "1.0", " 1", "yes", "99999999999999999999"] {
            let table = format!("{HEADER}\nA,0,0,0,0,0,0,0,0,0,0,0\nB,0,0,{value},0,0,0,0,0,0,0,0\n");
            let words = format!(
                "row 2 (line 3), column e3: {value:?} is not an answer; e3 takes one of 1, 0, or nothing when missing"
            );
            assert_eq!(epices(&table).unwrap_err(), words);
        }
        let table = "MO,SC,UA,PD,AD,VAS\n1,1,1,1,1,101\n";
        let words = "row 1 (line 2), column VAS: \"101\" is not an answer; VAS takes a whole number from 0 to 100, or nothing when missing";
        assert_eq!(scored("eq-5d-5l", table.as_bytes()).unwrap_err(), words);
    }

    #[test]
    fn a_row_that_is_not_a_row_stops_the_table_with_its_line() {
        let short = format!("{HEADER}\nA,0,0\n");
        let words = "line 2: it has 3 columns where the header has 12; check its commas and quotes";
        assert_eq!(epices(&short).unwrap_err(), words);
        let latin1 = [HEADER.as_bytes(), b"\nRen\xe9,0,0,0,0,0,0,0,0,0,0,0\n"].concat();
        assert_eq!(scored("epices", &latin1).unwrap_err(), "line 2: it is not UTF-8; save the table as UTF-8");
        let header = b"id;\xe9\n";
        assert_eq!(scored("epices", header).unwrap_err(), "line 1: it is not UTF-8; save the table as UTF-8");
    }

    #[test]
    fn what_cannot_be_read_or_written_is_told_apart_from_a_bad_table() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("unplugged"))
            }
        }
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let catalog = Catalog::shipped().unwrap();
        let epices = catalog.find_latest(&"epices".parse().unwrap()).unwrap();
        assert!(matches!(score_csv(epices, Broken, Vec::new()), Err(TableError::Read(_))));
        assert!(matches!(score_csv(epices, HEADER.as_bytes(), Broken), Err(TableError::Write(_))));
    }
}

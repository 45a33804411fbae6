//! Scoring a table: CSV with one row per response in, the same rows with one column per scale out.
//!
//! Rows stream through, so memory does not grow with the table, nor with a row: one beyond [`LONGEST_ROW`] is refused.
//! What is not an answer stops the table, or is told to whoever watches: a wrong code read as missing would still give
//! a score by the half rule, and nobody would see it.

mod capped;
mod cell;
mod header;
mod numbers;
mod symptoms;
#[cfg(test)]
mod tests;

use std::io::{self, Read, Write};

use csv::{ByteRecord, Reader, ReaderBuilder, Writer, WriterBuilder};

use self::{
    capped::Capped,
    header::{Columns, read_header},
    numbers::Numbers,
};
use super::{ScaleScore, Scorer};
use crate::instrument::Definition;

/// The longest row a table may have, in bytes: far beyond any questionnaire, and small enough for any machine.
pub const LONGEST_ROW: usize = 1 << 20;

/// How much is read and written at once.
const BUFFER: usize = 1 << 16;

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
    /// A value that its item does not allow; it is not repeated, as errors end up in logs.
    #[error(
        "row {row} (line {line}), column {column}: what stands there is not an answer; {column} takes {allowed}, or nothing when missing"
    )]
    Value {
        /// The row, from 1, without the header.
        row: u64,
        /// The line of the file it begins on.
        line: u64,
        /// The column.
        column: String,
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

/// Looks on while a table is scored, and says what happens to rows that are not right.
pub trait Watch {
    /// A row that is not right; `Ok` leaves it out and goes on.
    ///
    /// # Errors
    /// What stops the table: the error itself, unless this is implemented otherwise.
    fn wrong_row(&mut self, error: TableError) -> Result<(), TableError> {
        Err(error)
    }

    /// Another row was scored.
    fn scored_row(&mut self) {}
}

/// Stops at the first row that is not right.
#[derive(Debug, Default)]
pub struct StopAtFirst;

impl Watch for StopAtFirst {}

/// Scores a table of responses, and says how many rows it scored.
///
/// The header names item codes; the column of every item that a scale uses must be there. Other columns are carried
/// through before the scores. An empty cell is a missing answer; an empty score is *not scored*. Fields are
/// separated by commas; a byte order mark and CRLF are read over. PRO-CTCAE may instead have one row per symptom, with
/// columns `symptom`, `rank` (may be left out), `A`, `B` and `C`, and gives `COMP` and `COMP_IMPUTED`.
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
    score_csv_watched(definition, input, output, &mut StopAtFirst)
}

/// Scores a table of responses as [`score_csv`] does, before somebody's eyes.
///
/// # Errors
/// At a header that does not fit, at what cannot be read or written, and at a row that the watch does not let pass.
pub fn score_csv_watched(
    definition: &Definition,
    input: impl Read,
    output: impl Write,
    watch: &mut impl Watch,
) -> Result<u64, TableError> {
    let capped = Capped::new(input, LONGEST_ROW);
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).buffer_capacity(BUFFER).from_reader(capped);
    let mut row = ByteRecord::new();
    let begun = reader.read_byte_record(&mut row).map_err(|error| unreadable(error, &reader))?;
    let columns = read_header(definition, if begun { names(&row)? } else { Vec::new() })?;
    let mut scoring =
        Scoring::new(definition, columns, WriterBuilder::new().buffer_capacity(BUFFER).from_writer(output));
    scoring.write_header()?;
    loop {
        reader.get_mut().begin_row();
        if !reader.read_byte_record(&mut row).map_err(|error| unreadable(error, &reader))? {
            break;
        }
        match scoring.score_row(&row) {
            Ok(()) => watch.scored_row(),
            Err(error @ TableError::Write(_)) => return Err(error),
            Err(error) => watch.wrong_row(error)?,
        }
    }
    scoring.writer.flush().map_err(TableError::Write)?;
    Ok(scoring.n_scored)
}

/// A table on its way.
struct Scoring<'a, W: Write> {
    columns: Columns<'a>,
    carried: Vec<usize>,
    scorer: Scorer<'a>,
    writer: Writer<W>,
    values: Vec<Option<f64>>,
    scores: Vec<ScaleScore>,
    numbers: Numbers,
    n_read: u64,
    n_scored: u64,
}

impl<'a, W: Write> Scoring<'a, W> {
    fn new(definition: &'a Definition, columns: Columns<'a>, writer: Writer<W>) -> Self {
        Self {
            carried: columns.carried_places(),
            columns,
            scorer: Scorer::new(definition),
            writer,
            values: vec![None; definition.items.len()],
            scores: Vec::with_capacity(definition.scales.len()),
            numbers: Numbers::new(),
            n_read: 0,
            n_scored: 0,
        }
    }

    fn write_header(&mut self) -> Result<(), TableError> {
        let scales = self.scorer.scales().map(|scale| scale.code.as_str());
        let names = self.columns.carried_names();
        match &self.columns {
            Columns::Items(_) => self.writer.write_record(names.chain(scales)),
            Columns::Symptoms(_) => self.writer.write_record(names.chain(symptoms::GRADES)),
        }
        .map_err(unwritable)
    }

    fn score_row(&mut self, row: &ByteRecord) -> Result<(), TableError> {
        self.n_read += 1;
        let place = Place { row: self.n_read, line: row.position().map_or(0, csv::Position::line) };
        if row.len() != self.columns.len() {
            return Err(place.wrong_length(row.len(), self.columns.len()));
        }
        if std::str::from_utf8(row.as_slice()).is_err() {
            return Err(place.not_utf8());
        }
        match &self.columns {
            Columns::Items(items) => {
                items.read(row, place, &mut self.values)?;
                self.scorer.score_into(&self.values, &mut self.scores);
            }
            Columns::Symptoms(symptoms) => symptoms.score(row, place, &mut self.values, &mut self.scores)?,
        }
        for cell in self.carried.iter().filter_map(|place| row.get(*place)) {
            self.writer.write_field(cell).map_err(unwritable)?;
        }
        for score in &self.scores {
            self.writer.write_field(self.numbers.text(score.value())).map_err(unwritable)?;
        }
        self.n_scored += 1;
        self.writer.write_record(None::<&[u8]>).map_err(unwritable)
    }
}

/// Where in a table.
#[derive(Clone, Copy)]
struct Place {
    /// The row, from 1, without the header.
    row: u64,
    /// The line of the file it begins on.
    line: u64,
}

impl Place {
    fn wrong_value(self, column: &str, allowed: String) -> TableError {
        TableError::Value { row: self.row, line: self.line, column: column.to_owned(), allowed }
    }

    fn wrong_length(self, n: usize, wanted: usize) -> TableError {
        let what = format!("it has {n} columns where the header has {wanted}; check its commas and quotes");
        TableError::Row { place: format!("line {}", self.line), what }
    }

    fn not_utf8(self) -> TableError {
        let what = "it is not UTF-8; save the table as UTF-8".to_owned();
        TableError::Row { place: format!("line {}", self.line), what }
    }
}

/// The names of the columns, without a byte order mark before the first.
fn names(header: &ByteRecord) -> Result<Vec<String>, TableError> {
    let read = |cell: &[u8]| String::from_utf8(cell.to_vec()).map_err(|_| Place { row: 0, line: 1 }.not_utf8());
    let mut names: Vec<String> = header.iter().map(read).collect::<Result<_, _>>()?;
    if let Some(first) = names.first_mut().filter(|first| first.starts_with('\u{feff}')) {
        first.remove(0);
    }
    Ok(names)
}

fn unreadable<R: Read>(error: csv::Error, reader: &Reader<Capped<R>>) -> TableError {
    if reader.get_ref().was_capped() {
        let what = format!("it is longer than {LONGEST_ROW} bytes; is it one table, and are its quotes closed?");
        return TableError::Row { place: format!("line {}", reader.position().line()), what };
    }
    TableError::Read(error.into())
}

fn unwritable(error: csv::Error) -> TableError {
    TableError::Write(error.into())
}

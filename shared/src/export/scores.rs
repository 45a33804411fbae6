//! `scores.csv`: one row for each scale of each received questionnaire, also where there is no score; a scale of which
//! the study does not ask every item has none.

use std::io::Write;

use super::{Column, Exported, NO_VALUE, cell, closed, context, open};
use crate::scoring::{InstrumentScores, ScaleScore};

pub(super) const COLUMNS: [Column; 6] = [
    open("scale", "Scale of the instrument; labels and ranges under kind scale"),
    open("value", "The score, unrounded; NA without a score"),
    closed(
        "status",
        "Whether there is a score, and if not, why",
        "scored; too_few_answers=fewer items (or scales) than the scale's missing rule asks for",
    ),
    open("items_used", "How many items (or scales) were there"),
    open("items_required", "How many the scale's missing rule asks for at least"),
    open("engine", "Version of the scoring engine"),
];

/// Writes `scores.csv` questionnaire by questionnaire.
#[derive(Debug)]
pub struct ScoresCsv<W: Write> {
    csv: csv::Writer<W>,
    n_rows: u64,
}

impl<W: Write> ScoresCsv<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(context::COLUMNS.iter().chain(&COLUMNS).map(|column| column.name))?;
        Ok(Self { csv, n_rows: 0 })
    }

    /// Adds one row for each scale, in the order of the instrument's definition.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, exported: &Exported<'_>, scores: &InstrumentScores) -> csv::Result<()> {
        let shared = exported.cells();
        for scale in &exported.definition.scales {
            let Some(score) = scores.scales.get(&scale.code) else { continue };
            let (value, status, used, required) = match score {
                ScaleScore::Scored { value, used, required } => (cell::number(*value), "scored", used, required),
                ScaleScore::NotScored { answered, required } => {
                    (NO_VALUE.to_owned(), "too_few_answers", answered, required)
                }
            };
            let own = [
                cell::text(scale.code.as_str()).into_owned(),
                value,
                status.to_owned(),
                used.to_string(),
                required.to_string(),
                cell::text(&scores.engine).into_owned(),
            ];
            self.csv.write_record(shared.iter().chain(&own))?;
            self.n_rows += 1;
        }
        Ok(())
    }

    /// Hands on what is written so far, for whoever streams it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> csv::Result<()> {
        Ok(self.csv.flush()?)
    }

    /// Ends the file; says how many rows it has below its header.
    ///
    /// # Errors
    /// When the last of it cannot be written.
    pub fn finish(mut self) -> csv::Result<u64> {
        self.csv.flush()?;
        Ok(self.n_rows)
    }
}

//! `answers.csv`: one row for each item of each received questionnaire, also where there is no answer.

use std::{collections::BTreeSet, io::Write};

use super::{Column, Exported, NO_VALUE, cell, closed, context, open};
use crate::{
    answers::{SkipReason, response::ItemResponse},
    id::ItemCode,
    instrument::{Item, logic},
};

pub(super) const COLUMNS: [Column; 5] = [
    open("item", "Item of the instrument; topics and codes under kind item"),
    open("position", "Place of the item among those the study asks of the instrument, from 1"),
    open("value", "The answer as its code, number, date or text; several codes with ; between; NA without an answer"),
    closed(
        "status",
        "Whether there is an answer, and if not, why",
        "answered; skipped=left out on purpose, confirmed; skipped_as_not_applicable=the patient said it does not \
         apply; not_answered_on_form=left blank on paper; several_ticked=more than one box ticked on paper; \
         illegible=not readable on paper; refused=refused on paper or aloud; not_applicable=not asked, by earlier answers; not_reached=no answer and no reason; \
         withdrawn=taken back by staff, with a reason on file",
    ),
    closed("amended", "Whether staff corrected it after sending; the old value is kept in the registry", "yes; no"),
];

/// Writes `answers.csv` questionnaire by questionnaire.
#[derive(Debug)]
pub struct AnswersCsv<W: Write> {
    csv: csv::Writer<W>,
    n_rows: u64,
}

impl<W: Write> AnswersCsv<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(context::COLUMNS.iter().chain(&COLUMNS).map(|column| column.name))?;
        Ok(Self { csv, n_rows: 0 })
    }

    /// Adds one row for each item, in the instrument's order.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, exported: &Exported<'_>) -> csv::Result<()> {
        let shared = exported.cells();
        let values = exported.copy.values();
        let applicable: BTreeSet<&ItemCode> =
            logic::applicable(exported.definition, &values).into_iter().map(|item| &item.code).collect();
        for (index, item) in exported.definition.items.iter().enumerate() {
            let (value, status) = said(exported, item, applicable.contains(&item.code));
            let amended = exported.copy.amendments.iter().any(|it| it.item == item.code && it.before != it.after);
            let own = [
                cell::text(item.code.as_str()).into_owned(),
                (index + 1).to_string(),
                value,
                status.to_owned(),
                if amended { "yes" } else { "no" }.to_owned(),
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

fn said(exported: &Exported<'_>, item: &Item, applies: bool) -> (String, &'static str) {
    let withdrawn = || exported.copy.amendments.iter().any(|it| it.item == item.code && it.after.is_none());
    let none = |status| (NO_VALUE.to_owned(), status);
    match exported.copy.answers.get(&item.code) {
        Some(ItemResponse::Answered(value)) => (cell::answer(value), "answered"),
        Some(ItemResponse::Skipped(SkipReason::PreferNot)) => none("skipped"),
        Some(ItemResponse::Skipped(SkipReason::NotApplicable)) => none("skipped_as_not_applicable"),
        Some(ItemResponse::Skipped(SkipReason::NotAnswered)) => none("not_answered_on_form"),
        Some(ItemResponse::Skipped(SkipReason::SeveralTicked)) => none("several_ticked"),
        Some(ItemResponse::Skipped(SkipReason::Illegible)) => none("illegible"),
        Some(ItemResponse::Skipped(SkipReason::Refused)) => none("refused"),
        None if withdrawn() => none("withdrawn"),
        None if applies => none("not_reached"),
        None => none("not_applicable"),
    }
}

//! `milestones.csv`: one row for each milestone that stands of each enrolled patient, with its cause.

use std::io::Write;

use super::{Column, RelativeDays, cell, closed, context::counted, open};
use crate::{
    id::{HemopathyKey, PatientId, SiteKey},
    schedule::{Milestone, StandingMilestone},
    study::Cause,
};

pub(super) const COLUMNS: [Column; 11] = [
    open("patient", "Pseudonym: random, the same in every file and export"),
    open("site", "Following site; labels under kind site"),
    open("hemopathy", "Type of blood cancer; labels under kind hemopathy"),
    closed(
        "milestone",
        "What happened, or is to; relapses have a row each, every other milestone one",
        "rcp=multidisciplinary consultation meeting; inclusion; information=information given; leukapheresis; \
         bridging=start of bridging therapy; lymphodepletion=start of it; infusion; infusion_given_up=not infused, \
         with its reason under cause; discharge; relapse=relapse or progression; second_infusion; \
         last_news=known to be alive; death; withdrawal; lost_to_follow_up",
    ),
    closed("planned", "Whether it is still to come", "yes; no"),
    closed(
        "cause",
        "Of what a patient died, why an infusion was given up, how far a withdrawal goes",
        "of death: disease; toxicity=of a treatment; infection=without relapse or progression; second_cancer; other; \
         unknown; of infusion_given_up: died_before; progression; manufacturing_failure; refusal; other_treatment; \
         other; unknown; of withdrawal: stop_reminders=messages only, the follow-up goes on; stop_keep=nothing more is \
         asked, answers stay; stop_erase=nothing more is asked, erasure was asked for; no_cause=of every other milestone",
    ),
    closed("precision", "How exactly its date is known", "day; month=counted from the 15th; year=counted from 1 July"),
    open("day_from_infusion", "Its day, infusion being Day 0; NA if not infused"),
    closed(
        "infusion_precision",
        "How exactly the infusion date is known",
        "day; month=counted from the 15th; year=counted from 1 July; not_infused",
    ),
    open("day_from_inclusion", "Its day, inclusion being Day 0; NA if inclusion is not dated"),
    closed(
        "inclusion_precision",
        "How exactly the inclusion date is known",
        "day; month=counted from the 15th; year=counted from 1 July; not_dated",
    ),
];

/// One milestone with all that an export tells of it, under a pseudonym.
#[derive(Clone, Debug)]
pub struct ExportedMilestone<'a> {
    /// The pseudonym.
    pub patient: PatientId,
    /// Following site.
    pub site: &'a SiteKey,
    /// Type of blood cancer.
    pub hemopathy: &'a HemopathyKey,
    /// The milestone as it stood at the export's moment.
    pub standing: StandingMilestone,
    /// The patient's milestones, to count days from.
    pub milestones: &'a [Milestone],
}

/// Writes `milestones.csv` milestone by milestone.
#[derive(Debug)]
pub struct MilestonesCsv<W: Write> {
    csv: csv::Writer<W>,
    n_rows: u64,
}

impl<W: Write> MilestonesCsv<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(COLUMNS.iter().map(|column| column.name))?;
        Ok(Self { csv, n_rows: 0 })
    }

    /// Adds the row of one milestone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, exported: &ExportedMilestone<'_>) -> csv::Result<()> {
        self.csv.write_record(exported.cells())?;
        self.n_rows += 1;
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

impl ExportedMilestone<'_> {
    /// The cells of [`COLUMNS`].
    fn cells(&self) -> [String; 11] {
        let StandingMilestone { milestone: Milestone { kind, on, planned }, cause } = self.standing;
        let days = RelativeDays::of(on.anchor(), self.milestones);
        let (day_from_infusion, infusion_precision) = counted(days.from_infusion, "not_infused");
        let (day_from_inclusion, inclusion_precision) = counted(days.from_inclusion, "not_dated");
        [
            self.patient.to_string(),
            cell::text(self.site.as_str()).into_owned(),
            cell::text(self.hemopathy.as_str()).into_owned(),
            cell::word(&kind),
            if planned { "yes" } else { "no" }.to_owned(),
            cause.map_or("no_cause", Cause::code).to_owned(),
            cell::word(&on.precision),
            day_from_infusion,
            infusion_precision,
            day_from_inclusion,
            inclusion_precision,
        ]
    }
}

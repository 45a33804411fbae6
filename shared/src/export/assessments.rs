//! `assessments.csv`: one row for each assessment of each enrolled patient, answered or not, with why not.

use std::{collections::BTreeSet, io::Write};

use super::{
    Column, NO_VALUE, RelativeDays, cell, closed,
    context::{counted, respondent},
    open,
};
use crate::{
    answers::response::ResponseCopy,
    id::{HemopathyKey, PathwayKey, PatientId, SiteKey},
    schedule::{Assessment, AssessmentState, Milestone, MissingReason, Tally, Window},
    time::Date,
};

pub(super) const COLUMNS: [Column; 28] = [
    open("patient", "Pseudonym: random, the same in every file and export"),
    open("site", "Site that followed the patient on the day of the export; labels under kind site"),
    open(
        "pathway",
        "Care pathway of the episode that ran, or will run, on the day aimed at; before the first episode, or where that \
         day is not known, of the first; labels under kind pathway",
    ),
    open("hemopathy", "Type of blood cancer; labels under kind hemopathy"),
    open("timepoint", "Timepoint; labels and windows under kind timepoint"),
    open("occurrence", "Which time the timepoint came round, from 1; above 1 only for relapses"),
    open("target_day", "Relative day the timepoint aims at, counted from its anchor; NA if the study no longer has it"),
    closed(
        "state",
        "Where it stood on the day of the export",
        "not_applicable=never expected of this patient; planned=still to come; open=within its window, untouched; \
         in_progress=begun and not all sent; partly_completed=window closed, some questionnaires sent; completed; \
         completed_late=the last one after the window; missed=window closed, nothing sent; \
         cancelled=death, withdrawal or loss to follow-up came first",
    ),
    closed(
        "expected",
        "Whether it counts as expected in a completion rate",
        "yes=answered, or its window closed while the patient was in the registry; not_yet=it can still be answered; \
         no=never expected, or ended before",
    ),
    closed("window", "Whether its days are known", "known; unknown=its anchor has no date"),
    open("opens_from_infusion", "First day of the window, infusion being Day 0; NA if not infused or without window"),
    open("due_from_infusion", "The day aimed at, counted likewise"),
    open("closes_from_infusion", "Last day of the window, counted likewise"),
    open("submitted_from_infusion", "Day of the last sending, counted likewise; NA if not infused or nothing was sent"),
    closed("infusion_precision", "How exactly the infusion date is known", PRECISION_OF_INFUSION),
    open("opens_from_inclusion", "First day of the window, inclusion being Day 0; NA if not dated or without window"),
    open("due_from_inclusion", "The day aimed at, counted likewise"),
    open("closes_from_inclusion", "Last day of the window, counted likewise"),
    open("submitted_from_inclusion", "Day of the last sending, counted likewise; NA if not dated or nothing was sent"),
    closed("inclusion_precision", "How exactly the inclusion date is known", PRECISION_OF_INCLUSION),
    open("questionnaires", "How many questionnaires it has"),
    open("started", "How many of them were begun and not sent"),
    open("submitted", "How many of them were sent"),
    closed(
        "timing",
        "Day of the last sending against the window",
        "on_time; early=before the window opened; late=after it closed; no_window=its anchor has no date; not_sent",
    ),
    closed("missing_reason", "Why it has not all its answers, as staff noted it", REASONS),
    open("mode", "How they were administered, as in answers.csv; several with ; between; not_sent"),
    open("respondent", "Who gave the answers, as in answers.csv; several with ; between; not_sent"),
    open("assistance", "How the patient was helped, as in answers.csv; several with ; between; not_sent"),
];

const PRECISION_OF_INFUSION: &str = "day; month=counted from the 15th; year=counted from 1 July; not_infused";
const PRECISION_OF_INCLUSION: &str = "day; month=counted from the 15th; year=counted from 1 July; not_dated";
const REASONS: &str = "not_given; device_failure; too_ill; confusion; intensive_care; refused_this_time; refused_all; \
    not_reached; language; transferred; died_before; withdrew; arrived_late; other; not_noted=something is missing and \
    nobody has said why; not_missing=nothing is missing, or not yet";

/// One assessment with all that an export tells of it, under a pseudonym.
#[derive(Clone, Debug)]
pub struct ExportedAssessment<'a> {
    /// The pseudonym.
    pub patient: PatientId,
    /// Following site.
    pub site: &'a SiteKey,
    /// Care pathway on the day aimed at.
    pub pathway: &'a PathwayKey,
    /// Type of blood cancer.
    pub hemopathy: &'a HemopathyKey,
    /// The assessment as it stood on the day of the export.
    pub assessment: &'a Assessment,
    /// The relative day it aims at; `None` when the study no longer has its timepoint.
    pub target_day: Option<i32>,
    /// The patient's milestones.
    pub milestones: &'a [Milestone],
    /// The reason that stands for what is missing.
    pub missing: Option<MissingReason>,
    /// The standing copies of what was sent.
    pub copies: &'a [&'a ResponseCopy],
}

/// Writes `assessments.csv` assessment by assessment.
#[derive(Debug)]
pub struct AssessmentsCsv<W: Write> {
    csv: csv::Writer<W>,
    n_rows: u64,
}

impl<W: Write> AssessmentsCsv<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(COLUMNS.iter().map(|column| column.name))?;
        Ok(Self { csv, n_rows: 0 })
    }

    /// Adds the row of one assessment.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, exported: &ExportedAssessment<'_>) -> csv::Result<()> {
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

impl ExportedAssessment<'_> {
    /// The cells of [`COLUMNS`].
    fn cells(&self) -> Vec<String> {
        let Assessment { id, state, window, questionnaires } = self.assessment;
        let tally = Tally::of(questionnaires);
        let days = [
            window.map(|it| it.opens_on),
            window.map(|it| it.due_on),
            window.map(|it| it.closes_on),
            tally.submitted_on,
        ];
        let days = days.map(|day| day.map(|day| RelativeDays::of(day, self.milestones)));
        let of_any_day = RelativeDays::of(Date::constant(2000, 1, 1), self.milestones);
        let mut cells = vec![
            self.patient.to_string(),
            cell::text(self.site.as_str()).into_owned(),
            cell::text(self.pathway.as_str()).into_owned(),
            cell::text(self.hemopathy.as_str()).into_owned(),
            cell::text(id.timepoint.as_str()).into_owned(),
            id.occurrence.to_string(),
            self.target_day.map_or_else(|| NO_VALUE.to_owned(), |day| day.to_string()),
            state_word(*state).to_owned(),
            expected(*state).to_owned(),
            if window.is_some() { "known" } else { "unknown" }.to_owned(),
        ];
        cells.extend(days.map(|day| counted(day.and_then(|it| it.from_infusion), "").0));
        cells.push(counted(of_any_day.from_infusion, "not_infused").1);
        cells.extend(days.map(|day| counted(day.and_then(|it| it.from_inclusion), "").0));
        cells.push(counted(of_any_day.from_inclusion, "not_dated").1);
        cells.extend([tally.n_questionnaires, tally.n_started, tally.n_submitted].map(|n| n.to_string()));
        cells.push(timing(tally.submitted_on, *window).to_owned());
        cells.push(self.missing_reason());
        cells.push(self.told(|copy| cell::word(&copy.mode)));
        cells.push(self.told(|copy| respondent(copy.respondent).0.to_owned()));
        cells.push(self.told(|copy| respondent(copy.respondent).1));
        cells
    }

    /// The reason noted; without one, whether something is missing.
    fn missing_reason(&self) -> String {
        match (self.missing, self.assessment.state) {
            (Some(reason), _) => cell::word(&reason),
            (None, AssessmentState::Missed | AssessmentState::PartlyCompleted) => "not_noted".to_owned(),
            (None, _) => "not_missing".to_owned(),
        }
    }

    /// What is told of the standing copies, each thing once.
    fn told(&self, of: impl Fn(&ResponseCopy) -> String) -> String {
        let told: BTreeSet<String> = self.copies.iter().map(|copy| of(copy)).collect();
        if told.is_empty() { "not_sent".to_owned() } else { Vec::from_iter(told).join(";") }
    }
}

const fn state_word(state: AssessmentState) -> &'static str {
    match state {
        AssessmentState::NotApplicable => "not_applicable",
        AssessmentState::Planned => "planned",
        AssessmentState::Open => "open",
        AssessmentState::InProgress => "in_progress",
        AssessmentState::PartlyCompleted => "partly_completed",
        AssessmentState::Completed(_) => "completed",
        AssessmentState::CompletedLate(_) => "completed_late",
        AssessmentState::Missed => "missed",
        AssessmentState::Cancelled => "cancelled",
    }
}

/// Whether it counts in the denominator of a completion rate.
const fn expected(state: AssessmentState) -> &'static str {
    match state {
        AssessmentState::Completed(_)
        | AssessmentState::CompletedLate(_)
        | AssessmentState::PartlyCompleted
        | AssessmentState::Missed => "yes",
        AssessmentState::Planned | AssessmentState::Open | AssessmentState::InProgress => "not_yet",
        AssessmentState::NotApplicable | AssessmentState::Cancelled => "no",
    }
}

fn timing(submitted_on: Option<Date>, window: Option<Window>) -> &'static str {
    match (submitted_on, window) {
        (None, _) => "not_sent",
        (Some(_), None) => "no_window",
        (Some(on), Some(window)) if on < window.opens_on => "early",
        (Some(on), Some(window)) if window.closes_on < on => "late",
        (Some(_), Some(_)) => "on_time",
    }
}

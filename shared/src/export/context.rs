//! What every exported row says of its questionnaire: whose, when, in which words, answered by whom and how.

use super::{Column, NO_VALUE, cell, closed, open};
use crate::{
    answers::response::ResponseCopy,
    id::{AssessmentId, HemopathyKey, PathwayKey, PatientId, SiteKey},
    instrument::Definition,
    people::Respondent,
    schedule::{Milestone, Window},
    study::MilestoneKind,
    time::{Date, DatePrecision},
};

/// One received questionnaire with all that an export tells of it; its standing copy, under a pseudonym.
#[derive(Clone, Debug)]
pub struct Exported<'a> {
    /// The pseudonym.
    pub patient: PatientId,
    /// Following site.
    pub site: &'a SiteKey,
    /// Care pathway that stood on the day it was sent.
    pub pathway: &'a PathwayKey,
    /// Type of blood cancer.
    pub hemopathy: &'a HemopathyKey,
    /// Which occasion.
    pub assessment: &'a AssessmentId,
    /// The relative day the occasion aims at; `None` when the study no longer has it.
    pub target_day: Option<i32>,
    /// The occasion's window, where its anchor is known.
    pub window: Option<Window>,
    /// The civil date it was sent; what was typed in by staff, answered.
    pub submitted_on: Date,
    /// The civil date the server received it.
    pub received_on: Date,
    /// That day, counted from infusion and from inclusion.
    pub days: RelativeDays,
    /// The instrument version it answers to.
    pub definition: &'a Definition,
    /// Whether the words shown were demonstration wording; `None` when the pack is not here any more.
    pub demonstration: Option<bool>,
    /// The standing copy.
    pub copy: &'a ResponseCopy,
    /// How many devices sent a copy; more than one is a conflict that staff can see.
    pub n_copies: usize,
}

/// A day as counted from a patient's infusion (Day 0) and inclusion, with how exactly those dates are known.
///
/// A date known to the month counts as its 15th, one known to the year as 1 July; the precision says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RelativeDays {
    /// From the observed infusion; `None` for a patient who is not infused.
    pub from_infusion: Option<(i32, DatePrecision)>,
    /// From inclusion: negative before it.
    pub from_inclusion: Option<(i32, DatePrecision)>,
}

impl RelativeDays {
    /// Counts a day from the milestones as they stand; a planned date is nothing to count from.
    #[must_use]
    pub fn of(day: Date, milestones: &[Milestone]) -> Self {
        let from = |kind: MilestoneKind| {
            let milestone = milestones.iter().rev().find(|it| it.kind == kind && !it.planned)?;
            Some(((day - milestone.on.anchor()).get_days(), milestone.on.precision))
        };
        Self { from_infusion: from(MilestoneKind::Infusion), from_inclusion: from(MilestoneKind::Inclusion) }
    }
}

pub(super) const COLUMNS: [Column; 24] = [
    open("patient", "Pseudonym: random, the same in every file and export"),
    open("site", "Site that followed the patient on the day of the export; labels under kind site"),
    open(
        "pathway",
        "Care pathway of the episode that ran on the day of sending, or of answering on paper or aloud; before the first \
         episode, of the first; labels under kind pathway",
    ),
    open("hemopathy", "Type of blood cancer; labels under kind hemopathy"),
    open("timepoint", "Timepoint; labels and windows under kind timepoint"),
    open("occurrence", "Which time the timepoint came round, from 1; above 1 only for relapses"),
    open("target_day", "Relative day the timepoint aims at, counted from its anchor; NA if the study no longer has it"),
    closed(
        "timing",
        "Day of sending, or of answering on paper or aloud, against the window of the timepoint",
        "on_time; early=before the window opened; late=after it closed; no_window=its anchor date is not known",
    ),
    open("day_from_infusion", "Day of sending, infusion being Day 0; NA if not infused"),
    closed(
        "infusion_precision",
        "How exactly the infusion date is known",
        "day; month=counted from the 15th; year=counted from 1 July; not_infused",
    ),
    open("day_from_inclusion", "Day of sending, inclusion being Day 0; NA if inclusion is not dated"),
    closed(
        "inclusion_precision",
        "How exactly the inclusion date is known",
        "day; month=counted from the 15th; year=counted from 1 July; not_dated",
    ),
    open(
        "days_to_receipt",
        "Days from sending on the device, or from answering on paper or aloud, to receipt by the hospital",
    ),
    open("instrument", "Instrument"),
    open("instrument_version", "Version of the instrument, as its owner writes it"),
    open("language", "Language it was asked in"),
    open("wording", "Wording pack it was asked in"),
    open("wording_hash", "SHA-256 of that pack"),
    closed(
        "demonstration_wording",
        "Whether the words were our own for trying out, not validated",
        "yes; no; unknown=the pack is no longer installed",
    ),
    closed(
        "respondent",
        "Who gave the answers",
        "patient; patient_assisted=with help, still a self-report; proxy=somebody else, not patient-reported",
    ),
    closed(
        "assistance",
        "How the patient was helped",
        "none; read_aloud_by_device; read_aloud_by_staff; hand_of_staff; interpreter; relative",
    ),
    closed("mode", "How it was administered", "own_device; ward_tablet; paper; telephone; interview"),
    closed(
        "retrospective",
        "Whether it was answered before inclusion and typed in later; not expected in completion",
        "yes; no",
    ),
    open(
        "copies",
        "How many copies there are of this questionnaire, each entry of a form being one; the standing one is exported",
    ),
];

impl Exported<'_> {
    /// The cells of [`COLUMNS`].
    pub(super) fn cells(&self) -> [String; 24] {
        let (day_from_infusion, infusion_precision) = counted(self.days.from_infusion, "not_infused");
        let (day_from_inclusion, inclusion_precision) = counted(self.days.from_inclusion, "not_dated");
        let (respondent, assistance) = respondent(self.copy.respondent);
        let demonstration = self.demonstration.map_or("unknown", |it| if it { "yes" } else { "no" });
        [
            self.patient.to_string(),
            cell::text(self.site.as_str()).into_owned(),
            cell::text(self.pathway.as_str()).into_owned(),
            cell::text(self.hemopathy.as_str()).into_owned(),
            cell::text(self.assessment.timepoint.as_str()).into_owned(),
            self.assessment.occurrence.to_string(),
            self.target_day.map_or_else(|| NO_VALUE.to_owned(), |day| day.to_string()),
            self.timing().to_owned(),
            day_from_infusion,
            infusion_precision,
            day_from_inclusion,
            inclusion_precision,
            (self.received_on - self.submitted_on).get_days().to_string(),
            cell::text(self.copy.instrument.key.as_str()).into_owned(),
            cell::text(&self.copy.instrument.version).into_owned(),
            cell::text(self.copy.wording.language.as_str()).into_owned(),
            cell::text(self.copy.wording.pack.as_str()).into_owned(),
            cell::text(&self.copy.wording.hash).into_owned(),
            demonstration.to_owned(),
            respondent.to_owned(),
            assistance,
            cell::word(&self.copy.mode),
            if self.copy.transcript.as_ref().is_some_and(|it| it.retrospective) { "yes" } else { "no" }.to_owned(),
            self.n_copies.to_string(),
        ]
    }

    fn timing(&self) -> &'static str {
        match self.window {
            None => "no_window",
            Some(window) if self.submitted_on < window.opens_on => "early",
            Some(window) if window.closes_on < self.submitted_on => "late",
            Some(_) => "on_time",
        }
    }
}

pub(super) fn counted(day: Option<(i32, DatePrecision)>, unknown: &str) -> (String, String) {
    match day {
        Some((day, precision)) => (day.to_string(), cell::word(&precision)),
        None => (NO_VALUE.to_owned(), unknown.to_owned()),
    }
}

pub(super) fn respondent(respondent: Respondent) -> (&'static str, String) {
    match respondent {
        Respondent::Patient => ("patient", "none".to_owned()),
        Respondent::PatientAssisted(how) => ("patient_assisted", cell::word(&how)),
        Respondent::Proxy => ("proxy", "none".to_owned()),
    }
}

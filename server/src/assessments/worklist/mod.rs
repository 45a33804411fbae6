//! Which days a group of the worklist covers, in which order, and where a page goes on. Pure.

mod queries;
mod reading;
mod routes;

use jiff::{Span, ToSpan};
use shared::{
    api::{WorklistGroup, WorklistSort},
    id::{AssessmentId, PatientId, SiteKey},
    study::Study,
    time::{Date, Timestamp},
};

pub use routes::routes;

use super::plans::Standing;

/// Where counting stops.
pub(super) const COUNTED_TO: u16 = 100;

/// One line before names are joined to it.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) patient: PatientId,
    pub(super) assessment: AssessmentId,
    pub(super) standing: Standing,
}

/// One group, as of a day, from a place on.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) group: WorklistGroup,
    pub(super) today: Date,
    pub(super) received_since: Timestamp,
    /// The longest window of the study: what closes later than that after today is not open yet.
    pub(super) longest_window: i32,
    /// What it is sorted by, and whether from the last to the first; by urgency, if `None`.
    pub(super) sort: Option<(WorklistSort, bool)>,
    /// Only these patients: what a search found.
    pub(super) only: Option<Vec<PatientId>>,
    pub(super) after: Option<Place>,
}

/// A line's place in the order of its group.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) day: String,
    pub(super) received_at: i64,
    pub(super) patient: PatientId,
    pub(super) assessment: AssessmentId,
    pub(super) site: SiteKey,
}

/// How a group is ordered: by which column, which way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) column: &'static str,
    pub(super) by_day: bool,
    pub(super) way: &'static str,
    pub(super) beyond: &'static str,
}

impl Page {
    /// First and last closing day of the group's windows.
    pub(super) fn days(&self) -> (Date, Date) {
        match self.group {
            WorklistGroup::Closing => (self.today, day_after(self.today, 2)),
            WorklistGroup::Due
            | WorklistGroup::Silent
            | WorklistGroup::Unsent
            | WorklistGroup::Received
            | WorklistGroup::Flags
            | WorklistGroup::Quarantine
            | WorklistGroup::Conflict => (self.today, day_after(self.today, self.longest_window)),
            WorklistGroup::Overdue => (Date::MIN, day_after(self.today, -1)),
        }
    }

    /// Most urgent first, unless it is sorted otherwise: what closes next; what closed or came in last.
    pub(super) fn order(&self) -> Order {
        let urgent = self.most_urgent_first();
        match self.sort {
            Some((WorklistSort::Closes | WorklistSort::Received, down)) => {
                let (way, beyond) = if down { ("DESC", "<") } else { ("ASC", ">") };
                Order { way, beyond, ..urgent }
            }
            Some((WorklistSort::Site | WorklistSort::Number | WorklistSort::Name, _)) | None => urgent,
        }
    }

    /// Whether all of the group is read, to be put in an order that this database does not know.
    pub(super) const fn is_read_whole(&self) -> bool {
        matches!(self.sort, Some((WorklistSort::Number | WorklistSort::Name, _)))
    }

    const fn most_urgent_first(&self) -> Order {
        match self.group {
            WorklistGroup::Closing | WorklistGroup::Due | WorklistGroup::Silent => {
                Order { column: "closes_on", by_day: true, way: "ASC", beyond: ">" }
            }
            WorklistGroup::Overdue => Order { column: "closes_on", by_day: true, way: "DESC", beyond: "<" },
            WorklistGroup::Received | WorklistGroup::Flags | WorklistGroup::Conflict | WorklistGroup::Unsent => {
                Order { column: "received_at", by_day: false, way: "DESC", beyond: "<" }
            }
            WorklistGroup::Quarantine => {
                Order { column: "COALESCE(received_at, 0)", by_day: false, way: "DESC", beyond: "<" }
            }
        }
    }

    /// Puts lines of several sites into the group's order; those of one patient come from one site, in order.
    pub(super) fn sort_lines(&self, lines: &mut [Line]) {
        let order = self.order();
        lines.sort_by(|a, b| {
            let (a, b) = (Place::of(a), Place::of(b));
            let first = if order.by_day { a.day.cmp(&b.day) } else { a.received_at.cmp(&b.received_at) };
            let ascending = first.then(a.patient.cmp(&b.patient));
            if order.way == "ASC" { ascending } else { ascending.reverse() }
        });
    }
}

impl Place {
    pub(super) fn of(line: &Line) -> Self {
        Self {
            day: line.standing.window.map(|window| window.closes_on.to_string()).unwrap_or_default(),
            received_at: line.standing.received_at.map_or(0, Timestamp::as_millisecond),
            patient: line.patient,
            assessment: line.assessment.clone(),
            site: line.standing.site.clone(),
        }
    }

    /// As it stands in an address.
    pub(super) fn write(&self) -> String {
        let Self { day, received_at, patient, assessment, site } = self;
        format!("{day}~{received_at}~{patient}~{assessment}~{site}")
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('~');
        let day = parts.next()?.to_owned();
        let received_at = parts.next()?.parse().ok()?;
        let (patient, assessment) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let site = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(Self { day, received_at, patient, assessment, site })
    }
}

/// How long the longest window of a study is, in days.
pub(super) fn longest_window(study: &Study) -> i32 {
    study.timepoints.iter().map(|it| it.window).map(|[first, last]| last.saturating_sub(first)).max().unwrap_or(0)
}

fn day_after(date: Date, days: i32) -> Date {
    Span::new().try_days(days).ok().and_then(|days| date.checked_add(days).ok()).unwrap_or(date)
}

/// A week before an instant.
pub(super) fn a_week_before(now: Timestamp) -> Timestamp {
    now.checked_sub((7 * 24).hours()).unwrap_or(now)
}

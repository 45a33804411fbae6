//! From a patient's facts in the database to the rows that the plan makes of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use shared::{
    api::{Finding, FindingLine},
    id::{AssessmentId, PatientId, SiteKey},
    schedule::{self, Assessment, AssessmentState, Expectation, Facts, MissingReason, Tally},
    study::Study,
    time::{Date, Timestamp},
};

use super::queries;
use crate::{
    clock::civil_date,
    db::{Db, Tx},
};

/// How many patients are read in one statement.
const AT_ONCE: usize = 200;

/// A patient's facts with what the rows need besides.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) site: SiteKey,
    pub(super) facts: Facts,
    /// When the last of an assessment was received.
    pub(super) received: BTreeMap<AssessmentId, Timestamp>,
    /// What there is to look at, and what was looked at.
    pub(super) found: Vec<FindingLine>,
    /// Why assessments have no answer, where that was noted.
    pub(super) missing: BTreeMap<AssessmentId, MissingReason>,
}

/// An assessment as its row holds it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Standing {
    pub(super) site: SiteKey,
    pub(super) expectation: Expectation,
    pub(super) window: Option<schedule::Window>,
    pub(super) tally: Tally,
    pub(super) received_at: Option<Timestamp>,
    /// What nobody has looked at.
    pub(super) unseen: Unseen,
    /// Why what is missing is missing, where that was noted.
    pub(super) missing: Option<MissingReason>,
    /// From which day on it counts as silent; `None` once something came since its window opened.
    pub(super) silent_on: Option<Date>,
}

/// A window that was open for so many days, or for half of its length, is silent while nothing at all has come from
/// the patient since it opened.
const SILENT_AFTER: i32 = 7;

/// What nobody has looked at, of one assessment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Unseen {
    /// Several devices answered.
    pub(super) conflict: bool,
    /// Flags of the study.
    pub(super) n_flags: usize,
    /// Events that were set aside.
    pub(super) n_set_aside: usize,
}

impl Unseen {
    fn of(found: &[FindingLine], assessment: &AssessmentId) -> Self {
        let mut unseen = Self::default();
        let of_it = |line: &&FindingLine| line.looked.is_none() && line.assessment.as_ref() == Some(assessment);
        for line in found.iter().filter(of_it) {
            match line.finding {
                Finding::Conflict { .. } => unseen.conflict = true,
                Finding::Flag { .. } => unseen.n_flags += 1,
                Finding::SetAside { .. } => unseen.n_set_aside += 1,
                Finding::LocalLoss { .. } => {} // of a device, not of an assessment
            }
        }
        unseen
    }
}

impl Standing {
    /// Where it stands on a day.
    pub(super) fn state(&self, today: Date) -> AssessmentState {
        self.tally.state(self.expectation, self.window, today)
    }
}

/// Plans a patient's assessments anew, in the transaction that changed a fact, and writes what differs.
///
/// # Errors
/// When the database could not; the transaction is not to be committed then.
pub async fn replan(tx: &mut Tx, study: &Study, patient: PatientId) -> sqlx::Result<()> {
    replan_all(tx, study, &[patient]).await
}

/// [`replan`] for several patients, in few statements.
///
/// # Errors
/// When the database could not; the transaction is not to be committed then.
pub async fn replan_all(tx: &mut Tx, study: &Study, patients: &[PatientId]) -> sqlx::Result<()> {
    for some in patients.chunks(AT_ONCE) {
        let courses = queries::list_courses(tx, some).await?;
        let mut stored = queries::list_standings(tx, some).await?;
        let mut changed = Vec::new();
        for (patient, course) in courses {
            let mut before = stored.remove(&patient).unwrap_or_default();
            for (id, after) in standings(study, &course) {
                if before.remove(&id).as_ref() != Some(&after) {
                    changed.push((patient, id, after));
                }
            }
            for id in before.into_keys() {
                queries::delete_standing(tx, patient, &id).await?;
            }
        }
        queries::upsert_standings(tx, &changed).await?;
    }
    Ok(())
}

/// Plans what was received since the last refresh; to be called before the table is read.
///
/// # Errors
/// When the database could not; what was planned so far is kept.
pub async fn refresh(db: &Db, study: &Study) -> sqlx::Result<()> {
    if queries::is_planned(db).await? {
        return Ok(());
    }
    loop {
        let mut tx = db.begin().await?;
        let planned = queries::lock_planned(&mut tx).await?;
        let moved = queries::list_moved(&mut tx, planned, AT_ONCE).await?;
        let Some((_, last)) = moved.last().copied() else { return Ok(()) };
        let patients: BTreeSet<PatientId> = moved.into_iter().map(|(patient, _)| patient).collect();
        replan_all(&mut tx, study, &Vec::from_iter(patients)).await?;
        queries::set_planned(&mut tx, last).await?;
        tx.commit().await?;
    }
}

/// Empties the table and plans every patient anew; gives how many there are. `received` is the last position.
///
/// # Errors
/// When the database could not; the transaction is not to be committed then.
pub async fn rebuild(tx: &mut Tx, study: &Study, received: u64) -> sqlx::Result<usize> {
    queries::lock_planned(tx).await?;
    queries::delete_standings(tx).await?;
    let patients = queries::list_patients(tx).await?;
    replan_all(tx, study, &patients).await?;
    queries::set_planned(tx, i64::try_from(received).unwrap_or(i64::MAX)).await?;
    Ok(patients.len())
}

/// The rows of a patient. What they hold does not depend on the day: states are read with today's date later.
fn standings(study: &Study, course: &Course) -> BTreeMap<AssessmentId, Standing> {
    let ended = schedule::ended_on(&course.facts).is_some();
    let last_received = course.received.values().max().copied().map(civil_date);
    let standing = |assessment: Assessment| {
        let tally = Tally::of(&assessment.questionnaires);
        let standing = Standing {
            site: course.site.clone(),
            expectation: expectation(assessment.state, ended),
            window: assessment.window,
            tally,
            received_at: course.received.get(&assessment.id).copied(),
            unseen: Unseen::of(&course.found, &assessment.id),
            missing: course.missing.get(&assessment.id).copied(),
            silent_on: assessment.window.and_then(|window| silent_on(window, last_received)),
        };
        (assessment.id, standing)
    };
    schedule::plan(study, &course.facts, Date::MIN).into_values().map(standing).collect()
}

/// From which day on a window is silent, if nothing came since it opened.
fn silent_on(window: schedule::Window, last_received: Option<Date>) -> Option<Date> {
    if last_received.is_some_and(|on| on >= window.opens_on) {
        return None;
    }
    let length = (window.closes_on - window.opens_on).get_days();
    Span::new().try_days(SILENT_AFTER.min(length / 2)).ok().and_then(|days| window.opens_on.checked_add(days).ok())
}

fn expectation(state: AssessmentState, ended: bool) -> Expectation {
    match state {
        AssessmentState::NotApplicable => Expectation::NotApplicable,
        AssessmentState::Cancelled => Expectation::Cancelled,
        AssessmentState::Planned
        | AssessmentState::Open
        | AssessmentState::InProgress
        | AssessmentState::PartlyCompleted
        | AssessmentState::Completed(_)
        | AssessmentState::CompletedLate(_)
        | AssessmentState::Missed => {
            if ended {
                Expectation::Over
            } else {
                Expectation::Expected
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_silent_after_a_week_or_half_of_its_length_when_nothing_came_since_it_opened() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let window = |opens: &str, closes: &str| {
            let (opens_on, closes_on) = (day(opens), day(closes));
            schedule::Window { opens_on, due_on: opens_on, closes_on }
        };
        let check = |opens, closes, last: Option<&str>, expected: Option<&str>| {
            assert_eq!(silent_on(window(opens, closes), last.map(day)), expected.map(day), "{opens} {last:?}");
        };
        check("2026-03-02", "2026-03-30", None, Some("2026-03-09"));
        check("2026-03-02", "2026-03-06", None, Some("2026-03-04"));
        check("2026-03-02", "2026-03-30", Some("2026-03-01"), Some("2026-03-09"));
        check("2026-03-02", "2026-03-30", Some("2026-03-02"), None);
        check("2026-03-02", "2026-03-30", Some("2026-03-20"), None);
    }
}

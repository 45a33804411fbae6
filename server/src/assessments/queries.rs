//! SQL of assessments: what they are planned from, and how they stand.

use std::collections::BTreeMap;

use serde_json::json;
use shared::{
    id::{AssessmentId, MilestoneId, PatientId},
    schedule::{Entered, Facts, Milestone, Progress, Tally, Window, standing_milestones},
    time::PartialDate,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::plans::{Course, Standing, Unseen};
use crate::{
    db::{Db, Tx, assessment_id, cause, from_code, instant, list_of_patients, millis, on, parse},
    findings,
};

#[derive(FromRow)]
struct PatientRow {
    patient_id: Uuid,
    hemopathy: String,
    site: String,
}

#[derive(FromRow)]
struct MilestoneRow {
    patient_id: Uuid,
    milestone_id: Uuid,
    kind: String,
    happened_on: String,
    accuracy: String,
    planned: bool,
    cause: Option<String>,
    replaces: Option<Uuid>,
    taken_back: bool,
}

impl MilestoneRow {
    fn entered(&self) -> sqlx::Result<Entered> {
        let on = PartialDate { date: parse(&self.happened_on)?, precision: from_code(&self.accuracy)? };
        let kind = from_code(&self.kind)?;
        Ok(Entered {
            id: MilestoneId::new(self.milestone_id),
            milestone: Milestone { kind, on, planned: self.planned },
            cause: cause(kind, self.cause.as_deref())?,
            replaces: self.replaces.map(MilestoneId::new),
            taken_back: self.taken_back,
        })
    }
}

#[derive(FromRow)]
struct QuestionnaireRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    instrument: String,
    submitted_on: Option<String>,
    retrospective: bool,
    received_at: i64,
}

#[derive(FromRow)]
pub(super) struct StandingRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    site: String,
    expectation: String,
    opens_on: Option<String>,
    due_on: Option<String>,
    closes_on: Option<String>,
    n_questionnaires: i64,
    n_started: i64,
    n_submitted: i64,
    submitted_on: Option<String>,
    received_at: Option<i64>,
    conflict: bool,
    n_flags: i64,
    n_set_aside: i64,
    missing_reason: Option<String>,
    silent_on: Option<String>,
}

/// What a row of standings is read from.
pub(super) const STANDING_COLUMNS: &str =
    "patient_id, timepoint, occurrence, site, expectation, opens_on, due_on, closes_on,
    n_questionnaires, n_started, n_submitted, submitted_on, received_at, conflict, n_flags,
    n_set_aside, missing_reason, silent_on";

fn count(n: i64) -> usize {
    usize::try_from(n).unwrap_or_default()
}

pub(super) fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl StandingRow {
    pub(super) fn into_standing(self) -> sqlx::Result<(PatientId, AssessmentId, Standing)> {
        let window = match (self.opens_on, self.due_on, self.closes_on) {
            (Some(opens), Some(due), Some(closes)) => {
                Some(Window { opens_on: parse(&opens)?, due_on: parse(&due)?, closes_on: parse(&closes)? })
            }
            _ => None,
        };
        let tally = Tally {
            n_questionnaires: count(self.n_questionnaires),
            n_started: count(self.n_started),
            n_submitted: count(self.n_submitted),
            submitted_on: self.submitted_on.as_deref().map(parse).transpose()?,
        };
        let standing = Standing {
            site: parse(&self.site)?,
            expectation: from_code(&self.expectation)?,
            window,
            tally,
            received_at: self.received_at.map(instant).transpose()?,
            unseen: Unseen {
                conflict: self.conflict,
                n_flags: count(self.n_flags),
                n_set_aside: count(self.n_set_aside),
            },
            missing: self.missing_reason.as_deref().map(from_code).transpose()?,
            silent_on: self.silent_on.as_deref().map(parse).transpose()?,
        };
        Ok((PatientId::new(self.patient_id), assessment_id(&self.timepoint, self.occurrence)?, standing))
    }
}

type Courses = BTreeMap<PatientId, Course>;

pub(super) async fn list_courses(tx: &mut Tx, patients: &[PatientId]) -> sqlx::Result<Courses> {
    let found: Vec<PatientRow> = list_of_patients!(tx, patients, "SELECT patient_id, hemopathy, site FROM patient", "");
    let mut courses = Courses::new();
    for row in found {
        let course = Course {
            site: parse(&row.site)?,
            facts: Facts { hemopathy: parse(&row.hemopathy)?, milestones: Vec::new(), progress: Vec::new() },
            received: BTreeMap::new(),
            found: Vec::new(),
            missing: BTreeMap::new(),
        };
        courses.insert(PatientId::new(row.patient_id), course);
    }
    add_milestones(tx, patients, &mut courses).await?;
    add_questionnaires(tx, patients, &mut courses).await?;
    add_notes(tx, patients, &mut courses).await?;
    for (patient, found) in findings::list(tx, patients).await? {
        if let Some(course) = courses.get_mut(&patient) {
            course.found = found;
        }
    }
    Ok(courses)
}

async fn add_milestones(tx: &mut Tx, patients: &[PatientId], courses: &mut Courses) -> sqlx::Result<()> {
    let rows: Vec<MilestoneRow> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, milestone_id, kind, happened_on, accuracy, planned, cause, replaces, taken_back
            FROM milestone",
        "ORDER BY patient_id, ordinal"
    );
    for of_one in rows.chunk_by(|one, next| one.patient_id == next.patient_id) {
        let entered = of_one.iter().map(MilestoneRow::entered).collect::<sqlx::Result<Vec<_>>>()?;
        let course = of_one.first().and_then(|row| courses.get_mut(&PatientId::new(row.patient_id)));
        let Some(course) = course else { continue };
        course.facts.milestones = standing_milestones(&entered);
    }
    Ok(())
}

async fn add_questionnaires(tx: &mut Tx, patients: &[PatientId], courses: &mut Courses) -> sqlx::Result<()> {
    let rows: Vec<QuestionnaireRow> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, timepoint, occurrence, instrument, submitted_on, retrospective, received_at
            FROM questionnaire",
        ""
    );
    for row in rows {
        let Some(course) = courses.get_mut(&PatientId::new(row.patient_id)) else { continue };
        let (assessment, instrument) = (assessment_id(&row.timepoint, row.occurrence)?, parse(&row.instrument)?);
        let received = instant(row.received_at)?;
        course.received.entry(assessment.clone()).and_modify(|it| *it = received.max(*it)).or_insert(received);
        let submitted_on = row.submitted_on.as_deref().map(parse).transpose()?;
        let retrospective = row.retrospective;
        course.facts.progress.push(Progress { assessment, instrument, submitted_on, retrospective });
    }
    Ok(())
}

/// Adds what staff noted.
async fn add_notes(tx: &mut Tx, patients: &[PatientId], courses: &mut Courses) -> sqlx::Result<()> {
    let missing: Vec<(Uuid, String, i64, Option<String>)> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, timepoint, occurrence, reason FROM missing_reason",
        "ORDER BY patient_id, ordinal"
    );
    for (patient, timepoint, occurrence, reason) in missing {
        let Some(course) = courses.get_mut(&PatientId::new(patient)) else { continue };
        let assessment = assessment_id(&timepoint, occurrence)?;
        match reason {
            Some(reason) => course.missing.insert(assessment, from_code(&reason)?),
            None => course.missing.remove(&assessment),
        };
    }
    Ok(())
}

pub(super) async fn list_standings(
    tx: &mut Tx,
    patients: &[PatientId],
) -> sqlx::Result<BTreeMap<PatientId, BTreeMap<AssessmentId, Standing>>> {
    let rows: Vec<StandingRow> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, timepoint, occurrence, site, expectation, opens_on, due_on, closes_on, n_questionnaires,
            n_started, n_submitted, submitted_on, received_at, conflict, n_flags, n_set_aside, missing_reason,
            silent_on FROM assessment",
        ""
    );
    let mut standings: BTreeMap<PatientId, BTreeMap<AssessmentId, Standing>> = BTreeMap::new();
    for row in rows {
        let (patient, id, standing) = row.into_standing()?;
        standings.entry(patient).or_default().insert(id, standing);
    }
    Ok(standings)
}

/// Whether everything that was received is planned.
pub(super) async fn is_planned(db: &Db) -> sqlx::Result<bool> {
    // the greatest is the end of an index; whether any is greater, a planner may look for in the whole table
    const SQL: &str =
        "SELECT COALESCE((SELECT MAX(last_position) FROM questionnaire), 0) <= (SELECT position FROM planned)";
    on!(db.read(), pool => sqlx::query_scalar(SQL).fetch_one(pool).await)
}

/// Locks the refresh until the transaction ends, and gives the position up to which it is done.
pub(super) async fn lock_planned(tx: &mut Tx) -> sqlx::Result<i64> {
    const SQL: &str = "UPDATE planned SET position = position RETURNING position";
    on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(&mut **conn).await)
}

pub(super) async fn set_planned(tx: &mut Tx, position: i64) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE planned SET position = $1";
    on!(tx, conn => sqlx::query(SQL).bind(position).execute(&mut **conn).await.map(|_| ()))
}

/// Whose questionnaires moved after a position, in the order they did, with the position of each.
pub(super) async fn list_moved(tx: &mut Tx, after: i64, limit: usize) -> sqlx::Result<Vec<(PatientId, i64)>> {
    const SQL: &str = "SELECT patient_id, last_position FROM questionnaire
        WHERE last_position > $1 ORDER BY last_position LIMIT $2";
    let rows: Vec<(Uuid, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(after).bind(number(limit)).fetch_all(&mut **conn).await)?;
    Ok(rows.into_iter().map(|(patient, position)| (PatientId::new(patient), position)).collect())
}

pub(super) async fn list_patients(tx: &mut Tx) -> sqlx::Result<Vec<PatientId>> {
    const SQL: &str = "SELECT patient_id FROM patient ORDER BY patient_id";
    let ids: Vec<Uuid> = on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(&mut **conn).await)?;
    Ok(ids.into_iter().map(PatientId::new).collect())
}

pub(super) async fn delete_standings(tx: &mut Tx) -> sqlx::Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM assessment").execute(&mut **conn).await.map(|_| ()))
}

pub(super) async fn delete_standing(tx: &mut Tx, patient: PatientId, id: &AssessmentId) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM assessment WHERE patient_id = $1 AND timepoint = $2 AND occurrence = $3";
    on!(tx, c => sqlx::query(SQL).bind(patient.as_uuid()).bind(id.timepoint.as_str()).bind(i64::from(id.occurrence))
        .execute(&mut **c).await.map(|_| ()))
}

/// Writes rows over what stands there, all in one statement.
pub(super) async fn upsert_standings(
    tx: &mut Tx,
    standings: &[(PatientId, AssessmentId, Standing)],
) -> sqlx::Result<()> {
    macro_rules! upsert {
        ($select:literal) => {
            concat!(
                "INSERT INTO assessment (patient_id, timepoint, occurrence, site, expectation, opens_on, due_on,
                    closes_on, n_questionnaires, n_started, n_submitted, submitted_on, received_at, conflict,
                    n_flags, n_set_aside, missing_reason, silent_on) ",
                $select,
                " WHERE TRUE ON CONFLICT (patient_id, timepoint, occurrence) DO UPDATE SET site = excluded.site,
                    expectation = excluded.expectation, opens_on = excluded.opens_on, due_on = excluded.due_on,
                    closes_on = excluded.closes_on, n_questionnaires = excluded.n_questionnaires,
                    n_started = excluded.n_started, n_submitted = excluded.n_submitted,
                    submitted_on = excluded.submitted_on, received_at = excluded.received_at,
                    conflict = excluded.conflict, n_flags = excluded.n_flags,
                    n_set_aside = excluded.n_set_aside, missing_reason = excluded.missing_reason,
                    silent_on = excluded.silent_on"
            )
        };
    }
    const SQL: [&str; 2] = [
        upsert!(
            "SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
                value ->> 14, value ->> 15, value ->> 16, value ->> 17
             FROM json_each($1)"
        ),
        upsert!(
            "SELECT CAST(value ->> 0 AS UUID), value ->> 1, CAST(value ->> 2 AS BIGINT), value ->> 3, value ->> 4,
                value ->> 5, value ->> 6, value ->> 7, CAST(value ->> 8 AS BIGINT), CAST(value ->> 9 AS BIGINT),
                CAST(value ->> 10 AS BIGINT), value ->> 11, CAST(value ->> 12 AS BIGINT),
                CAST(value ->> 13 AS BOOLEAN), CAST(value ->> 14 AS BIGINT), CAST(value ->> 15 AS BIGINT),
                value ->> 16, value ->> 17
             FROM json_array_elements(CAST($1 AS JSON)) AS element (value)"
        ),
    ];
    if standings.is_empty() {
        return Ok(());
    }
    let rows = serde_json::Value::Array(standings.iter().map(standing_row).collect()).to_string();
    let sql = tx.choose(SQL);
    on!(tx, c => sqlx::query(sql).bind(rows).execute(&mut **c).await.map(|_| ()))
}

fn standing_row((patient, id, standing): &(PatientId, AssessmentId, Standing)) -> serde_json::Value {
    let Standing { site, expectation, window, tally, received_at, unseen, missing, silent_on } = standing;
    json!([
        patient.as_uuid().simple().to_string(),
        id.timepoint,
        id.occurrence,
        site,
        expectation,
        window.map(|it| it.opens_on),
        window.map(|it| it.due_on),
        window.map(|it| it.closes_on),
        tally.n_questionnaires,
        tally.n_started,
        tally.n_submitted,
        tally.submitted_on,
        received_at.map(millis),
        unseen.conflict,
        unseen.n_flags,
        unseen.n_set_aside,
        missing,
        silent_on,
    ])
}

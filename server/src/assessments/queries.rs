//! SQL of assessments and the worklist.

use std::collections::BTreeMap;

use shared::{
    api::WorklistGroup,
    id::{AssessmentId, PatientId, SiteKey},
    schedule::{Facts, Milestone, Progress, Tally, Window},
    time::{PartialDate, Timestamp},
};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{
    plans::{Course, Received, Standing},
    worklist::{Line, Page, Place},
};
use crate::{
    auth::guard::NurseScope,
    db::{Db, Tx, from_code, instant, millis, on, parse, to_code},
    milestones,
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
    kind: String,
    happened_on: String,
    accuracy: String,
    planned: bool,
}

#[derive(FromRow)]
struct QuestionnaireRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    instrument: String,
    submitted_on: Option<String>,
    n_copies: i64,
    received_at: i64,
}

#[derive(FromRow)]
struct StandingRow {
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
}

const STANDING_COLUMNS: &str = "patient_id, timepoint, occurrence, site, expectation, opens_on, due_on, closes_on,
    n_questionnaires, n_started, n_submitted, submitted_on, received_at, conflict";

/// `… WHERE patient_id IN (…)` and what follows.
macro_rules! of_patients {
    ($sql:expr, $patients:expr, $then:expr) => {{
        let mut query = QueryBuilder::new($sql);
        query.push(" WHERE patient_id IN (");
        let mut ids = query.separated(", ");
        for patient in $patients {
            ids.push_bind(patient.as_uuid());
        }
        query.push(")").push($then);
        query
    }};
}

fn assessment_id(timepoint: &str, occurrence: i64) -> sqlx::Result<AssessmentId> {
    let occurrence = u16::try_from(occurrence).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(AssessmentId { timepoint: parse(timepoint)?, occurrence })
}

fn count(n: i64) -> usize {
    usize::try_from(n).unwrap_or_default()
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl StandingRow {
    fn into_standing(self) -> sqlx::Result<(PatientId, AssessmentId, Standing)> {
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
            conflict: self.conflict,
        };
        Ok((PatientId::new(self.patient_id), assessment_id(&self.timepoint, self.occurrence)?, standing))
    }
}

pub(super) async fn list_courses(tx: &mut Tx, patients: &[PatientId]) -> sqlx::Result<BTreeMap<PatientId, Course>> {
    let sql = "SELECT patient_id, hemopathy, site FROM patient";
    let found: Vec<PatientRow> =
        on!(&mut *tx, c => of_patients!(sql, patients, "").build_query_as().fetch_all(&mut **c).await)?;
    let sql = "SELECT patient_id, kind, happened_on, accuracy, planned FROM milestone";
    let milestones: Vec<MilestoneRow> = on!(&mut *tx, c => of_patients!(sql, patients, " ORDER BY ordinal").build_query_as().fetch_all(&mut **c).await)?;
    let sql = "SELECT patient_id, timepoint, occurrence, instrument, submitted_on, n_copies, received_at
        FROM questionnaire";
    let questionnaires: Vec<QuestionnaireRow> =
        on!(&mut *tx, c => of_patients!(sql, patients, "").build_query_as().fetch_all(&mut **c).await)?;
    let mut courses = BTreeMap::new();
    for row in found {
        let facts = Facts { hemopathy: parse(&row.hemopathy)?, milestones: Vec::new(), progress: Vec::new() };
        let course = Course { site: parse(&row.site)?, facts, received: BTreeMap::new() };
        courses.insert(PatientId::new(row.patient_id), course);
    }
    for row in milestones {
        let Some(course) = courses.get_mut(&PatientId::new(row.patient_id)) else { continue };
        let on = PartialDate { date: parse(&row.happened_on)?, precision: from_code(&row.accuracy)? };
        course.facts.milestones.push(Milestone { kind: from_code(&row.kind)?, on, planned: row.planned });
    }
    for course in courses.values_mut() {
        course.facts.milestones = milestones::standing(std::mem::take(&mut course.facts.milestones));
    }
    for row in questionnaires {
        let Some(course) = courses.get_mut(&PatientId::new(row.patient_id)) else { continue };
        let assessment = assessment_id(&row.timepoint, row.occurrence)?;
        let received = Received { at: instant(row.received_at)?, from_several: row.n_copies > 1 };
        course.received.entry(assessment.clone()).and_modify(|it| it.add(received)).or_insert(received);
        let submitted_on = row.submitted_on.as_deref().map(parse).transpose()?;
        course.facts.progress.push(Progress { assessment, instrument: parse(&row.instrument)?, submitted_on });
    }
    Ok(courses)
}

pub(super) async fn list_standings(
    tx: &mut Tx,
    patients: &[PatientId],
) -> sqlx::Result<BTreeMap<PatientId, BTreeMap<AssessmentId, Standing>>> {
    let sql = format!("SELECT {STANDING_COLUMNS} FROM assessment");
    let rows: Vec<StandingRow> =
        on!(tx, c => of_patients!(&sql, patients, "").build_query_as().fetch_all(&mut **c).await)?;
    let mut standings: BTreeMap<PatientId, BTreeMap<AssessmentId, Standing>> = BTreeMap::new();
    for row in rows {
        let (patient, id, standing) = row.into_standing()?;
        standings.entry(patient).or_default().insert(id, standing);
    }
    Ok(standings)
}

pub(super) async fn delete_standing(tx: &mut Tx, patient: PatientId, id: &AssessmentId) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM assessment WHERE patient_id = $1 AND timepoint = $2 AND occurrence = $3";
    on!(tx, c => sqlx::query(SQL).bind(patient.as_uuid()).bind(id.timepoint.as_str()).bind(i64::from(id.occurrence))
        .execute(&mut **c).await.map(|_| ()))
}

pub(super) async fn upsert_standings(
    tx: &mut Tx,
    standings: &[(PatientId, AssessmentId, Standing)],
) -> sqlx::Result<()> {
    const ROWS_AT_ONCE: usize = 200;
    for some in standings.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(standing_row).collect::<sqlx::Result<Vec<_>>>()?;
        on!(tx, c => {
            let mut query = QueryBuilder::new(format!("INSERT INTO assessment ({STANDING_COLUMNS}) "));
            query.push_values(rows, |mut cells, row| {
                cells.push_bind(row.patient_id).push_bind(row.timepoint).push_bind(row.occurrence)
                    .push_bind(row.site).push_bind(row.expectation).push_bind(row.opens_on).push_bind(row.due_on)
                    .push_bind(row.closes_on).push_bind(row.n_questionnaires).push_bind(row.n_started)
                    .push_bind(row.n_submitted).push_bind(row.submitted_on).push_bind(row.received_at)
                    .push_bind(row.conflict);
            });
            query.push(" ON CONFLICT (patient_id, timepoint, occurrence) DO UPDATE SET site = excluded.site,
                expectation = excluded.expectation, opens_on = excluded.opens_on, due_on = excluded.due_on,
                closes_on = excluded.closes_on, n_questionnaires = excluded.n_questionnaires,
                n_started = excluded.n_started, n_submitted = excluded.n_submitted,
                submitted_on = excluded.submitted_on, received_at = excluded.received_at,
                conflict = excluded.conflict");
            query.build().execute(&mut **c).await.map(|_| ())
        })?;
    }
    Ok(())
}

fn standing_row((patient, id, standing): &(PatientId, AssessmentId, Standing)) -> sqlx::Result<StandingRow> {
    let day = |day: fn(Window) -> shared::time::Date| standing.window.map(|window| day(window).to_string());
    Ok(StandingRow {
        patient_id: patient.as_uuid(),
        timepoint: id.timepoint.to_string(),
        occurrence: i64::from(id.occurrence),
        site: standing.site.to_string(),
        expectation: to_code(&standing.expectation)?,
        opens_on: day(|it| it.opens_on),
        due_on: day(|it| it.due_on),
        closes_on: day(|it| it.closes_on),
        n_questionnaires: number(standing.tally.n_questionnaires),
        n_started: number(standing.tally.n_started),
        n_submitted: number(standing.tally.n_submitted),
        submitted_on: standing.tally.submitted_on.map(|on| on.to_string()),
        received_at: standing.received_at.map(millis),
        conflict: standing.conflict,
    })
}

const UNFINISHED: &str = "expectation = 'expected' AND n_submitted < n_questionnaires";

/// Adds which rows belong to a group: each condition reads a short stretch of one index.
macro_rules! push_group {
    ($query:expr, $page:expr) => {{
        let page: &Page = $page;
        let (from, to) = page.days();
        match page.group {
            WorklistGroup::Closing | WorklistGroup::Due => {
                $query.push(UNFINISHED).push(" AND opens_on <= ").push_bind(page.today.to_string());
                $query.push(" AND closes_on >= ").push_bind(from.to_string());
                $query.push(" AND closes_on <= ").push_bind(to.to_string());
            }
            WorklistGroup::Overdue => {
                $query.push(UNFINISHED);
                $query.push(" AND closes_on >= ").push_bind(from.to_string());
                $query.push(" AND closes_on <= ").push_bind(to.to_string());
            }
            WorklistGroup::Received => {
                $query.push("received_at IS NOT NULL AND received_at >= ").push_bind(millis(page.received_since));
            }
            WorklistGroup::Attention => {
                $query.push("conflict");
            }
        }
        if page.only.as_ref().is_some_and(Vec::is_empty) {
            $query.push(" AND FALSE");
        } else if let Some(patients) = &page.only {
            $query.push(" AND patient_id IN (");
            let mut ids = $query.separated(", ");
            for patient in patients {
                ids.push_bind(patient.as_uuid());
            }
            $query.push(")");
        }
    }};
}

/// How many lines a group has at these sites, counted to 100 at most.
pub(super) async fn count_group(_: &NurseScope, db: &Db, sites: &[SiteKey], page: &Page) -> sqlx::Result<u16> {
    let n: i64 = on!(db, pool => {
        let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT 1 FROM assessment WHERE site IN (");
        let mut keys = query.separated(", ");
        for site in sites {
            keys.push_bind(site.to_string());
        }
        query.push(") AND ");
        push_group!(query, page);
        query.push(" LIMIT 100) AS counted");
        query.build_query_scalar().fetch_one(pool).await
    })?;
    Ok(u16::try_from(n).unwrap_or(u16::MAX))
}

/// The lines of a group at one site, most urgent first, after a place in it.
pub(super) async fn list_group(
    _: &NurseScope,
    db: &Db,
    site: &SiteKey,
    page: &Page,
    limit: usize,
) -> sqlx::Result<Vec<Line>> {
    let order = page.order();
    let rows: Vec<StandingRow> = on!(db, pool => {
        let mut query = QueryBuilder::new(format!("SELECT {STANDING_COLUMNS} FROM assessment WHERE site = "));
        query.push_bind(site.to_string()).push(" AND ");
        push_group!(query, page);
        if let Some(Place { day, received_at, patient, assessment }) = &page.after {
            query.push(format!(" AND ({}, patient_id, timepoint, occurrence) {} (", order.column, order.beyond));
            if order.by_day {
                query.push_bind(day.clone());
            } else {
                query.push_bind(*received_at);
            }
            query.push(", ").push_bind(patient.as_uuid()).push(", ").push_bind(assessment.timepoint.to_string());
            query.push(", ").push_bind(i64::from(assessment.occurrence)).push(")");
        }
        let (column, way) = (order.column, order.way);
        query.push(format!(" ORDER BY {column} {way}, patient_id {way}, timepoint {way}, occurrence {way} LIMIT "));
        query.push_bind(number(limit));
        query.build_query_as().fetch_all(pool).await
    })?;
    rows.into_iter()
        .map(|row| row.into_standing().map(|(patient, assessment, standing)| Line { patient, assessment, standing }))
        .collect()
}

impl Received {
    fn add(&mut self, other: Self) {
        self.at = Timestamp::max(self.at, other.at);
        self.from_several |= other.from_several;
    }
}

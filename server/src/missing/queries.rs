//! SQL of the reasons for missing assessments.

use shared::{
    api::MissingLine,
    id::{AssessmentId, PatientId, SiteKey},
    time::{Date, Timestamp},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{NewNote, Unexplained};
use crate::{
    auth::guard::{NurseScope, OnePatientScope},
    db::{Db, Tx, from_code, instant, millis, on, parse, to_code},
};

#[derive(FromRow)]
struct NoteRow {
    timepoint: String,
    occurrence: i64,
    reason: Option<String>,
    note: String,
    username: String,
    entered_at: i64,
}

#[derive(FromRow)]
struct UnexplainedRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    closes_on: String,
}

fn assessment(timepoint: &str, occurrence: i64) -> sqlx::Result<AssessmentId> {
    let occurrence = u16::try_from(occurrence).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(AssessmentId { timepoint: parse(timepoint)?, occurrence })
}

impl NoteRow {
    fn into_line(self) -> sqlx::Result<MissingLine> {
        Ok(MissingLine {
            assessment: assessment(&self.timepoint, self.occurrence)?,
            reason: self.reason.as_deref().map(from_code).transpose()?,
            note: self.note,
            entered_by: self.username,
            entered_at: instant(self.entered_at)?,
        })
    }
}

/// Every note of a patient, the newest first.
///
/// # Errors
/// When the database could not.
pub async fn list(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<MissingLine>> {
    const SQL: &str = "SELECT timepoint, occurrence, reason, note, username, entered_at
        FROM missing_reason JOIN staff ON staff.staff_id = missing_reason.entered_by
        WHERE patient_id = $1 ORDER BY ordinal DESC";
    let rows: Vec<NoteRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    rows.into_iter().map(NoteRow::into_line).collect()
}

/// Appends a note after those there are.
///
/// # Errors
/// When the database could not, or somebody else entered one at the same moment.
pub async fn append(tx: &mut Tx, scope: &OnePatientScope, note: &NewNote, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO missing_reason (missing_reason_id, patient_id, ordinal, timepoint, occurrence,
            reason, note, entered_by, entered_at)
        SELECT $1, $2, COALESCE(MAX(ordinal), 0) + 1, $3, $4, $5, $6, $7, $8
        FROM missing_reason WHERE patient_id = $2";
    let request = &note.request;
    let reason = request.reason.map(|reason| to_code(&reason)).transpose()?;
    on!(tx, conn => sqlx::query(SQL).bind(note.id.as_uuid()).bind(scope.patient().as_uuid())
        .bind(request.assessment.timepoint.as_str()).bind(i64::from(request.assessment.occurrence)).bind(reason)
        .bind(&request.note).bind(note.staff.as_uuid()).bind(millis(now)).execute(&mut **conn).await.map(|_| ()))
}

/// What closed before a day at a site with something not sent and no reason noted, the oldest first.
///
/// # Errors
/// When the database could not.
pub async fn list_unexplained(_: &NurseScope, db: &Db, site: &SiteKey, before: Date) -> sqlx::Result<Vec<Unexplained>> {
    const SQL: &str = "SELECT patient_id, timepoint, occurrence, closes_on FROM assessment
        WHERE site = $1 AND expectation IN ('expected', 'over') AND n_submitted < n_questionnaires
            AND missing_reason IS NULL AND closes_on < $2
        ORDER BY closes_on, patient_id, timepoint, occurrence";
    let rows: Vec<UnexplainedRow> =
        on!(db.read(), pool => sqlx::query_as(SQL).bind(site.as_str()).bind(before.to_string()).fetch_all(pool).await)?;
    let unexplained = |row: UnexplainedRow| {
        Ok(Unexplained {
            patient: PatientId::new(row.patient_id),
            assessment: assessment(&row.timepoint, row.occurrence)?,
            closed_on: parse(&row.closes_on)?,
        })
    };
    rows.into_iter().map(unexplained).collect()
}

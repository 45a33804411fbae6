//! SQL of the reasons for missing assessments.

use shared::{api::MissingLine, time::Timestamp};
use sqlx::FromRow;

use super::NewNote;
use crate::{
    auth::guard::OnePatientScope,
    db::{Tx, assessment_id, from_code, instant, millis, on, to_code},
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

impl NoteRow {
    fn into_line(self) -> sqlx::Result<MissingLine> {
        Ok(MissingLine {
            assessment: assessment_id(&self.timepoint, self.occurrence)?,
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

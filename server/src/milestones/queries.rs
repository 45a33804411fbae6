//! SQL of milestones.

use shared::{
    id::MilestoneId,
    schedule::{Entered, Milestone},
    study::Cause,
    time::{PartialDate, Timestamp},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Entry, NewEntry};
use crate::{
    auth::guard::OnePatientScope,
    db::{Tx, cause, from_code, instant, millis, on, parse, to_code},
};

#[derive(FromRow)]
struct MilestoneRow {
    milestone_id: Uuid,
    kind: String,
    happened_on: String,
    accuracy: String,
    planned: bool,
    cause: Option<String>,
    source: String,
    replaces: Option<Uuid>,
    taken_back: bool,
    reason: String,
    username: String,
    entered_at: i64,
}

impl MilestoneRow {
    fn into_entry(self) -> sqlx::Result<Entry> {
        let on = PartialDate { date: parse(&self.happened_on)?, precision: from_code(&self.accuracy)? };
        let kind = from_code(&self.kind)?;
        let entered = Entered {
            id: MilestoneId::new(self.milestone_id),
            milestone: Milestone { kind, on, planned: self.planned },
            cause: cause(kind, self.cause.as_deref())?,
            replaces: self.replaces.map(MilestoneId::new),
            taken_back: self.taken_back,
        };
        Ok(Entry {
            entered,
            source: self.source,
            reason: self.reason,
            entered_by: self.username,
            entered_at: instant(self.entered_at)?,
        })
    }
}

/// Every entry of a patient, in the order they were entered.
///
/// # Errors
/// When the database could not.
pub async fn list(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<Entry>> {
    const SQL: &str = "SELECT milestone_id, kind, happened_on, accuracy, planned, cause, source, replaces,
            taken_back, reason, username, entered_at
        FROM milestone JOIN staff ON staff.staff_id = milestone.entered_by
        WHERE patient_id = $1 ORDER BY ordinal";
    let rows: Vec<MilestoneRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    rows.into_iter().map(MilestoneRow::into_entry).collect()
}

/// Appends an entry after those there are.
///
/// # Errors
/// When the database could not, or somebody else entered one at the same moment.
pub(super) async fn append(tx: &mut Tx, scope: &OnePatientScope, entry: &NewEntry, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO milestone (milestone_id, patient_id, ordinal, kind, happened_on, accuracy, planned,
            cause, source, replaces, taken_back, reason, entered_by, entered_at)
        SELECT $1, $2, COALESCE(MAX(ordinal), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        FROM milestone WHERE patient_id = $2";
    let request = &entry.request;
    let (kind, accuracy) = (to_code(&request.kind)?, to_code(&request.on.precision)?);
    on!(tx, conn => sqlx::query(SQL).bind(entry.id.as_uuid()).bind(scope.patient().as_uuid()).bind(kind)
        .bind(request.on.date.to_string()).bind(accuracy)
        .bind(request.planned).bind(request.cause.map(Cause::code)).bind(&request.source)
        .bind(request.replaces.map(MilestoneId::as_uuid)).bind(request.taken_back).bind(request.reason.trim())
        .bind(entry.staff.as_uuid()).bind(millis(now)).execute(&mut **conn).await.map(|_| ()))
}

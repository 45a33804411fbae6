//! SQL of a rebuild: every event again, and the tables that are filled from them.

use shared::time::Timestamp;
use sqlx::FromRow;

use super::{
    super::{judge::part, queries::CopyKeyRow},
    Kept,
};
use crate::{
    auth::guard::OnePatientScope,
    db::{Tx, column, from_column, from_json, instant, millis, on},
};

pub(super) async fn delete_questionnaires(tx: &mut Tx) -> sqlx::Result<()> {
    for sql in ["DELETE FROM questionnaire_copy", "DELETE FROM questionnaire"] {
        on!(&mut *tx, conn => { sqlx::query(sql).execute(&mut **conn).await?; });
    }
    Ok(())
}

#[derive(FromRow)]
struct KeptRow {
    position: i64,
    #[sqlx(flatten)]
    key: CopyKeyRow,
    sequence: i64,
    received_at: i64,
    body: String,
    enrolled_at: i64,
}

impl KeptRow {
    fn into_kept(self) -> sqlx::Result<Kept> {
        let (enrolled_at, received_at) = (instant(self.enrolled_at)?, instant(self.received_at)?);
        Ok(Kept {
            copy: self.key.into_key()?,
            position: from_column(self.position),
            received_at,
            sequence: self.sequence,
            part: part(&from_json(&self.body)?, enrolled_at, received_at),
        })
    }
}

/// What [`Kept`] is made from.
macro_rules! kept {
    ($rest:literal) => {
        concat!(
            "SELECT position, answer_event.patient_id, timepoint, occurrence, instrument,
                answer_event.device_id, sequence, received_at, body, enrolled_at
            FROM answer_event JOIN device ON device.device_id = answer_event.device_id ",
            $rest
        )
    };
}

/// Everybody's events after a position, in the order of commits, at most `limit`.
pub(super) async fn list_kept(tx: &mut Tx, after: u64, limit: u32) -> sqlx::Result<Vec<Kept>> {
    const SQL: &str = kept!("WHERE position > $1 ORDER BY position LIMIT $2");
    let rows: Vec<KeptRow> = on!(tx, conn => sqlx::query_as(SQL).bind(column(after)).bind(i64::from(limit))
        .fetch_all(&mut **conn).await)?;
    rows.into_iter().map(KeptRow::into_kept).collect()
}

/// What was received of this patient until an instant, in the order of commits.
pub(super) async fn list_kept_until(tx: &mut Tx, scope: &OnePatientScope, at: Timestamp) -> sqlx::Result<Vec<Kept>> {
    const SQL: &str = kept!("WHERE answer_event.patient_id = $1 AND received_at <= $2 ORDER BY position");
    let rows: Vec<KeptRow> = on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).bind(millis(at))
        .fetch_all(&mut **conn).await)?;
    rows.into_iter().map(KeptRow::into_kept).collect()
}

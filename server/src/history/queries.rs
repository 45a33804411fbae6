//! SQL of a patient's history.

use shared::{
    api::{HistoryKind, HistoryLine},
    id::{AssessmentId, InstrumentKey},
};
use sqlx::{FromRow, QueryBuilder};

use crate::{
    auth::guard::OnePatientScope,
    db::{Tx, assessment_id, instant, on, parse},
};

/// A line's place: when, and its number among those of the same instant.
pub(super) type Place = (i64, i64);

#[derive(FromRow)]
struct DoneRow {
    audit_id: i64,
    at: i64,
    operation: String,
    username: Option<String>,
    detail: String,
}

#[derive(FromRow)]
struct ReceivedRow {
    received_at: i64,
    timepoint: String,
    occurrence: i64,
    instrument: String,
}

/// What was done to a patient by operations with these words, newest first, after a place.
pub(super) async fn list_done(
    tx: &mut Tx,
    scope: &OnePatientScope,
    words: &[&str],
    (before, number): Place,
    limit: i64,
) -> sqlx::Result<Vec<(Place, HistoryLine)>> {
    let rows: Vec<DoneRow> = on!(tx, conn => {
        let mut query = QueryBuilder::new("SELECT audit_id, at, operation, username, detail
            FROM audit LEFT JOIN staff ON staff.staff_id = audit.staff_id WHERE patient_id = ");
        query.push_bind(scope.patient().as_uuid()).push(" AND operation IN (");
        let mut listed = query.separated(", ");
        for word in words {
            listed.push_bind(*word);
        }
        query.push(") AND (at, audit_id) < (").push_bind(before).push(", ").push_bind(number);
        query.push(") ORDER BY at DESC, audit_id DESC LIMIT ").push_bind(limit);
        query.build_query_as().fetch_all(&mut **conn).await
    })?;
    let line = |row: DoneRow| {
        let line = HistoryLine { at: instant(row.at)?, what: row.operation, by: row.username, detail: row.detail };
        Ok(((row.at, row.audit_id), line))
    };
    rows.into_iter().map(line).collect()
}

/// What was received of a patient, newest first, after a place; copies have no number and stand before what was done at
/// the same instant.
pub(super) async fn list_received(
    tx: &mut Tx,
    scope: &OnePatientScope,
    (before, number): Place,
    limit: i64,
) -> sqlx::Result<Vec<(Place, HistoryLine)>> {
    const SQL: &str = "SELECT received_at, timepoint, occurrence, instrument FROM questionnaire_copy
        WHERE patient_id = $1 AND submitted_on IS NOT NULL AND (received_at < $2 OR (received_at = $2 AND $3))
        ORDER BY received_at DESC, timepoint, occurrence, instrument, device_id LIMIT $4";
    let rows: Vec<ReceivedRow> = on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).bind(before)
        .bind(number == i64::MAX).bind(limit).fetch_all(&mut **conn).await)?;
    let line = |row: ReceivedRow| {
        let assessment: AssessmentId = assessment_id(&row.timepoint, row.occurrence)?;
        let instrument: InstrumentKey = parse(&row.instrument)?;
        let (at, what) = (instant(row.received_at)?, HistoryKind::RECEIVED.to_owned());
        let line = HistoryLine { at, what, by: None, detail: format!("{assessment} {instrument}") };
        Ok(((row.received_at, i64::MAX), line))
    };
    rows.into_iter().map(line).collect()
}

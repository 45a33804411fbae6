//! SQL of the completion table.

use std::collections::BTreeMap;

use shared::{
    id::{InstrumentKey, TimepointKey},
    schedule::MissingReason,
    time::Date,
};
use sqlx::FromRow;

use super::completion::{Came, Due};
use crate::{
    auth::guard::InvestigatorScope,
    db::{Db, from_code, on, parse},
};

#[derive(FromRow)]
struct CameRow {
    timepoint: String,
    instrument: String,
    on_time: i64,
    late: i64,
    of_due: i64,
    partial: i64,
}

fn small(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Assessments whose window closed before today while the patient was alive and in the study.
pub(super) async fn list_due(_: &InvestigatorScope, db: &Db, today: Date) -> sqlx::Result<Vec<Due>> {
    const SQL: &str = "SELECT timepoint, hemopathy, count(*) FROM assessment JOIN patient USING (patient_id)
        WHERE expectation IN ('expected', 'over') AND closes_on < $1 GROUP BY timepoint, hemopathy";
    let rows: Vec<(String, String, i64)> =
        on!(db.read(), pool => sqlx::query_as(SQL).bind(today.to_string()).fetch_all(pool).await)?;
    rows.into_iter()
        .map(|(timepoint, hemopathy, n)| {
            Ok(Due { timepoint: parse(&timepoint)?, hemopathy: parse(&hemopathy)?, n: small(n) })
        })
        .collect()
}

/// Assessments that closed before today with something not sent, by the reason noted.
pub(super) async fn list_reasons(
    _: &InvestigatorScope,
    db: &Db,
    today: Date,
) -> sqlx::Result<Vec<(Option<MissingReason>, u32)>> {
    const SQL: &str = "SELECT missing_reason, count(*) FROM assessment
        WHERE expectation IN ('expected', 'over') AND n_submitted < n_questionnaires AND closes_on < $1
        GROUP BY missing_reason";
    let rows: Vec<(Option<String>, i64)> =
        on!(db.read(), pool => sqlx::query_as(SQL).bind(today.to_string()).fetch_all(pool).await)?;
    rows.into_iter().map(|(reason, n)| Ok((reason.as_deref().map(from_code).transpose()?, small(n)))).collect()
}

/// What came in, by timepoint and instrument, of what was ever expected.
pub(super) async fn list_came(
    _: &InvestigatorScope,
    db: &Db,
    today: Date,
) -> sqlx::Result<BTreeMap<(TimepointKey, InstrumentKey), Came>> {
    const SQL: &str = "SELECT q.timepoint, q.instrument,
        count(CASE WHEN q.submitted_on <= COALESCE(a.closes_on, q.submitted_on) THEN 1 END) AS on_time,
        count(CASE WHEN q.submitted_on > a.closes_on THEN 1 END) AS late,
        count(CASE WHEN q.submitted_on IS NOT NULL AND a.closes_on < $1
            AND a.expectation IN ('expected', 'over') THEN 1 END) AS of_due,
        count(CASE WHEN q.submitted_on IS NULL AND a.closes_on < $1
            AND a.expectation IN ('expected', 'over') THEN 1 END) AS partial
        FROM questionnaire q JOIN assessment a
        ON a.patient_id = q.patient_id AND a.timepoint = q.timepoint AND a.occurrence = q.occurrence
            AND a.expectation <> 'not_applicable'
        GROUP BY q.timepoint, q.instrument";
    let rows: Vec<CameRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(today.to_string()).fetch_all(pool).await)?;
    rows.into_iter()
        .map(|row| {
            let came = Came {
                on_time: small(row.on_time),
                late: small(row.late),
                of_due: small(row.of_due),
                partial: small(row.partial),
            };
            Ok(((parse(&row.timepoint)?, parse(&row.instrument)?), came))
        })
        .collect()
}

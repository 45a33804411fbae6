//! SQL of the demonstration.

use shared::{
    id::{AssessmentId, PatientId, SiteKey},
    time::Date,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    auth::guard::{ManagerScope, NurseScope},
    db::{Db, assessment_id, on, parse},
};

/// An assessment whose window closed with something not sent and no reason noted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Unexplained {
    /// Whose.
    pub(super) patient: PatientId,
    /// Which occasion.
    pub(super) assessment: AssessmentId,
    /// The last day of its window.
    pub(super) closed_on: Date,
}

#[derive(FromRow)]
struct UnexplainedRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    closes_on: String,
}

/// Whether the registry has a patient.
pub(super) async fn has_patients(_: &ManagerScope, db: &Db) -> sqlx::Result<bool> {
    let one: Option<i64> = on!(db.read(), pool => sqlx::query_scalar("SELECT CAST(1 AS BIGINT) FROM patient LIMIT 1").fetch_optional(pool).await)?;
    Ok(one.is_some())
}

/// What closed before a day at a site with something not sent and no reason noted, the oldest first.
pub(super) async fn list_unexplained(
    _: &NurseScope,
    db: &Db,
    site: &SiteKey,
    before: Date,
) -> sqlx::Result<Vec<Unexplained>> {
    const SQL: &str = "SELECT patient_id, timepoint, occurrence, closes_on FROM assessment
        WHERE site = $1 AND expectation IN ('expected', 'over') AND n_submitted < n_questionnaires
            AND missing_reason IS NULL AND closes_on < $2
        ORDER BY closes_on, patient_id, timepoint, occurrence";
    let rows: Vec<UnexplainedRow> =
        on!(db.read(), pool => sqlx::query_as(SQL).bind(site.as_str()).bind(before.to_string()).fetch_all(pool).await)?;
    let unexplained = |row: UnexplainedRow| {
        Ok(Unexplained {
            patient: PatientId::new(row.patient_id),
            assessment: assessment_id(&row.timepoint, row.occurrence)?,
            closed_on: parse(&row.closes_on)?,
        })
    };
    rows.into_iter().map(unexplained).collect()
}

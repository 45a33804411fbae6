//! SQL of the worklist.

use shared::{api::WorklistGroup, id::SiteKey};
use sqlx::QueryBuilder;

use super::{Line, Page, Place};
use crate::{
    assessments::queries::{STANDING_COLUMNS, StandingRow, number},
    auth::guard::NurseScope,
    db::{Db, millis, on},
};

/// As the index has it, word for word.
const UNFINISHED: &str =
    "expectation IN ('expected', 'over') AND n_submitted < n_questionnaires AND missing_reason IS NULL";

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
                $query.push(" AND closes_on <= ").push_bind(to.to_string());
            }
            WorklistGroup::Received => {
                $query.push("received_at IS NOT NULL AND received_at >= ").push_bind(millis(page.received_since));
            }
            WorklistGroup::Flags => {
                $query.push("n_flags > 0");
            }
            WorklistGroup::Quarantine => {
                $query.push("n_set_aside > 0");
            }
            WorklistGroup::Conflict => {
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
    let n: i64 = on!(db.read(), pool => {
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
    let rows: Vec<StandingRow> = on!(db.read(), pool => {
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

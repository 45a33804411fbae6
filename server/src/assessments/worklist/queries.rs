//! SQL of the worklist.

use shared::{
    api::{Unsent, WorklistGroup},
    id::{DeviceId, PatientId, SiteKey},
};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Line, Page, Place};
use crate::{
    assessments::queries::{STANDING_COLUMNS, StandingRow, number},
    auth::guard::NurseScope,
    db::{Db, from_code, instant, millis, on, parse},
};

/// As the index has it, word for word.
const UNFINISHED: &str =
    "expectation IN ('expected', 'over') AND n_submitted < n_questionnaires AND missing_reason IS NULL";

/// Adds that only these patients are meant, when a search found some or none.
macro_rules! push_only {
    ($query:expr, $column:literal, $page:expr) => {{
        let page: &Page = $page;
        if page.only.as_ref().is_some_and(Vec::is_empty) {
            $query.push(" AND FALSE");
        } else if let Some(patients) = &page.only {
            $query.push(concat!(" AND ", $column, " IN ("));
            let mut ids = $query.separated(", ");
            for patient in patients {
                ids.push_bind(patient.as_uuid());
            }
            $query.push(")");
        }
    }};
}

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
            WorklistGroup::Silent => {
                $query.push(UNFINISHED).push(" AND silent_on IS NOT NULL AND silent_on <= ");
                $query.push_bind(page.today.to_string());
                $query.push(" AND closes_on >= ").push_bind(from.to_string());
                $query.push(" AND closes_on <= ").push_bind(to.to_string());
            }
            WorklistGroup::Unsent => {
                $query.push("FALSE"); // these are devices
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
        push_only!($query, "patient_id", page);
    }};
}

/// Adds where devices are read that ask for a look, and whose at these sites. `CROSS JOIN` has SQLite read the few devices
/// first; PostgreSQL counts for itself.
macro_rules! push_devices {
    ($query:expr, $sites:expr, $page:expr) => {{
        $query.push(
            " FROM device CROSS JOIN patient
            WHERE patient.patient_id = device.patient_id AND asks_since IS NOT NULL AND site IN (",
        );
        let mut keys = $query.separated(", ");
        for site in $sites {
            keys.push_bind(site.to_string());
        }
        $query.push(")");
        push_only!($query, "device.patient_id", $page);
    }};
}

/// How many devices ask for a look at these sites, counted to 100 at most.
pub(super) async fn count_devices(_: &NurseScope, db: &Db, sites: &[SiteKey], page: &Page) -> sqlx::Result<u16> {
    let n: i64 = on!(db.read(), pool => {
        let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT 1");
        push_devices!(query, sites, page);
        query.push(" LIMIT 100) AS counted");
        query.build_query_scalar().fetch_one(pool).await
    })?;
    Ok(u16::try_from(n).unwrap_or(u16::MAX))
}

/// A device that asks for a look.
#[derive(FromRow)]
struct DeviceRow {
    device_id: Uuid,
    patient_id: Uuid,
    site: String,
    kind: String,
    n_unsent: i64,
    unsent_since: Option<i64>,
    asks_since: i64,
    replaced: bool,
}

/// A device that asks for a look, before names and findings are joined to it.
pub(super) struct DeviceLine {
    pub(super) patient: PatientId,
    pub(super) site: SiteKey,
    pub(super) unsent: Unsent,
    /// Its place in the list: since when it asks.
    pub(super) asks_since: i64,
}

/// The devices that ask for a look at these sites, those that ask longest first, after a place among them.
pub(super) async fn list_devices(
    _: &NurseScope,
    db: &Db,
    sites: &[SiteKey],
    page: &Page,
    after: Option<(i64, DeviceId)>,
    limit: usize,
) -> sqlx::Result<Vec<DeviceLine>> {
    let rows: Vec<DeviceRow> = on!(db.read(), pool => {
        let mut query = QueryBuilder::new("SELECT device_id, device.patient_id, site, kind, n_unsent, unsent_since,
            asks_since, EXISTS (SELECT 1 FROM device AS newer WHERE newer.patient_id = device.patient_id
                AND newer.kind = device.kind AND newer.enrolled_at > device.asks_since) AS replaced");
        push_devices!(query, sites, page);
        if let Some((since, device)) = after {
            query.push(" AND (asks_since, device_id) > (").push_bind(since);
            query.push(", ").push_bind(device.as_uuid()).push(")");
        }
        query.push(" ORDER BY asks_since, device_id LIMIT ").push_bind(number(limit));
        query.build_query_as().fetch_all(pool).await
    })?;
    let line = |row: DeviceRow| {
        let unsent = Unsent {
            device: DeviceId::new(row.device_id),
            kind: from_code(&row.kind)?,
            n: u32::try_from(row.n_unsent).unwrap_or(u32::MAX),
            since: row.unsent_since.map(instant).transpose()?,
            replaced: row.replaced,
        };
        let (patient, site) = (PatientId::new(row.patient_id), parse(&row.site)?);
        Ok(DeviceLine { patient, site, unsent, asks_since: row.asks_since })
    };
    rows.into_iter().map(line).collect()
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
        if let Some(Place { day, received_at, patient, assessment, .. }) = &page.after {
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

//! SQL of a data manager's lists.

use shared::{
    api::{AuditLine, AuditRequest, DeviceGroup, DeviceOversight, QuarantineLine},
    id::{DeviceId, PatientId},
};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::{
    auth::guard::ManagerScope,
    db::{Db, assessment_id, from_code, hex, instant, on, parse, to_code},
};

/// Between two instants, in milliseconds: the first is within, the second is not.
pub(super) struct Within {
    pub(super) from: Option<i64>,
    pub(super) before: Option<i64>,
}

#[derive(FromRow)]
struct AuditRow {
    audit_id: i64,
    log: String,
    at: i64,
    operation: String,
    username: Option<String>,
    device_id: Option<Uuid>,
    patient_id: Option<Uuid>,
    detail: String,
}

#[derive(FromRow)]
struct DeviceRow {
    device_id: Uuid,
    patient_id: Uuid,
    site: String,
    kind: String,
    enrolled_at: i64,
    last_seen_at: Option<i64>,
    n_unsent: i64,
    unsent_since: Option<i64>,
    n_lost: i64,
    revoked_at: Option<i64>,
}

#[derive(FromRow)]
struct QuarantineRow {
    quarantine_id: i64,
    received_at: i64,
    device_id: Uuid,
    patient_id: Uuid,
    timepoint: Option<String>,
    occurrence: Option<i64>,
    reason: String,
    detail: String,
    hash: Vec<u8>,
    n_bytes: i64,
    looked_at: Option<i64>,
}

fn limit(lines: usize) -> i64 {
    i64::try_from(lines).unwrap_or(i64::MAX)
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

/// Entries of the audit trail below a number, the greatest first.
pub(super) async fn list_audit(
    _: &ManagerScope,
    db: &Db,
    asked: &AuditRequest,
    within: &Within,
    below: Option<u64>,
    lines: usize,
) -> sqlx::Result<Vec<AuditLine>> {
    let log = asked.log.as_ref().map(to_code).transpose()?;
    let below = below.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let rows: Vec<AuditRow> = on!(db.read(), pool => {
        let mut query = QueryBuilder::new("SELECT audit_id, log, at, operation, username, device_id, patient_id, detail
            FROM audit LEFT JOIN staff ON staff.staff_id = audit.staff_id WHERE audit_id < ");
        query.push_bind(below.unwrap_or(i64::MAX));
        if let Some(log) = &log {
            query.push(" AND log = ").push_bind(log);
        }
        if let Some(operation) = &asked.operation {
            query.push(" AND operation = ").push_bind(operation);
        }
        if !asked.account.trim().is_empty() {
            query.push(" AND username = ").push_bind(asked.account.trim().to_lowercase());
        }
        if let Some(patient) = asked.patient {
            query.push(" AND patient_id = ").push_bind(patient.as_uuid());
        }
        if let Some(from) = within.from {
            query.push(" AND at >= ").push_bind(from);
        }
        if let Some(before) = within.before {
            query.push(" AND at < ").push_bind(before);
        }
        query.push(" ORDER BY audit_id DESC LIMIT ").push_bind(limit(lines));
        query.build_query_as().fetch_all(pool).await
    })?;
    let line = |row: AuditRow| {
        Ok(AuditLine {
            number: count(row.audit_id),
            log: from_code(&row.log)?,
            at: instant(row.at)?,
            operation: row.operation,
            account: row.username,
            device: row.device_id.map(DeviceId::new),
            patient: row.patient_id.map(PatientId::new),
            detail: row.detail,
        })
    };
    rows.into_iter().map(line).collect()
}

/// Devices of patients and wards, enrolled before one of them, the last enrolled first. Desks are no devices: one is
/// made for each form that staff type in.
pub(super) async fn list_devices(
    _: &ManagerScope,
    db: &Db,
    group: Option<DeviceGroup>,
    before: Option<(i64, DeviceId)>,
    lines: usize,
) -> sqlx::Result<Vec<DeviceOversight>> {
    let rows: Vec<DeviceRow> = on!(db.read(), pool => {
        let mut query = QueryBuilder::new("SELECT device_id, device.patient_id, site, kind, device.enrolled_at,
            last_seen_at, n_unsent, unsent_since, n_lost, revoked_at
            FROM device JOIN patient ON patient.patient_id = device.patient_id WHERE kind <> 'desk'");
        match group {
            None => &mut query,
            Some(DeviceGroup::Asking) => query.push(" AND asks_since IS NOT NULL"),
            Some(DeviceGroup::Revoked) => query.push(" AND revoked_at IS NOT NULL"),
        };
        if let Some((at, device)) = before {
            query.push(" AND (device.enrolled_at, device_id) < (").push_bind(at);
            query.push(", ").push_bind(device.as_uuid()).push(")");
        }
        query.push(" ORDER BY device.enrolled_at DESC, device_id DESC LIMIT ").push_bind(limit(lines));
        query.build_query_as().fetch_all(pool).await
    })?;
    let line = |row: DeviceRow| {
        Ok(DeviceOversight {
            device: DeviceId::new(row.device_id),
            patient: PatientId::new(row.patient_id),
            site: parse(&row.site)?,
            kind: from_code(&row.kind)?,
            enrolled_at: instant(row.enrolled_at)?,
            last_seen_at: row.last_seen_at.map(instant).transpose()?,
            n_unsent: count(row.n_unsent),
            unsent_since: row.unsent_since.map(instant).transpose()?,
            n_lost: count(row.n_lost),
            revoked_at: row.revoked_at.map(instant).transpose()?,
        })
    };
    rows.into_iter().map(line).collect()
}

/// What was set aside, below a number, the greatest first; without what staff have looked at, unless asked for.
pub(super) async fn list_quarantine(
    _: &ManagerScope,
    db: &Db,
    looked_at: bool,
    below: Option<u64>,
    lines: usize,
) -> sqlx::Result<Vec<QuarantineLine>> {
    const SQL: &str = "SELECT quarantine_id, received_at, device_id, patient_id, timepoint, occurrence, reason, detail,
        hash, CAST(OCTET_LENGTH(body) AS BIGINT) AS n_bytes, looked_at
        FROM quarantine WHERE quarantine_id < $1 AND ($2 OR looked_at IS NULL) ORDER BY quarantine_id DESC LIMIT $3";
    let below = below.map_or(i64::MAX, |number| i64::try_from(number).unwrap_or(i64::MAX));
    let rows: Vec<QuarantineRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(below).bind(looked_at)
        .bind(limit(lines)).fetch_all(pool).await)?;
    let line = |row: QuarantineRow| {
        let assessment = row.timepoint.as_deref().zip(row.occurrence);
        Ok(QuarantineLine {
            number: count(row.quarantine_id),
            received_at: instant(row.received_at)?,
            device: DeviceId::new(row.device_id),
            patient: PatientId::new(row.patient_id),
            assessment: assessment.map(|(timepoint, nth)| assessment_id(timepoint, nth)).transpose()?,
            reason: from_code(&row.reason)?,
            detail: row.detail,
            hash: hex(&row.hash),
            n_bytes: count(row.n_bytes),
            looked_at: row.looked_at.map(instant).transpose()?,
        })
    };
    rows.into_iter().map(line).collect()
}

//! SQL of the audit trail.

use shared::{
    id::{DeviceId, PatientId, StaffId},
    time::Timestamp,
};

use super::Entry;
use crate::db::{Db, Tx, millis, on};

/// Appends an entry within the transaction that does what it tells; gives the entry's number.
///
/// # Errors
/// When the database could not.
pub async fn append(tx: &mut Tx, entry: &Entry, now: Timestamp) -> sqlx::Result<i64> {
    const SQL: &str = "INSERT INTO audit (log, at, staff_id, device_id, operation, patient_id, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING audit_id";
    let (staff, device) = (entry.staff.map(StaffId::as_uuid), entry.device.map(DeviceId::as_uuid));
    let patient = entry.patient.map(PatientId::as_uuid);
    on!(tx, conn => sqlx::query_scalar(SQL).bind(entry.operation.log()).bind(millis(now)).bind(staff).bind(device)
        .bind(entry.operation.word()).bind(patient).bind(&entry.detail).fetch_one(&mut **conn).await)
}

/// Appends an entry on its own: for reads, which change nothing else.
///
/// # Errors
/// When the database could not; the read it tells of must not go on then.
pub async fn append_alone(db: &Db, entry: &Entry, now: Timestamp) -> sqlx::Result<i64> {
    let mut tx = db.begin().await?;
    let number = append(&mut tx, entry, now).await?;
    tx.commit().await?;
    Ok(number)
}

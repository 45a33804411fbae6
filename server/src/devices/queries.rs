//! SQL of devices and enrolment letters.

use shared::{
    api::DeviceLine,
    id::{DeviceId, StaffId},
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    auth::guard::OnePatientScope,
    db::{Tx, from_code, instant, millis, on},
};

/// A letter about to be made; its secrets are hashes already.
pub(super) struct NewLetter {
    pub(super) id: Uuid,
    pub(super) secret_hash: Vec<u8>,
    pub(super) selector: String,
    pub(super) verifier_hash: String,
    pub(super) created_by: StaffId,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// Closes a patient's open letters, and everybody's that expired, so that their selectors are free again.
pub(super) async fn close_letters(tx: &mut Tx, scope: &OnePatientScope, now: Timestamp) -> sqlx::Result<()> {
    const REPLACE: &str = "UPDATE enrolment SET closed_at = $2, closed_as = 'replaced'
        WHERE patient_id = $1 AND closed_at IS NULL AND expires_at > $2";
    const EXPIRE: &str = "UPDATE enrolment SET closed_at = $1, closed_as = 'expired'
        WHERE closed_at IS NULL AND expires_at <= $1";
    let (patient, now) = (scope.patient().as_uuid(), millis(now));
    on!(tx, conn => {
        sqlx::query(REPLACE).bind(patient).bind(now).execute(&mut **conn).await?;
        sqlx::query(EXPIRE).bind(now).execute(&mut **conn).await?;
    });
    Ok(())
}

/// Inserts a letter; `false` when its selector is another open letter's.
pub(super) async fn insert_letter(tx: &mut Tx, scope: &OnePatientScope, letter: &NewLetter) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO enrolment (enrolment_id, patient_id, secret_hash, selector, verifier_hash,
            created_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let inserted = on!(tx, conn => sqlx::query(SQL).bind(letter.id).bind(scope.patient().as_uuid())
        .bind(&letter.secret_hash).bind(&letter.selector).bind(&letter.verifier_hash)
        .bind(letter.created_by.as_uuid()).bind(millis(letter.created_at)).bind(millis(letter.expires_at))
        .execute(&mut **conn).await?.rows_affected());
    Ok(inserted == 1)
}

#[derive(FromRow)]
struct DeviceRow {
    device_id: Uuid,
    kind: String,
    enrolled_at: i64,
    last_seen_at: Option<i64>,
    revoked_at: Option<i64>,
}

/// A patient's devices, the newest first.
///
/// # Errors
/// When the database could not.
pub async fn list(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<DeviceLine>> {
    const SQL: &str = "SELECT device_id, kind, enrolled_at, last_seen_at, revoked_at FROM device
        WHERE patient_id = $1 ORDER BY enrolled_at DESC, device_id";
    let rows: Vec<DeviceRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    let line = |row: DeviceRow| {
        Ok(DeviceLine {
            device: DeviceId::new(row.device_id),
            kind: from_code(&row.kind)?,
            enrolled_at: instant(row.enrolled_at)?,
            last_seen_at: row.last_seen_at.map(instant).transpose()?,
            revoked: row.revoked_at.is_some(),
        })
    };
    rows.into_iter().map(line).collect()
}

/// Revokes a device; `false` when the patient has none such. Revoking again changes nothing.
pub(super) async fn revoke(
    tx: &mut Tx,
    scope: &OnePatientScope,
    device: DeviceId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str =
        "UPDATE device SET revoked_at = COALESCE(revoked_at, $3) WHERE device_id = $1 AND patient_id = $2";
    let revoked = on!(tx, conn => sqlx::query(SQL).bind(device.as_uuid()).bind(scope.patient().as_uuid())
        .bind(millis(now)).execute(&mut **conn).await?.rows_affected());
    Ok(revoked == 1)
}

//! SQL of the ward's devices.

use shared::{id::DeviceId, sync::signing::PublicKey};

use crate::{
    auth::guard::OnePatientScope,
    db::{Tx, on},
};

/// Gives a ward device of this patient that is not revoked another credential and key, and ends the sessions of the
/// former ones; `false` when the patient has none such.
pub(super) async fn renew(
    tx: &mut Tx,
    scope: &OnePatientScope,
    device: DeviceId,
    credential_hash: &[u8],
    key: PublicKey,
) -> sqlx::Result<bool> {
    const RENEW: &str = "UPDATE device SET credential_hash = $3, public_key = $4
        WHERE device_id = $1 AND patient_id = $2 AND kind = 'ward' AND revoked_at IS NULL";
    const END: &str = "DELETE FROM session WHERE device_id = $1";
    let renewed = on!(tx, conn => sqlx::query(RENEW).bind(device.as_uuid()).bind(scope.patient().as_uuid())
        .bind(credential_hash).bind(key.to_bytes()).execute(&mut **conn).await?.rows_affected());
    if renewed == 1 {
        on!(tx, conn => sqlx::query(END).bind(device.as_uuid()).execute(&mut **conn).await.map(|_| ()))?;
    }
    Ok(renewed == 1)
}

/// Whether this is one of the patient's ward devices, revoked or not.
pub(super) async fn is_ward(tx: &mut Tx, scope: &OnePatientScope, device: DeviceId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM device WHERE device_id = $1 AND patient_id = $2 AND kind = 'ward'";
    let n: i64 = on!(tx, conn => sqlx::query_scalar(SQL).bind(device.as_uuid()).bind(scope.patient().as_uuid())
        .fetch_one(&mut **conn).await)?;
    Ok(n == 1)
}

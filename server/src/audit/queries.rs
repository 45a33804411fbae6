//! SQL of the audit trail.

use shared::{
    id::{DeviceId, PatientId, StaffId},
    sync::proof,
    time::Timestamp,
};

use super::{Entry, Operation, PURGED, ranges, word};
use crate::{
    auth::guard::ErasureScope,
    db::{Db, LogEnd, Tx, column, log_end, millis, on},
};

const LOCK: [&str; 2] = log_end!("UPDATE audit_end SET value = value");

/// Appends an entry within the transaction that does what it tells; gives the entry's number.
///
/// To be called last: it locks the end of the log, and whoever waits for something else while holding it could wait
/// for somebody who waits for it.
///
/// # Errors
/// When the database could not.
pub async fn append(tx: &mut Tx, entry: &Entry, now: Timestamp) -> sqlx::Result<i64> {
    const INSERT: &str =
        "INSERT INTO audit (audit_id, log, at, staff_id, device_id, operation, patient_id, detail, salt,
            commitment, chain)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    const MOVE: &str = "UPDATE audit_end SET value = $1, chain = $2";
    let mut end = LogEnd::read(tx, LOCK).await?;
    let number = end.number + 1;
    let (salt, log) = (end.salt(number), entry.operation.log());
    let commitment = proof::commitment(&salt, &entry.payload_hash(now));
    let chain = end.append(&proof::audit_leaf(number, log, now, &commitment));
    let (staff, device) = (entry.staff.map(StaffId::as_uuid), entry.device.map(DeviceId::as_uuid));
    let patient = entry.patient.map(PatientId::as_uuid);
    on!(tx, conn => {
        sqlx::query(INSERT).bind(column(number)).bind(word(log)).bind(millis(now)).bind(staff).bind(device)
            .bind(entry.operation.word()).bind(patient).bind(&entry.detail).bind(salt.as_slice())
            .bind(commitment.as_slice()).bind(chain.as_slice()).execute(&mut **conn).await?;
        sqlx::query(MOVE).bind(column(number)).bind(chain.as_slice()).execute(&mut **conn).await?;
    });
    Ok(column(number))
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

/// Takes the payload, and its salt, out of every clinical entry that says something about a patient, and appends the
/// one that tells of the erasure: which answer events and which entries lost theirs, and why. To be called last, as
/// [`append`]; gives the entry's number.
///
/// Entries that only say who did what under the pseudonym stay. The form is `answers 1-12; audit 3 7-9; the reason`.
///
/// # Errors
/// When the database could not.
pub async fn erase(
    tx: &mut Tx,
    scope: &ErasureScope,
    positions: &[i64],
    reason: &str,
    now: Timestamp,
) -> sqlx::Result<i64> {
    const SQL: &str = "UPDATE audit SET operation = 'erased', staff_id = NULL, device_id = NULL, patient_id = NULL,
            detail = '', salt = NULL
        WHERE patient_id = $1 AND log = 'clinical' AND detail <> '' RETURNING audit_id";
    LogEnd::read(tx, LOCK).await?; // nobody appends until the list is made
    let patient = scope.patient();
    let mut numbers: Vec<i64> =
        on!(&mut *tx, conn => sqlx::query_scalar(SQL).bind(patient.as_uuid()).fetch_all(&mut **conn).await)?;
    numbers.sort_unstable();
    let detail = format!("answers {}; audit {}; {reason}", ranges(positions), ranges(&numbers));
    append(tx, &Entry::patient(patient, Operation::Erase).with(detail), now).await
}

/// Takes the payload, and its salt, out of the security entries from before an instant; gives how many.
///
/// # Errors
/// When the database could not.
pub async fn purge(db: &Db, before: Timestamp) -> sqlx::Result<u64> {
    const SQL: &str =
        "UPDATE audit SET operation = $1, staff_id = NULL, device_id = NULL, patient_id = NULL, detail = '',
            salt = NULL
        WHERE log = 'security' AND operation <> 'purged' AND at < $2";
    on!(db.write(), pool => sqlx::query(SQL).bind(PURGED).bind(millis(before)).execute(pool).await
        .map(|done| done.rows_affected()))
}

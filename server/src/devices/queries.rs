//! SQL of devices and enrolment letters.

use shared::{
    api::{DeviceLine, LetterLine, LetterState},
    id::{DeviceId, StaffId},
    people::DeviceKind,
    sync::signing::PublicKey,
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{held::Holding, words::words};
use crate::{
    auth::guard::{NurseScope, OnePatientScope, PatientScope},
    db::{Tx, from_code, instant, millis, on, parse},
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
    confirmed_at: Option<i64>,
    revoked_at: Option<i64>,
    n_unsent: i64,
    unsent_since: Option<i64>,
    n_lost: i64,
    public_key: Option<Vec<u8>>,
    language: String,
}

/// A patient's devices, the newest first.
///
/// # Errors
/// When the database could not.
pub async fn list(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<DeviceLine>> {
    const SQL: &str = "SELECT device_id, kind, device.enrolled_at, last_seen_at, confirmed_at, revoked_at, n_unsent,
            unsent_since, n_lost, public_key, language
        FROM device JOIN patient ON patient.patient_id = device.patient_id
        WHERE device.patient_id = $1 ORDER BY device.enrolled_at DESC, device_id";
    let rows: Vec<DeviceRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    let line = |row: DeviceRow| {
        let (device, kind) = (DeviceId::new(row.device_id), from_code(&row.kind)?);
        let (key, language) = (row.public_key.as_deref().and_then(PublicKey::from_bytes), parse(&row.language)?);
        let words = key.filter(|_| kind == DeviceKind::Own).map(|key| words(key, &language));
        Ok(DeviceLine {
            device,
            kind,
            words,
            fingerprint: key.map(PublicKey::fingerprint),
            confirmed_at: row.confirmed_at.map(instant).transpose()?,
            enrolled_at: instant(row.enrolled_at)?,
            last_seen_at: row.last_seen_at.map(instant).transpose()?,
            revoked: row.revoked_at.is_some(),
            n_unsent: u32::try_from(row.n_unsent).unwrap_or(u32::MAX),
            unsent_since: row.unsent_since.map(instant).transpose()?,
            n_lost: u32::try_from(row.n_lost).unwrap_or(u32::MAX),
        })
    };
    rows.into_iter().map(line).collect()
}

/// The words that a patient's own phone shows while nobody has confirmed it.
///
/// # Errors
/// When the database could not.
pub async fn find_unconfirmed_words(tx: &mut Tx, scope: &PatientScope) -> sqlx::Result<Option<String>> {
    const SQL: &str = "SELECT public_key, language FROM device JOIN patient ON patient.patient_id = device.patient_id
        WHERE device_id = $1 AND kind = 'own' AND confirmed_at IS NULL AND revoked_at IS NULL";
    let device = scope.device();
    let row: Option<(Option<Vec<u8>>, String)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(device.as_uuid()).fetch_optional(&mut **conn).await)?;
    let Some((key, language)) = row else { return Ok(None) };
    let language = parse(&language)?;
    Ok(key.as_deref().and_then(PublicKey::from_bytes).map(|key| words(key, &language)))
}

/// Confirms a patient's own phone that is in use; `false` when the patient has none such. The first time counts.
pub(super) async fn confirm(
    tx: &mut Tx,
    nurse: &NurseScope,
    scope: &OnePatientScope,
    device: DeviceId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE device SET confirmed_at = COALESCE(confirmed_at, $3),
            confirmed_by = COALESCE(confirmed_by, $4)
        WHERE device_id = $1 AND patient_id = $2 AND kind = 'own' AND revoked_at IS NULL";
    let confirmed = on!(tx, conn => sqlx::query(SQL).bind(device.as_uuid()).bind(scope.patient().as_uuid())
        .bind(millis(now)).bind(nurse.staff().as_uuid()).execute(&mut **conn).await?.rows_affected());
    Ok(confirmed == 1)
}

#[derive(FromRow)]
struct LetterRow {
    username: String,
    created_at: i64,
    expires_at: i64,
    closed_at: Option<i64>,
    closed_as: Option<String>,
}

/// The letters made for a patient, the newest first.
///
/// # Errors
/// When the database could not.
pub async fn list_letters(tx: &mut Tx, scope: &OnePatientScope, now: Timestamp) -> sqlx::Result<Vec<LetterLine>> {
    const SQL: &str = "SELECT username, enrolment.created_at, expires_at, closed_at, closed_as
        FROM enrolment JOIN staff ON staff.staff_id = enrolment.created_by
        WHERE patient_id = $1 ORDER BY enrolment.created_at DESC, enrolment_id";
    let rows: Vec<LetterRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    let line = |row: LetterRow| {
        let expires_at = instant(row.expires_at)?;
        let open = if expires_at <= now { LetterState::Expired } else { LetterState::Open };
        let state = row.closed_as.as_deref().map(from_code).transpose()?.unwrap_or(open);
        let closed_at = row.closed_at.map(instant).transpose()?;
        Ok(LetterLine { made_by: row.username, made_at: instant(row.created_at)?, expires_at, state, closed_at })
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

#[derive(FromRow)]
struct HoldingRow {
    n_unsent: i64,
    unsent_since: Option<i64>,
    n_held: i64,
    n_received: i64,
    n_lost: i64,
    lost_at: Option<i64>,
}

/// What is known of what a device holds.
pub(super) async fn find_holding(tx: &mut Tx, device: DeviceId) -> sqlx::Result<Holding> {
    const SQL: &str = "SELECT n_unsent, unsent_since, n_held, n_received, n_lost, lost_at FROM device
        WHERE device_id = $1";
    let row: HoldingRow = on!(tx, conn => sqlx::query_as(SQL).bind(device.as_uuid()).fetch_one(&mut **conn).await)?;
    Ok(Holding {
        n_unsent: row.n_unsent,
        unsent_since: row.unsent_since.map(instant).transpose()?,
        n_held: row.n_held,
        n_received: row.n_received,
        n_lost: row.n_lost,
        lost_at: row.lost_at.map(instant).transpose()?,
    })
}

pub(super) async fn set_holding(tx: &mut Tx, device: DeviceId, holding: &Holding) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE device SET n_unsent = $2, unsent_since = $3, n_held = $4, n_received = $5, n_lost = $6,
            lost_at = $7, asks_since = $8
        WHERE device_id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(device.as_uuid()).bind(holding.n_unsent)
        .bind(holding.unsent_since.map(millis)).bind(holding.n_held).bind(holding.n_received).bind(holding.n_lost)
        .bind(holding.lost_at.map(millis)).bind(holding.asks_since().map(millis))
        .execute(&mut **conn).await.map(|_| ()))
}

/// How many events the hospital holds that this device made, the set aside among them.
pub(super) async fn count_received(tx: &mut Tx, scope: &PatientScope) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT (SELECT COUNT(*) FROM answer_event WHERE patient_id = $1 AND device_id = $2)
        + (SELECT COUNT(*) FROM quarantine WHERE patient_id = $1 AND device_id = $2)";
    let (patient, device) = (scope.patient().as_uuid(), scope.device().as_uuid());
    on!(tx, conn => sqlx::query_scalar(SQL).bind(patient).bind(device).fetch_one(&mut **conn).await)
}

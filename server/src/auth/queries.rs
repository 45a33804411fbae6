//! SQL of accounts, sessions and enrolment.

use std::collections::BTreeMap;

use shared::{
    api::StaffReply,
    id::{DeviceId, Language, PatientId, StaffId},
    people::DeviceKind,
    sync::signing::PublicKey,
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::session::{IDLE, LONGEST, after};
use crate::db::{Db, Tx, from_code, from_json, instant, millis, on, parse, to_code, to_json};

/// An account as signing in needs it.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) staff: StaffReply,
    pub(super) password_hash: String,
    pub(super) totp_secret: Vec<u8>,
    pub(super) totp_step: i64,
    pub(super) n_wrong: i64,
    pub(super) wait_until: Timestamp,
    pub(super) disabled: bool,
}

/// A staff session that is still good.
pub(super) struct StaffSession {
    pub(super) staff: StaffReply,
    pub(super) opened_at: Timestamp,
    pub(super) seen_at: Timestamp,
}

/// A device, from its session or its id.
#[derive(Clone, Copy, Debug)]
pub(super) struct Device {
    pub(super) id: DeviceId,
    pub(super) patient: PatientId,
    pub(super) enrolled_at: Timestamp,
    pub(super) last_seen_at: Option<Timestamp>,
    pub(super) revoked: bool,
    /// What it signs with.
    pub(super) key: PublicKey,
}

/// A letter that was found by secret or selector.
pub(super) struct Letter {
    pub(super) enrolment: Uuid,
    pub(super) patient: PatientId,
    pub(super) language: Language,
    pub(super) verifier_hash: String,
    pub(super) expires_at: Timestamp,
    /// Used, burnt or replaced; that its time is over shows in `expires_at`.
    pub(super) closed: bool,
}

#[derive(FromRow)]
struct AccountRow {
    staff_id: Uuid,
    username: String,
    role: String,
    sites: String,
    password_hash: String,
    totp_secret: Vec<u8>,
    totp_step: i64,
    n_wrong: i64,
    wait_until_at: i64,
    disabled_at: Option<i64>,
}

pub(super) fn staff_reply(id: Uuid, username: String, role: &str, sites: &str) -> sqlx::Result<StaffReply> {
    Ok(StaffReply { staff: StaffId::new(id), username, role: from_code(role)?, sites: from_json(sites)? })
}

impl AccountRow {
    fn into_account(self) -> sqlx::Result<Account> {
        Ok(Account {
            staff: staff_reply(self.staff_id, self.username, &self.role, &self.sites)?,
            password_hash: self.password_hash,
            totp_secret: self.totp_secret,
            totp_step: self.totp_step,
            n_wrong: self.n_wrong,
            wait_until: instant(self.wait_until_at)?,
            disabled: self.disabled_at.is_some(),
        })
    }
}

pub(super) async fn find_account(db: &Db, username: &str) -> sqlx::Result<Option<Account>> {
    const SQL: &str = "SELECT staff_id, username, role, sites, password_hash, totp_secret, totp_step, n_wrong,
        wait_until_at, disabled_at FROM staff WHERE username = $1";
    let row: Option<AccountRow> =
        on!(db.read(), pool => sqlx::query_as(SQL).bind(username).fetch_optional(pool).await)?;
    row.map(AccountRow::into_account).transpose()
}

pub(super) async fn list_accounts(db: &Db) -> sqlx::Result<Vec<Account>> {
    const SQL: &str = "SELECT staff_id, username, role, sites, password_hash, totp_secret, totp_step, n_wrong,
        wait_until_at, disabled_at FROM staff ORDER BY username";
    let rows: Vec<AccountRow> = on!(db.read(), pool => sqlx::query_as(SQL).fetch_all(pool).await)?;
    rows.into_iter().map(AccountRow::into_account).collect()
}

/// A new account; `false` when the name is taken.
pub(super) async fn insert_account(tx: &mut Tx, account: &Account, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO staff (staff_id, username, role, sites, password_hash, totp_secret, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (username) DO NOTHING";
    let staff = &account.staff;
    let (role, sites) = (to_code(&staff.role)?, to_json(&staff.sites)?);
    let inserted = on!(tx, conn => sqlx::query(SQL).bind(staff.staff.as_uuid()).bind(&staff.username).bind(role)
        .bind(sites).bind(&account.password_hash).bind(&account.totp_secret).bind(millis(now))
        .execute(&mut **conn).await?.rows_affected());
    Ok(inserted == 1)
}

/// New secrets for an account, which also ends its waiting and its being disabled.
pub(super) async fn reset_account(tx: &mut Tx, username: &str, password_hash: &str, totp: &[u8]) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET password_hash = $2, totp_secret = $3, totp_step = 0, n_wrong = 0,
        wait_until_at = 0, disabled_at = NULL, subject = NULL WHERE username = $1";
    let changed = on!(tx, conn => sqlx::query(SQL).bind(username).bind(password_hash).bind(totp)
        .execute(&mut **conn).await?.rows_affected());
    Ok(changed == 1)
}

/// Closes an account and its sessions; `false` when there is none of this name.
pub(super) async fn disable_account(tx: &mut Tx, username: &str, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET disabled_at = $2 WHERE username = $1";
    let changed =
        on!(tx, conn => sqlx::query(SQL).bind(username).bind(millis(now)).execute(&mut **conn).await?.rows_affected());
    end_sessions_of(tx, username).await?;
    Ok(changed == 1)
}

/// Ends every session of an account.
pub(super) async fn end_sessions_of(tx: &mut Tx, username: &str) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM session WHERE staff_id = (SELECT staff_id FROM staff WHERE username = $1)";
    on!(tx, conn => sqlx::query(SQL).bind(username).execute(&mut **conn).await.map(|_| ()))
}

/// Counts a try as wrong before it is looked at; `false` when another was counted since the account was read.
///
/// A right one takes the count back. Counting first is what stops many tries at the same moment.
pub(super) async fn count_try(db: &Db, account: &Account, wait_until: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET n_wrong = n_wrong + 1, wait_until_at = $3 WHERE staff_id = $1 AND n_wrong = $2";
    let counted = on!(db.write(), pool => sqlx::query(SQL).bind(account.staff.staff.as_uuid()).bind(account.n_wrong)
        .bind(millis(wait_until)).execute(pool).await?.rows_affected());
    Ok(counted == 1)
}

/// Takes the code's step for this sign-in; `false` when another sign-in took it first.
pub(super) async fn take_step(tx: &mut Tx, staff: StaffId, step: i64) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET totp_step = $2, n_wrong = 0, wait_until_at = 0
        WHERE staff_id = $1 AND totp_step < $2";
    let taken = on!(tx, conn => sqlx::query(SQL).bind(staff.as_uuid()).bind(step)
        .execute(&mut **conn).await?.rows_affected());
    Ok(taken == 1)
}

/// Binds an account to whom the provider proved, the first time; `false` when it is somebody else's, or they have another.
pub(super) async fn bind_subject(tx: &mut Tx, staff: StaffId, subject: &str) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET subject = $2
        WHERE staff_id = $1 AND disabled_at IS NULL AND COALESCE(subject, $2) = $2
        AND NOT EXISTS (SELECT 1 FROM staff other WHERE other.subject = $2 AND other.staff_id <> $1)";
    let bound = on!(tx, conn => sqlx::query(SQL).bind(staff.as_uuid()).bind(subject)
        .execute(&mut **conn).await?.rows_affected());
    Ok(bound == 1)
}

/// Whose a new session is.
pub(super) enum Holder {
    Staff(StaffId),
    Device(DeviceId),
}

pub(super) async fn insert_session(tx: &mut Tx, hash: &[u8], holder: Holder, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO session (reference_hash, staff_id, device_id, created_at, seen_at, ends_at)
        VALUES ($1, $2, $3, $4, $4, $5)";
    let (staff, device) = match holder {
        Holder::Staff(staff) => (Some(staff.as_uuid()), None),
        Holder::Device(device) => (None, Some(device.as_uuid())),
    };
    let (now, ends) = (millis(now), millis(after(now, LONGEST)));
    on!(tx, conn => sqlx::query(SQL).bind(hash).bind(staff).bind(device).bind(now).bind(ends)
        .execute(&mut **conn).await.map(|_| ()))
}

/// Ends one session, and clears away those that ended by themselves.
pub(super) async fn end_session(tx: &mut Tx, hash: &[u8], now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM session WHERE reference_hash = $1 OR ends_at <= $2";
    on!(tx, conn => sqlx::query(SQL).bind(hash).bind(millis(now)).execute(&mut **conn).await.map(|_| ()))
}

#[derive(FromRow)]
struct StaffSessionRow {
    staff_id: Uuid,
    username: String,
    role: String,
    sites: String,
    opened_at: i64,
    seen_at: i64,
}

pub(super) async fn find_staff_session(db: &Db, hash: &[u8], now: Timestamp) -> sqlx::Result<Option<StaffSession>> {
    const SQL: &str = "SELECT staff.staff_id, username, role, sites, session.created_at AS opened_at, seen_at
        FROM session JOIN staff ON staff.staff_id = session.staff_id
        WHERE reference_hash = $1 AND lock_hash IS NULL AND ends_at > $2 AND seen_at > $3 AND disabled_at IS NULL";
    let idle_since = now.checked_sub(IDLE).unwrap_or(Timestamp::MIN);
    let row: Option<StaffSessionRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(hash).bind(millis(now))
        .bind(millis(idle_since)).fetch_optional(pool).await)?;
    row.map(|row| {
        let staff = staff_reply(row.staff_id, row.username, &row.role, &row.sites)?;
        Ok(StaffSession { staff, opened_at: instant(row.opened_at)?, seen_at: instant(row.seen_at)? })
    })
    .transpose()
}

/// Locks a staff session: until it is unlocked it is nobody's.
pub(super) async fn lock_session(tx: &mut Tx, hash: &[u8], lock_hash: &[u8]) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE session SET lock_hash = $2 WHERE reference_hash = $1";
    on!(tx, conn => sqlx::query(SQL).bind(hash).bind(lock_hash).execute(&mut **conn).await.map(|_| ()))
}

/// Unlocks a session under another reference and tells whose it is; `None` when the secret is not its lock's.
pub(super) async fn unlock_session(
    tx: &mut Tx,
    former: &[u8],
    lock_hash: &[u8],
    hash: &[u8],
    now: Timestamp,
) -> sqlx::Result<Option<StaffId>> {
    const SQL: &str = "UPDATE session SET reference_hash = $3, lock_hash = NULL, seen_at = $4
        WHERE reference_hash = $1 AND lock_hash = $2 AND ends_at > $4 RETURNING staff_id";
    let staff: Option<Uuid> = on!(tx, conn => sqlx::query_scalar(SQL).bind(former).bind(lock_hash).bind(hash)
        .bind(millis(now)).fetch_optional(&mut **conn).await)?;
    Ok(staff.map(StaffId::new))
}

pub(super) async fn note_seen(db: &Db, hash: &[u8], now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE session SET seen_at = $2 WHERE reference_hash = $1";
    on!(db.write(), pool => sqlx::query(SQL).bind(hash).bind(millis(now)).execute(pool).await.map(|_| ()))
}

#[derive(FromRow)]
struct DeviceRow {
    device_id: Uuid,
    patient_id: Uuid,
    enrolled_at: i64,
    last_seen_at: Option<i64>,
    revoked_at: Option<i64>,
    public_key: Vec<u8>,
}

impl DeviceRow {
    fn into_device(self) -> sqlx::Result<Device> {
        Ok(Device {
            patient: PatientId::new(self.patient_id),
            id: DeviceId::new(self.device_id),
            enrolled_at: instant(self.enrolled_at)?,
            last_seen_at: self.last_seen_at.map(instant).transpose()?,
            revoked: self.revoked_at.is_some(),
            key: PublicKey::from_bytes(&self.public_key).ok_or_else(|| sqlx::Error::Decode("no public key".into()))?,
        })
    }
}

#[derive(FromRow)]
struct DeviceSessionRow {
    #[sqlx(flatten)]
    device: DeviceRow,
    ends_at: i64,
}

/// The device of a session that lasts, and until when it does.
pub(super) async fn find_device_session(
    db: &Db,
    hash: &[u8],
    now: Timestamp,
) -> sqlx::Result<Option<(Device, Timestamp)>> {
    const SQL: &str = "SELECT device.device_id, patient_id, enrolled_at, last_seen_at, revoked_at, public_key,
            ends_at
        FROM session JOIN device ON device.device_id = session.device_id
        WHERE reference_hash = $1 AND ends_at > $2 AND public_key IS NOT NULL";
    let row: Option<DeviceSessionRow> =
        on!(db.read(), pool => sqlx::query_as(SQL).bind(hash).bind(millis(now)).fetch_optional(pool).await)?;
    row.map(|row| Ok((row.device.into_device()?, instant(row.ends_at)?))).transpose()
}

/// The device with this credential; a revoked one too, as it may still hand in.
pub(super) async fn find_device(db: &Db, device: DeviceId, credential_hash: &[u8]) -> sqlx::Result<Option<Device>> {
    const SQL: &str = "SELECT device_id, patient_id, enrolled_at, last_seen_at, revoked_at, public_key
        FROM device WHERE device_id = $1 AND credential_hash = $2 AND public_key IS NOT NULL";
    let row: Option<DeviceRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(device.as_uuid()).bind(credential_hash)
        .fetch_optional(pool).await)?;
    row.map(DeviceRow::into_device).transpose()
}

/// Notes that a device spoke to the server.
pub(super) async fn note_device_seen(db: &Db, device: DeviceId, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE device SET last_seen_at = $2 WHERE device_id = $1";
    on!(db.write(), pool => sqlx::query(SQL).bind(device.as_uuid()).bind(millis(now)).execute(pool).await.map(|_| ()))
}

/// A device that is about to be enrolled.
pub(super) struct NewDevice<'a> {
    pub(super) id: DeviceId,
    pub(super) kind: DeviceKind,
    pub(super) credential_hash: &'a [u8],
    /// `None` for a desk, which signs nothing.
    pub(super) key: Option<PublicKey>,
}

/// A new device; `false` when there is one of this id.
pub(super) async fn insert_device(
    tx: &mut Tx,
    patient: PatientId,
    new: &NewDevice<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO device (device_id, patient_id, kind, credential_hash, enrolled_at, public_key)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device_id) DO NOTHING";
    let (kind, key) = (to_code(&new.kind)?, new.key.map(PublicKey::to_bytes));
    let inserted = on!(tx, conn => sqlx::query(SQL).bind(new.id.as_uuid()).bind(patient.as_uuid()).bind(kind)
        .bind(new.credential_hash).bind(millis(now)).bind(key).execute(&mut **conn).await?.rows_affected());
    Ok(inserted == 1)
}

/// The account names of staff, whatever became of the accounts.
///
/// # Errors
/// When the database could not.
pub async fn list_usernames(tx: &mut Tx) -> sqlx::Result<BTreeMap<StaffId, String>> {
    const SQL: &str = "SELECT staff_id, username FROM staff";
    let rows: Vec<(Uuid, String)> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(&mut **conn).await)?;
    Ok(rows.into_iter().map(|(staff, username)| (StaffId::new(staff), username)).collect())
}

#[derive(FromRow)]
struct LetterRow {
    enrolment_id: Uuid,
    patient_id: Uuid,
    language: String,
    verifier_hash: String,
    expires_at: i64,
    closed_as: Option<String>,
}

impl LetterRow {
    fn into_letter(self) -> sqlx::Result<Letter> {
        Ok(Letter {
            enrolment: self.enrolment_id,
            patient: PatientId::new(self.patient_id),
            language: parse(&self.language)?,
            verifier_hash: self.verifier_hash,
            expires_at: instant(self.expires_at)?,
            closed: self.closed_as.is_some_and(|closed| closed != "expired"),
        })
    }
}

pub(super) async fn find_letter_by_secret(db: &Db, secret_hash: &[u8]) -> sqlx::Result<Option<Letter>> {
    const SQL: &str = "SELECT enrolment_id, enrolment.patient_id, language, verifier_hash, expires_at, closed_as
        FROM enrolment JOIN patient ON patient.patient_id = enrolment.patient_id WHERE secret_hash = $1";
    let row: Option<LetterRow> =
        on!(db.read(), pool => sqlx::query_as(SQL).bind(secret_hash).fetch_optional(pool).await)?;
    row.map(LetterRow::into_letter).transpose()
}

/// The letter a typed code means: the open one with its selector, else the last that had it.
pub(super) async fn find_letter_by_selector(db: &Db, selector: &str) -> sqlx::Result<Option<Letter>> {
    const SQL: &str = "SELECT enrolment_id, enrolment.patient_id, language, verifier_hash, expires_at, closed_as
        FROM enrolment JOIN patient ON patient.patient_id = enrolment.patient_id WHERE selector = $1
        ORDER BY closed_at IS NOT NULL, created_at DESC LIMIT 1";
    let row: Option<LetterRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(selector).fetch_optional(pool).await)?;
    row.map(LetterRow::into_letter).transpose()
}

/// Closes an open letter; `false` when somebody else closed it first.
pub(super) async fn close_letter(tx: &mut Tx, enrolment: Uuid, closed_as: &str, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str =
        "UPDATE enrolment SET closed_at = $2, closed_as = $3 WHERE enrolment_id = $1 AND closed_at IS NULL";
    let closed = on!(tx, conn => sqlx::query(SQL).bind(enrolment).bind(millis(now)).bind(closed_as)
        .execute(&mut **conn).await?.rows_affected());
    Ok(closed == 1)
}

/// Counts a try at a letter's code before it is looked at, and gives its number; `None` when all were taken.
pub(super) async fn count_code_try(db: &Db, enrolment: Uuid, allowed: i64) -> sqlx::Result<Option<i64>> {
    const SQL: &str = "UPDATE enrolment SET n_wrong = n_wrong + 1
        WHERE enrolment_id = $1 AND n_wrong < $2 AND closed_at IS NULL RETURNING n_wrong";
    on!(db.write(), pool => sqlx::query_scalar(SQL).bind(enrolment).bind(allowed).fetch_optional(pool).await)
}

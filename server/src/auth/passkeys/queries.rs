//! SQL of passkeys.

use shared::{
    api::{PasskeyLine, StaffReply},
    id::{PasskeyId, StaffId},
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

use crate::{
    auth::queries::staff_reply,
    db::{Db, Tx, from_json, instant, millis, on, to_json},
};

/// A passkey that somebody signs in with, and whose it is.
pub(super) struct KeptPasskey {
    pub(super) id: PasskeyId,
    pub(super) staff: StaffReply,
    pub(super) passkey: Passkey,
    /// The passkey as it is written.
    pub(super) written: String,
}

#[derive(FromRow)]
struct KeptRow {
    passkey_id: Uuid,
    credential: String,
    staff_id: Uuid,
    username: String,
    role: String,
    sites: String,
}

/// The passkey of this credential, if it is this account's and the account is not closed.
pub(super) async fn find_passkey(db: &Db, staff: StaffId, credential: &[u8]) -> sqlx::Result<Option<KeptPasskey>> {
    const SQL: &str = "SELECT passkey_id, credential, staff.staff_id, username, role, sites
        FROM passkey JOIN staff ON staff.staff_id = passkey.staff_id
        WHERE credential_id = $1 AND staff.staff_id = $2 AND disabled_at IS NULL";
    let row: Option<KeptRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(credential).bind(staff.as_uuid())
        .fetch_optional(pool).await)?;
    row.map(|row| {
        Ok(KeptPasskey {
            id: PasskeyId::new(row.passkey_id),
            staff: staff_reply(row.staff_id, row.username, &row.role, &row.sites)?,
            passkey: from_json(&row.credential)?,
            written: row.credential,
        })
    })
    .transpose()
}

/// Notes that a passkey was used, with its counter; `false` when it was used or removed since it was read.
pub(super) async fn note_used(
    tx: &mut Tx,
    kept: &KeptPasskey,
    passkey: &Passkey,
    now: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE passkey SET credential = $3, used_at = $4 WHERE passkey_id = $1 AND credential = $2";
    let (id, written) = (kept.id.as_uuid(), to_json(passkey)?);
    let noted = on!(tx, conn => sqlx::query(SQL).bind(id).bind(&kept.written).bind(written).bind(millis(now))
        .execute(&mut **conn).await?.rows_affected());
    Ok(noted == 1)
}

/// The passkeys of an account, to be told apart from a new one.
pub(super) async fn list_passkeys(db: &Db, staff: StaffId) -> sqlx::Result<Vec<Passkey>> {
    const SQL: &str = "SELECT credential FROM passkey WHERE staff_id = $1";
    let rows: Vec<String> =
        on!(db.read(), pool => sqlx::query_scalar(SQL).bind(staff.as_uuid()).fetch_all(pool).await)?;
    rows.iter().map(|written| from_json(written)).collect()
}

/// A new passkey; `false` when its credential is somebody's already.
pub(super) async fn insert_passkey(
    tx: &mut Tx,
    staff: StaffId,
    id: PasskeyId,
    name: &str,
    passkey: &Passkey,
    now: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO passkey (passkey_id, staff_id, credential_id, credential, name, added_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING";
    let (credential, written) = (passkey.cred_id().as_slice(), to_json(passkey)?);
    let added = on!(tx, conn => sqlx::query(SQL).bind(id.as_uuid()).bind(staff.as_uuid()).bind(credential).bind(written)
        .bind(name).bind(millis(now)).execute(&mut **conn).await?.rows_affected());
    Ok(added == 1)
}

/// Removes a passkey of an account; `false` when it has none of this id.
pub(super) async fn delete_passkey(tx: &mut Tx, staff: StaffId, passkey: PasskeyId) -> sqlx::Result<bool> {
    const SQL: &str = "DELETE FROM passkey WHERE passkey_id = $1 AND staff_id = $2";
    let removed = on!(tx, conn => sqlx::query(SQL).bind(passkey.as_uuid()).bind(staff.as_uuid())
        .execute(&mut **conn).await?.rows_affected());
    Ok(removed == 1)
}

/// Removes every passkey of an account that is given new secrets: nothing of before lets in.
pub(in crate::auth) async fn delete_passkeys(tx: &mut Tx, username: &str) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM passkey WHERE staff_id = (SELECT staff_id FROM staff WHERE username = $1)";
    on!(tx, conn => sqlx::query(SQL).bind(username).execute(&mut **conn).await.map(|_| ()))
}

/// A passkey and whose it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountPasskey {
    /// Whose.
    pub staff: StaffId,
    /// The passkey, without its keys.
    pub line: PasskeyLine,
}

#[derive(FromRow)]
struct LineRow {
    staff_id: Uuid,
    passkey_id: Uuid,
    name: String,
    added_at: i64,
    used_at: Option<i64>,
}

impl LineRow {
    fn into_passkey(self) -> sqlx::Result<AccountPasskey> {
        let line = PasskeyLine {
            passkey: PasskeyId::new(self.passkey_id),
            name: self.name,
            added_at: instant(self.added_at)?,
            used_at: self.used_at.map(instant).transpose()?,
        };
        Ok(AccountPasskey { staff: StaffId::new(self.staff_id), line })
    }
}

/// The passkeys of an account, by its name.
pub(super) async fn list_of_account(db: &Db, username: &str) -> sqlx::Result<Vec<AccountPasskey>> {
    const SQL: &str = "SELECT staff.staff_id, passkey_id, name, added_at, used_at
        FROM passkey JOIN staff ON staff.staff_id = passkey.staff_id
        WHERE username = $1 ORDER BY added_at, passkey_id";
    let rows: Vec<LineRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(username).fetch_all(pool).await)?;
    rows.into_iter().map(LineRow::into_passkey).collect()
}

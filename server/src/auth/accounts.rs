//! Staff accounts as the command line and the demonstration make them.

use std::collections::BTreeMap;

use shared::{
    api::StaffReply,
    id::{SiteKey, StaffId},
    people::Role,
    time::Timestamp,
};

use super::{
    guard::{ManagerScope, NurseScope},
    one_time::enrolment_address,
    passkeys, password,
    queries::{self, Account},
};
use crate::{clock::Chance, db::Db};

/// A new account, or one to be given new secrets.
#[derive(Clone)]
pub struct NewAccount {
    /// Its name, in lower case.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// Whose patients it sees; a nurse's sites.
    pub sites: Vec<SiteKey>,
    /// Its password.
    pub password: String,
    /// Its authenticator's secret; drawn when `None`.
    pub totp_secret: Option<Vec<u8>>,
}

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name is not one.
    #[error("a name is 2 to 40 of a-z, 0-9, '.', '-' and '_'")]
    Name,
    /// The password is too short.
    #[error("a password has at least 12 characters")]
    Password,
    /// A nurse sees the patients of her sites; she has none.
    #[error("a nurse needs at least one site")]
    NoSite,
    /// The name is taken.
    #[error("there is already an account of this name")]
    Taken,
    /// There is no such account.
    #[error("there is no account of this name")]
    Unknown,
    /// The database could not.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// Hashing could not.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

fn check_name(username: &str) -> Result<(), AccountError> {
    let fits = (2..=40).contains(&username.len())
        && username.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
    if fits { Ok(()) } else { Err(AccountError::Name) }
}

async fn check_password(password: String, chance: &Chance) -> Result<String, AccountError> {
    if password.chars().count() < 12 {
        return Err(AccountError::Password);
    }
    Ok(password::hash(password, chance).await?)
}

/// Makes an account; gives its id and what its authenticator takes in.
///
/// # Errors
/// When name, password or sites will not do, or the name is taken.
pub async fn add(
    _: &ManagerScope,
    db: &Db,
    new: NewAccount,
    chance: &Chance,
    now: Timestamp,
) -> Result<(StaffId, String), AccountError> {
    check_name(&new.username)?;
    if new.role == Role::Nurse && new.sites.is_empty() {
        return Err(AccountError::NoSite);
    }
    let password_hash = check_password(new.password, chance).await?;
    let totp_secret = new.totp_secret.unwrap_or_else(|| chance.bytes::<20>().to_vec());
    let id = StaffId::new(chance.id());
    let address = enrolment_address(&new.username, &totp_secret);
    let account = Account {
        staff: StaffReply { staff: id, username: new.username, role: new.role, sites: new.sites },
        password_hash,
        totp_secret,
        totp_step: 0,
        n_wrong: 0,
        wait_until: Timestamp::UNIX_EPOCH,
        disabled: false,
    };
    let mut tx = db.begin().await?;
    if !queries::insert_account(&mut tx, &account, now).await? {
        return Err(AccountError::Taken);
    }
    tx.commit().await?;
    Ok((id, address))
}

/// Gives an account a new password and authenticator and ends its sessions.
///
/// # Errors
/// When there is no such account or the password will not do.
pub async fn reset(
    _: &ManagerScope,
    db: &Db,
    username: &str,
    password: String,
    chance: &Chance,
) -> Result<String, AccountError> {
    let hash = check_password(password, chance).await?;
    let secret: [u8; 20] = chance.bytes();
    let mut tx = db.begin().await?;
    if !queries::reset_account(&mut tx, username, &hash, &secret).await? {
        return Err(AccountError::Unknown);
    }
    queries::end_sessions_of(&mut tx, username).await?;
    passkeys::delete_passkeys(&mut tx, username).await?;
    tx.commit().await?;
    Ok(enrolment_address(username, &secret))
}

/// Closes an account and its sessions; what it did stays in the audit.
///
/// # Errors
/// When there is no such account.
pub async fn disable(_: &ManagerScope, db: &Db, username: &str, now: Timestamp) -> Result<(), AccountError> {
    let mut tx = db.begin().await?;
    if !queries::disable_account(&mut tx, username, now).await? {
        return Err(AccountError::Unknown);
    }
    Ok(tx.commit().await?)
}

/// Every account and whether it is disabled, by name.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(_: &ManagerScope, db: &Db) -> sqlx::Result<Vec<(StaffReply, bool)>> {
    Ok(queries::list_accounts(db).await?.into_iter().map(|account| (account.staff, account.disabled)).collect())
}

/// What accounts are called: for lines that tell who did what.
///
/// # Errors
/// When the database could not.
pub async fn names(_: &NurseScope, db: &Db) -> sqlx::Result<BTreeMap<StaffId, String>> {
    Ok(queries::list_accounts(db).await?.into_iter().map(|it| (it.staff.staff, it.staff.username)).collect())
}

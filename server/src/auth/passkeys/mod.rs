//! Passkeys of staff (WebAuthn): one that verified its owner, by a PIN or a finger, counts as both factors.
//!
//! Nobody types a name: the authenticator says whose passkey it is, so that there is no name to try.

mod queries;
mod routes;

use std::time::Duration;

use serde_json::Value;
use shared::{api::StaffReply, id::PasskeyId, time::Timestamp};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{Passkey, PasskeyRegistration, Url},
};

use super::{challenges::PATIENCE, guard::ManagerScope};
use crate::{
    audit::{self, Operation},
    db::Db,
};

pub use queries::AccountPasskey;
pub(super) use queries::delete_passkeys;
pub(super) use routes::routes;

/// A session may add and remove passkeys so long after both factors were shown: one that was taken over later may not.
const FRESH: Duration = Duration::from_mins(10);

/// Most passkeys of one account.
const MOST: usize = 10;

/// How this server takes passkeys: they are made for its public address, and work nowhere else.
#[derive(Debug)]
pub struct Passkeys(Webauthn);

impl Passkeys {
    /// Passkeys for this address; `None` where browsers have none, because the address is a number.
    #[must_use]
    pub fn at(public_address: &str) -> Option<Self> {
        let origin = Url::parse(public_address).ok()?;
        let made =
            WebauthnBuilder::new(origin.domain()?, &origin).map(|it| it.rp_name("Ressenti").timeout(PATIENCE).build());
        match made.flatten() {
            Ok(webauthn) => Some(Self(webauthn)),
            Err(error) => {
                tracing::warn!(%error, "no passkeys: the public address does not suit them");
                None
            }
        }
    }

    /// Begins to add a passkey that is none of these: what the browser is asked, and what waits here meanwhile.
    fn begin(&self, staff: &StaffReply, known: &[Passkey]) -> anyhow::Result<(Value, PasskeyRegistration)> {
        let known = known.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let (id, name) = (staff.staff.as_uuid(), &staff.username);
        let (asked, waiting) = self.0.start_passkey_registration(id, name, name, Some(known))?;
        let mut options = serde_json::to_value(asked.public_key)?;
        // one that its authenticator finds by itself: nobody types a name
        if let Some(selection) = options.get_mut("authenticatorSelection").and_then(Value::as_object_mut) {
            selection.insert("residentKey".to_owned(), "required".into());
            selection.insert("requireResidentKey".to_owned(), true.into());
        }
        Ok((options, waiting))
    }
}

/// Why a passkey was not listed or removed on the server itself.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// There is no such passkey.
    #[error("this account has no passkey of this id")]
    Unknown,
    /// The database could not.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// The passkeys of an account, by its name.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(_: &ManagerScope, db: &Db, username: &str) -> sqlx::Result<Vec<AccountPasskey>> {
    queries::list_of_account(db, username).await
}

/// Removes a passkey of an account, which is lost or given back, and ends the account's sessions.
///
/// # Errors
/// When there is none of this id.
pub async fn remove(
    scope: &ManagerScope,
    db: &Db,
    username: &str,
    passkey: PasskeyId,
    now: Timestamp,
) -> Result<(), PasskeyError> {
    let known = list(scope, db, username).await?.into_iter().find(|it| it.line.passkey == passkey);
    let owner = known.ok_or(PasskeyError::Unknown)?.staff;
    let mut tx = db.begin().await?;
    if !queries::delete_passkey(&mut tx, owner, passkey).await? {
        return Err(PasskeyError::Unknown);
    }
    super::queries::end_sessions_of(&mut tx, username).await?;
    let entry = audit::Entry { staff: scope.staff(), ..audit::Entry::staff(owner, Operation::RemovePasskey) };
    audit::append(&mut tx, &entry.with(format!("{passkey} {username}")), now).await?;
    Ok(tx.commit().await?)
}

//! What a browser was asked before signing in or adding a passkey. It waits here, not there, under a random reference;
//! it is taken once, whatever comes of it, and for five minutes.

mod queries;

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use shared::{id::StaffId, time::Timestamp};
use uuid::Uuid;

use super::{
    codes::{random_text, sha256},
    session,
};
use crate::{
    db::{Db, from_json, to_json},
    state::AppState,
};

/// What is asked of a browser waits so long for its answer.
pub(super) const PATIENCE: Duration = Duration::from_mins(5);

/// What a browser was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    /// To sign in with a passkey: nobody yet.
    SignIn,
    /// To sign in at the hospital's provider: nobody yet.
    Provider,
    /// To add a passkey, for this account.
    Add(StaffId),
}

impl Purpose {
    const fn parts(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::SignIn => ("passkey", None),
            Self::Provider => ("provider", None),
            Self::Add(staff) => ("add_passkey", Some(staff.as_uuid())),
        }
    }
}

/// Keeps what a browser is asked; gives the reference that it has to come back with.
pub(super) async fn keep(
    state: &AppState,
    purpose: Purpose,
    waiting: &impl Serialize,
    now: Timestamp,
) -> sqlx::Result<String> {
    let reference = random_text(&state.chance);
    let times = (now, session::after(now, PATIENCE));
    queries::insert(&state.db, &sha256(&reference), purpose.parts(), &to_json(waiting)?, times).await?;
    Ok(reference)
}

/// Takes what a browser was asked: it is gone then. `None` when there is nothing of this purpose under the reference,
/// or no longer.
pub(super) async fn take<T: DeserializeOwned>(
    db: &Db,
    reference: &str,
    purpose: Purpose,
    now: Timestamp,
) -> sqlx::Result<Option<T>> {
    let taken = queries::delete(db, &sha256(reference), purpose.parts(), now).await?;
    taken.map(|waiting| from_json(&waiting)).transpose()
}

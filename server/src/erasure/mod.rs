//! Erasing a patient at their request: what was said goes, that something was said stays, and both logs still verify.
//!
//! The research database first, then the identity database, each in one transaction; whatever stops in between is
//! finished by asking again. What is left, and how it is verified, is in `docs/protocol.md`.

mod again;
mod queries;

use shared::{
    id::PatientId,
    time::{Date, Timestamp},
};

use crate::{
    audit,
    auth::guard::{ErasureScope, ManagerScope},
    db::Tx,
    identity,
    state::AppState,
    sync,
};

pub use again::Erasures;
pub use queries::{Holding, Request, is_erased_device, list_requests};

/// A patient that somebody asks to erase, as far as there still is one.
#[derive(Clone, Debug)]
pub struct Found {
    scope: ErasureScope,
    /// What both databases hold of them.
    pub holdings: Vec<Holding>,
    /// When the standing request for erasure was entered; `None` when none stands.
    pub requested_at: Option<Timestamp>,
    /// When the research database was erased; a run before this one did that.
    pub erased_at: Option<Timestamp>,
}

/// What was erased.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Erased {
    /// The entry in the audit; `None` when an earlier run made it.
    pub entry: Option<i64>,
    /// The databases' files hold nothing of it any more. On PostgreSQL this is for its vacuum.
    pub overwritten: bool,
}

impl Found {
    /// Under which pseudonym.
    #[must_use]
    pub const fn patient(&self) -> PatientId {
        self.scope.patient()
    }

    /// Nothing is left that could be erased.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.erased_at.is_some() && self.holdings.iter().all(|it| it.rows == 0)
    }

    /// The day on which the request was entered.
    #[must_use]
    pub fn requested_on(&self) -> Option<Date> {
        self.requested_at.map(crate::clock::civil_date)
    }
}

/// Finds a patient by registry number or pseudonym, with what is held of them. Nothing is changed.
///
/// # Errors
/// When a database could not be read.
pub async fn find(manager: &ManagerScope, state: &AppState, named: &str) -> sqlx::Result<Option<Found>> {
    let patient = match named.trim().parse::<PatientId>() {
        Ok(patient) => patient,
        Err(_) => match identity::find_by_number(&state.identity, manager, named).await? {
            Some(patient) => patient,
            None => return Ok(None),
        },
    };
    let scope = manager.erase(patient);
    let mut tx = state.db.snapshot().await?;
    let mut holdings = queries::list_holdings(&mut tx, &scope).await?;
    let erased_at = queries::find_erasure(&mut tx, &scope).await?;
    drop(tx);
    let requests = list_requests(&state.db, state.clock.now()).await?;
    let requested_at = requests.iter().find(|it| it.patient == patient).map(|it| it.requested_at);
    let rows = identity::count_of(&state.identity, &scope).await?;
    holdings.push(Holding { what: "person, corrections and addresses", rows });
    let known = erased_at.is_some() || holdings.iter().any(|it| it.rows > 0);
    Ok(known.then_some(Found { scope, holdings, requested_at, erased_at }))
}

/// Erases a patient. What an earlier run did already is left as it is, so that it may be run again after a crash.
///
/// # Errors
/// When a database could not; the one it happened in stands as before.
pub async fn erase(state: &AppState, found: &Found, reason: &str) -> sqlx::Result<Erased> {
    let (scope, now) = (&found.scope, state.clock.now());
    state.db.overwrite_deleted().await?;
    let entry = erase_research(state, found, reason, now).await?;
    state.identity.0.overwrite_deleted().await?;
    identity::erase(&state.identity, scope, now).await?;
    Ok(Erased { entry, overwritten: overwrite(state).await })
}

/// Writes the databases' files anew, without what was deleted; `false` when that could not be, or is for the engine.
pub async fn overwrite(state: &AppState) -> bool {
    let overwritten = [state.db.settle().await, state.identity.0.settle().await];
    overwritten == [true; 2]
}

/// The research database in one transaction; `None` when it is done already.
async fn erase_research(state: &AppState, found: &Found, reason: &str, now: Timestamp) -> sqlx::Result<Option<i64>> {
    let erasing = Erasing { requested_at: found.requested_at, erased_at: now, reason, now };
    let mut tx = state.db.begin().await?;
    if !queries::lock(&mut tx, &found.scope).await? {
        return Ok(None);
    }
    let entry = erase_within(&mut tx, &found.scope, &erasing).await?;
    tx.commit().await?;
    Ok(Some(entry))
}

/// Why and when a patient is erased.
struct Erasing<'a> {
    /// Exports that were made since hold nothing of them; `None` when nobody knows.
    requested_at: Option<Timestamp>,
    erased_at: Timestamp,
    reason: &'a str,
    now: Timestamp,
}

/// All that is left of a locked patient in the research database; gives the entry in the audit.
async fn erase_within(tx: &mut Tx, scope: &ErasureScope, erasing: &Erasing<'_>) -> sqlx::Result<i64> {
    queries::mark_exports(tx, scope, erasing.requested_at, erasing.now).await?;
    queries::note_erasure(tx, scope, erasing.erased_at).await?;
    queries::note_devices(tx, scope).await?;
    let positions = queries::erase_answers(tx, scope).await?;
    queries::delete_rows(tx, scope).await?;
    sync::note_news(tx).await?;
    audit::erase(tx, scope, &positions, erasing.reason, erasing.now).await
}

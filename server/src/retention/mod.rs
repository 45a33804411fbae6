//! How long what is kept: a report of each class, and taking away what is due. The rules are in `docs/security.md`.
//!
//! `serve` takes away what is due once a day. What people ask for, an erasure, is a person's to run.

mod queries;

use std::time::Duration;

use shared::time::Timestamp;

use crate::{audit, auth::guard::ManagerScope, db::Db, erasure, state::AppState};

/// So long the security log keeps who did what: twelve months.
const SECURITY_LOG: Duration = Duration::from_hours(366 * 24);

/// So long after a letter was used up its secret is known, so that whoever opens it once more is told so.
const LETTER: Duration = Duration::from_hours(30 * 24);

/// What is held of one class, and what of it is due.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Class {
    /// What, in words.
    pub name: &'static str,
    /// How long it is kept, in words.
    pub rule: &'static str,
    /// How many there are.
    pub held: i64,
    /// When the oldest of them came; of people nobody knows.
    pub oldest: Option<Timestamp>,
    /// How many have to go.
    pub due: i64,
}

/// How much went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Purged {
    /// Sessions that had ended.
    pub sessions: u64,
    /// Challenges that nobody came back for.
    pub challenges: u64,
    /// Secrets of letters that were used up.
    pub letters: u64,
    /// Payloads of security entries.
    pub security: u64,
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    now.checked_sub(age).unwrap_or(Timestamp::MIN)
}

/// Every class, with what is due of it now.
///
/// # Errors
/// When a database could not be read.
pub async fn report(manager: &ManagerScope, state: &AppState) -> sqlx::Result<Vec<Class>> {
    let now = state.clock.now();
    let mut classes = Vec::new();
    for (name, rule, sql, due_before) in [
        ("answers", "as long as the registry", queries::ANSWERS, None),
        ("set aside", "as the answers", queries::SET_ASIDE, None),
        ("clinical audit", "as the answers", queries::CLINICAL, None),
        ("security log", "12 months", queries::SECURITY, Some(before(now, SECURITY_LOG))),
        ("letters' secrets", "24 hours, and 30 days as hashes", queries::LETTERS, Some(before(now, LETTER))),
        ("sessions", "12 hours", queries::SESSIONS, Some(now)),
        ("sign-in challenges", "five minutes", queries::CHALLENGES, Some(now)),
    ] {
        classes.push(queries::get_class(manager, &state.db, (name, rule), sql, due_before).await?);
    }
    for (name, rule, sql) in
        [("people", "until erased", queries::PEOPLE), ("addresses for reminders", "until stopped", queries::ADDRESSES)]
    {
        classes.push(queries::get_class(manager, &state.identity.0, (name, rule), sql, None).await?);
    }
    let requests = erasure::list_requests(&state.db, now).await?;
    let held = i64::try_from(requests.len()).unwrap_or(i64::MAX);
    let oldest = requests.iter().map(|it| it.requested_at).min();
    let (name, rule) = ("requests for erasure", "until `ressenti patient erase`");
    classes.push(Class { name, rule, held, oldest, due: held });
    Ok(classes)
}

/// Takes away what is due by its age.
///
/// # Errors
/// When the database could not; what was taken away until then is gone, and the rest is due as before.
pub async fn purge(db: &Db, now: Timestamp) -> sqlx::Result<Purged> {
    Ok(Purged {
        sessions: queries::delete_sessions(db, now).await?,
        challenges: queries::delete_challenges(db, now).await?,
        letters: queries::forget_letters(db, before(now, LETTER)).await?,
        security: audit::purge(db, before(now, SECURITY_LOG)).await?,
    })
}

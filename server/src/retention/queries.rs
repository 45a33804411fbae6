//! SQL of retention: how many there are, since when, how many ended before an instant; and the end of those.

use shared::time::Timestamp;

use super::Class;
use crate::{
    auth::guard::ManagerScope,
    db::{Db, instant, millis, on},
};

pub(super) const ANSWERS: &str = "SELECT COUNT(*), MIN(received_at), COUNT(CASE WHEN received_at < $1 THEN 1 END)
    FROM answer_event WHERE commitment IS NULL";
pub(super) const SET_ASIDE: &str = "SELECT COUNT(*), MIN(received_at), COUNT(CASE WHEN received_at < $1 THEN 1 END)
    FROM quarantine";
pub(super) const CLINICAL: &str = "SELECT COUNT(*), MIN(at), COUNT(CASE WHEN at < $1 THEN 1 END)
    FROM audit WHERE log = 'clinical' AND operation <> 'erased'";
pub(super) const SECURITY: &str = "SELECT COUNT(*), MIN(at), COUNT(CASE WHEN at < $1 THEN 1 END)
    FROM audit WHERE log = 'security' AND operation <> 'purged'";
pub(super) const LETTERS: &str = "SELECT COUNT(*), MIN(created_at),
        COUNT(CASE WHEN COALESCE(closed_at, expires_at) < $1 THEN 1 END)
    FROM enrolment WHERE secret_hash IS NOT NULL";
pub(super) const SESSIONS: &str = "SELECT COUNT(*), MIN(created_at), COUNT(CASE WHEN ends_at <= $1 THEN 1 END)
    FROM session";
pub(super) const CHALLENGES: &str = "SELECT COUNT(*), CAST(NULL AS BIGINT), COUNT(CASE WHEN ends_at <= $1 THEN 1 END)
    FROM sign_in_challenge";
pub(super) const PEOPLE: &str = "SELECT COUNT(*), CAST(NULL AS BIGINT), COUNT(CASE WHEN $1 > 0 THEN 1 END) FROM person";
pub(super) const ADDRESSES: &str = "SELECT COUNT(*), MIN(created_at), COUNT(CASE WHEN created_at < $1 THEN 1 END)
    FROM contact WHERE stopped_at IS NULL";

/// One class by such a statement; without an instant nothing of it is due.
pub(super) async fn get_class(
    _: &ManagerScope,
    db: &Db,
    (name, rule): (&'static str, &'static str),
    sql: &'static str,
    due_before: Option<Timestamp>,
) -> sqlx::Result<Class> {
    let due_before = due_before.map_or(i64::MIN, millis);
    let (held, oldest, due): (i64, Option<i64>, i64) =
        on!(db.read(), pool => sqlx::query_as(sql).bind(due_before).fetch_one(pool).await)?;
    Ok(Class { name, rule, held, oldest: oldest.map(instant).transpose()?, due })
}

/// Sessions that have ended.
pub(super) async fn delete_sessions(db: &Db, now: Timestamp) -> sqlx::Result<u64> {
    const SQL: &str = "DELETE FROM session WHERE ends_at <= $1";
    on!(db.write(), pool => sqlx::query(SQL).bind(millis(now)).execute(pool).await.map(|done| done.rows_affected()))
}

/// What was asked of browsers that did not come back in time.
pub(super) async fn delete_challenges(db: &Db, now: Timestamp) -> sqlx::Result<u64> {
    const SQL: &str = "DELETE FROM sign_in_challenge WHERE ends_at <= $1";
    on!(db.write(), pool => sqlx::query(SQL).bind(millis(now)).execute(pool).await.map(|done| done.rows_affected()))
}

/// Forgets the secrets of letters that ended before an instant; that there were letters stays.
pub(super) async fn forget_letters(db: &Db, before: Timestamp) -> sqlx::Result<u64> {
    const SQL: &str = "UPDATE enrolment SET secret_hash = NULL, selector = '', verifier_hash = '',
            closed_at = COALESCE(closed_at, expires_at), closed_as = COALESCE(closed_as, 'expired')
        WHERE secret_hash IS NOT NULL AND COALESCE(closed_at, expires_at) < $1";
    on!(db.write(), pool => sqlx::query(SQL).bind(millis(before)).execute(pool).await.map(|done| done.rows_affected()))
}

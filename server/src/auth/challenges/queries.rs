//! SQL of what browsers were asked.

use shared::time::Timestamp;
use uuid::Uuid;

use crate::db::{Db, millis, on};

/// Keeps what a browser is asked until an instant, and clears away what nobody came back for.
pub(super) async fn insert(
    db: &Db,
    reference_hash: &[u8],
    (purpose, staff): (&str, Option<Uuid>),
    state: &str,
    (now, ends): (Timestamp, Timestamp),
) -> sqlx::Result<()> {
    const CLEAR: &str = "DELETE FROM sign_in_challenge WHERE ends_at <= $1";
    const SQL: &str = "INSERT INTO sign_in_challenge (reference_hash, purpose, staff_id, state, ends_at)
        VALUES ($1, $2, $3, $4, $5)";
    let mut tx = db.begin().await?;
    on!(&mut tx, conn => {
        sqlx::query(CLEAR).bind(millis(now)).execute(&mut **conn).await?;
        sqlx::query(SQL).bind(reference_hash).bind(purpose).bind(staff).bind(state).bind(millis(ends))
            .execute(&mut **conn).await?;
    });
    tx.commit().await
}

/// Takes what was asked under a reference, for one purpose and one account if it was for one.
pub(super) async fn delete(
    db: &Db,
    reference_hash: &[u8],
    (purpose, staff): (&str, Option<Uuid>),
    now: Timestamp,
) -> sqlx::Result<Option<String>> {
    const SQL: &str = "DELETE FROM sign_in_challenge WHERE reference_hash = $1 AND purpose = $2
        AND (staff_id = $3 OR staff_id IS NULL) RETURNING state, ends_at";
    let taken: Option<(String, i64)> = on!(db.write(), pool => sqlx::query_as(SQL).bind(reference_hash).bind(purpose)
        .bind(staff).fetch_optional(pool).await)?;
    Ok(taken.filter(|(_, ends)| *ends > millis(now)).map(|(state, _)| state))
}

//! SQL of the demonstration.

use crate::{
    auth::guard::ManagerScope,
    db::{Db, on},
};

/// Whether the registry has a patient.
pub(super) async fn has_patients(_: &ManagerScope, db: &Db) -> sqlx::Result<bool> {
    let one: Option<i64> = on!(db.read(), pool => sqlx::query_scalar("SELECT CAST(1 AS BIGINT) FROM patient LIMIT 1").fetch_optional(pool).await)?;
    Ok(one.is_some())
}

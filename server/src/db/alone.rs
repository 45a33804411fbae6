//! One connection that has a database to itself, for putting another content into it.

use std::time::Duration;

use sqlx::{
    migrate::{MigrateError, Migrator},
    sqlite::SqliteLockingMode,
};

use super::{Database, Engine, Pool, Side, Tx, on, open};
use crate::config::StartError;

/// A connection that has its database to itself.
#[derive(Debug)]
pub struct Alone(Pool);

impl Alone {
    /// Begins a transaction that means to write.
    ///
    /// # Errors
    /// When the database could not.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        Ok(match &self.0 {
            Engine::Sqlite(pool) => Engine::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(pool) => Engine::Postgres(pool.begin().await?),
        })
    }

    /// Lets others in.
    pub async fn close(self) {
        on!(self.0, pool => pool.close().await);
    }
}

/// Connects once. On SQLite nobody else may have the file open, and what is deleted is overwritten; foreign keys are
/// not looked at, as tables come in any order.
///
/// # Errors
/// When it cannot be opened, or on SQLite is in use: a sentence and a hint.
pub async fn connect_alone(database: &Database, wait: Duration) -> Result<Alone, StartError> {
    match database {
        Database::File(path) => {
            let options = open::sqlite_file(path, wait)
                .foreign_keys(false)
                .locking_mode(SqliteLockingMode::Exclusive)
                .pragma("secure_delete", "ON");
            open::sqlite(database, options, 1, wait).await.map(Alone)
        }
        Database::Postgres(options) => open::postgres(database, options, 1, wait).await.map(Alone),
    }
}

/// Whether nobody else is connected; on SQLite nobody can be.
///
/// # Errors
/// When the database could not.
pub async fn is_alone(tx: &mut Tx) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) = 0 FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    match tx {
        Engine::Sqlite(_) => Ok(true),
        Engine::Postgres(conn) => sqlx::query_scalar(SQL).fetch_one(&mut **conn).await,
    }
}

fn migrator(tx: &Tx, side: Side) -> &'static Migrator {
    match (tx, side) {
        (Engine::Sqlite(_), Side::Research) => &open::RESEARCH_SQLITE,
        (Engine::Sqlite(_), Side::Identity) => &open::IDENTITY_SQLITE,
        (Engine::Postgres(_), Side::Research) => &open::RESEARCH_POSTGRES,
        (Engine::Postgres(_), Side::Identity) => &open::IDENTITY_POSTGRES,
    }
}

/// The steps that make the tables of this version.
#[must_use]
pub fn migrations(tx: &Tx, side: Side) -> Vec<i64> {
    migrator(tx, side).iter().map(|migration| migration.version).collect()
}

/// Makes the tables within a transaction.
///
/// # Errors
/// When the database could not.
pub async fn migrate_within(tx: &mut Tx, side: Side) -> Result<(), MigrateError> {
    let migrator = migrator(tx, side);
    on!(tx, conn => migrator.run_direct(None, &mut **conn, false).await)
}

//! Opening the research and the identity database, and bringing their tables up to this version.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Db, Engine, IdentityDb, Pool};
use crate::config::StartError;

pub(super) static RESEARCH_SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite/research");
pub(super) static RESEARCH_POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres/research");
pub(super) static IDENTITY_SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite/identity");
pub(super) static IDENTITY_POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres/identity");

/// A connection that lay idle for longer is tried before it is used.
const IDLE: Duration = Duration::from_secs(1);

/// Where a database is. A URL holds a password, so that it is shown without it.
#[derive(Clone)]
pub enum Database {
    /// A file of SQLite.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    Postgres(Box<PgConnectOptions>),
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Postgres(options) => {
                let (host, port) = (options.get_host(), options.get_port());
                write!(f, "postgres://{host}:{port}/{}", options.get_database().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Database {
    /// Reads a `postgres://…` address.
    ///
    /// # Errors
    /// When it is none; the message repeats nothing of it, as it may hold a password.
    pub fn parse_url(url: &str) -> Result<Self, StartError> {
        let hint = "write it as postgres://name@host:port/database, or leave it out to use SQLite in the data folder";
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(StartError::new("The database address is not a PostgreSQL address.", hint));
        }
        PgConnectOptions::from_str(url)
            .map(|options| Self::Postgres(Box::new(options)))
            .map_err(|_| StartError::new("The database address could not be read.", hint))
    }

    /// The identity database that belongs beside this PostgreSQL database: its name with `_identity` after it.
    #[must_use]
    pub fn identity_beside(&self) -> Self {
        match self {
            Self::File(path) => Self::File(path.with_file_name("identity.db")),
            Self::Postgres(options) => {
                let name = format!("{}_identity", options.get_database().unwrap_or("ressenti"));
                Self::Postgres(Box::new(options.as_ref().clone().database(&name)))
            }
        }
    }
}

/// Opens a database, making the file if there is none.
///
/// # Errors
/// When it cannot be opened: a sentence and a hint.
pub async fn connect(database: &Database, connections: u32, wait: Duration) -> Result<Db, StartError> {
    match database {
        Database::File(path) => {
            let options = sqlite_file(path, wait);
            let writing = sqlite(database, options.clone(), 1, wait).await?; // first, as it makes the file
            let reading = sqlite(database, options.pragma("query_only", "ON"), connections, wait).await?;
            Ok(Db { reading, writing })
        }
        Database::Postgres(options) => {
            let pool = postgres(database, options, connections, wait).await?;
            Ok(Db { reading: pool.clone(), writing: pool })
        }
    }
}

pub(super) fn sqlite_file(path: &Path, wait: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("recursive_triggers", "ON") // else REPLACE deletes without asking the triggers
        .pragma("cache_size", "-32768") // in KiB: the pages that a group of pushes touches
        .pragma("wal_autocheckpoint", "8192") // in pages: a page written often is copied once
        .busy_timeout(wait) // for other processes; within this one, writers queue
        .disable_statement_logging()
}

pub(super) async fn sqlite(
    database: &Database,
    options: SqliteConnectOptions,
    connections: u32,
    wait: Duration,
) -> Result<Pool, StartError> {
    let pool = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(wait).test_before_acquire(false);
    pool.connect_with(options).await.map(Engine::Sqlite).map_err(|error| {
        StartError::new(
            format!("The database {database} could not be opened: {}.", reason(&error)),
            "check that the data folder exists, that this account may write there, and that the disk has room",
        )
    })
}

pub(super) async fn postgres(
    database: &Database,
    options: &PgConnectOptions,
    connections: u32,
    wait: Duration,
) -> Result<Pool, StartError> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(wait)
        .test_before_acquire(false)
        .before_acquire(|connection, known| {
            Box::pin(async move {
                if known.idle_for > IDLE {
                    connection.ping().await?; // it may have been cut off; a busy one tells by itself
                }
                Ok(true)
            })
        });
    let lock_timeout = [("lock_timeout", wait.as_millis().to_string())];
    let options = options.clone().options(lock_timeout).disable_statement_logging();
    pool.connect_with(options).await.map(Engine::Postgres).map_err(|error| {
        StartError::new(
            format!("The database {database} could not be opened: {}.", reason(&error)),
            "check that PostgreSQL runs, that both databases exist (createdb), and the name and password",
        )
    })
}

/// The engine's own words, without its punctuation.
fn reason(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |inner| inner.message().to_owned())
}

/// Brings both databases' tables up to this version; going back is refused.
///
/// # Errors
/// When a database is of a newer version than this build, was altered, or cannot be written.
pub async fn migrate(research: &Db, identity: &IdentityDb) -> Result<(), StartError> {
    match research.write() {
        Engine::Sqlite(pool) => RESEARCH_SQLITE.run(pool).await,
        Engine::Postgres(pool) => RESEARCH_POSTGRES.run(pool).await,
    }
    .map_err(|error| not_migrated("research", &error))?;
    match identity.0.write() {
        Engine::Sqlite(pool) => IDENTITY_SQLITE.run(pool).await,
        Engine::Postgres(pool) => IDENTITY_POSTGRES.run(pool).await,
    }
    .map_err(|error| not_migrated("identity", &error))
}

fn not_migrated(which: &str, error: &MigrateError) -> StartError {
    if let MigrateError::VersionMissing(version) = error {
        return StartError::new(
            format!("The {which} database is from a newer version of ressenti (its step {version} is unknown here)."),
            "run the version of ressenti that last opened it, or a newer one; nothing was changed",
        );
    }
    if let MigrateError::VersionMismatch(version) = error {
        return StartError::new(
            format!("The {which} database was set up by another build (its step {version} differs)."),
            "run the build that made it, or start with an empty data folder; nothing was changed",
        );
    }
    StartError::new(
        format!("The tables of the {which} database could not be set up: {error}."),
        "check that this account may create tables there and that the disk has room",
    )
}

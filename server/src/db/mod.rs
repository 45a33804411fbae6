//! The two database engines behind one type: SQLite by default, PostgreSQL by URL, the same SQL text for both.
//!
//! Queries are written once, with parameters as `$1`, inside [`on!`], which stamps them out for each engine.
//! To make that possible, ids are UUIDs, instants are milliseconds (`…_at`), civil dates ISO text (`…_on`) and
//! JSON is text. A forgotten parameter is NULL to SQLite, hence NOT NULL columns and every test on both engines.

mod alone;
mod convert;
mod log_end;
mod many;
mod open;
mod trouble;

use serde::{Deserialize, Serialize};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

pub use alone::{Alone, connect_alone, is_alone, migrate_within, migrations};
pub use convert::{
    assessment_id, cause, column, from_code, from_column, from_json, hash, hex, instant, millis, ordinal, parse,
    to_code, to_json,
};
pub use log_end::LogEnd;
pub(crate) use log_end::log_end;
pub use many::given;
pub(crate) use many::{list_of_patients, of_patients};
pub use open::{Database, connect, migrate};
pub use trouble::is_outage;

/// Something of one engine or the other.
#[derive(Clone, Debug)]
pub enum Engine<S, P> {
    /// SQLite's.
    Sqlite(S),
    /// PostgreSQL's.
    Postgres(P),
}

/// Connections of either engine.
pub type Pool = Engine<SqlitePool, PgPool>;

/// The research database: pseudonyms, answers, milestones, audit.
///
/// SQLite has one writer at a time. Whoever writes queues here for the one connection that does, first come, first
/// served: left to SQLite itself they would try again after a while, and a busy writer could keep the others out.
#[derive(Clone, Debug)]
pub struct Db {
    reading: Pool,
    writing: Pool,
}

/// A transaction on either engine; rolled back unless committed.
pub type Tx = Engine<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;

/// The identity database. Its own type, so that no research query can reach a name by mistake.
#[derive(Clone, Debug)]
pub struct IdentityDb(pub Db);

/// One of the two databases.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Pseudonyms, answers, audit.
    Research,
    /// Who the pseudonyms are.
    Identity,
}

impl Side {
    /// Both, in the order of the file.
    pub const BOTH: [Self; 2] = [Self::Research, Self::Identity];

    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Research => "research",
            Self::Identity => "identity",
        }
    }
}

/// Runs the body on whichever engine this is: `$it` is that engine's own pool or transaction within it.
///
/// ```text
/// on!(db.read(), pool => sqlx::query_scalar("SELECT value FROM position").fetch_one(pool).await)
/// on!(tx, conn => sqlx::query("DELETE FROM session WHERE ends_at < $1").bind(now).execute(&mut **conn).await)
/// ```
macro_rules! on {
    ($engine:expr, $it:ident => $body:expr) => {
        match $engine {
            $crate::db::Engine::Sqlite($it) => $body,
            $crate::db::Engine::Postgres($it) => $body,
        }
    };
}
pub(crate) use on;

impl<S, P> Engine<S, P> {
    /// The text for this engine, of SQLite's and PostgreSQL's: for the few statements that cannot be one.
    #[must_use]
    pub const fn choose(&self, [sqlite, postgres]: [&'static str; 2]) -> &'static str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }
}

impl Db {
    /// For a statement that reads.
    #[must_use]
    pub const fn read(&self) -> &Pool {
        &self.reading
    }

    /// For a single statement that writes. Not while a transaction is begun: it would wait for that one's end.
    #[must_use]
    pub const fn write(&self) -> &Pool {
        &self.writing
    }

    /// Begins a transaction that means to write: on SQLite it takes the one writer's place at once.
    ///
    /// # Errors
    /// When the database cannot be reached, or stays locked by another writer for longer than the wait allowed.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        Ok(match &self.writing {
            Engine::Sqlite(pool) => Engine::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(pool) => Engine::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, and sees one moment throughout.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn snapshot(&self) -> sqlx::Result<Tx> {
        Ok(match &self.reading {
            Engine::Sqlite(pool) => Engine::Sqlite(pool.begin().await?),
            Engine::Postgres(pool) => {
                Engine::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// From here on, what this process deletes is overwritten in the file: SQLite alone would leave it in free pages.
    /// `PostgreSQL` overwrites in its own time, by its vacuum.
    ///
    /// # Errors
    /// When the database could not.
    pub async fn overwrite_deleted(&self) -> sqlx::Result<()> {
        if let Engine::Sqlite(pool) = &self.writing {
            sqlx::query("PRAGMA secure_delete = ON").execute(pool).await?; // of the one connection that writes
        }
        Ok(())
    }

    /// Writes the file anew, without the copies of deleted rows that pages keep when rows move, and empties the journal
    /// beside it; `false` when somebody else who reads or writes keeps it from that, or the engine has no such file.
    pub async fn settle(&self) -> bool {
        let Engine::Sqlite(pool) = &self.writing else { return false };
        if sqlx::query("VACUUM").execute(pool).await.is_err() {
            return false;
        }
        let emptied: sqlx::Result<(i64, i64, i64)> =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(pool).await;
        emptied.is_ok_and(|(busy, ..)| busy == 0)
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// When it gives none.
    pub async fn ping(&self) -> sqlx::Result<()> {
        on!(&self.reading, pool => sqlx::query("SELECT 1").execute(pool).await.map(|_| ()))
    }

    /// Closes every connection, once what is under way is done.
    pub async fn close(&self) {
        on!(&self.writing, pool => pool.close().await);
        on!(&self.reading, pool => pool.close().await);
    }
}

impl Tx {
    /// Commits: returns once the engine holds it durably.
    ///
    /// # Errors
    /// When the engine could not; nothing of the transaction is kept then.
    pub async fn commit(self) -> sqlx::Result<()> {
        on!(self, tx => tx.commit().await)
    }
}

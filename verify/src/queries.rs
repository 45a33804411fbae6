//! SQL that reads, in one snapshot. Texts come as bytes: a damaged database may hold some that are none.

use std::path::PathBuf;

use sqlx::{
    Connection as _, FromRow, PgConnection, SqliteConnection, postgres::PgConnectOptions, sqlite::SqliteConnectOptions,
};

/// Rows read at once.
const AT_ONCE: i64 = 2_000;

/// Where the research database is.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file of SQLite.
    File(PathBuf),
    /// A database of PostgreSQL.
    Postgres(Box<PgConnectOptions>),
}

/// An open snapshot.
pub(crate) enum Snapshot {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(FromRow)]
pub(crate) struct AnswerRow {
    pub(crate) position: i64,
    pub(crate) event_id: Vec<u8>,
    pub(crate) patient_id: Vec<u8>,
    pub(crate) timepoint: Option<Vec<u8>>,
    pub(crate) occurrence: Option<i64>,
    pub(crate) instrument: Option<Vec<u8>>,
    pub(crate) version: Option<Vec<u8>>,
    pub(crate) device_id: Option<Vec<u8>>,
    pub(crate) sequence: Option<i64>,
    pub(crate) received_at: i64,
    pub(crate) hash: Option<Vec<u8>>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) salt: Option<Vec<u8>>,
    pub(crate) chain: Vec<u8>,
    pub(crate) commitment: Option<Vec<u8>>,
}

#[derive(FromRow)]
pub(crate) struct AuditRow {
    pub(crate) audit_id: i64,
    pub(crate) log: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) staff_id: Option<Vec<u8>>,
    pub(crate) device_id: Option<Vec<u8>>,
    pub(crate) operation: Vec<u8>,
    pub(crate) patient_id: Option<Vec<u8>>,
    pub(crate) detail: Vec<u8>,
    pub(crate) salt: Option<Vec<u8>>,
    pub(crate) commitment: Vec<u8>,
    pub(crate) chain: Vec<u8>,
}

/// An entry of the audit that tells of an erasure.
#[derive(FromRow)]
pub(crate) struct ErasureRow {
    pub(crate) patient_id: Option<Vec<u8>>,
    pub(crate) detail: Vec<u8>,
}

#[derive(FromRow)]
pub(crate) struct CheckpointRow {
    pub(crate) size: i64,
    pub(crate) note: Vec<u8>,
}

#[derive(FromRow)]
pub(crate) struct BlockRow {
    pub(crate) block: i64,
    pub(crate) root: Vec<u8>,
}

#[derive(FromRow)]
pub(crate) struct EndRow {
    pub(crate) value: i64,
    pub(crate) chain: Vec<u8>,
}

/// All rows of a statement with one parameter, on either engine.
macro_rules! list {
    ($snapshot:expr, $sqlite:expr, $postgres:expr, $($given:expr),*) => {
        match $snapshot {
            Snapshot::Sqlite(it) => sqlx::query_as($sqlite)$(.bind($given))*.fetch_all(it).await,
            Snapshot::Postgres(it) => sqlx::query_as($postgres)$(.bind($given))*.fetch_all(it).await,
        }
    };
}

impl Snapshot {
    pub(crate) async fn open(database: &Database) -> sqlx::Result<Self> {
        match database {
            Database::File(path) => {
                let options = SqliteConnectOptions::new().filename(path).read_only(true);
                let mut connection = SqliteConnection::connect_with(&options).await?;
                sqlx::query("BEGIN").execute(&mut connection).await?;
                Ok(Self::Sqlite(connection))
            }
            Database::Postgres(options) => {
                let mut connection = PgConnection::connect_with(options).await?;
                sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut connection).await?;
                Ok(Self::Postgres(connection))
            }
        }
    }

    /// Answer events after a position, in their order.
    pub(crate) async fn list_answers(&mut self, after: i64) -> sqlx::Result<Vec<AnswerRow>> {
        const SQLITE: &str = "SELECT position, event_id, patient_id, CAST(timepoint AS BLOB) AS timepoint, occurrence,
                CAST(instrument AS BLOB) AS instrument, CAST(version AS BLOB) AS version, device_id, sequence, received_at,
                hash, CAST(body AS BLOB) AS body, salt, chain, commitment
            FROM answer_event WHERE position > $1 ORDER BY position LIMIT $2";
        const POSTGRES: &str = "SELECT position, uuid_send(event_id) AS event_id, uuid_send(patient_id) AS patient_id,
                convert_to(timepoint, 'UTF8') AS timepoint, occurrence, convert_to(instrument, 'UTF8') AS instrument,
                convert_to(version, 'UTF8') AS version, uuid_send(device_id) AS device_id, sequence, received_at, hash,
                convert_to(body, 'UTF8') AS body, salt, chain, commitment
            FROM answer_event WHERE position > $1 ORDER BY position LIMIT $2";
        list!(self, SQLITE, POSTGRES, after, AT_ONCE)
    }

    /// Audit entries after a number, in their order.
    pub(crate) async fn list_audit(&mut self, after: i64) -> sqlx::Result<Vec<AuditRow>> {
        const SQLITE: &str = "SELECT audit_id, CAST(log AS BLOB) AS log, at, staff_id, device_id,
                CAST(operation AS BLOB) AS operation, patient_id, CAST(detail AS BLOB) AS detail, salt, commitment, chain
            FROM audit WHERE audit_id > $1 ORDER BY audit_id LIMIT $2";
        const POSTGRES: &str = "SELECT audit_id, convert_to(log, 'UTF8') AS log, at, uuid_send(staff_id) AS staff_id,
                uuid_send(device_id) AS device_id, convert_to(operation, 'UTF8') AS operation,
                uuid_send(patient_id) AS patient_id, convert_to(detail, 'UTF8') AS detail, salt, commitment, chain
            FROM audit WHERE audit_id > $1 ORDER BY audit_id LIMIT $2";
        list!(self, SQLITE, POSTGRES, after, AT_ONCE)
    }

    /// What the audit tells of erasures.
    pub(crate) async fn list_erasures(&mut self) -> sqlx::Result<Vec<ErasureRow>> {
        const SQLITE: &str = "SELECT patient_id, CAST(detail AS BLOB) AS detail FROM audit
            WHERE operation = 'erase' AND log = 'clinical'";
        const POSTGRES: &str = "SELECT uuid_send(patient_id) AS patient_id, convert_to(detail, 'UTF8') AS detail
            FROM audit WHERE operation = 'erase' AND log = 'clinical'";
        list!(self, SQLITE, POSTGRES,)
    }

    /// Patients whose erasure is noted beside the audit.
    pub(crate) async fn list_noted(&mut self) -> sqlx::Result<Vec<(Vec<u8>,)>> {
        const SQLITE: &str = "SELECT patient_id FROM erasure";
        const POSTGRES: &str = "SELECT uuid_send(patient_id) FROM erasure";
        list!(self, SQLITE, POSTGRES,)
    }

    pub(crate) async fn list_checkpoints(&mut self, log: &str) -> sqlx::Result<Vec<CheckpointRow>> {
        const SQLITE: &str = "SELECT size, CAST(note AS BLOB) AS note FROM checkpoint WHERE log = $1 ORDER BY size";
        const POSTGRES: &str =
            "SELECT size, convert_to(note, 'UTF8') AS note FROM checkpoint WHERE log = $1 ORDER BY size";
        list!(self, SQLITE, POSTGRES, log)
    }

    pub(crate) async fn list_blocks(&mut self, log: &str) -> sqlx::Result<Vec<BlockRow>> {
        const SQL: &str = "SELECT block, root FROM tree_block WHERE log = $1 ORDER BY block";
        list!(self, SQL, SQL, log)
    }

    /// What is kept of a log's end: of answers in `position`, of the audit in `audit_end`.
    pub(crate) async fn find_ends(&mut self, log: &str) -> sqlx::Result<Vec<EndRow>> {
        const ANSWERS: &str = "SELECT value, chain FROM position";
        const AUDIT: &str = "SELECT value, chain FROM audit_end";
        let sql = if log == "audit" { AUDIT } else { ANSWERS };
        list!(self, sql, sql,)
    }
}

//! Reading the server's tables with SQL of the checker's own.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{plain, text};

/// Where a server keeps its research database.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// An address.
    Postgres(String),
}

/// A connection that only reads, but for what broken builds and refusals are shown with.
pub(crate) enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A row of `answer_event`; ids and hashes in hexadecimal.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) position: i64,
    pub(crate) id: String,
    pub(crate) patient: String,
    pub(crate) assessment: String,
    pub(crate) instrument: String,
    pub(crate) version: String,
    pub(crate) device: String,
    #[sqlx(try_from = "i64")]
    pub(crate) sequence: u64,
    pub(crate) hash: String,
    pub(crate) body: String,
}

/// A row of `quarantine`, as far as it is checked.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub(crate) struct Aside {
    pub(crate) device: String,
    pub(crate) hash: String,
    pub(crate) body: String,
}

impl Row {
    /// Whether the columns say what the body says.
    pub(super) fn says_the_same(&self, event: &Value) -> bool {
        plain(&text(event, "/id")) == self.id
            && plain(&text(event, "/patient")) == self.patient
            && plain(&text(event, "/origin/device")) == self.device
            && text(event, "/assessment") == self.assessment
            && text(event, "/instrument/key") == self.instrument
            && text(event, "/instrument/version") == self.version
            && event.get("sequence").and_then(Value::as_u64) == Some(self.sequence)
    }
}

/// Tables that hold what can be computed from the others.
const COMPUTED: [&str; 5] = ["questionnaire_copy", "questionnaire", "assessment", "score", "flag"];

impl Database {
    /// Opens it.
    pub(crate) async fn open(address: &Address) -> Result<Self> {
        Ok(match address {
            Address::Sqlite(path) => {
                let options =
                    SqliteConnectOptions::new().filename(path).busy_timeout(std::time::Duration::from_secs(30));
                Self::Sqlite(SqliteConnection::connect_with(&options).await?)
            }
            Address::Postgres(url) => Self::Postgres(PgConnection::connect(url).await?),
        })
    }

    /// Every answer event, in the order of positions.
    pub(crate) async fn rows(&mut self) -> Result<Vec<Row>> {
        const SQLITE: &str = "SELECT position, lower(hex(event_id)) AS id, lower(hex(patient_id)) AS patient,
            timepoint || ':' || occurrence AS assessment, instrument, version, lower(hex(device_id)) AS device,
            sequence, lower(hex(hash)) AS hash, body FROM answer_event ORDER BY position";
        const POSTGRES: &str = "SELECT position, replace(event_id::text, '-', '') AS id,
            replace(patient_id::text, '-', '') AS patient, timepoint || ':' || occurrence AS assessment, instrument,
            version, replace(device_id::text, '-', '') AS device, sequence, encode(hash, 'hex') AS hash, body
            FROM answer_event ORDER BY position";
        Ok(match self {
            Self::Sqlite(conn) => sqlx::query_as(SQLITE).fetch_all(conn).await?,
            Self::Postgres(conn) => sqlx::query_as(POSTGRES).fetch_all(conn).await?,
        })
    }

    /// Everything set aside.
    pub(crate) async fn asides(&mut self) -> Result<Vec<Aside>> {
        const SQLITE: &str = "SELECT lower(hex(device_id)) AS device, lower(hex(hash)) AS hash, body FROM quarantine";
        const POSTGRES: &str = "SELECT replace(device_id::text, '-', '') AS device, encode(hash, 'hex') AS hash, body
            FROM quarantine";
        Ok(match self {
            Self::Sqlite(conn) => sqlx::query_as(SQLITE).fetch_all(conn).await?,
            Self::Postgres(conn) => sqlx::query_as(POSTGRES).fetch_all(conn).await?,
        })
    }

    /// When each event was received, in milliseconds.
    pub(crate) async fn received_at(&mut self) -> Result<Vec<i64>> {
        const SQL: &str = "SELECT received_at FROM answer_event";
        Ok(match self {
            Self::Sqlite(conn) => sqlx::query_scalar(SQL).fetch_all(conn).await?,
            Self::Postgres(conn) => sqlx::query_scalar(SQL).fetch_all(conn).await?,
        })
    }

    /// Every row of the computed tables, as text, in an order of its own.
    pub(crate) async fn computed(&mut self) -> Result<Vec<String>> {
        let mut all = Vec::new();
        for table in COMPUTED {
            let mut rows = self.dump(table).await?;
            rows.sort_unstable();
            all.extend(rows.into_iter().map(|row| format!("{table} {row}")));
        }
        Ok(all)
    }

    async fn dump(&mut self, table: &str) -> Result<Vec<String>> {
        Ok(match self {
            Self::Sqlite(conn) => {
                let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
                    .bind(table)
                    .fetch_all(&mut *conn)
                    .await?;
                let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
                let sql = format!("SELECT {} FROM {table}", quoted.join(" || ',' || "));
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(conn).await?
            }
            Self::Postgres(conn) => {
                let sql = format!("SELECT CAST(to_jsonb({table}) AS TEXT) FROM {table}");
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(conn).await?
            }
        })
    }
}

//! The yardstick on SQLite: a writer with nothing around it that puts 64 questionnaires into each commit.

use std::time::Instant;

use anyhow::Result;
use shared::answers::AnswerEvent;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use uuid::Uuid;

/// Commits in a turn.
const COMMITS: i64 = 40;

/// The columns and indexes of the server's own table.
const SCHEMA: &str = "CREATE TABLE answer_event (
  position INTEGER NOT NULL PRIMARY KEY, event_id BLOB NOT NULL UNIQUE, patient_id BLOB NOT NULL,
  timepoint TEXT NOT NULL, occurrence INTEGER NOT NULL, instrument TEXT NOT NULL, version TEXT NOT NULL,
  device_id BLOB NOT NULL, sequence INTEGER NOT NULL, received_at INTEGER NOT NULL, hash BLOB NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE INDEX answer_event_by_patient ON answer_event (patient_id, position)";

/// The bare writer on a database of its own.
pub(crate) struct Writer {
    connection: SqliteConnection,
    _folder: tempfile::TempDir,
    rows: Vec<AnswerEvent>,
    bodies: Vec<String>,
    statement: String,
    position: i64,
}

impl Writer {
    /// Opens it as durable as the server's: WAL, synchronous FULL.
    pub(crate) async fn open(rows: Vec<AnswerEvent>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = options.connect().await?;
        sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
        let bodies = rows.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        let marks = vec!["(?,?,?,?,?,?,?,?,?,?,?,?)"; rows.len()].join(",");
        let statement = format!("INSERT INTO answer_event VALUES {marks}");
        Ok(Self { connection, _folder: folder, rows, bodies, statement, position: 0 })
    }

    /// Questionnaires a second.
    #[expect(clippy::disallowed_methods, reason = "each row needs an id, as a device would make it")]
    pub(crate) async fn run(&mut self, per_commit: usize) -> Result<f64> {
        let started = Instant::now();
        for _ in 0..COMMITS {
            let mut tx = self.connection.begin().await?;
            for _ in 0..per_commit {
                let mut insert = sqlx::query(AssertSqlSafe(self.statement.as_str()));
                for (row, body) in self.rows.iter().zip(&self.bodies) {
                    self.position += 1;
                    insert = insert
                        .bind(self.position)
                        .bind(Uuid::now_v7())
                        .bind(row.patient.as_uuid())
                        .bind(row.assessment.timepoint.as_str())
                        .bind(i64::from(row.assessment.occurrence))
                        .bind(row.instrument.key.as_str())
                        .bind(&row.instrument.version)
                        .bind(row.origin.device.as_uuid())
                        .bind(i64::try_from(row.sequence)?)
                        .bind(row.clock.at.as_millisecond())
                        .bind([7_u8; 32].as_slice())
                        .bind(body);
                }
                insert.execute(&mut *tx).await?;
            }
            tx.commit().await?;
        }
        let questionnaires = f64::from(u32::try_from(COMMITS)?) * f64::from(u32::try_from(per_commit)?);
        Ok(questionnaires / started.elapsed().as_secs_f64())
    }
}

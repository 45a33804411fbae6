//! The yardstick on SQLite: a writer with nothing around it that puts 64 questionnaires into each commit.
//!
//! It inserts the rows that the server is about to: of all clients in turn, under the ids that their phones made.

use std::time::Instant;

use anyhow::Result;
use shared::answers::AnswerEvent;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::push::Pushes;

/// The columns and indexes of the server's own table.
const SCHEMA: &str = "CREATE TABLE answer_event (
  position INTEGER NOT NULL PRIMARY KEY, event_id BLOB NOT NULL UNIQUE, patient_id BLOB NOT NULL,
  timepoint TEXT NOT NULL, occurrence INTEGER NOT NULL, instrument TEXT NOT NULL, version TEXT NOT NULL,
  device_id BLOB NOT NULL, sequence INTEGER NOT NULL, received_at INTEGER NOT NULL, hash BLOB NOT NULL,
  body TEXT NOT NULL, salt BLOB NOT NULL, chain BLOB NOT NULL) STRICT;
CREATE INDEX answer_event_by_patient ON answer_event (patient_id, position)";

/// The bare writer on a database of its own.
pub(crate) struct Writer {
    connection: SqliteConnection,
    _folder: tempfile::TempDir,
    position: i64,
}

impl Writer {
    /// Opens it as durable as the server's: WAL, synchronous FULL.
    pub(crate) async fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = options.connect().await?;
        sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
        Ok(Self { connection, _folder: folder, position: 0 })
    }

    /// Questionnaires a second: each commit takes the next of every client, each in one statement.
    pub(crate) async fn run(&mut self, said: &[Pushes]) -> Result<f64> {
        // What is stored of them is made beforehand, so that making it costs no time of the measurement.
        let bodies: Vec<Vec<Vec<String>>> =
            said.iter().map(|pushes| pushes.iter().map(|events| bodies(events)).collect()).collect();
        let statement = insert_rows(said.iter().flatten().next().map_or(0, Vec::len));
        let started = Instant::now();
        let mut n_inserted = 0_u32;
        for nth in 0.. {
            let of_each = said.iter().zip(&bodies);
            let group: Vec<_> = of_each.filter_map(|(events, bodies)| events.get(nth).zip(bodies.get(nth))).collect();
            if group.is_empty() {
                break;
            }
            let mut tx = self.connection.begin().await?;
            for (events, bodies) in group {
                insert(&mut tx, &statement, &mut self.position, (events, bodies)).await?;
                n_inserted += 1;
            }
            tx.commit().await?;
        }
        Ok(f64::from(n_inserted) / started.elapsed().as_secs_f64())
    }
}

fn bodies(events: &[AnswerEvent]) -> Vec<String> {
    events.iter().filter_map(|event| String::from_utf8(event.canonical_bytes().ok()?).ok()).collect()
}

/// The statement for one questionnaire of so many rows.
fn insert_rows(n: usize) -> String {
    format!("INSERT INTO answer_event VALUES {}", vec!["(?,?,?,?,?,?,?,?,?,?,?,?,?,?)"; n].join(","))
}

async fn insert(
    connection: &mut SqliteConnection,
    statement: &str,
    position: &mut i64,
    (events, bodies): (&Vec<AnswerEvent>, &Vec<String>),
) -> Result<()> {
    let mut insert = sqlx::query(AssertSqlSafe(statement));
    for (event, body) in events.iter().zip(bodies) {
        *position += 1;
        insert = insert
            .bind(*position)
            .bind(event.id.as_uuid())
            .bind(event.patient.as_uuid())
            .bind(event.assessment.timepoint.as_str())
            .bind(i64::from(event.assessment.occurrence))
            .bind(event.instrument.key.as_str())
            .bind(&event.instrument.version)
            .bind(event.origin.device.as_uuid())
            .bind(i64::try_from(event.sequence)?)
            .bind(event.clock.at.as_millisecond())
            .bind([7_u8; 32].as_slice())
            .bind(body)
            .bind([7_u8; 16].as_slice())
            .bind([7_u8; 32].as_slice());
    }
    insert.execute(connection).await?;
    Ok(())
}

//! The yardstick on PostgreSQL: pgbench, inserting the rows of a questionnaire in one transaction of one statement.
//!
//! The strongest form we know: parameters, no round trip per row, nothing checked, nothing read, no log kept.

use std::{fmt::Write as _, process::Command};

use anyhow::{Context as _, Result, ensure};
use shared::answers::AnswerEvent;

use crate::setting;

/// Seconds of a turn.
const SECONDS: &str = "10";

/// A table like the server's in the server's own database, and the script that fills it.
pub(crate) struct Yardstick {
    programs: String,
    database: String,
    script: tempfile::NamedTempFile,
    body: String,
}

impl Yardstick {
    pub(crate) fn prepare(database: &str, rows: &[AnswerEvent]) -> Result<Self> {
        let programs = setting("RESSENTI_BENCH_PROGRAMS")?;
        let table = "CREATE SEQUENCE bench_position; CREATE TABLE bench_event (LIKE answer_event INCLUDING ALL); \
                     ALTER TABLE bench_event ALTER position SET DEFAULT nextval('bench_position')";
        let status = Command::new(format!("{programs}/psql")).args(["-q", "-c", table, database]).status()?;
        ensure!(status.success(), "the yardstick's table could not be made");
        let body = rows.first().map(serde_json::to_string).transpose()?.context("no rows")?;
        let script = tempfile::NamedTempFile::new()?;
        std::fs::write(script.path(), insert(rows)?)?;
        Ok(Self { programs, database: database.to_owned(), script, body })
    }

    /// Transactions, that is questionnaires, a second.
    pub(crate) fn run(&self, clients: usize) -> Result<f64> {
        let output = Command::new(format!("{}/pgbench", self.programs))
            .args(["-n", "-M", "prepared", "-j", "2", "-T", SECONDS, "-c", &clients.to_string(), "-f"])
            .arg(self.script.path())
            .args(["-D", &format!("body={}", self.body), &self.database])
            .output()
            .context("pgbench could not be started")?;
        ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        let rate = report.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench gave no rate")?;
        Ok(rate.split_whitespace().next().unwrap_or_default().parse()?)
    }
}

/// One statement with a row for each event. What differs per row is made by the database; the rest are parameters
/// or, where every row of every client holds the same, constants.
fn insert(rows: &[AnswerEvent]) -> Result<String> {
    let mut statement = String::from(
        "INSERT INTO bench_event (event_id, patient_id, timepoint, occurrence, instrument, version, device_id, \
         sequence, received_at, hash, body, salt, chain) VALUES ",
    );
    let (hash, salt) = ("07".repeat(32), "07".repeat(16));
    for (n, row) in rows.iter().enumerate() {
        let comma = if n == 0 { "" } else { ", " };
        write!(
            statement,
            "{comma}(gen_random_uuid(), '{}', '{}', {}, '{}', '{}', '{}', {}, {}, '\\x{hash}', :body, '\\x{salt}', '\\x{hash}')",
            row.patient,
            row.assessment.timepoint,
            row.assessment.occurrence,
            row.instrument.key,
            row.instrument.version,
            row.origin.device,
            row.sequence,
            row.clock.at.as_millisecond(),
        )?;
    }
    Ok(statement + ";\n")
}

//! `ressenti-verify`: the verifier alone, for whoever does not want to run the server's program to check the server.
//!
//! Ends with 0 when everything fits, 1 when something does not, 2 when nothing could be said.

use std::{io::Write as _, path::PathBuf, process::ExitCode, str::FromStr as _, time::UNIX_EPOCH};

use clap::Parser;
use sqlx::postgres::PgConnectOptions;
use verify::{Asked, Database, verify};

/// Holds a Ressenti database against its own logs and checkpoints.
#[derive(Parser)]
#[command(name = "ressenti-verify", version, about)]
struct Command {
    /// Folder of the SQLite database and of checkpoint.pub
    #[arg(long, env = "RESSENTI_DATA", value_name = "FOLDER", default_value = ".")]
    data: PathBuf,
    /// Research database on PostgreSQL, as `postgres://name@host/database`
    #[arg(long, env = "RESSENTI_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// Public keys of checkpoints [default: checkpoint.pub in the data folder]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Checkpoints that were kept elsewhere, as `ressenti checkpoint` wrote them
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Write one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let command = Command::parse();
    let told = run(&command).await;
    let (code, text) = match &told {
        Ok((sound, text)) => (u8::from(!sound), text),
        Err(text) => (2, text),
    };
    let _ = if told.is_ok() { writeln!(std::io::stdout(), "{text}") } else { writeln!(std::io::stderr(), "{text}") };
    ExitCode::from(code)
}

async fn run(command: &Command) -> Result<(bool, String), String> {
    let database = match &command.database {
        Some(url) => PgConnectOptions::from_str(url)
            .map(|options| Database::Postgres(Box::new(options)))
            .map_err(|_| "ressenti-verify: the database address could not be read.".to_owned())?,
        None => Database::File(command.data.join("ressenti.db")),
    };
    let keys = command.keys.clone().unwrap_or_else(|| command.data.join("checkpoint.pub"));
    let asked = Asked { database, keys, against: command.against.clone(), now: now() };
    let report = verify(&asked).await.map_err(|error| format!("ressenti-verify: {error}. Nothing was verified."))?;
    let text = if command.json { report.to_json() } else { report.to_string() };
    Ok((report.is_sound(), text))
}

#[expect(clippy::disallowed_methods, reason = "this program's one reading of the machine's clock")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

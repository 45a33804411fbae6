//! `ressenti verify`: runs the verifier, which shares no code with the server, over this configuration's database.
//!
//! Ends with 0 when everything fits, 1 when something does not, 2 when nothing could be said.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use verify::{Asked, verify};

use super::say;
use crate::{
    clock::Clock,
    config::{Settings, StartError},
    db::Database,
};

/// What to hold the logs against.
#[derive(Args, Debug)]
pub(super) struct Verify {
    /// Checkpoints that were kept elsewhere, as `ressenti checkpoint` wrote them
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Public keys of checkpoints [default: beside the checkpoint key]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Write one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// Verifies, and says what was found.
pub(super) async fn run(asked: &Verify, file: Option<&Path>, settings: Settings, clock: &Clock) -> ExitCode {
    match report(asked, file, settings, clock).await {
        Ok(report) => {
            say(&if asked.json { report.to_json() } else { report.to_string() });
            if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "ressenti: {error}");
            ExitCode::from(2)
        }
    }
}

async fn report(
    asked: &Verify,
    file: Option<&Path>,
    settings: Settings,
    clock: &Clock,
) -> Result<verify::Report, StartError> {
    let file = file.map(Settings::read).transpose()?.unwrap_or_default();
    let config = settings.or(file).check()?;
    let database = match config.database {
        Database::File(path) => verify::Database::File(path),
        Database::Postgres(options) => verify::Database::Postgres(options),
    };
    let keys = asked.keys.clone().unwrap_or_else(|| config.checkpoint_key.with_extension("pub"));
    let asked = Asked { database, keys, against: asked.against.clone(), now: clock.now().as_millisecond() };
    verify(&asked).await.map_err(|error| {
        let hint = "see that the database and the files named are there and can be read; nothing was changed";
        StartError::new(format!("Nothing was verified: {error}."), hint)
    })
}

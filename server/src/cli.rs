//! The command line. What people read goes to standard output through [`say`]; logs and complaints to standard error.

mod accounts;
mod backup;
mod demo;
mod instruments;
mod patient;
mod questionnaires;
mod remind;
mod retention;
mod serve;
mod study;
mod verify;

use std::{
    io::{IsTerminal, Write},
    num::NonZero,
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    auth::guard,
    checkpoints,
    clock::{Chance, Clock},
    config::{LogFormat, Settings, StartError},
    exports,
    rebuild::{Rebuilt, rebuild},
    state::AppState,
};

/// Ressenti: patient-reported outcomes for a registry of CAR-T cell therapy.
#[derive(Debug, Parser)]
#[command(name = "ressenti", version, about)]
pub struct Cli {
    /// Configuration file (TOML)
    #[arg(long, global = true, env = "RESSENTI_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the app
    Serve,
    /// Serve the app with invented patients, for trying it out
    Demo {
        /// How many patients to invent
        #[arg(long, value_name = "NUMBER", default_value_t = crate::demo::PATIENTS)]
        patients: usize,
    },
    /// Bring the databases' tables up to this version, and stop
    Migrate,
    /// Compute anew what is computed from answers and milestones: what was received, assessments, scores
    Rebuild,
    /// Send the reminders that are due now, and try again those that failed, as `serve` does by itself
    Remind {
        /// Only say what would leave
        #[arg(long)]
        dry_run: bool,
    },
    /// Write answers, scores and a codebook into a folder, under pseudonyms
    Export {
        /// Folder to write into
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// What the export is for; goes into the audit
        #[arg(long, value_name = "TEXT")]
        purpose: String,
    },
    /// Seal both databases into one file, while the server runs
    Backup(backup::Backup),
    /// Make the key that opens backups, and print its public half, which they are sealed for
    BackupKey {
        /// File to make, to be kept away from this machine
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Put a backup back, all of it or nothing; the server must not run
    Restore(backup::Restore),
    /// Write signed checkpoints of the logs to standard output, to be kept on another machine
    Checkpoint,
    /// Hold the logs of answers and audit against themselves, their checkpoints, and checkpoints kept elsewhere
    Verify(verify::Verify),
    /// Score a table of answers (CSV) to standard output: all of it, or nothing
    Score(instruments::Score),
    /// List the instruments, their items, scales, rules and wording
    Instruments(instruments::List),
    /// Make and check wording packs
    Wording {
        #[command(subcommand)]
        command: instruments::Wording,
    },
    /// Check, evaluate or import questionnaires of other systems (FHIR R4)
    Questionnaire {
        #[command(subcommand)]
        command: questionnaires::Command,
    },
    /// Check a study file, or print the one shipped
    Study {
        #[command(subcommand)]
        command: study::Command,
    },
    /// Manage staff accounts
    User {
        #[command(subcommand)]
        command: accounts::Command,
    },
    /// Say what is kept, by which rule, since when, and what of it is due
    Retention {
        /// Take away what is due first, as `serve` does once a day
        #[arg(long)]
        purge: bool,
    },
    /// Erase a patient who asks for it
    Patient {
        #[command(subcommand)]
        command: patient::Command,
    },
}

/// Reads the command line and runs what it asks for, to its end.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // One core is left to whoever commits: the others' work would keep it from the disk that everybody waits for.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(cores.saturating_sub(1).max(1)).enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "ressenti: no thread could be started: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command to its end.
pub async fn run(cli: Cli) -> ExitCode {
    if let Command::Questionnaire { command } = &cli.command {
        return questionnaires::run(command, &Clock::System);
    }
    if let Command::Verify(asked) = &cli.command {
        return verify::run(asked, cli.config.as_deref(), cli.settings.clone(), &Clock::System).await;
    }
    let without_server = matches!(
        cli.command,
        Command::Score(_) | Command::Instruments(_) | Command::Wording { .. } | Command::Study { .. }
    );
    match run_command(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "ressenti: {error}");
            if without_server { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

async fn run_command(cli: Cli) -> Result<(), StartError> {
    let file = cli.config.as_deref().map(Settings::read).transpose()?.unwrap_or_default();
    let settings = cli.settings.or(file);
    match &cli.command {
        Command::Score(asked) => return instruments::score(&settings, asked),
        Command::Instruments(asked) => return instruments::list(&settings, asked),
        Command::Wording { command } => return instruments::wording(&settings, command),
        Command::Study { command } => return study::run(&settings, command),
        Command::BackupKey { file } => return backup::make_key(file),
        Command::Serve
        | Command::Demo { .. }
        | Command::Migrate
        | Command::Rebuild
        | Command::Remind { .. }
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Checkpoint
        | Command::Verify(_)
        | Command::Export { .. }
        | Command::Questionnaire { .. }
        | Command::User { .. }
        | Command::Retention { .. }
        | Command::Patient { .. } => {}
    }
    let config = settings.check()?;
    start_log(config.log);
    let invented = if let Command::Demo { patients } = cli.command { Some(patients) } else { None };
    if invented.is_some() || matches!(cli.command, Command::Serve) {
        return serve::serve(&config, invented).await;
    }
    if let Command::Backup(asked) = &cli.command {
        return backup::backup(asked, &config).await;
    }
    if let Command::Restore(asked) = &cli.command {
        return backup::restore(asked, &config).await;
    }
    let state = AppState::open(&config, Clock::System, Chance::System).await?;
    run_beside_server(cli.command, &state).await
}

/// Commands that work on the databases as the server does, and beside it.
async fn run_beside_server(command: Command, state: &AppState) -> Result<(), StartError> {
    match command {
        Command::Export { out, purpose } => {
            let scope = guard::operator().investigator();
            let reply = exports::to_folder(&scope, state, &purpose, &out).await.map_err(|error| {
                StartError::new(format!("The export was not made: {error}."), "choose an empty folder with room")
            })?;
            reply.files.iter().for_each(|file| say(&format!("{}  {}  {} rows", file.sha256, file.name, file.rows)));
            if reply.n_withheld > 0 {
                say(&format!("Left out: {} patients who asked to be erased and are not yet.", reply.n_withheld));
            }
            Ok(())
        }
        Command::Checkpoint => write_checkpoints(state).await,
        Command::User { command } => accounts::run(state, command).await,
        Command::Retention { purge } => retention::run(state, purge).await,
        Command::Patient { command } => patient::run(state, command).await,
        Command::Rebuild => rebuild_all(state).await,
        Command::Remind { dry_run } => remind::run(state, dry_run).await,
        Command::Migrate => {
            say("The databases are up to date.");
            Ok(())
        }
        Command::Serve
        | Command::Demo { .. }
        | Command::Backup(_)
        | Command::BackupKey { .. }
        | Command::Restore(_)
        | Command::Verify(_)
        | Command::Score(_)
        | Command::Instruments(_)
        | Command::Wording { .. }
        | Command::Study { .. }
        | Command::Questionnaire { .. } => Ok(()),
    }
}

async fn rebuild_all(state: &AppState) -> Result<(), StartError> {
    let Rebuilt { n_events, n_patients } = rebuild(state).await.map_err(|error| {
        let hint = "see that the database runs and the disk has room, and run it again; no answer was touched";
        StartError::new(format!("Not everything could be computed anew: {error}."), hint)
    })?;
    say(&format!(
        "Computed anew from {n_events} answer events of {n_patients} patients: what was received, assessments and \
         scores."
    ));
    Ok(())
}

async fn write_checkpoints(state: &AppState) -> Result<(), StartError> {
    let made = checkpoints::make(&state.db, &state.checkpoint_key, state.clock.now()).await.map_err(|error| {
        let hint = "see that the database runs and the disk has room, and run it again";
        StartError::new(format!("No checkpoint was made: {error}."), hint)
    })?;
    say(made.trim_end());
    Ok(())
}

/// Logs to standard error; `RUST_LOG` filters as usual.
fn start_log(format: LogFormat) {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let colours = std::io::stderr().is_terminal();
    let log = fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    // a second start in one process keeps the first log
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}

/// Writes a line for people to standard output.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

//! The command line. Output for people goes through [`say`] and [`complain`]; logs go to standard error.

use std::{future::IntoFuture, io::Write, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tokio::net::TcpListener;

use crate::{
    clock::{Chance, Clock},
    config::{Config, LogFormat, Settings, StartError},
    router,
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
    /// Bring the databases' tables up to this version, and stop
    Migrate,
}

/// Runs a command to its end.
pub async fn run(cli: Cli) -> ExitCode {
    match run_command(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn run_command(cli: Cli) -> Result<(), StartError> {
    let file = cli.config.as_deref().map(Settings::read).transpose()?.unwrap_or_default();
    let config = cli.settings.or(file).check()?;
    start_log(config.log);
    match cli.command {
        Command::Serve => serve(&config).await,
        Command::Migrate => AppState::open(&config, Clock::System, Chance::System).await.map(|_| ()),
    }
}

/// Logs to standard error; `RUST_LOG` filters as usual.
fn start_log(format: LogFormat) {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // a second start in one process keeps the first log
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}

/// Writes a line for people to standard output.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Writes what went wrong to standard error.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "ressenti: {text}");
}

async fn serve(config: &Config) -> Result<(), StartError> {
    let state = AppState::open(config, Clock::System, Chance::System).await?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        let hint = "stop what listens there, or choose another address with --listen ADDRESS:PORT";
        StartError::new(format!("Cannot listen on {}: {error}.", config.listen), hint)
    })?;
    let address = listener.local_addr().unwrap_or(config.listen);
    say(&format!("Ressenti serves http://{address} (patients) and http://{address}/staff/ (staff)."));
    let news = state.news.clone();
    let stop = async move {
        asked_to_stop().await;
        news.stop();
    };
    axum::serve(listener, router(state))
        .with_graceful_shutdown(stop)
        .into_future()
        .await
        .map_err(|error| StartError::new(format!("Serving stopped: {error}."), "see the log above"))
}

/// Resolves on SIGINT or SIGTERM.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
    tracing::info!("stopping: what is under way is finished first");
}

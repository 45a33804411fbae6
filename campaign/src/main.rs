//! `cargo xtask campaign`: faults against the real server and the real device, and an independent checker of both.
//!
//! Devices keep journals; the checker holds them against the database. Chance is seeded and the seed is told; what the
//! machine's scheduler adds is not repeatable. Kills end only processes that were started here.

mod checker;
mod device;
mod hospital;
mod journal;
mod kinds;
mod machine;
mod proxy;
mod report;
mod settings;
mod ward;

use std::{process::ExitCode, time::Duration};

use anyhow::Result;

use crate::{
    hospital::Engine,
    kinds::{
        broken, browsers, clocks,
        decoders::{self, Effort},
        disk, kills, network, reunion, tablet,
    },
    report::Line,
    settings::{Settings, say},
};

fn main() -> ExitCode {
    match Settings::read().and_then(|settings| begin(&settings)) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn begin(settings: &Settings) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    say(&format!("seed {}", settings.seed));
    let lines = runtime.block_on(run(settings))?;
    say(&format!("\n{}", report::table(&lines.iter().collect::<Vec<_>>())));
    let problems = report::problems(&lines);
    for problem in &problems {
        say(&format!("FAILED (seed {})  {problem}", settings.seed));
    }
    if let Some(path) = &settings.page {
        std::fs::write(path, report::page(&lines, settings.seed, &settings.asked, &machine::told(&settings.root)?))?;
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Each kind that was asked for, on both engines where it has one.
async fn run(settings: &Settings) -> Result<Vec<Line>> {
    let machine = &settings.machine;
    let mut lines = Vec::new();
    for engine in Engine::BOTH {
        if let Some(mut chance) = settings.chance("broken", engine) {
            lines.extend(told(broken::run(machine, engine, &mut chance).await?));
        }
        if let Some(chance) = settings.chance("kills", engine) {
            lines.extend(told(vec![kills::run(machine, engine, settings.many(50, 1_000), chance).await?]));
        }
        if let Some(chance) = settings.chance("replays", engine) {
            lines.extend(told(vec![network::replays(machine, engine, settings.many(1_000, 50_000), chance).await?]));
        }
        if let Some(chance) = settings.chance("flips", engine) {
            lines.extend(told(vec![network::flips(machine, engine, settings.many(500, 5_000), chance).await?]));
        }
        if let Some(chance) = settings.chance("clocks", engine) {
            lines.extend(told(vec![clocks::run(machine, engine, settings.many(40, 2_000), chance).await?]));
        }
    }
    if let Some(chance) = settings.chance("disk", Engine::Sqlite) {
        lines.extend(told(vec![disk::run(machine, settings.many(20, 400), chance).await?]));
    }
    lines.extend(told(in_browsers(settings).await?));
    lines.extend(alone(settings)?);
    lines.extend(long(settings).await?);
    Ok(lines)
}

/// What people do in real browsers, on both engines at once: browsers mostly wait.
async fn in_browsers(settings: &Settings) -> Result<Vec<Line>> {
    let machine = &settings.machine;
    let killed = async |engine: Engine| match settings.chance("browsers", engine) {
        Some(chance) => browsers::run(machine, engine, settings.many(10, 250), chance).await.map(Some),
        None => Ok(None),
    };
    let paired = async |engine: Engine| match settings.chance("tablet", engine) {
        Some(chance) => tablet::run(machine, engine, settings.many(10, 100), chance).await.map(Some),
        None => Ok(None),
    };
    let killed = tokio::try_join!(killed(Engine::Sqlite), killed(Engine::Postgres))?;
    let paired = tokio::try_join!(paired(Engine::Sqlite), paired(Engine::Postgres))?;
    Ok([killed.0, killed.1, paired.0, paired.1].into_iter().flatten().collect())
}

/// What needs no server.
fn alone(settings: &Settings) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    if let Some(chance) = settings.chance("decoders", Engine::Sqlite) {
        let effort =
            Effort { time: Duration::from_secs(settings.many(40, 600)), executions: settings.many(0, 10_000_000) };
        lines.extend(told(vec![decoders::run(&settings.root, effort, chance)?]));
    }
    Ok(lines)
}

/// What takes its time: the reunion of many devices, and a soak.
async fn long(settings: &Settings) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for engine in Engine::BOTH {
        if let Some(chance) = settings.chance("reunion", engine) {
            let n_patients = usize::try_from(settings.many(5, 100))?;
            lines.extend(told(vec![reunion::run(&settings.machine, engine, n_patients, chance).await?]));
        }
        if let Some(chance) = settings.chance("soak", engine).filter(|_| settings.minutes > 0) {
            lines.extend(told(vec![reunion::soak(&settings.machine, engine, settings.minutes, chance).await?]));
        }
    }
    Ok(lines)
}

/// Says what each line came to as soon as it is there.
fn told(lines: Vec<Line>) -> Vec<Line> {
    for line in &lines {
        say(&format!("{:>6.1} s  {}", line.seconds, line.fault));
    }
    lines
}

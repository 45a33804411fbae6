//! The figures of the README, as ratios within one run: `cargo xtask bench` builds what is needed and starts this.
//!
//! Ours and the yardstick take turns on the same machine, so its speed cancels out. Everything is on loopback.

mod bare;
mod growth;
mod hospital;
mod kept;
mod pgbench;
mod push;
mod reading;
mod table;
mod wire;

use anyhow::{Context as _, Result};

use hospital::Engine;
use table::{Figure, Table};

/// Pushes at the same time.
const CLIENTS: usize = 64;
/// Turns that ours and the yardstick take; the median counts.
const TURNS: usize = 3;

fn main() -> Result<()> {
    let chosen = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    // The clients share the machine with what they measure: one thread is enough for them.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut table = Table::new();
    runtime.block_on(figures(&mut table, &chosen))?;
    table.print();
    Ok(())
}

/// All figures, or those of the groups whose name begins so: push-postgres, push-sqlite, reading, kept.
async fn figures(table: &mut Table, chosen: &str) -> Result<()> {
    let postgres = setting("RESSENTI_BENCH_POSTGRES")?;
    if "push-postgres".starts_with(chosen) {
        push_on_postgres(table, &postgres).await?;
    }
    if "push-sqlite".starts_with(chosen) {
        push_on_sqlite(table).await?;
    }
    if "reading".starts_with(chosen) {
        for engine in [Engine::Sqlite, Engine::Postgres(postgres)] {
            reading::measure(table, &engine).await?;
        }
    }
    if "kept".starts_with(chosen) {
        kept::measure(table).await?;
    }
    Ok(())
}

async fn push_on_postgres(table: &mut Table, url: &str) -> Result<()> {
    let hospital = hospital::Hospital::open(&Engine::Postgres(url.to_owned())).await?;
    let mut load = push::Load::prepare(&hospital, CLIENTS).await?;
    let yardstick = pgbench::Yardstick::prepare(hospital.database(), &load.sample())?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        theirs.push(yardstick.run(CLIENTS)?);
        let said = load.say();
        ours.push(load.run(&said).await?);
    }
    table.add(&rate("push, PostgreSQL / pgbench, one statement", &ours, &theirs, 0.5));
    table.add(&late("push, PostgreSQL, p99", &ours));
    Ok(())
}

async fn push_on_sqlite(table: &mut Table) -> Result<()> {
    let hospital = hospital::Hospital::open(&Engine::Sqlite).await?;
    let mut load = push::Load::prepare(&hospital, CLIENTS).await?;
    let mut yardstick = bare::Writer::open().await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let said = load.say();
        theirs.push(yardstick.run(&said).await?);
        ours.push(load.run(&said).await?);
    }
    table.add(&rate("push, SQLite / bare writer, 64 a commit", &ours, &theirs, 0.5));
    table.add(&late("push, SQLite, p99", &ours));
    Ok(())
}

/// Questionnaires a second, ours over the yardstick's, each the median of its turns.
fn rate(name: &str, ours: &[push::Turn], theirs: &[f64], at_least: f64) -> Figure {
    let ours = table::median(ours.iter().map(|turn| turn.per_second));
    let theirs = table::median(theirs.iter().copied());
    Figure::ratio(name, &format!("{ours:.0}/s"), &format!("{theirs:.0}/s"), ours / theirs).at_least(at_least)
}

/// The slowest hundredth, as the median of the turns.
fn late(name: &str, ours: &[push::Turn]) -> Figure {
    let p50 = table::median(ours.iter().map(|turn| turn.p50_ms));
    let p99 = table::median(ours.iter().map(|turn| turn.p99_ms));
    Figure::value(name, &format!("p50 {p50:.0} ms"), &format!("{p99:.0} ms"), p99).at_most(250.0)
}

/// A setting that `cargo xtask bench` hands over.
#[expect(clippy::disallowed_methods, reason = "the bench is started by xtask, which says where things are")]
fn setting(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set: start this with cargo xtask bench"))
}

//! `kill -9` of a patient's browser, in the middle of a tap or of a sending, over and over, with and without network.
//!
//! `tests/e2e/support/killed-phone.js` uses the app in Chromium as a patient does, and writes down what the page said.

use std::time::Instant;

use anyhow::Result;
use fastrand::Rng;

use crate::{
    checker::{
        Database,
        page::{self, Watched},
    },
    hospital::{Engine, Hospital, Machine, accidents},
    report::Line,
};

/// Deaths of one phone within one questionnaire of thirty items; the last is at the sending.
const KILLS: u64 = 10;

/// So many kills, on phones of ten each.
pub(crate) async fn run(machine: &Machine, engine: Engine, n: u64, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let hospital = Hospital::found(machine, engine, "browsers").await?;
    let mut line = Line::default();
    let mut n_sending = 0;
    for number in 0..n.div_ceil(KILLS) {
        let watched = watch(machine, &hospital, usize::try_from(number)?, chance.u32(..), &mut line).await?;
        n_sending += watched.killed.iter().filter(|at| *at == "sending").count();
        line.n += u64::try_from(watched.killed.len())?;
    }
    let n_tap = line.n - u64::try_from(n_sending)?;
    line.fault =
        format!("kill -9 of the patient's browser, {}: {n_tap} at a tap, {n_sending} at the sending", engine.name());
    line.problems.extend(accidents(&hospital.log())?);
    line.problems.extend(hospital.verify()?.map(|report| format!("the logs do not verify: {report}")));
    line.seconds = started.elapsed().as_secs_f64();
    Ok(line)
}

/// One phone's life; what it came to is added to the line.
async fn watch(machine: &Machine, hospital: &Hospital, number: usize, seed: u32, line: &mut Line) -> Result<Watched> {
    let journal = hospital.journals().join(format!("page-{number}.jsonl"));
    let running = hospital.start("", "")?;
    let (patient, letter) = hospital.write_letter(&running, number).await?;
    machine.browse("killed-phone.js", &[&letter, &KILLS.to_string(), &seed.to_string()], &journal).await?;
    running.stop()?;
    let watched = page::read(&std::fs::read_to_string(&journal)?)?;
    let rows = Database::open(hospital.address()).await?.rows().await?;
    let taps = watched.taps.values().next().map(Vec::as_slice).unwrap_or_default();
    line.hold(taps, &page::hold(taps, &patient.to_string(), &rows)?, &format!("seed {seed}"));
    line.problems.extend((!watched.received).then(|| format!("seed {seed}: the page never said that all is received")));
    Ok(watched)
}

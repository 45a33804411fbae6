//! Pairs of patients on the ward's tablet, in turns, with and without network, given back, read again or dead mid-tap:
//! nothing of one for the other, on the screen or on the server.
//!
//! `tests/e2e/support/ward-tablet.js` uses the app in Chromium as a nurse and her patients do, and writes down what it saw.

use std::time::Instant;

use anyhow::Result;
use fastrand::Rng;
use serde_json::json;

use crate::{
    checker::{Database, page},
    hospital::{Engine, Hospital, Machine, accidents},
    report::Line,
};

/// Pairs on one tablet: it is prepared for all of their patients at once.
const PAIRS: u64 = 10;

/// So many pairs, on tablets of ten each.
pub(crate) async fn run(machine: &Machine, engine: Engine, n: u64, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let mut line = Line { n, ..Line::default() };
    let (mut n_given, mut n_killed) = (0, 0);
    for first in (0..n).step_by(usize::try_from(PAIRS)?) {
        // A hospital each: its tablet is prepared for everybody who is due.
        let hospital = Hospital::found(machine, engine, "tablet").await?;
        let watched = watch(machine, &hospital, PAIRS.min(n - first), chance.u32(..), &mut line).await?;
        n_given += watched.n_given;
        n_killed += watched.killed.len();
        line.problems.extend(accidents(&hospital.log())?);
        line.problems.extend(hospital.verify()?.map(|report| format!("the logs do not verify: {report}")));
    }
    line.fault = format!(
        "pairs of patients on the ward's tablet, {}: handed over {n_given} times, {n_killed} batteries dead at a tap",
        engine.name()
    );
    line.seconds = started.elapsed().as_secs_f64();
    Ok(line)
}

/// One tablet's round; what it came to is added to the line.
async fn watch(
    machine: &Machine,
    hospital: &Hospital,
    n_pairs: u64,
    seed: u32,
    line: &mut Line,
) -> Result<page::Watched> {
    let running = hospital.start("", "")?;
    let mut patients = Vec::new();
    for number in 0..usize::try_from(2 * n_pairs)? {
        patients.push(hospital.enrol_due(&running, number).await?);
    }
    let pairs: Vec<Vec<&str>> =
        patients.chunks(2).map(|pair| pair.iter().map(|(_, number)| number.as_str()).collect()).collect();
    let journal = hospital.journals().join("tablet.jsonl");
    let words = [&running.origin, &hospital.account().to_string(), &json!(pairs).to_string(), &seed.to_string()];
    machine.browse("ward-tablet.js", &words.map(String::as_str), &journal).await?;
    running.stop()?;
    let watched = page::read(&std::fs::read_to_string(&journal)?)?;
    let rows = Database::open(hospital.address()).await?.rows().await?;
    for (patient, number) in &patients {
        let taps = watched.taps.get(number).map(Vec::as_slice).unwrap_or_default();
        line.hold(taps, &page::hold(taps, &patient.to_string(), &rows)?, &format!("seed {seed}, {number}"));
    }
    line.foreign += watched.shown.len();
    line.problems.extend(watched.shown.iter().map(|shown| format!("seed {seed}: the tablet showed {shown}")));
    line.problems.extend((!watched.received).then(|| format!("seed {seed}: the tablet never said that nothing waits")));
    Ok(watched)
}

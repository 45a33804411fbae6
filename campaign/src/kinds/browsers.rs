//! `kill -9` of a patient's browser, in the middle of a tap or of a sending, over and over, with and without network.
//!
//! `tests/e2e/support/killed-phone.js` uses the app in Chromium as a patient does, and writes down what the page said.

use std::{process::Command, time::Instant};

use anyhow::{Context as _, Result, ensure};
use fastrand::Rng;

use crate::{
    checker::{Database, page},
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
async fn watch(
    machine: &Machine,
    hospital: &Hospital,
    number: usize,
    seed: u32,
    line: &mut Line,
) -> Result<page::Watched> {
    let journal = hospital.journals().join(format!("page-{number}.jsonl"));
    let running = hospital.start("", "")?;
    let (patient, letter) = hospital.write_letter(&running, number).await?;
    let mut node = Command::new("node");
    node.arg(&machine.killed_phone).args([&letter, &KILLS.to_string(), &seed.to_string()]).arg(&journal);
    let status = node.status().context("node could not be started")?;
    ensure!(status.success(), "the phone of seed {seed} did not come to its end: {status}");
    running.stop()?;
    let watched = page::read(&std::fs::read_to_string(&journal)?)?;
    let mut rows = Database::open(hospital.address()).await?.rows().await?;
    rows.retain(|row| row.patient == patient.to_string().replace('-', ""));
    let (answers, n_sent) = page::said(&rows)?;
    let (lost, n_foreign) = page::differences(&watched.taps, &answers);
    line.made += watched.taps.len();
    line.acknowledged += watched.taps.iter().filter(|tap| tap.kept).count();
    line.lost += lost.len();
    line.foreign += n_foreign;
    let wrong = lost.first().map(|first| format!("{} kept answers are not on the server: {first}", lost.len()));
    let strange = (n_foreign > 0).then(|| format!("{n_foreign} answers that nobody tapped"));
    let unsent = (n_sent != 1 || !watched.received).then(|| format!("sent {n_sent} times"));
    line.problems.extend([wrong, strange, unsent].into_iter().flatten().map(|what| format!("seed {seed}: {what}")));
    Ok(watched)
}

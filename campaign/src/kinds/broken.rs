//! Builds that are broken on purpose: a campaign that does not notice them is worth nothing.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use fastrand::Rng;
use futures_util::future::try_join_all;

use crate::{
    checker::Findings,
    device::Device,
    hospital::{Engine, Machine},
    report::Line,
    ward::Ward,
};

/// A broken promise, and how the checker has to call what comes of it.
struct Defect {
    broken: &'static str,
    failpoints: &'static str,
    what: &'static str,
    finding: fn(&Findings) -> &[String],
}

const DEFECTS: [Defect; 3] = [
    Defect {
        broken: "commit-first",
        failpoints: "late-commit=return",
        what: "broken on purpose: acknowledged before the commit, then killed",
        finding: |findings| &findings.lost,
    },
    Defect {
        broken: "each-once",
        failpoints: "between-replies=1*return",
        what: "broken on purpose: an id that comes again is kept again",
        finding: |findings| &findings.duplicated,
    },
    Defect {
        broken: "right-patient",
        failpoints: "",
        what: "broken on purpose: one patient's answers are kept for another",
        finding: |findings| &findings.misplaced,
    },
];

/// Each defect on this engine: a line for each, with a problem where the checker saw nothing.
pub(crate) async fn run(machine: &Machine, engine: Engine, chance: &mut Rng) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for defect in &DEFECTS {
        lines.push(show(machine, engine, defect, chance).await?);
    }
    Ok(lines)
}

async fn show(machine: &Machine, engine: Engine, defect: &Defect, chance: &mut Rng) -> Result<Line> {
    let started = Instant::now();
    let ward = Ward::open(machine, engine, "broken", 2, chance).await?;
    let mut running = ward.start(defect.failpoints, defect.broken)?;
    try_join_all(ward.devices.iter().map(|device| device.answer(5))).await?;
    try_join_all(ward.devices.iter().map(Device::synchronise)).await?;
    if !defect.failpoints.is_empty() {
        wait_for_its_end(&mut running).await?;
    }
    drop(running);
    let running = ward.start("", defect.broken)?;
    try_join_all(ward.devices.iter().map(Device::synchronise)).await?;
    drop(running);
    let findings = ward.check().await?;
    let n = (defect.finding)(&findings).len();
    let mut line = Line::of(format!("{}, {}", defect.what, engine.name()), 1, &findings);
    line.broken = true;
    line.detected = Some(u64::from(n > 0));
    line.problems.clear();
    if n == 0 {
        line.problems.push(format!("the checker did not notice; it found: {}", findings.told()));
    }
    line.seconds = started.elapsed().as_secs_f64();
    Ok(line)
}

/// Ten seconds at most: the server kills itself.
async fn wait_for_its_end(running: &mut crate::hospital::Running) -> Result<()> {
    for _ in 0..1_000 {
        if !running.is_alive()? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bail!("the broken server did not come to its fail point")
}

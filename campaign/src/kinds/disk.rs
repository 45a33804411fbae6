//! A disk that takes no more: the server's process may not write beyond so many bytes of a file, so that its n-th write
//! fails with an I/O error; then it may again, and the same process goes on.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Result, ensure};
use fastrand::Rng;
use futures_util::future::try_join_all;

use super::conclude;
use crate::{
    device::Device,
    hospital::{Engine, Machine},
    report::Line,
    ward::Ward,
};

/// What one page takes in SQLite's log.
const PAGE: u64 = 4_120;
/// Questionnaires of each device while writing fails, at most.
const ROUNDS: usize = 6;

/// Once for each n-th write of a session.
pub(crate) async fn run(machine: &Machine, n: u64, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let ward = Ward::open(machine, Engine::Sqlite, "disk", 2, &mut chance).await?;
    let mut n_refused = 0;
    for number in 1..=n {
        let running = ward.start("", "")?;
        limit(running.pid(), &(number * PAGE).to_string())?;
        let mut refused = false;
        for _ in 0..ROUNDS {
            try_join_all(ward.devices.iter().map(|device| device.answer(12))).await?;
            try_join_all(ward.devices.iter().map(Device::synchronise)).await?;
            refused |= ward.devices.iter().any(Device::is_alone);
            if refused {
                break;
            }
        }
        n_refused += u64::from(refused);
        limit(running.pid(), "unlimited")?;
        try_join_all(ward.devices.iter().map(Device::synchronise)).await?;
        running.stop()?;
    }
    let fault = "writing fails at the n-th page of SQLite's log, for each n, then works again".to_owned();
    let mut line = conclude(&ward, fault, n, started).await?;
    line.detected = Some(n_refused);
    if n_refused == 0 {
        line.problems.push("no write failed: nothing was shown".to_owned());
    }
    Ok(line)
}

fn limit(pid: u32, bytes: &str) -> Result<()> {
    let words = ["--pid", &pid.to_string(), &format!("--fsize={bytes}:unlimited")];
    let limited = Command::new("prlimit").args(words).stdout(Stdio::null()).status()?;
    ensure!(limited.success(), "prlimit could not limit what the server writes");
    Ok(())
}

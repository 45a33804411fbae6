//! Many devices that were long without network and come back at the same moment; and many that go on for long.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use fastrand::Rng;
use futures_util::future::try_join_all;

use super::conclude;
use crate::{
    device::Device,
    hospital::{Engine, Machine},
    proxy::{Proxy, Weather},
    report::Line,
    ward::Ward,
};

/// Events that each device has waiting: 24 answers and the sending.
const WAITING: usize = 25;

/// Two devices for each of so many patients fill up without network, then all come back at once.
pub(crate) async fn run(machine: &Machine, engine: Engine, n_patients: usize, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let ward = Ward::open(machine, engine, "reunion", n_patients, &mut chance).await?;
    try_join_all(ward.devices.iter().map(|device| device.answer(WAITING - 1))).await?;
    let running = ward.start("", "")?;
    let meeting = Instant::now();
    try_join_all(ward.devices.iter().map(Device::synchronise)).await?;
    let seconds = meeting.elapsed().as_secs_f64();
    running.stop()?;
    let n_devices = ward.devices.len();
    let n_events = n_devices * WAITING;
    let fault =
        format!("{n_devices} devices with {n_events} events come back at once ({seconds:.1} s), {}", engine.name());
    conclude(&ward, fault, u64::try_from(n_events)?, started).await
}

/// Devices answer over a bad network for so long, without a pause; the server's memory is told at both ends.
pub(crate) async fn soak(machine: &Machine, engine: Engine, minutes: u64, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let ward = Ward::open(machine, engine, "soak", 8, &mut chance).await?;
    let running = ward.start("", "")?;
    let proxy = Proxy::before(&running.origin, Weather { bad: 10, replays: 1, flips: false }, chance.fork()).await?;
    ward.point_to(&proxy.origin);
    let mut first_kb = None;
    let mut n_rounds = 0;
    while started.elapsed() < Duration::from_mins(minutes) {
        for device in &ward.devices {
            device.answer(chance.usize(1..31)).await?;
        }
        try_join_all(ward.devices.iter().map(Device::synchronise)).await?;
        n_rounds += 1;
        if n_rounds == 20 {
            first_kb = Some(memory_kb(running.pid())?);
        }
    }
    let (first_kb, last_kb) = (first_kb.unwrap_or_default(), memory_kb(running.pid())?);
    proxy.clear().await?;
    running.stop()?;
    let fault = format!(
        "{minutes} minutes without a pause, 16 devices, {}: server's memory {} MB after 20 rounds, {} MB at the end",
        engine.name(),
        first_kb / 1024,
        last_kb / 1024
    );
    conclude(&ward, fault, n_rounds * u64::try_from(ward.devices.len())?, started).await
}

fn memory_kb(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no memory is told")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

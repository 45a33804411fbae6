//! A bad network: exchanges cut, lost, doubled, late, answered by a portal; earlier pushes coming again; flipped bits.

use std::{collections::BTreeSet, fmt::Write as _, time::Instant};

use anyhow::Result;
use fastrand::Rng;
use futures_util::future::try_join_all;
use serde_json::Value;

use super::conclude;
use crate::{
    checker::{self, Database},
    device::Device,
    hospital::{Engine, Machine},
    proxy::{Flip, Proxy, Weather},
    report::Line,
    ward::Ward,
};

/// Until so many earlier pushes have come again.
pub(crate) async fn replays(machine: &Machine, engine: Engine, n: u64, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let ward = Ward::open(machine, engine, "network", 4, &mut chance).await?;
    let running = ward.start("", "")?;
    let weather = Weather { bad: 40, replays: 6, flips: false };
    let proxy = Proxy::before(&running.origin, weather, chance.fork()).await?;
    ward.point_to(&proxy.origin);
    while proxy.n_replayed() < n {
        let forks: Vec<Rng> = ward.devices.iter().map(|_| chance.fork()).collect();
        try_join_all(ward.devices.iter().zip(forks).map(|(device, chance)| work(device, chance))).await?;
    }
    let (n, n_bad, told) = (proxy.n_replayed(), proxy.n_bad(), proxy.told());
    proxy.clear().await?;
    running.stop()?;
    let fault = format!("bad network, {}: {n} replays, and of {n_bad} exchanges: {told}", engine.name());
    conclude(&ward, fault, n + n_bad, started).await
}

async fn work(device: &Device, mut chance: Rng) -> Result<()> {
    device.answer(chance.usize(1..6)).await?;
    device.synchronise().await
}

/// Until so many pushes had one bit flipped.
pub(crate) async fn flips(machine: &Machine, engine: Engine, n: u64, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let ward = Ward::open(machine, engine, "flips", 4, &mut chance).await?;
    let running = ward.start("", "")?;
    let weather = Weather { bad: 0, replays: 0, flips: true };
    let proxy = Proxy::before(&running.origin, weather, chance.fork()).await?;
    ward.point_to(&proxy.origin);
    while proxy.n_flipped() < n {
        let forks: Vec<Rng> = ward.devices.iter().map(|_| chance.fork()).collect();
        try_join_all(ward.devices.iter().zip(forks).map(|(device, chance)| work(device, chance))).await?;
    }
    let flips = proxy.flips();
    proxy.clear().await?;
    running.stop()?;
    let n = u64::try_from(flips.len())?;
    let mut line = conclude(&ward, format!("one bit of a push flipped, {}", engine.name()), n, started).await?;
    judge(&ward, &flips, &mut line).await?;
    Ok(line)
}

/// What was stored of a flipped push is what was sent; and nobody was told that something else is received.
async fn judge(ward: &Ward, flips: &[Flip], line: &mut Line) -> Result<()> {
    let mut sent = Vec::new();
    let mut n_refused = 0;
    for Flip { sent: pushed, status, reply } in flips {
        let reply = String::from_utf8_lossy(reply);
        n_refused += u64::from(*status != 200 || reply.contains("\"quarantined\""));
        if *status == 200 && reply.contains("\"received\"") {
            let push: Value = serde_json::from_slice(pushed)?;
            sent.extend(push.get("events").and_then(Value::as_array).cloned().unwrap_or_default());
        }
    }
    let made: BTreeSet<String> = checker::read_all(&ward.hospital.journals())?
        .into_iter()
        .flat_map(|journal| journal.made.into_values())
        .collect();
    let rows = Database::open(ward.hospital.address()).await?.rows().await?;
    let strange: Vec<Value> = rows
        .iter()
        .filter(|row| !made.contains(&row.body))
        .map(|row| serde_json::from_str(&row.body))
        .collect::<Result<_, _>>()?;
    let unexplained = strange.iter().filter(|event| !sent.contains(event)).count();
    line.detected = Some(n_refused);
    line.foreign = unexplained;
    let _ = write!(line.fault, ": {n_refused} refused or set aside, {} events kept as they were sent", strange.len());
    line.problems.clear();
    if unexplained > 0 {
        line.problems.push(format!("{unexplained} events are kept that nobody made or sent"));
    }
    let findings = ward.check().await?;
    let asked = |what: &str| matches!(what, "lost" | "duplicated" | "unequal" | "deleted");
    for (what, found) in findings.all().into_iter().filter(|(what, found)| asked(what) && !found.is_empty()) {
        line.problems.push(format!(
            "{} {what}: {}",
            found.len(),
            found.join(", ").chars().take(200).collect::<String>()
        ));
    }
    Ok(())
}

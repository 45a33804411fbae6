//! `kill -9` of the real server while devices push: at any moment, and at named places in its work.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;
use fastrand::Rng;
use futures_util::future::try_join_all;

use super::conclude;
use crate::{
    device::Device,
    hospital::{Engine, Machine, Running},
    report::Line,
    ward::Ward,
};

/// Where the server kills itself, in the order of its work: see `server/src/faults.rs`.
const PLACES: [&str; 5] = ["judged", "half-written", "before-commit", "after-commit", "between-replies"];

/// A server that nothing has killed after so many rounds of a device is killed then.
const ROUNDS: usize = 12;

/// Kills so often.
pub(crate) async fn run(machine: &Machine, engine: Engine, n: u64, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let ward = Ward::open(machine, engine, "kills", 4, &mut chance).await?;
    let mut by_place: BTreeMap<&str, u64> = BTreeMap::new();
    for number in 0..n {
        let place = usize::try_from(number)?.checked_rem(PLACES.len() + 1).and_then(|at| PLACES.get(at));
        let was_at = match place {
            Some(place) => at_place(&ward, place, &mut chance).await?,
            None => false,
        };
        if was_at {
            *by_place.entry(place.unwrap_or(&"")).or_default() += 1;
            continue;
        }
        at_any_moment(&ward, &mut chance).await?;
        *by_place.entry("any moment").or_default() += 1;
    }
    let places: Vec<String> = by_place.iter().map(|(place, n)| format!("{n} {place}")).collect();
    conclude(&ward, format!("kill -9 of the server, {}: {}", engine.name(), places.join(", ")), n, started).await
}

/// The devices work until the server kills itself at a place; whether it came to that.
async fn at_place(ward: &Ward, place: &str, chance: &mut Rng) -> Result<bool> {
    let failpoints = match chance.u32(..8) {
        0 => format!("{place}=return"),
        n => format!("{place}={n}*off->return"),
    };
    let mut running = ward.start(&failpoints, "")?;
    work(ward, chance).await?;
    let was_killed = !running.is_alive()?;
    if was_killed {
        running.kill()?;
    }
    Ok(was_killed)
}

/// The devices work, and the server is killed meanwhile.
async fn at_any_moment(ward: &Ward, chance: &mut Rng) -> Result<()> {
    let running: Running = ward.start("", "")?;
    let moment = Duration::from_micros(chance.u64(..150_000));
    let killing = async {
        tokio::time::sleep(moment).await;
        running.kill().map(|_| ())
    };
    tokio::try_join!(work(ward, chance), killing).map(|_| ())
}

/// Every device answers and sends, again and again, until it finds nobody.
async fn work(ward: &Ward, chance: &mut Rng) -> Result<()> {
    let forks: Vec<Rng> = ward.devices.iter().map(|_| chance.fork()).collect();
    try_join_all(ward.devices.iter().zip(forks).map(|(device, chance)| until_alone(device, chance))).await.map(|_| ())
}

async fn until_alone(device: &Device, mut chance: Rng) -> Result<()> {
    for _ in 0..ROUNDS {
        device.answer(chance.usize(1..8)).await?;
        device.synchronise().await?;
        if device.is_alone() {
            break;
        }
    }
    Ok(())
}

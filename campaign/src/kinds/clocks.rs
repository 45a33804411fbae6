//! Device clocks that are wrong: ten years too early to ten years too late, and at the hours that summer time moves.

use std::time::Instant;

use anyhow::Result;
use fastrand::Rng;
use futures_util::future::try_join_all;

use super::conclude;
use crate::{
    checker::Database,
    hospital::{Engine, Machine},
    report::Line,
    ward::Ward,
};

const DAY_MS: i64 = 86_400_000;

/// 1:00 UTC of the last Sundays of March and October, when clocks in Paris change, from 2020 to 2036.
const CHANGES: [&str; 6] = [
    "2020-10-25T01:00:00Z",
    "2026-03-29T01:00:00Z",
    "2026-10-25T01:00:00Z",
    "2027-03-28T01:00:00Z",
    "2030-10-27T01:00:00Z",
    "2036-03-30T01:00:00Z",
];

/// So many questionnaires, each under another clock.
pub(crate) async fn run(machine: &Machine, engine: Engine, n: u64, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let ward = Ward::open(machine, engine, "clocks", 2, &mut chance).await?;
    let began = crate::settings::now_ms();
    let running = ward.start("", "")?;
    let mut n_done = 0;
    while n_done < n {
        for device in &ward.devices {
            device.skew_ms.set(any_skew(&mut chance)?);
            device.answer(3).await?;
            n_done += 1;
        }
        try_join_all(ward.devices.iter().map(crate::device::Device::synchronise)).await?;
    }
    running.stop()?;
    let ended = crate::settings::now_ms();
    let fault = format!("device clock from -10 to +10 years and at changes of summer time, {}", engine.name());
    let mut line = conclude(&ward, fault, n_done, started).await?;
    let received = Database::open(ward.hospital.address()).await?.received_at().await?;
    let wrong = received.iter().filter(|at| !(began..=ended).contains(*at)).count();
    if wrong > 0 {
        line.problems.push(format!("{wrong} events are said to be received when they were not: by a device's clock?"));
    }
    Ok(line)
}

fn any_skew(chance: &mut Rng) -> Result<i64> {
    Ok(match chance.u8(..4) {
        0 => chance.i64(-3_650 * DAY_MS..=3_650 * DAY_MS),
        1 => chance.i64(-DAY_MS..=DAY_MS),
        2 => *chance.choice(&[-3_650 * DAY_MS, 3_650 * DAY_MS, -3_600_000, 3_600_000, 0]).unwrap_or(&0),
        _ => {
            let at = chance.choice(CHANGES).unwrap_or_default().parse::<shared::time::Timestamp>()?.as_millisecond();
            at + chance.i64(-2..=2) - crate::settings::now_ms()
        }
    })
}

//! Reading costs what changed, not what exists: a phone's pull and the nurse's worklist among 1,000 patients and
//! among 100,000.

use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::{
    growth::grow,
    hospital::{Engine, Hospital, Phone},
    table::{Figure, Table, median},
    wire::{Wire, request},
};

/// Requests of each kind; the median counts.
const TRIES: usize = 400;

/// How many patients exist at the first and at the second measurement.
const SIZES: [u32; 2] = [1_000, 100_000];

/// Both figures on one engine.
pub(crate) async fn measure(table: &mut Table, engine: &Engine) -> Result<()> {
    let hospital = Hospital::open(engine).await?;
    let phone = hospital.enrol_phones(1).await?.pop().context("no phone")?;
    let mut times = Vec::new();
    for size in SIZES {
        grow(&hospital, engine, size).await?;
        times.push((pull(&hospital, &phone).await?, worklist(&hospital).await?));
    }
    if let [(pull_small, list_small), (pull_large, list_large)] = times[..] {
        table.add(&growth("pull", engine, pull_small, pull_large));
        table.add(&growth("worklist", engine, list_small, list_large));
    }
    Ok(())
}

fn growth(what: &str, engine: &Engine, small: f64, large: f64) -> Figure {
    let name = format!("{what}, {}, 100,000 / 1,000 patients", engine.name());
    Figure::ratio(&name, &format!("{large:.1} ms"), &format!("{small:.1} ms"), large / small).at_most(2.0)
}

async fn pull(hospital: &Hospital, phone: &Phone) -> Result<f64> {
    timed(hospital, ("GET", "/api/sync/pull?after=0", b""), &phone.cookie).await
}

async fn worklist(hospital: &Hospital) -> Result<f64> {
    timed(hospital, ("POST", "/api/worklist", br#"{"group":"due"}"#), hospital.nurse_cookie()).await
}

/// The median time of one request on an open connection, in milliseconds.
async fn timed(hospital: &Hospital, (method, path, body): (&str, &str, &[u8]), cookie: &str) -> Result<f64> {
    let mut wire = Wire::open(hospital.address()).await?;
    let asked = request(method, hospital.address(), path, cookie, body);
    let mut times = Vec::with_capacity(TRIES);
    for _ in 0..TRIES {
        let started = Instant::now();
        wire.ask(&asked).await?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(times))
}

//! From tap to "kept" in a real browser, against a bare strict IndexedDB put in the same browser.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::{
    hospital::{Engine, Hospital},
    setting,
    table::{Figure, Table},
};

/// What the browser measured, ours and the yardstick taking turns.
#[derive(Deserialize)]
struct Measured {
    tap_to_kept: Times,
    bare_put: Times,
}

#[derive(Deserialize)]
struct Times {
    n: u32,
    median_ms: f64,
    p99_ms: f64,
}

/// Opens a phone in Chromium and taps answers.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let hospital = Hospital::open(&Engine::Sqlite).await?;
    let (_, letter) = hospital.enrol(0).await?;
    let address = format!("http://{}/#e={}", hospital.address(), letter.secret);
    let output = Command::new("node").args([&setting("RESSENTI_BENCH_BROWSER")?, &address]).output()?;
    ensure!(output.status.success(), "the browser's part failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().context("the browser measured nothing")?;
    let Measured { tap_to_kept: ours, bare_put: bare } = serde_json::from_str(line)?;
    let figure = |part: &str, tap: f64, put: f64| {
        let name = format!("tap to kept / bare put, {part} of {}", ours.n);
        Figure::ratio(&name, &format!("{tap:.2} ms"), &format!("{put:.2} ms"), tap / put)
    };
    table.add(&figure("median", ours.median_ms, bare.median_ms).at_most(1.5));
    table.add(&figure("p99", ours.p99_ms, bare.p99_ms));
    Ok(())
}

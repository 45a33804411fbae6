//! From tap to "kept" in a real browser, against a bare strict IndexedDB put: what is promised of it.
//!
//! Beside it, without a bound, a page that keeps the app's own row in a store with the app's indexes, from a click to
//! a text: it lacks what the app adds, and nothing else.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::{
    hospital::{Engine, Hospital},
    setting,
    table::{Figure, Table},
};

/// What the browser measured, ours and the yardsticks taking turns.
#[derive(Deserialize)]
struct Measured {
    tap_to_kept: Times,
    bare_page: Times,
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
    let Measured { tap_to_kept: ours, bare_page: page, bare_put: put } = serde_json::from_str(line)?;
    let figure = |against: &str, tap: f64, bare: f64| {
        let name = format!("tap to kept / {against} of {}", ours.n);
        Figure::ratio(&name, &format!("{tap:.2} ms"), &format!("{bare:.2} ms"), tap / bare)
    };
    table.add(&figure("bare put, median", ours.median_ms, put.median_ms).at_most(1.5));
    table.add(&figure("bare put, p99", ours.p99_ms, put.p99_ms));
    table.add(&figure("bare page, median", ours.median_ms, page.median_ms));
    Ok(())
}

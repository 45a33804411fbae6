//! From tap to "kept" in a real browser, against a bare strict IndexedDB put in the same browser.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::{
    hospital::{Engine, Hospital},
    setting,
    table::{Figure, Table},
};

/// What the browser measured, each the median of its tries.
#[derive(Deserialize)]
struct Measured {
    tap_to_kept_ms: f64,
    bare_put_ms: f64,
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
    let Measured { tap_to_kept_ms, bare_put_ms } = serde_json::from_str(line)?;
    let (ours, bare) = (format!("{tap_to_kept_ms:.1} ms"), format!("{bare_put_ms:.1} ms"));
    table.add(&Figure::ratio("tap to kept / bare strict put", &ours, &bare, tap_to_kept_ms / bare_put_ms).at_most(1.5));
    Ok(())
}

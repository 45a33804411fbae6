//! The kinds of fault, each a file: what is done to whom, and a line of the table for what came of it.

pub(crate) mod broken;
pub(crate) mod browsers;
pub(crate) mod clocks;
pub(crate) mod decoders;
pub(crate) mod disk;
pub(crate) mod kills;
pub(crate) mod network;
pub(crate) mod reunion;
pub(crate) mod tablet;

use std::time::Instant;

use anyhow::Result;

use crate::{report::Line, ward::Ward};

/// Brings a ward to rest, holds it against the checker and makes the table's line of it.
pub(crate) async fn conclude(ward: &Ward, fault: String, n: u64, started: Instant) -> Result<Line> {
    let running = ward.start("", "")?;
    let is_quiet = ward.come_to_rest().await?;
    running.stop()?;
    let findings = ward.check().await?;
    let mut line = Line::of(fault, n, &findings);
    if !is_quiet {
        line.problems.push("a queue did not drain".to_owned());
    }
    line.problems.extend(ward.accidents()?);
    line.problems.extend(ward.verify()?.map(|report| format!("the logs do not verify: {report}")));
    let rebuilt = ward.compare_rebuilt().await?;
    line.problems
        .extend(rebuilt.first().map(|row| format!("{} rows come out differently when rebuilt: {row}", rebuilt.len())));
    line.seconds = started.elapsed().as_secs_f64();
    Ok(line)
}

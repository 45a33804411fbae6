//! The one place where xtask writes to the terminal.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

/// One line for whoever is watching. A terminal that went away is no reason to stop.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// Does one step, then says its name and how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let result = work().with_context(|| name.to_owned());
    took(name, started.elapsed());
    result
}

/// A name and a time, in two columns.
pub(crate) fn took(name: &str, time: Duration) {
    line(&format!("{name:<44}{:>8.1} s", time.as_secs_f64()));
}

//! What a campaign ran on, for whoever reads its figures.

use std::{path::Path, process::Command};

use anyhow::Result;

/// Commit, day, cores and memory, in one line.
pub(crate) fn told(root: &Path) -> Result<String> {
    let read = |program: &str, words: &[&str]| -> Result<String> {
        let output = Command::new(program).args(words).current_dir(root).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let commit = read("git", &["rev-parse", "--short", "HEAD"])?;
    let changed = if read("git", &["status", "--porcelain"])?.is_empty() { "" } else { " with changes" };
    let day = read("date", &["--utc", "+%Y-%m-%d"])?;
    let cores = std::thread::available_parallelism()?;
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let kb: u64 = memory.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or_default();
    Ok(format!("commit {commit}{changed}; {day}; {cores} cores, {} GiB", kb / (1 << 20)))
}

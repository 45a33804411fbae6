//! `cargo xtask weight`: what a patient downloads at the first visit, compressed, against the promised bound.

use std::{collections::BTreeMap, fs};

use anyhow::{Result, ensure};

use crate::{dist, say};

/// What was promised, in bytes: all of the patient's app, in brotli.
const PROMISED: u64 = 250_000;

/// Prints the table, and refuses a download that is heavier than was promised.
pub(crate) fn check() -> Result<()> {
    let folder = dist::folder();
    let mut files = BTreeMap::new();
    for path in dist::walk(&folder)? {
        let name = path.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
        files.insert(name, fs::metadata(&path)?.len());
    }
    ensure!(files.contains_key("index.html"), "there is nothing in dist: run cargo xtask dist first");
    ensure!(files.contains_key("index.html.br"), "dist holds a --dev build: run cargo xtask dist first");
    let patient = table("patient", &files, |name| !name.starts_with("staff/"));
    table("staff", &files, |name| name.starts_with("staff/"));
    ensure!(patient <= PROMISED, "the patient's app weighs {patient} bytes compressed; {PROMISED} were promised");
    Ok(())
}

fn table(app: &str, files: &BTreeMap<String, u64>, of_app: impl Fn(&str) -> bool) -> u64 {
    say::line(&format!("{app:<52}{:>10}{:>10}", "bytes", "brotli"));
    let mut total = 0;
    let original = |name: &str| of_app(name) && !["br", "gz"].contains(&dist::extension(name));
    for (name, plain) in files.iter().filter(|(name, _)| original(name)) {
        let compressed = files.get(&format!("{name}.br")).unwrap_or(plain);
        total += compressed;
        say::line(&format!("  {name:<50}{plain:>10}{compressed:>10}"));
    }
    say::line(&format!("  {:<50}{:>10}{total:>10}", "in all", ""));
    total
}

//! The browser tests: Playwright over `tests/e2e`, on SQLite and on PostgreSQL.

use std::{fs, process::Command};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::tally::Tally;
use crate::{postgres::Postgres, setup, shell};

/// Whether the filter names any of them; without a filter all are meant.
pub(super) fn any(filter: Option<&str>) -> Result<bool> {
    let Some(words) = filter else { return Ok(true) };
    let listed = shell::read(playwright().args(["--list", "--pass-with-no-tests"]).arg(format!("--grep={words}")))?;
    Ok(!listed.contains("Total: 0 tests"))
}

fn playwright() -> Command {
    let mut playwright = Command::new(setup::e2e().join("node_modules/.bin/playwright"));
    playwright.current_dir(setup::e2e()).arg("test");
    playwright
}

/// Runs them and counts what the runner's own report says.
pub(super) fn run(filter: Option<&str>, postgres: &Postgres) -> Result<Tally> {
    let counts = shell::target().join("e2e-report.json");
    let mut playwright = playwright();
    playwright.args(filter.map(|words| format!("--grep={words}")));
    playwright.env("PLAYWRIGHT_JSON_OUTPUT_NAME", &counts).env("RESSENTI_TEST_POSTGRES", postgres.url());
    playwright.env("RESSENTI_BIN", shell::target().join("debug/ressenti"));
    let _ = fs::remove_file(&counts);
    let status = playwright.status().context("playwright could not be started")?;
    let report = fs::read(&counts).context("playwright wrote no report")?;
    Ok(read(&serde_json::from_slice(&report)?).with_status(status))
}

/// Playwright's own counts; a test that passed only at the second try has failed.
fn read(report: &Value) -> Tally {
    let count = |name: &str| report.pointer(&format!("/stats/{name}")).and_then(Value::as_u64).unwrap_or(0);
    let mut tally = Tally {
        passed: count("expected"),
        failed: count("unexpected") + count("flaky"),
        skipped: count("skipped"),
        failures: Vec::new(),
    };
    gather(report, "", &mut tally.failures);
    tally
}

/// The titles of what failed, from suites within suites.
fn gather(suite: &Value, above: &str, failures: &mut Vec<String>) {
    let list = |name: &str| suite.get(name).and_then(Value::as_array).into_iter().flatten();
    let title = |part: &Value| part.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
    for spec in list("specs").filter(|spec| spec.get("ok") == Some(&Value::Bool(false))) {
        let project = spec.pointer("/tests/0/projectName").and_then(Value::as_str).unwrap_or_default();
        failures.push(format!("{above}{} [{project}]", title(spec)));
    }
    for inner in list("suites") {
        gather(inner, &format!("{above}{} › ", title(inner)), failures);
    }
}

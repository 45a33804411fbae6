//! `cargo xtask test`: every test there is, on both databases and in a real browser. Nothing stops at the first
//! failure; the end lists what failed, says how long each step took, and counts everything in one line.

mod browser;
mod tally;

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    campaign, dist,
    postgres::{Durability, Postgres},
    say, setup, shell, weight,
};
use tally::{Report, Tally};

/// Runs all steps, or, given a filter, those that can be filtered.
pub(crate) fn test(filter: Option<&str>) -> Result<ExitCode> {
    setup::ensure_all()?;
    let postgres = say::step("start PostgreSQL", || Postgres::start(Durability::None))?;
    let mut report = Report::default();
    if filter.is_none() {
        check_sources(&mut report);
    }
    report.step("the server", || {
        // Interface and browser tests run it. Selected like the tests, so that cargo builds nothing twice. Pages are
        // read from their folder as they are asked for, if there is a folder when the server is compiled.
        dist::ensure_folder()?;
        let mut cargo = shell::cargo();
        cargo.args(["build", "--quiet", "--workspace", "--exclude", "frontend", "--bins", "--tests"]);
        shell::run(&mut cargo).map(|()| Tally::one_passed())
    });
    report.step("unit, documentation and interface tests", || {
        cargo_test(&["--quiet", "--workspace", "--exclude", "frontend"], filter, &postgres)
    });
    report.step("frontend tests without a browser", || {
        cargo_test(&["--quiet", "--package", "frontend", "--lib"], filter, &postgres)
    });
    report.step("frontend tests in Chromium", || {
        cargo_test(&["--package", "frontend", "--target", "wasm32-unknown-unknown"], filter, &postgres)
    });
    if browser::any(filter)? {
        browser_tests(&mut report, filter, &postgres);
    }
    drop(postgres);
    Ok(report.finish())
}

/// What is served, the campaign of faults over it, and the stories in a browser.
fn browser_tests(report: &mut Report, filter: Option<&str>, postgres: &Postgres) {
    report.step("web files", || dist::dist(dist::Profile::Small).map(|()| Tally::one_passed()));
    report.step("weight of the patient's download", || weight::check().map(|()| Tally::one_passed()));
    if filter.is_none() {
        report.step("compile the server with its faults", || campaign::build().map(|()| Tally::one_passed()));
        report.step("the campaign, quick", || campaign::run(&["--quick"], postgres).map(|()| Tally::one_passed()));
    }
    report.step("the stories in a browser", || browser::run(filter, postgres));
}

/// Formatting and lints.
fn check_sources(report: &mut Report) {
    let lint = |words: &[&str]| {
        let mut cargo = shell::cargo();
        cargo.args(["clippy", "--quiet"]).args(words).args(["--all-targets", "--", "-D", "warnings"]);
        shell::run(&mut cargo).map(|()| Tally::one_passed())
    };
    report.step("formatting", || {
        shell::run(shell::cargo().args(["fmt", "--all", "--", "--check"])).map(|()| Tally::one_passed())
    });
    report.step("lints", || lint(&["--workspace", "--exclude", "frontend", "--features", "server/faults"]));
    report.step("lints, frontend", || lint(&["--package", "frontend", "--target", "wasm32-unknown-unknown"]));
}

fn cargo_test(what: &[&str], filter: Option<&str>, postgres: &Postgres) -> Result<Tally> {
    let mut cargo = shell::cargo();
    cargo.args(["test", "--no-fail-fast"]).args(what).args(filter);
    cargo.env("RESSENTI_TEST_POSTGRES", postgres.url());
    let mut tally = Tally::default();
    let status = shell::follow(&mut cargo, |line| tally.read_libtest(line))?;
    Ok(tally.with_status(status))
}

//! Counting over all runners: what passed, what failed and by which name, what was skipped.

use std::{
    process::{ExitCode, ExitStatus},
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::say;

/// The outcome of one step.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    /// Names of what failed, as far as the runner says them.
    pub(super) failures: Vec<String>,
}

impl Tally {
    /// A step that is one check.
    pub(super) fn one_passed() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    fn one_failed(why: String) -> Self {
        Self { failed: 1, failures: vec![why], ..Self::default() }
    }

    /// Counts a line of Rust's test harness, if it says something to count.
    pub(super) fn read_libtest(&mut self, line: &str) {
        if let Some((_, counts)) = line.split_once("test result: ") {
            for part in counts.split([';', '.']) {
                match part.split_whitespace().collect::<Vec<_>>().as_slice() {
                    [number, "passed"] => self.passed += number.parse().unwrap_or(0),
                    [number, "failed"] => self.failed += number.parse().unwrap_or(0),
                    [number, "ignored"] => self.skipped += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        }
        if let Some(rest) = line.strip_prefix("---- ") {
            self.failures.extend(rest.split_whitespace().next().map(str::to_owned));
        }
    }

    /// A runner that failed without a failed test did not compile or did not start: that counts as one failure.
    pub(super) fn with_status(mut self, status: ExitStatus) -> Self {
        if !status.success() && self.failed == 0 {
            self.failed = 1;
            self.failures.push(format!("did not run to its end ({status})"));
        }
        self
    }
}

/// All steps so far.
#[derive(Default)]
pub(super) struct Report {
    total: Tally,
    times: Vec<(&'static str, Duration)>,
}

impl Report {
    /// Does a step and counts it, whatever comes of it.
    pub(super) fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<Tally>) {
        say::line(&format!("\n── {name}"));
        let started = Instant::now();
        let tally = work().unwrap_or_else(|error| Tally::one_failed(format!("{error:#}")));
        self.times.push((name, started.elapsed()));
        self.total.passed += tally.passed;
        self.total.failed += tally.failed;
        self.total.skipped += tally.skipped;
        self.total.failures.extend(tally.failures.into_iter().map(|failure| format!("{name}: {failure}")));
    }

    /// Times, failures and the one line of counts.
    pub(super) fn finish(self) -> ExitCode {
        say::line("");
        for (name, time) in &self.times {
            say::took(name, *time);
        }
        say::took("in all", self.times.iter().map(|(_, time)| *time).sum());
        say::line("");
        for failure in &self.total.failures {
            say::line(&format!("FAILED  {failure}"));
        }
        let Tally { passed, failed, skipped, .. } = self.total;
        say::line(&format!("{passed} passed, {failed} failed, {skipped} skipped"));
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_several_test_binaries_add_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; 4 filtered out; finished in 0.31s",
            "---- sync::a_second_phone_loses_nothing stdout ----",
            "    test result: ok. 3 passed; 0 failed; 1 ignored; 0 filtered out",
        ] {
            tally.read_libtest(line);
        }
        let failures = vec!["sync::a_second_phone_loses_nothing".to_owned()];
        assert_eq!(tally, Tally { passed: 15, failed: 1, skipped: 3, failures });
    }
}

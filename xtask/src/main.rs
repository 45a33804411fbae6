//! `cargo xtask …`: build, demo, test, bench. All that the project needs beyond cargo, and nothing else to
//! install by hand. `cargo xtask help` lists what there is.

mod dist;
mod say;
mod shell;
mod weight;

use std::process::ExitCode;

use anyhow::Result;

const HELP: &str = "\
cargo xtask dist [--dev]      build the web files into dist/ (--dev: fast to build, large)
cargo xtask weight            what a patient's first visit downloads, and whether that is within bounds
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(code) => code,
        Err(error) => {
            say::line(&format!("\nerror: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["dist"] => dist::dist(dist::Profile::Small)?,
        ["dist", "--dev"] => dist::dist(dist::Profile::Dev)?,
        ["weight"] => weight::check()?,
        _ => {
            say::line(HELP);
            return Ok(if matches!(words.as_slice(), [] | ["help" | "--help" | "-h"]) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

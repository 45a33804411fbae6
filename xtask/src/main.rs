//! `cargo xtask …`: build, demo, test, bench. All that the project needs beyond cargo, and nothing else to
//! install by hand. `cargo xtask help` lists what there is.

mod bench;
mod campaign;
mod demo;
mod dist;
mod postgres;
mod say;
mod setup;
mod shell;
mod test;
mod weight;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

const HELP: &str = "\
cargo xtask demo [--port N]   build everything and start the demonstration on http://127.0.0.1:8080
cargo xtask test [FILTER]     every test: units, both databases, real browser; installs what it needs
cargo xtask bench [GROUP]     push, pull and tap against their yardsticks on this machine
cargo xtask campaign [--quick|--full] [--seed N]
                              faults against the real server and devices; --full takes hours, writes docs/campaign.md
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
        ["demo"] => demo::demo(8080)?,
        ["demo", "--port", port] => {
            demo::demo(port.parse().with_context(|| format!("{port:?} is not a port; write --port 8081"))?)?;
        }
        ["test"] => return test::test(None),
        ["test", filter] if !filter.starts_with('-') => return test::test(Some(filter)),
        ["bench"] => bench::bench(None)?,
        ["bench", group] if !group.starts_with('-') => bench::bench(Some(group))?,
        ["campaign", rest @ ..] => campaign::campaign(rest)?,
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

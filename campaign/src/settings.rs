//! What `cargo xtask campaign` hands over, and the one place that writes to the terminal.

use std::{io::Write as _, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use fastrand::Rng;
use shared::time::{Moment as _, Timestamp};

use crate::hospital::{Engine, Machine};

/// What to run, on what.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) machine: Machine,
    /// All that was planned, rather than a few minutes of it.
    pub(crate) full: bool,
    pub(crate) seed: u64,
    /// How long the soak takes; none in a quick run unless it is asked for.
    pub(crate) minutes: u64,
    /// The repository.
    pub(crate) root: PathBuf,
    /// Where the figures are published, by a full run.
    pub(crate) page: Option<PathBuf>,
    /// What was asked for, as it is typed.
    pub(crate) asked: String,
    /// Only these kinds, if any is named.
    only: Vec<String>,
}

impl Settings {
    /// Reads `[--quick|--full] [--seed N] [--minutes N] [--only KIND]… [--page FILE]` and the environment that xtask sets.
    pub(crate) fn read() -> Result<Self> {
        let machine = Machine {
            binary: setting("RESSENTI_CAMPAIGN_SERVER")?.into(),
            postgres: setting("RESSENTI_CAMPAIGN_POSTGRES")?,
            scripts: setting("RESSENTI_CAMPAIGN_SCRIPTS")?.into(),
        };
        let root = std::env::current_dir()?;
        let seed = now_ms().unsigned_abs();
        let given: Vec<String> = std::env::args().skip(1).collect();
        let asked = format!("cargo xtask campaign {}", given.join(" "));
        let mut settings = Self { machine, full: false, seed, minutes: 0, root, page: None, asked, only: Vec::new() };
        let mut words = given.into_iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" => settings.full = false,
                "--full" => {
                    (settings.full, settings.minutes) = (true, 60);
                    settings.page = Some(settings.root.join("docs/campaign.md"));
                }
                "--minutes" => settings.minutes = words.next().context("--minutes takes a number")?.parse()?,
                "--seed" => settings.seed = words.next().context("--seed takes a number")?.parse()?,
                "--only" => settings.only.extend(words.next()),
                "--page" => settings.page = words.next().map(PathBuf::from),
                other => bail!("{other:?} is nothing a campaign takes: write --quick or --full, --seed N, --only KIND"),
            }
        }
        Ok(settings)
    }

    /// Chance for a kind on an engine, if it is to be run: the same whichever others are.
    pub(crate) fn chance(&self, kind: &str, engine: Engine) -> Option<Rng> {
        if !self.only.is_empty() && !self.only.iter().any(|only| only == kind) {
            return None;
        }
        let name = kind.bytes().chain(engine.name().bytes());
        Some(Rng::with_seed(name.fold(self.seed, |seed, byte| seed.rotate_left(5) ^ u64::from(byte))))
    }

    /// How many of something.
    pub(crate) const fn many(&self, quick: u64, full: u64) -> u64 {
        if self.full { full } else { quick }
    }
}

/// The machine's clock.
#[expect(clippy::disallowed_methods, reason = "the campaign's one reading of the clock")]
pub(crate) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Today in UTC, as a date is written.
pub(crate) fn today() -> String {
    let mut now = Timestamp::from_millisecond(now_ms()).unwrap_or_default().write();
    now.truncate("2026-03-12".len());
    now
}

#[expect(clippy::disallowed_methods, reason = "set by cargo xtask campaign")]
fn setting(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set: run this as cargo xtask campaign"))
}

/// One line for whoever is watching. A terminal that went away is no reason to stop.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

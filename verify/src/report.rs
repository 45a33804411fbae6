//! What was found, for people and for programs.

use std::fmt;

use serde::Serialize;

/// One of the two logs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Log {
    /// Answer events, by position.
    Answers,
    /// The audit, by number.
    Audit,
}

/// In which way something does not fit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An entry is not what it was.
    Altered,
    /// Entries within the log are not there.
    Missing,
    /// Entries at the end of the log are not there.
    CutOff,
    /// Entries are there that never were given out.
    Added,
    /// Somewhere among these entries is something else than was vouched for.
    Disagrees,
    /// A checkpoint is no checkpoint of this log, or not signed by its key.
    Unsigned,
}

/// Something that does not fit, and where.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// In which log.
    pub log: Log,
    /// In which way.
    pub kind: Kind,
    /// The first entry it concerns.
    pub first: i64,
    /// The last one.
    pub last: i64,
    /// In words.
    pub what: String,
}

/// One log, walked to its end.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LogReport {
    /// Which.
    pub log: Log,
    /// How many entries there are.
    pub entries: u64,
    /// How many checkpoints fit.
    pub checkpoints: u64,
    /// Up to this entry a checkpoint that fits vouches for it.
    pub vouched_up_to: u64,
    /// How many entries have no payload any more.
    pub n_without_payload: u64,
    /// What does not fit.
    pub findings: Vec<Finding>,
}

/// Both logs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Report {
    /// The answers and the audit.
    pub logs: [LogReport; 2],
}

impl Log {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Audit => "audit",
        }
    }
}

impl Report {
    /// Whether everything fits.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings().next().is_none()
    }

    /// All that does not fit.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.logs.iter().flat_map(|log| &log.findings)
    }

    /// The same as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!({ "sound": self.is_sound(), "logs": self.logs }).to_string()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::CutOff => "cut off",
            Self::Added => "added",
            Self::Disagrees => "disagrees",
            Self::Unsigned => "unsigned",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { log, kind, first, last, what } = self;
        let place = if first == last { first.to_string() } else { format!("{first} to {last}") };
        write!(f, "{:<8} {kind:<10} {place:<16} {what}", log.word())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<8} {:>10} {:>12} {:>14} {:>16} {:>9}",
            "log", "entries", "checkpoints", "vouched up to", "without payload", "findings"
        )?;
        for LogReport { log, entries, checkpoints, vouched_up_to, n_without_payload, findings } in &self.logs {
            let n = findings.len();
            writeln!(
                f,
                "{:<8} {entries:>10} {checkpoints:>12} {vouched_up_to:>14} {n_without_payload:>16} {n:>9}",
                log.word()
            )?;
        }
        writeln!(f)?;
        for finding in self.findings() {
            writeln!(f, "{finding}")?;
        }
        f.write_str(if self.is_sound() {
            "Everything fits."
        } else {
            "Not everything fits. Nothing was changed; keep this database as it is, and compare it with a backup."
        })
    }
}

//! Reading a device's journal: one JSON object a line, in the order in which the device wrote them down.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{plain, text};

/// What one device wrote down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    pub(crate) device: String,
    pub(crate) patient: String,
    /// The bytes of each event it made, by id; written down before anything was sent.
    pub(crate) made: BTreeMap<String, String>,
    /// What it was told is received, by id; written down after the receipt was kept.
    pub(crate) acknowledged: BTreeMap<String, Acknowledged>,
    /// The hash of what it was told was set aside, by id.
    pub(crate) aside: BTreeMap<String, String>,
    /// At the end, each event and hash it holds, with its stage.
    pub(crate) holds: Option<BTreeMap<(String, String), String>>,
}

/// A receipt as far as it is checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Acknowledged {
    pub(crate) hash: String,
    pub(crate) position: i64,
}

/// Every journal of a folder.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<Journal>> {
    let mut journals = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let lines = std::fs::read_to_string(&path)?;
        journals.push(read(&lines).with_context(|| path.display().to_string())?);
    }
    Ok(journals)
}

/// One journal.
pub(crate) fn read(lines: &str) -> Result<Journal> {
    let mut journal = Journal::default();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).with_context(|| format!("not a line of a journal: {line}"))?;
        journal.take(&line)?;
    }
    Ok(journal)
}

impl Journal {
    fn take(&mut self, line: &Value) -> Result<()> {
        let (id, hash) = (plain(&text(line, "/id")), text(line, "/hash"));
        match text(line, "/what").as_str() {
            "device" => (self.device, self.patient) = (id, plain(&text(line, "/patient"))),
            "made" => {
                let body = text(line, "/body");
                let id = plain(&text(&serde_json::from_str(&body)?, "/id"));
                self.made.insert(id, body);
            }
            "acknowledged" => {
                let position = line.get("position").and_then(Value::as_i64).context("no position")?;
                self.acknowledged.entry(id).or_insert(Acknowledged { hash, position });
            }
            "aside" => {
                self.aside.insert(id, hash);
            }
            "holds" => {
                let events = line.get("events").and_then(Value::as_array).context("no events")?;
                let held = |event: &Value| ((plain(&text(event, "/0")), text(event, "/1")), text(event, "/2"));
                self.holds = Some(events.iter().map(held).collect());
            }
            other => bail!("{other:?} is nothing that a device writes down"),
        }
        Ok(())
    }
}

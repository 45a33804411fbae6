//! The independent checker: what devices wrote down, held against what the database holds.
//!
//! > It reads journals and tables by means of its own and shares no code with sync, the answer log or the server; a
//! > rule of the repository's tests keeps it so. Whatever it does not understand is a finding.

mod database;
mod journal;
pub(crate) mod page;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub(crate) use database::{Address, Aside, Database, Row};
pub(crate) use journal::{Journal, read_all};

/// What is wrong, by invariant; each finding names the answer event it is about.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Events that devices made.
    pub(crate) n_made: usize,
    /// Events that devices were told are received.
    pub(crate) n_acknowledged: usize,
    /// Events that devices were told are set aside.
    pub(crate) n_aside: usize,
    /// Acknowledged, and not on the server.
    pub(crate) lost: Vec<String>,
    /// On the server more than once.
    pub(crate) duplicated: Vec<String>,
    /// On the server, and made by no device.
    pub(crate) foreign: Vec<String>,
    /// Other bytes than were made, or a hash of other bytes.
    pub(crate) altered: Vec<String>,
    /// Kept for another patient, device or questionnaire than it is of.
    pub(crate) misplaced: Vec<String>,
    /// A device's later event before its earlier one.
    pub(crate) disordered: Vec<String>,
    /// A device and the server do not hold the same, after all is quiet.
    pub(crate) unequal: Vec<String>,
    /// Gone from a device without anybody having said that it arrived.
    pub(crate) deleted: Vec<String>,
}

impl Findings {
    /// Each invariant with what breaks it.
    pub(crate) fn all(&self) -> [(&'static str, &[String]); 8] {
        [
            ("lost", &self.lost),
            ("duplicated", &self.duplicated),
            ("foreign", &self.foreign),
            ("altered", &self.altered),
            ("misplaced", &self.misplaced),
            ("disordered", &self.disordered),
            ("unequal", &self.unequal),
            ("deleted", &self.deleted),
        ]
    }

    /// Whether every invariant holds.
    pub(crate) fn is_clean(&self) -> bool {
        self.all().iter().all(|(_, found)| found.is_empty())
    }

    /// The first few of each kind, for whoever looks into it.
    pub(crate) fn told(&self) -> String {
        let mut text = String::new();
        for (what, found) in self.all().into_iter().filter(|(_, found)| !found.is_empty()) {
            let first: Vec<&str> = found.iter().take(3).map(String::as_str).collect();
            let _ = write!(text, "{} {what} ({}); ", found.len(), first.join(", "));
        }
        text.trim_end_matches("; ").to_owned()
    }
}

/// Lower-case SHA-256, the checker's own.
fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// An id without its dashes, as the checker compares them.
fn plain(id: &str) -> String {
    id.replace('-', "").to_lowercase()
}

/// A text within an event.
fn text(event: &Value, path: &str) -> String {
    event.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Holds journals against the database's rows.
pub(crate) fn check(journals: &[Journal], rows: &[Row], asides: &[Aside]) -> Findings {
    let mut findings = Findings::default();
    check_rows(journals, rows, &mut findings);
    let held: BTreeMap<&str, &Row> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let aside: BTreeSet<(&str, &str)> =
        asides.iter().map(|aside| (aside.device.as_str(), aside.hash.as_str())).collect();
    for journal in journals {
        findings.n_made += journal.made.len();
        findings.n_acknowledged += journal.acknowledged.len();
        findings.n_aside += journal.aside.len();
        for (id, said) in &journal.acknowledged {
            let is_there =
                held.get(id.as_str()).is_some_and(|row| row.hash == said.hash && row.position == said.position);
            if !is_there {
                findings.lost.push(id.clone());
            }
        }
        for (id, hash) in &journal.aside {
            if !aside.contains(&(journal.device.as_str(), hash.as_str())) {
                findings.lost.push(format!("{id} (set aside)"));
            }
        }
        if let Some(holds) = &journal.holds {
            check_replica(journal, holds, rows, &mut findings);
        }
    }
    findings
}

/// What each row says of itself, and whether a device made it.
fn check_rows(journals: &[Journal], rows: &[Row], findings: &mut Findings) {
    let made: BTreeMap<&str, (&Journal, &str)> = journals
        .iter()
        .flat_map(|journal| journal.made.iter().map(move |(id, body)| (id.as_str(), (journal, body.as_str()))))
        .collect();
    let mut seen = BTreeSet::new();
    let mut last: BTreeMap<&str, (i64, u64)> = BTreeMap::new();
    for row in rows {
        let event: Value = serde_json::from_str(&row.body).unwrap_or_default();
        let id = plain(&text(&event, "/id"));
        if !seen.insert(id.clone()) {
            findings.duplicated.push(id.clone());
        }
        match made.get(id.as_str()) {
            None => findings.foreign.push(id.clone()),
            Some((_, body)) if *body != row.body => findings.altered.push(id.clone()),
            Some((journal, _)) if journal.patient != row.patient || journal.device != row.device => {
                findings.misplaced.push(id.clone());
            }
            Some(_) => {}
        }
        if sha256(&row.body) != row.hash {
            findings.altered.push(format!("{id} (hash)"));
        }
        if !row.says_the_same(&event) {
            findings.misplaced.push(format!("{id} (columns)"));
        }
        let (position, sequence) = last.entry(&row.device).or_insert((row.position, 0));
        if row.sequence <= *sequence || row.position < *position {
            findings.disordered.push(id);
        }
        (*position, *sequence) = (row.position, row.sequence);
    }
}

/// Whether a device's replica and the server agree, and nothing left the device unsaid.
fn check_replica(journal: &Journal, holds: &BTreeMap<(String, String), String>, rows: &[Row], findings: &mut Findings) {
    let of_patient: BTreeSet<(String, String)> = rows
        .iter()
        .filter(|row| row.patient == journal.patient)
        .map(|row| (row.id.clone(), row.hash.clone()))
        .collect();
    let known: BTreeSet<(String, String)> = holds
        .iter()
        .filter(|(_, stage)| matches!(stage.as_str(), "received" | "pulled"))
        .map(|(event, _)| event.clone())
        .collect();
    findings.unequal.extend(of_patient.symmetric_difference(&known).map(|(id, _)| id.clone()));
    let waiting = holds.iter().filter(|(_, stage)| *stage == "outbox");
    findings.unequal.extend(waiting.map(|((id, _), _)| format!("{id} (still waits)")));
    for (id, body) in &journal.made {
        let is_kept = holds.contains_key(&(id.clone(), sha256(body)));
        if !is_kept && !journal.acknowledged.contains_key(id) && !journal.aside.contains_key(id) {
            findings.deleted.push(id.clone());
        }
    }
}

//! What somebody watching a screen wrote down, held against what the server has: nothing the page called kept
//! is missing, nothing nobody tapped is there.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{Row, plain, text};

/// An option that was tapped, and whether the page then said that the answer is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Tap {
    pub(crate) item: String,
    pub(crate) code: i64,
    pub(crate) kept: bool,
}

/// What was seen of one device.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    /// The taps of each patient, by their registry number; of a phone, whose patient is not named, under an empty one.
    pub(crate) taps: BTreeMap<String, Vec<Tap>>,
    /// How often the device was handed to a patient.
    pub(crate) n_given: usize,
    /// What was on the screen and should not have been: whose number, and where.
    pub(crate) shown: Vec<String>,
    /// Where it was killed: `tap` or `sending`.
    pub(crate) killed: Vec<String>,
    /// At the end the page said that the hospital has everything.
    pub(crate) received: bool,
}

/// Reads what was written down, one JSON object a line.
pub(crate) fn read(lines: &str) -> Result<Watched> {
    let mut watched = Watched::default();
    let mut holder = String::new();
    for line in lines.lines() {
        let said: Value = serde_json::from_str(line)?;
        let taps = watched.taps.entry(holder.clone()).or_default();
        match text(&said, "/what").as_str() {
            "given" => {
                holder = text(&said, "/number");
                watched.n_given += 1;
            }
            "tap" => taps.push(Tap {
                item: text(&said, "/item"),
                code: said.get("code").and_then(Value::as_i64).context("a tap without a code")?,
                kept: false,
            }),
            "kept" => taps.last_mut().context("kept before any tap")?.kept = true,
            "shown" => watched.shown.push(format!("{} ({})", text(&said, "/number"), text(&said, "/where"))),
            "killed" => watched.killed.push(text(&said, "/at")),
            "received" => watched.received = true,
            other => bail!("{other:?} is nothing that is written down of a page"),
        }
    }
    Ok(watched)
}

/// The answers among a patient's rows, in the order in which their device gave them, and how often it said that all is
/// sent.
fn said(mut rows: Vec<&Row>) -> Result<(Vec<(String, i64)>, usize)> {
    rows.sort_by_key(|row| row.sequence);
    let (mut answers, mut n_sent) = (Vec::new(), 0);
    for row in rows {
        let event: Value = serde_json::from_str(&row.body)?;
        match text(&event, "/body/kind").as_str() {
            "answered" => {
                let code = event.pointer("/body/value/code").and_then(Value::as_i64).context("no code")?;
                answers.push((text(&event, "/body/item"), code));
            }
            "submitted" => n_sent += 1,
            other => bail!("nobody did {other:?}"),
        }
    }
    Ok((answers, n_sent))
}

/// Kept taps that are not among the answers, and answers that no tap gave; in that order.
///
/// The answers have to be the taps in their order, without some of which the page never said "kept". Such a tap may
/// have been kept all the same: every way to read the answers is followed at once.
fn differences(taps: &[Tap], answers: &[(String, i64)]) -> (Vec<String>, usize) {
    let mut lost = Vec::new();
    let mut ways = BTreeSet::from([0]);
    for tap in taps {
        let gives = |at: usize| answers.get(at).is_some_and(|(item, code)| *item == tap.item && *code == tap.code);
        let mut next: BTreeSet<usize> = ways.iter().filter(|at| gives(**at)).map(|at| at + 1).collect();
        if tap.kept && next.is_empty() {
            lost.push(format!("{} = {}", tap.item, tap.code));
        }
        if !tap.kept || next.is_empty() {
            next.extend(ways);
        }
        ways = next;
    }
    (lost, answers.len() - ways.last().copied().unwrap_or_default())
}

/// What one patient's taps and the server's rows of them came to.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Kept, and not on the server.
    pub(crate) lost: Vec<String>,
    /// On the server, and tapped by nobody.
    pub(crate) n_foreign: usize,
    /// Said to be all; once is right.
    pub(crate) n_sent: usize,
}

/// Holds a patient's taps against the rows that are kept for them.
pub(crate) fn hold(taps: &[Tap], patient: &str, rows: &[Row]) -> Result<Held> {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.patient == plain(patient)).collect();
    let (answers, n_sent) = said(rows)?;
    let (lost, n_foreign) = differences(taps, &answers);
    Ok(Held { lost, n_foreign, n_sent })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tap(item: &str, code: i64, kept: bool) -> Tap {
        Tap { item: item.to_owned(), code, kept }
    }

    fn answers(list: &[(&str, i64)]) -> Vec<(String, i64)> {
        list.iter().map(|(item, code)| ((*item).to_owned(), *code)).collect()
    }

    #[test]
    fn a_tap_that_death_interrupted_may_be_kept_or_not_and_is_made_again() {
        let taps = [tap("q1", 2, true), tap("q2", 1, false), tap("q2", 1, true), tap("q3", 4, true)];
        let once = answers(&[("q1", 2), ("q2", 1), ("q3", 4)]);
        let twice = answers(&[("q1", 2), ("q2", 1), ("q2", 1), ("q3", 4)]);
        assert_eq!(differences(&taps, &once), (Vec::new(), 0));
        assert_eq!(differences(&taps, &twice), (Vec::new(), 0));
    }

    #[test]
    fn what_the_page_called_kept_and_is_not_there_is_lost() {
        let taps = [tap("q1", 2, true), tap("q2", 1, true), tap("q3", 4, true)];
        assert_eq!(differences(&taps, &answers(&[("q1", 2), ("q3", 4)])), (vec!["q2 = 1".to_owned()], 0));
        assert_eq!(differences(&taps, &answers(&[("q1", 2), ("q2", 1)])), (vec!["q3 = 4".to_owned()], 0));
    }

    #[test]
    fn an_answer_that_nobody_tapped_is_foreign() {
        let taps = [tap("q1", 2, true), tap("q2", 1, false)];
        assert_eq!(differences(&taps, &answers(&[("q1", 2), ("q2", 3)])), (Vec::new(), 1));
        assert_eq!(differences(&taps, &answers(&[("q1", 1)])), (vec!["q1 = 2".to_owned()], 1));
    }

    #[test]
    fn what_was_written_down_of_a_page_is_read() {
        let lines = r#"{"what":"tap","item":"q1","code":2}
            {"what":"kept"}
            {"what":"tap","item":"q2","code":1}
            {"what":"killed","at":"tap"}
            {"what":"received"}"#;
        let watched = read(lines).unwrap();
        assert_eq!(watched.taps[""], [tap("q1", 2, true), tap("q2", 1, false)]);
        assert_eq!((watched.killed, watched.received), (vec!["tap".to_owned()], true));
    }

    #[test]
    fn each_patient_of_a_tablet_has_their_own_taps() {
        let lines = r#"{"what":"given","number":"A"}
            {"what":"tap","item":"q1","code":2}
            {"what":"given","number":"B"}
            {"what":"shown","number":"A","where":"tasks"}
            {"what":"tap","item":"q1","code":1}
            {"what":"kept"}
            {"what":"given","number":"A"}
            {"what":"tap","item":"q2","code":1}"#;
        let watched = read(lines).unwrap();
        assert_eq!(watched.taps["A"], [tap("q1", 2, false), tap("q2", 1, false)]);
        assert_eq!(watched.taps["B"], [tap("q1", 1, true)]);
        assert_eq!((watched.n_given, watched.shown), (3, vec!["A (tasks)".to_owned()]));
    }
}

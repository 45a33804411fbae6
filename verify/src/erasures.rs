//! What the audit says was erased: whose answer events, by position, and which of its own entries.
//!
//! An entry that was altered is found by the audit's own walk; here each is taken at its word.

use std::{collections::BTreeMap, ops::RangeInclusive};

use crate::queries::ErasureRow;

type Ranges = Vec<RangeInclusive<i64>>;

/// All erasures that the audit tells of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Erasures {
    /// Positions of answer events, by patient.
    answers: BTreeMap<Vec<u8>, Ranges>,
    /// Numbers of audit entries.
    audit: Ranges,
}

impl Erasures {
    /// Entries that are none in their form cover nothing.
    pub(crate) fn read(rows: Vec<ErasureRow>) -> Self {
        let mut erasures = Self::default();
        for row in rows {
            let told = String::from_utf8(row.detail).ok();
            if let Some((patient, (answers, audit))) = row.patient_id.zip(told.as_deref().and_then(parse)) {
                erasures.answers.entry(patient).or_default().extend(answers);
                erasures.audit.extend(audit);
            }
        }
        erasures
    }

    /// Whether an entry tells of this answer event of this patient.
    pub(crate) fn cover_answer(&self, patient: &[u8], position: i64) -> bool {
        self.answers.get(patient).is_some_and(|ranges| ranges.iter().any(|range| range.contains(&position)))
    }

    /// Whether an entry tells of this one.
    pub(crate) fn cover_entry(&self, number: i64) -> bool {
        self.audit.iter().any(|range| range.contains(&number))
    }

    /// Whether an entry tells of this patient.
    pub(crate) fn know(&self, patient: &[u8]) -> bool {
        self.answers.contains_key(patient)
    }
}

/// `answers 1-12 40; audit 3 7-9; the reason`.
fn parse(detail: &str) -> Option<(Ranges, Ranges)> {
    let mut parts = detail.splitn(3, "; ");
    let answers = ranges(parts.next()?.strip_prefix("answers ")?)?;
    let audit = ranges(parts.next()?.strip_prefix("audit ")?)?;
    parts.next()?;
    Some((answers, audit))
}

fn ranges(told: &str) -> Option<Ranges> {
    if told == "none" {
        return Some(Vec::new());
    }
    let range = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    told.split(' ').map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_whatever_its_reason_says() {
        let (answers, audit) = parse("answers 1-12 40; audit none; a letter; answers 41-99; audit 1").unwrap();
        assert_eq!((answers, audit), (vec![1..=12, 40..=40], vec![]));
        for wrong in ["", "answers 1", "answers 1; audit 2", "answers 1,2; audit 3; x", "audit 1; answers 2; x"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}

//! From counts of assessments and questionnaires to the completion table. Pure.
//!
//! Expected is what was due (window closed, patient alive and in the study until then) and what came in before or
//! outside that: received / expected is the completion rate.

use std::{cmp::Reverse, collections::BTreeMap};

use shared::{
    api::{CompletionRow, ReasonCount},
    id::{HemopathyKey, InstrumentKey, TimepointKey},
    schedule::MissingReason,
    study::Study,
};

use crate::statistics::SMALLEST_CELL;

/// How many assessments of a timepoint were due, of patients with one hemopathy.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) timepoint: TimepointKey,
    pub(super) hemopathy: HemopathyKey,
    pub(super) n: u32,
}

/// What came in of one instrument at one timepoint.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Came {
    /// Received within the window.
    pub(super) on_time: u32,
    /// Received after it.
    pub(super) late: u32,
    /// Received, of those that were due.
    pub(super) of_due: u32,
    /// Due, begun and never sent.
    pub(super) partial: u32,
}

/// The counts of reasons that may be told, the most frequent first; then the reasons that few patients are behind.
pub(super) fn reasons(counted: Vec<(Option<MissingReason>, u32)>) -> Vec<ReasonCount> {
    let told = |n: u32| usize::try_from(n).is_ok_and(|n| n >= SMALLEST_CELL).then_some(n);
    let mut reasons: Vec<ReasonCount> =
        counted.into_iter().map(|(reason, n)| ReasonCount { reason, n: told(n) }).collect();
    reasons.sort_by_key(|it| (Reverse(it.n), it.reason));
    reasons
}

/// The rows in the study's order, without cells that few patients are behind.
pub(super) fn rows(
    study: &Study,
    due: &[Due],
    came: &BTreeMap<(TimepointKey, InstrumentKey), Came>,
) -> Vec<CompletionRow> {
    let mut rows = Vec::new();
    for timepoint in &study.timepoints {
        for entry in study.asked_at(timepoint) {
            let instrument = &entry.instrument.key;
            let asked = due.iter().filter(|it| it.timepoint == timepoint.key && entry.is_for(&it.hemopathy));
            let n_due: u32 = asked.map(|it| it.n).sum();
            let came = came.get(&(timepoint.key.clone(), instrument.clone())).copied().unwrap_or_default();
            let missed = n_due.saturating_sub(came.of_due + came.partial);
            rows.push(CompletionRow {
                timepoint: timepoint.key.clone(),
                instrument: instrument.clone(),
                expected: came.on_time + came.late + came.partial + missed,
                on_time: came.on_time,
                late: came.late,
                partial: came.partial,
                missed,
            });
        }
    }
    rows.retain(|row| usize::try_from(row.expected).is_ok_and(|expected| SMALLEST_CELL <= expected));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key<K: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> K {
        text.parse().unwrap()
    }

    #[test]
    fn reasons_with_few_patients_behind_them_are_named_without_their_number() {
        use MissingReason::{Language, NotGiven, TooIll};
        let told = reasons(vec![(Some(TooIll), 9), (Some(Language), 4), (None, 30), (Some(NotGiven), 1)]);
        let told: Vec<_> = told.into_iter().map(|it| (it.reason, it.n)).collect();
        assert_eq!(told, [(None, Some(30)), (Some(TooIll), Some(9)), (Some(NotGiven), None), (Some(Language), None)]);
    }

    #[test]
    fn what_was_due_is_received_begun_or_missed_and_early_answers_count_too() {
        let study = shared::study::shipped().unwrap();
        let due = [
            Due { timepoint: key("M1"), hemopathy: key("mm"), n: 7 },
            Due { timepoint: key("M1"), hemopathy: key("mcl"), n: 3 },
            Due { timepoint: key("D7"), hemopathy: key("mm"), n: 4 },
        ];
        let qlq = Came { on_time: 6, late: 1, of_due: 5, partial: 2 };
        let came = BTreeMap::from([((key("M1"), key("qlq-c30")), qlq)]);
        let rows = rows(&study, &due, &came);
        let told: Vec<_> = rows
            .iter()
            .map(|it| (it.instrument.as_str(), it.expected, it.on_time, it.late, it.partial, it.missed))
            .collect();
        // D7 has four patients behind it: too few to be shown
        let of_myeloma_alone = ("qlq-my20", 7, 0, 0, 0, 7);
        assert_eq!(told, [("qlq-c30", 12, 6, 1, 2, 3), of_myeloma_alone, ("eq-5d-5l", 10, 0, 0, 0, 10)]);
    }
}

//! Copies of one questionnaire side by side: where they differ, and why one of them stands.

use std::collections::BTreeMap;

use shared::{
    api::{AnswerLine, ReceivedCopy},
    id::ItemCode,
};

/// Why the first copy stands; the rule uses no device clock and no order of arrival.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    /// There is no other.
    Only,
    /// It was sent, the others only begun.
    Sent,
    /// It holds more answers.
    MoreAnswers,
    /// Nothing tells them apart but the ids that the devices gave them.
    SmallerId,
}

/// One item across all copies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ComparedItem<'a> {
    /// Its code.
    pub(crate) item: &'a ItemCode,
    /// Our label for it.
    pub(crate) topic: &'a str,
    /// What each copy says of it, in the order of the copies.
    pub(crate) cells: Vec<Option<&'a AnswerLine>>,
    /// The copies do not agree.
    pub(crate) differs: bool,
}

/// Why the first of these copies stands.
pub(crate) fn standing(copies: &[ReceivedCopy]) -> Standing {
    let [first, second, ..] = copies else { return Standing::Only };
    if first.submitted_at.is_some() != second.submitted_at.is_some() {
        Standing::Sent
    } else if n_answered(first) > n_answered(second) {
        Standing::MoreAnswers
    } else {
        Standing::SmallerId
    }
}

/// How many items of a copy hold an answer.
pub(crate) fn n_answered(copy: &ReceivedCopy) -> usize {
    copy.answers.iter().filter(|line| line.value.is_some()).count()
}

/// Every item that any copy names, in the order of the first copy that names it.
pub(crate) fn compare(copies: &[ReceivedCopy]) -> Vec<ComparedItem<'_>> {
    let by_item: Vec<BTreeMap<_, _>> =
        copies.iter().map(|copy| copy.answers.iter().map(|line| (&line.item, line)).collect()).collect();
    let mut compared: Vec<ComparedItem<'_>> = Vec::new();
    for line in copies.iter().flat_map(|copy| &copy.answers) {
        if compared.iter().any(|known| known.item == &line.item) {
            continue;
        }
        let cells: Vec<_> = by_item.iter().map(|copy| copy.get(&line.item).copied()).collect();
        let said: Vec<_> = cells.iter().map(|cell| cell.map(|line| (line.value.clone(), line.skipped))).collect();
        let differs = said.windows(2).any(|pair| pair.first() != pair.last());
        compared.push(ComparedItem { item: &line.item, topic: &line.topic, cells, differs });
    }
    compared
}

#[cfg(test)]
mod tests {
    use shared::{
        answers::{AnswerValue, SkipReason},
        id::DeviceId,
        people::{Mode, Respondent},
    };

    use super::*;

    fn line(item: &str, code: Option<i32>) -> AnswerLine {
        AnswerLine {
            item: item.parse().unwrap(),
            topic: format!("topic of {item}"),
            value: code.map(AnswerValue::Code),
            words: String::new(),
            skipped: code.is_none().then_some(SkipReason::PreferNot),
        }
    }

    fn copy(sent: bool, answers: Vec<AnswerLine>) -> ReceivedCopy {
        ReceivedCopy {
            device: "018f0000-0000-7000-8000-000000000001".parse::<DeviceId>().unwrap(),
            submitted_at: sent.then(|| "2026-03-12T09:00:00Z".parse().unwrap()),
            received_at: "2026-03-12T09:00:05Z".parse().unwrap(),
            clock_skewed: false,
            mode: Mode::OwnDevice,
            respondent: Respondent::Patient,
            entered_by: None,
            transcript: None,
            answers,
        }
    }

    #[test]
    fn the_page_says_which_rule_made_a_copy_stand() {
        let full = vec![line("q1", Some(1)), line("q2", Some(2))];
        let check = |copies: &[ReceivedCopy], expected| assert_eq!(standing(copies), expected);
        check(&[copy(true, full.clone())], Standing::Only);
        check(&[copy(true, vec![line("q1", Some(1))]), copy(false, full.clone())], Standing::Sent);
        check(&[copy(true, full.clone()), copy(true, vec![line("q1", Some(1))])], Standing::MoreAnswers);
        check(&[copy(true, full.clone()), copy(true, full)], Standing::SmallerId);
    }

    #[test]
    fn every_item_of_every_copy_is_shown_and_differences_are_marked() {
        let copies = [
            copy(true, vec![line("q1", Some(1)), line("q2", Some(2)), line("q3", None)]),
            copy(true, vec![line("q1", Some(1)), line("q2", Some(4)), line("q4", Some(1))]),
        ];
        let seen: Vec<_> = compare(&copies).into_iter().map(|row| (row.item.to_string(), row.differs)).collect();
        let expected = [("q1", false), ("q2", true), ("q3", true), ("q4", true)];
        assert_eq!(seen, expected.map(|(item, differs)| (item.to_owned(), differs)));
    }
}

//! One form typed in twice: on which items the two entries differ, and which of these somebody has settled since.

use std::collections::BTreeSet;

use crate::{answers::QuestionnaireResponse, id::ItemCode};

/// A questionnaire that staff typed in more than once, and nobody else sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EnteredTwice {
    /// The items on which the entries differ, as they were typed.
    pub differing: BTreeSet<ItemCode>,
    /// Those of them that nobody has settled since the last entry.
    pub open: BTreeSet<ItemCode>,
}

/// Compares the entries of a questionnaire; `None` unless all its copies were typed in by staff, and two at least.
///
/// What an amendment made after the last entry says of an item settles it, also when it confirms what stood: the
/// server orders its ids by time.
#[must_use]
pub fn twice(response: &QuestionnaireResponse) -> Option<EnteredTwice> {
    let sent = response.copies.iter().all(|copy| copy.submission.is_some() && copy.transcript.is_some());
    let [standing, others @ ..] = response.copies.as_slice() else { return None };
    if !sent || others.is_empty() {
        return None;
    }
    let first = standing.as_sent();
    let differing: BTreeSet<ItemCode> = others
        .iter()
        .flat_map(|other| first.keys().chain(other.answers.keys()).map(move |item| (other, item)))
        .filter(|(other, item)| first.get(*item) != other.answers.get(*item))
        .map(|(_, item)| item.clone())
        .collect();
    let last_entry = response.copies.iter().filter_map(|copy| copy.submission).max();
    let settled = |item: &ItemCode| {
        standing.amendments.iter().any(|amendment| amendment.item == *item && Some(amendment.id) > last_entry)
    };
    let open = differing.iter().filter(|item| !settled(item)).cloned().collect();
    Some(EnteredTwice { differing, open })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{
        AnswerEvent, AnswerValue, EventBody, KnownBody, Transcript, response,
        samples::{answered, event, key, submitted},
    };

    fn transcribed() -> EventBody {
        let remark = String::new();
        let answered_on = "2026-03-02".parse().unwrap();
        EventBody::Known(KnownBody::Transcribed(Transcript { answered_on, retrospective: false, remark }))
    }

    fn settled(item: &str, code: i32) -> EventBody {
        let (value, left_out, reason) = (Some(AnswerValue::Code(code)), None, "double entry".to_owned());
        EventBody::Known(KnownBody::Amended { item: key(item), value, left_out, reason })
    }

    fn entry(device: u128, answers: &[(&str, i32)]) -> Vec<AnswerEvent> {
        let said = answers.iter().map(|(item, code)| answered(item, *code));
        let bodies = [transcribed()].into_iter().chain(said).chain([submitted()]);
        (1..).zip(bodies).map(|(n, body)| event(device * 10 + u128::from(n), device, n, body)).collect()
    }

    fn told(events: &[AnswerEvent]) -> Option<(Vec<String>, Vec<String>)> {
        let response = response::read(events, &key("M3:1"), &key("qlq-c30"))?;
        let words = |items: BTreeSet<ItemCode>| items.iter().map(ToString::to_string).collect();
        twice(&response).map(|it| (words(it.differing), words(it.open)))
    }

    #[test]
    fn two_entries_that_agree_have_nothing_open() {
        let mut events = entry(1, &[("q1", 1), ("q2", 2)]);
        assert_eq!(told(&events), None, "it was typed in once");
        events.extend(entry(2, &[("q1", 1), ("q2", 2)]));
        assert_eq!(told(&events), Some((vec![], vec![])));
    }

    #[test]
    fn each_item_that_differs_is_open_until_it_is_settled_after_the_last_entry() {
        let mut events = entry(1, &[("q1", 1), ("q2", 2)]);
        events.push(event(15, 8, 1, settled("q2", 2))); // a correction from before the second entry settles nothing
        events.extend(entry(2, &[("q1", 3), ("q2", 4)]));
        let (all, rest) = (["q1", "q2"].map(str::to_owned).to_vec(), vec!["q2".to_owned()]);
        assert_eq!(told(&events), Some((all.clone(), all.clone())));
        events.push(event(90, 9, 1, settled("q1", 1)));
        assert_eq!(told(&events), Some((all.clone(), rest)));
        events.push(event(91, 9, 2, settled("q2", 4)));
        assert_eq!(told(&events), Some((all, vec![])));
    }

    #[test]
    fn a_form_and_a_phone_are_two_copies_to_look_at() {
        let mut events = entry(1, &[("q1", 1)]);
        events.extend([event(70, 7, 1, answered("q1", 1)), event(71, 7, 2, submitted())]);
        assert_eq!(told(&events), None);
    }
}

//! The questionnaire response: the log of one patient read at one moment, as one copy for each device.
//!
//! A copy is all that one device said of one questionnaire; within it the device's sequence orders, and nothing
//! after the first sending counts. Which copy stands: a submitted one before one that is not; then the one with
//! more answers; then the smaller id of its submission; then the smaller device id. No device clock and no order
//! of arrival is involved. Staff amendments, in the order of their ids, are laid over the standing copy.

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
};

use serde::{Deserialize, Serialize};

use super::{AnswerEvent, AnswerValue, EventBody, KnownBody, SkipReason, Transcript, WordingRef};
use crate::{
    id::{AnswerEventId, AssessmentId, DeviceId, InstrumentKey, InstrumentVersion, ItemCode, StaffId},
    order,
    people::{Mode, Respondent},
    time::DeviceTime,
};

/// What was said of one questionnaire.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionnaireResponse {
    /// One copy for each device that said something, the standing one first; never empty.
    pub copies: Vec<ResponseCopy>,
}

/// All that one device said of one questionnaire.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseCopy {
    /// The device.
    pub device: DeviceId,
    /// The instrument version last answered to.
    pub instrument: InstrumentVersion,
    /// The words last shown.
    pub wording: WordingRef,
    /// Who answered, as of the copy's last event.
    pub respondent: Respondent,
    /// How, as of the copy's last event.
    pub mode: Mode,
    /// What was said of each item; absent means not reached, or withdrawn by an amendment.
    pub answers: BTreeMap<ItemCode, ItemResponse>,
    /// When it was sent, by the device's clock; `None` while only begun.
    pub submitted: Option<DeviceTime>,
    /// The event that sent it.
    pub submission: Option<AnswerEventId>,
    /// What staff said of it when they typed it in; `None` when the device asked the patient.
    pub transcript: Option<Transcript>,
    /// Who typed it in.
    pub staff: Option<StaffId>,
    /// What staff corrected; only the standing copy has any.
    pub amendments: Vec<Amendment>,
}

/// What was said of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemResponse {
    /// Answered.
    Answered(AnswerValue),
    /// Left out on purpose.
    Skipped(SkipReason),
}

/// One correction by staff, and what stood before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Amendment {
    /// The amending event.
    pub id: AnswerEventId,
    /// Which item.
    pub item: ItemCode,
    /// What stood before.
    pub before: Option<ItemResponse>,
    /// What stands since; `None` withdraws the answer.
    pub after: Option<ItemResponse>,
    /// Why.
    pub reason: String,
    /// Who corrected.
    pub staff: Option<StaffId>,
    /// When, by the clock it was made under.
    pub at: DeviceTime,
}

impl ResponseCopy {
    /// The answers alone, as scoring and branching read them: a skipped item is absent.
    #[must_use]
    pub fn values(&self) -> BTreeMap<ItemCode, AnswerValue> {
        self.answers
            .iter()
            .filter_map(|(item, said)| match said {
                ItemResponse::Answered(value) => Some((item.clone(), value.clone())),
                ItemResponse::Skipped(_) => None,
            })
            .collect()
    }

    /// What the device itself said: the answers before any amendment.
    #[must_use]
    pub fn as_sent(&self) -> BTreeMap<ItemCode, ItemResponse> {
        let mut answers = self.answers.clone();
        for Amendment { item, before, .. } in self.amendments.iter().rev() {
            match before {
                Some(before) => answers.insert(item.clone(), before.clone()),
                None => answers.remove(item),
            };
        }
        answers
    }

    fn n_answered(&self) -> usize {
        self.answers.values().filter(|said| matches!(said, ItemResponse::Answered(_))).count()
    }

    fn standing(&self) -> (bool, Reverse<usize>, Option<AnswerEventId>, DeviceId) {
        (self.submission.is_none(), Reverse(self.n_answered()), self.submission, self.device)
    }
}

/// Reads one questionnaire out of one patient's events; `None` when no device said anything of it.
///
/// Events of other questionnaires are passed over, and so are bodies of kinds this version does not know.
/// The order of `events`, and seeing one twice, make no difference. An amendment of a questionnaire of which
/// no copy is there yet shows as soon as one is.
pub fn read<'a>(
    events: impl IntoIterator<Item = &'a AnswerEvent>,
    assessment: &AssessmentId,
    instrument: &InstrumentKey,
) -> Option<QuestionnaireResponse> {
    let mut said: BTreeMap<DeviceId, Vec<(&AnswerEvent, &KnownBody)>> = BTreeMap::new();
    let mut amending = Vec::new();
    for event in events {
        if event.assessment != *assessment || event.instrument.key != *instrument {
            continue;
        }
        match &event.body {
            EventBody::Unknown(_) => {}
            EventBody::Known(KnownBody::Amended { .. }) => amending.push(event),
            EventBody::Known(body) => said.entry(event.origin.device).or_default().push((event, body)),
        }
    }
    let mut copies: Vec<_> = said.into_values().filter_map(read_copy).collect();
    order::sort_by(&mut copies, |a, b| a.standing().cmp(&b.standing()));
    amend(copies.first_mut()?, amending);
    Some(QuestionnaireResponse { copies })
}

fn read_copy(mut said: Vec<(&AnswerEvent, &KnownBody)>) -> Option<ResponseCopy> {
    order::sort_by(&mut said, |(a, _), (b, _)| a.sequence.cmp(&b.sequence).then_with(|| by_id(a, b)));
    let submission = said.iter().position(|(_, body)| matches!(body, KnownBody::Submitted));
    if let Some(at) = submission {
        said.truncate(at + 1);
    }
    let (last, _) = *said.last()?;
    let sent = submission.map(|_| last);
    let (mut answers, mut transcript) = (BTreeMap::new(), None);
    for (_, body) in &said {
        match body {
            KnownBody::Answered { item, value } => {
                answers.insert(item.clone(), ItemResponse::Answered(value.clone()));
            }
            KnownBody::Skipped { item, reason } => {
                answers.insert(item.clone(), ItemResponse::Skipped(*reason));
            }
            KnownBody::Transcribed(said) => transcript = Some(said.clone()),
            KnownBody::Submitted | KnownBody::Amended { .. } => {}
        }
    }
    Some(ResponseCopy {
        device: last.origin.device,
        instrument: last.instrument.clone(),
        wording: last.wording.clone(),
        respondent: last.origin.respondent,
        mode: last.origin.mode,
        answers,
        submitted: sent.map(|event| event.clock),
        submission: sent.map(|event| event.id),
        transcript,
        staff: last.origin.staff,
        amendments: Vec::new(),
    })
}

fn amend(copy: &mut ResponseCopy, mut amending: Vec<&AnswerEvent>) {
    order::sort_by(&mut amending, |a, b| by_id(a, b));
    amending.dedup();
    for event in amending {
        let EventBody::Known(KnownBody::Amended { item, value, left_out, reason }) = &event.body else { continue };
        let after = match (value, left_out) {
            (Some(value), _) => Some(ItemResponse::Answered(value.clone())),
            (None, Some(why)) => Some(ItemResponse::Skipped(*why)),
            (None, None) => None,
        };
        let before = match &after {
            Some(after) => copy.answers.insert(item.clone(), after.clone()),
            None => copy.answers.remove(item),
        };
        copy.amendments.push(Amendment {
            id: event.id,
            item: item.clone(),
            before,
            after,
            reason: reason.clone(),
            staff: event.origin.staff,
            at: event.clock,
        });
    }
}

/// By id; where one id has two contents, by their bytes.
fn by_id(a: &AnswerEvent, b: &AnswerEvent) -> Ordering {
    a.id.cmp(&b.id).then_with(|| a.canonical_bytes().unwrap_or_default().cmp(&b.canonical_bytes().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::answers::{
        AnswerLog,
        samples::{answered, any_event, event, key, submitted},
    };

    fn amended(item: &str, code: Option<i32>) -> EventBody {
        let value = code.map(AnswerValue::Code);
        let (left_out, reason) = (None, "misread".to_owned());
        EventBody::Known(KnownBody::Amended { item: key(item), value, left_out, reason })
    }

    fn read_all(events: &[AnswerEvent]) -> Option<QuestionnaireResponse> {
        read(events, &key("M3:1"), &key("qlq-c30"))
    }

    fn said(copy: &ResponseCopy) -> Vec<(&str, Option<i32>)> {
        let code = |said: &ItemResponse| match said {
            ItemResponse::Answered(AnswerValue::Code(code)) => Some(*code),
            ItemResponse::Answered(_) | ItemResponse::Skipped(_) => None,
        };
        copy.answers.iter().map(|(item, said)| (item.as_str(), code(said))).collect()
    }

    #[test]
    fn a_changed_answer_replaces_the_earlier_one_by_the_devices_own_count() {
        let events = [event(9, 1, 2, answered("q1", 4)), event(3, 1, 1, answered("q1", 2))];
        let response = read_all(&events).unwrap();
        assert_eq!(said(&response.copies[0]), [("q1", Some(4))]);
        assert_eq!(response.copies[0].submitted, None);
    }

    #[test]
    fn a_sent_copy_stands_before_a_fuller_one_that_was_not_sent_and_both_are_shown() {
        let events = [
            event(1, 1, 1, answered("q1", 1)),
            event(2, 1, 2, answered("q2", 1)),
            event(3, 2, 1, answered("q1", 3)),
            event(4, 2, 2, submitted()),
        ];
        let response = read_all(&events).unwrap();
        assert_eq!(
            response.copies.iter().map(said).collect::<Vec<_>>(),
            [vec![("q1", Some(3))], vec![("q1", Some(1)), ("q2", Some(1))]]
        );
    }

    #[test]
    fn of_two_sent_copies_the_fuller_stands_then_the_smaller_submission() {
        let mut events = vec![
            event(8, 1, 1, answered("q1", 1)),
            event(9, 1, 2, submitted()),
            event(3, 2, 1, answered("q1", 3)),
            event(4, 2, 2, submitted()),
        ];
        assert_eq!(read_all(&events).unwrap().copies[0].device, event(0, 2, 0, submitted()).origin.device);
        events[1].sequence = 3;
        events.push(event(7, 1, 2, answered("q2", 1)));
        assert_eq!(read_all(&events).unwrap().copies[0].device, event(0, 1, 0, submitted()).origin.device);
    }

    #[test]
    fn an_answer_after_the_sending_changes_nothing() {
        let events =
            [event(1, 1, 1, answered("q1", 1)), event(2, 1, 2, submitted()), event(3, 1, 3, answered("q1", 4))];
        assert_eq!(said(&read_all(&events).unwrap().copies[0]), [("q1", Some(1))]);
    }

    #[test]
    fn an_amendment_lies_over_the_standing_copy_and_the_old_value_stays_visible() {
        let events = [
            event(1, 1, 1, answered("q1", 1)),
            event(2, 1, 2, answered("q2", 2)),
            event(3, 1, 3, submitted()),
            event(20, 9, 1, amended("q1", Some(3))),
            event(21, 9, 2, amended("q2", None)),
        ];
        let response = read_all(&events).unwrap();
        let standing = &response.copies[0];
        assert_eq!(said(standing), [("q1", Some(3))]);
        let before: Vec<_> = standing.amendments.iter().map(|amendment| amendment.before.clone()).collect();
        let sent = [1, 2].map(|code| ItemResponse::Answered(AnswerValue::Code(code)));
        assert_eq!(before, sent.clone().map(Some));
        assert_eq!(standing.as_sent().into_values().collect::<Vec<_>>(), sent);
        assert_eq!(read_all(&events[3..]), None, "nothing was said yet that could be corrected");
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_makes_no_difference(
            (events, shuffled) in vec(any_event(), 0..30).prop_flat_map(|events| {
                (Just(events.clone()), Just(events).prop_shuffle())
            }),
        ) {
            prop_assert_eq!(read_all(&events), read_all(&shuffled));
        }

        #[test]
        fn seeing_an_event_twice_makes_no_difference(events in vec(any_event(), 0..20)) {
            let mut log = AnswerLog::default();
            for event in &events {
                log.append(event.clone()).unwrap();
            }
            let twice: Vec<_> = events.iter().chain(&events).cloned().collect();
            prop_assert_eq!(read_all(&twice), read(log.events(), &key("M3:1"), &key("qlq-c30")));
        }

        #[test]
        fn a_sent_copy_always_stands_before_those_not_sent(events in vec(any_event(), 0..30)) {
            let Some(response) = read_all(&events) else { return Ok(()) };
            let sent: Vec<bool> = response.copies.iter().map(|copy| copy.submitted.is_some()).collect();
            prop_assert!(sent.is_sorted_by(|a, b| a >= b), "{:?}", sent);
        }

        #[test]
        fn kinds_of_a_later_version_change_nothing(events in vec(any_event(), 0..30)) {
            let known: Vec<_> =
                events.iter().filter(|event| matches!(event.body, EventBody::Known(_))).cloned().collect();
            prop_assert_eq!(read_all(&events), read_all(&known));
        }
    }
}

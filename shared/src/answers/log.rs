//! The log of answer events: it only grows, and copies of it merge without a decision to make.
//!
//! An event's identity is its id together with the hash of its bytes: the same event twice is one entry; one id
//! with two different contents is two entries, both kept for people to look at.

use std::collections::BTreeMap;

use super::{AnswerEvent, sha256_hex};
use crate::id::AnswerEventId;

/// A grow-only set of answer events, by id and hash of bytes.
///
/// Merging is commutative, associative and idempotent, and loses nothing; so copies that have seen the same
/// events are equal, whatever the order of arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerLog {
    events: BTreeMap<(AnswerEventId, String), AnswerEvent>,
}

/// What appending an event changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Appended {
    /// It was not there before.
    Added,
    /// It was there, byte for byte.
    Known,
    /// Its id was there with other bytes; now both are.
    Conflict,
}

impl AnswerLog {
    /// Adds one event.
    ///
    /// # Errors
    /// When the event has no canonical bytes; see [`AnswerEvent::canonical_bytes`].
    pub fn append(&mut self, event: AnswerEvent) -> Result<Appended, serde_json::Error> {
        let key = (event.id, sha256_hex(&event.canonical_bytes()?));
        if self.events.contains_key(&key) {
            return Ok(Appended::Known);
        }
        let conflict = self.find(event.id).next().is_some();
        self.events.insert(key, event);
        Ok(if conflict { Appended::Conflict } else { Appended::Added })
    }

    /// Adds everything another copy holds.
    pub fn merge(&mut self, other: Self) {
        self.events.extend(other.events);
    }

    /// Every event, by id and then by hash of bytes.
    pub fn events(&self) -> impl Iterator<Item = &AnswerEvent> {
        self.events.values()
    }

    /// The events with this id: none, one, or more when contents conflict.
    pub fn find(&self, id: AnswerEventId) -> impl Iterator<Item = &AnswerEvent> {
        self.events.range((id, String::new())..).take_while(move |((at, _), _)| *at == id).map(|(_, event)| event)
    }

    /// How many events it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::answers::{
        AnswerValue, EventBody, KnownBody,
        samples::{answered, any_event, event, key},
    };

    fn log_of(events: &[AnswerEvent]) -> AnswerLog {
        let mut log = AnswerLog::default();
        for event in events {
            log.append(event.clone()).unwrap();
        }
        log
    }

    fn merged(mut a: AnswerLog, b: &AnswerLog) -> AnswerLog {
        a.merge(b.clone());
        a
    }

    #[test]
    fn the_same_id_with_other_bytes_is_kept_beside_the_first() {
        let mut log = AnswerLog::default();
        let (first, other) = (event(1, 1, 1, answered("q1", 1)), event(1, 1, 1, answered("q1", 2)));
        assert_eq!(log.append(first.clone()).unwrap(), Appended::Added);
        assert_eq!(log.append(first.clone()).unwrap(), Appended::Known);
        assert_eq!(log.append(other).unwrap(), Appended::Conflict);
        assert_eq!(log.find(first.id).count(), 2);
    }

    #[test]
    fn a_kind_of_a_later_version_keeps_its_bytes_whatever_the_order_of_its_fields() {
        let event = event(1, 1, 1, answered("q1", 1));
        let text = String::from_utf8(event.canonical_bytes().unwrap()).unwrap();
        let later = text.replace(r#""kind":"answered""#, r#""zoom":3,"kind":"drawn""#);
        let read: AnswerEvent = serde_json::from_str(&later).unwrap();
        let again: AnswerEvent = serde_json::from_slice(&read.canonical_bytes().unwrap()).unwrap();
        assert!(matches!(read.body, EventBody::Unknown(_)));
        assert_eq!(read, again);
        assert_eq!(read.canonical_bytes().unwrap(), again.canonical_bytes().unwrap());
    }

    #[test]
    fn a_decimal_of_many_digits_has_the_same_bytes_after_it_was_read() {
        // Read less than exactly, the last digit of each of these changes.
        for number in [93.563_539_252_962_47, 105.372_217_388_681_39] {
            let (item, value) = (key("weight"), AnswerValue::Decimal(number));
            let event = event(1, 1, 1, EventBody::Known(KnownBody::Answered { item, value }));
            let bytes = event.canonical_bytes().unwrap();
            let read: AnswerEvent = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(read.canonical_bytes().unwrap(), bytes, "{number}");
        }
    }

    proptest! {
        #[test]
        fn merging_obeys_its_laws_and_loses_nothing(
            a in vec(any_event(), 0..20), b in vec(any_event(), 0..20), c in vec(any_event(), 0..20),
        ) {
            let (x, y, z) = (log_of(&a), log_of(&b), log_of(&c));
            prop_assert_eq!(merged(x.clone(), &y), merged(y.clone(), &x), "commutative");
            prop_assert_eq!(merged(merged(x.clone(), &y), &z), merged(x.clone(), &merged(y.clone(), &z)), "associative");
            prop_assert_eq!(merged(x.clone(), &x), x.clone(), "idempotent");
            let all = merged(x, &y);
            for event in a.iter().chain(&b) {
                prop_assert!(all.find(event.id).any(|kept| kept == event), "lost {:?}", event.id);
            }
            prop_assert!(all.len() <= a.len() + b.len());
        }

        #[test]
        fn what_is_written_reads_back_to_the_same_bytes(event in any_event()) {
            let bytes = event.canonical_bytes().unwrap();
            let back: AnswerEvent = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(&back.canonical_bytes().unwrap(), &bytes);
            prop_assert_eq!(&back, &event);
            let mut sorted: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            sorted.sort_all_objects();
            prop_assert_eq!(serde_json::to_vec(&sorted).unwrap(), bytes, "every object's names are in order");
            let mut plain = serde_json::to_value(&event).unwrap();
            plain.sort_all_objects();
            prop_assert_eq!(plain, sorted, "and it is the event as it travels");
        }
    }
}

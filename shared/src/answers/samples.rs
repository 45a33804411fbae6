//! Answer events for tests: by hand, and any that a handful of devices could make of two questionnaires.

use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{AnswerEvent, AnswerValue, EventBody, KnownBody, Origin, SkipReason, Transcript, WordingRef};
use crate::{
    id::{AnswerEventId, DeviceId, InstrumentVersion, PatientId, SessionId},
    people::{Mode, Respondent},
    time::{Date, DeviceTime, Timestamp},
};

pub(crate) fn key<K: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> K {
    text.parse().unwrap()
}

pub(crate) fn answered(item: &str, code: i32) -> EventBody {
    EventBody::Known(KnownBody::Answered { item: key(item), value: AnswerValue::Code(code) })
}

pub(crate) fn submitted() -> EventBody {
    EventBody::Known(KnownBody::Submitted)
}

pub(crate) fn event(id: u128, device: u128, sequence: u64, body: EventBody) -> AnswerEvent {
    AnswerEvent {
        id: AnswerEventId::new(Uuid::from_u128(id)),
        patient: PatientId::new(Uuid::from_u128(1)),
        assessment: key("M3:1"),
        instrument: InstrumentVersion { key: key("qlq-c30"), version: "3.0".to_owned() },
        wording: WordingRef { pack: key("demo"), language: key("fr"), hash: "0".repeat(64) },
        origin: Origin {
            respondent: Respondent::Patient,
            mode: Mode::OwnDevice,
            device: DeviceId::new(Uuid::from_u128(device)),
            session: SessionId::new(Uuid::from_u128(7)),
            staff: None,
        },
        sequence,
        clock: DeviceTime { at: Timestamp::UNIX_EPOCH, utc_offset_minutes: 60, monotonic_ms: 0 },
        body,
    }
}

fn any_body() -> impl Strategy<Value = EventBody> {
    let item = || prop_oneof![Just("q1"), Just("q2"), Just("q3")];
    prop_oneof![
        4 => (item(), 1..4).prop_map(|(item, code)| answered(item, code)),
        1 => item().prop_map(|item| {
            EventBody::Known(KnownBody::Skipped { item: key(item), reason: SkipReason::PreferNot })
        }),
        1 => (0..400_i32, any::<bool>()).prop_map(|(days, retrospective)| {
            let answered_on = Date::constant(2026, 1, 1).saturating_add(jiff::Span::new().days(days));
            let remark = if retrospective { "page 2 is torn" } else { "" }.to_owned();
            EventBody::Known(KnownBody::Transcribed(Transcript { answered_on, retrospective, remark }))
        }),
        1 => Just(submitted()),
        1 => (item(), proptest::option::of(1..4)).prop_map(|(item, code)| {
            let value = code.map(AnswerValue::Code);
            let left_out = value.is_none().then_some(SkipReason::Illegible);
            EventBody::Known(KnownBody::Amended { item: key(item), value, left_out, reason: "typing error".to_owned() })
        }),
        1 => Just(serde_json::from_value(json!({ "kind": "dictated", "seconds": 4, "item": "q1" })).unwrap()),
        1 => Just(serde_json::from_value(json!({ "kind": "skipped", "reason": "sang_it", "item": "q1" })).unwrap()),
    ]
}

/// Few ids and few sequence numbers, so that conflicts and collisions are common.
pub(crate) fn any_event() -> impl Strategy<Value = AnswerEvent> {
    (1..12_u128, 1..4_u128, 1..6_u64, any_body(), any::<bool>()).prop_map(|(id, device, sequence, body, other)| {
        let mut event = event(id, device, sequence, body);
        if other {
            event.instrument.key = key("eq-5d-5l");
        }
        event
    })
}

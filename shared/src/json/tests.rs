//! Each type here reads what serde reads, and refuses what serde refuses.

use std::fmt::Debug;

use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{FromJson, read};
use crate::{
    answers::{AnswerEvent, AnswerValue, EventBody, SkipReason, Slot, samples},
    api::{ClaimReply, Problem, ProblemKind},
    id::{AssessmentId, InstrumentVersion},
    instrument::{Condition, InstrumentSheet, ItemKind, Recall, catalog::Catalog},
    people::{Assistance, Mode, Respondent},
    schedule::Facts,
    study::{self, MilestoneKind, Study},
    sync::{
        protocol::{PatientBundle, PullReply, PushOutcome, PushReply, QuarantineReason, Receipt},
        store::Enrolment,
    },
    time::{Date, DeviceTime, PartialDate, Timestamp},
};

/// Reads a text both ways; that they agree is the test.
fn agree<T: FromJson + DeserializeOwned + PartialEq + Debug>(json: &Value) {
    assert_eq!(T::from_json(json), serde_json::from_value(json.clone()).ok(), "{json}");
}

/// The value itself, and all that comes of taking, replacing or adding one thing anywhere within it.
fn spoilt(json: &Value) -> Vec<Value> {
    let others = [Value::Null, json!(true), json!(-1), json!(70_000), json!(0.5), json!("x"), json!([]), json!({})];
    let mut all = vec![json.clone()];
    all.extend(others);
    match json {
        Value::Object(map) => {
            for (name, within) in map {
                let with = |within: Value| {
                    let mut map = map.clone();
                    map.insert(name.clone(), within);
                    Value::Object(map)
                };
                all.extend(spoilt(within).into_iter().map(with));
                let without: Map<_, _> =
                    map.iter().filter(|(other, _)| *other != name).map(|(a, b)| (a.clone(), b.clone())).collect();
                all.push(Value::Object(without));
            }
            let mut more = map.clone();
            more.insert("surplus".to_owned(), json!(1));
            all.push(Value::Object(more));
        }
        Value::Array(list) => {
            for (nth, within) in list.iter().enumerate().take(2) {
                all.extend(spoilt(within).into_iter().map(|within| {
                    let mut list = list.clone();
                    list[nth] = within;
                    Value::Array(list)
                }));
            }
        }
        Value::String(text) => all.push(json!(format!("{text}!"))),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    all
}

/// This and everything near it is read alike.
fn check<T: FromJson + DeserializeOwned + PartialEq + Debug + Serialize>(json: &Value) {
    let whole: T = serde_json::from_value(json.clone()).expect("serde reads it");
    assert_eq!(read::<T>(&serde_json::to_string(&whole).unwrap()), Some(whole));
    for json in spoilt(json) {
        // An object's fields as a list: serde takes it, nobody writes it.
        if !matches!(json, Value::Array(_)) {
            agree::<T>(&json);
        }
    }
}

fn receipt() -> Value {
    json!({ "id": "00000000-0000-0000-0000-000000000001", "position": 7, "received_at": "2026-03-12T14:32:05.25Z",
        "hash": "00ff" })
}

fn event(body: &Value) -> Value {
    let mut event = serde_json::to_value(samples::event(1, 2, 3, samples::submitted())).unwrap();
    event["body"] = body.clone();
    event
}

#[test]
fn answer_events_are_read_as_serde_reads_them() {
    for body in [
        json!({ "kind": "answered", "item": "q1", "value": { "codes": [1, 2] } }),
        json!({ "kind": "skipped", "item": "q1", "reason": "prefer_not" }),
        json!({ "kind": "submitted" }),
        json!({ "kind": "amended", "item": "q1", "value": null, "reason": "typing error" }),
        json!({ "kind": "amended", "item": "q1", "value": { "date": "2026-03-12" }, "reason": "" }),
        json!({ "kind": "dictated", "seconds": 4 }),
    ] {
        check::<EventBody>(&body);
        check::<AnswerEvent>(&event(&body));
    }
    for value in [
        json!({ "code": 3 }),
        json!({ "codes": [] }),
        json!({ "integer": -9_007_199_254_740_993_i64 }),
        json!({ "decimal": 62.5 }),
        json!({ "decimal": 62 }),
        json!({ "date": "2026-03-12" }),
        json!({ "text": "oui" }),
    ] {
        check::<AnswerValue>(&value);
    }
}

#[test]
fn what_the_hospital_sends_is_read_as_serde_reads_it() {
    let quarantined = json!({ "outcome": "quarantined", "id": null, "reason": "id_conflict", "detail": "twice" });
    let mut with_hash = quarantined.clone();
    with_hash["hash"] = json!("0".repeat(64));
    let mut received = receipt();
    received["outcome"] = json!("received");
    for outcome in [&quarantined, &with_hash, &received] {
        check::<PushOutcome>(outcome);
        check::<PushReply>(&json!({ "outcomes": [outcome] }));
    }
    check::<Receipt>(&receipt());
    let pulled = json!({ "event": event(&json!({ "kind": "submitted" })), "receipt": receipt() });
    check::<PullReply>(&json!({ "events": [pulled], "cursor": 7, "more": false, "life": "first" }));
    check::<Problem>(&json!({ "type": "urn:ressenti:refused", "status": 422, "title": "", "detail": "" }));
    let id = "00000000-0000-0000-0000-000000000001";
    check::<ClaimReply>(&json!({ "device": id, "patient": id, "credential": "c", "language": "fr" }));
    check::<Enrolment>(&json!({
        "device": id, "patient": id, "language": "fr", "wrong_tries": 2, "wait_until": "2026-03-12T14:32:05Z",
        "sealed": { "iterations": 310_000, "salt": "00", "nonce": "01", "ciphertext": "ab" },
    }));
}

#[test]
fn a_bundle_is_read_as_serde_reads_it() {
    let facts = json!({
        "hemopathy": "mcl",
        "milestones": [{ "kind": "inclusion", "on": { "date": "2026-03-02", "precision": "month" }, "planned": true }],
        "progress": [{ "assessment": "T0:1", "instrument": "qlq-c30", "submitted_on": "2026-03-05" }],
    });
    check::<Facts>(&facts);
    let mut study = study::shipped().unwrap().for_devices();
    let catalog = Catalog::shipped().unwrap();
    let sheets: Vec<InstrumentSheet> = catalog
        .definitions()
        .flat_map(|definition| catalog.packs(&definition.instrument).map(move |pack| (definition, pack)))
        .map(|(definition, pack)| InstrumentSheet { definition: definition.without_scales(), wording: pack.clone() })
        .collect();
    assert!(sheets.len() > 60, "every instrument in both languages");
    for sheet in &sheets {
        assert_eq!(read::<InstrumentSheet>(&serde_json::to_string(sheet).unwrap()).as_ref(), Some(sheet));
    }
    assert_eq!(read::<Study>(&serde_json::to_string(&study).unwrap()).as_ref(), Some(&study));
    // Of everything one or two, so that what is near them can be tried out.
    study.timepoints.truncate(2);
    study.batteries.retain(|key, _| key.as_str() == "CORE");
    let situation = sheets.iter().find(|sheet| sheet.definition.instrument.key.as_str() == "situation").unwrap();
    check::<Study>(&json!(study));
    check::<PatientBundle>(&json!({
        "revision": "one", "patient": "00000000-0000-0000-0000-000000000001", "site": "lille", "language": "fr",
        "study": study, "facts": facts, "sheets": [],
    }));
    check::<InstrumentSheet>(&json!(situation));
}

#[test]
fn scales_are_passed_over_and_nothing_else_is() {
    let catalog = Catalog::shipped().unwrap();
    for definition in catalog.definitions() {
        assert_eq!(read(&serde_json::to_string(definition).unwrap()), Some(definition.without_scales()));
    }
}

#[test]
fn kinds_and_conditions_are_read_as_serde_reads_them() {
    for kind in [
        json!({ "choice": "yes_no" }),
        json!({ "choices": "yes_no" }),
        json!({ "analogue": { "min": 0, "max": 100 } }),
        json!({ "integer": { "min": -1, "max": 30 } }),
        json!({ "decimal": { "min": 20.5, "max": 300 } }),
        json!("date"),
        json!({ "text": { "max_length": 500 } }),
    ] {
        check::<ItemKind>(&kind);
    }
    let answered = json!({ "answered": { "item": "q1", "codes": [1, 2] } });
    check::<Condition>(&json!({ "all": [{ "any": [{ "not": answered }] }, answered] }));
    check::<Respondent>(&json!({ "patient_assisted": "interpreter" }));
    for plain in ["patient", "proxy"] {
        check::<Respondent>(&json!(plain));
    }
    check::<InstrumentVersion>(&json!({ "key": "qlq-c30", "version": "3.0" }));
    check::<PartialDate>(&json!({ "date": "2026-03-12" }));
    check::<DeviceTime>(&json!({ "at": "2026-03-12T14:32:05Z", "utc_offset_minutes": -60, "monotonic_ms": 12 }));
    check::<AssessmentId>(&json!("M3:1"));
    check::<Slot>(&json!("00000000-0000-0000-0000-000000000001/M3:1/qlq-c30"));
}

/// Each word that serde writes for a type is read as that word, and no other.
fn check_words<T: FromJson + DeserializeOwned + PartialEq + Debug>(words: &str) {
    for word in words.split(' ').chain(["other", ""]) {
        agree::<T>(&json!(word));
    }
    let all_known = words.split(' ').all(|word| T::from_json(&json!(word)).is_some());
    assert!(all_known, "{words}");
}

#[test]
fn every_word_is_known() {
    check_words::<Mode>("own_device ward_tablet paper telephone interview");
    check_words::<Assistance>("read_aloud_by_device read_aloud_by_staff hand_of_staff interpreter relative");
    check_words::<SkipReason>("prefer_not not_applicable not_answered several_ticked illegible refused");
    check_words::<Recall>("none today past_day past_week past_two_weeks past_four_weeks past_year");
    check_words::<study::StudyStatus>("demonstration live");
    check_words::<study::Series>("always not_infused infused each_time");
    check_words::<MilestoneKind>(
        "rcp inclusion information leukapheresis bridging lymphodepletion infusion infusion_given_up \
         discharge relapse second_infusion last_news death withdrawal lost_to_follow_up",
    );
    check_words::<QuarantineReason>(
        "unreadable unknown_instrument unknown_item outside_codes other_patient other_device id_conflict \
         after_submission unknown_assessment revoked_device",
    );
    let kinds = "bad-request too-large not-signed-in wrong-credentials too-many-tries code-wrong code-expired \
                 code-used bad-signature device-revoked forbidden not-found conflict refused protocol unavailable fault";
    let kinds: Vec<_> = kinds.split_whitespace().map(|kind| format!("urn:ressenti:{kind}")).collect();
    check_words::<ProblemKind>(&kinds.join(" "));
}

proptest! {
    #[test]
    fn every_event_comes_back(event in samples::any_event()) {
        let text = String::from_utf8(event.canonical_bytes().unwrap()).unwrap();
        prop_assert_eq!(read::<AnswerEvent>(&text), Some(event));
    }

    #[test]
    fn every_number_comes_back(decimal: f64, integer: i64, sequence: u64) {
        prop_assume!(decimal.is_finite());
        prop_assert_eq!(read::<f64>(&json!(decimal).to_string()), Some(decimal));
        prop_assert_eq!(read::<i64>(&integer.to_string()), Some(integer));
        prop_assert_eq!(read::<u64>(&sequence.to_string()), Some(sequence));
    }

    #[test]
    fn dates_and_instants_come_back(days in 0..80_000_i32, second in 0..7_000_000_000_i64) {
        let date = Date::constant(1950, 1, 1).saturating_add(jiff::Span::new().days(days));
        agree::<Date>(&json!(date));
        agree::<Timestamp>(&json!(Timestamp::from_second(second).unwrap()));
    }
}

//! Pushing answers: a receipt for each event, once; what is refused is kept aside; nothing spoils the rest.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use server::db::Engine;
use shared::{
    api::{PatientReply, ProblemKind},
    sync::protocol::{
        MAX_EVENTS, PROTOCOL_VERSION, PullReply, PushOutcome, PushReply, QuarantineReason, QuarantineReason as Why,
        Receipt,
    },
};

use crate::support::{
    Phone, TestApp, on_both_databases,
    patient::{receipt, set_aside},
};

async fn phone(app: &TestApp) -> Phone {
    let nurse = app.nurse("claire", &["toulouse"]).await;
    Phone::new(app, &nurse, "R-1").await
}

fn positions(outcomes: &[PushOutcome]) -> Vec<u64> {
    outcomes.iter().map(|outcome| receipt(outcome).position).collect()
}

on_both_databases! {
    async fn a_questionnaire_is_received_whole_and_comes_back_as_it_was(app: TestApp) {
        let phone = phone(&app).await;
        let sent = phone.questionnaire();
        let outcomes = phone.push(&sent).await;
        assert_eq!(positions(&outcomes), (1..=12).collect::<Vec<u64>>());
        let pulled = phone.pull().await;
        assert_eq!(pulled.events.iter().map(|pulled| pulled.event.clone()).collect::<Vec<_>>(), sent);
        let receipts: Vec<Receipt> = outcomes.iter().map(|outcome| receipt(outcome).clone()).collect();
        assert_eq!(pulled.events.iter().map(|pulled| pulled.receipt.clone()).collect::<Vec<_>>(), receipts);
        for (event, receipt) in sent.iter().zip(&receipts) {
            assert_eq!(receipt.hash, shared::answers::sha256_hex(&event.canonical_bytes().unwrap()));
        }
        assert_eq!((pulled.cursor, pulled.more), (12, false));
        assert!(phone.client.get("/api/sync/pull?after=12").await.ok::<PullReply>().events.is_empty());
    }

    async fn a_push_again_gets_the_first_receipts(app: TestApp) {
        let phone = phone(&app).await;
        let sent = phone.questionnaire();
        let first = phone.push(&sent).await;
        app.clock.advance(Duration::from_hours(1));
        assert_eq!(phone.push(&sent).await, first);
        assert_eq!(phone.pull().await.events.len(), sent.len());
        let twice = [sent[0].clone(), sent[0].clone()];
        assert_eq!(phone.push(&twice).await, [first[0].clone(), first[0].clone()]);
    }

    async fn the_same_id_with_other_bytes_is_kept_aside(app: TestApp) {
        let phone = phone(&app).await;
        let event = phone.answer("e1", 1);
        let mut other = event.clone();
        other.body = phone.answer("e1", 0).body;
        let first = phone.push(std::slice::from_ref(&event)).await;
        let outcomes = phone.push(&[other.clone(), event]).await;
        assert_eq!(set_aside(&outcomes[0]), QuarantineReason::IdConflict);
        assert_eq!(outcomes[1], first[0]);
        assert_eq!(phone.pull().await.events.len(), 1, "what stood stands");
        assert_eq!(app.count("SELECT COUNT(*) FROM quarantine").await, 1, "both are kept");
        phone.push(&[other]).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM quarantine").await, 1, "once");
    }

    async fn one_bad_event_never_blocks_the_others(app: TestApp) {
        let phone = phone(&app).await;
        let bad = |reason, change: &dyn Fn(&mut Value)| {
            let mut event = serde_json::to_value(phone.answer("e2", 1)).unwrap();
            change(&mut event);
            (reason, event)
        };
        let events = [
            bad(Why::Unreadable, &|event| *event = json!({})),
            bad(Why::Unreadable, &|event| *event = json!("e2")),
            bad(Why::Unreadable, &|event| event["colour"] = json!("blue")),
            bad(Why::Unreadable, &|event| event["sequence"] = json!(-1)),
            bad(Why::Unreadable, &|event| event["sequence"] = json!(u64::MAX)),
            bad(Why::Unreadable, &|event| event["wording"]["hash"] = json!("0".repeat(20_000))),
            bad(Why::Unreadable, &|event| event["body"]["kind"] = json!(7)),
            bad(Why::Unreadable, &|event| event["body"] = json!({ "kind": "answered", "item": "e2" })),
            bad(Why::UnknownInstrument, &|event| event["instrument"]["key"] = json!("horoscope")),
            bad(Why::UnknownInstrument, &|event| event["instrument"]["version"] = json!("99")),
            bad(Why::UnknownItem, &|event| event["body"]["item"] = json!("e99")),
            bad(Why::UnknownItem, &|event| {
                event["body"] = json!({ "kind": "skipped", "item": "e99", "reason": "prefer_not" });
            }),
            bad(Why::OutsideCodes, &|event| event["body"]["value"] = json!({ "code": 7 })),
            bad(Why::OutsideCodes, &|event| event["body"]["value"] = json!({ "text": "yes" })),
            bad(Why::OtherPatient, &|event| event["patient"] = json!(uuid::Uuid::new_v4())),
            bad(Why::OtherDevice, &|event| event["origin"]["device"] = json!(uuid::Uuid::new_v4())),
            bad(Why::UnknownAssessment, &|event| event["assessment"] = json!("T99:1")),
            bad(Why::UnknownAssessment, &|event| event["assessment"] = json!("T0:2")),
            bad(Why::AfterSubmission, &|event| {
                event["body"] = json!({ "kind": "amended", "item": "e2", "value": { "code": 0 }, "reason": "me" });
            }),
        ];
        let mut pushed: Vec<Value> = vec![serde_json::to_value(phone.answer("e1", 1)).unwrap()];
        pushed.extend(events.iter().map(|(_, event)| event.clone()));
        pushed.push(serde_json::to_value(phone.answer("e3", 0)).unwrap());
        let reply: PushReply = phone.try_push(&pushed).await.ok();
        let (last, rest) = reply.outcomes.split_last().unwrap();
        let (first, middle) = rest.split_first().unwrap();
        assert_eq!([receipt(first).position, receipt(last).position], [1, 2]);
        for (outcome, (reason, event)) in middle.iter().zip(&events) {
            assert_eq!(set_aside(outcome), *reason, "{event}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM quarantine").await, 19, "each is kept");
        assert_eq!(app.count("SELECT COUNT(*) FROM answer_event").await, 2);
        assert_eq!(phone.pull().await.cursor, 2, "the cursor passes none of them");
    }

    async fn an_unknown_kind_is_kept_and_passed_on(app: TestApp) {
        let phone = phone(&app).await;
        let event = phone.event(&json!({ "kind": "dictated", "seconds": 4.5, "item": "e1" }));
        receipt(&phone.push(std::slice::from_ref(&event)).await[0]);
        assert_eq!(phone.pull().await.events[0].event, event);
    }

    async fn nothing_follows_the_sending_on_the_same_device(app: TestApp) {
        let phone = phone(&app).await;
        let early = phone.answer("e1", 0);
        phone.push(&phone.questionnaire()).await;
        let outcomes = phone.push(&[phone.answer("e1", 0), phone.submission(), early]).await;
        assert_eq!(set_aside(&outcomes[0]), QuarantineReason::AfterSubmission);
        assert_eq!(set_aside(&outcomes[1]), QuarantineReason::AfterSubmission);
        receipt(&outcomes[2]); // made before the sending, it only travelled slowly
        let together = [phone.answer("e1", 0)];
        assert_eq!(set_aside(&phone.push(&together).await[0]), QuarantineReason::AfterSubmission);
    }

    async fn two_devices_lose_nothing_and_the_nurse_sees_both(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let tablet = Phone::of(&app, &nurse, phone.patient).await;
        phone.push(&[phone.answer("e1", 1), phone.answer("e2", 0)]).await;
        tablet.push(&tablet.questionnaire()).await;
        assert_eq!(phone.pull().await.events.len(), 14, "each device learns of the other's");
        let file: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
        let [epices] = file.questionnaires.as_slice() else { panic!("one questionnaire") };
        let devices: Vec<_> = epices.copies.iter().map(|copy| copy.device).collect();
        assert_eq!(devices, [tablet.device, phone.device], "the sent copy stands");
        assert!(epices.scores.is_some());
        assert_eq!(epices.copies[1].submitted_at, None);
        let words: Vec<bool> = epices.copies[1].answers.iter().map(|line| line.value.is_some()).collect();
        assert_eq!(words.iter().filter(|said| **said).count(), 2);
    }

    async fn a_clock_years_off_loses_nothing_and_is_flagged(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        for (number, said, skewed) in
            [("R-1", "2019-01-01T00:00:00Z", true), ("R-2", "2031-01-01T00:00:00Z", true), ("R-3", "2026-03-02T08:00:00Z", false)]
        {
            let phone = Phone::new(&app, &nurse, number).await;
            let mut events = phone.questionnaire();
            for event in &mut events {
                event.clock.at = said.parse().unwrap();
            }
            assert!(phone.push(&events).await.iter().all(|outcome| matches!(outcome, PushOutcome::Received(_))));
            let file: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
            let copy = &file.questionnaires[0].copies[0];
            assert_eq!(copy.submitted_at, Some(said.parse().unwrap()), "the device's time is never overwritten");
            assert_eq!(copy.clock_skewed, skewed, "{said}");
            let sent = app.count("SELECT COUNT(*) FROM questionnaire WHERE submitted_on <> '2026-03-02'").await;
            assert_eq!(sent, 0, "an impossible day of sending is the day of receipt");
        }
    }

    async fn a_push_that_cannot_be_read_changes_nothing(app: TestApp) {
        let phone = phone(&app).await;
        let event = serde_json::to_value(phone.answer("e1", 1)).unwrap();
        let whole = json!({ "protocol": PROTOCOL_VERSION, "events": [event] }).to_string();
        for n in [0, 1, whole.len() / 2, whole.len() - 1] {
            let reply = phone.client.post_bytes("/api/sync/push", whole.get(..n).unwrap().to_owned()).await;
            assert_eq!(reply.refusal(), ProblemKind::BadRequest, "cut after {n} bytes");
        }
        for body in ["<html>Sign in to the hotel's network</html>", "[]", "null", "{\"protocol\":1}"] {
            let reply = phone.client.post_bytes("/api/sync/push", body).await;
            assert_eq!(reply.refusal(), ProblemKind::BadRequest, "{body}");
        }
        let extra = json!({ "protocol": PROTOCOL_VERSION, "events": [event], "colour": "blue" });
        assert_eq!(phone.client.post("/api/sync/push", &extra).await.refusal(), ProblemKind::BadRequest);
        let deep = format!("{{\"protocol\":1,\"events\":[{}1{}]}}", "[".repeat(5_000), "]".repeat(5_000));
        let reply: PushReply = phone.client.post_bytes("/api/sync/push", deep).await.ok();
        assert_eq!(set_aside(&reply.outcomes[0]), Why::Unreadable, "nested too deeply");
        let mut long = event.clone();
        long["body"] = json!({ "kind": "of a later version", "text": "x".repeat(4_097) });
        let outcomes = phone.try_push(&[long]).await.ok::<PushReply>().outcomes;
        assert_eq!(set_aside(&outcomes[0]), Why::Unreadable, "one text is longer than any answer");
        let plain = phone.client.request(reqwest::Method::POST, "/api/sync/push").body(whole);
        assert_eq!(phone.client.send(plain).await.refusal(), ProblemKind::BadRequest, "not said to be JSON");
        assert_eq!(app.count("SELECT COUNT(*) FROM answer_event").await, 0);
    }

    async fn too_much_at_once_is_refused_whole(app: TestApp) {
        let phone = phone(&app).await;
        let large = json!({ "protocol": PROTOCOL_VERSION, "events": ["x".repeat(10 * 1024 * 1024)] });
        assert_eq!(phone.client.post("/api/sync/push", &large).await.refusal(), ProblemKind::TooLarge);
        assert_eq!(phone.try_push(&vec![json!({}); 5_000]).await.refusal(), ProblemKind::TooLarge);
        assert_eq!(phone.try_push(&vec![json!({}); MAX_EVENTS + 1]).await.refusal(), ProblemKind::TooLarge);
        assert_eq!(phone.try_push(&[]).await.refusal(), ProblemKind::BadRequest);
        assert_eq!(app.count("SELECT COUNT(*) FROM quarantine").await, 0);
    }

    async fn a_newer_protocol_is_refused_and_an_older_one_taken(app: TestApp) {
        let phone = phone(&app).await;
        let event = serde_json::to_value(phone.answer("e1", 1)).unwrap();
        let newer = json!({ "protocol": PROTOCOL_VERSION + 1, "events": [event] });
        assert_eq!(phone.client.post("/api/sync/push", &newer).await.refusal(), ProblemKind::Protocol);
        let older = json!({ "protocol": PROTOCOL_VERSION - 1, "events": [event] });
        let reply: PushReply = phone.client.post("/api/sync/push", &older).await.ok();
        receipt(&reply.outcomes[0]);
    }

    async fn a_revoked_device_hands_in_and_reads_nothing(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let path = format!("/api/patients/{}/devices/{}/revoke", phone.patient, phone.device);
        assert!(nurse.post(&path, &json!({})).await.status.is_success());
        for path in ["/api/sync/pull?after=0", "/api/sync/bundle"] {
            assert_eq!(phone.client.get(path).await.refusal(), ProblemKind::DeviceRevoked);
        }
        let outcomes = phone.push(&[phone.answer("e1", 1)]).await;
        assert_eq!(set_aside(&outcomes[0]), QuarantineReason::RevokedDevice);
        let again = json!({ "device": phone.device, "credential": phone.credential });
        assert!(phone.client.post("/api/device/session", &again).await.status.is_success(), "it may still hand in");
        assert_eq!(app.count("SELECT COUNT(*) FROM quarantine").await, 1);
    }

    async fn a_long_history_is_pulled_in_pages(app: TestApp) {
        let phone = phone(&app).await;
        for _ in 0..3 {
            let events: Vec<_> = (0..150).map(|n| phone.answer("e1", n % 2)).collect();
            phone.push(&events).await;
        }
        let mut after = 0;
        let mut sizes = Vec::new();
        loop {
            let page: PullReply = phone.client.get(&format!("/api/sync/pull?after={after}")).await.ok();
            assert!(page.events.iter().all(|pulled| pulled.receipt.position > after));
            sizes.push(page.events.len());
            after = page.cursor;
            if !page.more {
                break;
            }
        }
        assert_eq!((sizes, after), (vec![200, 200, 50], 450));
    }

    async fn positions_follow_commits_whoever_pushes(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let mut phones = Vec::new();
        for n in 0..8 {
            phones.push(Phone::new(&app, &nurse, &format!("R-{n}")).await);
        }
        let pushing = phones.iter().map(|phone| async {
            let mut positions = Vec::new();
            for _ in 0..5 {
                let events: Vec<_> = (0..6).map(|n| phone.answer("e1", n % 2)).collect();
                let outcomes = phone.push(&events).await;
                positions.extend(outcomes.iter().map(|outcome| receipt(outcome).position));
                let seen = phone.pull().await;
                assert_eq!(seen.cursor, *positions.last().unwrap(), "what was acknowledged is there to pull");
            }
            assert!(positions.is_sorted(), "each phone's own order is kept");
            positions
        });
        let all: Vec<u64> = futures_util::future::join_all(pushing).await.concat();
        assert_eq!(all.iter().copied().collect::<BTreeSet<u64>>(), (1..=240).collect(), "each position once, no gap");
    }

    async fn the_database_itself_refuses_to_change_an_answer_event(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        nurse.get(&format!("/api/patients/{}", phone.patient)).await;
        for sql in [
            "UPDATE answer_event SET body = 'x'",
            "UPDATE answer_event SET position = position + 1000",
            "DELETE FROM answer_event",
            "DELETE FROM answer_event WHERE position = 1",
            "UPDATE answer_event SET commitment = hash, timepoint = NULL, occurrence = NULL, instrument = NULL,
                version = NULL, device_id = NULL, sequence = NULL, hash = NULL, body = NULL, salt = NULL",
            "UPDATE milestone SET planned = TRUE",
            "DELETE FROM milestone",
            "UPDATE audit SET detail = 'x'",
            "DELETE FROM audit WHERE log = 'clinical'",
            "DELETE FROM audit WHERE log = 'security'",
            "UPDATE audit SET operation = 'purged', detail = '', staff_id = NULL, device_id = NULL, patient_id = NULL,
                salt = NULL WHERE log = 'clinical'",
            "UPDATE audit SET operation = 'erased', detail = '', staff_id = NULL, device_id = NULL, patient_id = NULL,
                salt = NULL WHERE log = 'clinical'",
            "UPDATE audit SET chain = commitment, operation = 'purged', detail = '', staff_id = NULL, salt = NULL",
        ] {
            assert!(app.execute(sql).await.is_err(), "{sql}");
        }
        match app.state.db.read() {
            Engine::Sqlite(_) => {
                let replace = "INSERT OR REPLACE INTO answer_event (position, event_id, patient_id, timepoint,
                    occurrence, instrument, version, device_id, sequence, received_at, hash, body, salt, chain)
                    SELECT position, event_id, patient_id, timepoint,
                    occurrence, instrument, version, device_id, sequence, received_at, hash, 'x', salt, chain FROM answer_event";
                assert!(app.execute(replace).await.is_err());
            }
            Engine::Postgres(_) => assert!(app.execute("TRUNCATE answer_event").await.is_err()),
        }
        assert_eq!(phone.pull().await.events.len(), 12);
    }
}

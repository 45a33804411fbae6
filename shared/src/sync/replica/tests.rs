//! One device alone with what comes back to it.

use serde_json::{Value, json};

use super::*;
use crate::{
    answers::{
        samples::{answered, event},
        sha256_hex,
    },
    id::AnswerEventId,
    sync::protocol::{MAX_BODY, PushOutcome, PushReply, QuarantineReason, Receipt},
    time::Timestamp,
};

fn outbox(n: u64) -> Vec<OutboxEvent> {
    let waiting = |sequence: u64| {
        let event = event(sequence.into(), 1, sequence, answered("q1", 1));
        let json = String::from_utf8(event.canonical_bytes().unwrap()).unwrap();
        OutboxEvent { id: event.id, sequence, hash: sha256_hex(json.as_bytes()), json }
    };
    (1..=n).map(waiting).collect()
}

fn patient() -> PatientId {
    event(1, 1, 1, answered("q1", 1)).patient
}

fn receipt(of: &OutboxEvent) -> Receipt {
    Receipt { id: of.id, position: of.sequence, received_at: Timestamp::UNIX_EPOCH, hash: of.hash.clone() }
}

fn reply(status: u16, body: &impl serde::Serialize) -> Input {
    Input::Replied(HttpReply { status, body: serde_json::to_string(body).unwrap() })
}

fn problem(status: u16, kind: &str) -> Input {
    reply(status, &json!({ "type": format!("urn:ressenti:{kind}"), "status": status, "title": "", "detail": "" }))
}

fn nothing_to_pull() -> Input {
    reply(200, &json!({ "events": [], "cursor": 0, "more": false }))
}

/// A replica whose PIN was given, in the middle of pushing `events`.
fn pushing(events: Vec<OutboxEvent>) -> State {
    let mut state = State::new(patient(), 1);
    for input in [Input::Unlocked, Input::Woken, Input::OutboxRead(events)] {
        (state, _) = step(state, input);
    }
    state
}

fn settled(effects: &[Effect]) -> Vec<u64> {
    let of = |effect: &Effect| if let Effect::Settle(settled) = effect { settled.clone() } else { Vec::new() };
    let id = |one: Settled| u64::try_from(one.id.as_uuid().as_u128()).unwrap();
    effects.iter().flat_map(of).map(id).collect()
}

fn pause(effects: &[Effect]) -> Option<u32> {
    effects.iter().find_map(|effect| if let Effect::ArmTimer { delay_ms } = effect { Some(*delay_ms) } else { None })
}

#[test]
fn a_round_pushes_pulls_and_looks_for_a_newer_bundle() {
    let mut state = State::new(patient(), 1);
    let mut seen = Vec::new();
    let events = outbox(1);
    let receipts = PushReply { outcomes: vec![PushOutcome::Received(receipt(&events[0]))] };
    let inputs = [
        Input::Woken,
        Input::OutboxRead(events),
        reply(200, &receipts),
        Input::Saved,
        Input::OutboxRead(Vec::new()),
        nothing_to_pull(),
        Input::Saved,
        Input::Replied(HttpReply { status: 304, body: String::new() }),
    ];
    for input in inputs {
        let effects;
        (state, effects) = step(state, input);
        let names = effects.iter().map(|effect| format!("{effect:?}").split([' ', '(']).next().unwrap().to_owned());
        seen.extend(names.filter(|name| name != "Status" && name != "Count"));
    }
    assert_eq!(seen, ["ReadOutbox", "Push", "Settle", "ReadOutbox", "Pull", "Absorb", "FetchBundle", "ArmTimer"]);
    assert!(state.is_idle());
}

#[test]
fn only_a_receipt_for_the_very_bytes_settles_an_event() {
    let events = outbox(3);
    let other_bytes = Receipt { hash: sha256_hex(b"other"), ..receipt(&events[0]) };
    let other_event = Receipt { id: events[0].id, ..receipt(&events[1]) };
    let outcomes = [other_bytes, other_event, receipt(&events[2])].map(PushOutcome::Received).to_vec();
    let (_, effects) = step(pushing(events), reply(200, &PushReply { outcomes }));
    assert_eq!(settled(&effects), [3]);
}

#[test]
fn what_our_server_cannot_have_written_is_no_receipt() {
    let events = outbox(2);
    let whole = serde_json::to_string(&PushReply {
        outcomes: events.iter().map(|event| PushOutcome::Received(receipt(event))).collect(),
    })
    .unwrap();
    let too_few = json!({ "outcomes": [{ "outcome": "received", "id": events[0].id, "position": 1,
        "received_at": "1970-01-01T00:00:00Z", "hash": events[0].hash }] });
    let bodies = [
        "<html>Welcome to the hotel</html>".to_owned(),
        whole.split_at(whole.len() / 2).0.to_owned(),
        String::new(),
        too_few.to_string(),
    ];
    for body in bodies {
        let (state, effects) = step(pushing(events.clone()), Input::Replied(HttpReply { status: 200, body }));
        assert!(settled(&effects).is_empty());
        assert_eq!(state.status().obstacle, Some(Obstacle::Offline));
        assert!(pause(&effects).is_some(), "and it is tried again");
    }
}

/// The word that an event, perhaps in these bytes, was set aside.
fn aside(id: Option<AnswerEventId>, hash: Option<&str>) -> PushOutcome {
    let (reason, detail) = (QuarantineReason::Unreadable, String::new());
    PushOutcome::Quarantined { id, reason, detail, hash: hash.map(str::to_owned) }
}

#[test]
fn an_event_damaged_on_its_way_is_not_the_one_set_aside() {
    let events = outbox(3);
    let damaged = sha256_hex(b"one bit is another");
    let outcomes = vec![
        aside(None, Some(&damaged)),
        aside(Some(events[1].id), Some(&damaged)),
        aside(Some(events[2].id), Some(&events[2].hash)),
    ];
    let (_, effects) = step(pushing(events), reply(200, &PushReply { outcomes }));
    assert_eq!(settled(&effects), [3], "the others are offered again");
}

#[test]
fn one_event_set_aside_blocks_no_other() {
    let events = outbox(3);
    let mut outcomes: Vec<_> = events.iter().map(|event| PushOutcome::Received(receipt(event))).collect();
    outcomes[1] = aside(None, None);
    let (_, effects) = step(pushing(events), reply(200, &PushReply { outcomes }));
    assert_eq!(settled(&effects), [1, 2, 3]);
}

/// Pushes an outbox to a server that refuses whole every batch which holds `bad`, or more than `most` events.
fn drain(n: u64, bad: u64, most: usize) -> (Vec<u64>, State) {
    let all = outbox(n);
    let (mut state, mut got) = (pushing(all.clone()), Vec::new());
    let mut effects = vec![push_of(&all)];
    for _ in 0..1_000 {
        let Some(effect) = effects.into_iter().find(|effect| !matches!(effect, Effect::Count | Effect::Status(_)))
        else {
            break;
        };
        let input = match effect {
            Effect::ReadOutbox { after, limit } => {
                let waiting = all.iter().filter(|event| event.sequence > after && !got.contains(&event.sequence));
                Input::OutboxRead(waiting.take(usize::try_from(limit).unwrap()).cloned().collect())
            }
            Effect::Push(request) => judge(&request, bad, most),
            Effect::Settle(of) => {
                got.extend(settled(&[Effect::Settle(of)]));
                Input::Saved
            }
            Effect::Pull => nothing_to_pull(),
            Effect::Absorb { .. } => Input::Saved,
            Effect::FetchBundle => Input::Replied(HttpReply { status: 304, body: String::new() }),
            Effect::SaveBundle(_)
            | Effect::OpenSession
            | Effect::ArmTimer { .. }
            | Effect::Count
            | Effect::Status(_) => {
                break;
            }
        };
        (state, effects) = step(state, input);
    }
    (got, state)
}

fn push_of(events: &[OutboxEvent]) -> Effect {
    let events = events.iter().map(|event| serde_json::from_str(&event.json).unwrap()).collect();
    Effect::Push(PushRequest { protocol: 1, events })
}

fn judge(request: &PushRequest, bad: u64, most: usize) -> Input {
    let sequences = || request.events.iter().map(|event| event["sequence"].as_u64().unwrap());
    if request.events.len() > most || sequences().any(|sequence| sequence == bad) {
        return problem(413, "too-large");
    }
    let outcome = |value: &Value| {
        let sequence = value["sequence"].as_u64().unwrap();
        PushOutcome::Received(receipt(&outbox(sequence)[usize::try_from(sequence).unwrap() - 1]))
    };
    reply(200, &PushReply { outcomes: request.events.iter().map(outcome).collect() })
}

#[test]
fn a_batch_that_is_too_large_is_halved_until_it_fits() {
    let (got, state) = drain(30, 0, 4);
    assert_eq!(got, (1..=30).collect::<Vec<_>>());
    assert_eq!(state.status().obstacle, None);
}

#[test]
fn one_event_that_the_server_cannot_take_blocks_no_other() {
    let (got, state) = drain(30, 7, 100);
    assert_eq!(got, (1..=30).filter(|sequence| *sequence != 7).collect::<Vec<_>>());
    assert!(state.is_idle(), "it is left for the next round");
}

#[test]
fn a_round_that_leaves_something_unsettled_comes_again_soon() {
    let events = outbox(1);
    let other_bytes = Receipt { hash: sha256_hex(b"other"), ..receipt(&events[0]) };
    let inputs = [
        reply(200, &PushReply { outcomes: vec![PushOutcome::Received(other_bytes)] }),
        Input::Saved,
        Input::OutboxRead(Vec::new()),
        nothing_to_pull(),
        Input::Saved,
        Input::Replied(HttpReply { status: 304, body: String::new() }),
    ];
    let (mut state, mut effects) = (pushing(events), Vec::new());
    for input in inputs {
        (state, effects) = step(state, input);
    }
    assert!(state.is_idle());
    assert!(pause(&effects).unwrap() < 2 * FIRST_PAUSE_MS, "{effects:?}");
}

#[test]
fn a_batch_stays_below_the_size_of_a_body() {
    let mut events = outbox(200);
    for event in &mut events {
        event.json = format!("{:?}", "x".repeat(4_000));
    }
    let (_, effects) = step(step(State::new(patient(), 1), Input::Woken).0, Input::OutboxRead(events));
    let Some(Effect::Push(request)) = effects.first() else { panic!("{effects:?}") };
    let n_bytes = serde_json::to_string(request).unwrap().len();
    assert!(n_bytes <= MAX_BODY && n_bytes > MAX_BODY - 5_000, "{n_bytes}");
}

#[test]
fn a_session_that_is_over_is_opened_again_once_in_a_round() {
    let (state, effects) = step(pushing(outbox(1)), problem(401, "not-signed-in"));
    assert!(effects.contains(&Effect::OpenSession));
    let (state, effects) = step(state, Input::Replied(HttpReply { status: 204, body: String::new() }));
    assert!(effects.contains(&Effect::ReadOutbox { after: 0, limit: 200 }), "and the round goes on where it was");
    let (state, _) = step(state, Input::OutboxRead(outbox(1)));
    let (state, effects) = step(state, problem(401, "not-signed-in"));
    assert!(!effects.contains(&Effect::OpenSession) && pause(&effects).is_some() && state.is_idle());
}

#[test]
fn without_the_pin_nothing_is_sent_under_another_session() {
    let (state, _) = step(State::new(patient(), 1), Input::SessionLost);
    let (state, effects) = step(state, Input::Woken);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::ReadOutbox { .. } | Effect::OpenSession)));
    assert_eq!(state.status().obstacle, Some(Obstacle::NeedsPin));
    let (state, _) = step(state, Input::Unlocked);
    let (_, effects) = step(state, Input::Woken);
    assert!(effects.contains(&Effect::OpenSession), "our own session comes before anything else");
}

#[test]
fn a_revoked_device_hands_in_and_is_told_nothing() {
    let mut state = State::new(patient(), 1);
    for input in [Input::Woken, Input::OutboxRead(Vec::new()), problem(403, "device-revoked")] {
        (state, _) = step(state, input);
    }
    assert!(state.is_idle());
    assert_eq!(state.status().obstacle, Some(Obstacle::Revoked));
}

#[test]
fn a_device_that_the_hospital_does_not_know_says_so_and_does_not_insist() {
    let mut state = State::new(patient(), 1);
    let mut effects = Vec::new();
    for input in [Input::Unlocked, Input::SessionLost, Input::Woken, problem(401, "wrong-credentials")] {
        (state, effects) = step(state, input);
    }
    assert_eq!(state.status().obstacle, Some(Obstacle::Revoked));
    assert!(pause(&effects).unwrap() > LONGEST_PAUSE_MS);
}

#[test]
fn a_device_whose_key_is_lost_says_so_and_lets_nothing_go() {
    let (state, effects) = step(pushing(outbox(1)), problem(401, "bad-signature"));
    assert_eq!(state.status().obstacle, Some(Obstacle::Revoked));
    assert!(state.is_idle() && settled(&effects).is_empty());
    let (_, effects) = step(state, Input::Woken);
    assert!(effects.contains(&Effect::ReadOutbox { after: 0, limit: 200 }), "it is offered again");
}

#[test]
fn a_reason_of_a_later_version_still_settles_the_event() {
    let outcome = json!({ "outcome": "quarantined", "id": null, "reason": "full_moon", "detail": "" });
    let (_, effects) = step(pushing(outbox(1)), reply(200, &json!({ "outcomes": [outcome] })));
    assert_eq!(settled(&effects), [1]);
}

#[test]
fn pauses_grow_are_jittered_and_end_in_the_slow_rhythm() {
    let mut bases = Vec::new();
    for seed in 0..50 {
        let mut state = State::new(patient(), seed);
        for failure in 0..12_u32 {
            let effects;
            (state, _) = step(state, Input::Woken);
            (state, _) = step(state, Input::OutboxRead(outbox(1)));
            (state, effects) = step(state, Input::NetworkFailed);
            let base =
                if failure < QUICK_RETRIES { (FIRST_PAUSE_MS << failure).min(LONGEST_PAUSE_MS) } else { SLOW_MS };
            let pause = pause(&effects).unwrap();
            assert!((base * 3 / 4..=base * 5 / 4).contains(&pause), "{pause} after failure {failure}");
            bases.push(pause);
        }
    }
    bases.sort_unstable();
    bases.dedup();
    assert!(bases.len() > 500, "devices do not retry in step");
}

#[test]
fn a_store_that_fails_is_left_alone_until_the_next_wake() {
    let (state, _) = step(State::new(patient(), 1), Input::Woken);
    let (state, effects) = step(state, Input::StoreFailed);
    assert!(effects.iter().all(|effect| matches!(effect, Effect::ArmTimer { .. } | Effect::Status(_))), "{effects:?}");
    assert_eq!(state.status().obstacle, Some(Obstacle::StoreFailed));
    assert!(!state.status().all_received());
    let (_, effects) = step(state, Input::StoreFailed);
    assert_eq!(effects, [], "failing again asks for nothing");
}

#[test]
fn sending_shows_at_once_that_something_waits() {
    let (state, _) = step(State::new(patient(), 1), Input::Counted(Tally::default()));
    assert!(state.status().all_received());
    let (state, effects) = step(state, Input::Recorded);
    assert!(!state.status().all_received());
    assert!(effects.contains(&Effect::Status(*state.status())));
}

#[test]
fn a_pull_of_another_patient_or_of_other_bytes_is_refused() {
    let genuine = event(5, 2, 1, answered("q1", 1));
    let mut foreign = genuine.clone();
    foreign.patient = PatientId::new(uuid::Uuid::from_u128(99));
    let hash = |event: &crate::answers::AnswerEvent| sha256_hex(&event.canonical_bytes().unwrap());
    let cases =
        [(&genuine, hash(&genuine), true), (&genuine, hash(&foreign), false), (&foreign, hash(&foreign), false)];
    for (event, hash, accepted) in cases {
        let mut state = State::new(patient(), 1);
        for input in [Input::Woken, Input::OutboxRead(Vec::new())] {
            (state, _) = step(state, input);
        }
        let receipt = json!({ "id": event.id, "position": 1, "received_at": "1970-01-01T00:00:00Z", "hash": hash });
        let pulled = json!({ "events": [{ "event": event, "receipt": receipt }], "cursor": 1, "more": false });
        let (_, effects) = step(state, reply(200, &pulled));
        assert_eq!(effects.iter().any(|effect| matches!(effect, Effect::Absorb(_))), accepted);
    }
}

/// A replica that has received three answers and pulls.
fn pulling() -> State {
    let mut state = State::new(patient(), 1);
    let tally = Tally { drafts: 1, received: 3, quarantined: 1, ..Tally::default() };
    for input in [Input::Unlocked, Input::Counted(tally), Input::Woken, Input::OutboxRead(Vec::new())] {
        (state, _) = step(state, input);
    }
    state
}

fn another_life(more: bool) -> Input {
    let event = event(1, 1, 1, answered("q1", 1));
    let hash = sha256_hex(&event.canonical_bytes().unwrap());
    let receipt = json!({ "id": event.id, "position": 1, "received_at": "1970-01-01T00:00:00Z", "hash": hash });
    let events = json!([{ "event": event, "receipt": receipt }]);
    reply(200, &json!({ "events": events, "cursor": 1, "more": more, "life": "another" }))
}

#[test]
fn a_server_that_was_put_back_is_heard_to_the_end_before_it_is_offered_what_it_lost() {
    let (state, effects) = step(pulling(), another_life(false));
    assert!(matches!(&effects[..], [Effect::Absorb(pulled)] if pulled.life == "another"));
    let (state, effects) = step(state, Input::Forgotten);
    let Tally { drafts, waiting, received, quarantined, .. } = state.status().tally.unwrap();
    assert_eq!((drafts, waiting, received, quarantined), (1, 4, 0, 0), "nothing is called received from here on");
    assert!(!state.status().all_received() && state.pull_path(0).ends_with("?after=0&unsent=5&held=5&life=true"));
    assert_eq!(effects[..2], [Effect::Count, Effect::Pull]);
    let (state, _) = step(state, another_life(true));
    let (state, effects) = step(state, Input::Saved);
    assert_eq!(effects, [Effect::Count, Effect::Pull], "there is more to hear");
    let (state, _) = step(state, another_life(false));
    let (state, effects) = step(state, Input::Saved);
    assert_eq!(effects, [Effect::Count, Effect::ReadOutbox { after: 0, limit: 200 }]);
    let lost = outbox(2);
    let (state, effects) = step(state, Input::OutboxRead(lost.clone()));
    assert!(matches!(&effects[..], [Effect::Push(request)] if request.events.len() == 2));
    let outcomes = lost.iter().map(|event| PushOutcome::Received(receipt(event))).collect();
    let (state, effects) = step(state, reply(200, &PushReply { outcomes }));
    assert_eq!(settled(&effects), [1, 2]);
    let (mut state, _) = step(state, Input::Saved);
    let mut effects = Vec::new();
    for input in [Input::OutboxRead(Vec::new()), nothing_to_pull(), Input::Saved] {
        (state, effects) = step(state, input);
    }
    assert_eq!(effects, [Effect::Count, Effect::FetchBundle], "and the round ends as every other");
}

#[test]
fn two_servers_that_take_turns_are_not_asked_without_a_pause() {
    let (state, _) = step(pulling(), another_life(false));
    let (state, _) = step(state, Input::Forgotten);
    let (state, _) = step(state, another_life(false));
    let (state, effects) = step(state, Input::Forgotten);
    assert!(state.is_idle() && !state.status().all_received());
    assert!(pause(&effects).unwrap() >= FIRST_PAUSE_MS / 2);
}

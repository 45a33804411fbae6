//! A world in which all is well, then the same with one thing wrong: the checker names that thing and nothing else.

use serde_json::json;

use super::*;

const DEVICE: &str = "d0000000-0000-0000-0000-000000000001";
const PATIENT: &str = "a0000000-0000-0000-0000-000000000001";

struct World {
    journals: Vec<Journal>,
    rows: Vec<Row>,
    asides: Vec<Aside>,
}

fn id(n: u64) -> String {
    format!("e0000000-0000-0000-0000-{n:012}")
}

fn body(n: u64) -> String {
    let event = json!({
        "id": id(n), "patient": PATIENT, "assessment": "R:1", "instrument": { "key": "epices", "version": "1.0" },
        "origin": { "device": DEVICE }, "sequence": n, "body": { "kind": "answered", "item": "e1" },
    });
    event.to_string()
}

fn row(n: u64) -> Row {
    Row {
        position: i64::try_from(n).unwrap(),
        id: plain(&id(n)),
        patient: plain(PATIENT),
        assessment: "R:1".to_owned(),
        instrument: "epices".to_owned(),
        version: "1.0".to_owned(),
        device: plain(DEVICE),
        sequence: n,
        hash: sha256(&body(n)),
        body: body(n),
    }
}

/// Three events received, one set aside, one that waits.
fn sound() -> World {
    let mut lines = vec![json!({ "what": "device", "id": DEVICE, "patient": PATIENT })];
    lines.extend((1..=5).map(|n| json!({ "what": "made", "body": body(n) })));
    lines.extend(
        (1..=3).map(|n| json!({ "what": "acknowledged", "id": id(n), "hash": sha256(&body(n)), "position": n })),
    );
    lines.push(json!({ "what": "aside", "id": id(4), "hash": sha256(&body(4)) }));
    let stages = ["received", "received", "received", "quarantined", "draft"];
    let events: Vec<_> = (1..).zip(stages).map(|(n, stage)| json!([id(n), sha256(&body(n)), stage])).collect();
    lines.push(json!({ "what": "holds", "events": events }));
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    World {
        journals: vec![journal::read(&text.join("\n")).unwrap()],
        rows: (1..=3).map(row).collect(),
        asides: vec![Aside { device: plain(DEVICE), hash: sha256(&body(4)), body: body(4) }],
    }
}

/// The invariants that are found broken after this change.
fn broken_by(change: impl FnOnce(&mut World)) -> Vec<&'static str> {
    let mut world = sound();
    change(&mut world);
    let findings = check(&world.journals, &world.rows, &world.asides);
    assert_eq!(findings.is_clean(), findings.told().is_empty());
    findings.all().iter().filter(|(_, found)| !found.is_empty()).map(|(what, _)| *what).collect()
}

fn holds(world: &mut World) -> &mut BTreeMap<(String, String), String> {
    world.journals[0].holds.as_mut().unwrap()
}

#[test]
fn a_world_in_which_all_is_well_has_no_findings() {
    assert_eq!(broken_by(|_| {}), <[&str; 0]>::default());
    let world = sound();
    let findings = check(&world.journals, &world.rows, &world.asides);
    assert_eq!((findings.n_made, findings.n_acknowledged, findings.n_aside), (5, 3, 1));
}

#[test]
fn an_acknowledged_event_that_is_not_there_is_lost() {
    let found = broken_by(|world| {
        world.rows.pop();
    });
    assert_eq!(found, ["lost", "unequal"]);
}

#[test]
fn a_receipt_for_another_place_or_other_bytes_is_a_loss() {
    assert_eq!(
        broken_by(|world| world.journals[0].acknowledged.get_mut(&plain(&id(1))).unwrap().position = 9),
        ["lost"]
    );
    let forged = |world: &mut World| world.journals[0].acknowledged.get_mut(&plain(&id(1))).unwrap().hash = sha256("");
    assert_eq!(broken_by(forged), ["lost"]);
}

#[test]
fn what_was_said_to_be_set_aside_and_is_not_is_lost() {
    assert_eq!(broken_by(|world| world.asides.clear()), ["lost"]);
}

#[test]
fn an_event_that_is_there_twice_is_found() {
    let found = broken_by(|world| {
        let mut again = row(3);
        (again.position, again.id) = (4, plain(&id(77)));
        world.rows.push(again);
    });
    assert!(found.contains(&"duplicated"), "{found:?}");
}

#[test]
fn an_event_that_nobody_made_is_foreign() {
    let found = broken_by(|world| world.rows.push(row(9)));
    assert_eq!(found, ["foreign", "unequal"]);
}

#[test]
fn changed_bytes_are_found_with_their_hash_and_without() {
    let change = |row: &mut Row| row.body = row.body.replace("e1", "e2");
    assert_eq!(broken_by(|world| change(&mut world.rows[1])), ["altered"]);
    let found = broken_by(|world| {
        change(&mut world.rows[1]);
        world.rows[1].hash = sha256(&world.rows[1].body);
    });
    assert_eq!(found, ["lost", "altered", "unequal"]);
}

#[test]
fn an_answer_in_another_patients_file_is_found() {
    let found = broken_by(|world| world.rows[0].patient = plain(DEVICE));
    assert_eq!(found, ["misplaced", "unequal"]);
    assert_eq!(broken_by(|world| world.rows[0].assessment = "R:2".to_owned()), ["misplaced"]);
}

#[test]
fn a_devices_events_stand_in_its_own_order() {
    let found = broken_by(|world| {
        (world.rows[0].position, world.rows[1].position) = (2, 1);
        world.rows.swap(0, 1);
    });
    assert_eq!(found, ["lost", "disordered"]);
}

#[test]
fn replicas_that_differ_after_all_is_quiet_are_found() {
    let received = (plain(&id(3)), sha256(&body(3)));
    assert_eq!(broken_by(|world| drop(holds(world).remove(&received))), ["unequal"]);
    assert_eq!(broken_by(|world| drop(holds(world).insert(received.clone(), "outbox".to_owned()))), ["unequal"]);
}

#[test]
fn what_left_a_device_without_a_receipt_is_found() {
    let open = (plain(&id(5)), sha256(&body(5)));
    assert_eq!(broken_by(|world| drop(holds(world).remove(&open))), ["deleted"]);
}

//! What asks for a look: scores beyond a threshold, two devices, what was set aside; and that somebody looked.

use serde_json::{Value, json};
use shared::{
    answers::{AnswerEvent, AnswerValue},
    api::{Finding, Look, PatientReply, ProblemKind, WorklistGroup, WorklistLine, WorklistReply},
    sync::protocol::QuarantineReason,
};

use crate::support::{Client, Phone, Reply, TestApp, on_both_databases, patient::set_aside};

async fn list(nurse: &Client, group: &str) -> WorklistReply {
    let list: WorklistReply = nurse.post("/api/worklist", &json!({ "group": group })).await.ok();
    let asked: WorklistGroup = serde_json::from_value(json!(group)).unwrap();
    let counted = list.counts.iter().find(|(it, _)| *it == asked).unwrap().1;
    assert_eq!(usize::from(counted), list.lines.len(), "{group} is counted as it is listed");
    list
}

/// The one line of a group.
async fn line(nurse: &Client, group: &str) -> WorklistLine {
    let list = list(nurse, group).await;
    assert_eq!(list.lines.len(), 1, "{:?}", list.lines);
    list.lines.into_iter().next().unwrap()
}

async fn look(nurse: &Client, line: &WorklistLine, note: &str) -> Reply {
    let path = format!("/api/patients/{}/looks", line.patient.patient);
    nurse.post(&path, &json!({ "assessment": line.assessment, "seen": line.findings, "note": note })).await
}

async fn file(nurse: &Client, phone: &Phone) -> PatientReply {
    nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok()
}

/// HADS at this occasion, every item answered with this code, and sent.
fn hads(phone: &Phone, assessment: &str, code: i32) -> Vec<AnswerEvent> {
    let answer =
        |n: i32| phone.event(&json!({ "kind": "answered", "item": format!("h{n}"), "value": AnswerValue::Code(code) }));
    let mut events: Vec<AnswerEvent> = (1..=14).map(answer).collect();
    events.push(phone.submission());
    for event in &mut events {
        event.assessment = assessment.parse().unwrap();
        event.instrument.key = "hads".parse().unwrap();
    }
    events
}

fn told(line: &WorklistLine) -> Vec<String> {
    let word = |finding: &Finding| match finding {
        Finding::Flag { flag, value, .. } => format!("{flag} {value}"),
        Finding::Conflict { n_copies } => format!("{n_copies} copies"),
        Finding::SetAside { reason, .. } => format!("{reason:?}"),
        Finding::LocalLoss { n_lost, .. } => format!("{n_lost} lost"),
    };
    line.findings.iter().map(word).collect()
}

on_both_databases! {
    async fn a_score_beyond_its_threshold_is_shown_until_somebody_looked(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&hads(&phone, "M3:1", 1)).await;
        assert_eq!(list(&nurse, "flags").await.lines, [], "7 of 21 is below every threshold");
        phone.push(&hads(&phone, "M6:1", 2)).await;
        let flagged = line(&nurse, "flags").await;
        assert_eq!(flagged.assessment, Some("M6:1".parse().unwrap()));
        assert_eq!(told(&flagged), ["hads-anxiety 14", "hads-depression 14"]);
        assert_eq!(flagged.patient.registry_number, "R-1");

        let noted: Look = look(&nurse, &flagged, " Seen at the clinic ").await.ok();
        assert_eq!((noted.by.as_str(), noted.note.as_str()), ("claire", "Seen at the clinic"));
        assert_eq!(list(&nurse, "flags").await.lines, []);
        let kept = file(&nurse, &phone).await.findings;
        assert_eq!(kept.len(), 2, "what was looked at stays in the file");
        assert!(kept.iter().all(|it| it.looked.as_ref() == Some(&noted)));
        assert_eq!(look(&nurse, &flagged, "").await.refusal(), ProblemKind::Refused, "nothing is left to look at");
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'look'").await, 1);
        // A key's fingerprint may have any digits.
        let score = "SELECT COUNT(*) FROM audit WHERE operation <> 'enrol_device' AND detail LIKE '%14%'";
        assert_eq!(app.count(score).await, 0, "the trail holds no score");
        assert!(app.execute("UPDATE look SET note = ''").await.is_err(), "a look is never changed");
        assert!(app.execute("DELETE FROM look").await.is_err(), "a look is never deleted");
    }

    async fn what_was_found_after_a_look_asks_for_another(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let tablet = Phone::of(&app, &nurse, phone.patient).await;
        tablet.push(&tablet.questionnaire()).await;
        let two = line(&nurse, "conflict").await;
        assert_eq!(told(&two), ["2 copies"]);
        let third = Phone::of(&app, &nurse, phone.patient).await;
        third.push(&third.questionnaire()).await;
        assert_eq!(look(&nurse, &two, "").await.refusal(), ProblemKind::Refused, "she has not seen the third");
        let three = line(&nurse, "conflict").await;
        assert_eq!(told(&three), ["3 copies"]);
        let _: Look = look(&nurse, &three, "").await.ok();
        assert_eq!(list(&nurse, "conflict").await.lines, []);
        assert_eq!(file(&nurse, &phone).await.questionnaires[0].copies.len(), 3, "every copy is kept");
    }

    async fn what_was_set_aside_is_listed_even_when_it_names_no_occasion(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let late = phone.answer("e1", 0);
        for _ in ["once", "again"] {
            assert_eq!(set_aside(&phone.push(std::slice::from_ref(&late)).await[0]), QuarantineReason::AfterSubmission);
        }
        let placed = line(&nurse, "quarantine").await;
        assert_eq!((placed.assessment.is_some(), told(&placed)), (true, vec!["AfterSubmission".to_owned()]));
        let _: Look = look(&nurse, &placed, "").await.ok();
        assert_eq!(list(&nurse, "quarantine").await.lines, []);

        let reply = phone.try_push(&[json!({ "not": "an event" })]).await;
        assert!(reply.status.is_success());
        let unplaced = line(&nurse, "quarantine").await;
        assert_eq!((unplaced.assessment.as_ref(), told(&unplaced)), (None, vec!["Unreadable".to_owned()]));
        let _: Look = look(&nurse, &unplaced, "asked the company").await.ok();
        assert_eq!(list(&nurse, "quarantine").await.lines, []);
        assert_eq!(file(&nurse, &phone).await.findings.len(), 2);
        assert_eq!(app.count("SELECT COUNT(*) FROM quarantine WHERE looked_at IS NULL").await, 0);
    }

    async fn a_nurse_of_another_site_finds_and_notes_nothing(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&hads(&phone, "M3:1", 3)).await;
        phone.try_push(&[json!({ "not": "an event" })]).await;
        let flagged = line(&nurse, "flags").await;
        let nord = app.nurse("nord", &["centre-nord"]).await;
        for group in ["flags", "quarantine", "conflict"] {
            let list = list(&nord, group).await;
            assert!(list.lines.is_empty() && list.counts.iter().all(|(_, n)| *n == 0), "{list:?}");
        }
        assert_eq!(look(&nord, &flagged, "").await.refusal(), ProblemKind::NotFound);
        let found: WorklistReply = nord.post("/api/worklist", &json!({ "group": "flags", "search": "R-1" })).await.ok();
        assert_eq!(found.lines, []);
    }

    async fn a_look_needs_something_to_look_at_and_a_short_note(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&hads(&phone, "M3:1", 3)).await;
        let flagged = line(&nurse, "flags").await;
        assert_eq!(look(&nurse, &flagged, &"x".repeat(201)).await.refusal(), ProblemKind::Refused);
        let other = json!({ "assessment": "M6:1", "seen": flagged.findings });
        let path = format!("/api/patients/{}/looks", phone.patient);
        assert_eq!(nurse.post(&path, &other).await.refusal(), ProblemKind::Refused);
        let nothing: Value = json!({ "assessment": "M3:1", "seen": [] });
        assert_eq!(nurse.post(&path, &nothing).await.refusal(), ProblemKind::Refused);
        assert_eq!(app.count("SELECT COUNT(*) FROM look").await, 0);
    }

    async fn other_thresholds_of_the_study_are_applied_to_what_was_received_before(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&hads(&phone, "M3:1", 2)).await;
        assert_eq!(told(&line(&nurse, "flags").await).len(), 2);
        let stricter = shared::study::SHIPPED.replacen("{ at_least = 11 }", "{ at_least = 20 }", 1);
        let other = app.with_study(&stricter).await;
        let there = Client::new(&other.origin);
        there.set_cookie(nurse.cookie());
        assert_eq!(told(&line(&there, "flags").await), ["hads-depression 14"]);
    }

    async fn an_open_list_hears_of_looks_and_of_what_was_set_aside(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let mut list = nurse.opens_list().await;
        list.hears("\"news\":0}").await;
        phone.try_push(&[json!({ "not": "an event" })]).await;
        list.hears("\"news\":1}").await;
        let unplaced = line(&nurse, "quarantine").await;
        let _: Look = look(&nurse, &unplaced, "").await.ok();
        list.hears("\"news\":2}").await;
    }
}

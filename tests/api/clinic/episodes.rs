//! The care pathway: changed, corrected, taken back and never forgotten; another site's episode hands the patient over.

use std::time::Duration;

use serde_json::{Value, json};
use shared::{
    api::{EpisodeReply, ExportReply, HistoryReply, PatientReply, PatientsReply, PersonReply, ProblemKind},
    id::PatientId,
    people::Role,
    schedule::{EnteredEpisode, Episodes},
};

use crate::support::{
    Client, Phone, TestApp, on_both_databases,
    patient::{enrol, receipt},
};

const DAY: Duration = Duration::from_hours(24);

/// An episode at the site where everybody is enrolled; by hand where it is elsewhere.
fn episode(pathway: &str, from_on: &str) -> Value {
    json!({ "pathway": pathway, "site": "toulouse", "from_on": from_on })
}

fn elsewhere(pathway: &str, from_on: &str) -> Value {
    json!({ "pathway": pathway, "site": "centre-nord", "from_on": from_on })
}

async fn enter(nurse: &Client, patient: PatientId, request: &Value) -> EpisodeReply {
    nurse.post(&format!("/api/patients/{patient}/episodes"), request).await.ok()
}

async fn refusal(nurse: &Client, patient: PatientId, request: &Value) -> (ProblemKind, String) {
    let problem = nurse.post(&format!("/api/patients/{patient}/episodes"), request).await.problem();
    (problem.kind, problem.detail)
}

async fn file(nurse: &Client, patient: PatientId) -> PatientReply {
    nurse.get(&format!("/api/patients/{patient}")).await.ok()
}

/// What stands, as `ambulatory toulouse 2026-03-02 to …`.
async fn standing(nurse: &Client, patient: PatientId) -> Vec<String> {
    let file = file(nurse, patient).await;
    let entered: Vec<EnteredEpisode> = file.episodes.into_iter().map(|line| line.entry).collect();
    let line = |(it, last): (&EnteredEpisode, Option<shared::time::Date>)| {
        let last = last.map_or("…".to_owned(), |last| last.to_string());
        format!("{} {} {} to {last}", it.episode.pathway, it.episode.site, it.episode.from_on)
    };
    Episodes::standing(&entered).iter().map(line).collect()
}

/// A nurse and her patient, ten days after enrolment on 2 March.
async fn ten_days_on(app: &TestApp) -> (Client, PatientId) {
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let patient = enrol(&nurse, "R-1").await;
    app.clock.advance(DAY * 10);
    (app.sign_in("claire").await, patient)
}

on_both_databases! {
    async fn a_change_of_pathway_ends_what_ran_the_day_before(app: TestApp) {
        let (nurse, patient) = ten_days_on(&app).await;
        assert_eq!(standing(&nurse, patient).await, ["conventional toulouse 2026-03-02 to …"]);
        let reply = enter(&nurse, patient, &json!({ "episode": episode("ambulatory", "2026-03-10") })).await;
        assert_eq!((reply.line.entry.ordinal, reply.site.as_str()), (2, "toulouse"));
        let earlier = json!({ "episode": episode("inter-facility", "2026-02-01"), "reason": "told by the referral centre" });
        enter(&nurse, patient, &earlier).await;
        let expected = [
            "inter-facility toulouse 2026-02-01 to 2026-03-01",
            "conventional toulouse 2026-03-02 to 2026-03-09",
            "ambulatory toulouse 2026-03-10 to …",
        ];
        assert_eq!(standing(&nurse, patient).await, expected);
        let newest = file(&nurse, patient).await.episodes.remove(0);
        assert_eq!((newest.entered_by.as_str(), newest.entered_at), ("claire", app.clock.now()));
        let audit = "SELECT COUNT(*) FROM audit WHERE operation = 'record_episode' AND detail = 'ambulatory'";
        assert_eq!(app.count(audit).await, 1);
        let care: HistoryReply = nurse.post(&format!("/api/patients/{patient}/history"), &json!({ "kind": "care" })).await.ok();
        let told: Vec<&str> = care.lines.iter().map(|line| line.what.as_str()).collect();
        assert_eq!(told, ["record_episode", "record_episode", "enrol_patient"]);
    }

    async fn a_correction_has_a_reason_and_what_stood_stays_in_the_history(app: TestApp) {
        let (nurse, patient) = ten_days_on(&app).await;
        enter(&nurse, patient, &json!({ "episode": episode("ambulatory", "2026-03-10") })).await;
        let mut correction = json!({ "episode": episode("ambulatory", "2026-03-08"), "replaces": 2 });
        assert_eq!(refusal(&nurse, patient, &correction).await.0, ProblemKind::Refused, "no reason");
        correction["reason"] = json!("  ");
        assert_eq!(refusal(&nurse, patient, &correction).await.0, ProblemKind::Refused);
        correction["reason"] = json!("discharge letter");
        let line = enter(&nurse, patient, &correction).await.line;
        assert_eq!((line.entry.ordinal, line.entry.replaces, line.reason.as_str()), (3, Some(2), "discharge letter"));
        assert_eq!(standing(&nurse, patient).await[1], "ambulatory toulouse 2026-03-08 to …");

        let again = json!({ "episode": episode("ambulatory", "2026-03-07"), "replaces": 2, "reason": "x" });
        assert_eq!(refusal(&nurse, patient, &again).await.0, ProblemKind::Conflict, "it stands no longer");
        let back = json!({ "episode": null, "replaces": 3, "reason": "another patient's" });
        let line = enter(&nurse, patient, &back).await.line;
        assert!(line.entry.taken_back && line.entry.episode.pathway.as_str() == "ambulatory", "what it takes back");
        assert_eq!(standing(&nurse, patient).await, ["conventional toulouse 2026-03-02 to …"]);
        let kept: Vec<u32> = file(&nurse, patient).await.episodes.iter().map(|line| line.entry.ordinal).collect();
        assert_eq!(kept, [4, 3, 2, 1], "every entry stays, the newest first");
    }

    async fn what_makes_no_sense_is_refused_and_nothing_is_saved(app: TestApp) {
        let (nurse, patient) = ten_days_on(&app).await;
        enter(&nurse, patient, &json!({ "episode": episode("ambulatory", "2026-03-10") })).await;
        for (request, says) in [
            (json!({ "episode": episode("conventional", "2026-03-13") }), "time to come"),
            (json!({ "episode": episode("conventional", "1826-03-12") }), "before 1900"),
            (json!({ "episode": episode("conventional", "2026-03-10") }), "on that day"),
            (json!({ "episode": episode("ambulatory", "2026-03-11") }), "same pathway"),
            (json!({ "episode": episode("teleport", "2026-03-11") }), "no such care pathway"),
            (json!({ "episode": { "pathway": "ambulatory", "site": "mars", "from_on": "2026-03-11" } }), "no such site"),
            (json!({ "episode": elsewhere("ambulatory", "2026-03-11") }), "say why"),
            (json!({ "episode": episode("inter-facility", "2026-03-05") }), "say why"),
            (json!({ "episode": episode("conventional", "2026-03-11"), "reason": "x".repeat(501) }), "500 characters"),
            (json!({ "episode": episode("ambulatory", "2026-03-10"), "replaces": 2, "reason": "x" }), "is corrected"),
            (json!({ "episode": null, "reason": "x" }), "which episode"),
        ] {
            let (kind, detail) = refusal(&nurse, patient, &request).await;
            assert!(kind == ProblemKind::Refused && detail.contains(says), "{request}: {detail}");
        }
        let back = |ordinal: u32| json!({ "episode": null, "replaces": ordinal, "reason": "x" });
        enter(&nurse, patient, &back(2)).await;
        let (_, detail) = refusal(&nurse, patient, &back(1)).await;
        assert!(detail.contains("only episode"), "{detail}");
        let died = json!({ "kind": "death", "on": { "date": "2026-03-06" }, "cause": { "death": "unknown" } });
        assert!(nurse.post(&format!("/api/patients/{patient}/milestones"), &died).await.status.is_success());
        let (_, detail) = refusal(&nurse, patient, &json!({ "episode": episode("ambulatory", "2026-03-07") })).await;
        assert!(detail.contains("death"), "{detail}");
        enter(&nurse, patient, &json!({ "episode": episode("ambulatory", "2026-03-06") })).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM episode").await, 4, "the first, two that were let in, one taken back");
    }

    async fn of_two_nurses_at_once_the_second_is_told(app: TestApp) {
        let (nurse, patient) = ten_days_on(&app).await;
        let other = app.nurse("paul", &["toulouse"]).await;
        let seen = |pathway: &str, from_on: &str| json!({ "episode": episode(pathway, from_on), "n_entries": 1 });
        enter(&nurse, patient, &seen("ambulatory", "2026-03-10")).await;
        let (kind, detail) = refusal(&other, patient, &seen("inter-facility", "2026-03-11")).await;
        assert_eq!(kind, ProblemKind::Conflict);
        assert!(detail.contains("Nothing was saved"), "{detail}");
        assert_eq!(standing(&other, patient).await.len(), 2);
        let now = json!({ "episode": episode("inter-facility", "2026-03-11"), "n_entries": 2 });
        assert_eq!(enter(&other, patient, &now).await.line.entered_by, "paul");
    }

    async fn an_episode_elsewhere_hands_the_patient_over_and_taking_it_back_brings_them_back(app: TestApp) {
        let (old, patient) = ten_days_on(&app).await;
        let new = app.nurse("nadia", &["centre-nord"]).await;
        let sees = async |nurse: &Client| {
            let hers: PatientsReply = nurse.post("/api/patients/search", &json!({})).await.ok();
            let opens = nurse.get(&format!("/api/patients/{patient}")).await.status.is_success();
            assert_eq!(hers.patients.len() == 1, opens, "found and opened alike");
            opens
        };
        let before = json!({ "episode": elsewhere("inter-facility", "2026-02-01"), "reason": "diagnosed there" });
        assert_eq!(enter(&old, patient, &before).await.site.as_str(), "toulouse");
        assert_eq!([sees(&old).await, sees(&new).await], [true, false], "where somebody was followed once moves nobody");

        let moved = json!({ "episode": elsewhere("inter-facility", "2026-03-11"), "reason": "followed near home" });
        assert_eq!(enter(&old, patient, &moved).await.site.as_str(), "centre-nord");
        assert_eq!([sees(&old).await, sees(&new).await], [false, true]);
        assert_eq!(app.count("SELECT COUNT(*) FROM assessment WHERE site = 'toulouse'").await, 0);
        let told: PersonReply = new.get(&format!("/api/patients/{patient}/person")).await.ok();
        let change = &told.changes[0];
        assert_eq!((change.field.as_str(), change.former.as_str(), change.reason.as_str()), ("site", "toulouse", "followed near home"));
        let audit = "SELECT COUNT(*) FROM audit WHERE operation = 'move_patient' AND detail = 'toulouse to centre-nord'";
        assert_eq!(app.count(audit).await, 1);

        let back = json!({ "episode": null, "replaces": 3, "reason": "the transfer did not take place" });
        assert_eq!(enter(&new, patient, &back).await.site.as_str(), "toulouse");
        assert_eq!([sees(&old).await, sees(&new).await], [true, false]);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'move_patient'").await, 2);
    }

    async fn nobody_but_a_nurse_of_the_following_site_reaches_any_of_it(app: TestApp) {
        let (nurse, patient) = ten_days_on(&app).await;
        let there = app.nurse("nadia", &["centre-nord"]).await;
        app.add_staff("hugo", Role::Investigator, &[]).await;
        let hugo = app.sign_in("hugo").await;
        let mine = json!({ "episode": elsewhere("ambulatory", "2026-03-11"), "reason": "mine" });
        let back = json!({ "episode": null, "replaces": 1, "reason": "mine" });
        for request in [&mine, &back] {
            assert_eq!(refusal(&there, patient, request).await.0, ProblemKind::NotFound);
            assert_eq!(refusal(&hugo, patient, request).await.0, ProblemKind::Forbidden);
            assert_eq!(refusal(&app.client(), patient, request).await.0, ProblemKind::NotSignedIn);
        }
        assert_eq!(standing(&nurse, patient).await, ["conventional toulouse 2026-03-02 to …"]);
    }

    async fn the_database_itself_refuses_to_change_an_episode(app: TestApp) {
        let (nurse, patient) = ten_days_on(&app).await;
        for statement in ["UPDATE episode SET from_on = '2026-01-01'", "DELETE FROM episode"] {
            assert!(app.execute(statement).await.is_err(), "{statement}");
        }
        assert_eq!(standing(&nurse, patient).await, ["conventional toulouse 2026-03-02 to …"]);
    }

    async fn every_answer_leaves_with_the_pathway_of_its_own_day(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        app.add_staff("hugo", Role::Investigator, &[]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let push = async |assessment: &str| {
            let mut events = phone.questionnaire();
            for event in &mut events {
                event.assessment = assessment.parse().unwrap();
            }
            for outcome in phone.push(&events).await {
                receipt(&outcome);
            }
        };
        push("T0:1").await;
        app.clock.advance(DAY * 10);
        let opening = json!({ "device": phone.device, "credential": phone.credential });
        assert!(phone.client.post("/api/device/session", &opening).await.status.is_success());
        let nurse = app.sign_in("claire").await;
        enter(&nurse, phone.patient, &json!({ "episode": episode("ambulatory", "2026-03-10") })).await;
        push("M12:1").await;
        let hugo = app.sign_in("hugo").await;
        let pathways = async |name: &str| {
            let made: ExportReply = hugo.post("/api/exports", &json!({ "purpose": "by pathway" })).await.ok();
            let csv = hugo.get(&format!("/api/exports/{}/{name}", made.export)).await.body;
            let mut reader = csv::Reader::from_reader(&*csv);
            let mut column = |name: &str| reader.headers().unwrap().iter().position(|it| it == name).unwrap();
            let (timepoint, pathway) = (column("timepoint"), column("pathway"));
            let mut told: Vec<String> =
                reader.records().map(Result::unwrap).map(|row| format!("{} {}", &row[timepoint], &row[pathway])).collect();
            told.sort();
            told.dedup();
            told.retain(|line| line.starts_with("T0") || line.starts_with("M12"));
            told
        };
        for name in ["answers.csv", "scores.csv", "assessments.csv"] {
            assert_eq!(pathways(name).await, ["M12 ambulatory", "T0 conventional"], "{name}");
        }
        let made: ExportReply = hugo.post("/api/exports", &json!({ "purpose": "its meaning" })).await.ok();
        let codebook = hugo.get(&format!("/api/exports/{}/codebook.csv", made.export)).await.body;
        let codebook = String::from_utf8(codebook).unwrap();
        assert_eq!(codebook.matches("Care pathway of the episode that ran").count(), 3, "in each of the three tables");
        let correction = json!({ "episode": episode("inter-facility", "2026-03-01"), "replaces": 1, "reason": "misread" });
        enter(&nurse, phone.patient, &correction).await;
        assert_eq!(pathways("answers.csv").await, ["M12 ambulatory", "T0 inter-facility"], "as it stands now");
    }
}

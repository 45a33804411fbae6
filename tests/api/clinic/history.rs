//! Everything that happened to a patient, in one list: by staff, by devices, and what was received.

use serde_json::json;
use shared::api::{HistoryLine, HistoryReply, MissingLine, PatientReply, ProblemKind};
use shared::id::PatientId;

use crate::support::{Client, Phone, TestApp, on_both_databases};

async fn history(nurse: &Client, patient: PatientId, kind: Option<&str>) -> Vec<HistoryLine> {
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let asked = json!({ "kind": kind, "after": after });
        let page: HistoryReply = nurse.post(&format!("/api/patients/{patient}/history"), &asked).await.ok();
        lines.extend(page.lines);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    lines
}

fn words(lines: &[HistoryLine]) -> Vec<&str> {
    lines.iter().map(|line| line.what.as_str()).collect()
}

on_both_databases! {
    async fn a_patients_history_holds_what_was_done_and_what_came_newest_first(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        app.clock.advance(std::time::Duration::from_mins(1));
        phone.push(&phone.questionnaire()).await;
        app.clock.advance(std::time::Duration::from_mins(1));
        let ill = json!({ "assessment": "T0:1", "reason": "too_ill" });
        let _: MissingLine = nurse.post(&format!("/api/patients/{}/missing", phone.patient), &ill).await.ok();
        app.clock.advance(std::time::Duration::from_mins(1));
        let _: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();

        let all = history(&nurse, phone.patient, None).await;
        assert_eq!(words(&all[..3]), ["read_patient", "note_missing", "received"]);
        assert_eq!((all[0].by.as_deref(), all[1].detail.as_str()), (Some("claire"), "T0:1 too_ill"));
        assert_eq!((all[2].by.as_deref(), all[2].detail.as_str()), (None, "T0:1 epices"));
        assert_eq!(all.last().unwrap().what, "enrol_patient");
        assert!(all.is_sorted_by(|a, b| a.at >= b.at));
        assert_eq!(words(&history(&nurse, phone.patient, Some("answers")).await), ["note_missing", "received"]);
        assert_eq!(words(&history(&nurse, phone.patient, Some("readings")).await), ["read_patient"]);
        let devices = history(&nurse, phone.patient, Some("devices")).await;
        assert_eq!(words(&devices), ["enrol_device", "make_letter"]);
        assert!(words(&history(&nurse, phone.patient, Some("care")).await).contains(&"enrol_patient"));
    }

    async fn a_long_history_comes_by_the_page_with_nothing_twice_and_nothing_left_out(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        for n in 0..60 {
            if n % 7 == 0 {
                app.clock.advance(std::time::Duration::from_secs(1));
            }
            let _: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
            if n == 30 {
                phone.push(&phone.questionnaire()).await;
            }
        }
        let all = history(&nurse, phone.patient, None).await;
        assert_eq!(words(&all).iter().filter(|what| **what == "read_patient").count(), 60);
        assert_eq!(words(&all).iter().filter(|what| **what == "received").count(), 1);
        let path = format!("/api/patients/{}/history", phone.patient);
        let first: HistoryReply = nurse.post(&path, &json!({})).await.ok();
        assert!(first.lines.len() >= 50 && first.next.is_some());
        assert_eq!(nurse.post(&path, &json!({ "after": "nowhere" })).await.refusal(), ProblemKind::Refused);
    }

    async fn a_nurse_of_another_site_reads_no_history(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let nord = app.nurse("nord", &["centre-nord"]).await;
        let reply = nord.post(&format!("/api/patients/{}/history", phone.patient), &json!({})).await;
        assert_eq!(reply.refusal(), ProblemKind::NotFound);
    }
}

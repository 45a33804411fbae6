//! Why an expected assessment has no answer: noted in one step, taken back, never in the way of an answer.

use std::time::Duration;

use serde_json::{Value, json};
use shared::{
    api::{MissingLine, PatientReply, ProblemKind, WorklistGroup, WorklistReply},
    id::PatientId,
    schedule::{AssessmentState, MissingReason},
};

use crate::support::{Client, Phone, Reply, TestApp, on_both_databases, patient::enrol};

const DAY: Duration = Duration::from_hours(24);

async fn note(nurse: &Client, patient: PatientId, note: &Value) -> Reply {
    nurse.post(&format!("/api/patients/{patient}/missing"), note).await
}

async fn overdue(nurse: &Client) -> Vec<String> {
    let list: WorklistReply = nurse.post("/api/worklist", &json!({ "group": "overdue" })).await.ok();
    let n = list.counts.iter().find(|(group, _)| *group == WorklistGroup::Overdue).unwrap().1;
    assert_eq!(usize::from(n), list.lines.len());
    list.lines.iter().map(|line| line.assessment.as_ref().unwrap().to_string()).collect()
}

async fn file(nurse: &Client, patient: PatientId) -> PatientReply {
    nurse.get(&format!("/api/patients/{patient}")).await.ok()
}

fn state(file: &PatientReply, assessment: &str) -> AssessmentState {
    file.assessments.iter().find(|it| it.id.to_string() == assessment).unwrap().state
}

on_both_databases! {
    async fn a_reason_closes_what_was_missed_and_can_be_taken_back(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        app.clock.advance(DAY * 200);
        let nurse = app.sign_in("claire").await;
        assert!(overdue(&nurse).await.contains(&"T0:1".to_owned()), "however long ago it closed");

        let ill = json!({ "assessment": "T0:1", "reason": "too_ill" });
        let line: MissingLine = note(&nurse, patient, &ill).await.ok();
        assert_eq!((line.reason, line.entered_by.as_str()), (Some(MissingReason::TooIll), "claire"));
        assert!(!overdue(&nurse).await.contains(&"T0:1".to_owned()));
        let told = file(&nurse, patient).await;
        assert_eq!(state(&told, "T0:1"), AssessmentState::Missed);
        assert_eq!(told.missing, [line]);

        let back: MissingLine = note(&nurse, patient, &json!({ "assessment": "T0:1", "reason": null })).await.ok();
        assert_eq!(back.reason, None);
        assert!(overdue(&nurse).await.contains(&"T0:1".to_owned()));
        assert_eq!(file(&nurse, patient).await.missing.len(), 2, "both notes stay in the history");
        let audit = "SELECT COUNT(*) FROM audit WHERE operation = 'note_missing'";
        assert_eq!(app.count(audit).await, 2);
    }

    async fn a_reason_keeps_no_answer_out(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let refused = json!({ "assessment": "T0:1", "reason": "refused_this_time" });
        let _: MissingLine = note(&nurse, phone.patient, &refused).await.ok();
        let due: WorklistReply = nurse.post("/api/worklist", &json!({ "group": "due" })).await.ok();
        assert_eq!(due.lines, [], "nobody runs after what was refused");
        phone.push(&phone.questionnaire()).await;
        let received: WorklistReply = nurse.post("/api/worklist", &json!({ "group": "received" })).await.ok();
        assert_eq!(received.lines[0].submitted, 1);
        assert_eq!(received.lines[0].missing, Some(MissingReason::RefusedThisTime), "for those that are still missing");
    }

    async fn a_reason_that_makes_no_sense_is_refused(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        for wrong in [
            json!({ "assessment": "M60:1", "reason": "too_ill" }),
            json!({ "assessment": "X9:1", "reason": "too_ill" }),
            json!({ "assessment": "T0:1", "reason": "other" }),
            json!({ "assessment": "T0:1", "reason": "other", "note": "x".repeat(201) }),
        ] {
            assert_eq!(note(&nurse, patient, &wrong).await.refusal(), ProblemKind::Refused, "{wrong}");
        }
        let unknown = json!({ "assessment": "T0:1", "reason": "lazy" });
        assert_eq!(note(&nurse, patient, &unknown).await.refusal(), ProblemKind::BadRequest);
        let elsewhere = app.nurse("benoit", &["south"]).await;
        let ill = json!({ "assessment": "T0:1", "reason": "too_ill" });
        assert_eq!(note(&elsewhere, patient, &ill).await.refusal(), ProblemKind::NotFound);
        assert_eq!(app.count("SELECT COUNT(*) FROM missing_reason").await, 0);
    }
}

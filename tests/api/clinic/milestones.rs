//! Moving a date: told before it is done, done only with a reason, and never forgotten.

use std::time::Duration;

use serde_json::{Value, json};
use shared::{
    api::{DeviceSessionRequest, MilestoneLine, MilestonePreviewReply, PatientReply, PlanReply, ProblemKind},
    id::PatientId,
    schedule::{AssessmentState, PlanChange, PlanEffect},
    study::MilestoneKind,
};

use crate::support::{Client, Phone, TestApp, on_both_databases, patient::enrol};

const DAY: Duration = Duration::from_hours(24);

fn infusion(on: &str) -> Value {
    json!({ "kind": "infusion", "on": { "date": on }, "planned": true })
}

/// A request with more in it.
fn with(mut request: Value, more: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut request, more) else { panic!("two objects") };
    fields.extend(more);
    request
}

async fn preview(nurse: &Client, patient: PatientId, request: &Value) -> MilestonePreviewReply {
    nurse.post(&format!("/api/patients/{patient}/milestones/preview"), request).await.ok()
}

async fn record(nurse: &Client, patient: PatientId, request: &Value) -> MilestoneLine {
    nurse.post(&format!("/api/patients/{patient}/milestones"), request).await.ok()
}

async fn refusal(nurse: &Client, patient: PatientId, request: &Value) -> (ProblemKind, String) {
    let problem = nurse.post(&format!("/api/patients/{patient}/milestones"), request).await.problem();
    (problem.kind, problem.detail)
}

async fn file(nurse: &Client, patient: PatientId) -> PatientReply {
    nurse.get(&format!("/api/patients/{patient}")).await.ok()
}

async fn known_at(nurse: &Client, patient: PatientId, at: impl std::fmt::Display) -> PlanReply {
    nurse.get(&format!("/api/patients/{patient}/plan?known_at={at}")).await.ok()
}

fn change<'a>(preview: &'a MilestonePreviewReply, id: &str) -> Option<&'a PlanChange> {
    preview.diff.changes.iter().find(|change| change.id.to_string() == id)
}

/// Target days before and after, and what it means: `2026-04-27 → 2026-05-04 Moves`.
fn told(preview: &MilestonePreviewReply, id: &str) -> Option<String> {
    let day = |outlook: Option<shared::schedule::Outlook>| {
        outlook.and_then(|it| it.window).map_or("-".to_owned(), |window| window.due_on.to_string())
    };
    change(preview, id).map(|it| format!("{} → {} {:?}", day(it.before), day(it.after), it.effect))
}

on_both_databases! {
    async fn a_moved_infusion_is_told_before_it_is_done_and_changes_nothing_until_then(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let before = file(&nurse, phone.patient).await;
        let rows = "SELECT (SELECT count(*) FROM milestone) * 1000 + (SELECT count(*) FROM audit)";
        let n_rows = app.count(rows).await;

        let asked = preview(&nurse, phone.patient, &infusion("2026-04-06")).await;
        assert_eq!(told(&asked, "M1:1").as_deref(), Some("2026-04-27 → 2026-05-04 Moves"));
        assert_eq!(told(&asked, "D7:1").as_deref(), Some("2026-04-06 → 2026-04-13 Moves"));
        assert_eq!(told(&asked, "T0:1"), None, "what was begun at inclusion stays where it is");
        assert_eq!((asked.n_entries, asked.needs_reason), (3, true));
        assert_eq!(asked.stood.map(|it| it.milestone.on.date.to_string()).as_deref(), Some("2026-03-30"));

        assert_eq!(file(&nurse, phone.patient).await, before);
        let n_read = 1; // reading the file is in the audit, the preview is not
        assert_eq!(app.count(rows).await, n_rows + n_read);

        let moved = with(infusion("2026-04-06"), json!({ "reason": "fever", "n_entries": asked.n_entries }));
        let line = record(&nurse, phone.patient, &moved).await;
        assert_eq!((line.reason.as_str(), line.replaces.is_some()), ("fever", true));
        let after = file(&nurse, phone.patient).await;
        let planned = |file: &PatientReply, id: &str| {
            let found = file.assessments.iter().find(|it| it.id.to_string() == id).unwrap();
            shared::schedule::Outlook { window: found.window, state: found.state }
        };
        for change in &asked.diff.changes {
            let id = change.id.to_string();
            assert_eq!((Some(planned(&before, &id)), Some(planned(&after, &id))), (change.before, change.after), "{id}");
        }
    }

    async fn what_stood_is_changed_only_with_a_reason_and_as_it_was_shown(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let moved = infusion("2026-04-06");
        let (kind, detail) = refusal(&nurse, patient, &moved).await;
        assert_eq!(kind, ProblemKind::Refused);
        assert!(detail.contains("say why"), "{detail}");
        assert_eq!(refusal(&nurse, patient, &with(moved.clone(), json!({ "reason": " " }))).await.0, ProblemKind::Refused);

        let asked = preview(&nurse, patient, &moved).await;
        let seen = with(moved, json!({ "reason": "fever", "n_entries": asked.n_entries }));
        record(&nurse, patient, &json!({ "kind": "leukapheresis", "on": { "date": "2026-03-01" } })).await;
        assert_eq!(refusal(&nurse, patient, &seen).await.0, ProblemKind::Conflict, "somebody else entered something");
        assert_eq!(file(&nurse, patient).await.milestones.len(), 4);
    }

    async fn a_death_entered_by_mistake_is_taken_back_and_everything_returns(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let before = file(&nurse, patient).await.assessments;
        let death = json!({ "kind": "death", "on": { "date": "2026-03-02" }, "cause": { "death": "unknown" } });
        assert_eq!(change(&preview(&nurse, patient, &death).await, "M1:1").unwrap().effect, PlanEffect::Closes);
        let line = record(&nurse, patient, &death).await;
        let states: Vec<_> = file(&nurse, patient).await.assessments.iter().map(|it| it.state).collect();
        assert!(states.iter().all(|it| matches!(it, AssessmentState::Cancelled | AssessmentState::NotApplicable)));

        let back = with(death, json!({ "replaces": line.id, "taken_back": true }));
        let asked = preview(&nurse, patient, &back).await;
        assert!(asked.needs_reason);
        assert_eq!(change(&asked, "M1:1").unwrap().effect, PlanEffect::Returns);
        assert_eq!(change(&asked, "T0:1").unwrap().effect, PlanEffect::Opens);
        assert_eq!(refusal(&nurse, patient, &back).await.0, ProblemKind::Refused);
        record(&nurse, patient, &with(back.clone(), json!({ "reason": "another patient's" }))).await;
        let after = file(&nurse, patient).await;
        assert_eq!(after.assessments, before);
        let lines: Vec<(MilestoneKind, bool, bool)> =
            after.milestones.iter().take(2).map(|line| (line.kind, line.replaced, line.taken_back)).collect();
        assert_eq!(lines, [(MilestoneKind::Death, false, true), (MilestoneKind::Death, true, false)]);
        assert_eq!(refusal(&nurse, patient, &with(back, json!({ "reason": "again" }))).await.0, ProblemKind::Conflict);
    }

    async fn one_of_two_relapses_is_corrected(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let relapse = |on: &str| json!({ "kind": "relapse", "on": { "date": on } });
        let first = record(&nurse, patient, &relapse("2026-02-20")).await;
        assert!(!preview(&nurse, patient, &relapse("2026-03-01")).await.needs_reason, "a second one only adds");
        record(&nurse, patient, &relapse("2026-03-01")).await;
        let corrected = with(relapse("2026-02-23"), json!({ "replaces": first.id, "reason": "letter of the 23rd" }));
        record(&nurse, patient, &corrected).await;
        let standing: Vec<String> = file(&nurse, patient).await.milestones.iter()
            .filter(|line| line.kind == MilestoneKind::Relapse && !line.replaced)
            .map(|line| line.on.date.to_string())
            .collect();
        assert_eq!(standing, ["2026-02-23", "2026-03-01"]);
    }

    async fn the_plan_is_told_as_it_was_known_on_any_day(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let enrolled = file(&nurse, phone.patient).await;
        app.clock.advance(DAY);
        let (device, credential) = (phone.device, phone.credential.clone());
        let opened = phone.client.post("/api/device/session", &DeviceSessionRequest { device, credential }).await;
        assert!(opened.status.is_success());
        phone.push(&phone.questionnaire()).await;
        let nurse = app.sign_in("claire").await;
        let answered = file(&nurse, phone.patient).await;
        app.clock.advance(DAY);
        let nurse = app.sign_in("claire").await;
        record(&nurse, phone.patient, &with(infusion("2026-04-06"), json!({ "reason": "fever" }))).await;

        let now = file(&nurse, phone.patient).await;
        assert_eq!(known_at(&nurse, phone.patient, app.clock.now()).await.assessments, now.assessments);
        assert_eq!(known_at(&nurse, phone.patient, "2026-03-03").await.assessments, answered.assessments);
        let first = known_at(&nurse, phone.patient, "2026-03-02").await;
        assert_eq!(first.assessments, enrolled.assessments);
        assert_eq!(first.milestones.len(), 3);
        assert_ne!(answered.assessments, enrolled.assessments, "what was answered later was not known then");
        assert_eq!(known_at(&nurse, phone.patient, "2030-01-01").await.known_at, app.clock.now());
        assert!(known_at(&nurse, phone.patient, "2026-03-01").await.milestones.is_empty(), "before the enrolment");
        let reply = nurse.get(&format!("/api/patients/{}/plan?known_at=yesterday", phone.patient)).await;
        assert_eq!(reply.refusal(), ProblemKind::Refused);
    }

    async fn a_nurse_of_another_site_sees_no_plan_and_no_preview(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let other = app.nurse("paul", &["centre-nord"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let plan = other.get(&format!("/api/patients/{patient}/plan?known_at=2026-03-02")).await;
        assert_eq!(plan.refusal(), ProblemKind::NotFound);
        let preview = other.post(&format!("/api/patients/{patient}/milestones/preview"), &infusion("2026-04-06")).await;
        assert_eq!(preview.refusal(), ProblemKind::NotFound);
    }
}

//! Of what, why and how far: the coded causes of deaths, infusions given up and withdrawals, and what each does.

use serde_json::{Value, json};
use shared::{
    api::{
        MilestoneLine, MilestonePreviewReply, PatientReply, PlanReply, ProblemKind, RemindersReply, RemindersStanding,
    },
    id::PatientId,
    schedule::{AssessmentState, PlanEffect},
    study::{Cause, DeathCause, GivenUpCause, MilestoneKind, WithdrawalKind},
};

use crate::support::{Client, TestApp, on_both_databases, patient::enrol};

fn milestone(on: &str, cause: Cause) -> Value {
    json!({ "kind": cause.kind(), "on": { "date": on }, "cause": cause })
}

/// The same with a reason.
fn because(mut request: Value, reason: &str) -> Value {
    request["reason"] = json!(reason);
    request
}

async fn preview(nurse: &Client, patient: PatientId, request: &Value) -> MilestonePreviewReply {
    nurse.post(&format!("/api/patients/{patient}/milestones/preview"), request).await.ok()
}

async fn record(nurse: &Client, patient: PatientId, request: &Value) -> MilestoneLine {
    nurse.post(&format!("/api/patients/{patient}/milestones"), request).await.ok()
}

/// Why it is not taken; the preview tells the same as the entry.
async fn refusal(nurse: &Client, patient: PatientId, request: &Value) -> String {
    let at = |path: &str| format!("/api/patients/{patient}/milestones{path}");
    let asked = nurse.post(&at("/preview"), request).await.problem();
    let problem = nurse.post(&at(""), request).await.problem();
    assert_eq!((problem.kind, &problem.detail), (ProblemKind::Refused, &asked.detail));
    problem.detail
}

async fn file(nurse: &Client, patient: PatientId) -> PatientReply {
    nurse.get(&format!("/api/patients/{patient}")).await.ok()
}

async fn reminders(nurse: &Client, patient: PatientId) -> RemindersReply {
    nurse.get(&format!("/api/patients/{patient}/reminders")).await.ok()
}

fn state(file: &PatientReply, id: &str) -> AssessmentState {
    file.assessments.iter().find(|it| it.id.to_string() == id).unwrap().state
}

fn effect(preview: &MilestonePreviewReply, id: &str) -> Option<PlanEffect> {
    preview.diff.changes.iter().find(|change| change.id.to_string() == id).map(|change| change.effect)
}

on_both_databases! {
    async fn a_milestone_is_taken_with_a_cause_of_its_own_kind_and_no_other(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let without = json!({ "kind": "death", "on": { "date": "2026-03-02" } });
        assert!(refusal(&nurse, patient, &without).await.contains("has a cause"));
        let mut foreign = milestone("2026-03-02", Cause::InfusionGivenUp(GivenUpCause::Refusal));
        foreign["kind"] = json!("death");
        assert!(refusal(&nurse, patient, &foreign).await.contains("another kind"));
        foreign["kind"] = json!("leukapheresis");
        assert!(refusal(&nurse, patient, &foreign).await.contains("another kind"));
        let invented = json!({ "kind": "death", "on": { "date": "2026-03-02" }, "cause": { "death": "sadness" } });
        let reply = nurse.post(&format!("/api/patients/{patient}/milestones"), &invented).await;
        assert_eq!(reply.refusal(), ProblemKind::BadRequest);
        assert_eq!(file(&nurse, patient).await.milestones.len(), 3, "none of them was taken");

        let died = record(&nurse, patient, &milestone("2026-03-02", Cause::Death(DeathCause::Infection))).await;
        assert_eq!(died.cause, Some(Cause::Death(DeathCause::Infection)));
    }

    async fn a_cause_is_corrected_with_a_reason_and_both_stay_in_history(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let (unknown, infection) = (Cause::Death(DeathCause::Unknown), Cause::Death(DeathCause::Infection));
        record(&nurse, patient, &milestone("2026-03-02", unknown)).await;
        let corrected = milestone("2026-03-02", infection);
        let asked = preview(&nurse, patient, &corrected).await;
        assert!(asked.needs_reason && asked.diff.changes.is_empty(), "the day is the same, its cause is not");
        assert_eq!(asked.stood.and_then(|stood| stood.cause), Some(unknown));
        let reply = nurse.post(&format!("/api/patients/{patient}/milestones"), &corrected).await;
        assert_eq!(reply.refusal(), ProblemKind::Refused);

        app.clock.advance(std::time::Duration::from_hours(24));
        let nurse = app.sign_in("claire").await;
        record(&nurse, patient, &because(corrected, "death certificate")).await;
        let causes: Vec<_> = file(&nurse, patient).await.milestones.iter().filter_map(|line| line.cause).collect();
        assert_eq!(causes, [infection, unknown]);
        let known: PlanReply = nurse.get(&format!("/api/patients/{patient}/plan?known_at=2026-03-02")).await.ok();
        assert_eq!(known.milestones.iter().find_map(|it| it.cause), Some(unknown), "as it was known the day before");
    }

    async fn an_infusion_that_is_given_up_ends_its_series_and_the_other_goes_on(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        assert_eq!(state(&file(&nurse, patient).await, "M1:1"), AssessmentState::Planned);
        let given_up = milestone("2026-03-02", Cause::InfusionGivenUp(GivenUpCause::ManufacturingFailure));
        let asked = preview(&nurse, patient, &given_up).await;
        assert!(!asked.needs_reason, "its cause says why");
        let stood = asked.stood.unwrap().milestone;
        assert_eq!((stood.kind, stood.planned), (MilestoneKind::Infusion, true));
        assert_eq!([effect(&asked, "T1:1"), effect(&asked, "M1:1")], [Some(PlanEffect::Closes); 2]);
        assert_eq!(effect(&asked, "N3:1"), Some(PlanEffect::Returns));

        let line = record(&nurse, patient, &given_up).await;
        let not_infused = file(&nurse, patient).await;
        let stands = ["T0:1", "T1:1", "M60:1", "N3:1"].map(|id| state(&not_infused, id));
        let expected = [AssessmentState::Open, AssessmentState::NotApplicable, AssessmentState::NotApplicable, AssessmentState::Planned];
        assert_eq!(stands, expected);
        let planned = not_infused.milestones.iter().find(|line| line.kind == MilestoneKind::Infusion).unwrap();
        assert!(planned.replaced && line.replaces == Some(planned.id));

        let mut back = because(milestone("2026-03-02", Cause::InfusionGivenUp(GivenUpCause::ManufacturingFailure)), "typed for another patient");
        back["taken_back"] = json!(true);
        back["replaces"] = json!(line.id);
        assert_eq!(effect(&preview(&nurse, patient, &back).await, "M1:1"), Some(PlanEffect::Returns));
        record(&nurse, patient, &back).await;
        assert_eq!(state(&file(&nurse, patient).await, "M1:1"), AssessmentState::Planned, "it waits for its date again");
    }

    async fn an_infusion_that_was_given_up_takes_place_after_all(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        record(&nurse, patient, &milestone("2026-03-01", Cause::InfusionGivenUp(GivenUpCause::Refusal))).await;
        let infused = json!({ "kind": "infusion", "on": { "date": "2026-03-02" } });
        let asked = preview(&nurse, patient, &infused).await;
        assert!(asked.needs_reason);
        assert_eq!(asked.stood.and_then(|stood| stood.cause), Some(Cause::InfusionGivenUp(GivenUpCause::Refusal)));
        assert_eq!([effect(&asked, "M1:1"), effect(&asked, "N3:1")], [Some(PlanEffect::Returns), Some(PlanEffect::Closes)]);
        record(&nurse, patient, &because(infused, "the patient accepts")).await;
        let file = file(&nurse, patient).await;
        assert_eq!([state(&file, "M1:1"), state(&file, "N3:1")], [AssessmentState::Planned, AssessmentState::NotApplicable]);
        let stands = |kind| file.milestones.iter().any(|line| line.kind == kind && !line.replaced);
        assert!(stands(MilestoneKind::Infusion) && !stands(MilestoneKind::InfusionGivenUp));
    }

    async fn a_withdrawal_from_reminders_stops_messages_and_nothing_else(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let before = file(&nurse, patient).await.assessments;
        let withdrawal = milestone("2026-03-02", Cause::Withdrawal(WithdrawalKind::StopReminders));
        assert!(preview(&nurse, patient, &withdrawal).await.diff.changes.is_empty());
        let line = record(&nurse, patient, &withdrawal).await;
        assert_eq!(file(&nurse, patient).await.assessments, before);

        let stopped = reminders(&nurse, patient).await;
        let choices: Vec<_> = stopped.choices.iter().map(|it| (it.wanted, it.entered_by.as_deref())).collect();
        assert_eq!(stopped.standing, RemindersStanding::WithdrewFromReminders);
        assert_eq!(choices, [(false, Some("claire"))], "one choice, as the button would have made it");
        let address = format!("/api/patients/{patient}/reminders");
        let resume = json!({ "wanted": true });
        assert_eq!(nurse.post(&address, &resume).await.refusal(), ProblemKind::Refused, "the milestone says otherwise");
        assert_eq!(reminders(&nurse, patient).await, stopped);

        let mut back = because(withdrawal, "typed for another patient");
        back["taken_back"] = json!(true);
        back["replaces"] = json!(line.id);
        record(&nurse, patient, &back).await;
        assert_eq!(reminders(&nurse, patient).await.standing, RemindersStanding::Stopped, "nobody writes unasked");
        let resumed: RemindersReply = nurse.post(&address, &resume).await.ok();
        assert_eq!((resumed.standing, resumed.choices.len()), (RemindersStanding::NoAddress, 2));
        let audited = "SELECT count(*) FROM audit WHERE operation = 'choose_reminders'";
        assert_eq!(app.count(audited).await, 2);
    }

    async fn who_withdraws_altogether_is_asked_nothing_more(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        for (number, kind) in [("R-1", WithdrawalKind::StopKeep), ("R-2", WithdrawalKind::StopErase)] {
            let patient = enrol(&nurse, number).await;
            let only = milestone("2026-03-01", Cause::Withdrawal(WithdrawalKind::StopReminders));
            record(&nurse, patient, &only).await;
            let request = milestone("2026-03-02", Cause::Withdrawal(kind));
            let asked = preview(&nurse, patient, &request).await;
            assert_eq!((effect(&asked, "M1:1"), asked.needs_reason), (Some(PlanEffect::Closes), true), "{kind:?}");
            record(&nurse, patient, &because(request, "said so at the consultation")).await;
            let file = file(&nurse, patient).await;
            assert_eq!(state(&file, "M1:1"), AssessmentState::Cancelled);
            assert_eq!(file.milestones[0].cause, Some(Cause::Withdrawal(kind)), "the file tells what was asked");
            assert_eq!(reminders(&nurse, patient).await.standing, RemindersStanding::Withdrew);
        }
    }

    async fn what_is_known_at_enrolment_is_held_against_the_same_rules(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let mut late = crate::support::patient::enrolment("R-1");
        late["milestones"] = json!([{ "kind": "infusion_given_up", "on": { "date": "2026-03-01" } }]);
        assert_eq!(nurse.post("/api/patients", &late).await.refusal(), ProblemKind::Refused);
        late["milestones"] = json!([
            milestone("2026-03-01", Cause::InfusionGivenUp(GivenUpCause::OtherTreatment)),
            milestone("2026-03-02", Cause::Withdrawal(WithdrawalKind::StopReminders)),
        ]);
        let patient = nurse.post("/api/patients", &late).await.ok::<shared::api::EnrolReply>().patient;
        assert_eq!(state(&file(&nurse, patient).await, "M1:1"), AssessmentState::NotApplicable);
        assert_eq!(reminders(&nurse, patient).await.standing, RemindersStanding::WithdrewFromReminders);
    }
}

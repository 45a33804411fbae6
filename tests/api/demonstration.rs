//! The demonstration: an invented registry, made the way a real one is, the same for the same day.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use server::demo;
use shared::{
    api::{
        CompletionReply, ExportReply, Finding, PatientLine, PatientReply, PatientsReply, TrajectoryReply,
        WorklistGroup, WorklistReply,
    },
    schedule::AssessmentState,
};

use crate::support::{Client, TestApp, on_both_databases};

/// Enough patients for every report, few enough for a test.
const SOME: usize = 40;

async fn sign_in(app: &TestApp, username: &str) -> Client {
    let client = app.client();
    let request = shared::api::SignInRequest {
        username: username.to_owned(),
        password: demo::PASSWORD.to_owned(),
        one_time_code: server::auth::one_time_code(demo::AUTHENTICATOR, app.clock.now()),
    };
    assert!(client.post("/api/staff/sign-in", &request).await.status.is_success());
    client
}

on_both_databases! {
    async fn every_page_of_the_demonstration_has_something_to_show(app: TestApp) {
        assert!(demo::fill(&app.state, SOME).await.unwrap());
        assert!(!demo::fill(&app.state, SOME).await.unwrap(), "a second start changes nothing");

        let claire = sign_in(&app, "claire").await;
        for (group, at_least) in [("due", 3), ("received", 1), ("conflict", 1), ("flags", 1), ("overdue", 1)] {
            let list: WorklistReply = claire.post("/api/worklist", &json!({ "group": group })).await.ok();
            assert!(list.lines.len() >= at_least, "{group}: {:?}", list.counts);
            assert!(list.lines.iter().all(|line| line.patient.registry_number.starts_with("DEMO-")));
        }

        let hugo = sign_in(&app, "hugo").await;
        let completion: CompletionReply = hugo.get("/api/completion").await.ok();
        let timepoints: BTreeSet<_> = completion.rows.iter().map(|row| row.timepoint.as_str()).collect();
        assert!(["T0", "M1", "M3", "M12"].iter().all(|it| timepoints.contains(it)), "{timepoints:?}");
        assert!(completion.reasons.iter().filter(|it| it.n.is_some()).count() >= 3, "{:?}", completion.reasons);
        let (received, expected) = completion.rows.iter().fold((0, 0), |(received, expected), row| {
            (received + row.on_time + row.late, expected + row.expected)
        });
        let rate = f64::from(received) / f64::from(expected);
        assert!((0.5..0.95).contains(&rate), "completion of {rate}");

        let global: TrajectoryReply = hugo.get("/api/trajectory?instrument=qlq-c30&scale=QL").await.ok();
        let means: BTreeMap<_, _> = global.points.iter().filter_map(|it| Some((it.timepoint.as_str(), it.mean?[0]))).collect();
        assert!(means["M1"] < means["M12"], "people recover: {means:?}");
    }

    async fn every_expected_assessment_of_the_demonstration_ends_in_one_state(app: TestApp) {
        demo::fill(&app.state, SOME).await.unwrap();
        ends_of_all(&app).await;
    }

    async fn the_same_day_gives_the_same_registry(app: TestApp) {
        demo::fill(&app.state, 8).await.unwrap();
        let other = TestApp::on_sqlite().await;
        demo::fill(&other.state, 8).await.unwrap();
        let mut hashes = Vec::new();
        for app in [&app, &other] {
            let hugo = sign_in(app, "hugo").await;
            let purpose = shared::api::ExportRequest { purpose: "to compare".to_owned() };
            let export: ExportReply = hugo.post("/api/exports", &purpose).await.ok();
            hashes.push(export.files);
        }
        assert_eq!(hashes[0], hashes[1]);
    }
}

#[tokio::test]
async fn in_the_whole_demonstration_every_end_every_kind_of_course_and_every_group_occurs() {
    let app = TestApp::on_sqlite().await;
    demo::fill(&app.state, demo::PATIENTS).await.unwrap();
    let ends = ends_of_all(&app).await;
    let at_least = [("on time", 1_000), ("late", 20), ("explained", 100), ("to be explained", 10), ("ended", 100)];
    for (end, n) in at_least.into_iter().chain([("not applicable", 100), ("to come", 100), ("begun", 1)]) {
        assert!(ends.get(end).is_some_and(|it| *it >= n), "{end}: {ends:?}");
    }
    for (what, sql, n) in [
        ("devices of each patient", "SELECT MIN(n) FROM (SELECT COUNT(*) AS n FROM device GROUP BY patient_id)", 2),
        ("modes", "SELECT COUNT(DISTINCT body ->> '$.origin.mode') FROM answer_event", 2),
        ("reasons", "SELECT COUNT(DISTINCT reason) FROM missing_reason WHERE reason IS NOT NULL", 9),
        ("pathways", "SELECT COUNT(DISTINCT pathway) FROM episode", 3),
        ("patients whose care changed", "SELECT COUNT(DISTINCT patient_id) FROM episode WHERE ordinal > 1", 50),
        ("handed over to another site", "SELECT COUNT(*) FROM audit WHERE operation = 'move_patient'", 20),
        ("episodes corrected", "SELECT COUNT(*) FROM episode WHERE replaces IS NOT NULL AND NOT taken_back", 2),
        ("episodes taken back", "SELECT COUNT(*) FROM episode WHERE taken_back", 1),
        ("looks with a note", "SELECT COUNT(*) FROM look WHERE note <> ''", 20),
        ("questionnaires of two devices", "SELECT COUNT(*) FROM questionnaire WHERE n_copies > 1", 1),
    ] {
        assert!(app.count(sql).await >= n, "{what}: {}", app.count(sql).await);
    }
    app.clock.advance(std::time::Duration::from_mins(1)); // no one-time code is taken twice
    every_group_has_something(&sign_in(&app, "claire").await).await;
}

/// Every group of the worklist shows something, and none of them more than somebody would look through.
async fn every_group_has_something(claire: &Client) {
    let read = async |group: WorklistGroup| -> WorklistReply {
        claire.post("/api/worklist", &json!({ "group": group })).await.ok()
    };
    let counts = read(WorklistGroup::Due).await.counts;
    assert_eq!(counts.len(), 9);
    for (group, n) in &counts {
        assert!((1..100).contains(n), "{group:?} of {counts:?}");
        assert_eq!(read(*group).await.lines.len(), usize::from((*n).min(50)), "{group:?}");
    }
    let unsent = read(WorklistGroup::Unsent).await.lines;
    assert_eq!(unsent.iter().filter(|it| it.unsent.as_ref().is_some_and(|it| it.n > 0)).count(), 5);
    let losses = unsent.iter().flat_map(|it| &it.findings);
    assert_eq!(losses.filter(|it| matches!(it, Finding::LocalLoss { n_lost: 22, .. })).count(), 1);
}

/// How every assessment of every patient ends; that each ends in exactly one way is the test.
async fn ends_of_all(app: &TestApp) -> BTreeMap<&'static str, u32> {
    let claire = sign_in(app, "claire").await;
    let mut waiting = BTreeSet::new();
    let mut after = None;
    loop {
        let asked = json!({ "group": "overdue", "after": after });
        let list: WorklistReply = claire.post("/api/worklist", &asked).await.ok();
        waiting.extend(list.lines.into_iter().map(|line| (line.patient.patient, line.assessment.unwrap())));
        after = list.next;
        if after.is_none() {
            break;
        }
    }
    let mut ends: BTreeMap<&str, u32> = BTreeMap::new();
    for line in everybody(&claire).await {
        let file: PatientReply = claire.get(&format!("/api/patients/{}", line.patient)).await.ok();
        for assessment in file.assessments {
            let noted = file.missing.iter().find(|it| it.assessment == assessment.id);
            let explained = noted.is_some_and(|it| it.reason.is_some());
            let waits = waiting.remove(&(line.patient, assessment.id.clone()));
            let end = match (assessment.state, explained, waits) {
                (AssessmentState::Completed(_), false, false) => "on time",
                (AssessmentState::CompletedLate(_), _, false) => "late",
                (AssessmentState::Missed | AssessmentState::PartlyCompleted, true, false) => "explained",
                (AssessmentState::Missed | AssessmentState::PartlyCompleted, false, true) => "to be explained",
                (AssessmentState::InProgress, false, _) => "begun",
                (AssessmentState::Cancelled, false, false) => "ended",
                (AssessmentState::NotApplicable, false, false) => "not applicable",
                (AssessmentState::Planned | AssessmentState::Open, false, false) => "to come",
                other => panic!("{} {}: {other:?}", line.registry_number, assessment.id),
            };
            *ends.entry(end).or_default() += 1;
        }
    }
    assert!(waiting.is_empty(), "nothing waits that no file shows: {waiting:?}");
    ends
}

/// The lines of all patients, page after page.
async fn everybody(claire: &Client) -> Vec<PatientLine> {
    let (mut patients, mut after) = (Vec::new(), String::new());
    loop {
        let page: PatientsReply = claire.post("/api/patients/search", &json!({ "after": after })).await.ok();
        patients.extend(page.patients);
        match page.next {
            Some(next) => after = next,
            None => return patients,
        }
    }
}

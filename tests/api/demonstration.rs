//! The demonstration: an invented registry, made the way a real one is, the same for the same day.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use server::demo;
use shared::api::{CompletionReply, ExportReply, TrajectoryReply, WorklistReply};

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
        for (group, at_least) in [("due", 3), ("received", 1), ("attention", 1), ("overdue", 1)] {
            let list: WorklistReply = claire.post("/api/worklist", &json!({ "group": group })).await.ok();
            assert!(list.lines.len() >= at_least, "{group}: {:?}", list.counts);
            assert!(list.lines.iter().all(|line| line.patient.registry_number.starts_with("DEMO-")));
        }

        let hugo = sign_in(&app, "hugo").await;
        let completion: CompletionReply = hugo.get("/api/completion").await.ok();
        let timepoints: BTreeSet<_> = completion.rows.iter().map(|row| row.timepoint.as_str()).collect();
        assert!(["T0", "M1", "M3", "M12"].iter().all(|it| timepoints.contains(it)), "{timepoints:?}");
        let (received, expected) = completion.rows.iter().fold((0, 0), |(received, expected), row| {
            (received + row.on_time + row.late, expected + row.expected)
        });
        let rate = f64::from(received) / f64::from(expected);
        assert!((0.5..0.95).contains(&rate), "completion of {rate}");

        let global: TrajectoryReply = hugo.get("/api/trajectory?instrument=qlq-c30&scale=QL").await.ok();
        let means: BTreeMap<_, _> = global.points.iter().filter_map(|it| Some((it.timepoint.as_str(), it.mean?[0]))).collect();
        assert!(means["M1"] < means["M12"], "people recover: {means:?}");
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

//! What investigators see of everybody at once: rates and means, never a patient, never a small cell.

use std::time::Duration;

use serde_json::json;
use shared::{
    answers::AnswerEvent,
    api::{CompletionReply, ProblemKind, TrajectoryReply},
    people::Role,
};

use crate::support::{Client, Phone, TestApp, on_both_databases};

async fn investigator(app: &TestApp) -> Client {
    app.add_staff("hugo", Role::Investigator, &[]).await;
    app.sign_in("hugo").await
}

/// EQ-5D-5L at T0 with this position on the analogue scale and nothing else, sent.
fn analogue(phone: &Phone, position: i64) -> Vec<AnswerEvent> {
    let answer = phone.event(&json!({ "kind": "answered", "item": "VAS", "value": { "integer": position } }));
    let mut events = vec![answer, phone.submission()];
    for event in &mut events {
        event.instrument.key = "eq-5d-5l".parse().unwrap();
    }
    events
}

on_both_databases! {
    async fn a_trajectory_shows_a_mean_once_five_patients_are_behind_it(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hugo = investigator(&app).await;
        let address = "/api/trajectory?instrument=eq-5d-5l&scale=VAS";
        for (n, position) in [10, 20, 30, 40].into_iter().enumerate() {
            let phone = Phone::new(&app, &nurse, &format!("R-{n}")).await;
            phone.push(&analogue(&phone, position)).await;
        }
        let masked: TrajectoryReply = hugo.get(address).await.ok();
        let points: Vec<_> = masked.points.iter().map(|it| (it.timepoint.as_str(), it.n, it.mean)).collect();
        assert_eq!(points, [("T0", None, None)]);

        let phone = Phone::new(&app, &nurse, "R-5").await;
        phone.push(&analogue(&phone, 50)).await;
        let shown: TrajectoryReply = hugo.get(address).await.ok();
        assert_eq!((shown.points[0].n, shown.points[0].mean.map(|it| it[0])), (Some(5), Some(30.0)));
        let [_, low, high] = shown.points[0].mean.unwrap();
        assert!((low - 10.367_568_6).abs() < 1e-6 && (high - 49.632_431_4).abs() < 1e-6, "{low} {high}");
        assert!(!String::from_utf8_lossy(&hugo.get(address).await.body).contains(&phone.patient.to_string()));
    }

    async fn a_second_copy_is_scored_anew_and_counts_once(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hugo = investigator(&app).await;
        let mut phones = Vec::new();
        for n in 0..5 {
            let phone = Phone::new(&app, &nurse, &format!("R-{n}")).await;
            phone.push(&analogue(&phone, 50)).await;
            phones.push(phone);
        }
        let address = "/api/trajectory?instrument=eq-5d-5l&scale=VAS";
        let before: TrajectoryReply = hugo.get(address).await.ok();
        let tablet = Phone::of(&app, &nurse, phones[0].patient).await;
        let mut fuller = analogue(&tablet, 100);
        let mut mobility = tablet.event(&json!({ "kind": "answered", "item": "MO", "value": { "code": 1 } }));
        mobility.instrument.key = "eq-5d-5l".parse().unwrap();
        mobility.sequence = 0;
        fuller.insert(0, mobility);
        tablet.push(&fuller).await;
        let after: TrajectoryReply = hugo.get(address).await.ok();
        assert_eq!((before.points[0].n, before.points[0].mean.map(|it| it[0])), (Some(5), Some(50.0)));
        assert_eq!((after.points[0].n, after.points[0].mean.map(|it| it[0])), (Some(5), Some(60.0)));
    }

    async fn completion_counts_who_was_due_and_who_answered(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hugo = investigator(&app).await;
        for n in 0..6 {
            let phone = Phone::new(&app, &nurse, &format!("R-{n}")).await;
            if n < 4 {
                phone.push(&analogue(&phone, 50)).await;
            }
        }
        let early: CompletionReply = hugo.get("/api/completion").await.ok();
        assert!(early.rows.is_empty(), "four patients are too few to show: {:?}", early.rows);
        app.clock.advance(Duration::from_hours(24 * 10));
        let hugo = app.sign_in("hugo").await;
        let completion: CompletionReply = hugo.get("/api/completion").await.ok();
        let told: Vec<_> = completion
            .rows
            .iter()
            .map(|it| (it.timepoint.as_str(), it.instrument.as_str(), it.expected, it.on_time, it.late, it.missed))
            .collect();
        assert_eq!(told, [
            ("T0", "qlq-c30", 6, 0, 0, 6),
            ("T0", "fact-lym", 6, 0, 0, 6),
            ("T0", "eq-5d-5l", 6, 4, 0, 2),
            ("T0", "epices", 6, 0, 0, 6),
            ("T0", "situation", 6, 0, 0, 6),
            ("T0", "sils", 6, 0, 0, 6),
            ("T0", "ucla-3", 6, 0, 0, 6),
            ("T0", "lsns-6", 6, 0, 0, 6),
        ]);
    }

    async fn reports_are_for_investigators_and_refuse_what_is_not_there(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hugo = investigator(&app).await;
        for address in ["/api/completion", "/api/trajectory?instrument=qlq-c30&scale=QL"] {
            assert_eq!(nurse.get(address).await.refusal(), ProblemKind::Forbidden, "{address}");
            assert_eq!(app.client().get(address).await.refusal(), ProblemKind::NotSignedIn, "{address}");
        }
        for (address, refusal) in [
            ("/api/trajectory?instrument=qlq-c30&scale=XX", ProblemKind::NotFound),
            ("/api/trajectory?instrument=hads&scale=QL", ProblemKind::NotFound),
            ("/api/trajectory?instrument=qlq-c30", ProblemKind::BadRequest),
        ] {
            assert_eq!(hugo.get(address).await.refusal(), refusal, "{address}");
        }
    }
}

//! Everything but answer events, milestones, episodes and what was set aside can be computed anew, and comes out the same.

use server::{
    demo, findings,
    rebuild::{Rebuilt, rebuild},
};
use shared::sync::protocol::QuarantineReason;

use crate::support::{Phone, TestApp, on_both_databases, patient};

/// Every recomputable table: how to keep what it holds, and how many rows differ from what was kept.
macro_rules! table {
    ($name:literal) => {
        (
            $name,
            concat!("CREATE TABLE kept_", $name, " AS SELECT * FROM ", $name),
            concat!("SELECT COUNT(*) FROM kept_", $name),
            concat!("SELECT COUNT(*) FROM (SELECT * FROM kept_", $name, " EXCEPT SELECT * FROM ", $name, ") AS gone"),
            concat!("SELECT COUNT(*) FROM (SELECT * FROM ", $name, " EXCEPT SELECT * FROM kept_", $name, ") AS come"),
        )
    };
}

const TABLES: [(&str, &str, &str, &str, &str); 8] = [
    table!("patient"),
    table!("questionnaire_copy"),
    table!("questionnaire"),
    table!("assessment"),
    table!("score"),
    table!("flag"),
    table!("planned"),
    table!("flagged"),
];

/// Rows that are not as they were kept, by table.
async fn differing(app: &TestApp) -> Vec<(&'static str, i64)> {
    let mut found = Vec::new();
    for (table, _, _, gone, come) in TABLES {
        found.push((table, app.count(gone).await + app.count(come).await));
    }
    found.retain(|(_, n)| *n > 0);
    found
}

/// A questionnaire from two devices, of which one goes on after it was sent.
async fn two_devices(app: &TestApp) {
    let nurse = app.nurse("alice", &["toulouse"]).await;
    let phone = Phone::new(app, &nurse, "R-1").await;
    let tablet = Phone::of(app, &nurse, phone.patient).await;
    for device in [&phone, &tablet] {
        device.push(&device.questionnaire()).await;
    }
    let late = phone.push(&[phone.answer("e1", 1)]).await;
    assert_eq!(patient::set_aside(&late[0]), QuarantineReason::AfterSubmission);
}

on_both_databases! {
    async fn every_computed_table_comes_out_the_same_when_it_is_rebuilt(app: TestApp) {
        demo::fill(&app.state, 25).await.unwrap();
        two_devices(&app).await;
        server::assessments::refresh(&app.state.db, &app.state.study).await.unwrap();
        findings::refresh(&app.state.db, &app.state.study, &app.state.catalog).await.unwrap();
        for (table, keep, count, ..) in TABLES {
            app.execute(keep).await.unwrap();
            assert!(app.count(count).await > 0, "{table} holds something to compare");
        }
        assert!(app.count("SELECT COUNT(*) FROM assessment WHERE conflict").await > 0);
        assert!(app.count("SELECT COUNT(*) FROM questionnaire WHERE n_copies > 1").await > 0);

        for damage in [
            "UPDATE patient SET site = 'nowhere'",
            "UPDATE questionnaire_copy SET submitted_on = NULL",
            "UPDATE questionnaire SET n_copies = 9, received_at = 0",
            "DELETE FROM assessment WHERE occurrence = 1",
            "UPDATE score SET value = 0",
            "DELETE FROM flag",
            "UPDATE planned SET position = 0",
            "UPDATE flagged SET position = 0",
        ] {
            assert!(app.execute(damage).await.unwrap() > 0, "{damage}");
        }
        assert_eq!(differing(&app).await.len(), TABLES.len());

        let rebuilt = rebuild(&app.state).await.unwrap();
        assert_eq!(differing(&app).await, []);
        let n_events = u64::try_from(app.count("SELECT COUNT(*) FROM answer_event").await).unwrap();
        let n_patients = usize::try_from(app.count("SELECT COUNT(*) FROM patient").await).unwrap();
        assert_eq!(rebuilt, Rebuilt { n_events, n_patients });
    }

    async fn a_registry_without_patients_can_be_rebuilt(app: TestApp) {
        assert_eq!(rebuild(&app.state).await.unwrap(), Rebuilt { n_events: 0, n_patients: 0 });
    }
}

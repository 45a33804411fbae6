//! What a data manager looks over: the audit trail with its filters, devices, what was set aside. No name, no answer.

use std::time::Duration;

use serde_json::{Value, json};
use server::audit::Operation;
use shared::{
    api::{AuditLine, DeviceOversight, Page, ProblemKind, QuarantineLine},
    people::{DeviceKind, Role},
    sync::{proof::AuditLog, protocol::QuarantineReason},
};

use crate::support::{Client, Phone, TestApp, on_both_databases, patient::enrol};

async fn manager(app: &TestApp) -> Client {
    app.add_staff("admin", Role::DataManager, &[]).await;
    app.sign_in("admin").await
}

async fn trail(manager: &Client, asked: &Value) -> Vec<AuditLine> {
    manager.post("/api/audit", asked).await.ok::<Page<AuditLine>>().lines
}

/// All lines of a list, page by page.
async fn all<T: serde::de::DeserializeOwned>(manager: &Client, path: &str, asked: &Value) -> (usize, Vec<T>) {
    let (mut asked, mut lines, mut n_pages) = (asked.clone(), Vec::new(), 0);
    loop {
        let page: Page<T> = manager.post(path, &asked).await.ok();
        lines.extend(page.lines);
        n_pages += 1;
        let Some(next) = page.next else { return (n_pages, lines) };
        asked["after"] = json!(next);
    }
}

on_both_databases! {
    async fn the_trail_is_narrowed_by_who_what_whom_and_when(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let other = enrol(&nurse, "R-2").await;
        app.clock.advance(Duration::from_hours(48));
        let nurse = app.sign_in("claire").await;
        for patient in [patient, other] {
            let _: Value = nurse.get(&format!("/api/patients/{patient}")).await.ok();
        }
        let manager = manager(&app).await;
        let words = async |asked: Value| -> Vec<String> {
            trail(&manager, &asked).await.into_iter().map(|line| line.operation).collect()
        };
        let everything = words(json!({})).await;
        assert_eq!(everything, ["read_audit", "sign_in", "read_patient", "read_patient", "sign_in", "enrol_patient", "enrol_patient", "sign_in"]);
        assert_eq!(words(json!({ "log": "security", "account": " Claire " })).await, ["sign_in", "sign_in"]);
        assert_eq!(words(json!({ "patient": patient, "operation": "read_patient" })).await, ["read_patient"]);
        assert_eq!(words(json!({ "to": "2026-03-03" })).await, ["enrol_patient", "enrol_patient", "sign_in"]);
        assert_eq!(words(json!({ "from": "2026-03-04", "to": "2026-03-04", "operation": "sign_in" })).await.len(), 2);
        assert_eq!(words(json!({ "account": "nobody" })).await, Vec::<String>::new());
        let lines = trail(&manager, &json!({ "operation": "read_patient" })).await;
        assert_eq!((lines[0].log, lines[0].account.as_deref(), lines[0].patient), (AuditLog::Clinical, Some("claire"), Some(other)));
        let reads = "SELECT COUNT(*) FROM audit WHERE operation = 'read_audit' AND log = 'security'";
        assert_eq!(app.count(reads).await, 7, "each opening of the trail is in it");
        for wrong in [json!({ "operation": "peek" }), json!({ "after": "x" }), json!({ "to": "9999-12-31" })] {
            assert_eq!(manager.post("/api/audit", &wrong).await.refusal(), ProblemKind::Refused, "{wrong}");
        }
    }

    async fn a_long_trail_is_read_to_its_end_and_opened_once(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        for _ in 0..203 {
            assert!(nurse.get(&format!("/api/patients/{patient}")).await.status.is_success());
        }
        let manager = manager(&app).await;
        let (n_pages, lines) = all::<AuditLine>(&manager, "/api/audit", &json!({ "operation": "read_patient" })).await;
        assert_eq!((n_pages, lines.len()), (5, 203));
        assert!(lines.windows(2).all(|pair| pair[0].number > pair[1].number), "newest first, none twice");
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'read_audit'").await, 1);
    }

    async fn devices_are_told_with_what_waits_on_them_and_without_names(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let (first, second) = (Phone::new(&app, &nurse, "R-1").await, Phone::new(&app, &nurse, "R-2").await);
        let _: Value = first.client.get("/api/sync/pull?after=0&unsent=7&held=9").await.ok();
        let revoke = format!("/api/patients/{}/devices/{}/revoke", second.patient, second.device);
        assert!(nurse.post(&revoke, &json!({})).await.status.is_success());
        let manager = manager(&app).await;
        let listed = async |asked: Value| all::<DeviceOversight>(&manager, "/api/devices", &asked).await.1;
        assert_eq!(listed(json!({})).await.len(), 2);
        let asking = listed(json!({ "group": "asking" })).await;
        assert_eq!((asking.len(), asking[0].device, asking[0].n_unsent), (1, first.device, 7));
        assert_eq!((asking[0].kind, asking[0].site.as_str()), (DeviceKind::Own, "toulouse"));
        let revoked = listed(json!({ "group": "revoked" })).await;
        assert_eq!((revoked.len(), revoked[0].device, revoked[0].revoked_at), (1, second.device, Some(app.clock.now())));
        let raw = manager.post("/api/devices", &json!({})).await.body;
        let raw = String::from_utf8(raw).unwrap();
        assert!(!raw.contains("R-1") && !raw.contains("Lefèvre"), "{raw}");
        assert_eq!(manager.post("/api/devices", &json!({ "after": "x~y" })).await.refusal(), ProblemKind::Refused);
    }

    async fn what_was_set_aside_is_listed_until_somebody_looked_and_never_says_what_it_says(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let strange = json!({ "not": "an event", "canary": "7f3a" });
        phone.try_push(&[strange, serde_json::to_value(phone.answer("e1", 9)).unwrap()]).await;
        let manager = manager(&app).await;
        let listed = async |asked: Value| all::<QuarantineLine>(&manager, "/api/quarantine", &asked).await.1;
        let lines = listed(json!({})).await;
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].reason, QuarantineReason::OutsideCodes);
        assert_eq!(lines[0].assessment.as_ref().map(ToString::to_string).as_deref(), Some("T0:1"));
        assert_eq!((lines[1].reason, lines[1].assessment.clone()), (QuarantineReason::Unreadable, None));
        assert_eq!((lines[1].device, lines[1].patient, lines[1].hash.len()), (phone.device, phone.patient, 64));
        assert!(lines[1].n_bytes > 30);
        let raw = String::from_utf8(manager.post("/api/quarantine", &json!({})).await.body).unwrap();
        assert!(!raw.contains("7f3a"), "{raw}");
        app.execute("UPDATE quarantine SET looked_at = 1").await.unwrap();
        assert_eq!(listed(json!({})).await, []);
        assert_eq!(listed(json!({ "looked_at": true })).await.len(), 2);
    }
}

#[test]
fn every_operation_can_be_chosen_on_the_page() {
    let page = include_str!("../../frontend/src/manager/audit.rs");
    let chosen = page.split("const OPERATIONS").nth(1).unwrap().split("];").next().unwrap();
    for operation in Operation::ALL {
        assert!(chosen.contains(&format!("\"{}\"", operation.word())), "{operation:?}");
    }
}

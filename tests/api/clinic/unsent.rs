//! What waits on devices, as far as they tell, and what they lost.

use std::time::Duration;

use serde_json::json;
use shared::{
    answers::{AnswerEvent, DraftEvent},
    api::{Finding, Look, PatientReply, WorklistGroup, WorklistLine, WorklistReply},
    sync::store::Store,
};

use crate::support::{Client, Device, Phone, TestApp, on_both_databases};

const DAY: Duration = Duration::from_hours(24);

async fn unsent(nurse: &Client) -> Vec<WorklistLine> {
    let list: WorklistReply = nurse.post("/api/worklist", &json!({ "group": "unsent" })).await.ok();
    let counted = list.counts.iter().find(|(group, _)| *group == WorklistGroup::Unsent).unwrap().1;
    assert_eq!(usize::from(counted), list.lines.len());
    list.lines
}

/// A device tells what it holds, with a pull.
async fn tells(phone: &Phone, unsent: u64, held: u64) {
    let reply = phone.client.get(&format!("/api/sync/pull?after=0&unsent={unsent}&held={held}")).await;
    assert!(reply.status.is_success(), "{reply:?}");
}

/// A draft as the app keeps one: an answer that is not sent.
async fn taps(device: &Device, item: &str) {
    device.store.append(draft(device.phone.answer(item, 1))).await.unwrap();
}

fn draft(event: AnswerEvent) -> DraftEvent {
    let AnswerEvent { id, patient, assessment, instrument, wording, origin, clock, body, .. } = event;
    DraftEvent { id, patient, assessment, instrument, wording, origin, clock, body }
}

on_both_databases! {
    async fn a_phone_that_holds_drafts_is_listed_until_it_has_sent_them(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let device = Device::on(Phone::new(&app, &nurse, "R-1").await).await;
        device.synchronise().await;
        assert_eq!(unsent(&nurse).await, []);
        for item in ["e1", "e2", "e3"] {
            taps(&device, item).await;
        }
        device.synchronise().await;
        let lines = unsent(&nurse).await;
        let told = lines[0].unsent.as_ref().unwrap();
        assert_eq!((told.n, told.since, told.replaced), (3, Some(app.clock.now()), false));
        assert_eq!(lines[0].patient.registry_number, "R-1");

        let began = app.clock.now();
        app.clock.advance(DAY * 2);
        let nurse = app.sign_in("claire").await;
        taps(&device, "e4").await;
        device.synchronise().await;
        let lines = unsent(&nurse).await;
        let told = lines[0].unsent.as_ref().unwrap();
        assert_eq!((told.n, told.since), (4, Some(began)), "it waits since the first of them did");

        let _ = Phone::of(&app, &nurse, device.phone.patient).await;
        assert!(unsent(&nurse).await[0].unsent.as_ref().unwrap().replaced, "another phone was opened since");
        device.store.append(draft(device.phone.submission())).await.unwrap();
        device.synchronise().await;
        assert_eq!(unsent(&nurse).await, []);
        let file: PatientReply = nurse.get(&format!("/api/patients/{}", device.phone.patient)).await.ok();
        assert!(file.devices.iter().all(|it| it.n_unsent == 0 && it.n_lost == 0));
    }

    async fn a_device_that_comes_back_empty_has_lost_what_it_had_told_of(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        tells(&phone, 0, 12).await;
        tells(&phone, 3, 15).await;
        tells(&phone, 0, 0).await;
        let lines = unsent(&nurse).await;
        assert_eq!(lines[0].unsent.as_ref().unwrap().n, 0);
        let [Finding::LocalLoss { device, n_lost: 3 }] = lines[0].findings[..] else { panic!("{lines:?}") };
        assert_eq!(device, phone.device);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'lose_answers' AND detail = '3'").await, 1);
        tells(&phone, 0, 0).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'lose_answers'").await, 1, "told once");

        let path = format!("/api/patients/{}/looks", phone.patient);
        let request = json!({ "assessment": null, "seen": lines[0].findings, "note": "asked at the visit" });
        let _: Look = nurse.post(&path, &request).await.ok();
        assert_eq!(unsent(&nurse).await, []);
        let file: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
        assert_eq!((file.devices[0].n_lost, file.findings.len()), (3, 1), "it stays in the file");

        tells(&phone, 2, 2).await;
        tells(&phone, 0, 0).await;
        let again = unsent(&nurse).await;
        assert!(matches!(again[0].findings[..], [Finding::LocalLoss { n_lost: 5, .. }]), "another loss asks again");
    }

    async fn a_device_that_cleared_what_was_received_has_lost_nothing(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        tells(&phone, 0, 12).await;
        tells(&phone, 0, 0).await;
        assert_eq!(unsent(&nurse).await, []);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'lose_answers'").await, 0);
    }

    async fn devices_of_another_site_are_not_told_of_and_an_old_app_tells_nothing(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        tells(&phone, 3, 3).await;
        let nord = app.nurse("nord", &["centre-nord"]).await;
        assert_eq!(unsent(&nord).await, []);
        let searched = json!({ "group": "unsent", "search": "R-1" });
        let found: WorklistReply = nurse.post("/api/worklist", &searched).await.ok();
        assert_eq!(found.lines.len(), 1);
        let old = Phone::new(&app, &nurse, "R-2").await;
        assert!(old.pull().await.events.is_empty());
        assert_eq!(unsent(&nurse).await.len(), 1);
    }

    async fn an_open_list_hears_of_what_waits_within_two_seconds(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let mut list = nurse.opens_list().await;
        list.hears("\"news\":0}").await;
        tells(&phone, 3, 3).await;
        list.hears("\"news\":1}").await;
    }
}

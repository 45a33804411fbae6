//! A server that was put back from a backup, and devices that hold receipts for what it lost: they offer it again.

use std::collections::BTreeMap;

use server::backup::restore;
use shared::{
    answers::{AnswerEvent, DraftEvent},
    api::PatientReply,
    sync::{
        protocol::PulledEvent,
        store::{Stage, Store, Tally},
    },
};

use super::backups::Shelf;
use crate::support::{Device, Phone, TestApp, on_both_databases};

/// Keeps all of EPICES on a device as of an occasion, and sends it; the first answer may be one that no item has.
async fn sends(device: &Device, occasion: &str, spoilt: bool) {
    for mut event in device.phone.questionnaire() {
        event.assessment = occasion.parse().unwrap();
        if spoilt && event.sequence % 12 == 1 {
            event.body = device.phone.answer("e1", 7).body;
        }
        let AnswerEvent { id, patient, assessment, instrument, wording, origin, clock, body, .. } = event;
        let draft = DraftEvent { id, patient, assessment, instrument, wording, origin, clock, body };
        device.store.append(draft).await.unwrap();
    }
    device.synchronise().await;
    assert!(device.status.borrow().all_received());
}

/// What a device holds of its questionnaire at an occasion, by stage.
async fn stages(device: &Device, occasion: &str) -> BTreeMap<Stage, usize> {
    let slot = format!("{}/{occasion}/epices", device.phone.patient).parse().unwrap();
    let kept = device.store.list_slot(&slot).await.unwrap();
    kept.iter().fold(BTreeMap::new(), |mut stages, kept| {
        assert_eq!(kept.receipt.is_some(), matches!(kept.stage, Stage::Received | Stage::Pulled));
        *stages.entry(kept.stage).or_default() += 1;
        stages
    })
}

async fn tally(device: &Device) -> Tally {
    device.store.tally(device.phone.patient).await.unwrap()
}

/// What the server has of a patient, by id, to the byte.
async fn held(phone: &Phone) -> BTreeMap<String, Vec<u8>> {
    let events = phone.pull().await.events;
    let n = events.len();
    let by_id = |PulledEvent { event, .. }: PulledEvent| (event.id.to_string(), event.canonical_bytes().unwrap());
    let held: BTreeMap<_, _> = events.into_iter().map(by_id).collect();
    assert_eq!(held.len(), n, "each once");
    held
}

on_both_databases! {
    async fn what_a_restored_server_lost_comes_back_from_the_devices_once(app: TestApp) {
        let mut nurse = app.nurse("claire", &["toulouse"]).await;
        let mut phone = Device::on(Phone::new(&app, &nurse, "R-1").await).await;
        let mut tablet = Device::on(Phone::of(&app, &nurse, phone.phone.patient).await).await;
        sends(&phone, "T0:1", false).await;
        let shelf = Shelf::new();
        shelf.back_up(&app, "before").await.unwrap();
        sends(&phone, "M3:1", true).await;
        sends(&tablet, "M6:1", false).await;
        phone.synchronise().await;
        let before = held(&phone.phone).await;
        assert_eq!((before.len(), tally(&phone).await.quarantined), (35, 1));
        let shown = stages(&phone, "M3:1").await;
        assert_eq!(stages(&phone, "M6:1").await, BTreeMap::from([(Stage::Pulled, 12)]));

        app.stop().await;
        restore(&shelf.asked("before", true), &shelf.key, &app.config, &app.clock).await.unwrap();
        let back = app.another_process().await;
        for client in [&mut nurse, &mut phone.phone.client, &mut tablet.phone.client] {
            client.go_to(&back.origin);
        }
        let later = Phone::of(&back, &nurse, phone.phone.patient).await;
        assert_eq!(held(&later).await.len(), 12, "what came after the backup is gone");

        phone.synchronise().await;
        assert!(phone.status.borrow().all_received(), "in one round it heard of it and offered again what was lost");
        assert_eq!((held(&later).await.len(), stages(&phone, "M3:1").await), (23, shown));
        assert_eq!(stages(&phone, "M6:1").await, BTreeMap::new(), "what the tablet sent is not there yet");
        tablet.synchronise().await;
        phone.synchronise().await;
        assert_eq!(stages(&phone, "M6:1").await, BTreeMap::from([(Stage::Pulled, 12)]));
        assert_eq!(stages(&tablet, "M6:1").await, BTreeMap::from([(Stage::Received, 12)]));
        assert_eq!(held(&later).await, before);
        assert_eq!(back.count("SELECT COUNT(*) FROM quarantine").await, 1);
        for device in [&phone, &tablet] {
            device.synchronise().await;
        }
        assert_eq!(back.count("SELECT COUNT(*) FROM answer_event").await, 35, "and nothing comes twice");
        let file: PatientReply = nurse.get(&format!("/api/patients/{}", later.patient)).await.ok();
        assert!(file.devices.iter().all(|it| it.n_unsent == 0 && it.n_lost == 0), "no device is taken to have lost any");
    }

    async fn a_life_of_the_log_is_told_to_who_asks_and_another_after_each_restoration(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let mut phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let pulls = async |phone: &Phone, asks: &str| {
            let reply = phone.client.get(&format!("/api/sync/pull?after=0{asks}")).await;
            let reply: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            assert_eq!(reply["events"].as_array().unwrap().len(), 12);
            reply.get("life").map(|life| life.as_str().unwrap().to_owned())
        };
        assert_eq!(pulls(&phone, "&life=true").await, None, "it was never put back");
        let shelf = Shelf::new();
        shelf.back_up(&app, "again").await.unwrap();
        let mut lives = vec![None];
        for _ in 0..2 {
            app.stop().await;
            restore(&shelf.asked("again", true), &shelf.key, &app.config, &app.clock).await.unwrap();
            let back = app.another_process().await;
            phone.client.go_to(&back.origin);
            assert_eq!(pulls(&phone, "").await, None, "an earlier version is sent what it always was");
            let life = pulls(&phone, "&life=true").await;
            assert!(!lives.contains(&life), "{life:?}");
            lives.push(life);
            back.stop().await;
        }
    }
}

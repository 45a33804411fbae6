//! Handing in what patients sent on the tablet, one device after the other, and clearing away what is received.
//!
//! A patient's database goes only when a receipt is held for each of its answers. The device is revoked after that,
//! as its credential is gone with it; until the hospital was told so, the tablet remembers to.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use serde_json::json;
use shared::api::DeviceLine;

use super::{
    Handover, Tablet,
    line::Line,
    prepare,
    vault::{Prepared, Secrets, VaultError},
};
use crate::{
    staff::Trouble,
    store::IndexedDbStore,
    sync::{Obstacle, SyncStatus, Synchroniser},
};

/// How often it is looked whether a round is over, and how many times.
const LOOK_EVERY_MS: u32 = 50;
const LOOKS: u32 = 1_200;

/// Hands in everything, then tells the hospital what it is still to be told.
pub(super) async fn hand_in(tablet: Tablet) -> Result<(), VaultError> {
    let waits = |line: &Line| line.tally.waiting > 0;
    for line in tablet.lines().get_untracked().into_iter().filter(waits) {
        let Some(secrets) = &line.secrets else { continue };
        if send(tablet, &line.prepared, secrets).await? == Sent::Unknown && tablet.is_signed_in() {
            // The hospital knows this device under another credential: one that it was given and the tablet never got.
            if let Ok(again) = prepare::prepare(tablet, line.prepared.patient).await
                && let Some(key) = tablet.key()
                && let Some(secrets) = tablet.vault().find_secrets(&key, again.device).await?
            {
                send(tablet, &again, &secrets).await?;
            }
        }
    }
    tablet.refresh().await?;
    clear_away(tablet).await?;
    if tablet.is_signed_in() {
        tablet.tell_given().await?;
        retire(tablet).await?;
    }
    tablet.refresh().await
}

/// How a round ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sent {
    /// It went as far as it could.
    Done,
    /// The hospital does not know the device.
    Unknown,
}

/// One device's round with the hospital, as the device itself.
async fn send(tablet: Tablet, prepared: &Prepared, secrets: &Secrets) -> Result<Sent, VaultError> {
    let store = Rc::new(IndexedDbStore::new(&Handover::database(prepared.device)));
    tablet.vault().leave_key(prepared.device, &store).await?;
    // The browser has one session, and who had it last is not known here.
    store.note_session(None).await?;
    let status = RwSignal::new(SyncStatus::default());
    let names = (prepared.device, prepared.patient);
    let synchroniser = Synchroniser::new(Rc::clone(&store), names, status, RwSignal::new(0));
    synchroniser.unlock(&secrets.credential);
    for _ in 0..LOOKS {
        TimeoutFuture::new(LOOK_EVERY_MS).await;
        let now = status.get_untracked();
        if !now.working && (now.obstacle.is_some() || now.tally.is_some_and(|tally| tally.waiting == 0)) {
            break;
        }
    }
    synchroniser.stop();
    store.close();
    let SyncStatus { tally, obstacle, .. } = status.get_untracked();
    let unknown = obstacle == Some(Obstacle::Revoked) && tally.is_none_or(|tally| tally.waiting > 0);
    Ok(if unknown { Sent::Unknown } else { Sent::Done })
}

/// Deletes the databases whose every answer is received.
async fn clear_away(tablet: Tablet) -> Result<(), VaultError> {
    for line in tablet.lines().get_untracked().into_iter().filter(Line::is_received) {
        let Prepared { device, patient, .. } = line.prepared;
        let store = IndexedDbStore::new(&Handover::database(device));
        if store.delete_if_received(patient).await? {
            tablet.vault().note(&Prepared { finished: true, ..line.prepared }).await?;
        }
    }
    Ok(())
}

/// Revokes the devices that are no more.
async fn retire(tablet: Tablet) -> Result<(), VaultError> {
    let vault = tablet.vault();
    for Prepared { device, patient, .. } in vault.list_prepared().await?.into_iter().filter(|it| it.finished) {
        let path = format!("/api/patients/{patient}/devices/{device}/revoke");
        match tablet.desk.post::<DeviceLine>(&path, &json!({})).await {
            Ok(_) => vault.forget(device).await?,
            Err(Trouble::Said(_)) => {}
            Err(Trouble::Unreachable) => break,
        }
    }
    Ok(())
}

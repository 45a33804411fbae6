//! Preparing the tablet with network: the apps, and a hand-over for each patient who is due.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::{
    api::{HandoverReply, HandoverRequest, WorklistGroup, WorklistReply, WorklistRequest},
    id::{DeviceId, PatientId},
};

use super::{
    Tablet,
    line::{Line, Progress},
    shell,
    tablet::{WardTrouble, Work},
    vault::Prepared,
};
use crate::{crypto::DeviceKey, staff::Trouble};

/// Prepares the tablet for everybody who is due at the nurse's sites.
pub(super) async fn prepare_due(tablet: Tablet) -> Result<(), WardTrouble> {
    if !shell::keep_apps().await {
        return Err(WardTrouble::Apps);
    }
    let patients = list_due(tablet).await.map_err(WardTrouble::Hospital)?;
    let n_patients = patients.len();
    let mut failed = 0;
    for (n, patient) in (1..).zip(patients) {
        tablet.work.set(Some(Work::Preparing(n, n_patients)));
        // What a patient has begun stays as it is: it is taken up, not prepared.
        let begun = |line: &Line| line.prepared.patient == patient && line.progress() != Progress::Ready;
        if tablet.lines().with_untracked(|lines| lines.iter().any(|line| begun(line) && line.secrets.is_some())) {
            continue;
        }
        match prepare(tablet, patient).await {
            Ok(_) => {}
            Err(trouble @ (WardTrouble::Hospital(Trouble::Unreachable) | WardTrouble::Vault(_))) => {
                return Err(trouble);
            }
            Err(WardTrouble::Hospital(_) | WardTrouble::Apps | WardTrouble::NotAll(_)) => failed += 1,
        }
    }
    tablet.refresh().await.map_err(WardTrouble::Vault)?;
    if failed > 0 { Err(WardTrouble::NotAll(failed)) } else { Ok(()) }
}

/// Prepares the tablet for one patient who is to be handed it now; gives the device.
pub(super) async fn prepare_one(tablet: Tablet, patient: PatientId) -> Result<DeviceId, WardTrouble> {
    if !shell::keep_apps().await {
        return Err(WardTrouble::Apps);
    }
    let device = prepare(tablet, patient).await?.device;
    tablet.refresh().await.map_err(WardTrouble::Vault)?;
    Ok(device)
}

/// Prepares the tablet for one patient; it goes on as the device that it is for this patient already.
pub(super) async fn prepare(tablet: Tablet, patient: PatientId) -> Result<Prepared, WardTrouble> {
    let vault = tablet.vault();
    let known = vault.list_prepared().await.map_err(WardTrouble::Vault)?;
    let known = known.into_iter().find(|it| it.patient == patient && !it.finished);
    let made = DeviceKey::make().await.map_err(|error| WardTrouble::Vault(error.into()))?;
    let request = HandoverRequest { device: known.as_ref().map(|it| it.device), public_key: made.public() };
    let reply: HandoverReply = tablet
        .desk
        .post(&format!("/api/patients/{patient}/handover"), &request)
        .await
        .map_err(WardTrouble::Hospital)?;
    let Some(key) = tablet.key() else { return Err(WardTrouble::Hospital(Trouble::Unreachable)) };
    let given_at = known.filter(|it| it.device == reply.device).and_then(|it| it.given_at);
    vault.keep(&key, reply, &made, given_at).await.map_err(WardTrouble::Vault)
}

/// Everybody with something open at the nurse's sites, and what the tablet holds under a former PIN.
async fn list_due(tablet: Tablet) -> Result<BTreeSet<PatientId>, Trouble> {
    let stale = |line: &Line| line.secrets.is_none().then_some(line.prepared.patient);
    let mut patients: BTreeSet<PatientId> =
        tablet.lines().with_untracked(|lines| lines.iter().filter_map(stale).collect());
    for group in [WorklistGroup::Due, WorklistGroup::Closing] {
        let mut after = None;
        loop {
            let asked = WorklistRequest { group: Some(group), after, ..WorklistRequest::default() };
            let reply: WorklistReply = tablet.desk.post("/api/worklist", &asked).await?;
            patients.extend(reply.lines.into_iter().map(|line| line.patient.patient));
            after = reply.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(patients)
}

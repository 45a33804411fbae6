//! Handing the tablet over: what the patient's page will need goes into a database of its own, the nurse's session is
//! locked, and the staff's page gives way to the patient's.

use leptos::prelude::*;
use shared::{
    api::{GivenRequest, IdentityItem, LockReply},
    people::Respondent,
    sync::store::{Enrolment, SealedCredential, Store as _},
};

use super::{
    Handover, Tablet,
    line::Line,
    shell,
    vault::{Given, Secrets, Vault, VaultError},
};
use crate::{address::leave_for, crypto, session, store::IndexedDbStore};

/// Hands the tablet to the patient of this line.
pub(super) async fn give(
    tablet: Tablet,
    line: &Line,
    checked: &[IdentityItem],
    respondent: Respondent,
) -> Result<(), VaultError> {
    let vault = tablet.vault();
    let (Some(key), Some(lock), Some(secrets)) = (tablet.key(), tablet.lock().get_untracked(), &line.secrets) else {
        return Err(VaultError::Sealed);
    };
    let device = line.prepared.device;
    let handover = Handover::new(device)?;
    let bundle = vault.find_bundle(&key, device).await?.ok_or(VaultError::Sealed)?;
    let sealed = crypto::seal_under(&handover.key, &secrets.credential, device).await?;
    leave_in_database(&vault, line, secrets, &bundle, (sealed, respondent)).await?;
    let request = GivenRequest { device, at: session::now(), staff: lock.staff, checked: checked.to_vec(), respondent };
    vault.note_given(&line.prepared, &Given { patient: line.prepared.patient, request }).await?;
    shell::tell_tabs(true);
    if tablet.is_signed_in() {
        tablet.tell_given().await?;
        // Without network there is nobody to lock it; what is shown here is locked all the same.
        if let Ok(LockReply { unlock }) = tablet.desk.post("/api/staff/lock", &serde_json::json!({})).await {
            vault.keep_unlock(&key, &lock, &unlock).await?;
        }
    }
    leave_for(&format!("/#{}", handover.fragment()));
    Ok(())
}

/// What the patient's page finds: the bundle, who answers, the key pair, and the credential under a key that the
/// address carries.
async fn leave_in_database(
    vault: &Vault,
    line: &Line,
    secrets: &Secrets,
    bundle: &str,
    (sealed, respondent): (SealedCredential, Respondent),
) -> Result<(), VaultError> {
    let (device, patient) = (line.prepared.device, line.prepared.patient);
    let store = IndexedDbStore::new(&Handover::database(device));
    if !vault.leave_key(device, &store).await? {
        return Err(VaultError::Sealed);
    }
    // The page itself may have fetched a newer one.
    let prepared_since = line.prepared.given_at.is_none_or(|given_at| line.prepared.at > given_at);
    if prepared_since || store.find_bundle(patient).await?.is_none() {
        store.save_bundle(patient, bundle).await?;
    }
    store.note_session(None).await?;
    store.note_respondent(respondent).await?;
    let language = secrets.language.clone();
    let enrolment = Enrolment { device, patient, language, sealed, wrong_tries: 0, wait_until: None };
    store.save_enrolment(&enrolment).await?;
    store.close();
    Ok(())
}

//! `POST /api/patients/{patient}/handover` and `POST /api/patients/{patient}/handover/given`.

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use shared::{
    api::{GivenRequest, HandoverReply, HandoverRequest},
    id::{DeviceId, PatientId},
    people::DeviceKind,
    sync::signing::PublicKey,
    time::Timestamp,
};

use super::{queries, refusal};
use crate::{
    audit::{self, Operation},
    auth::{
        self,
        guard::{NurseScope, OnePatientScope},
    },
    db::{Tx, to_json},
    error::{ApiError, Body, Path},
    identity, patients,
    state::AppState,
    sync,
};

/// Routes of the ward's tablet.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/patients/{patient}/handover", post(prepare))
        .route("/api/patients/{patient}/handover/given", post(note_given))
}

async fn prepare(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<HandoverRequest>,
) -> Result<Json<HandoverReply>, ApiError> {
    let key = auth::read_key(&request.public_key)?;
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let line = identity::find_line(&state.identity, &nurse, &scope).await?.ok_or_else(ApiError::not_found)?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let (device, credential) = device(&mut tx, &state, &scope, (request.device, key), now).await?;
    let entry = audit::Entry::staff(nurse.staff(), Operation::PrepareTablet).of(patient);
    let entry = entry.with(format!("{device} {}", key.fingerprint()));
    audit::append(&mut tx, &entry, now).await?;
    let bundle = sync::read_bundle(&mut tx, &state, &scope).await?;
    tx.commit().await?;
    state.recent_devices.forget(device);
    Ok(Json(HandoverReply { device, credential, patient: line, bundle }))
}

/// The device that the tablet goes on being for the patient, under another credential and key; a new one where it was
/// none.
async fn device(
    tx: &mut Tx,
    state: &AppState,
    scope: &OnePatientScope,
    (known, key): (Option<DeviceId>, PublicKey),
    now: Timestamp,
) -> Result<(DeviceId, String), ApiError> {
    if let Some(device) = known {
        let credential = auth::random_text(&state.chance);
        if queries::renew(tx, scope, device, &auth::sha256(&credential), key).await? {
            return Ok((device, credential));
        }
    }
    Ok(auth::enrol_device(tx, scope.patient(), DeviceKind::Ward, key, &state.chance, now).await?)
}

async fn note_given(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<GivenRequest>,
) -> Result<StatusCode, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    if let Some(refusal) = refusal(&request) {
        return Err(ApiError::refused(refusal));
    }
    let mut tx = state.db.begin().await?;
    if !queries::is_ward(&mut tx, &scope, request.device).await? {
        return Err(ApiError::not_found());
    }
    let entry = audit::Entry::staff(nurse.staff(), Operation::GiveTablet).of(patient).with(to_json(&request)?);
    audit::append(&mut tx, &entry, state.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

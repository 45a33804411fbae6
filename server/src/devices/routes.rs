//! `POST /api/patients/{patient}/letter`, and `…/devices/{device}/confirm` and `…/revoke`.

use std::time::Duration;

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{DeviceLine, LetterReply},
    id::{DeviceId, PatientId},
};

use super::queries::{self, NewLetter};
use crate::{
    audit::{self, Operation},
    auth::{self, Code, guard::NurseScope},
    error::{ApiError, Path},
    identity, patients,
    state::AppState,
};

/// A letter on paper works this long (TRUST.md I2).
const LETTER: Duration = Duration::from_hours(24);

/// Draws of a code before giving up: with thousands of open letters the first draw is nearly always free.
const DRAWS: u8 = 20;

/// Routes of devices.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/patients/{patient}/letter", post(make_letter))
        .route("/api/patients/{patient}/devices/{device}/confirm", post(confirm))
        .route("/api/patients/{patient}/devices/{device}/revoke", post(revoke))
}

async fn make_letter(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
) -> Result<Json<LetterReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let line = identity::find_line(&state.identity, &nurse, &scope).await?.ok_or_else(ApiError::not_found)?;
    let now = state.clock.now();
    let expires_at = now.checked_add(LETTER).unwrap_or(now);
    let secret = auth::random_text(&state.chance);
    for _ in 0..DRAWS {
        let code = Code::random(&state.chance);
        let letter = NewLetter {
            id: state.chance.id(),
            secret_hash: auth::sha256(&secret),
            selector: code.selector.clone(),
            verifier_hash: auth::hash_password(code.verifier.clone(), &state.chance).await?,
            created_by: nurse.staff(),
            created_at: now,
            expires_at,
        };
        let mut tx = state.db.begin().await?;
        queries::close_letters(&mut tx, &scope, now).await?;
        if !queries::insert_letter(&mut tx, &scope, &letter).await? {
            continue;
        }
        audit::append(&mut tx, &audit::Entry::staff(nurse.staff(), Operation::MakeLetter).of(patient), now).await?;
        let language = patients::get(&mut tx, &scope).await?.language;
        tx.commit().await?;
        let (code, phone) = (code.printed(), state.study.phone.clone());
        return Ok(Json(LetterReply {
            secret,
            code,
            expires_at,
            registry_number: line.registry_number,
            language,
            phone,
        }));
    }
    Err(ApiError::Fault(anyhow::anyhow!("no free letter selector in {DRAWS} draws")))
}

/// The nurse saw the device's words on the phone that the patient holds.
async fn confirm(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path((patient, device)): Path<(PatientId, DeviceId)>,
) -> Result<Json<DeviceLine>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    if !queries::confirm(&mut tx, &nurse, &scope, device, now).await? {
        return Err(ApiError::not_found());
    }
    let entry = audit::Entry::staff(nurse.staff(), Operation::ConfirmDevice).of(patient).with(device.to_string());
    audit::append(&mut tx, &entry, now).await?;
    let line = queries::list(&mut tx, &scope).await?.into_iter().find(|line| line.device == device);
    tx.commit().await?;
    line.map(Json).ok_or_else(ApiError::not_found)
}

async fn revoke(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path((patient, device)): Path<(PatientId, DeviceId)>,
) -> Result<Json<DeviceLine>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    if !queries::revoke(&mut tx, &scope, device, now).await? {
        return Err(ApiError::not_found());
    }
    let entry = audit::Entry::staff(nurse.staff(), Operation::RevokeDevice).of(patient).with(device.to_string());
    audit::append(&mut tx, &entry, now).await?;
    let line = queries::list(&mut tx, &scope).await?.into_iter().find(|line| line.device == device);
    tx.commit().await?;
    state.recent_devices.forget(device);
    line.map(Json).ok_or_else(ApiError::not_found)
}

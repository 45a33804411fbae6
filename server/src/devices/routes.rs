//! `POST /api/patients/{patient}/letter`, and `…/devices/{device}/confirm` and `…/revoke`.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, header},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared::{
    api::{DeviceLine, LetterReply},
    id::{DeviceId, PatientId},
};

use super::{
    letter::{self, Letter},
    queries::{self, NewLetter},
};
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
    headers: HeaderMap,
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
        let reply = LetterReply {
            secret,
            code: code.printed(),
            expires_at,
            registry_number: line.registry_number,
            language,
            phone: state.study.phone.clone(),
            pdf: String::new(),
        };
        let reply = with_pdf(reply, origin(&headers)).await?; // before it counts: a letter nobody can print is none
        tx.commit().await?;
        return Ok(Json(reply));
    }
    Err(ApiError::Fault(anyhow::anyhow!("no free letter selector in {DRAWS} draws")))
}

/// Where the nurse's browser found the app: what it says itself, or the host over TLS.
fn origin(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let of_host = || text(header::HOST).map(|host| format!("https://{host}"));
    text(header::ORIGIN).map(str::to_owned).or_else(of_host).unwrap_or_default()
}

/// The reply with its letter drawn, away from the threads that answer.
async fn with_pdf(mut reply: LetterReply, origin: String) -> Result<LetterReply, ApiError> {
    let drawn = tokio::task::spawn_blocking(move || {
        let letter = Letter {
            origin: &origin,
            secret: &reply.secret,
            code: &reply.code,
            expires_at: reply.expires_at,
            registry_number: &reply.registry_number,
            phone: &reply.phone,
            language: &reply.language,
        };
        reply.pdf = STANDARD.encode(letter::pdf(&letter)?);
        anyhow::Ok(reply)
    });
    Ok(drawn.await.map_err(anyhow::Error::from)??)
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

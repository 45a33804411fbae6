//! Signing in by passkey, and the account's own passkeys. A refusal of a passkey never says why.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use shared::{
    api::{
        ChallengeReply, PasskeyLine, PasskeyRequest, PasskeySignInRequest, PasskeysReply, ProblemKind, SignInWaysReply,
    },
    id::{PasskeyId, StaffId},
    time::Timestamp,
};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, WebauthnError,
};

use super::{
    FRESH, MOST, Passkeys,
    queries::{self, KeptPasskey},
};
use crate::{
    audit::{self, Operation},
    auth::{
        challenges::{self, Purpose},
        guard::StaffScope,
        session::{self, SignInWay},
    },
    error::{ApiError, Body, Path},
    state::AppState,
};

/// Routes of passkeys.
pub(in crate::auth) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/staff/ways", get(ways))
        .route("/api/staff/passkey/challenge", post(begin_sign_in))
        .route("/api/staff/passkey/sign-in", post(sign_in))
        .route("/api/staff/passkeys", get(list).post(add))
        .route("/api/staff/passkeys/challenge", post(begin_adding))
        .route("/api/staff/passkeys/{passkey}/remove", post(remove))
}

fn offered(state: &AppState) -> Result<&Passkeys, ApiError> {
    state.passkeys.as_deref().ok_or_else(|| {
        ApiError::refused("This server takes no passkeys: its public address is not set, or is a number.")
    })
}

fn not_taken() -> ApiError {
    let detail = "Nobody was signed in. Try the passkey again, or sign in with password and one-time code.";
    ApiError::new(ProblemKind::WrongCredentials, detail)
}

fn not_added() -> ApiError {
    ApiError::refused("The passkey was not added. Try again; the others go on working.")
}

fn read<T: DeserializeOwned>(credential: Value) -> Option<T> {
    serde_json::from_value(credential).ok()
}

async fn ways(State(state): State<AppState>) -> Json<SignInWaysReply> {
    Json(SignInWaysReply { passkey: state.passkeys.is_some(), provider: state.provider.is_some() })
}

/// Keeps what is asked of a browser and tells it.
async fn ask(
    state: &AppState,
    purpose: Purpose,
    options: Value,
    waiting: &impl Serialize,
) -> Result<Json<ChallengeReply>, ApiError> {
    let reference = challenges::keep(state, purpose, waiting, state.clock.now()).await?;
    Ok(Json(ChallengeReply { reference, options }))
}

async fn begin_sign_in(State(state): State<AppState>) -> Result<Json<ChallengeReply>, ApiError> {
    let (asked, waiting) = offered(&state)?.0.start_discoverable_authentication().map_err(anyhow::Error::new)?;
    let options = serde_json::to_value(asked.public_key).map_err(anyhow::Error::new)?;
    ask(&state, Purpose::SignIn, options, &waiting).await
}

async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(request): Body<PasskeySignInRequest>,
) -> Result<Response, ApiError> {
    let (passkeys, now) = (offered(&state)?, state.clock.now());
    let waiting = challenges::take(&state.db, &request.reference, Purpose::SignIn, now).await?;
    let waiting: DiscoverableAuthentication = waiting.ok_or_else(not_taken)?;
    let credential: PublicKeyCredential = read(request.credential).ok_or_else(not_taken)?;
    let (staff, id) = passkeys.0.identify_discoverable_authentication(&credential).map_err(|_| not_taken())?;
    let kept = queries::find_passkey(&state.db, StaffId::new(staff), id).await?.ok_or_else(not_taken)?;
    let shown = match passkeys.0.finish_discoverable_authentication_v2(&credential, waiting, &kept.passkey) {
        Ok(shown) if shown.user_verified() => shown,
        Err(WebauthnError::CredentialPossibleCompromise) => return Err(refuse_copy(&state, &kept, now).await?),
        Ok(_) | Err(_) => return Err(not_taken()),
    };
    let mut passkey = kept.passkey.clone();
    passkey.update_credential(&shown);
    let mut tx = state.db.begin().await?;
    if !queries::note_used(&mut tx, &kept, &passkey, now).await? {
        return Err(not_taken());
    }
    let staff = kept.staff.staff;
    let cookie = session::open_for_staff(&mut tx, &headers, staff, SignInWay::Passkey, &state.chance, now).await?;
    tx.commit().await?;
    Ok(([cookie], Json(kept.staff)).into_response())
}

/// A passkey that counted backwards may exist twice: it is refused, and the trail says so.
async fn refuse_copy(state: &AppState, kept: &KeptPasskey, now: Timestamp) -> Result<ApiError, ApiError> {
    let mut tx = state.db.begin().await?;
    let entry = audit::Entry::staff(kept.staff.staff, Operation::RefusePasskey).with(kept.id.to_string());
    audit::append(&mut tx, &entry, now).await?;
    tx.commit().await?;
    Ok(not_taken())
}

async fn list(State(state): State<AppState>, scope: StaffScope) -> Result<Json<PasskeysReply>, ApiError> {
    Ok(Json(PasskeysReply {
        passkeys: lines(&state, &scope).await?,
        offered: state.passkeys.is_some(),
        changeable: is_fresh(&state, &scope),
    }))
}

async fn lines(state: &AppState, scope: &StaffScope) -> sqlx::Result<Vec<PasskeyLine>> {
    let all = queries::list_of_account(&state.db, &scope.staff().username).await?;
    Ok(all.into_iter().map(|it| it.line).collect())
}

/// Whether this session was opened so lately that it may change passkeys.
fn is_fresh(state: &AppState, scope: &StaffScope) -> bool {
    state.clock.now() < session::after(scope.signed_in_at(), FRESH)
}

fn check_fresh(state: &AppState, scope: &StaffScope) -> Result<(), ApiError> {
    if is_fresh(state, scope) {
        return Ok(());
    }
    let detail = "Passkeys are changed within ten minutes of signing in. Sign out, sign in, and try again.";
    Err(ApiError::new(ProblemKind::Forbidden, detail))
}

async fn begin_adding(State(state): State<AppState>, scope: StaffScope) -> Result<Json<ChallengeReply>, ApiError> {
    check_fresh(&state, &scope)?;
    let (passkeys, staff) = (offered(&state)?, scope.staff());
    let known = queries::list_passkeys(&state.db, staff.staff).await?;
    if known.len() >= MOST {
        return Err(ApiError::refused(format!("An account has {MOST} passkeys at most. Remove one first.")));
    }
    let (options, waiting) = passkeys.begin(staff, &known)?;
    ask(&state, Purpose::Add(staff.staff), options, &waiting).await
}

async fn add(
    State(state): State<AppState>,
    scope: StaffScope,
    Body(request): Body<PasskeyRequest>,
) -> Result<Json<PasskeyLine>, ApiError> {
    check_fresh(&state, &scope)?;
    let (passkeys, staff, now) = (offered(&state)?, scope.staff().staff, state.clock.now());
    let waiting = challenges::take(&state.db, &request.reference, Purpose::Add(staff), now).await?;
    let waiting: PasskeyRegistration = waiting.ok_or_else(not_added)?;
    let name = request.name.trim().to_owned();
    if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ApiError::refused("The passkey's name has 1 to 60 characters. Nothing was added."));
    }
    let credential: RegisterPublicKeyCredential = read(request.credential).ok_or_else(not_added)?;
    let passkey = passkeys.0.finish_passkey_registration(&credential, &waiting).map_err(|_| not_added())?;
    let id = PasskeyId::new(state.chance.id());
    let mut tx = state.db.begin().await?;
    if !queries::insert_passkey(&mut tx, staff, id, &name, &passkey, now).await? {
        return Err(not_added());
    }
    let entry = audit::Entry::staff(staff, Operation::AddPasskey).with(id.to_string());
    audit::append(&mut tx, &entry, now).await?;
    tx.commit().await?;
    Ok(Json(PasskeyLine { passkey: id, name, added_at: now, used_at: None }))
}

async fn remove(
    State(state): State<AppState>,
    scope: StaffScope,
    Path(passkey): Path<PasskeyId>,
) -> Result<StatusCode, ApiError> {
    check_fresh(&state, &scope)?;
    let staff = scope.staff().staff;
    let mut tx = state.db.begin().await?;
    if !queries::delete_passkey(&mut tx, staff, passkey).await? {
        return Err(ApiError::not_found());
    }
    let entry = audit::Entry::staff(staff, Operation::RemovePasskey).with(passkey.to_string());
    audit::append(&mut tx, &entry, state.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

//! Locking a member of staff's session while the tablet is in a patient's hands, and opening it again.
//!
//! A locked session does nothing but wait for its secret, which the tablet keeps under the nurse's PIN. It does not
//! end by being idle: a questionnaire takes longer than that, and the session's own end still comes.

use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::post,
};
use shared::api::{LockReply, ProblemKind, UnlockRequest};

use super::{
    codes::{random_text, sha256},
    guard::StaffScope,
    queries,
    session::{self, STAFF_COOKIE},
};
use crate::{
    audit::{self, Operation},
    error::{ApiError, Body},
    state::AppState,
};

/// Routes of locking.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/staff/lock", post(lock)).route("/api/staff/unlock", post(unlock))
}

fn ended() -> ApiError {
    ApiError::new(ProblemKind::NotSignedIn, "The session has ended. Nothing was lost; sign in again to go on.")
}

async fn lock(
    State(state): State<AppState>,
    headers: HeaderMap,
    scope: StaffScope,
) -> Result<Json<LockReply>, ApiError> {
    let reference = session::find_cookie(&headers, STAFF_COOKIE).ok_or_else(ended)?;
    let (unlock, now) = (random_text(&state.chance), state.clock.now());
    let mut tx = state.db.begin().await?;
    queries::lock_session(&mut tx, &sha256(reference), &sha256(&unlock)).await?;
    audit::append(&mut tx, &audit::Entry::staff(scope.staff().staff, Operation::LockSession), now).await?;
    tx.commit().await?;
    Ok(Json(LockReply { unlock }))
}

async fn unlock(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(request): Body<UnlockRequest>,
) -> Result<Response, ApiError> {
    let former = session::find_cookie(&headers, STAFF_COOKIE).ok_or_else(ended)?;
    let (reference, now) = (random_text(&state.chance), state.clock.now());
    let hash = sha256(&reference);
    let mut tx = state.db.begin().await?;
    let staff = queries::unlock_session(&mut tx, &sha256(former), &sha256(&request.unlock), &hash, now).await?;
    let staff = staff.ok_or_else(ended)?;
    audit::append(&mut tx, &audit::Entry::staff(staff, Operation::UnlockSession), now).await?;
    tx.commit().await?;
    let found = queries::find_staff_session(&state.db, &hash, now).await?.ok_or_else(ended)?;
    Ok(([session::cookie(STAFF_COOKIE, &reference)], Json(found.staff)).into_response())
}

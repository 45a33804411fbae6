//! Signing in by the hospital's own sign-in. Whoever the provider proved to be is told why they are not let in.

use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::post,
};
use shared::{
    api::{ProblemKind, ProviderReply, ProviderSignInRequest},
    id::StaffId,
    time::Timestamp,
};

use super::{Proof, Provider, Waiting, client::ProviderError};
use crate::{
    audit::{self, Operation},
    auth::{
        challenges::{self, Purpose},
        queries,
        session::{self, SignInWay},
    },
    error::{ApiError, Body},
    state::AppState,
};

/// Routes of the hospital's sign-in.
pub(in crate::auth) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/staff/provider/challenge", post(begin))
        .route("/api/staff/provider/sign-in", post(sign_in))
}

fn offered(state: &AppState) -> Result<&Provider, ApiError> {
    state.provider.as_deref().ok_or_else(|| {
        ApiError::refused("This server knows no sign-in of the hospital. Sign in with password and one-time code.")
    })
}

fn not_taken() -> ApiError {
    let detail = "Nobody was signed in. Begin again, or sign in with password and one-time code.";
    ApiError::new(ProblemKind::WrongCredentials, detail)
}

impl From<ProviderError> for ApiError {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Unreachable(error) => {
                tracing::error!(error = format!("{error:#}"), "the provider is out of reach");
                let detail = "The hospital's sign-in cannot be reached. Sign in with password and one-time code.";
                Self::new(ProblemKind::Unavailable, detail)
            }
            ProviderError::Refused(error) => {
                // its causes may quote what came
                tracing::warn!(%error, "the provider proved nothing");
                not_taken()
            }
        }
    }
}

async fn begin(State(state): State<AppState>) -> Result<Json<ProviderReply>, ApiError> {
    let now = state.clock.now();
    let (address, waiting) = offered(&state)?.begin(&state.chance, now).await?;
    let reference = challenges::keep(&state, Purpose::Provider, &waiting, now).await?;
    Ok(Json(ProviderReply { reference, address }))
}

async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(request): Body<ProviderSignInRequest>,
) -> Result<Response, ApiError> {
    let (provider, now) = (offered(&state)?, state.clock.now());
    let waiting: Option<Waiting> = challenges::take(&state.db, &request.reference, Purpose::Provider, now).await?;
    let waiting = waiting.filter(|waiting| waiting.state == request.state).ok_or_else(not_taken)?;
    let Proof { subject, username, two_factors } = provider.finish(waiting, request.code, now).await?;
    let account = queries::find_account(&state.db, &username).await?.filter(|account| !account.disabled);
    let Some(account) = account else {
        let detail = "The hospital's sign-in proved who you are, but no open account here has your name. Ask the data \
                      manager.";
        return Err(ApiError::new(ProblemKind::NotFound, detail));
    };
    let staff = account.staff.staff;
    if !two_factors {
        refuse(&state, staff, "one factor", now).await?;
        let detail = "The hospital's sign-in did not say that two factors were shown. Sign in there with both, or here \
                      with password and one-time code.";
        return Err(ApiError::new(ProblemKind::Forbidden, detail));
    }
    let mut tx = state.db.begin().await?;
    if !queries::bind_subject(&mut tx, staff, &subject).await? {
        drop(tx);
        refuse(&state, staff, "another person", now).await?;
        let detail = "This account belongs to another person of the hospital's sign-in. Ask the data manager.";
        return Err(ApiError::new(ProblemKind::Conflict, detail));
    }
    let cookie = session::open_for_staff(&mut tx, &headers, staff, SignInWay::Provider, &state.chance, now).await?;
    tx.commit().await?;
    Ok(([cookie], Json(account.staff)).into_response())
}

/// The trail says that somebody came to an account and was not let in.
async fn refuse(state: &AppState, staff: StaffId, why: &str, now: Timestamp) -> sqlx::Result<()> {
    let mut tx = state.db.begin().await?;
    audit::append(&mut tx, &audit::Entry::staff(staff, Operation::RefuseProvider).with(why), now).await?;
    tx.commit().await
}

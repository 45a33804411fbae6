//! The server: who may do what, and where it is kept. Folders are features; `db` and `auth` carry them.

pub mod assessments;
pub mod audit;
pub mod auth;
pub mod backup;
pub mod checkpoints;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod devices;
pub mod entry;
pub mod episodes;
pub mod erasure;
pub mod error;
pub mod exports;
pub mod faults;
pub mod findings;
pub mod handover;
pub mod history;
pub mod identity;
pub mod instruments;
pub mod limits;
pub mod milestones;
pub mod missing;
pub mod oversight;
pub mod patients;
pub mod rebuild;
pub mod reminders;
pub mod reports;
pub mod retention;
pub mod scores;
mod spa;
pub mod state;
pub mod statistics;
pub mod study;
pub mod sync;

use std::{
    any::Any,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::StreamExt as _;
use shared::sync::protocol::MAX_BODY;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

use crate::{
    error::{ApiError, respond},
    state::AppState,
};

/// What the browser may load and run: our own files, and nothing inline (TRUST.md W1).
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the browser keeps to itself.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// On every response (TRUST.md W1, W2).
const SECURITY_HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    // With it, a page of ours shares its process with nobody, and its clock is fine enough to measure a tap by.
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
];

/// A request that takes longer is given up: nothing of it was acknowledged.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Most bytes that are read of a body only to refuse it.
const MOST_READ: usize = 64 * MAX_BODY;

/// The whole application over a state.
pub fn router(state: AppState) -> Router {
    let api = Router::new()
        .route("/api/health", get(health))
        .merge(auth::routes())
        .merge(assessments::routes())
        .merge(checkpoints::routes())
        .merge(devices::routes())
        .merge(entry::routes())
        .merge(exports::routes())
        .merge(identity::routes())
        .merge(handover::routes())
        .merge(history::routes())
        .merge(findings::routes())
        .merge(milestones::routes())
        .merge(episodes::routes())
        .merge(missing::routes())
        .merge(oversight::routes())
        .merge(patients::routes())
        .merge(reminders::routes())
        .merge(reports::routes())
        .merge(study::routes())
        .merge(sync::routes())
        .route("/api/{*rest}", axum::routing::any(no_such_route))
        .layer(middleware::from_fn(guard_api))
        .layer(DefaultBodyLimit::max(MAX_BODY));
    Router::new()
        .merge(api)
        .merge(reminders::public_routes())
        .fallback(spa::serve)
        .layer(CatchPanicLayer::custom(respond_to_panic))
        .layer(middleware::from_fn(set_security_headers))
        .layer(middleware::from_fn_with_state(state.clone(), log_request))
        .with_state(state)
}

async fn no_such_route() -> ApiError {
    ApiError::not_found()
}

/// `GET /api/health`: 200 while both databases answer.
async fn health(State(state): State<AppState>) -> Result<StatusCode, ApiError> {
    state.db.ping().await?;
    state.identity.0.ping().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What holds for every request to the interface: its origin is checked, it has an end, nothing of it is stored.
async fn guard_api(request: Request, next: Next) -> Response {
    if let Err(refusal) = auth::origin::check(request.method(), request.headers()) {
        return refusal.into_response();
    }
    let mut response = tokio::time::timeout(LONGEST_REQUEST, take(request, next))
        .await
        .unwrap_or_else(|_| respond(error::unavailable()));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A body that is said to be too large is refused, but read first, up to a point: a caller that is still sending would
/// see its connection break, and never the reason.
async fn take(request: Request, next: Next) -> Response {
    let said = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if said.is_none_or(|length: usize| length <= MAX_BODY) {
        return next.run(request).await;
    }
    let mut body = request.into_body().into_data_stream();
    let mut n_read = 0;
    while let Some(Ok(bytes)) = body.next().await {
        n_read += bytes.len();
        if n_read > MOST_READ {
            break;
        }
    }
    error::too_large().into_response()
}

/// One line for each request: its route as a pattern, never the address itself, which can hold a name searched for.
async fn log_request(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = state.chance.id();
    let route = request.extensions().get::<MatchedPath>().map_or("files", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %id, method = %request.method(), route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took_ms) = (response.status().as_u16(), began.elapsed().as_millis());
    span.in_scope(|| tracing::info!(status, took_ms, "answered"));
    let told = HeaderValue::from_str(&id.to_string()).ok();
    response.headers_mut().extend(told.map(|id| (HeaderName::from_static("x-request-id"), id)));
    response
}

async fn set_security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A panic becomes a fault; its words go to the log, as they name code and no answer.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over so")]
fn respond_to_panic(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    tracing::error!(panic = words, "a handler panicked");
    respond(error::fault())
}

//! `POST /api/sync/push`, `GET /api/sync/pull`, `GET /api/sync/bundle`, and the nurse's `GET /api/worklist/live`.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response, Sse, sse::KeepAlive},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    answers::AnswerEvent,
    api::ProblemKind,
    sync::protocol::{MAX_EVENTS, PROTOCOL_VERSION, PatientBundle, PullReply, PushOutcome, PushReply, Told},
};

use super::{
    bundle::bundle,
    judge::{Court, Verdict, judge, judge_read},
    queries,
    writer::{NewDesk, Pushed},
};
use crate::{
    audit,
    auth::{
        self, SignedHandIn, SignedRead,
        guard::{HandInScope, NurseScope, OnePatientScope},
    },
    db::Tx,
    devices,
    error::{ApiError, Query},
    faults, patients,
    state::AppState,
};

/// Most events in one pull.
const PULL: u32 = 200;

/// Routes of a patient's device, and the news that the nurse's list follows.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/sync/push", post(push))
        .route("/api/sync/pull", get(pull))
        .route("/api/sync/bundle", get(send_bundle))
        .route("/api/worklist/live", get(live))
}

/// [`PushRequest`](shared::sync::protocol::PushRequest) with its events as they came, to be judged one by one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPush<'a> {
    protocol: u16,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// Refuses what cannot be judged event by event.
fn check(request: &RawPush<'_>) -> Result<(), ApiError> {
    if request.protocol > PROTOCOL_VERSION {
        let detail = format!(
            "The app speaks version {} of the protocol, this server {PROTOCOL_VERSION}. Nothing was lost; the app keeps \
             its answers until the server is updated.",
            request.protocol
        );
        return Err(ApiError::new(ProblemKind::Protocol, detail));
    }
    match request.events.len() {
        0 => Err(ApiError::new(ProblemKind::BadRequest, "The push holds no event. Nothing was changed.")),
        n if n > MAX_EVENTS => {
            let detail =
                format!("The push holds {n} events; send at most {MAX_EVENTS} at a time. Nothing was changed.");
            Err(ApiError::new(ProblemKind::TooLarge, detail))
        }
        _ => Ok(()),
    }
}

async fn push(
    State(state): State<AppState>,
    SignedHandIn { scope, body }: SignedHandIn,
) -> Result<Json<PushReply>, ApiError> {
    let request: RawPush<'_> = body.read()?;
    check(&request)?;
    let judge_all = |court: &Court<'_>| request.events.iter().map(|event| judge(court, event.get())).collect();
    let outcomes = append(&state, &scope, judge_all, None).await?;
    Ok(Json(PushReply { outcomes }))
}

/// Takes in events that were never text: each is judged on its own, and what is fit is durably committed before this
/// returns.
///
/// # Errors
/// When nothing could be committed: nothing of it is kept then.
pub async fn hand_in(
    state: &AppState,
    scope: &HandInScope,
    events: Vec<AnswerEvent>,
) -> Result<Vec<PushOutcome>, ApiError> {
    append(state, scope, |court| judge_each(court, events), None).await
}

/// Takes in what was typed in at a desk; the desk is enrolled and its entry audited in the same transaction, so that a
/// server that stops half-way leaves nothing. Nothing comes back, and nothing is taken in, when there is such a device
/// already.
///
/// # Errors
/// When nothing could be committed: nothing of it is kept then.
pub async fn hand_in_at_desk(
    state: &AppState,
    scope: &HandInScope,
    audited: audit::Entry,
    events: Vec<AnswerEvent>,
) -> Result<Vec<PushOutcome>, ApiError> {
    let desk = NewDesk { credential_hash: auth::nobodys_credential(&state.chance), audited };
    append(state, scope, |court| judge_each(court, events), Some(desk)).await
}

fn judge_each(court: &Court<'_>, events: Vec<AnswerEvent>) -> Vec<Verdict> {
    events.into_iter().map(|event| judge_read(court, event, "")).collect()
}

async fn append(
    state: &AppState,
    scope: &HandInScope,
    judge: impl FnOnce(&Court<'_>) -> Vec<Verdict>,
    desk: Option<NewDesk>,
) -> Result<Vec<PushOutcome>, ApiError> {
    let court = Court {
        patient: scope.patient(),
        device: scope.device(),
        enrolled_at: scope.enrolled_at(),
        revoked: scope.revoked(),
        staff: scope.staff(),
        received_at: state.clock.now(),
        study: &state.study,
        catalog: &state.catalog,
    };
    let verdicts = judge(&court);
    faults::pass("judged");
    let Court { patient, device, received_at, .. } = court;
    let pushed = Pushed { patient: faults::owner(patient), device, received_at, verdicts, desk };
    Ok(state.writer.append(pushed).await??)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PullQuery {
    #[serde(default)]
    after: u64,
    unsent: Option<u64>,
    held: Option<u64>,
    /// Whether the device knows that a log can have lives.
    #[serde(default)]
    life: bool,
}

async fn pull(
    State(state): State<AppState>,
    SignedRead(scope): SignedRead,
    Query(PullQuery { after, unsent, held, life }): Query<PullQuery>,
) -> Result<Json<PullReply>, ApiError> {
    if let Some((unsent, held)) = unsent.zip(held)
        && let Err(error) = devices::tell(&state, &scope, Told { unsent, held }).await
    {
        // what it holds is told again with the next pull; what it came for is not kept from it
        tracing::warn!(%error, "what a device told was not kept");
    }
    let mut tx = state.db.snapshot().await?;
    let mut events = queries::list_events(&mut tx, &scope.own(), after, PULL + 1).await?;
    let more = events.len() > usize::try_from(PULL).unwrap_or(usize::MAX);
    if more {
        events.pop();
    }
    let cursor = events.last().map_or(after, |last| last.receipt.position);
    let life = if life { queries::get_life(&mut tx).await? } else { String::new() };
    Ok(Json(PullReply { events, cursor, more, life }))
}

/// The bundle of one patient as it is now.
///
/// # Errors
/// When the database could not.
pub async fn read_bundle(tx: &mut Tx, state: &AppState, scope: &OnePatientScope) -> Result<PatientBundle, ApiError> {
    read_bundle_with(tx, state, scope, None).await
}

async fn read_bundle_with(
    tx: &mut Tx,
    state: &AppState,
    scope: &OnePatientScope,
    words: Option<String>,
) -> Result<PatientBundle, ApiError> {
    let patient = patients::get(tx, scope).await?;
    let facts = patients::read_facts(tx, scope).await?;
    Ok(bundle(&state.study, &state.catalog, patient, facts, words).map_err(anyhow::Error::from)?)
}

async fn send_bundle(
    State(state): State<AppState>,
    SignedRead(scope): SignedRead,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut tx = state.db.snapshot().await?;
    let words = devices::find_unconfirmed_words(&mut tx, &scope).await?;
    let bundle = read_bundle_with(&mut tx, &state, &scope.own(), words).await?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", bundle.revision)).map_err(anyhow::Error::from)?;
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(([(header::ETAG, tag)], Json(bundle)).into_response())
}

/// Server-sent events: `{"position":n,"news":m}` whenever something was committed that a worklist may show. The page
/// then asks for its list again.
async fn live(State(state): State<AppState>, _: NurseScope) -> impl IntoResponse {
    Sse::new(state.news.follow()).keep_alive(KeepAlive::default())
}

//! `POST /api/exports` and `GET /api/exports/{export}/{name}`.

use axum::{
    Json, Router,
    body::Body as Streamed,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use shared::api::{ExportReply, ExportRequest, ProblemKind};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{File, find_hindrance, make, produce, queries};
use crate::{
    audit::{self, Entry, Operation},
    auth::guard::InvestigatorScope,
    error::{ApiError, Body, Path},
    state::AppState,
};

/// Longest purpose, in characters.
const LONGEST_PURPOSE: usize = 500;

/// The routes of exports.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/exports", post(export)).route("/api/exports/{export}/{name}", get(download))
}

async fn export(
    scope: InvestigatorScope,
    State(state): State<AppState>,
    Body(asked): Body<ExportRequest>,
) -> Result<Json<ExportReply>, ApiError> {
    let purpose = asked.purpose.trim();
    if purpose.is_empty() || LONGEST_PURPOSE < purpose.chars().count() {
        let detail =
            "Say what the export is for, in 1 to 500 characters; it goes into the audit. Nothing was exported.";
        return Err(ApiError::refused(detail));
    }
    Ok(Json(make(&scope, &state, purpose).await?))
}

async fn download(
    scope: InvestigatorScope,
    State(state): State<AppState>,
    Path((number, name)): Path<(i64, String)>,
) -> Result<Response, ApiError> {
    let file = File::find(&name).ok_or_else(ApiError::not_found)?;
    let export = queries::find_export(&scope, &state.db, number).await?.ok_or_else(ApiError::not_found)?;
    if let Some(detail) = find_hindrance(&state, &export).await? {
        return Err(ApiError::new(ProblemKind::Conflict, detail));
    }
    let entry = Entry {
        operation: Operation::Export,
        staff: scope.staff(),
        device: None,
        patient: None,
        detail: format!("{name} of export {number}, downloaded"),
    };
    audit::append_alone(&state.db, &entry, state.clock.now()).await?;
    let (out, pieces) = mpsc::channel(produce::PIECES_AHEAD);
    produce::spawn(scope, state, export.moment, file, out);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name())),
    ];
    Ok((headers, Streamed::from_stream(ReceiverStream::new(pieces))).into_response())
}

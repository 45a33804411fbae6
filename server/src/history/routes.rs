//! `POST /api/patients/{patient}/history`.

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{HistoryKind, HistoryReply, HistoryRequest},
    id::PatientId,
};

use super::{queries, words};
use crate::{
    auth::guard::NurseScope,
    error::{ApiError, Body, Path},
    patients,
    state::AppState,
};

/// Lines on a page. A page goes on to the end of its last instant, so that none is split.
const PAGE: i64 = 50;

/// The route of a patient's history.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/patients/{patient}/history", post(read))
}

/// Part of the file, whose reading was noted when it was opened.
async fn read(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(asked): Body<HistoryRequest>,
) -> Result<Json<HistoryReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let unknown = || ApiError::refused("This page of the history is not known. Open it again from its start.");
    let place = match asked.after.as_deref() {
        None => (i64::MAX, i64::MAX),
        Some(text) => {
            let (at, number) = text.split_once('~').ok_or_else(unknown)?;
            (at.parse().map_err(|_| unknown())?, number.parse().map_err(|_| unknown())?)
        }
    };
    let mut tx = state.db.snapshot().await?;
    let mut lines = queries::list_done(&mut tx, &scope, &words(asked.kind), place, PAGE + 1).await?;
    if asked.kind.is_none_or(|kind| kind == HistoryKind::Answers) {
        lines.extend(queries::list_received(&mut tx, &scope, place, i64::MAX).await?);
    }
    lines.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    let last = usize::try_from(PAGE).ok().and_then(|page| lines.get(page - 1)).map(|(place, _)| *place);
    let more = last.is_some_and(|last| lines.iter().any(|(place, _)| *place < last));
    if let Some(last) = last {
        lines.retain(|(place, _)| *place >= last);
    }
    let next = last.filter(|_| more).map(|(at, number)| match number {
        i64::MAX => format!("{at}~{}", i64::MAX - 1), // copies of one instant are on one page
        number => format!("{at}~{number}"),
    });
    Ok(Json(HistoryReply { lines: lines.into_iter().map(|(_, line)| line).collect(), next }))
}

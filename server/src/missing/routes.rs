//! `POST /api/patients/{patient}/missing`.

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{MissingLine, MissingRequest},
    id::{MissingReasonId, PatientId},
    schedule,
};

use super::{NewNote, append, list, refusal};
use crate::{
    assessments,
    audit::{self, Operation},
    auth::guard::NurseScope,
    db::to_code,
    error::{ApiError, Body, Path},
    patients,
    state::AppState,
};

/// Routes of reasons for missing assessments.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/patients/{patient}/missing", post(note))
}

async fn note(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<MissingRequest>,
) -> Result<Json<MissingLine>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let (now, today) = (state.clock.now(), state.clock.today());
    let mut tx = state.db.begin().await?;
    let plan = schedule::plan(&state.study, &patients::read_facts(&mut tx, &scope).await?, today);
    if let Some(refusal) = refusal(&request, plan.get(&request.assessment).map(|it| it.state)) {
        return Err(ApiError::refused(refusal));
    }
    let reason = request.reason.map_or_else(|| Ok("taken_back".to_owned()), |reason| to_code(&reason))?;
    let detail = format!("{} {reason}", request.assessment);
    let note = NewNote { id: MissingReasonId::new(state.chance.id()), request, staff: nurse.staff() };
    append(&mut tx, &scope, &note, now).await?;
    assessments::replan(&mut tx, &state.study, patient).await?;
    let audited = audit::Entry::staff(nurse.staff(), Operation::NoteMissing).of(patient).with(detail);
    audit::append(&mut tx, &audited, now).await?;
    let entered = list(&mut tx, &scope).await?.into_iter().next();
    tx.commit().await?;
    entered.map(Json).ok_or_else(ApiError::not_found)
}

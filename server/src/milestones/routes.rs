//! `POST /api/patients/{patient}/milestones`.

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{MilestoneLine, MilestoneRequest},
    id::{MilestoneId, PatientId},
};

use super::{NewEntry, append, lines, list, refusal};
use crate::{
    assessments,
    audit::{self, Operation},
    auth::guard::NurseScope,
    db::to_code,
    error::{ApiError, Body, Path},
    patients,
    state::AppState,
};

/// Routes of milestones.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/patients/{patient}/milestones", post(record))
}

async fn record(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<MilestoneRequest>,
) -> Result<Json<MilestoneLine>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    if let Some(refusal) = refusal(&request, state.clock.today()) {
        return Err(ApiError::refused(refusal));
    }
    let (now, kind) = (state.clock.now(), to_code(&request.kind)?);
    let entry = NewEntry { id: MilestoneId::new(state.chance.id()), request, staff: nurse.staff() };
    let mut tx = state.db.begin().await?;
    append(&mut tx, &scope, &entry, now).await?;
    assessments::replan(&mut tx, &state.study, patient).await?;
    let audited = audit::Entry::staff(nurse.staff(), Operation::RecordMilestone).of(patient).with(kind);
    audit::append(&mut tx, &audited, now).await?;
    let entered = lines(&list(&mut tx, &scope).await?).into_iter().next();
    tx.commit().await?;
    entered.map(Json).ok_or_else(ApiError::not_found)
}

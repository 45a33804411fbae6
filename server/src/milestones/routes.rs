//! `POST /api/patients/{patient}/milestones` and, before it, `POST /api/patients/{patient}/milestones/preview`.

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{MilestoneLine, MilestonePreviewReply, MilestoneRequest, ProblemKind},
    id::{MilestoneId, PatientId},
    schedule::{self, Entered, Facts},
};

use super::{Entry, NewEntry, as_entered, conflict, enter, entered, lines, list, needs_reason, refusal, stood};
use crate::{
    assessments,
    audit::{self, Operation},
    auth::guard::{NurseScope, OnePatientScope},
    db::to_code,
    error::{ApiError, Body, Path},
    patients,
    state::AppState,
};

/// Routes of milestones.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/patients/{patient}/milestones", post(record))
        .route("/api/patients/{patient}/milestones/preview", post(preview))
}

async fn record(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<MilestoneRequest>,
) -> Result<Json<MilestoneLine>, ApiError> {
    let scope = open(&state, &nurse, patient, &request).await?;
    let (now, kind) = (state.clock.now(), to_code(&request.kind)?);
    let mut tx = state.db.begin().await?;
    let before = entered(&list(&mut tx, &scope).await?);
    check(&request, &before)?;
    if request.reason.trim().is_empty() && needs_reason(&request, &before) {
        return Err(ApiError::refused("This changes a date that stood. Nothing was saved; say why it changes."));
    }
    let entry = NewEntry { id: MilestoneId::new(state.chance.id()), request, staff: nurse.staff() };
    enter(&mut tx, &scope, &entry, now).await?;
    assessments::replan(&mut tx, &state.study, patient).await?;
    let audited = audit::Entry::staff(nurse.staff(), Operation::RecordMilestone).of(patient).with(kind);
    audit::append(&mut tx, &audited, now).await?;
    let line = lines(&list(&mut tx, &scope).await?).into_iter().next();
    tx.commit().await?;
    line.map(Json).ok_or_else(ApiError::not_found)
}

/// What recording would do; reads in one snapshot and writes nothing.
async fn preview(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<MilestoneRequest>,
) -> Result<Json<MilestonePreviewReply>, ApiError> {
    let scope = open(&state, &nurse, patient, &request).await?;
    let mut tx = state.db.snapshot().await?;
    let entries: Vec<Entry> = list(&mut tx, &scope).await?;
    let facts = patients::read_facts(&mut tx, &scope).await?;
    let mut entries = entered(&entries);
    check(&request, &entries)?;
    let (n_entries, today) = (entries.len(), state.clock.today());
    let (stood, needs_reason) = (stood(&request, &entries), needs_reason(&request, &entries));
    entries.push(as_entered(&request, MilestoneId::new(state.chance.id())));
    let changed = Facts { milestones: schedule::standing_milestones(&entries), ..facts.clone() };
    let plan = |facts| schedule::plan(&state.study, facts, today);
    let diff = schedule::diff(&plan(&facts), &plan(&changed));
    Ok(Json(MilestonePreviewReply { n_entries, stood, needs_reason, diff }))
}

async fn open(
    state: &AppState,
    nurse: &NurseScope,
    patient: PatientId,
    request: &MilestoneRequest,
) -> Result<OnePatientScope, ApiError> {
    let scope = patients::open(&state.db, nurse, patient).await?;
    refusal(request, state.clock.today()).map_or(Ok(scope), |refusal| Err(ApiError::refused(refusal)))
}

fn check(request: &MilestoneRequest, before: &[Entered]) -> Result<(), ApiError> {
    conflict(request, before).map_or(Ok(()), |detail| Err(ApiError::new(ProblemKind::Conflict, detail)))
}

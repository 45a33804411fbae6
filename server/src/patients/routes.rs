//! `POST /api/patients`, `POST /api/patients/search`, `GET /api/patients/{patient}`.

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use shared::{
    api::{EnrolReply, EnrolRequest, PatientLine, PatientReply, PatientsReply, PatientsRequest},
    id::{PatientId, SiteKey},
    schedule,
};

use super::{enrol, file, open, queries, read_facts};
use crate::{
    audit::{self, Operation},
    auth::guard::NurseScope,
    devices,
    error::{ApiError, Body, Path},
    identity, milestones, missing,
    state::AppState,
    sync,
};

/// Lines in one page of a list.
const PAGE: u32 = 50;

/// Routes of patients.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/patients", post(enrol_patient))
        .route("/api/patients/search", post(search))
        .route("/api/patients/{patient}", get(read))
}

async fn enrol_patient(
    State(state): State<AppState>,
    nurse: NurseScope,
    Body(request): Body<EnrolRequest>,
) -> Result<Json<EnrolReply>, ApiError> {
    Ok(Json(EnrolReply { patient: enrol(&state, &nurse, request).await? }))
}

async fn search(
    State(state): State<AppState>,
    nurse: NurseScope,
    Body(PatientsRequest { search, site, after }): Body<PatientsRequest>,
) -> Result<Json<PatientsReply>, ApiError> {
    let sites: Vec<&SiteKey> =
        nurse.sites().iter().filter(|its| site.as_ref().is_none_or(|site| site == *its)).collect();
    let mut patients: Vec<PatientLine> = Vec::new();
    for site in sites {
        patients.extend(identity::search(&state.identity, &nurse, site, &search, &after, PAGE + 1).await?);
    }
    patients.sort_by_cached_key(|line| identity::fold(&line.registry_number));
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = patients.len() > page;
    patients.truncate(page);
    let next = patients.last().filter(|_| more).map(|line| line.registry_number.clone());
    Ok(Json(PatientsReply { patients, next }))
}

async fn read(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
) -> Result<Json<PatientReply>, ApiError> {
    let scope = open(&state.db, &nurse, patient).await?;
    let entry = audit::Entry::staff(nurse.staff(), Operation::ReadPatient).of(patient);
    audit::append_alone(&state.db, &entry, state.clock.now()).await?;
    let line = identity::find_line(&state.identity, &nurse, &scope).await?.ok_or_else(ApiError::not_found)?;
    let mut tx = state.db.snapshot().await?;
    let patient = queries::get(&mut tx, &scope).await?;
    let facts = read_facts(&mut tx, &scope).await?;
    let entries = milestones::list(&mut tx, &scope).await?;
    let missing = missing::list(&mut tx, &scope).await?;
    let devices = devices::list(&mut tx, &scope).await?;
    let events = sync::list_all_events(&mut tx, &scope).await?;
    let enrolled_at = devices.iter().map(|device| (device.device, device.enrolled_at)).collect();
    let plan = schedule::plan(&state.study, &facts, state.clock.today());
    Ok(Json(PatientReply {
        patient: line,
        hemopathy: patient.hemopathy,
        pathway: patient.pathway,
        language: patient.language,
        milestones: milestones::lines(&entries),
        assessments: schedule::by_window(&plan).into_iter().cloned().collect(),
        missing,
        questionnaires: file::questionnaires(&state.catalog, &events, &enrolled_at),
        devices,
    }))
}

//! `POST /api/patients`, `…/preview` and `…/search`, `GET /api/patients/{patient}` and its `/plan?known_at=…`.

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;
use shared::{
    api::{
        EnrolPreviewReply, EnrolPreviewRequest, EnrolReply, EnrolRequest, PatientLine, PatientReply, PatientsReply,
        PatientsRequest, PlanReply,
    },
    id::{PatientId, SiteKey},
    schedule::{self, Entered},
    time::{Date, Timestamp},
};

use super::{enrol, file, open, queries, read_facts, read_facts_known_at};
use crate::{
    audit::{self, Operation},
    auth::{self, guard::NurseScope},
    clock::{civil_date, paris},
    devices, episodes,
    error::{ApiError, Body, Path, Query},
    findings, identity, milestones, missing,
    state::AppState,
    sync,
};

/// Lines in one page of a list.
const PAGE: u32 = 50;

/// Routes of patients.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/patients", post(enrol_patient))
        .route("/api/patients/preview", post(preview))
        .route("/api/patients/search", post(search))
        .route("/api/patients/{patient}", get(read))
        .route("/api/patients/{patient}/plan", get(plan_known_at))
}

async fn enrol_patient(
    State(state): State<AppState>,
    nurse: NurseScope,
    Body(request): Body<EnrolRequest>,
) -> Result<Json<EnrolReply>, ApiError> {
    Ok(Json(EnrolReply { patient: enrol(&state, &nurse, request).await? }))
}

async fn preview(
    State(state): State<AppState>,
    _: NurseScope,
    Body(request): Body<EnrolPreviewRequest>,
) -> Result<Json<EnrolPreviewReply>, ApiError> {
    Ok(Json(EnrolPreviewReply { assessments: enrol::preview(&state, request)? }))
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
    findings::refresh(&state.db, &state.study, &state.catalog).await?;
    let mut tx = state.db.snapshot().await?;
    let found = findings::list(&mut tx, &[scope.patient()]).await?.into_values().next().unwrap_or_default();
    let patient = queries::get(&mut tx, &scope).await?;
    let facts = read_facts(&mut tx, &scope).await?;
    let care = episodes::list(&mut tx, &scope).await?;
    let entries = milestones::list(&mut tx, &scope).await?;
    let missing = missing::list(&mut tx, &scope).await?;
    let devices = devices::list(&mut tx, &scope).await?;
    let events = sync::list_all_events(&mut tx, &scope).await?;
    let known = file::Known {
        catalog: &state.catalog,
        enrolled_at: devices.iter().map(|device| (device.device, device.enrolled_at)).collect(),
        usernames: auth::list_usernames(&mut tx).await?,
    };
    let plan = schedule::plan(&state.study, &facts, state.clock.today());
    Ok(Json(PatientReply {
        patient: line,
        hemopathy: patient.hemopathy,
        language: patient.language,
        episodes: care.into_iter().rev().collect(),
        milestones: milestones::lines(&entries),
        assessments: schedule::by_window(&plan).into_iter().cloned().collect(),
        missing,
        findings: found,
        questionnaires: file::questionnaires(&known, &events),
        devices,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanQuery {
    known_at: String,
}

async fn plan_known_at(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Query(PlanQuery { known_at }): Query<PlanQuery>,
) -> Result<Json<PlanReply>, ApiError> {
    let scope = open(&state.db, &nurse, patient).await?;
    let refused =
        || ApiError::refused("It is neither an instant nor a date. Write 2026-03-03T12:00:00Z or 2026-03-03.");
    let known_at = instant_of(&known_at).ok_or_else(refused)?.min(state.clock.now());
    let entry = audit::Entry::staff(nurse.staff(), Operation::ReadPatient).of(patient);
    audit::append_alone(&state.db, &entry, state.clock.now()).await?;
    let mut tx = state.db.snapshot().await?;
    let (facts, entered) = read_facts_known_at(&mut tx, &scope, known_at).await?;
    let plan = schedule::plan(&state.study, &facts, civil_date(known_at));
    let assessments = schedule::by_window(&plan).into_iter().cloned().collect();
    let milestones = schedule::standing(&entered).into_iter().map(Entered::as_standing).collect();
    Ok(Json(PlanReply { known_at, milestones, assessments }))
}

/// An instant, or the last one of a civil date in Europe/Paris.
fn instant_of(text: &str) -> Option<Timestamp> {
    let end_of = |day: Date| {
        let next = day.tomorrow().ok()?.to_zoned(paris()).ok()?;
        Timestamp::from_millisecond(next.timestamp().as_millisecond().checked_sub(1)?).ok()
    };
    text.parse().ok().or_else(|| end_of(text.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::instant_of;

    #[test]
    fn a_date_means_until_its_end_in_paris_whatever_its_length() {
        let told = |text: &str| instant_of(text).map(|at| at.to_string());
        assert_eq!(told("2026-03-29").as_deref(), Some("2026-03-29T21:59:59.999Z"), "the day that has 23 hours");
        assert_eq!(told("2026-10-25").as_deref(), Some("2026-10-25T22:59:59.999Z"), "the day that has 25");
        assert_eq!(told("2028-02-29").as_deref(), Some("2028-02-29T22:59:59.999Z"));
        assert_eq!(told("2026-03-03T12:00:00Z").as_deref(), Some("2026-03-03T12:00:00Z"));
        assert_eq!(told("yesterday"), None);
    }
}

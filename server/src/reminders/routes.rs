//! `/api/patients/{patient}/reminders`, the calendar files, and `GET /api/reminders/health`.

use axum::{
    Json, Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use shared::{
    api::{ReminderLine, RemindersHealthReply, RemindersReply, RemindersRequest},
    id::PatientId,
    people::Channel,
};

use super::{Case, calendar::Calendar, health, is_on, queries, standing, stop, words::Tongue};
use crate::{
    audit::{self, Operation},
    auth::guard::{NurseScope, OnePatientScope, PatientScope, SupervisorScope},
    error::{ApiError, Body, Path},
    identity, milestones, patients,
    state::AppState,
};

/// Routes of reminders within the app's interface.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/patients/{patient}/reminders", get(read).post(choose))
        .route("/api/patients/{patient}/calendar.ics", get(calendar_of))
        .route("/api/me/calendar.ics", get(own_calendar))
        .route("/api/reminders/health", get(read_health))
}

/// The page that stops reminders, for whoever holds a message's link.
pub fn public_routes() -> Router<AppState> {
    stop::routes()
}

async fn read(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
) -> Result<Json<RemindersReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    Ok(Json(reply(&state, &scope).await?))
}

async fn choose(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(RemindersRequest { wanted }): Body<RemindersRequest>,
) -> Result<Json<RemindersReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    super::choose(&mut tx, &scope, wanted, nurse.staff(), now).await?;
    if wanted && milestones::withdrew_from_reminders(&milestones::list(&mut tx, &scope).await?) {
        return Err(ApiError::refused(
            "The patient withdrew from reminders. Nothing was changed; take that milestone back first.",
        ));
    }
    tx.commit().await?;
    Ok(Json(reply(&state, &scope).await?))
}

async fn reply(state: &AppState, scope: &OnePatientScope) -> Result<RemindersReply, ApiError> {
    let (now, today) = (state.clock.now(), state.clock.today());
    let address = identity::contact(&state.identity, &state.identity_key, scope, Channel::Email).await?;
    let mut tx = state.db.snapshot().await?;
    let case = Case::read(&mut tx, &state.study, scope, today).await?;
    let withdrew = milestones::withdrew_from_reminders(&milestones::list(&mut tx, scope).await?);
    let line = |claim: queries::Claim| ReminderLine {
        outcome: health::outcome(&claim, now),
        assessment: claim.sent.reminder.assessment,
        rule: claim.sent.reminder.rule,
        nth: claim.sent.reminder.nth,
        at: claim.claimed_at,
    };
    Ok(RemindersReply {
        standing: standing(state, &case, withdrew, address.is_some()),
        reminders: queries::list(&mut tx, scope).await?.into_iter().map(line).collect(),
        choices: queries::list_choices(&mut tx, scope).await?,
    })
}

async fn calendar_of(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
) -> Result<Response, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let entry = audit::Entry::staff(nurse.staff(), Operation::ReadPatient).of(patient).with("calendar");
    audit::append_alone(&state.db, &entry, state.clock.now()).await?;
    calendar(&state, &scope).await
}

async fn own_calendar(State(state): State<AppState>, device: PatientScope) -> Result<Response, ApiError> {
    calendar(&state, &device.own()).await
}

async fn calendar(state: &AppState, scope: &OnePatientScope) -> Result<Response, ApiError> {
    let (now, today) = (state.clock.now(), state.clock.today());
    let mut tx = state.db.snapshot().await?;
    let case = Case::read(&mut tx, &state.study, scope, today).await?;
    let sequence = milestones::list(&mut tx, scope).await?.len();
    let language = patients::get(&mut tx, scope).await?.language;
    let calendar = Calendar {
        study: &state.study,
        patient: scope.patient(),
        plan: &case.plan,
        tongue: Tongue::of(language.as_str()),
        sequence,
        now,
        today,
    };
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8; method=PUBLISH"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"ressenti.ics\""),
    ];
    Ok((headers, calendar.write()).into_response())
}

async fn read_health(
    State(state): State<AppState>,
    scope: SupervisorScope,
) -> Result<Json<RemindersHealthReply>, ApiError> {
    Ok(Json(RemindersHealthReply {
        on: is_on(&state),
        looked_at: queries::find_looked(&state.db).await?,
        today: state.clock.today(),
        days: health::look_back(&state, scope.sites()).await?,
    }))
}

//! `GET` and `POST /api/patients/{patient}/person`, and `POST …/contacts` and `…/consents`.
//!
//! What concerns both sides is written on the identity side first: a try that breaks off in between can be repeated.

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use shared::{
    api::{ConsentRequest, ContactLine, ContactRequest, PersonReply, PersonRequest},
    id::{PatientId, StaffId},
};

use super::{Change, Person, contacts, queries};
use crate::{
    audit::{self, Operation},
    auth::{
        accounts,
        guard::{NurseScope, OnePatientScope},
    },
    db::to_code,
    devices,
    error::{ApiError, Body, Path},
    patients,
    state::AppState,
};

/// Most characters of a reason.
const LONGEST_REASON: usize = 500;

/// Routes of who a patient is.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/patients/{patient}/person", get(read).post(correct))
        .route("/api/patients/{patient}/contacts", post(set_contact))
        .route("/api/patients/{patient}/consents", post(record_consent))
}

async fn read(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
) -> Result<Json<PersonReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let entry = audit::Entry::staff(nurse.staff(), Operation::ReadPatient).of(patient).with("person");
    audit::append_alone(&state.db, &entry, state.clock.now()).await?;
    reply(&state, &nurse, &scope).await
}

/// All that the panel of a patient's file shows.
async fn reply(state: &AppState, nurse: &NurseScope, scope: &OnePatientScope) -> Result<Json<PersonReply>, ApiError> {
    let person = queries::find_person(&state.identity, nurse, scope).await?.ok_or_else(ApiError::not_found)?;
    let contacts = contacts::list_contacts(&state.identity, &state.identity_key, scope).await?;
    let changes = queries::list_changes(&state.identity, scope).await?;
    let names = accounts::names(nurse, &state.db).await?;
    let name = |staff: StaffId| names.get(&staff).cloned().unwrap_or_default();
    let mut tx = state.db.snapshot().await?;
    let contact = |it: contacts::Contact| ContactLine {
        channel: it.channel,
        address: it.address,
        entered_by: name(it.entered_by),
        entered_at: it.entered_at,
    };
    Ok(Json(PersonReply {
        patient: person.patient,
        registry_number: person.registry_number,
        family_name: person.family_name,
        given_name: person.given_name,
        birth_date: person.birth_date,
        site: person.site,
        language: patients::get(&mut tx, scope).await?.language,
        contacts: contacts.into_iter().map(contact).collect(),
        consents: patients::list_consents(&mut tx, scope).await?,
        letters: devices::list_letters(&mut tx, scope, state.clock.now()).await?,
        changes: changes
            .into_iter()
            .map(|(staff, mut line)| {
                line.entered_by = name(staff);
                line
            })
            .collect(),
    }))
}

async fn correct(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<PersonRequest>,
) -> Result<Json<PersonReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let (now, today) = (state.clock.now(), state.clock.today());
    let stood = queries::find_person(&state.identity, &nurse, &scope).await?.ok_or_else(ApiError::not_found)?;
    let (person, changes) = corrected(stood, &request);
    if let Some(refusal) = person.refusal(today) {
        return Err(ApiError::refused(refusal));
    }
    if request.language.as_ref().is_some_and(|language| !state.study.languages.contains(language)) {
        return Err(ApiError::refused("The study has no such language. Nothing was saved."));
    }
    if !changes.is_empty() {
        check_reason(&request.reason)?;
        if !queries::correct(&state.identity, &nurse, &person, &changes, now).await? {
            return Err(patients::already_enrolled());
        }
    }
    let mut told: Vec<&str> = changes.iter().map(|change| change.field).collect();
    let mut tx = state.db.begin().await?;
    if let Some(language) = &request.language {
        patients::set_language(&mut tx, &scope, language).await?;
        told.push("language");
    }
    let entry = audit::Entry::staff(nurse.staff(), Operation::CorrectPerson).of(patient).with(told.join(" "));
    audit::append(&mut tx, &entry, now).await?;
    tx.commit().await?;
    reply(&state, &nurse, &scope).await
}

/// A person with what a request corrects, and what stood before.
fn corrected(stood: Person, request: &PersonRequest) -> (Person, Vec<Change>) {
    let mut person = stood;
    let mut changes = Vec::new();
    let mut correct = |field, value: &mut String, now: Option<&String>| {
        if let Some(now) = now.map(|now| now.trim()).filter(|now| *now != value.as_str()) {
            let former = std::mem::replace(value, now.to_owned());
            changes.push(Change { field, former, reason: request.reason.trim().to_owned() });
        }
    };
    correct("registry_number", &mut person.registry_number, request.registry_number.as_ref());
    correct("family_name", &mut person.family_name, request.family_name.as_ref());
    correct("given_name", &mut person.given_name, request.given_name.as_ref());
    let mut born = person.birth_date.map(|date| date.to_string()).unwrap_or_default();
    correct("birth_date", &mut born, request.birth_date.map(|date| date.to_string()).as_ref());
    person.birth_date = request.birth_date.or(person.birth_date);
    (person, changes)
}

fn check_reason(reason: &str) -> Result<(), ApiError> {
    if reason.trim().is_empty() {
        return Err(ApiError::refused("This changes what stood. Nothing was saved; say why it changes."));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(ApiError::refused("The reason is longer than 500 characters. Nothing was saved; shorten it."));
    }
    Ok(())
}

async fn set_contact(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<ContactRequest>,
) -> Result<Json<PersonReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let now = state.clock.now();
    if let Some(refusal) = contacts::refusal(&request) {
        return Err(ApiError::refused(refusal));
    }
    let what = if request.address.is_some() { "set" } else { "stopped" };
    let detail = format!("{} {what}", to_code(&request.channel)?);
    let entry = audit::Entry::staff(nurse.staff(), Operation::SetContact).of(patient).with(detail);
    audit::append_alone(&state.db, &entry, now).await?; // first: an address without an entry must not be
    let sealing = (&state.identity_key, &state.chance);
    contacts::set_contact(&state.identity, sealing, &nurse, &scope, &request, now).await?;
    reply(&state, &nurse, &scope).await
}

async fn record_consent(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<ConsentRequest>,
) -> Result<Json<PersonReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let (now, today) = (state.clock.now(), state.clock.today());
    if let Some(refusal) = patients::consent_refusal(&request, &state.study, today) {
        return Err(ApiError::refused(refusal));
    }
    let mut tx = state.db.begin().await?;
    patients::append_consent(&mut tx, &nurse, &scope, &request, now).await?;
    let detail = format!("{} {}", to_code(&request.kind)?, request.information);
    audit::append(&mut tx, &audit::Entry::staff(nurse.staff(), Operation::RecordConsent).of(patient).with(detail), now)
        .await?;
    tx.commit().await?;
    reply(&state, &nurse, &scope).await
}

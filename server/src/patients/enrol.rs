//! Enrolling a patient: checks first, then the identity side, then the research side.
//!
//! The two databases share no transaction. The identity side goes first; if the research side then fails, the
//! number stands without a patient, and the next try with it takes its pseudonym over.

use shared::{
    api::{EnrolRequest, MilestoneRequest},
    id::{MilestoneId, PatientId},
    schedule::Milestone,
    study::{MilestoneKind, Study},
    time::{Date, PartialDate},
};

use super::{
    already_enrolled,
    queries::{self, Patient},
};
use crate::{
    assessments,
    audit::{self, Operation},
    auth::guard::NurseScope,
    error::ApiError,
    identity::{self, Person},
    milestones,
    state::AppState,
};

/// Enrols a patient and gives the pseudonym.
///
/// # Errors
/// A refusal that names the value, a conflict when the number is taken, or an accident of a database.
pub async fn enrol(state: &AppState, nurse: &NurseScope, request: EnrolRequest) -> Result<PatientId, ApiError> {
    let (now, today) = (state.clock.now(), state.clock.today());
    check(&state.study, nurse, &request, today)?;
    let mut person = Person {
        patient: PatientId::new(state.chance.id()),
        registry_number: request.registry_number.trim().to_owned(),
        family_name: request.family_name.trim().to_owned(),
        given_name: request.given_name.trim().to_owned(),
        birth_date: request.birth_date,
        site: request.site.clone(),
    };
    if let Some(standing) = identity::record(&state.identity, nurse, &person).await? {
        if queries::find_site(&state.db, standing).await?.is_some() {
            return Err(already_enrolled());
        }
        person.patient = standing;
    }
    let patient = Patient {
        patient: person.patient,
        hemopathy: request.hemopathy,
        site: request.site,
        pathway: request.pathway,
        language: request.language,
        enrolled_at: now,
    };
    let scope = nurse.one(patient.patient, &patient.site).ok_or_else(ApiError::not_found)?;
    let entries = with_inclusion(request.milestones, today);
    let from = entries.iter().filter(|it| it.kind == MilestoneKind::Inclusion).map(|it| it.on.anchor()).min();
    let mut tx = state.db.begin().await?;
    queries::insert(&mut tx, nurse, &patient, from.unwrap_or(today)).await?;
    for request in entries {
        let entry = milestones::NewEntry { id: MilestoneId::new(state.chance.id()), request, staff: nurse.staff() };
        milestones::append(&mut tx, &scope, &entry, now).await?;
    }
    assessments::replan(&mut tx, &state.study, patient.patient).await?;
    audit::append(&mut tx, &audit::Entry::staff(nurse.staff(), Operation::EnrolPatient).of(patient.patient), now)
        .await?;
    tx.commit().await?;
    Ok(patient.patient)
}

/// The first milestones; inclusion is today unless given.
fn with_inclusion(mut milestones: Vec<MilestoneRequest>, today: Date) -> Vec<MilestoneRequest> {
    if !milestones.iter().any(|it| it.kind == MilestoneKind::Inclusion) {
        let (kind, on) = (MilestoneKind::Inclusion, PartialDate::day(today));
        milestones.insert(0, MilestoneRequest::new(Milestone { kind, on, planned: false }, ""));
    }
    milestones
}

fn check(study: &Study, nurse: &NurseScope, request: &EnrolRequest, today: Date) -> Result<(), ApiError> {
    let number = request.registry_number.trim();
    let fits = |text: &str, longest| text.chars().count() <= longest && !text.chars().any(char::is_control);
    if number.is_empty() || !fits(number, 40) {
        return Err(ApiError::refused("The registry number is empty or longer than 40 characters. Nothing was saved."));
    }
    if !fits(&request.family_name, 100) || !fits(&request.given_name, 100) {
        return Err(ApiError::refused("A name is longer than 100 characters. Nothing was saved."));
    }
    let unknown = |what: &str| ApiError::refused(format!("The study has no such {what}. Nothing was saved."));
    if !study.sites.iter().any(|site| site.key == request.site) {
        return Err(unknown("site"));
    }
    if !nurse.sees(&request.site) {
        return Err(ApiError::refused("This account does not follow patients of that site. Nothing was saved."));
    }
    if !study.hemopathies.iter().any(|hemopathy| hemopathy.key == request.hemopathy) {
        return Err(unknown("type of blood cancer"));
    }
    if !study.pathways.iter().any(|pathway| pathway.key == request.pathway) {
        return Err(unknown("care pathway"));
    }
    if !study.languages.contains(&request.language) {
        return Err(unknown("language"));
    }
    if request.milestones.len() > 50 {
        return Err(ApiError::refused("More than 50 milestones at once. Nothing was saved."));
    }
    if request.milestones.iter().any(|milestone| milestone.replaces.is_some()) {
        return Err(ApiError::refused("A new patient has no milestone to replace. Nothing was saved."));
    }
    let refusal = request.milestones.iter().find_map(|milestone| milestones::refusal(milestone, today));
    refusal.map_or(Ok(()), |refusal| Err(ApiError::refused(refusal)))
}

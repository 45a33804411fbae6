//! Enrolling a patient: checks first, then the identity side, then the research side.
//!
//! The two databases share no transaction. The identity side takes the number first; if the research side then fails,
//! the number stands without a patient, and the next try with it takes its pseudonym over. Nothing was acknowledged
//! until then, so that the newest try says who it is and where reminders go; afterwards a file says it, and corrects it.

use shared::{
    api::{ConsentRequest, EnrolPreviewRequest, EnrolRequest, MilestoneRequest},
    id::{MilestoneId, PatientId},
    schedule::{self, Assessment, Entered, Episode, Facts, Milestone},
    study::{MilestoneKind, Study},
    time::{Date, PartialDate},
};

use super::{
    already_enrolled, consent,
    queries::{self, Patient},
};
use crate::{
    assessments,
    audit::{self, Operation},
    auth::guard::NurseScope,
    episodes,
    error::ApiError,
    identity::{self, Person, contacts},
    milestones,
    state::AppState,
};

/// More at once are a mistake.
const MOST_MILESTONES: usize = 50;

fn too_many() -> ApiError {
    ApiError::refused("More than 50 milestones at once. Nothing was saved.")
}

/// Enrols a patient and gives the pseudonym.
///
/// # Errors
/// A refusal that names the value, a conflict when the number is taken, or an accident of a database.
pub async fn enrol(state: &AppState, nurse: &NurseScope, request: EnrolRequest) -> Result<PatientId, ApiError> {
    let (now, today) = (state.clock.now(), state.clock.today());
    let mut person = Person {
        patient: PatientId::new(state.chance.id()),
        registry_number: request.registry_number.trim().to_owned(),
        family_name: request.family_name.trim().to_owned(),
        given_name: request.given_name.trim().to_owned(),
        birth_date: request.birth_date,
        site: request.site.clone(),
    };
    check(&state.study, nurse, &request, &person, today)?;
    let standing = identity::record(&state.identity, nurse, &person).await?;
    if let Some(standing) = standing {
        if queries::find_site(&state.db, standing).await?.is_some() {
            return Err(already_enrolled());
        }
        person.patient = standing;
    }
    let patient = Patient {
        patient: person.patient,
        hemopathy: request.hemopathy,
        site: request.site.clone(),
        language: request.language,
        enrolled_at: now,
    };
    let scope = nurse.one(patient.patient, &patient.site).ok_or_else(ApiError::not_found)?;
    let entries = with_inclusion(with_information(request.milestones, request.consent.as_ref()), today);
    let included_on = entries.iter().filter(|it| it.kind == MilestoneKind::Inclusion).map(|it| it.on.anchor()).min();
    let mut tx = state.db.begin().await?;
    let from_on = request.pathway_from.or(included_on).unwrap_or(today).min(today);
    let care = Episode { pathway: request.pathway, site: request.site, from_on };
    if !queries::insert(&mut tx, nurse, &patient).await? {
        return Err(already_enrolled()); // another try with this number was quicker
    }
    episodes::append(&mut tx, &scope, &episodes::NewEntry::first(care, nurse.staff()), now).await?;
    if let Some(consent) = &request.consent {
        queries::append_consent(&mut tx, nurse, &scope, consent, now).await?;
    }
    for request in entries {
        let entry = milestones::NewEntry { id: MilestoneId::new(state.chance.id()), request, staff: nurse.staff() };
        milestones::enter(&mut tx, &scope, &entry, now).await?;
    }
    assessments::replan(&mut tx, &state.study, patient.patient).await?;
    audit::append(&mut tx, &audit::Entry::staff(nurse.staff(), Operation::EnrolPatient).of(patient.patient), now)
        .await?;
    if standing.is_some() {
        identity::take_over(&state.identity, nurse, &person, now).await?;
    }
    for contact in &request.contacts {
        let sealing = (&state.identity_key, &state.chance);
        identity::set_contact(&state.identity, sealing, nurse, &scope, contact, now).await?;
    }
    tx.commit().await?;
    Ok(patient.patient)
}

/// The first milestones; the patient was informed on the day of consent unless another is given.
fn with_information(mut milestones: Vec<MilestoneRequest>, consent: Option<&ConsentRequest>) -> Vec<MilestoneRequest> {
    let kind = MilestoneKind::Information;
    if let Some(consent) = consent
        && !milestones.iter().any(|it| it.kind == kind)
    {
        let on = PartialDate::day(consent.given_on);
        milestones.push(MilestoneRequest::new(Milestone { kind, on, planned: false }, ""));
    }
    milestones
}

/// What would be planned for a patient enrolled with these dates today.
///
/// # Errors
/// A refusal that names what does not fit.
pub(super) fn preview(state: &AppState, request: EnrolPreviewRequest) -> Result<Vec<Assessment>, ApiError> {
    let today = state.clock.today();
    if request.milestones.len() > MOST_MILESTONES {
        return Err(too_many());
    }
    if let Some(refusal) = request.milestones.iter().find_map(|milestone| milestones::refusal(milestone, today)) {
        return Err(ApiError::refused(refusal));
    }
    let entries: Vec<Entered> = with_inclusion(request.milestones, today)
        .iter()
        .map(|milestone| milestones::as_entered(milestone, MilestoneId::new(state.chance.id())))
        .collect();
    let milestones = schedule::standing_milestones(&entries);
    let facts = Facts { hemopathy: request.hemopathy, milestones, progress: Vec::new() };
    let plan = schedule::plan(&state.study, &facts, today);
    Ok(schedule::by_window(&plan).into_iter().cloned().collect())
}

/// The first milestones; inclusion is today unless given.
fn with_inclusion(mut milestones: Vec<MilestoneRequest>, today: Date) -> Vec<MilestoneRequest> {
    if !milestones.iter().any(|it| it.kind == MilestoneKind::Inclusion) {
        let (kind, on) = (MilestoneKind::Inclusion, PartialDate::day(today));
        milestones.insert(0, MilestoneRequest::new(Milestone { kind, on, planned: false }, ""));
    }
    milestones
}

fn check(
    study: &Study,
    nurse: &NurseScope,
    request: &EnrolRequest,
    person: &Person,
    today: Date,
) -> Result<(), ApiError> {
    if let Some(refusal) = person.refusal(today) {
        return Err(ApiError::refused(refusal));
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
    if request.milestones.len() > MOST_MILESTONES {
        return Err(too_many());
    }
    if request.milestones.iter().any(|milestone| milestone.replaces.is_some()) {
        return Err(ApiError::refused("A new patient has no milestone to replace. Nothing was saved."));
    }
    if request.pathway_from.is_some_and(|from| from > today || from.year() < 1900) {
        return Err(ApiError::refused(
            "The pathway begins before 1900 or in time to come. Nothing was saved; check it.",
        ));
    }
    let refusal = request.milestones.iter().find_map(|milestone| milestones::refusal(milestone, today));
    let refusal = refusal.or_else(|| request.contacts.iter().find_map(contacts::refusal));
    let refusal = refusal.or_else(|| request.consent.as_ref().and_then(|it| consent::refusal(it, study, today)));
    refusal.map_or(Ok(()), |refusal| Err(ApiError::refused(refusal)))
}

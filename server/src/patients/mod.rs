//! Patients: enrolling, finding, and one patient's file. Names come from the identity side and stay there.

mod consent;
mod enrol;
mod file;
mod queries;
mod routes;

use shared::{
    api::ProblemKind,
    id::PatientId,
    schedule::{Entered, Facts, standing_milestones},
    time::Timestamp,
};

use crate::{
    auth::guard::{NurseScope, OnePatientScope},
    db::{Db, Tx},
    error::ApiError,
    milestones, sync,
};

pub use consent::refusal as consent_refusal;
pub use enrol::enrol;
pub use queries::{Patient, append_consent, get, list_consents, move_to, set_language};
pub use routes::routes;

/// The scope of one of a nurse's patients.
///
/// # Errors
/// Not found, when there is no such patient or it is of another site; which of the two is not said.
pub async fn open(db: &Db, nurse: &NurseScope, patient: PatientId) -> Result<OnePatientScope, ApiError> {
    let site = queries::find_site(db, patient).await?.ok_or_else(ApiError::not_found)?;
    nurse.one(patient, &site).ok_or_else(ApiError::not_found)
}

/// Everything that the patient's plan depends on.
///
/// # Errors
/// When the database could not.
pub async fn read_facts(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Facts> {
    let patient = queries::get(tx, scope).await?;
    let milestones = standing_milestones(&milestones::entered(&milestones::list(tx, scope).await?));
    let progress = sync::list_progress(tx, scope).await?;
    Ok(Facts { hemopathy: patient.hemopathy, milestones, progress })
}

/// Everything that the plan depended on, as far as it was known at an instant, with the entries that it stood on.
///
/// # Errors
/// When the database could not.
pub async fn read_facts_known_at(
    tx: &mut Tx,
    scope: &OnePatientScope,
    at: Timestamp,
) -> sqlx::Result<(Facts, Vec<Entered>)> {
    let patient = queries::get(tx, scope).await?;
    let mut entries = milestones::list(tx, scope).await?;
    entries.retain(|entry| entry.entered_at <= at);
    let progress = sync::list_progress_known_at(tx, scope, at).await?;
    let entered = milestones::entered(&entries);
    let facts = Facts { hemopathy: patient.hemopathy, milestones: standing_milestones(&entered), progress };
    Ok((facts, entered))
}

/// The refusal of a registry number that a patient has already.
pub(crate) fn already_enrolled() -> ApiError {
    let detail = "There is already a patient with this registry number. Nothing was changed; search for the number.";
    ApiError::new(ProblemKind::Conflict, detail)
}

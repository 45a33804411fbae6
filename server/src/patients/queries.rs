//! SQL of patients on the research side.

use shared::{
    id::{HemopathyKey, Language, PathwayKey, PatientId, SiteKey, StaffId},
    time::{Date, Timestamp},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    auth::guard::{NurseScope, OnePatientScope},
    db::{Db, Tx, instant, millis, on, parse},
};

/// A patient on the research side.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Patient {
    /// The pseudonym.
    pub patient: PatientId,
    /// Type of blood cancer.
    pub hemopathy: HemopathyKey,
    /// Following site.
    pub site: SiteKey,
    /// The standing pathway.
    pub pathway: PathwayKey,
    /// Language of the questionnaires.
    pub language: Language,
    /// When the patient was enrolled.
    pub enrolled_at: Timestamp,
}

#[derive(FromRow)]
struct PatientRow {
    patient_id: Uuid,
    hemopathy: String,
    site: String,
    pathway: String,
    language: String,
    enrolled_at: i64,
}

/// The patient of this scope, with the pathway that stands.
///
/// # Errors
/// When the database could not.
pub async fn get(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Patient> {
    const SQL: &str = "SELECT patient.patient_id, hemopathy, patient.site, pathway, language, enrolled_at
        FROM patient JOIN episode ON episode.patient_id = patient.patient_id
        WHERE patient.patient_id = $1 ORDER BY from_on DESC, ordinal DESC LIMIT 1";
    let row: PatientRow =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_one(&mut **conn).await)?;
    Ok(Patient {
        patient: PatientId::new(row.patient_id),
        hemopathy: parse(&row.hemopathy)?,
        site: parse(&row.site)?,
        pathway: parse(&row.pathway)?,
        language: parse(&row.language)?,
        enrolled_at: instant(row.enrolled_at)?,
    })
}

/// The following site of a patient: what the guard needs to know before it gives a scope.
pub(super) async fn find_site(db: &Db, patient: PatientId) -> sqlx::Result<Option<SiteKey>> {
    const SQL: &str = "SELECT site FROM patient WHERE patient_id = $1";
    let site: Option<String> =
        on!(db.read(), pool => sqlx::query_scalar(SQL).bind(patient.as_uuid()).fetch_optional(pool).await)?;
    site.as_deref().map(parse).transpose()
}

/// Inserts a patient with the first episode of care.
pub(super) async fn insert(tx: &mut Tx, scope: &NurseScope, patient: &Patient, from: Date) -> sqlx::Result<()> {
    const PATIENT: &str = "INSERT INTO patient (patient_id, hemopathy, site, language, enrolled_at, enrolled_by)
        VALUES ($1, $2, $3, $4, $5, $6)";
    const EPISODE: &str = "INSERT INTO episode (patient_id, ordinal, pathway, site, from_on, entered_by, entered_at)
        VALUES ($1, 1, $2, $3, $4, $5, $6)";
    let (id, staff, now): (Uuid, StaffId, i64) =
        (patient.patient.as_uuid(), scope.staff(), millis(patient.enrolled_at));
    on!(tx, conn => {
        sqlx::query(PATIENT).bind(id).bind(patient.hemopathy.as_str()).bind(patient.site.as_str())
            .bind(patient.language.as_str()).bind(now).bind(staff.as_uuid()).execute(&mut **conn).await?;
        sqlx::query(EPISODE).bind(id).bind(patient.pathway.as_str()).bind(patient.site.as_str())
            .bind(from.to_string()).bind(staff.as_uuid()).bind(now).execute(&mut **conn).await?;
    });
    Ok(())
}

//! SQL of patients on the research side.

use shared::{
    api::{ConsentLine, ConsentRequest},
    id::{HemopathyKey, Language, PatientId, SiteKey},
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    auth::guard::{NurseScope, OnePatientScope},
    db::{Db, Tx, from_code, instant, millis, on, parse, to_code},
};

/// A patient on the research side.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Patient {
    /// The pseudonym.
    pub patient: PatientId,
    /// Type of blood cancer.
    pub hemopathy: HemopathyKey,
    /// Following site: of the last episode that stands.
    pub site: SiteKey,
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
    language: String,
    enrolled_at: i64,
}

/// The patient of this scope.
///
/// # Errors
/// When the database could not.
pub async fn get(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Patient> {
    const SQL: &str = "SELECT patient_id, hemopathy, site, language, enrolled_at FROM patient WHERE patient_id = $1";
    let row: PatientRow =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_one(&mut **conn).await)?;
    Ok(Patient {
        patient: PatientId::new(row.patient_id),
        hemopathy: parse(&row.hemopathy)?,
        site: parse(&row.site)?,
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

/// Inserts a patient, whose first episode of care comes in the same transaction; `false` when there is one with this
/// pseudonym.
pub(super) async fn insert(tx: &mut Tx, scope: &NurseScope, patient: &Patient) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO patient (patient_id, hemopathy, site, language, enrolled_at, enrolled_by)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (patient_id) DO NOTHING";
    let inserted = on!(tx, conn => sqlx::query(SQL).bind(patient.patient.as_uuid()).bind(patient.hemopathy.as_str())
        .bind(patient.site.as_str()).bind(patient.language.as_str()).bind(millis(patient.enrolled_at))
        .bind(scope.staff().as_uuid()).execute(&mut **conn).await?.rows_affected());
    Ok(inserted > 0)
}

/// Appends an entry of consent or non-opposition after those there are.
///
/// # Errors
/// When the database could not, or somebody else entered one at the same moment.
pub async fn append_consent(
    tx: &mut Tx,
    nurse: &NurseScope,
    scope: &OnePatientScope,
    consent: &ConsentRequest,
    now: Timestamp,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO consent (patient_id, ordinal, kind, information, given_on, means, entered_by,
            entered_at)
        SELECT $1, COALESCE(MAX(ordinal), 0) + 1, $2, $3, $4, $5, $6, $7 FROM consent WHERE patient_id = $1";
    let (kind, means) = (to_code(&consent.kind)?, to_code(&consent.means)?);
    on!(tx, conn => sqlx::query(SQL).bind(scope.patient().as_uuid()).bind(kind).bind(consent.information.as_str())
        .bind(consent.given_on.to_string()).bind(means).bind(nurse.staff().as_uuid()).bind(millis(now))
        .execute(&mut **conn).await.map(|_| ()))
}

#[derive(FromRow)]
struct ConsentRow {
    kind: String,
    information: String,
    given_on: String,
    means: String,
    username: String,
    entered_at: i64,
}

/// What a patient agreed to or did not oppose, the newest entry first; the first stands.
///
/// # Errors
/// When the database could not.
pub async fn list_consents(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<ConsentLine>> {
    const SQL: &str = "SELECT kind, information, given_on, means, username, entered_at
        FROM consent JOIN staff ON staff.staff_id = consent.entered_by
        WHERE patient_id = $1 ORDER BY ordinal DESC";
    let rows: Vec<ConsentRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    let line = |row: ConsentRow| {
        Ok(ConsentLine {
            kind: from_code(&row.kind)?,
            information: parse(&row.information)?,
            given_on: parse(&row.given_on)?,
            means: from_code(&row.means)?,
            entered_by: row.username,
            entered_at: instant(row.entered_at)?,
        })
    };
    rows.into_iter().map(line).collect()
}

/// Questionnaires come in another language from now on.
///
/// # Errors
/// When the database could not.
pub async fn set_language(tx: &mut Tx, scope: &OnePatientScope, language: &Language) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE patient SET language = $2 WHERE patient_id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(scope.patient().as_uuid()).bind(language.as_str())
        .execute(&mut **conn).await.map(|_| ()))
}

/// Another site follows a patient from now on.
///
/// # Errors
/// When the database could not.
pub async fn move_to(tx: &mut Tx, scope: &OnePatientScope, site: &SiteKey) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE patient SET site = $2 WHERE patient_id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(scope.patient().as_uuid()).bind(site.as_str())
        .execute(&mut **conn).await.map(|_| ()))
}

//! SQL of printed forms.

use shared::{
    id::{AssessmentId, InstrumentVersion, PatientId},
    paper::FormCode,
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    auth::guard::{NurseScope, OnePatientScope},
    db::{Db, Tx, assessment_id, millis, on, parse},
};

/// What the code on a form means.
pub(super) struct PrintedForm {
    pub(super) patient: PatientId,
    pub(super) assessment: AssessmentId,
    pub(super) instrument: InstrumentVersion,
    pub(super) wording_hash: String,
}

/// The code of a form of this patient: the one it was printed with before, else `fresh`; `None` when another form has
/// that one.
pub(super) async fn code_of(
    tx: &mut Tx,
    scope: &OnePatientScope,
    form: &PrintedForm,
    fresh: FormCode,
    now: Timestamp,
) -> sqlx::Result<Option<FormCode>> {
    const INSERT: &str = "INSERT INTO form (code, patient_id, timepoint, occurrence, instrument, version, wording_hash,
            printed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    const SELECT: &str = "SELECT code FROM form WHERE patient_id = $1 AND timepoint = $2 AND occurrence = $3
        AND instrument = $4 AND version = $5 AND wording_hash = $6";
    let PrintedForm { assessment, instrument, wording_hash, .. } = form;
    let (patient, timepoint) = (scope.patient().as_uuid(), assessment.timepoint.as_str());
    let (occurrence, key, version) = (i64::from(assessment.occurrence), instrument.key.as_str(), &instrument.version);
    let code: Option<String> = on!(tx, conn => {
        sqlx::query(INSERT).bind(fresh.as_text()).bind(patient).bind(timepoint).bind(occurrence).bind(key)
            .bind(version).bind(wording_hash).bind(millis(now)).execute(&mut **conn).await?;
        sqlx::query_scalar(SELECT).bind(patient).bind(timepoint).bind(occurrence).bind(key).bind(version)
            .bind(wording_hash).fetch_optional(&mut **conn).await?
    });
    code.as_deref().map(parse).transpose()
}

#[derive(FromRow)]
struct FormRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    instrument: String,
    version: String,
    wording_hash: String,
}

/// What a code means; whether the nurse may see that patient is for the caller to ask.
pub(super) async fn find_form(_: &NurseScope, db: &Db, code: FormCode) -> sqlx::Result<Option<PrintedForm>> {
    const SQL: &str = "SELECT patient_id, timepoint, occurrence, instrument, version, wording_hash
        FROM form WHERE code = $1";
    let row: Option<FormRow> =
        on!(db.read(), pool => sqlx::query_as(SQL).bind(code.as_text()).fetch_optional(pool).await)?;
    row.map(|row| {
        Ok(PrintedForm {
            patient: PatientId::new(row.patient_id),
            assessment: assessment_id(&row.timepoint, row.occurrence)?,
            instrument: InstrumentVersion { key: parse(&row.instrument)?, version: row.version },
            wording_hash: row.wording_hash,
        })
    })
    .transpose()
}

//! SQL of findings: flags, conflicts of devices, what was set aside, and looks.

use std::collections::BTreeMap;

use shared::{
    answers::{AnswerEvent, response},
    api::{Finding, FindingLine, Look},
    id::{AssessmentId, DeviceId, InstrumentKey, InstrumentVersion, LookId, PatientId, SiteKey, StaffId},
    paper,
    time::Timestamp,
};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::flags::{Flags, Score};
use crate::{
    auth::guard::{NurseScope, OnePatientScope},
    db::{Db, Tx, assessment_id, from_code, from_json, instant, list_of_patients, millis, on, parse},
};

/// What was found of patients, the looked at and the others.
pub type Found = BTreeMap<PatientId, Vec<FindingLine>>;

fn optional_id(timepoint: Option<&str>, occurrence: Option<i64>) -> sqlx::Result<Option<AssessmentId>> {
    timepoint.zip(occurrence).map(|(timepoint, occurrence)| assessment_id(timepoint, occurrence)).transpose()
}

#[derive(FromRow)]
struct FlagRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    flag: String,
    value: f64,
    value_before: Option<f64>,
}

#[derive(FromRow)]
struct SetAsideRow {
    patient_id: Uuid,
    timepoint: Option<String>,
    occurrence: Option<i64>,
    quarantine_id: i64,
    reason: String,
    detail: String,
    received_at: i64,
}

#[derive(FromRow)]
struct LookRow {
    patient_id: Uuid,
    timepoint: Option<String>,
    occurrence: Option<i64>,
    found: String,
    note: String,
    username: String,
    entered_at: i64,
}

/// All that was found of these patients, with who looked at it. What flags stand is as of the last refresh.
///
/// # Errors
/// When the database could not.
pub async fn list(tx: &mut Tx, patients: &[PatientId]) -> sqlx::Result<Found> {
    let mut looks = list_looks(tx, patients).await?;
    let mut found = Found::new();
    let mut add = |patient: Uuid, assessment: Option<AssessmentId>, finding: Finding| {
        let patient = PatientId::new(patient);
        let looked = looks.remove(&(patient, assessment.clone(), finding.to_string()));
        found.entry(patient).or_default().push(FindingLine { assessment, finding, looked });
    };
    for (patient, flags) in list_flags(tx, patients).await? {
        for ((assessment, flag), (value, before)) in flags {
            add(patient.as_uuid(), Some(assessment), Finding::Flag { flag, value, before });
        }
    }
    for ((patient, assessment), n_copies) in list_conflicts(tx, patients).await? {
        add(patient.as_uuid(), Some(assessment), Finding::Conflict { n_copies });
    }
    let lost: Vec<(Uuid, Uuid, i64)> =
        list_of_patients!(tx, patients, "SELECT patient_id, device_id, n_lost FROM device", "AND n_lost > 0");
    for (patient, device, n_lost) in lost {
        let n_lost = u32::try_from(n_lost).unwrap_or(u32::MAX);
        add(patient, None, Finding::LocalLoss { device: DeviceId::new(device), n_lost });
    }
    let set_aside: Vec<SetAsideRow> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, timepoint, occurrence, quarantine_id, reason, detail, received_at FROM quarantine",
        "ORDER BY quarantine_id"
    );
    for row in set_aside {
        let assessment = optional_id(row.timepoint.as_deref(), row.occurrence)?;
        let (entry, received_at) = (row.quarantine_id, instant(row.received_at)?);
        let finding = Finding::SetAside { entry, reason: from_code(&row.reason)?, detail: row.detail, received_at };
        add(row.patient_id, assessment, finding);
    }
    Ok(found)
}

/// How many copies there are of questionnaires whose copies are to be looked at, by occasion.
async fn list_conflicts(tx: &mut Tx, patients: &[PatientId]) -> sqlx::Result<BTreeMap<(PatientId, AssessmentId), u32>> {
    let rows: Vec<(Uuid, String, i64, String, i64)> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, timepoint, occurrence, instrument, n_copies FROM questionnaire",
        "AND n_copies > 1"
    );
    let mut conflicts: BTreeMap<(PatientId, AssessmentId), u32> = BTreeMap::new();
    let copied = if rows.is_empty() { Vec::new() } else { list_copied(tx, patients).await? };
    for (patient, timepoint, occurrence, instrument, n_copies) in rows {
        let (patient, assessment) = (PatientId::new(patient), assessment_id(&timepoint, occurrence)?);
        if differs(&copied, patient, &assessment, &parse(&instrument)?) {
            let n_copies = u32::try_from(n_copies).unwrap_or(u32::MAX);
            let sum = conflicts.entry((patient, assessment)).or_default();
            *sum = sum.saturating_add(n_copies);
        }
    }
    Ok(conflicts)
}

/// Whether the copies of a questionnaire are to be looked at: always, unless staff typed them all in, and whatever
/// differed is settled.
fn differs(copied: &[AnswerEvent], patient: PatientId, assessment: &AssessmentId, instrument: &InstrumentKey) -> bool {
    let said = copied.iter().filter(|event| event.patient == patient);
    let twice = response::read(said, assessment, instrument).as_ref().and_then(paper::twice);
    twice.is_none_or(|it| !it.open.is_empty())
}

/// Everything that was said of questionnaires with more than one copy.
async fn list_copied(tx: &mut Tx, patients: &[PatientId]) -> sqlx::Result<Vec<AnswerEvent>> {
    let bodies: Vec<(String,)> = list_of_patients!(
        tx,
        patients,
        "SELECT body FROM (SELECT said.patient_id, said.body FROM answer_event AS said
            JOIN questionnaire ON questionnaire.patient_id = said.patient_id
                AND questionnaire.timepoint = said.timepoint AND questionnaire.occurrence = said.occurrence
                AND questionnaire.instrument = said.instrument
            WHERE questionnaire.n_copies > 1) AS copied",
        ""
    );
    bodies.iter().map(|(body,)| from_json(body)).collect()
}

type Looks = BTreeMap<(PatientId, Option<AssessmentId>, String), Look>;

/// The last look at each finding.
async fn list_looks(tx: &mut Tx, patients: &[PatientId]) -> sqlx::Result<Looks> {
    let rows: Vec<LookRow> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, timepoint, occurrence, found, note, username, entered_at
         FROM look JOIN staff ON staff.staff_id = look.entered_by",
        "ORDER BY patient_id, ordinal"
    );
    let look = |row: LookRow| {
        let assessment = optional_id(row.timepoint.as_deref(), row.occurrence)?;
        let look = Look { by: row.username, at: instant(row.entered_at)?, note: row.note };
        Ok(((PatientId::new(row.patient_id), assessment, row.found), look))
    };
    rows.into_iter().map(look).collect()
}

/// Patients of these sites of whom something was set aside that names no assessment, and nobody has looked at it.
///
/// # Errors
/// When the database could not.
pub async fn list_unplaced(
    _: &NurseScope,
    db: &Db,
    sites: &[SiteKey],
    only: Option<&[PatientId]>,
    limit: usize,
) -> sqlx::Result<Vec<(PatientId, SiteKey)>> {
    if sites.is_empty() || only.is_some_and(<[PatientId]>::is_empty) {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String)> = on!(db.read(), pool => {
        // Has SQLite read the few patients first, and PostgreSQL find them in the order of an index.
        let mut query = QueryBuilder::new("SELECT aside.patient_id, site FROM (SELECT DISTINCT patient_id
            FROM quarantine WHERE timepoint IS NULL AND looked_at IS NULL");
        if let Some(only) = only {
            query.push(" AND patient_id IN (");
            let mut ids = query.separated(", ");
            for patient in only {
                ids.push_bind(patient.as_uuid());
            }
            query.push(")");
        }
        query.push(") AS aside CROSS JOIN patient WHERE patient.patient_id = aside.patient_id AND site IN (");
        let mut keys = query.separated(", ");
        for site in sites {
            keys.push_bind(site.as_str());
        }
        query.push(")");
        query.push(" LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        query.build_query_as().fetch_all(pool).await
    })?;
    rows.into_iter().map(|(patient, site)| Ok((PatientId::new(patient), parse(&site)?))).collect()
}

/// A look about to be noted.
#[derive(Debug)]
pub struct NewLook<'a> {
    /// Its id.
    pub id: LookId,
    /// On which occasion.
    pub assessment: Option<&'a AssessmentId>,
    /// At what.
    pub finding: &'a Finding,
    /// What there is to say of it; often empty.
    pub note: &'a str,
    /// Who looked.
    pub staff: StaffId,
    /// When.
    pub at: Timestamp,
}

/// Appends a look after those there are; what was set aside and what a device lost is noted as looked at, too.
///
/// # Errors
/// When the database could not, or somebody else looked at the same moment.
pub async fn append(tx: &mut Tx, scope: &OnePatientScope, look: &NewLook<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO look (look_id, patient_id, ordinal, timepoint, occurrence, found, note, entered_by,
            entered_at)
        SELECT $1, $2, COALESCE(MAX(ordinal), 0) + 1, $3, $4, $5, $6, $7, $8 FROM look WHERE patient_id = $2";
    const LOSS: &str = "UPDATE device SET lost_at = NULL, asks_since = unsent_since
        WHERE device_id = $1 AND patient_id = $2";
    const SET_ASIDE: &str = "UPDATE quarantine SET looked_at = $3 WHERE quarantine_id = $1 AND patient_id = $2";
    let patient = scope.patient().as_uuid();
    on!(&mut *tx, conn => {
        sqlx::query(SQL).bind(look.id.as_uuid()).bind(patient).bind(look.assessment.map(|it| it.timepoint.as_str()))
            .bind(look.assessment.map(|it| i64::from(it.occurrence))).bind(look.finding.to_string()).bind(look.note)
            .bind(look.staff.as_uuid()).bind(millis(look.at)).execute(&mut **conn).await?;
        if let Finding::LocalLoss { device, .. } = look.finding {
            sqlx::query(LOSS).bind(device.as_uuid()).bind(patient).execute(&mut **conn).await?;
        }
        if let Finding::SetAside { entry, .. } = look.finding {
            sqlx::query(SET_ASIDE).bind(entry).bind(patient).bind(millis(look.at)).execute(&mut **conn).await?;
        }
    });
    Ok(())
}

/// Whether every score was held against these thresholds.
pub(super) async fn is_flagged(db: &Db, rules: &str) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT flags = $1 AND position >= COALESCE((SELECT MAX(last_position) FROM score), 0)
        FROM flagged";
    on!(db.read(), pool => sqlx::query_scalar(SQL).bind(rules).fetch_one(pool).await)
}

/// Locks the flags until the transaction ends, and gives the position up to which they are done by these thresholds.
pub(super) async fn lock_flagged(tx: &mut Tx, rules: &str) -> sqlx::Result<i64> {
    const SQL: &str = "UPDATE flagged SET position = CASE WHEN flags = $1 THEN position ELSE 0 END RETURNING position";
    on!(tx, conn => sqlx::query_scalar(SQL).bind(rules).fetch_one(&mut **conn).await)
}

pub(super) async fn set_flagged(tx: &mut Tx, position: i64, rules: &str) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE flagged SET position = $1, flags = $2";
    on!(tx, conn => sqlx::query(SQL).bind(position).bind(rules).execute(&mut **conn).await.map(|_| ()))
}

/// Forgets every flag, for them to be found anew when somebody reads them.
///
/// # Errors
/// When the database could not; the transaction is not to be committed then.
pub async fn forget(tx: &mut Tx) -> sqlx::Result<()> {
    for sql in ["UPDATE flagged SET position = 0", "DELETE FROM flag"] {
        on!(&mut *tx, conn => { sqlx::query(sql).execute(&mut **conn).await?; });
    }
    Ok(())
}

/// Whose scores moved after a position, in the order they did.
pub(super) async fn list_scored(tx: &mut Tx, after: i64, limit: usize) -> sqlx::Result<Vec<(PatientId, i64)>> {
    const SQL: &str = "SELECT patient_id, last_position FROM score
        WHERE last_position > $1 ORDER BY last_position LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<(Uuid, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(&mut **conn).await)?;
    Ok(rows.into_iter().map(|(patient, position)| (PatientId::new(patient), position)).collect())
}

#[derive(FromRow)]
struct ScoreRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    instrument: String,
    version: String,
    scale: String,
    value: f64,
}

pub(super) async fn list_scores(tx: &mut Tx, patients: &[PatientId]) -> sqlx::Result<BTreeMap<PatientId, Vec<Score>>> {
    let rows: Vec<ScoreRow> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, timepoint, occurrence, instrument, version, scale, value FROM score",
        "AND value IS NOT NULL ORDER BY patient_id, timepoint, occurrence"
    );
    let mut scores: BTreeMap<PatientId, Vec<Score>> = BTreeMap::new();
    for row in rows {
        scores.entry(PatientId::new(row.patient_id)).or_default().push(Score {
            assessment: assessment_id(&row.timepoint, row.occurrence)?,
            instrument: InstrumentVersion { key: parse(&row.instrument)?, version: row.version },
            scale: parse(&row.scale)?,
            value: row.value,
        });
    }
    Ok(scores)
}

pub(super) async fn list_flags(tx: &mut Tx, patients: &[PatientId]) -> sqlx::Result<BTreeMap<PatientId, Flags>> {
    let rows: Vec<FlagRow> = list_of_patients!(
        tx,
        patients,
        "SELECT patient_id, timepoint, occurrence, flag, value, value_before FROM flag",
        ""
    );
    let mut flags: BTreeMap<PatientId, Flags> = BTreeMap::new();
    for row in rows {
        let key = (assessment_id(&row.timepoint, row.occurrence)?, parse(&row.flag)?);
        flags.entry(PatientId::new(row.patient_id)).or_default().insert(key, (row.value, row.value_before));
    }
    Ok(flags)
}

/// Puts a patient's flags in the place of the former ones.
pub(super) async fn replace_flags(tx: &mut Tx, patient: PatientId, flags: &Flags) -> sqlx::Result<()> {
    const DELETE: &str = "DELETE FROM flag WHERE patient_id = $1";
    const INSERT: &str = "INSERT INTO flag (patient_id, timepoint, occurrence, flag, value, value_before)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let patient = patient.as_uuid();
    on!(&mut *tx, conn => { sqlx::query(DELETE).bind(patient).execute(&mut **conn).await?; });
    for ((assessment, flag), (value, before)) in flags {
        on!(&mut *tx, conn => {
            sqlx::query(INSERT).bind(patient).bind(assessment.timepoint.as_str())
                .bind(i64::from(assessment.occurrence)).bind(flag.as_str()).bind(value).bind(before)
                .execute(&mut **conn).await?;
        });
    }
    Ok(())
}

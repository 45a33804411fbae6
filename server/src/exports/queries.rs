//! SQL of exports: the record as it stood at one moment, patient by patient.

use std::collections::BTreeMap;

use shared::{
    answers::AnswerEvent,
    id::{AssessmentId, HemopathyKey, MilestoneId, PatientId, StaffId},
    schedule::{self, Entered, EnteredEpisode, Episode, Episodes, Milestone, MissingReason, StandingMilestone},
    time::{PartialDate, Timestamp},
};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Export, Manifest, Moment};
use crate::{
    auth::guard::InvestigatorScope,
    db::{Db, assessment_id, cause, from_code, from_json, instant, millis, on, ordinal, parse, to_json},
};

/// One patient's part of the record at the export's moment.
#[derive(Debug)]
pub(super) struct HeldPatient {
    pub(super) patient: PatientId,
    pub(super) hemopathy: HemopathyKey,
    /// Standing milestones, oldest first.
    pub(super) standing: Vec<StandingMilestone>,
    /// Those of them that the plan is made from.
    pub(super) milestones: Vec<Milestone>,
    /// The care pathway as it stood; its last site is the following site.
    pub(super) episodes: Episodes,
    pub(super) events: Vec<KeptEvent>,
    /// The reasons that stand for what is missing.
    pub(super) missing: BTreeMap<AssessmentId, MissingReason>,
}

/// An event with what the server knows of it.
#[derive(Debug)]
pub(super) struct KeptEvent {
    pub(super) event: AnswerEvent,
    pub(super) received_at: Timestamp,
    pub(super) enrolled_at: Timestamp,
}

#[derive(FromRow)]
struct MilestoneRow {
    patient_id: Uuid,
    milestone_id: Uuid,
    kind: String,
    happened_on: String,
    accuracy: String,
    planned: bool,
    cause: Option<String>,
    replaces: Option<Uuid>,
    taken_back: bool,
}

#[derive(FromRow)]
struct EpisodeRow {
    patient_id: Uuid,
    ordinal: i64,
    pathway: String,
    site: String,
    from_on: String,
    replaces: Option<i64>,
    taken_back: bool,
}

#[derive(FromRow)]
struct ExportRow {
    position: i64,
    as_of_on: String,
    made_at: i64,
    files: String,
    erased_at: Option<i64>,
}

pub(super) async fn get_position(db: &Db) -> sqlx::Result<i64> {
    on!(db.read(), pool => sqlx::query_scalar("SELECT value FROM position").fetch_one(pool).await)
}

pub(super) async fn insert_export(
    db: &Db,
    scope: &InvestigatorScope,
    number: i64,
    moment: Moment,
    purpose: &str,
    manifest: &Manifest,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO export (export_id, position, as_of_on, purpose, made_by, made_at, files)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let files = to_json(manifest)?;
    on!(db.write(), pool => sqlx::query(SQL).bind(number).bind(moment.position).bind(moment.as_of.to_string()).bind(purpose)
        .bind(scope.staff().map(StaffId::as_uuid)).bind(millis(moment.made_at)).bind(files)
        .execute(pool).await.map(|_| ()))
}

pub(super) async fn find_export(_: &InvestigatorScope, db: &Db, number: i64) -> sqlx::Result<Option<Export>> {
    const SQL: &str = "SELECT position, as_of_on, made_at, files, erased_at FROM export WHERE export_id = $1";
    let row: Option<ExportRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(number).fetch_optional(pool).await)?;
    row.map(|row| {
        let moment = Moment { position: row.position, as_of: parse(&row.as_of_on)?, made_at: instant(row.made_at)? };
        Ok(Export { moment, manifest: from_json(&row.files)?, is_erased: row.erased_at.is_some() })
    })
    .transpose()
}

/// The next patients who were enrolled at the moment, by pseudonym.
pub(super) async fn list_patients(
    _: &InvestigatorScope,
    db: &Db,
    moment: Moment,
    after: Option<PatientId>,
    limit: i64,
) -> sqlx::Result<Vec<HeldPatient>> {
    const SQL: &str = "SELECT patient_id, hemopathy FROM patient
        WHERE patient_id > $1 AND enrolled_at <= $2
        ORDER BY patient_id LIMIT $3";
    let after = after.map_or(Uuid::nil(), PatientId::as_uuid);
    let rows: Vec<(Uuid, String)> = on!(db.read(), pool => sqlx::query_as(SQL).bind(after).bind(millis(moment.made_at)).bind(limit).fetch_all(pool).await)?;
    let patients: Vec<Uuid> = rows.iter().map(|(patient, ..)| *patient).collect();
    if patients.is_empty() {
        return Ok(Vec::new());
    }
    let mut entered = list_milestones(db, &patients, moment).await?;
    let mut episodes = list_episodes(db, &patients, moment).await?;
    let mut events = list_events(db, &patients, moment).await?;
    let mut missing = list_missing(db, &patients, moment).await?;
    rows.into_iter()
        .map(|(patient, hemopathy)| {
            let entered = entered.remove(&patient).unwrap_or_default();
            Ok(HeldPatient {
                patient: PatientId::new(patient),
                hemopathy: parse(&hemopathy)?,
                standing: schedule::standing(&entered).into_iter().map(Entered::as_standing).collect(),
                milestones: schedule::standing_milestones(&entered),
                episodes: Episodes::standing(&episodes.remove(&patient).unwrap_or_default()),
                events: events.remove(&patient).unwrap_or_default(),
                missing: missing.remove(&patient).unwrap_or_default(),
            })
        })
        .collect()
}

/// `WHERE patient_id IN (…)` after a statement.
macro_rules! of_patients {
    ($sql:expr, $patients:expr) => {{
        let mut query = QueryBuilder::new($sql);
        query.push(" WHERE patient_id IN (");
        let mut ids = query.separated(", ");
        for patient in $patients {
            ids.push_bind(*patient);
        }
        query.push(")");
        query
    }};
}

async fn list_milestones(db: &Db, patients: &[Uuid], moment: Moment) -> sqlx::Result<BTreeMap<Uuid, Vec<Entered>>> {
    const SQL: &str =
        "SELECT patient_id, milestone_id, kind, happened_on, accuracy, planned, cause, replaces, taken_back
        FROM milestone";
    let rows: Vec<MilestoneRow> = on!(db.read(), pool => {
        let mut query = of_patients!(SQL, patients);
        query.push(" AND entered_at <= ").push_bind(millis(moment.made_at)).push(" ORDER BY ordinal");
        query.build_query_as().fetch_all(pool).await
    })?;
    let mut entered: BTreeMap<Uuid, Vec<Entered>> = BTreeMap::new();
    for row in rows {
        let on = PartialDate { date: parse(&row.happened_on)?, precision: from_code(&row.accuracy)? };
        let kind = from_code(&row.kind)?;
        let entry = Entered {
            id: MilestoneId::new(row.milestone_id),
            milestone: Milestone { kind, on, planned: row.planned },
            cause: cause(kind, row.cause.as_deref())?,
            replaces: row.replaces.map(MilestoneId::new),
            taken_back: row.taken_back,
        };
        entered.entry(row.patient_id).or_default().push(entry);
    }
    Ok(entered)
}

async fn list_episodes(
    db: &Db,
    patients: &[Uuid],
    moment: Moment,
) -> sqlx::Result<BTreeMap<Uuid, Vec<EnteredEpisode>>> {
    const SQL: &str = "SELECT patient_id, ordinal, pathway, site, from_on, replaces, taken_back FROM episode";
    let rows: Vec<EpisodeRow> = on!(db.read(), pool => {
        let mut query = of_patients!(SQL, patients);
        query.push(" AND entered_at <= ").push_bind(millis(moment.made_at)).push(" ORDER BY ordinal");
        query.build_query_as().fetch_all(pool).await
    })?;
    let mut entered: BTreeMap<Uuid, Vec<EnteredEpisode>> = BTreeMap::new();
    for row in rows {
        let entry = EnteredEpisode {
            ordinal: ordinal(row.ordinal)?,
            episode: Episode { pathway: parse(&row.pathway)?, site: parse(&row.site)?, from_on: parse(&row.from_on)? },
            replaces: row.replaces.map(ordinal).transpose()?,
            taken_back: row.taken_back,
        };
        entered.entry(row.patient_id).or_default().push(entry);
    }
    Ok(entered)
}

/// The last note on each assessment; one without a reason takes back what was noted.
async fn list_missing(
    db: &Db,
    patients: &[Uuid],
    moment: Moment,
) -> sqlx::Result<BTreeMap<Uuid, BTreeMap<AssessmentId, MissingReason>>> {
    const SQL: &str = "SELECT patient_id, timepoint, occurrence, reason FROM missing_reason";
    let rows: Vec<(Uuid, String, i64, Option<String>)> = on!(db.read(), pool => {
        let mut query = of_patients!(SQL, patients);
        query.push(" AND entered_at <= ").push_bind(millis(moment.made_at)).push(" ORDER BY ordinal");
        query.build_query_as().fetch_all(pool).await
    })?;
    let mut standing: BTreeMap<Uuid, BTreeMap<AssessmentId, MissingReason>> = BTreeMap::new();
    for (patient, timepoint, occurrence, reason) in rows {
        let (of_patient, id) = (standing.entry(patient).or_default(), assessment_id(&timepoint, occurrence)?);
        match reason {
            Some(reason) => of_patient.insert(id, from_code(&reason)?),
            None => of_patient.remove(&id),
        };
    }
    Ok(standing)
}

async fn list_events(db: &Db, patients: &[Uuid], moment: Moment) -> sqlx::Result<BTreeMap<Uuid, Vec<KeptEvent>>> {
    const SQL: &str = "SELECT answer_event.patient_id, body, received_at, enrolled_at
        FROM answer_event JOIN device USING (device_id)";
    let rows: Vec<(Uuid, String, i64, i64)> = on!(db.read(), pool => {
        let mut query = QueryBuilder::new(SQL);
        query.push(" WHERE answer_event.patient_id IN (");
        let mut ids = query.separated(", ");
        for patient in patients {
            ids.push_bind(*patient);
        }
        query.push(") AND position <= ").push_bind(moment.position).push(" ORDER BY position");
        query.build_query_as().fetch_all(pool).await
    })?;
    let mut events: BTreeMap<Uuid, Vec<KeptEvent>> = BTreeMap::new();
    for (patient, body, received_at, enrolled_at) in rows {
        let event = from_json(&body)?;
        let kept = KeptEvent { event, received_at: instant(received_at)?, enrolled_at: instant(enrolled_at)? };
        events.entry(patient).or_default().push(kept);
    }
    Ok(events)
}

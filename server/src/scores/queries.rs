//! SQL of the score cache.

use std::collections::BTreeMap;

use shared::{
    answers::AnswerEvent,
    id::{InstrumentKey, InstrumentVersion, PatientId, ScaleCode, TimepointKey},
    scoring::ScaleScore,
};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Scored, Stale};
use crate::{
    auth::guard::InvestigatorScope,
    db::{Db, assessment_id, from_json, on, parse},
};

#[derive(FromRow)]
struct StaleRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    instrument: String,
    last_position: i64,
}

pub(super) async fn has_other_engine(db: &Db, engine: &str) -> sqlx::Result<bool> {
    // the newest score tells: a change of engine empties the table before anything is scored anew
    const SQL: &str = "SELECT engine FROM score ORDER BY last_position DESC LIMIT 1";
    let newest: Option<String> = on!(db.read(), pool => sqlx::query_scalar(SQL).fetch_optional(pool).await)?;
    Ok(newest.is_some_and(|newest| newest != engine))
}

pub(super) async fn delete_all(db: &Db) -> sqlx::Result<()> {
    on!(db.write(), pool => sqlx::query("DELETE FROM score").execute(pool).await.map(|_| ()))
}

/// The position up to which everything was scored.
pub(super) async fn last_scored(db: &Db) -> sqlx::Result<i64> {
    let last: Option<i64> =
        on!(db.read(), pool => sqlx::query_scalar("SELECT max(last_position) FROM score").fetch_one(pool).await)?;
    Ok(last.unwrap_or(0))
}

/// Sent questionnaires of these instruments with something newer than a position, oldest first.
pub(super) async fn list_stale(
    db: &Db,
    instruments: &[&InstrumentKey],
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<Stale>> {
    let rows: Vec<StaleRow> = on!(db.read(), pool => {
        let mut query = QueryBuilder::new("SELECT patient_id, timepoint, occurrence, instrument, last_position
            FROM questionnaire WHERE submitted_on IS NOT NULL AND last_position > ");
        query.push_bind(after).push(" AND instrument IN (");
        let mut keys = query.separated(", ");
        for instrument in instruments {
            keys.push_bind(instrument.as_str());
        }
        query.push(") ORDER BY last_position LIMIT ").push_bind(limit);
        query.build_query_as().fetch_all(pool).await
    })?;
    let stale = |row: StaleRow| {
        Ok(Stale {
            patient: PatientId::new(row.patient_id),
            assessment: assessment_id(&row.timepoint, row.occurrence)?,
            instrument: parse(&row.instrument)?,
            last_position: row.last_position,
        })
    };
    rows.into_iter().map(stale).collect()
}

/// All that was said of these questionnaires, by patient.
///
/// Not all that their patients said: a batch follows the order of what came in, so most patients are in most batches.
pub(super) async fn list_events(db: &Db, of: &[Stale]) -> sqlx::Result<BTreeMap<PatientId, Vec<AnswerEvent>>> {
    let rows: Vec<(Uuid, String)> = on!(db.read(), pool => {
        let mut query = QueryBuilder::new("WITH asked (patient_id, timepoint, occurrence, instrument) AS (");
        query.push_values(of, |mut row, stale| {
            row.push_bind(stale.patient.as_uuid())
                .push_bind(stale.assessment.timepoint.as_str())
                .push_bind(i64::from(stale.assessment.occurrence))
                .push_bind(stale.instrument.as_str());
        });
        query.push(") SELECT answer_event.patient_id, body
            FROM asked JOIN answer_event USING (patient_id, timepoint, occurrence, instrument) ORDER BY position");
        query.build_query_as().fetch_all(pool).await
    })?;
    let mut events: BTreeMap<PatientId, Vec<AnswerEvent>> = BTreeMap::new();
    for (patient, body) in rows {
        events.entry(PatientId::new(patient)).or_default().push(from_json(&body)?);
    }
    Ok(events)
}

/// Writes the scores of questionnaires over whatever stood there.
pub(super) async fn replace(db: &Db, scores: &[Scored]) -> sqlx::Result<()> {
    const ROWS_AT_ONCE: usize = 500;
    let mut tx = db.begin().await?;
    let rows: Vec<_> = scores
        .iter()
        .flat_map(|(of, scores)| scores.scales.iter().map(move |(scale, score)| (of, scores, scale, score)))
        .collect();
    for some in rows.chunks(ROWS_AT_ONCE) {
        on!(&mut tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO score (patient_id, timepoint, occurrence, instrument, version,
                scale, value, n_used, n_required, engine, last_position) ");
            query.push_values(some, |mut cells, (of, scores, scale, score)| {
                let (value, used, required) = match score {
                    ScaleScore::Scored { value, used, required } => (Some(*value), *used, *required),
                    ScaleScore::NotScored { answered, required } => (None, *answered, *required),
                };
                cells.push_bind(of.patient.as_uuid()).push_bind(of.assessment.timepoint.as_str())
                    .push_bind(i64::from(of.assessment.occurrence)).push_bind(of.instrument.as_str())
                    .push_bind(&scores.instrument.version).push_bind(scale.as_str()).push_bind(value)
                    .push_bind(i64::from(used)).push_bind(i64::from(required)).push_bind(&scores.engine)
                    .push_bind(of.last_position);
            });
            query.push(" ON CONFLICT (patient_id, timepoint, occurrence, instrument, scale) DO UPDATE SET
                version = excluded.version, value = excluded.value, n_used = excluded.n_used,
                n_required = excluded.n_required, engine = excluded.engine, last_position = excluded.last_position");
            query.build().execute(&mut **c).await.map(|_| ())
        })?;
    }
    tx.commit().await
}

pub(super) async fn list_values(
    _: &InvestigatorScope,
    db: &Db,
    instrument: &InstrumentVersion,
    scale: &ScaleCode,
) -> sqlx::Result<BTreeMap<TimepointKey, Vec<f64>>> {
    // in the order of the key, so that sums come out the same to the last bit
    const SQL: &str = "SELECT timepoint, value FROM score
        WHERE instrument = $1 AND version = $2 AND scale = $3 AND value IS NOT NULL
        ORDER BY patient_id, timepoint, occurrence";
    let rows: Vec<(String, f64)> = on!(db.read(), pool => sqlx::query_as(SQL).bind(instrument.key.as_str())
        .bind(&instrument.version).bind(scale.as_str()).fetch_all(pool).await)?;
    let mut values: BTreeMap<TimepointKey, Vec<f64>> = BTreeMap::new();
    for (timepoint, value) in rows {
        values.entry(parse(&timepoint)?).or_default().push(value);
    }
    Ok(values)
}

//! SQL of sync: appending in bulk, what is known, pulling by position, and what the bundle is made of.
//!
//! Bulk values travel as one parameter: JSON for the few; events as many rows on SQLite and as arrays on PostgreSQL.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

use serde_json::json;
use shared::{
    id::{AnswerEventId, DeviceId, PatientId},
    schedule::Progress,
    sync::{
        proof::Hash,
        protocol::{PulledEvent, Receipt},
    },
};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::{
    ledger::{CopyKey, CopyState, Known, NewEvent, Quarantined, Sent},
    writer::Pushed,
};
use crate::{
    auth::guard::OnePatientScope,
    db::{
        Db, Engine, LogEnd, Tx, assessment_id, column, from_column, from_json, hash, hex, instant, log_end, millis, on,
        parse, to_code,
    },
    faults,
};

/// Locks the counter until the transaction ends, and gives where the log ends.
pub(super) async fn lock_position(tx: &mut Tx) -> sqlx::Result<LogEnd> {
    const SQL: [&str; 2] = log_end!("UPDATE position SET value = value");
    LogEnd::read(tx, SQL).await
}

pub(super) async fn set_position(tx: &mut Tx, position: u64, chain: &Hash) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE position SET value = $1, chain = $2";
    on!(tx, conn => sqlx::query(SQL).bind(column(position)).bind(chain.as_slice()).execute(&mut **conn).await.map(|_| ()))
}

/// Which life of the log this is: another one after each restoration, and empty in the first.
pub(super) async fn get_life(tx: &mut Tx) -> sqlx::Result<String> {
    const SQL: &str = "SELECT life FROM position";
    let life: Option<Uuid> = on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(&mut **conn).await)?;
    Ok(life.map(|life| life.simple().to_string()).unwrap_or_default())
}

/// The last position committed by any process, and the count of other news.
///
/// # Errors
/// When the database could not.
pub async fn last_news(db: &Db) -> sqlx::Result<(u64, u64)> {
    const SQL: &str = "SELECT position.value, news.value FROM position CROSS JOIN news";
    let (position, news): (i64, i64) = on!(db.read(), pool => sqlx::query_as(SQL).fetch_one(pool).await)?;
    Ok((from_column(position), from_column(news)))
}

/// Notes, in the transaction that changes what a worklist shows, that open worklists are to be told.
///
/// # Errors
/// When the database could not.
pub async fn note_news(tx: &mut Tx) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE news SET value = value + 1";
    on!(tx, conn => sqlx::query(SQL).execute(&mut **conn).await.map(|_| ()))
}

#[derive(FromRow)]
struct KnownRow {
    event_id: Uuid,
    position: i64,
    received_at: i64,
    hash: Option<Vec<u8>>,
}

/// The receipts of those of these events that are there already; an erased one's hash is that of nothing.
pub(super) async fn find_known(tx: &mut Tx, ids: &[AnswerEventId]) -> sqlx::Result<HashMap<AnswerEventId, Known>> {
    const SQLITE: &str = "SELECT event_id, position, received_at, hash FROM answer_event
        WHERE event_id IN (SELECT unhex(value) FROM json_each($1))";
    const POSTGRES: &str = "SELECT event_id, position, received_at, hash FROM answer_event WHERE event_id = ANY($1)";
    let rows: Vec<KnownRow> = match tx {
        Engine::Sqlite(conn) => {
            let ids: Vec<String> = ids.iter().map(|id| id.as_uuid().simple().to_string()).collect();
            sqlx::query_as(SQLITE).bind(json!(ids).to_string()).fetch_all(&mut **conn).await?
        }
        Engine::Postgres(conn) => {
            let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
            sqlx::query_as(POSTGRES).bind(ids).fetch_all(&mut **conn).await?
        }
    };
    let known = |row: KnownRow| {
        let (position, received_at) = (from_column(row.position), instant(row.received_at)?);
        let hash = row.hash.as_deref().map(hash).transpose()?.unwrap_or_default();
        Ok((AnswerEventId::new(row.event_id), Known { position, received_at, hash }))
    };
    rows.into_iter().map(known).collect()
}

/// A statement over a few copies given as one JSON parameter, `touched`: its text for SQLite and for PostgreSQL.
macro_rules! over_touched {
    ($sql:literal) => {
        [
            concat!(
                "WITH touched (patient_id, timepoint, occurrence, instrument, device_id, submitted_sequence,
                     submitted_on, retrospective, received_at, last_position) AS
                 (SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, unhex(value ->> 4), value ->> 5,
                         value ->> 6, value ->> 7, value ->> 8, value ->> 9 FROM json_each($1)) ",
                $sql
            ),
            concat!(
                "WITH touched (patient_id, timepoint, occurrence, instrument, device_id, submitted_sequence,
                     submitted_on, retrospective, received_at, last_position) AS
                 (SELECT CAST(value ->> 0 AS UUID), value ->> 1, CAST(value ->> 2 AS BIGINT), value ->> 3,
                         CAST(value ->> 4 AS UUID), CAST(value ->> 5 AS BIGINT), value ->> 6,
                         CAST(value ->> 7 AS BOOLEAN), CAST(value ->> 8 AS BIGINT), CAST(value ->> 9 AS BIGINT)
                  FROM json_array_elements(CAST($1 AS JSON)) AS element (value)) ",
                $sql
            ),
        ]
    };
}

/// The parameter of such a statement.
fn touched<'a>(copies: impl Iterator<Item = (&'a CopyKey, &'a CopyState)>) -> String {
    let element = |(key, copy): (&CopyKey, &CopyState)| {
        json!([
            key.patient.as_uuid().simple().to_string(),
            key.assessment.timepoint,
            key.assessment.occurrence,
            key.instrument,
            key.device.as_uuid().simple().to_string(),
            copy.submitted.map(|sent| sent.sequence),
            copy.submitted.map(|sent| sent.on),
            copy.submitted.is_some_and(|sent| sent.retrospective),
            copy.received_at.map_or(0, millis),
            copy.last_position,
        ])
    };
    serde_json::Value::Array(copies.map(element).collect()).to_string()
}

#[derive(FromRow)]
pub(super) struct CopyKeyRow {
    patient_id: Uuid,
    timepoint: String,
    occurrence: i64,
    instrument: String,
    device_id: Uuid,
}

impl CopyKeyRow {
    pub(super) fn into_key(self) -> sqlx::Result<CopyKey> {
        Ok(CopyKey {
            patient: PatientId::new(self.patient_id),
            assessment: assessment_id(&self.timepoint, self.occurrence)?,
            instrument: parse(&self.instrument)?,
            device: DeviceId::new(self.device_id),
        })
    }
}

#[derive(FromRow)]
struct CopyRow {
    #[sqlx(flatten)]
    key: CopyKeyRow,
    submitted_sequence: Option<i64>,
    submitted_on: Option<String>,
    retrospective: bool,
    received_at: i64,
}

impl CopyRow {
    fn into_copy(self) -> sqlx::Result<(CopyKey, CopyState)> {
        let (on, retrospective) = (self.submitted_on.as_deref().map(parse).transpose()?, self.retrospective);
        let submitted = self.submitted_sequence.zip(on).map(|(sequence, on)| Sent { sequence, on, retrospective });
        let received_at = Some(instant(self.received_at)?);
        Ok((
            self.key.into_key()?,
            CopyState { said: true, transcribed: None, submitted, received_at, last_position: 0 },
        ))
    }
}

/// How far those of these copies have come that there are.
pub(super) async fn find_copies(tx: &mut Tx, keys: BTreeSet<CopyKey>) -> sqlx::Result<BTreeMap<CopyKey, CopyState>> {
    const SQL: [&str; 2] = over_touched!(
        "SELECT copy.patient_id, copy.timepoint, copy.occurrence, copy.instrument, copy.device_id,
            copy.submitted_sequence, copy.submitted_on, copy.retrospective, copy.received_at
         FROM touched JOIN questionnaire_copy AS copy ON copy.patient_id = touched.patient_id
            AND copy.timepoint = touched.timepoint AND copy.occurrence = touched.occurrence
            AND copy.instrument = touched.instrument AND copy.device_id = touched.device_id"
    );
    let (sql, nothing) = (tx.choose(SQL), CopyState::default());
    let keys = touched(keys.iter().map(|key| (key, &nothing)));
    let rows: Vec<CopyRow> = on!(tx, conn => sqlx::query_as(sql).bind(keys).fetch_all(&mut **conn).await)?;
    rows.into_iter().map(CopyRow::into_copy).collect()
}

/// Inserts events, many in one statement.
pub(super) async fn insert_events(tx: &mut Tx, events: &[NewEvent<'_>]) -> sqlx::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    match tx {
        Engine::Sqlite(conn) => insert_events_sqlite(conn, events).await,
        Engine::Postgres(conn) => insert_events_postgres(conn, events).await,
    }
}

/// Rows in one statement on SQLite, the most first: a few prepared statements serve every group, with few of them each.
const SIZES: [usize; 4] = [512, 64, 8, 1];

/// The statement for so many rows. `OR FAIL`: the whole transaction is given up anyway, so that SQLite need not keep
/// what the statement alone changed.
fn insert_rows(n: usize) -> String {
    let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let columns = "position, event_id, patient_id, timepoint, occurrence, instrument, version, device_id, sequence,
        received_at, hash, body, salt, chain";
    format!("INSERT OR FAIL INTO answer_event ({columns}) VALUES {}", vec![row; n].join(", "))
}

async fn insert_events_sqlite(conn: &mut sqlx::SqliteConnection, events: &[NewEvent<'_>]) -> sqlx::Result<()> {
    static INSERTS: LazyLock<[String; 4]> = LazyLock::new(|| SIZES.map(insert_rows));
    let mut rest = events;
    for (size, sql) in SIZES.into_iter().zip(INSERTS.iter()) {
        while let Some((chunk, later)) = rest.split_at_checked(size) {
            insert_chunk_sqlite(conn, sql, chunk).await?;
            rest = later;
            if rest.is_empty() {
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn insert_chunk_sqlite(
    conn: &mut sqlx::SqliteConnection,
    sql: &'static str,
    chunk: &[NewEvent<'_>],
) -> sqlx::Result<()> {
    let mut insert = sqlx::query(AssertSqlSafe(sql));
    for NewEvent { position, pushed, event, salt, chain } in chunk {
        insert = insert
            .bind(column(*position))
            .bind(faults::row_of(event.id))
            .bind(pushed.patient.as_uuid())
            .bind(event.assessment.timepoint.as_str())
            .bind(i64::from(event.assessment.occurrence))
            .bind(event.instrument.key.as_str())
            .bind(event.instrument.version.as_str())
            .bind(pushed.device.as_uuid())
            .bind(event.sequence)
            .bind(millis(pushed.received_at))
            .bind(event.hash.as_slice())
            .bind(event.body.as_str())
            .bind(salt.as_slice())
            .bind(chain.as_slice());
    }
    insert.execute(conn).await.map(|_| ())
}

async fn insert_events_postgres(conn: &mut sqlx::PgConnection, events: &[NewEvent<'_>]) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO answer_event (position, event_id, patient_id, timepoint, occurrence, instrument,
            version, device_id, sequence, received_at, hash, body, salt, chain)
        SELECT * FROM UNNEST($1::bigint[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::text[],
            $8::uuid[], $9::bigint[], $10::bigint[], $11::bytea[], $12::text[], $13::bytea[], $14::bytea[])";
    fn each<'a, T>(events: &'a [NewEvent<'a>], value: impl FnMut(&'a NewEvent<'a>) -> T) -> Vec<T> {
        events.iter().map(value).collect()
    }
    sqlx::query(SQL)
        .bind(each(events, |new| column(new.position)))
        .bind(each(events, |new| faults::row_of(new.event.id)))
        .bind(each(events, |new| new.pushed.patient.as_uuid()))
        .bind(each(events, |new| new.event.assessment.timepoint.as_str()))
        .bind(each(events, |new| i64::from(new.event.assessment.occurrence)))
        .bind(each(events, |new| new.event.instrument.key.as_str()))
        .bind(each(events, |new| new.event.instrument.version.as_str()))
        .bind(each(events, |new| new.pushed.device.as_uuid()))
        .bind(each(events, |new| new.event.sequence))
        .bind(each(events, |new| millis(new.pushed.received_at)))
        .bind(each(events, |new| new.event.hash.as_slice()))
        .bind(each(events, |new| new.event.body.as_str()))
        .bind(each(events, |new| new.salt.as_slice()))
        .bind(each(events, |new| new.chain.as_slice()))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Keeps what was set aside; a device that sends the same again adds nothing.
pub(super) async fn insert_quarantined(tx: &mut Tx, quarantined: &[Quarantined<'_>]) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO quarantine (device_id, patient_id, event_id, timepoint, occurrence, reason, detail,
            hash, body, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (device_id, hash) DO NOTHING";
    const COUNT: &str = "UPDATE assessment SET n_set_aside = n_set_aside + 1
        WHERE patient_id = $1 AND timepoint = $2 AND occurrence = $3";
    for Quarantined { pushed, aside } in quarantined {
        let Pushed { patient, device, received_at, .. } = pushed;
        let timepoint = aside.assessment.as_ref().map(|assessment| assessment.timepoint.as_str());
        let occurrence = aside.assessment.as_ref().map(|assessment| i64::from(assessment.occurrence));
        let reason = to_code(&aside.reason)?;
        on!(&mut *tx, conn => {
            let inserted = sqlx::query(SQL).bind(device.as_uuid()).bind(patient.as_uuid()).bind(aside.id.map(AnswerEventId::as_uuid))
                .bind(timepoint).bind(occurrence).bind(&reason).bind(&aside.detail).bind(aside.hash.as_slice())
                .bind(&aside.body).bind(millis(*received_at)).execute(&mut **conn).await?.rows_affected();
            if inserted == 1 {
                sqlx::query(COUNT).bind(patient.as_uuid()).bind(timepoint).bind(occurrence).execute(&mut **conn).await?;
            }
        });
    }
    Ok(())
}

/// Moves copies, and the questionnaires they are of, to where new events bring them.
pub(super) async fn move_questionnaires<'a>(
    tx: &mut Tx,
    copies: impl Iterator<Item = (&'a CopyKey, &'a CopyState)>,
) -> sqlx::Result<()> {
    const COPIES: [&str; 2] = over_touched!(
        "INSERT INTO questionnaire_copy (patient_id, timepoint, occurrence, instrument, device_id,
            submitted_sequence, submitted_on, retrospective, received_at)
         SELECT patient_id, timepoint, occurrence, instrument, device_id, submitted_sequence, submitted_on,
            retrospective, received_at
         FROM touched WHERE TRUE
         ON CONFLICT (patient_id, timepoint, occurrence, instrument, device_id) DO UPDATE SET
            submitted_sequence = excluded.submitted_sequence, submitted_on = excluded.submitted_on,
            retrospective = excluded.retrospective, received_at = excluded.received_at"
    );
    const QUESTIONNAIRES: [&str; 2] = over_touched!(
        "INSERT INTO questionnaire (patient_id, timepoint, occurrence, instrument, submitted_on, retrospective, n_copies,
            received_at, last_position)
         SELECT copy.patient_id, copy.timepoint, copy.occurrence, copy.instrument, MIN(copy.submitted_on),
            MIN(CASE WHEN copy.retrospective THEN 1 ELSE 0 END) = 1, COUNT(*), MAX(copy.received_at),
            latest.last_position
         FROM (SELECT patient_id, timepoint, occurrence, instrument, MAX(last_position) AS last_position
               FROM touched GROUP BY patient_id, timepoint, occurrence, instrument) AS latest
         JOIN questionnaire_copy AS copy ON copy.patient_id = latest.patient_id
            AND copy.timepoint = latest.timepoint AND copy.occurrence = latest.occurrence
            AND copy.instrument = latest.instrument
         GROUP BY copy.patient_id, copy.timepoint, copy.occurrence, copy.instrument, latest.last_position
         ON CONFLICT (patient_id, timepoint, occurrence, instrument) DO UPDATE SET
            submitted_on = excluded.submitted_on, retrospective = excluded.retrospective,
            n_copies = excluded.n_copies, received_at = excluded.received_at, last_position = excluded.last_position"
    );
    let copies: Vec<_> = copies.collect();
    if copies.is_empty() {
        return Ok(());
    }
    let all = touched(copies.iter().copied());
    let said = if copies.iter().all(|(_, copy)| copy.said) {
        None
    } else {
        Some(touched(copies.into_iter().filter(|(_, copy)| copy.said))) // a correction moves its questionnaire only
    };
    for (sql, copies) in [(COPIES, said.as_ref().unwrap_or(&all)), (QUESTIONNAIRES, &all)] {
        let sql = tx.choose(sql);
        on!(&mut *tx, conn => { sqlx::query(sql).bind(copies).execute(&mut **conn).await?; });
    }
    Ok(())
}

#[derive(FromRow)]
struct EventRow {
    position: i64,
    received_at: i64,
    hash: Vec<u8>,
    body: String,
}

impl EventRow {
    fn into_event(self) -> sqlx::Result<PulledEvent> {
        let event: shared::answers::AnswerEvent = from_json(&self.body)?;
        let (position, received_at) = (from_column(self.position), instant(self.received_at)?);
        let receipt = Receipt { id: event.id, position, received_at, hash: hex(&self.hash) };
        Ok(PulledEvent { event, receipt })
    }
}

/// This patient's events after a position, in the order of commits, at most `limit`.
pub(super) async fn list_events(
    tx: &mut Tx,
    scope: &OnePatientScope,
    after: u64,
    limit: u32,
) -> sqlx::Result<Vec<PulledEvent>> {
    const SQL: &str = "SELECT position, received_at, hash, body FROM answer_event
        WHERE patient_id = $1 AND position > $2 ORDER BY position LIMIT $3";
    let rows: Vec<EventRow> = on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).bind(column(after))
        .bind(i64::from(limit)).fetch_all(&mut **conn).await)?;
    rows.into_iter().map(EventRow::into_event).collect()
}

/// All of this patient's events, in the order of commits.
///
/// # Errors
/// When the database could not.
pub async fn list_all_events(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<PulledEvent>> {
    list_events(tx, scope, 0, u32::MAX).await
}

#[derive(FromRow)]
struct ProgressRow {
    timepoint: String,
    occurrence: i64,
    instrument: String,
    submitted_on: Option<String>,
    retrospective: bool,
}

/// How far each questionnaire of a patient has come.
///
/// # Errors
/// When the database could not.
pub async fn list_progress(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<Progress>> {
    const SQL: &str = "SELECT timepoint, occurrence, instrument, submitted_on, retrospective FROM questionnaire
        WHERE patient_id = $1 ORDER BY timepoint, occurrence, instrument";
    let rows: Vec<ProgressRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    let progress = |row: ProgressRow| {
        Ok(Progress {
            assessment: assessment_id(&row.timepoint, row.occurrence)?,
            instrument: parse(&row.instrument)?,
            submitted_on: row.submitted_on.as_deref().map(parse).transpose()?,
            retrospective: row.retrospective,
        })
    };
    rows.into_iter().map(progress).collect()
}

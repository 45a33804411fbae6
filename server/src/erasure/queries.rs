//! SQL of erasure: requests for it, what is held of a patient, and taking that away.

use shared::{
    id::{DeviceId, PatientId},
    sync::proof,
    time::Timestamp,
};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use crate::{
    auth::guard::ErasureScope,
    db::{Db, Tx, hash, instant, millis, on},
};

/// How much of one kind is held of a patient.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Holding {
    /// What, in words.
    pub what: &'static str,
    /// Rows of it.
    pub rows: i64,
}

/// Tables whose rows of a patient go, those that refer to others first, and what they hold in words.
const TABLES: [(&str, &str); 18] = [
    ("enrolment", "letters"),
    ("form", "printed forms"),
    ("reminder", "reminders"),
    ("reminder_choice", "reminders"),
    ("missing_reason", "notes and looks"),
    ("look", "notes and looks"),
    ("consent", "consents"),
    ("episode", "episodes"),
    ("milestone", "milestones"),
    ("quarantine", "set aside"),
    ("flag", "computed from answers"),
    ("score", "computed from answers"),
    ("assessment", "computed from answers"),
    ("questionnaire", "computed from answers"),
    ("questionnaire_copy", "computed from answers"),
    ("session", "sessions"),
    ("device", "devices"),
    ("patient", "enrolment"),
];

/// The rows of a table that are a patient's. A device that is not theirs may have handed in something of theirs.
fn of_patient(table: &str) -> &'static str {
    match table {
        "session" => "device_id IN (SELECT device_id FROM device WHERE patient_id = $1)",
        "quarantine" => "(patient_id = $1 OR body LIKE '%' || $2 || '%')",
        _ => "patient_id = $1",
    }
}

async fn run(tx: &mut Tx, scope: &ErasureScope, table: &str, counting: bool) -> sqlx::Result<i64> {
    let verb = if counting { "SELECT COUNT(*)" } else { "DELETE" };
    let sql = format!("{verb} FROM {table} WHERE {}", of_patient(table)); // names of tables above, nothing else
    let (patient, named) = (scope.patient().as_uuid(), scope.patient().to_string());
    let takes_name = table == "quarantine";
    on!(tx, conn => {
        if counting {
            let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(patient);
            let query = if takes_name { query.bind(named) } else { query };
            query.fetch_one(&mut **conn).await
        } else {
            let query = sqlx::query(AssertSqlSafe(sql)).bind(patient);
            let query = if takes_name { query.bind(named) } else { query };
            query.execute(&mut **conn).await.map(|_| 0)
        }
    })
}

/// What is held of a patient on the research side, by kind; answers first.
pub(super) async fn list_holdings(tx: &mut Tx, scope: &ErasureScope) -> sqlx::Result<Vec<Holding>> {
    const ANSWERS: &str = "SELECT COUNT(*) FROM answer_event WHERE patient_id = $1 AND commitment IS NULL";
    let patient = scope.patient().as_uuid();
    let rows = on!(&mut *tx, conn => sqlx::query_scalar(ANSWERS).bind(patient).fetch_one(&mut **conn).await)?;
    let mut holdings = vec![Holding { what: "answer events", rows }];
    for (table, what) in TABLES {
        let rows = run(tx, scope, table, true).await?;
        match holdings.iter_mut().find(|it| it.what == what) {
            Some(holding) => holding.rows += rows,
            None => holdings.push(Holding { what, rows }),
        }
    }
    Ok(holdings)
}

/// A patient who asked to be erased and is not yet.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Who.
    pub patient: PatientId,
    /// When they were enrolled.
    pub enrolled_at: Timestamp,
    /// When the request was entered.
    pub requested_at: Timestamp,
}

#[derive(FromRow)]
struct RequestRow {
    patient_id: Uuid,
    enrolled_at: i64,
    entered_at: i64,
}

/// Requests that stood at an instant: the last withdrawal that was entered until then asks for it.
///
/// # Errors
/// When the database could not.
pub async fn list_requests(db: &Db, at: Timestamp) -> sqlx::Result<Vec<Request>> {
    const SQL: &str = "SELECT patient.patient_id, enrolled_at, entered_at
        FROM milestone JOIN patient ON patient.patient_id = milestone.patient_id
        WHERE cause = 'stop_erase' AND NOT taken_back AND entered_at <= $1 AND enrolled_at <= $1
            AND ordinal = (SELECT MAX(ordinal) FROM milestone AS withdrawal
                WHERE withdrawal.patient_id = patient.patient_id AND withdrawal.kind = 'withdrawal'
                    AND withdrawal.entered_at <= $1)
        ORDER BY patient.patient_id";
    let rows: Vec<RequestRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(millis(at)).fetch_all(pool).await)?;
    let request = |row: RequestRow| {
        let (enrolled_at, requested_at) = (instant(row.enrolled_at)?, instant(row.entered_at)?);
        Ok(Request { patient: PatientId::new(row.patient_id), enrolled_at, requested_at })
    };
    rows.into_iter().map(request).collect()
}

/// When this patient was erased.
pub(super) async fn find_erasure(tx: &mut Tx, scope: &ErasureScope) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT erased_at FROM erasure WHERE patient_id = $1";
    let at: Option<i64> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(scope.patient().as_uuid()).fetch_optional(&mut **conn).await)?;
    at.map(instant).transpose()
}

/// Whether this device was an erased patient's.
///
/// # Errors
/// When the database could not.
pub async fn is_erased_device(db: &Db, device: DeviceId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM erased_device WHERE device_id = $1";
    let n: i64 = on!(db.read(), pool => sqlx::query_scalar(SQL).bind(device.as_uuid()).fetch_one(pool).await)?;
    Ok(n > 0)
}

/// Keeps everybody from appending and from entering anything of this patient until the transaction ends; `false` when
/// there is nobody, as an earlier run erased them.
pub(super) async fn lock(tx: &mut Tx, scope: &ErasureScope) -> sqlx::Result<bool> {
    const POSITION: &str = "UPDATE position SET value = value";
    const PATIENT: [&str; 2] = [
        "SELECT 1 FROM patient WHERE patient_id = $1",
        "SELECT CAST(1 AS BIGINT) FROM patient WHERE patient_id = $1 FOR UPDATE",
    ];
    let sql = tx.choose(PATIENT);
    let found: Option<i64> = on!(tx, conn => {
        sqlx::query(POSITION).execute(&mut **conn).await?;
        sqlx::query_scalar(sql).bind(scope.patient().as_uuid()).fetch_optional(&mut **conn).await
    })?;
    Ok(found.is_some())
}

/// Exports that hold this patient cannot be made again. One that was made while the request stood holds nothing of them.
pub(super) async fn mark_exports(
    tx: &mut Tx,
    scope: &ErasureScope,
    requested_at: Option<Timestamp>,
    now: Timestamp,
) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE export SET erased_at = $3
        WHERE made_at >= (SELECT enrolled_at FROM patient WHERE patient_id = $1) AND made_at < $2 AND erased_at IS NULL";
    let until = requested_at.map_or(i64::MAX, millis);
    on!(tx, conn => sqlx::query(SQL).bind(scope.patient().as_uuid()).bind(until).bind(millis(now))
        .execute(&mut **conn).await.map(|_| ()))
}

/// Notes the erasure: from here on in this transaction, the database lets go of what is this patient's.
pub(super) async fn note_erasure(tx: &mut Tx, scope: &ErasureScope, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO erasure (patient_id, erased_at) VALUES ($1, $2)";
    let patient = scope.patient().as_uuid();
    on!(tx, conn => sqlx::query(SQL).bind(patient).bind(millis(at)).execute(&mut **conn).await.map(|_| ()))
}

/// Notes which devices are this patient's.
pub(super) async fn note_devices(tx: &mut Tx, scope: &ErasureScope) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO erased_device (device_id)
        SELECT device_id FROM device WHERE patient_id = $1 AND kind <> 'desk'";
    on!(tx, conn => sqlx::query(SQL).bind(scope.patient().as_uuid()).execute(&mut **conn).await.map(|_| ()))
}

/// Notes that a device was an erased patient's.
pub(super) async fn note_device(tx: &mut Tx, device: Uuid) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO erased_device (device_id) VALUES ($1) ON CONFLICT DO NOTHING";
    on!(tx, conn => sqlx::query(SQL).bind(device).execute(&mut **conn).await.map(|_| ()))
}

/// Who was erased, and when.
pub(super) async fn list_erasures(tx: &mut Tx) -> sqlx::Result<Vec<(PatientId, Timestamp)>> {
    const SQL: &str = "SELECT patient_id, erased_at FROM erasure ORDER BY patient_id";
    let rows: Vec<(Uuid, i64)> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(&mut **conn).await)?;
    rows.into_iter().map(|(patient, at)| Ok((PatientId::new(patient), instant(at)?))).collect()
}

/// Devices that were an erased patient's.
pub(super) async fn list_erased_devices(tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
    const SQL: &str = "SELECT device_id FROM erased_device";
    on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(&mut **conn).await)
}

#[derive(FromRow)]
struct PayloadRow {
    position: i64,
    hash: Vec<u8>,
    salt: Vec<u8>,
}

/// Takes the payload out of every answer event of a patient; what it was committed to stays. Gives their positions.
pub(super) async fn erase_answers(tx: &mut Tx, scope: &ErasureScope) -> sqlx::Result<Vec<i64>> {
    const LIST: &str = "SELECT position, hash, salt FROM answer_event
        WHERE patient_id = $1 AND commitment IS NULL ORDER BY position";
    const ERASE: &str = "UPDATE answer_event SET commitment = $2, timepoint = NULL, occurrence = NULL,
            instrument = NULL, version = NULL, device_id = NULL, sequence = NULL, hash = NULL, body = NULL, salt = NULL
        WHERE position = $1";
    let rows: Vec<PayloadRow> = on!(&mut *tx, conn => sqlx::query_as(LIST).bind(scope.patient().as_uuid())
        .fetch_all(&mut **conn).await)?;
    for row in &rows {
        let salt = row.salt.as_slice().try_into().map_err(|_| sqlx::Error::Decode("not 16 bytes".into()))?;
        let commitment = proof::commitment(&salt, &hash(&row.hash)?);
        on!(&mut *tx, conn => {
            sqlx::query(ERASE).bind(row.position).bind(commitment.as_slice()).execute(&mut **conn).await?;
        });
    }
    Ok(rows.into_iter().map(|row| row.position).collect())
}

/// Deletes every row of a patient.
pub(super) async fn delete_rows(tx: &mut Tx, scope: &ErasureScope) -> sqlx::Result<()> {
    for (table, _) in TABLES {
        run(tx, scope, table, false).await?;
    }
    Ok(())
}

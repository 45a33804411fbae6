//! SQL of reminders and of who wants them.

use std::collections::BTreeSet;

use shared::{
    api::{ReminderChoice, ReminderOutcome},
    id::{PatientId, SiteKey, StaffId},
    schedule::{Reminder, SentReminder},
    time::{Date, Timestamp},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    auth::guard::{ManagerScope, OnePatientScope},
    db::{Db, Tx, assessment_id, from_code, instant, millis, on, parse, to_code},
};

/// A reminder that was claimed for sending.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Claim {
    pub(super) id: Uuid,
    pub(super) patient: PatientId,
    pub(super) sent: SentReminder,
    pub(super) outcome: ReminderOutcome,
    pub(super) n_tries: u8,
    pub(super) claimed_at: Timestamp,
    pub(super) tried_at: Timestamp,
}

#[derive(FromRow)]
struct ClaimRow {
    reminder_id: Uuid,
    patient_id: Uuid,
    rule: String,
    timepoint: String,
    occurrence: i64,
    nth: i64,
    state: String,
    n_tries: i64,
    claimed_at: i64,
    claimed_on: String,
    tried_at: i64,
}

impl ClaimRow {
    fn into_claim(self) -> sqlx::Result<Claim> {
        let reminder = Reminder {
            assessment: assessment_id(&self.timepoint, self.occurrence)?,
            rule: parse(&self.rule)?,
            nth: u16::try_from(self.nth).unwrap_or(u16::MAX),
        };
        Ok(Claim {
            id: self.reminder_id,
            patient: PatientId::new(self.patient_id),
            sent: SentReminder { reminder, on: parse(&self.claimed_on)? },
            outcome: from_code(&self.state)?,
            n_tries: u8::try_from(self.n_tries).unwrap_or(u8::MAX),
            claimed_at: instant(self.claimed_at)?,
            tried_at: instant(self.tried_at)?,
        })
    }
}

/// Locks a patient until the transaction ends: nobody enters a milestone, a reason or a choice meanwhile.
///
/// On PostgreSQL their foreign keys wait for this lock, and this for theirs; on SQLite one transaction writes at a time.
pub(super) async fn lock(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<()> {
    const SQL: [&str; 2] = [
        "SELECT 1 FROM patient WHERE patient_id = $1",
        "SELECT CAST(1 AS BIGINT) FROM patient WHERE patient_id = $1 FOR UPDATE",
    ];
    let sql = tx.choose(SQL);
    let _: Option<i64> =
        on!(tx, conn => sqlx::query_scalar(sql).bind(scope.patient().as_uuid()).fetch_optional(&mut **conn).await)?;
    Ok(())
}

/// Everything that was claimed for a patient, the newest first.
pub(super) async fn list(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<Claim>> {
    const SQL: &str = "SELECT reminder_id, patient_id, rule, timepoint, occurrence, nth, state, n_tries, claimed_at,
            claimed_on, tried_at
        FROM reminder WHERE patient_id = $1 ORDER BY claimed_at DESC, reminder_id";
    let rows: Vec<ClaimRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    rows.into_iter().map(ClaimRow::into_claim).collect()
}

/// Claims whose message is to be tried again by now.
pub(super) async fn list_failed(db: &Db, _: &ManagerScope, now: Timestamp) -> sqlx::Result<Vec<Claim>> {
    const SQL: &str = "SELECT reminder_id, patient_id, rule, timepoint, occurrence, nth, state, n_tries, claimed_at,
            claimed_on, tried_at
        FROM reminder WHERE state = 'failed' AND next_try_at <= $1 ORDER BY next_try_at, reminder_id";
    let rows: Vec<ClaimRow> = on!(db.read(), pool => sqlx::query_as(SQL).bind(millis(now)).fetch_all(pool).await)?;
    rows.into_iter().map(ClaimRow::into_claim).collect()
}

/// Patients of these sites to whom something was claimed since a day; of every site, if none is named.
pub(super) async fn list_reminded(db: &Db, _: &ManagerScope, since: Date) -> sqlx::Result<BTreeSet<PatientId>> {
    const SQL: &str = "SELECT DISTINCT patient_id FROM reminder WHERE claimed_on >= $1";
    let ids: Vec<Uuid> = on!(db.read(), pool => sqlx::query_scalar(SQL).bind(since.to_string()).fetch_all(pool).await)?;
    Ok(ids.into_iter().map(PatientId::new).collect())
}

/// The following site of a patient.
pub(super) async fn find_site(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Option<SiteKey>> {
    const SQL: &str = "SELECT site FROM patient WHERE patient_id = $1";
    let site: Option<String> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(scope.patient().as_uuid()).fetch_optional(&mut **conn).await)?;
    site.as_deref().map(parse).transpose()
}

/// Claims a reminder; `false` when somebody else did.
pub(super) async fn claim(tx: &mut Tx, claim: &Claim, stop_hash: &[u8]) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO reminder (reminder_id, patient_id, rule, timepoint, occurrence, nth, state, n_tries,
            stop_hash, claimed_at, claimed_on, tried_at, detail)
        VALUES ($1, $2, $3, $4, $5, $6, 'claimed', 1, $7, $8, $9, $8, '')
        ON CONFLICT (patient_id, rule, timepoint, occurrence, nth) DO NOTHING";
    let SentReminder { reminder, on } = &claim.sent;
    let inserted = on!(tx, conn => sqlx::query(SQL).bind(claim.id).bind(claim.patient.as_uuid())
        .bind(reminder.rule.as_str()).bind(reminder.assessment.timepoint.as_str())
        .bind(i64::from(reminder.assessment.occurrence)).bind(i64::from(reminder.nth)).bind(stop_hash)
        .bind(millis(claim.claimed_at)).bind(on.to_string()).execute(&mut **conn).await?.rows_affected());
    Ok(inserted == 1)
}

/// Claims a reminder for another try; `false` when somebody else did.
pub(super) async fn claim_again(tx: &mut Tx, claim: &Claim, stop_hash: &[u8], now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE reminder SET state = 'claimed', n_tries = n_tries + 1, stop_hash = $3, tried_at = $4,
            next_try_at = NULL
        WHERE reminder_id = $1 AND state = 'failed' AND n_tries = $2";
    let updated = on!(tx, conn => sqlx::query(SQL).bind(claim.id).bind(i64::from(claim.n_tries)).bind(stop_hash)
        .bind(millis(now)).execute(&mut **conn).await?.rows_affected());
    Ok(updated == 1)
}

/// Lets go of a reminder that failed and whose reason fell away.
pub(super) async fn let_go(tx: &mut Tx, claim: &Claim) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE reminder SET state = 'void', next_try_at = NULL
        WHERE reminder_id = $1 AND state = 'failed' AND n_tries = $2";
    on!(tx, conn => sqlx::query(SQL).bind(claim.id).bind(i64::from(claim.n_tries)).execute(&mut **conn).await
        .map(|_| ()))
}

/// Notes what became of a claim.
pub(super) async fn end(
    db: &Db,
    claim: &Claim,
    outcome: ReminderOutcome,
    next_try_at: Option<Timestamp>,
    detail: &str,
) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE reminder SET state = $2, next_try_at = $3, detail = $4
        WHERE reminder_id = $1 AND state = 'claimed'";
    let (word, next) = (to_code(&outcome)?, next_try_at.map(millis));
    on!(db.write(), pool => sqlx::query(SQL).bind(claim.id).bind(word).bind(next).bind(detail).execute(pool).await
        .map(|_| ()))
}

/// Whether the patient has not said to stop.
pub(super) async fn wants(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<bool> {
    Ok(list_choices(tx, scope).await?.first().is_none_or(|choice| choice.wanted))
}

#[derive(FromRow)]
struct ChoiceRow {
    wanted: bool,
    username: Option<String>,
    entered_at: i64,
}

/// What was said about a patient's reminders, the newest first.
pub(super) async fn list_choices(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<ReminderChoice>> {
    const SQL: &str = "SELECT wanted, username, entered_at
        FROM reminder_choice LEFT JOIN staff ON staff.staff_id = reminder_choice.entered_by
        WHERE patient_id = $1 ORDER BY ordinal DESC";
    let rows: Vec<ChoiceRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    let choice = |row: ChoiceRow| {
        Ok(ReminderChoice { wanted: row.wanted, entered_by: row.username, entered_at: instant(row.entered_at)? })
    };
    rows.into_iter().map(choice).collect()
}

/// Appends what was said; by the patient, if by no member of staff.
pub(super) async fn choose(
    tx: &mut Tx,
    patient: PatientId,
    wanted: bool,
    staff: Option<StaffId>,
    now: Timestamp,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO reminder_choice (patient_id, ordinal, wanted, entered_by, entered_at)
        SELECT $1, COALESCE(MAX(ordinal), 0) + 1, $2, $3, $4 FROM reminder_choice WHERE patient_id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(patient.as_uuid()).bind(wanted).bind(staff.map(StaffId::as_uuid))
        .bind(millis(now)).execute(&mut **conn).await.map(|_| ()))
}

/// Whose message holds this link to stop, and in which language that patient reads.
pub(super) async fn find_by_stop_link(tx: &mut Tx, hash: &[u8]) -> sqlx::Result<Option<(PatientId, String)>> {
    const SQL: &str = "SELECT patient.patient_id, language FROM reminder
        JOIN patient ON patient.patient_id = reminder.patient_id WHERE stop_hash = $1";
    let row: Option<(Uuid, String)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(hash).fetch_optional(&mut **conn).await)?;
    Ok(row.map(|(patient, language)| (PatientId::new(patient), language)))
}

/// When the patient's own devices were enrolled and revoked.
pub(super) async fn list_own_devices(
    tx: &mut Tx,
    scope: &OnePatientScope,
) -> sqlx::Result<Vec<(Timestamp, Option<Timestamp>)>> {
    const SQL: &str = "SELECT enrolled_at, revoked_at FROM device WHERE patient_id = $1 AND kind = 'own'";
    let rows: Vec<(i64, Option<i64>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    rows.into_iter().map(|(from, until)| Ok((instant(from)?, until.map(instant).transpose()?))).collect()
}

/// Notes that reminders were looked through.
pub(super) async fn note_looked(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE reminding SET looked_at = $1";
    on!(db.write(), pool => sqlx::query(SQL).bind(millis(now)).execute(pool).await.map(|_| ()))
}

/// When reminders were last looked through.
pub(super) async fn find_looked(db: &Db) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT looked_at FROM reminding";
    let at: Option<i64> = on!(db.read(), pool => sqlx::query_scalar(SQL).fetch_one(pool).await)?;
    at.map(instant).transpose()
}

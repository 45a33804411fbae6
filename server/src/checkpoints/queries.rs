//! SQL of checkpoints: leaves as the logs' rows give them, kept roots, kept notes.

use shared::{
    id::AnswerEventId,
    sync::proof::{self, AuditLog, Hash},
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Checkpoint, Log};
use crate::{
    auth::guard::OnePatientScope,
    db::{Db, Tx, column, from_column, hash, instant, millis, on},
};

#[derive(FromRow)]
pub(super) struct AnswerRow {
    position: i64,
    event_id: Uuid,
    received_at: i64,
    hash: Option<Vec<u8>>,
    salt: Option<Vec<u8>>,
    commitment: Option<Vec<u8>>,
}

/// An answer event as its log has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnswerEntry {
    pub(super) position: u64,
    pub(super) event: AnswerEventId,
    pub(super) received_at: Timestamp,
    pub(super) hash: Hash,
    pub(super) salt: proof::Salt,
}

impl AnswerRow {
    /// Its hash and its salt, unless they were erased.
    fn opening(&self) -> sqlx::Result<Option<(Hash, proof::Salt)>> {
        let Some((bytes, salt)) = self.hash.as_ref().zip(self.salt.as_deref()) else { return Ok(None) };
        let salt = salt.try_into().map_err(|_| sqlx::Error::Decode("not 16 bytes".into()))?;
        Ok(Some((hash(bytes)?, salt)))
    }

    fn into_leaf(self) -> sqlx::Result<Hash> {
        let commitment = match self.opening()? {
            Some((hash, salt)) => proof::commitment(&salt, &hash),
            None => hash(self.commitment.as_deref().unwrap_or_default())?,
        };
        let (event, received_at) = (AnswerEventId::new(self.event_id), instant(self.received_at)?);
        Ok(proof::answer_leaf(from_column(self.position), received_at, event, &commitment))
    }

    fn into_entry(self) -> sqlx::Result<Option<AnswerEntry>> {
        let Some((hash, salt)) = self.opening()? else { return Ok(None) };
        let (position, received_at) = (from_column(self.position), instant(self.received_at)?);
        Ok(Some(AnswerEntry { position, event: AnswerEventId::new(self.event_id), received_at, hash, salt }))
    }
}

#[derive(FromRow)]
struct AuditRow {
    audit_id: i64,
    is_security: bool,
    at: i64,
    commitment: Vec<u8>,
}

impl AuditRow {
    fn into_leaf(self) -> sqlx::Result<Hash> {
        let log = if self.is_security { AuditLog::Security } else { AuditLog::Clinical };
        let (at, commitment) = (instant(self.at)?, hash(&self.commitment)?);
        Ok(proof::audit_leaf(from_column(self.audit_id), log, at, &commitment))
    }
}

/// The leaves after an entry, at most `limit`.
pub(super) async fn list_leaves(tx: &mut Tx, log: Log, after: u64, limit: u64) -> sqlx::Result<Vec<Hash>> {
    const ANSWERS: &str = "SELECT position, event_id, received_at, hash, salt, commitment FROM answer_event
        WHERE position > $1 ORDER BY position LIMIT $2";
    const AUDIT: &str = "SELECT audit_id, log = 'security' AS is_security, at, commitment FROM audit
        WHERE audit_id > $1 ORDER BY audit_id LIMIT $2";
    let (after, limit) = (column(after), column(limit));
    match log {
        Log::Answers => {
            let rows: Vec<AnswerRow> =
                on!(tx, conn => sqlx::query_as(ANSWERS).bind(after).bind(limit).fetch_all(&mut **conn).await)?;
            rows.into_iter().map(AnswerRow::into_leaf).collect()
        }
        Log::Audit => {
            let rows: Vec<AuditRow> =
                on!(tx, conn => sqlx::query_as(AUDIT).bind(after).bind(limit).fetch_all(&mut **conn).await)?;
            rows.into_iter().map(AuditRow::into_leaf).collect()
        }
    }
}

/// An answer event of this patient.
pub(super) async fn find_entry(
    tx: &mut Tx,
    scope: &OnePatientScope,
    position: u64,
) -> sqlx::Result<Option<AnswerEntry>> {
    const SQL: &str = "SELECT position, event_id, received_at, hash, salt, commitment FROM answer_event
        WHERE position = $1 AND patient_id = $2";
    let row: Option<AnswerRow> = on!(tx, conn => sqlx::query_as(SQL).bind(column(position))
        .bind(scope.patient().as_uuid()).fetch_optional(&mut **conn).await)?;
    Ok(row.map(AnswerRow::into_entry).transpose()?.flatten())
}

/// The kept roots of a log's first blocks.
pub(super) async fn list_blocks(tx: &mut Tx, log: Log) -> sqlx::Result<Vec<Hash>> {
    const SQL: &str = "SELECT block, root FROM tree_block WHERE log = $1 ORDER BY block";
    let rows: Vec<(i64, Vec<u8>)> = on!(tx, conn => sqlx::query_as(SQL).bind(log.word()).fetch_all(&mut **conn).await)?;
    let first = (0..).zip(rows).take_while(|(nth, (block, _))| nth == block); // one that is gone is made anew, and those after
    first.map(|(_, (_, root))| hash(&root)).collect()
}

/// Keeps a checkpoint and the roots it was made from; the same again adds nothing.
pub(super) async fn insert(tx: &mut Tx, checkpoint: &Checkpoint, now: Timestamp) -> sqlx::Result<()> {
    const NOTE: &str = "INSERT INTO checkpoint (log, size, note, made_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (log, size) DO NOTHING";
    const BLOCK: &str = "INSERT INTO tree_block (log, block, root) VALUES ($1, $2, $3)
        ON CONFLICT (log, block) DO NOTHING";
    let Checkpoint { log, size, note, new_blocks } = checkpoint;
    for (block, root) in new_blocks {
        on!(&mut *tx, conn => { sqlx::query(BLOCK).bind(log.word()).bind(column(*block)).bind(root.as_slice())
            .execute(&mut **conn).await?; });
    }
    on!(tx, conn => sqlx::query(NOTE).bind(log.word()).bind(column(*size)).bind(note).bind(millis(now))
        .execute(&mut **conn).await.map(|_| ()))
}

/// When the last checkpoint was made.
pub(super) async fn find_last(db: &Db) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT MAX(made_at) FROM checkpoint";
    let last: Option<i64> = on!(db.read(), pool => sqlx::query_scalar(SQL).fetch_one(pool).await)?;
    last.map(instant).transpose()
}

//! The one writer of answer events in this process: it takes whatever waits and commits it together.
//!
//! A commit waits for the disk; sixty-four pushes in one wait for it once. Nothing is acknowledged before the
//! commit. When a group fails, each of its pushes is tried alone, so that one cannot spoil the others; when the
//! database is out, none is tried again: the devices keep what they have.

use std::{collections::BTreeSet, sync::Arc};

use shared::{
    id::{DeviceId, PatientId},
    study::Study,
    sync::protocol::PushOutcome,
    time::Timestamp,
};
use tokio::sync::{mpsc, oneshot};

use super::{
    judge::Verdict,
    ledger::{CopyKey, Ledger},
    live::News,
    queries,
};
use crate::{
    assessments,
    db::{self, Db},
};

/// Most pushes in one transaction.
const GROUP: usize = 64;

/// Pushes that may wait; more wait at the door.
const WAITING: usize = 1_024;

/// A judged push.
#[derive(Debug)]
pub struct Pushed {
    pub(super) patient: PatientId,
    pub(super) device: DeviceId,
    pub(super) received_at: Timestamp,
    pub(super) verdicts: Vec<Verdict>,
}

impl Pushed {
    pub(super) fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    fn fit(&self) -> impl Iterator<Item = &super::judge::FitEvent> {
        self.verdicts.iter().filter_map(|verdict| match verdict {
            Verdict::Fit(event) => Some(event),
            Verdict::Aside(_) => None,
        })
    }
}

struct Job {
    pushed: Pushed,
    reply: oneshot::Sender<sqlx::Result<Vec<PushOutcome>>>,
}

/// The way to the writer; it stops once every clone of this is gone and what waits is committed.
#[derive(Clone, Debug)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
}

/// The writer is gone: the server is stopping.
#[derive(Debug, thiserror::Error)]
#[error("the writer has stopped")]
pub struct WriterStopped;

impl Writer {
    /// Starts the writer; `news` hears each last position that was committed.
    #[must_use]
    pub fn start(db: Db, study: Arc<Study>, news: News) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING);
        tokio::spawn(work(db, study, waiting, news));
        Self { jobs }
    }

    /// Hands in a push and waits until it is durably committed.
    ///
    /// # Errors
    /// When it could not be committed: nothing of it is kept then.
    pub async fn append(&self, pushed: Pushed) -> anyhow::Result<sqlx::Result<Vec<PushOutcome>>> {
        let (reply, outcome) = oneshot::channel();
        self.jobs.send(Job { pushed, reply }).await.map_err(|_| WriterStopped)?;
        Ok(outcome.await.map_err(|_| WriterStopped)?)
    }
}

async fn work(db: Db, study: Arc<Study>, mut waiting: mpsc::Receiver<Job>, news: News) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let pushes: Vec<&Pushed> = group.iter().map(|job| &job.pushed).collect();
        let committed = commit(&db, &study, &pushes).await;
        match committed {
            Ok((position, outcomes)) => {
                news.tell(position);
                for (job, outcomes) in group.drain(..).zip(outcomes) {
                    let _ = job.reply.send(Ok(outcomes)); // whoever hung up pushes again and gets the same receipts
                }
            }
            Err(error) if group.len() == 1 || db::is_outage(&error) => refuse(&mut group, &error),
            Err(error) => {
                tracing::warn!(%error, pushes = group.len(), "a group failed; each push is tried alone");
                alone(&db, &study, &mut group, &news).await;
            }
        }
    }
}

/// Tells everyone in the group that nothing was kept.
fn refuse(group: &mut Vec<Job>, error: &sqlx::Error) {
    tracing::error!(%error, pushes = group.len(), "nothing was committed");
    for job in group.drain(..) {
        let told =
            if db::is_outage(error) { sqlx::Error::PoolTimedOut } else { sqlx::Error::Protocol(error.to_string()) };
        let _ = job.reply.send(Err(told));
    }
}

async fn alone(db: &Db, study: &Study, group: &mut Vec<Job>, news: &News) {
    for job in group.drain(..) {
        let outcome = match commit(db, study, &[&job.pushed]).await {
            Ok((position, outcomes)) => {
                news.tell(position);
                Ok(outcomes.into_iter().flatten().collect())
            }
            Err(error) => Err(error),
        };
        let _ = job.reply.send(outcome);
    }
}

/// One transaction over these pushes: reads what is known, decides, writes, commits.
async fn commit(db: &Db, study: &Study, pushes: &[&Pushed]) -> sqlx::Result<(u64, Vec<Vec<PushOutcome>>)> {
    let mut tx = db.begin().await?;
    let before = queries::lock_position(&mut tx).await?;
    let ids: Vec<_> = pushes.iter().flat_map(|pushed| pushed.fit()).map(|event| event.id).collect();
    let keys = pushes.iter().flat_map(|pushed| pushed.fit().map(|event| CopyKey::of(pushed, event))).collect();
    let mut ledger = Ledger {
        position: before,
        known: queries::find_known(&mut tx, &ids).await?,
        copies: queries::find_copies(&mut tx, keys).await?,
        new_events: Vec::with_capacity(ids.len()),
        quarantined: Vec::new(),
    };
    let outcomes = pushes.iter().map(|pushed| ledger.admit(pushed)).collect();
    queries::insert_events(&mut tx, &ledger.new_events).await?;
    queries::insert_quarantined(&mut tx, &ledger.quarantined).await?;
    queries::move_questionnaires(&mut tx, &ledger).await?;
    let moved: BTreeSet<PatientId> = ledger.new_events.iter().map(|new| new.patient).collect();
    assessments::replan_all(&mut tx, study, &Vec::from_iter(moved)).await?;
    if ledger.position > before {
        queries::set_position(&mut tx, ledger.position).await?;
    }
    tx.commit().await?;
    Ok((ledger.position, outcomes))
}

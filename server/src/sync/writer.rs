//! The one writer of answer events in this process: it takes whatever waits and commits it together.
//!
//! A commit waits for the disk; sixty-four pushes in one wait for it once. Nothing is acknowledged before the
//! commit. When a group fails, each of its pushes is tried alone, so that one cannot spoil the others; when the
//! database is out, none is tried again: the devices keep what they have.

use std::{collections::HashMap, io, thread};

use shared::{
    id::{DeviceId, PatientId},
    sync::protocol::PushOutcome,
    time::Timestamp,
};
use tokio::{
    runtime::Builder,
    sync::{mpsc, oneshot},
};

use super::{
    judge::Verdict,
    ledger::{CopyKey, Ledger},
    live::News,
    queries,
};
use crate::{
    audit, auth,
    db::{self, Db, Tx},
    faults,
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
    /// The device is a desk that is enrolled with this push, its only one.
    pub(super) desk: Option<NewDesk>,
}

/// What enrols a desk in the transaction that takes in what was typed at it, so that there is all of it or nothing.
#[derive(Debug)]
pub(super) struct NewDesk {
    /// Nobody has the credential.
    pub(super) credential_hash: Vec<u8>,
    pub(super) audited: audit::Entry,
}

impl Pushed {
    /// Its events that are fit to be appended.
    pub(super) fn fit(&self) -> impl Iterator<Item = &super::judge::FitEvent> {
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
    /// Starts the writer on a thread of its own: what the database answers reaches it at once, and not after whatever
    /// else is being judged. `news` hears each last position that was committed.
    ///
    /// # Errors
    /// When the machine has no thread left.
    pub fn start(db: Db, news: News) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("writer".to_owned()).spawn(move || runtime.block_on(work(db, waiting, news)))?;
        Ok(Self { jobs })
    }

    /// Hands in a push and waits until it is durably committed; nothing comes back of a desk that is used again.
    ///
    /// # Errors
    /// When it could not be committed: nothing of it is kept then.
    pub async fn append(&self, pushed: Pushed) -> anyhow::Result<sqlx::Result<Vec<PushOutcome>>> {
        let (reply, outcome) = oneshot::channel();
        self.jobs.send(Job { pushed, reply }).await.map_err(|_| WriterStopped)?;
        Ok(outcome.await.map_err(|_| WriterStopped)?)
    }
}

async fn work(db: Db, mut waiting: mpsc::Receiver<Job>, news: News) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let pushes: Vec<&Pushed> = group.iter().map(|job| &job.pushed).collect();
        let committed = commit(&db, &pushes).await;
        match committed {
            Ok((position, outcomes)) => {
                news.tell(position);
                faults::pass("after-commit");
                for (job, outcomes) in group.drain(..).zip(outcomes) {
                    faults::pass("between-replies");
                    let _ = job.reply.send(Ok(outcomes)); // whoever hung up pushes again and gets the same receipts
                }
            }
            Err(error) if group.len() == 1 || db::is_outage(&error) => refuse(&mut group, &error),
            Err(error) => {
                tracing::warn!(%error, pushes = group.len(), "a group failed; each push is tried alone");
                alone(&db, &mut group, &news).await;
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

async fn alone(db: &Db, group: &mut Vec<Job>, news: &News) {
    for job in group.drain(..) {
        let outcome = match commit(db, &[&job.pushed]).await {
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
///
/// Nearly every event is new, so they are inserted without looking first; when the database finds that an id is
/// there already, the transaction is begun again with looking.
async fn commit(db: &Db, pushes: &[&Pushed]) -> sqlx::Result<(u64, Vec<Vec<PushOutcome>>)> {
    match try_commit(db, pushes, Looking::No).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            try_commit(db, pushes, Looking::ForKnown).await
        }
        committed => committed,
    }
}

/// Enrols the desk that a push is typed in at; `false` when there is such a device already, and nothing is to be taken
/// in from it.
async fn enrol(tx: &mut Tx, pushed: &Pushed) -> sqlx::Result<bool> {
    let Some(NewDesk { credential_hash, .. }) = &pushed.desk else { return Ok(true) };
    auth::enrol_desk(tx, pushed.patient, pushed.device, credential_hash, pushed.received_at).await
}

/// Whether ids that are there already are looked for before inserting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Looking {
    No,
    ForKnown,
}

async fn try_commit(db: &Db, pushes: &[&Pushed], looking: Looking) -> sqlx::Result<(u64, Vec<Vec<PushOutcome>>)> {
    let mut tx = db.begin().await?;
    let end = queries::lock_position(&mut tx).await?;
    let before = end.number;
    let known = match looking {
        Looking::No => HashMap::new(),
        Looking::ForKnown => {
            let ids: Vec<_> = pushes.iter().flat_map(|pushed| pushed.fit()).map(|event| event.id).collect();
            queries::find_known(&mut tx, &ids).await?
        }
    };
    let keys = pushes.iter().flat_map(|pushed| CopyKey::all_of(pushed)).collect();
    let mut ledger = Ledger {
        end,
        known,
        copies: queries::find_copies(&mut tx, keys).await?,
        new_events: Vec::new(),
        quarantined: Vec::new(),
    };
    let (mut outcomes, mut enrolled) = (Vec::with_capacity(pushes.len()), Vec::new());
    for pushed in pushes {
        let is_new = enrol(&mut tx, pushed).await?;
        enrolled.extend(pushed.desk.as_ref().filter(|_| is_new).map(|desk| (&desk.audited, pushed.received_at)));
        outcomes.push(if is_new { ledger.admit(pushed) } else { Vec::new() });
    }
    queries::insert_events(&mut tx, &ledger.new_events).await?;
    faults::pass("half-written");
    queries::insert_quarantined(&mut tx, &ledger.quarantined).await?;
    if !ledger.quarantined.is_empty() {
        queries::note_news(&mut tx).await?;
    }
    queries::move_questionnaires(&mut tx, ledger.touched()).await?;
    if ledger.end.number > before {
        queries::set_position(&mut tx, ledger.end.number, &ledger.end.chain).await?;
    }
    for (entry, at) in enrolled {
        audit::append(&mut tx, entry, at).await?;
    }
    faults::pass("before-commit");
    faults::commit(tx).await?;
    Ok((ledger.end.number, outcomes))
}

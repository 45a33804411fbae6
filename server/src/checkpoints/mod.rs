//! Signed heads of the two logs: what the server held is told so that it cannot be taken back. See `docs/protocol.md`.
//!
//! One is made each day, with each export and whenever somebody asks for one to keep elsewhere. A device can ask for
//! the proof that an answer event is in the log.

mod keep;
mod key;
mod note;
mod queries;
mod routes;
mod tree;

use shared::{sync::proof::Hash, time::Timestamp};

pub use keep::keep_checkpoints;
pub use key::CheckpointKey;
pub use routes::routes;

use self::tree::LogTree;
use crate::{
    db::{Db, Tx},
    retention,
};

/// One of the two logs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Log {
    Answers,
    Audit,
}

impl Log {
    const BOTH: [Self; 2] = [Self::Answers, Self::Audit];

    const fn word(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Audit => "audit",
        }
    }
}

/// The head of a log, signed.
#[derive(Clone, Debug)]
struct Checkpoint {
    log: Log,
    size: u64,
    note: String,
    /// Roots of blocks that were made on the way, by their number from 0.
    new_blocks: Vec<(u64, Hash)>,
}

/// Makes a checkpoint of each log, keeps them, and gives them as one text: the notes with an empty line between.
///
/// # Errors
/// When the database could not be read or written; nothing is kept then.
pub async fn make(db: &Db, key: &CheckpointKey, now: Timestamp) -> sqlx::Result<String> {
    let mut snapshot = db.snapshot().await?;
    let mut made = Vec::new();
    for log in Log::BOTH {
        made.push(sign(&mut snapshot, key, log).await?);
    }
    drop(snapshot);
    let mut tx = db.begin().await?;
    for checkpoint in &made {
        queries::insert(&mut tx, checkpoint, now).await?;
    }
    tx.commit().await?;
    Ok(made.into_iter().map(|it| it.note).collect::<Vec<_>>().join("\n"))
}

async fn sign(snapshot: &mut Tx, key: &CheckpointKey, log: Log) -> sqlx::Result<Checkpoint> {
    let tree = LogTree::load(snapshot, log).await?;
    let (size, note) = (tree.size(), key.sign(log, tree.size(), &tree.root()));
    Ok(Checkpoint { log, size, note, new_blocks: tree.into_new_blocks() })
}

/// What is due each day: checkpoints, and the end of what is kept for a time only.
///
/// # Errors
/// When the database could not.
pub async fn make_daily(db: &Db, key: &CheckpointKey, now: Timestamp) -> sqlx::Result<()> {
    if queries::find_last(db).await?.is_some_and(|last| now.duration_since(last) < keep::DAY) {
        return Ok(());
    }
    let purged = retention::purge(db, now).await?;
    make(db, key, now).await?;
    tracing::info!(?purged, "checkpoints were made, and what was due was taken away");
    Ok(())
}

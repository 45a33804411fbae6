//! Holding a research database against its own logs and checkpoints, and against checkpoints that were kept elsewhere.
//!
//! It reads in one snapshot and writes nothing. It shares no code with the server: its SQL, its hashes and its reading
//! of checkpoints are written anew from `docs/protocol.md`.

mod answers;
mod audit;
mod erasures;
mod hashes;
mod note;
mod queries;
mod report;
mod walk;

use std::{collections::BTreeMap, io, path::PathBuf};

pub use queries::Database;
pub use report::{Finding, Kind, Log, LogReport, Report};

use crate::{
    erasures::Erasures,
    note::{Checkpoint, Key},
    queries::Snapshot,
    walk::{Vouched, Walk},
};

/// What to verify, and against what.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The research database.
    pub database: Database,
    /// The file of the public keys of checkpoints, one a line.
    pub keys: PathBuf,
    /// A file of checkpoints that was kept elsewhere.
    pub against: Option<PathBuf>,
    /// Now, in milliseconds since 1970.
    pub now: i64,
}

/// Why nothing could be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database cannot be read, or is none of Ressenti's.
    #[error("the database could not be read: {0}")]
    Database(#[from] sqlx::Error),
    /// A file cannot be read.
    #[error("{0} could not be read: {1}")]
    File(PathBuf, io::Error),
    /// A file is not what it should be.
    #[error("{0} holds something else than {1}")]
    NotSuch(PathBuf, &'static str),
    /// Another log's checkpoints cannot be held against this one.
    #[error("{0} holds no checkpoint that a key of {1} signed")]
    OfAnother(PathBuf, PathBuf),
}

/// Verifies; what does not fit is in the report.
///
/// # Errors
/// When nothing could be said, as something could not be read.
pub async fn verify(asked: &Asked) -> Result<Report, VerifyError> {
    let mut snapshot = Snapshot::open(&asked.database).await?;
    let keys = read_keys(asked)?;
    let kept = read_against(asked, &keys)?;
    let erasures = Erasures::read(snapshot.list_erasures().await?);
    let noted = snapshot.list_noted().await?;
    let mut reports = Vec::new();
    for log in [Log::Answers, Log::Audit] {
        let ends = snapshot.find_ends(log.word()).await?;
        let blocks = snapshot.list_blocks(log.word()).await?;
        let (vouched, findings) = gather(&mut snapshot, log, &keys, &kept).await?;
        let mut walk = Walk::new(log, vouched, blocks);
        for (size, what) in findings {
            walk.find(Kind::Unsigned, size, size, what);
        }
        if log == Log::Audit && noted.iter().any(|(patient,)| !erasures.know(patient)) {
            let last = ends.first().map_or(0, |end| end.value);
            walk.find(Kind::Missing, 1, last, "an erasure is noted, and no entry tells of it");
        }
        reports.push(match log {
            Log::Answers => answers::walk(&mut snapshot, walk, &ends, &erasures).await?,
            Log::Audit => audit::walk(&mut snapshot, walk, &ends, &erasures, asked.now).await?,
        });
    }
    let logs = reports.try_into().map_err(|_| sqlx::Error::RowNotFound)?;
    Ok(Report { logs })
}

type Gathered = (BTreeMap<u64, Vec<Vouched>>, Vec<(i64, String)>);

/// Whatever vouches for a log, by size, and what only seems to.
async fn gather(snapshot: &mut Snapshot, log: Log, keys: &[Key], kept: &[Checkpoint]) -> sqlx::Result<Gathered> {
    let (mut vouched, mut findings) = (BTreeMap::<u64, Vec<Vouched>>::new(), Vec::new());
    for row in snapshot.list_checkpoints(log.word()).await? {
        let read = String::from_utf8(row.note).ok().and_then(|note| Checkpoint::parse(&note));
        let of_row = read.filter(|it| is_of(it, log) && i64::try_from(it.size) == Ok(row.size) && it.is_signed(keys));
        if let Some(it) = of_row {
            vouched.entry(it.size).or_default().push(Vouched { by: "a checkpoint".to_owned(), root: it.root });
        } else {
            findings.push((row.size, "the checkpoint of this size was altered, or signed by no known key".to_owned()));
        }
    }
    for it in kept.iter().filter(|it| is_of(it, log)) {
        vouched
            .entry(it.size)
            .or_default()
            .push(Vouched { by: "the checkpoint kept elsewhere".to_owned(), root: it.root });
    }
    Ok((vouched, findings))
}

fn is_of(checkpoint: &Checkpoint, log: Log) -> bool {
    checkpoint.origin.rsplit_once('/').is_some_and(|(_, name)| name == log.word())
}

fn read_keys(asked: &Asked) -> Result<Vec<Key>, VerifyError> {
    let path = &asked.keys;
    let text = std::fs::read_to_string(path).map_err(|error| VerifyError::File(path.clone(), error))?;
    let keys = text.lines().map(Key::parse).collect::<Option<Vec<_>>>();
    keys.ok_or_else(|| VerifyError::NotSuch(path.clone(), "keys of checkpoints"))
}

fn read_against(asked: &Asked, keys: &[Key]) -> Result<Vec<Checkpoint>, VerifyError> {
    let Some(path) = &asked.against else { return Ok(Vec::new()) };
    let text = std::fs::read_to_string(path).map_err(|error| VerifyError::File(path.clone(), error))?;
    let read = Checkpoint::parse_all(&text).ok_or_else(|| VerifyError::NotSuch(path.clone(), "checkpoints"))?;
    if read.iter().all(|it| it.is_signed(keys)) {
        Ok(read)
    } else {
        Err(VerifyError::OfAnother(path.clone(), asked.keys.clone()))
    }
}

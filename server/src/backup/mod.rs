//! `ressenti backup`: both databases as they stand at one moment, sealed into one file; `restore` puts them back.
//!
//! Each database is read in one snapshot while the server runs, the research one first: an enrolment commits who the
//! patient is before it commits the patient, so that every patient in the file has an identity in it. What is written
//! is the same for both engines: tables, columns and rows in a fixed order, so that a database says the same before
//! and after, and a hospital can move from one engine to the other.

mod queries;
mod restore;
mod sealed;
mod tables;

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;
use sqlx::migrate::MigrateError;

pub use restore::{Asked, Restored, restore};
pub use sealed::{Key, Recipient};

use self::sealed::SealedFile;
use crate::{
    audit::{self, Operation},
    clock::Clock,
    config::StartError,
    db::{self, Db, IdentityDb, Side, Tx, hex},
};

/// The version of the file's contents that this build writes and reads.
const FORMAT: u16 = 1;

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file cannot be read or written.
    #[error("{0} could not be read or written: {1}")]
    File(PathBuf, io::Error),
    /// A database does not do what is asked.
    #[error("the database did not do it: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables cannot be set up.
    #[error("the tables could not be set up: {0}")]
    Migrate(#[from] MigrateError),
    /// A line of a key file or a recipient is none.
    #[error("{0} is no key of backups")]
    NoKey(String),
    /// The file is something else.
    #[error("the file is no backup of ressenti")]
    NoBackup,
    /// The file was sealed for others.
    #[error("the file was not sealed for this key, or was altered at its beginning")]
    OtherKey,
    /// The file was cut off or altered.
    #[error("the file is not whole, or was altered: {0}")]
    Damaged(&'static str),
    /// Tables of another version.
    #[error("the backup is of ressenti {0}, whose tables are others than this version's")]
    OtherVersion(String),
    /// There is something in the database already.
    #[error("the {0} database holds something already")]
    Filled(&'static str),
    /// There are tables that we do not know.
    #[error("the {0} database holds tables that are not ressenti's")]
    NotOurs(&'static str),
    /// Somebody has it open.
    #[error("the {0} database is in use")]
    InUse(&'static str),
    /// A database cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// What was put back cannot be verified.
    #[error("the backup was put back, and could not be verified: {0}")]
    NotVerified(#[from] verify::VerifyError),
    /// What was written reads otherwise.
    #[error("the {0} database did not read as what was put into it")]
    ReadsOtherwise(&'static str),
}

/// What is in a backup: its last part, sealed as the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the file's contents.
    pub format: u16,
    /// The version of the server that made it.
    pub server: String,
    /// The engine that it was made on.
    pub engine: String,
    /// When.
    #[serde(serialize_with = "shared::time::as_text")]
    pub made_at: Timestamp,
    /// The research database, then the identity database.
    pub parts: [Part; 2],
    /// The last answer event, and the chain up to it.
    pub answers: End,
    /// The last audit entry, which tells of this backup, and the chain up to it.
    pub audit: End,
    /// Public keys of checkpoints, as in `checkpoint.pub`.
    pub checkpoint_keys: String,
}

/// One database in a backup.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Which.
    pub side: Side,
    /// SHA-256 of its lines, in hexadecimal.
    pub sha256: String,
    /// The migrations that made its tables.
    pub migrations: Vec<i64>,
    /// Rows by table.
    pub n_rows: BTreeMap<String, u64>,
}

/// Where a log ends.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The number of its last entry.
    pub number: i64,
    /// The chain up to it, in hexadecimal.
    pub chain: String,
}

/// Seals both databases into a new file for these recipients, after an audit entry that says so.
///
/// The file has its name only once it is whole and on the disk.
///
/// # Errors
/// When there is such a file already, or something cannot be read or written; there is no file then.
pub async fn backup(
    databases: (&Db, &IdentityDb),
    checkpoint_keys: &Path,
    recipients: &[Recipient],
    clock: &Clock,
    path: &Path,
) -> Result<Manifest, BackupError> {
    let (research, identity) = databases;
    let mut file = SealedFile::create(path, recipients)?;
    let made_at = clock.now();
    audit::append_alone(research, &audit::Entry::operator(Operation::Backup), made_at).await?;
    let mut snapshot = research.snapshot().await?;
    let [answers, audit] = queries::log_ends(&mut snapshot).await?;
    let engine = snapshot.choose(["sqlite", "postgres"]);
    let research = write(&mut file, &mut snapshot, Side::Research).await?;
    drop(snapshot);
    let identity = write(&mut file, &mut identity.0.snapshot().await?, Side::Identity).await?;
    let manifest = Manifest {
        format: FORMAT,
        server: env!("CARGO_PKG_VERSION").to_owned(),
        engine: engine.to_owned(),
        made_at,
        parts: [research, identity],
        answers,
        audit,
        checkpoint_keys: std::fs::read_to_string(checkpoint_keys).unwrap_or_default(),
    };
    let text = db::to_json(&manifest)?;
    let mut section = file.begin()?;
    section.write_all(text.as_bytes()).map_err(|error| BackupError::File(path.to_owned(), error))?;
    file.end(section)?;
    file.persist()?;
    Ok(manifest)
}

async fn write(file: &mut SealedFile, snapshot: &mut Tx, side: Side) -> Result<Part, BackupError> {
    let tables = queries::list_tables(snapshot, side).await?;
    let mut section = file.begin()?;
    let n_rows = queries::dump(snapshot, &tables, &mut section).await?;
    let sha256 = hex(&file.end(section)?);
    Ok(Part { side, sha256, migrations: db::migrations(snapshot, side), n_rows })
}

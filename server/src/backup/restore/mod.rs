//! Putting a backup back: all of the file is proved first, then each database is filled in one transaction.
//!
//! What was put in is read again before it is committed, and must say byte for byte what the backup says. Then
//! `verify`, which shares no code with this, holds the logs against themselves and their checkpoints: what it finds was
//! so in the backup, and is told rather than refused, as a registry that was tampered with is needed back all the same.

mod queries;

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use shared::id::PatientId;

use super::{
    BackupError, FORMAT, Key, Manifest, Part, queries as reading,
    sealed::{self, SECTIONS},
    tables::{Table, Value},
};
use crate::{
    audit::{self, Operation},
    auth::guard,
    clock::Clock,
    config::Config,
    db::{self, Alone, Database, Side, Tx, hex},
    erasure::Erasures,
};

/// What to put back.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The backup.
    pub file: PathBuf,
    /// One of the two databases alone.
    pub only: Option<Side>,
    /// Over what is there.
    pub replace: bool,
}

/// What was put back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// Who is in the backup and had been erased since, by what stood in the databases before: erased again.
    pub erased_again: BTreeSet<PatientId>,
    /// What `verify` says of the research database; `None` when it was not asked for.
    pub report: Option<verify::Report>,
}

/// A database that this has to itself, and the transaction that everything happens in.
struct Place {
    side: Side,
    alone: Alone,
    tx: Tx,
}

/// Restores. Whoever was erased by what a database knows that is replaced is not brought back.
///
/// # Errors
/// When the file is not whole or does not open, or a database holds something or is in use: nothing was changed then.
/// [`BackupError::NotVerified`] when all was put back, and nothing can be said of its logs.
pub async fn restore(asked: &Asked, key: &Key, config: &Config, clock: &Clock) -> Result<Restored, BackupError> {
    let manifest = check(&asked.file, key)?;
    let sides = [(Side::Identity, &config.identity_database), (Side::Research, &config.database)];
    let (mut places, mut erasures) = (Vec::new(), Erasures::default());
    for (side, database) in sides.into_iter().filter(|(side, _)| asked.only.is_none_or(|only| only == *side)) {
        let alone = db::connect_alone(database, config.database_wait).await?;
        let mut tx = alone.begin().await?;
        empty(&mut tx, side, asked.replace, config.database_wait, &mut erasures).await?;
        places.push(Place { side, alone, tx });
    }
    let mut erased_again = BTreeSet::new();
    for Place { side, tx, .. } in &mut places {
        fill(tx, *side, &asked.file, key, &manifest).await?;
        if *side == Side::Research {
            queries::begin_life(tx).await?;
            let detail = format!("{} answers, as of {}", manifest.answers.number, manifest.made_at);
            let entry = audit::Entry::operator(Operation::Restore).with(detail);
            audit::append(tx, &entry, clock.now()).await?;
        }
        erased_again.extend(erasures.apply(&guard::operator(), tx, *side, clock.now()).await?);
    }
    // both or, but for an engine that fails between these two lines, neither
    for Place { alone, tx, .. } in places {
        tx.commit().await?;
        alone.close().await;
    }
    let report = if asked.only == Some(Side::Identity) { None } else { Some(verify(&manifest, config, clock).await?) };
    Ok(Restored { manifest, erased_again, report })
}

/// Reads the whole file, and holds its parts against its manifest.
fn check(path: &Path, key: &Key) -> Result<Manifest, BackupError> {
    let hashes = [sealed::open(path, key, 0)?.read()?.0, sealed::open(path, key, 1)?.read()?.0];
    let (_, text) = sealed::open(path, key, SECTIONS - 1)?.read()?;
    let format = serde_json::from_str::<Json>(&text).ok().and_then(|it| it.get("format")?.as_u64());
    if format.is_some_and(|format| format > u64::from(FORMAT)) {
        return Err(BackupError::OtherVersion("a later version".to_owned()));
    }
    let manifest: Manifest = serde_json::from_str(&text).map_err(|_| BackupError::Damaged("it has no manifest"))?;
    let fits = |(part, hash): (&Part, &[u8; 32])| part.sha256 == hex(hash);
    if manifest.parts.iter().zip(&hashes).all(fits) {
        Ok(manifest)
    } else {
        Err(BackupError::Damaged("a part is not the one of its manifest"))
    }
}

/// Leaves nothing but the empty tables of this version, and the knowledge of who was erased.
async fn empty(
    tx: &mut Tx,
    side: Side,
    replace: bool,
    wait: Duration,
    erasures: &mut Erasures,
) -> Result<(), BackupError> {
    const LOOK_AGAIN: Duration = Duration::from_millis(50);
    let alone = async {
        while !db::is_alone(tx).await? {
            tokio::time::sleep(LOOK_AGAIN).await; // connections that were just closed take a moment to be gone
        }
        Ok::<(), sqlx::Error>(())
    };
    tokio::time::timeout(wait, alone).await.map_err(|_| BackupError::InUse(side.word()))??;
    let tables = reading::list_tables(tx, side).await?;
    if !tables.is_empty() && !queries::is_ours(tx).await? {
        return Err(BackupError::NotOurs(side.word()));
    }
    for table in tables.iter().filter(|table| !table.is_one_row()) {
        if !replace && queries::has_rows(tx, table).await? {
            return Err(BackupError::Filled(side.word()));
        }
    }
    if tables.iter().any(|table| table.name == "erasure") {
        erasures.read(tx, side).await?;
    }
    queries::drop_all(tx, &tables).await?;
    Ok(db::migrate_within(tx, side).await?)
}

/// Fills the empty tables, and reads them again.
async fn fill(tx: &mut Tx, side: Side, path: &Path, key: &Key, manifest: &Manifest) -> Result<(), BackupError> {
    let (nth, part) = match (side, &manifest.parts) {
        (Side::Research, [part, _]) => (0, part),
        (Side::Identity, [_, part]) => (1, part),
    };
    let other_version = || BackupError::OtherVersion(manifest.server.clone());
    if part.migrations != db::migrations(tx, side) {
        return Err(other_version());
    }
    let tables = reading::list_tables(tx, side).await?;
    queries::prepare(tx, &tables).await?;
    let mut lines = sealed::open(path, key, nth)?;
    let (mut table, mut rows) = (None::<&Table>, Vec::new());
    loop {
        let line = lines.line()?;
        let ends = line.is_empty() || line.starts_with('{');
        if let Some(table) = table
            && !rows.is_empty()
            && (ends || rows.len() >= queries::rows_at_once(table))
        {
            queries::insert(tx, table, std::mem::take(&mut rows)).await?;
        }
        if line.is_empty() {
            break;
        } else if ends {
            table = Some(find_table(&tables, &line).ok_or_else(other_version)?);
        } else {
            rows.push(table.and_then(|table| read_row(table, &line)).ok_or_else(other_version)?);
        }
    }
    queries::finish(tx, &tables).await?;
    let mut hashing = Hashing(Sha256::new());
    reading::dump(tx, &tables, &mut hashing).await?;
    if hex(&hashing.0.finalize()) == part.sha256 { Ok(()) } else { Err(BackupError::ReadsOtherwise(side.word())) }
}

/// The table that a line begins, if it has these columns here too.
fn find_table<'a>(tables: &'a [Table], line: &str) -> Option<&'a Table> {
    #[derive(Deserialize)]
    struct Begins {
        table: String,
        columns: Vec<String>,
    }
    let Begins { table, columns } = serde_json::from_str(line).ok()?;
    tables.iter().find(|it| it.name == table && it.columns.iter().map(|(name, _)| name).eq(&columns))
}

fn read_row(table: &Table, line: &str) -> Option<Vec<Value>> {
    let values: Vec<Json> = serde_json::from_str(line).ok()?;
    let parse = |((_, kind), json): (&(String, _), &Json)| Value::parse(*kind, json);
    if values.len() == table.columns.len() { table.columns.iter().zip(&values).map(parse).collect() } else { None }
}

/// Takes the hash of what is written to it.
struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs the verifier over what was put back; a server that lost its public keys gets those of the backup.
async fn verify(manifest: &Manifest, config: &Config, clock: &Clock) -> Result<verify::Report, BackupError> {
    let keys = config.checkpoint_key.with_extension("pub");
    if !keys.exists() {
        std::fs::write(&keys, &manifest.checkpoint_keys).map_err(|error| BackupError::File(keys.clone(), error))?;
    }
    let database = match &config.database {
        Database::File(path) => verify::Database::File(path.clone()),
        Database::Postgres(options) => verify::Database::Postgres(options.clone()),
    };
    let asked = verify::Asked { database, keys, against: None, now: clock.now().as_millisecond() };
    Ok(verify::verify(&asked).await?)
}

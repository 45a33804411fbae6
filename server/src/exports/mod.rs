//! What leaves under pseudonyms: answers, scores and a codebook, streamed, with an audit entry before the first byte.
//!
//! An export holds what was committed up to a position and entered up to an instant, so asking for one of its files
//! again gives the same bytes; when study, instruments or engine have changed since, it is refused instead. So it is when
//! a patient it holds was erased since, or asks to be: whoever asks is in no export from then on.

mod produce;
mod queries;
mod routes;
mod to_folder;

use serde::{Deserialize, Serialize};
use shared::{
    answers::sha256_hex,
    api::{ExportFile, ExportReply},
    scoring::ENGINE_VERSION,
    time::{Date, Timestamp},
};
use tokio::sync::mpsc;

pub use routes::routes;
pub use to_folder::{ToFolderError, to_folder};

use crate::{
    audit::{self, Entry, Operation},
    auth::guard::InvestigatorScope,
    checkpoints, db, erasure,
    state::AppState,
};

/// The files of every export.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum File {
    Answers,
    Scores,
    Assessments,
    Milestones,
    Codebook,
}

const FILES: [File; 5] = [File::Answers, File::Scores, File::Assessments, File::Milestones, File::Codebook];

impl File {
    const fn name(self) -> &'static str {
        match self {
            Self::Answers => "answers.csv",
            Self::Scores => "scores.csv",
            Self::Assessments => "assessments.csv",
            Self::Milestones => "milestones.csv",
            Self::Codebook => "codebook.csv",
        }
    }

    fn find(name: &str) -> Option<Self> {
        FILES.into_iter().find(|file| file.name() == name)
    }
}

/// The moment an export holds.
#[derive(Clone, Copy, Debug)]
struct Moment {
    position: i64,
    as_of: Date,
    made_at: Timestamp,
}

/// An export as it is kept.
#[derive(Debug)]
struct Export {
    moment: Moment,
    manifest: Manifest,
    /// A patient it holds was erased since.
    is_erased: bool,
}

/// What was in an export, and what it was made with.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    made_with: String,
    n_withheld: u64,
    files: Vec<ExportFile>,
    checkpoints: String,
}

/// Makes an export: the audit entry first, then every file once through, for its rows and hash.
///
/// # Errors
/// When the database cannot be read or written; the audit then tells of an export that was not made.
async fn make(scope: &InvestigatorScope, state: &AppState, purpose: &str) -> anyhow::Result<ExportReply> {
    let made_at = state.clock.now();
    let entry = Entry {
        operation: Operation::Export,
        staff: scope.staff(),
        device: None,
        patient: None,
        detail: purpose.to_owned(),
    };
    let number = audit::append_alone(&state.db, &entry, made_at).await?;
    let position = queries::get_position(&state.db).await?;
    let moment = Moment { position, as_of: state.clock.today(), made_at };
    let mut files = Vec::with_capacity(FILES.len());
    for file in FILES {
        files.push(describe(scope, state, moment, file).await?);
    }
    let n_withheld = u64::try_from(erasure::list_requests(&state.db, made_at).await?.len())?;
    let checkpoints = checkpoints::make(&state.db, &state.checkpoint_key, made_at).await?;
    let manifest = Manifest { made_with: made_with(state)?, n_withheld, files, checkpoints };
    queries::insert_export(&state.db, scope, number, moment, purpose, &manifest).await?;
    let Manifest { files, checkpoints, .. } = manifest;
    let (export, position) = (u64::try_from(number)?, u64::try_from(position)?);
    Ok(ExportReply { export, position, n_withheld, files, checkpoints })
}

/// Why the files of an export cannot be given again, in sentences; `None` when they can.
async fn find_hindrance(state: &AppState, export: &Export) -> anyhow::Result<Option<&'static str>> {
    if made_with(state)? != export.manifest.made_with {
        return Ok(Some(
            "The study file, an instrument or the scoring engine changed since this export was made, so its files \
             cannot be made again byte for byte. Nothing is lost: make a new export.",
        ));
    }
    if export.is_erased {
        return Ok(Some(
            "A patient who is in this export was erased at their own request since it was made, so its files cannot be \
             made again. Destroy copies of it where you can, and make a new export: it holds everybody else.",
        ));
    }
    let made_at = export.moment.made_at;
    let requests = erasure::list_requests(&state.db, state.clock.now()).await?;
    let is_held = |it: &erasure::Request| it.enrolled_at <= made_at && made_at < it.requested_at;
    Ok(requests.iter().any(is_held).then_some(
        "A patient who is in this export asked to be erased since it was made, so its files do not leave again. Make a new \
         export: it holds everybody else.",
    ))
}

/// Reads a file once through for its rows and hash.
async fn describe(
    scope: &InvestigatorScope,
    state: &AppState,
    moment: Moment,
    file: File,
) -> anyhow::Result<ExportFile> {
    use sha2::{Digest, Sha256};
    let (out, mut pieces) = mpsc::channel(produce::PIECES_AHEAD);
    let producing = produce::spawn(*scope, state.clone(), moment, file, out);
    let mut hash = Sha256::new();
    while let Some(piece) = pieces.recv().await {
        hash.update(&piece?);
    }
    let rows = producing.await??;
    Ok(ExportFile { name: file.name().to_owned(), rows, sha256: db::hex(&hash.finalize()) })
}

/// A fingerprint of all that an export depends on besides the record: engine, study file, instruments, wording.
fn made_with(state: &AppState) -> serde_json::Result<String> {
    let definitions: Vec<_> = state.catalog.definitions().collect();
    let packs: Vec<_> = definitions.iter().flat_map(|it| state.catalog.packs(&it.instrument)).collect();
    Ok(sha256_hex(&serde_json::to_vec(&(ENGINE_VERSION, &*state.study, &definitions, packs))?))
}

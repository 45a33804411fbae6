//! `ressenti export --out FOLDER --purpose TEXT`: the same files, written on the server itself.

use std::path::{Path, PathBuf};

use shared::api::ExportReply;
use tokio::{io::AsyncWriteExt, sync::mpsc};

use super::{FILES, make, produce, queries};
use crate::{auth::guard::InvestigatorScope, state::AppState};

/// Why an export was not written to a folder.
#[derive(Debug, thiserror::Error)]
pub enum ToFolderError {
    /// A file could not be made or written.
    #[error("{0} could not be written: {1}")]
    File(PathBuf, std::io::Error),
    /// The export itself could not be made.
    #[error(transparent)]
    Export(#[from] anyhow::Error),
}

/// Makes an export and writes its files into a folder; a file that is there already is left alone and refused.
///
/// # Errors
/// When the export cannot be made, or a file exists or cannot be written.
pub async fn to_folder(
    scope: &InvestigatorScope,
    state: &AppState,
    purpose: &str,
    folder: &Path,
) -> Result<ExportReply, ToFolderError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| ToFolderError::File(path, error)
    };
    tokio::fs::create_dir_all(folder).await.map_err(failed(folder))?;
    let mut targets = Vec::with_capacity(FILES.len());
    for file in FILES {
        let path = folder.join(file.name());
        targets.push((file, tokio::fs::File::create_new(&path).await.map_err(failed(&path))?, path));
    }
    let reply = make(scope, state, purpose).await?;
    let number = i64::try_from(reply.export).map_err(anyhow::Error::from)?;
    let export = queries::find_export(scope, &state.db, number).await.map_err(anyhow::Error::from)?;
    let moment = export.ok_or_else(|| anyhow::anyhow!("the export was not kept"))?.moment;
    for (file, mut target, path) in targets {
        let (out, mut pieces) = mpsc::channel(produce::PIECES_AHEAD);
        let producing = produce::spawn(*scope, state.clone(), moment, file, out);
        while let Some(piece) = pieces.recv().await {
            let piece = piece.map_err(failed(&path))?;
            target.write_all(&piece).await.map_err(failed(&path))?;
        }
        producing.await.map_err(anyhow::Error::from)??;
        target.sync_all().await.map_err(failed(&path))?;
    }
    Ok(reply)
}

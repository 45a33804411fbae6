//! Keys in files of 32 random bytes, made on the first start, readable by this account alone.

use std::{
    io::{self, ErrorKind, Write as _},
    path::Path,
};

use super::StartError;
use crate::clock::Chance;

/// Reads a key; `None` when there is no such file.
///
/// # Errors
/// When the file cannot be read or is no key: a sentence and a hint.
pub fn read(path: &Path, what: &str) -> Result<Option<[u8; 32]>, StartError> {
    let shown = path.display();
    match std::fs::read(path) {
        Ok(bytes) => bytes.try_into().map(Some).map_err(|_| {
            let hint = format!(
                "put the key back from where it was kept, or name another file with --{}; nothing was changed",
                what.replace(' ', "-")
            );
            StartError::new(format!("The {what} {shown} does not have 32 bytes."), hint)
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let hint = "give this account the right to read it; nothing was changed";
            Err(StartError::new(format!("The {what} {shown} could not be read: {error}."), hint))
        }
    }
}

/// Makes a key; when another process was faster, gives that one's.
///
/// # Errors
/// When the file cannot be made: a sentence and a hint.
pub fn make(path: &Path, what: &str, chance: &Chance) -> Result<[u8; 32], StartError> {
    let failed = |error: io::Error| {
        let flag = what.replace(' ', "-");
        let hint = format!("choose a folder that this account may write with --data, or a file with --{flag}");
        StartError::new(format!("The {what} {} could not be made: {error}.", path.display()), hint)
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?; // nobody else may read these
    file.write_all(&chance.bytes::<32>()).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => tracing::info!(path = %path.display(), "{what} made; back it up apart from the databases"),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => {}
        Err(refused) => return Err(failed(refused.error)),
    }
    read(path, what)?.ok_or_else(|| failed(ErrorKind::NotFound.into()))
}

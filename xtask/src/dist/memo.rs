//! Remembers what a step made, by the hash of what went into it: nothing is made twice, nothing goes stale.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use sha2::{Digest as _, Sha256};

/// The first 16 hexadecimal digits of the SHA-256 of these bytes, one after the other.
pub(super) fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A folder of remembered folders.
pub(super) struct Memo {
    folder: PathBuf,
    used: BTreeSet<PathBuf>,
}

impl Memo {
    pub(super) fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), used: BTreeSet::new() })
    }

    /// The folder as filled for these inputs, now or earlier.
    pub(super) fn folder(
        &mut self,
        step: &str,
        inputs: &[&[u8]],
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let made = self.folder.join(format!("{step}-{}", hash(inputs.iter().copied())));
        if !made.is_dir() {
            // Filled beside and renamed when whole: what was interrupted is never taken for done.
            let being_made = made.with_extension("new");
            if being_made.is_dir() {
                fs::remove_dir_all(&being_made)?;
            }
            fs::create_dir_all(&being_made)?;
            fill(&being_made)?;
            fs::rename(&being_made, &made)?;
        }
        self.used.insert(made.clone());
        Ok(made)
    }

    /// Deletes what this run had no use for.
    pub(super) fn forget_unused(self) -> Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if !self.used.contains(&path) {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(())
    }
}

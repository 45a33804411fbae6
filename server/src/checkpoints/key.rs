//! The key that checkpoints are signed with: `checkpoint.key`, and beside it `checkpoint.pub` for whoever verifies.
//!
//! A lost key stops nothing, as answers must go on: a new one is made, and its public half is added to the others.
//! What the lost one signed is verified as before.

use std::{fmt, io::Write as _, path::Path, sync::Arc};

use ed25519_dalek::{Signer as _, SigningKey};
use shared::sync::proof::Hash;

use super::{Log, note};
use crate::{
    clock::Chance,
    config::{StartError, key_file},
};

/// The key of one server; cheap to clone, and never shown.
#[derive(Clone)]
pub struct CheckpointKey(Arc<SigningKey>);

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckpointKey(…)")
    }
}

impl CheckpointKey {
    /// Reads the key, or makes it on the first start; its public half is written beside it.
    ///
    /// # Errors
    /// When a file cannot be read or made, or is no key: a sentence and a hint.
    pub fn open(path: &Path, chance: &Chance) -> Result<Self, StartError> {
        let bytes = match key_file::read(path, "checkpoint key")? {
            Some(bytes) => bytes,
            None => key_file::make(path, "checkpoint key", chance)?,
        };
        let key = Self(Arc::new(SigningKey::from_bytes(&bytes)));
        key.publish(&path.with_extension("pub"))?;
        Ok(key)
    }

    /// Adds the public half to the file of public keys, unless it is there.
    fn publish(&self, path: &Path) -> Result<(), StartError> {
        let known = std::fs::read_to_string(path).unwrap_or_default();
        let lines = Log::BOTH.map(|log| note::verifier(&self.0.verifying_key(), log));
        let missing: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !known.contains(line)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| writeln!(file, "{}", missing.join("\n"))).map_err(|error| {
            let hint = "give this account the right to write there; nothing else was changed";
            StartError::new(format!("The public keys {} could not be written: {error}.", path.display()), hint)
        })
    }

    /// The checkpoint of a log of this size and root.
    pub(super) fn sign(&self, log: Log, size: u64, root: &Hash) -> String {
        let public = self.0.verifying_key();
        let text = note::text(&public, log, size, root);
        note::signed(&public, log, &text, &self.0.sign(text.as_bytes()))
    }
}

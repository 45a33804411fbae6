//! The key of the identity side, and what is sealed with it: addresses that reminders go to.
//!
//! A backup of the database alone tells no address. The key is a file of 32 random bytes, made on the first start.
//! What is sealed is bound to its patient and channel, so that a row copied to another patient does not open.

use std::{fmt, path::Path, sync::Arc};

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use shared::{id::PatientId, people::Channel};

use super::queries;
use crate::{
    clock::Chance,
    config::{StartError, key_file},
    db::{IdentityDb, to_code},
};

/// Bytes of the number used once that opens what is sealed.
const NONCE: usize = 12;

/// The key of the identity side; cheap to clone, and never shown.
#[derive(Clone)]
pub struct IdentityKey(Arc<Aes256Gcm>);

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKey(…)")
    }
}

impl IdentityKey {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Aes256Gcm::new(&bytes.into())))
    }

    /// Reads the key of an identity database, or makes it while nothing is sealed yet.
    ///
    /// # Errors
    /// When the file cannot be read or made, is no key, is missing while addresses are sealed, or is not the key they
    /// are sealed with: a sentence and a hint that says what is safe.
    pub async fn open(path: &Path, db: &IdentityDb, chance: &Chance) -> Result<Self, StartError> {
        let sealed = queries::find_sealed(db).await.map_err(|error| {
            StartError::new(format!("The identity database could not be read: {error}."), "see the database's own log")
        })?;
        let shown = path.display();
        let key = match key_file::read(path, "identity key")? {
            Some(bytes) => Self::new(bytes),
            None if sealed.is_none() => Self::new(key_file::make(path, "identity key", chance)?),
            None => return Err(missing(path)),
        };
        match sealed {
            Some(contact) if key.unseal(contact.patient, contact.channel, &contact.sealed).is_none() => {
                Err(StartError::new(
                    format!(
                        "The identity key {shown} is not the one that the addresses for reminders are sealed with."
                    ),
                    "put back the key that belongs to this database, or name it with --identity-key FILE; answers, \
                     names and the sealed addresses are safe, nothing was changed",
                ))
            }
            Some(_) | None => Ok(key),
        }
    }

    /// Seals an address for one patient and channel; `None` only if it were longer than the cipher takes.
    #[must_use]
    pub fn seal(&self, patient: PatientId, channel: Channel, address: &str, chance: &Chance) -> Option<Vec<u8>> {
        let (nonce, bound) = (chance.bytes::<NONCE>(), bound_to(patient, channel)?);
        let sealed = self.0.encrypt(&nonce.into(), Payload { msg: address.as_bytes(), aad: &bound }).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed; `None` when it was sealed with another key, for another patient, or was altered.
    #[must_use]
    pub fn unseal(&self, patient: PatientId, channel: Channel, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let bound = bound_to(patient, channel)?;
        let address = self.0.decrypt(&(*nonce).into(), Payload { msg: sealed, aad: &bound }).ok()?;
        String::from_utf8(address).ok()
    }
}

/// What is sealed belongs to this patient and channel and to no other.
fn bound_to(patient: PatientId, channel: Channel) -> Option<Vec<u8>> {
    Some([patient.as_uuid().as_bytes().as_slice(), to_code(&channel).ok()?.as_bytes()].concat())
}

fn missing(path: &Path) -> StartError {
    StartError::new(
        format!("The identity key {} is missing, and addresses for reminders are sealed with it.", path.display()),
        "put it back from where it was kept, or name it with --identity-key FILE; answers and names do not need it \
         and are safe. If it is lost for good, delete the rows of the table contact in the identity database, and \
         enter the addresses again",
    )
}

#[cfg(test)]
mod tests {
    use shared::{id::PatientId, people::Channel};

    use super::IdentityKey;
    use crate::clock::Chance;

    #[test]
    fn what_is_sealed_opens_for_its_patient_channel_and_key_alone() {
        let (key, chance) = (IdentityKey::new([7; 32]), Chance::seeded(1));
        let patient = |n| PatientId::new(uuid::Uuid::from_u128(n));
        let address = "anne@example.org";
        let sealed = key.seal(patient(1), Channel::Email, address, &chance).unwrap();
        assert_eq!(key.unseal(patient(1), Channel::Email, &sealed).as_deref(), Some(address));
        assert_eq!(key.unseal(patient(2), Channel::Email, &sealed), None, "another patient's");
        assert_eq!(key.unseal(patient(1), Channel::Phone, &sealed), None, "another channel's");
        assert_eq!(IdentityKey::new([8; 32]).unseal(patient(1), Channel::Email, &sealed), None, "another key");
        for nth in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[nth] ^= 1;
            assert_eq!(key.unseal(patient(1), Channel::Email, &altered), None, "byte {nth}");
        }
        assert_eq!(key.unseal(patient(1), Channel::Email, &[]), None);
        assert_ne!(key.seal(patient(1), Channel::Email, address, &chance).unwrap(), sealed, "never twice the same");
    }
}

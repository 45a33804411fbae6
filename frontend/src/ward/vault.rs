//! What the ward's tablet keeps between patients, in a database of its own: hand-overs sealed under a random key,
//! that key sealed under the nurse's PIN, and in the clear only pseudonyms and moments.
//!
//! Wrong PINs are slowed and never erase anything. What was sealed under a PIN nobody knows any more is prepared
//! again with network; answers never depend on it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shared::{
    api::{GivenRequest, HandoverReply, PatientLine, StaffReply},
    id::{DeviceId, Language, PatientId, StaffId},
    sync::store::{SealedCredential, StoreError},
    time::Timestamp,
};

use crate::{
    crypto::{self, CryptoUnavailable, DeviceKey, Key, Pin},
    session,
    store::IndexedDbStore,
};

const DATABASE: &str = "ressenti-ward";

/// Why the tablet could not keep or read something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum VaultError {
    /// Its store does not work.
    Store(StoreError),
    /// The browser offers no cryptography, or what was kept does not open.
    Sealed,
}

impl From<StoreError> for VaultError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<CryptoUnavailable> for VaultError {
    fn from(_: CryptoUnavailable) -> Self {
        Self::Sealed
    }
}

impl From<serde_json::Error> for VaultError {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(StoreError::Broken(error.to_string()))
    }
}

/// Whose PIN opens the tablet.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Lock {
    /// Binds the seal to this lock.
    id: DeviceId,
    /// Whose.
    pub(crate) staff: StaffId,
    /// Their account's name.
    pub(crate) username: String,
    key: SealedCredential,
    wrong_tries: u32,
    /// No try before this instant.
    pub(crate) wait_until: Option<Timestamp>,
}

/// What became of a PIN.
pub(crate) enum Try {
    /// Right.
    Open(Key),
    /// Wrong; so many more cost nothing.
    Wrong(u32),
    /// Too many were wrong.
    Wait(Timestamp),
}

/// A device that this tablet is for a patient: what may be known without the PIN.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Prepared {
    /// As which device.
    pub(crate) device: DeviceId,
    /// Whose, by pseudonym.
    pub(crate) patient: PatientId,
    /// When it was prepared last.
    pub(crate) at: Timestamp,
    /// When it was handed over last.
    pub(crate) given_at: Option<Timestamp>,
    /// The hospital has everything: only the hospital is still to be told that the device is no more.
    pub(crate) finished: bool,
}

/// What only the PIN opens.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Secrets {
    /// Who, for the check of identity.
    pub(crate) patient: PatientLine,
    /// What the device opens sessions with.
    pub(crate) credential: String,
    /// The patient's language.
    pub(crate) language: Language,
}

/// A hand-over that the hospital is still to be told of.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Given {
    /// To whom, by pseudonym.
    pub(crate) patient: PatientId,
    /// How.
    pub(crate) request: GivenRequest,
}

/// The tablet's database.
pub(crate) struct Vault {
    store: IndexedDbStore,
}

fn text(value: &impl Serialize) -> Result<Option<String>, VaultError> {
    Ok(Some(serde_json::to_string(value)?))
}

fn name(kind: &str, device: DeviceId) -> String {
    format!("{kind}/{device}")
}

fn given_name(given: &Given) -> String {
    format!("given/{}/{}", given.request.device, given.request.at)
}

impl Vault {
    pub(crate) fn new() -> Self {
        Self { store: IndexedDbStore::new(DATABASE) }
    }

    async fn find<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, VaultError> {
        let found = self.store.find_text(name).await?;
        Ok(found.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    async fn list<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<T>, VaultError> {
        let found = self.store.list_texts(&format!("{kind}/")).await?;
        Ok(found.iter().map(|text| serde_json::from_str(text)).collect::<Result<_, _>>()?)
    }

    async fn save(&self, name: &str, value: &impl Serialize) -> Result<(), VaultError> {
        Ok(self.store.save_texts(&[(name.to_owned(), text(value)?)]).await?)
    }

    /// Whose PIN opens the tablet; `None` while it is nobody's.
    pub(crate) async fn find_lock(&self) -> Result<Option<Lock>, VaultError> {
        self.find("lock").await
    }

    /// Makes the tablet this nurse's: a new key under her PIN. What was sealed before is to be prepared again.
    pub(crate) async fn make_lock(&self, staff: &StaffReply, pin: &Pin) -> Result<(Lock, Key), VaultError> {
        let (id, key) = (session::new_lock_id(), Key::random()?);
        let sealed = crypto::seal(key.text(), id, pin).await?;
        let (staff, username) = (staff.staff, staff.username.clone());
        let lock = Lock { id, staff, username, key: sealed, wrong_tries: 0, wait_until: None };
        self.save("lock", &lock).await?;
        Ok((lock, key))
    }

    /// Tries a PIN. The try is counted before it is looked at, so that closing the page does not undo it.
    pub(crate) async fn open(&self, mut lock: Lock, pin: &Pin) -> Result<Try, VaultError> {
        let now = session::now();
        if let Some(until) = lock.wait_until.filter(|until| *until > now) {
            return Ok(Try::Wait(until));
        }
        lock.wrong_tries = lock.wrong_tries.saturating_add(1);
        lock.wait_until = session::wait_after(lock.wrong_tries, now);
        self.save("lock", &lock).await?;
        let opened = crypto::unseal(&lock.key, lock.id, pin).await?;
        let Some(key) = opened.as_deref().and_then(Key::parse) else {
            let wrong = Try::Wrong(session::free_tries_left(lock.wrong_tries));
            return Ok(lock.wait_until.map_or(wrong, Try::Wait));
        };
        (lock.wrong_tries, lock.wait_until) = (0, None);
        self.save("lock", &lock).await?;
        Ok(Try::Open(key))
    }

    /// In whose hands the tablet is, by device.
    pub(crate) async fn find_in_hands(&self) -> Result<Option<DeviceId>, VaultError> {
        self.find("in_hands").await
    }

    /// The tablet came back.
    pub(crate) async fn take_back(&self) -> Result<(), VaultError> {
        Ok(self.store.save_texts(&[("in_hands".to_owned(), None)]).await?)
    }

    /// Every device that this tablet is.
    pub(crate) async fn list_prepared(&self) -> Result<Vec<Prepared>, VaultError> {
        self.list("prepared").await
    }

    /// Keeps what was prepared, all of it or nothing.
    pub(crate) async fn keep(
        &self,
        key: &Key,
        reply: HandoverReply,
        made: &DeviceKey,
        given_at: Option<Timestamp>,
    ) -> Result<Prepared, VaultError> {
        let HandoverReply { device, credential, patient, bundle } = reply;
        let prepared = Prepared { device, patient: patient.patient, at: session::now(), given_at, finished: false };
        let secrets = Secrets { patient, credential, language: bundle.language.clone() };
        let secrets = crypto::seal_under(key, &serde_json::to_string(&secrets)?, device).await?;
        let bundle = crypto::seal_under(key, &serde_json::to_string(&bundle)?, device).await?;
        let texts = [
            (name("prepared", device), text(&prepared)?),
            (name("secrets", device), text(&secrets)?),
            (name("bundle", device), text(&bundle)?),
        ];
        self.store.save_key(device, made).await?;
        self.store.save_texts(&texts).await?;
        Ok(prepared)
    }

    /// Leaves a device's key pair where its patient's page and its sending find it; `false` when there is none.
    pub(crate) async fn leave_key(&self, device: DeviceId, store: &IndexedDbStore) -> Result<bool, VaultError> {
        let Some(key) = self.store.find_key(device).await? else { return Ok(false) };
        store.save_key(device, &key).await?;
        Ok(true)
    }

    /// Notes how a device stands.
    pub(crate) async fn note(&self, prepared: &Prepared) -> Result<(), VaultError> {
        self.save(&name("prepared", prepared.device), prepared).await
    }

    /// Notes that the tablet is in a patient's hands, and that the hospital is to be told.
    pub(crate) async fn note_given(&self, prepared: &Prepared, given: &Given) -> Result<(), VaultError> {
        let prepared = Prepared { given_at: Some(given.request.at), ..prepared.clone() };
        let texts = [
            (name("prepared", prepared.device), text(&prepared)?),
            (given_name(given), text(given)?),
            ("in_hands".to_owned(), text(&prepared.device)?),
        ];
        Ok(self.store.save_texts(&texts).await?)
    }

    /// Forgets a device that is no more.
    pub(crate) async fn forget(&self, device: DeviceId) -> Result<(), VaultError> {
        let texts = ["prepared", "secrets", "bundle", "key"].map(|kind| (name(kind, device), None));
        Ok(self.store.save_texts(&texts).await?)
    }

    /// What is sealed of a device; `None` when it was sealed under another key, or never.
    pub(crate) async fn find_secrets(&self, key: &Key, device: DeviceId) -> Result<Option<Secrets>, VaultError> {
        let opened = self.unseal(key, "secrets", device).await?;
        Ok(opened.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// A device's bundle, in the text in which it is kept.
    pub(crate) async fn find_bundle(&self, key: &Key, device: DeviceId) -> Result<Option<String>, VaultError> {
        self.unseal(key, "bundle", device).await
    }

    async fn unseal(&self, key: &Key, kind: &str, device: DeviceId) -> Result<Option<String>, VaultError> {
        match self.find::<SealedCredential>(&name(kind, device)).await? {
            Some(sealed) => Ok(crypto::unseal_under(key, &sealed, device).await?),
            None => Ok(None),
        }
    }

    /// The hand-overs that the hospital is still to be told of.
    pub(crate) async fn list_given(&self) -> Result<Vec<Given>, VaultError> {
        self.list("given").await
    }

    /// The hospital was told.
    pub(crate) async fn forget_given(&self, given: &Given) -> Result<(), VaultError> {
        Ok(self.store.save_texts(&[(given_name(given), None)]).await?)
    }

    /// Keeps what unlocks the nurse's session, under the tablet's key.
    pub(crate) async fn keep_unlock(&self, key: &Key, lock: &Lock, unlock: &str) -> Result<(), VaultError> {
        let sealed = crypto::seal_under(key, unlock, lock.id).await?;
        self.save("unlock", &sealed).await
    }

    /// What unlocks the nurse's session, if it was locked.
    pub(crate) async fn find_unlock(&self, key: &Key, lock: &Lock) -> Result<Option<String>, VaultError> {
        match self.find::<SealedCredential>("unlock").await? {
            Some(sealed) => Ok(crypto::unseal_under(key, &sealed, lock.id).await?),
            None => Ok(None),
        }
    }

    /// It was used, or its session has ended.
    pub(crate) async fn forget_unlock(&self) -> Result<(), VaultError> {
        Ok(self.store.save_texts(&[("unlock".to_owned(), None)]).await?)
    }

    /// Asks the browser to keep the database when space runs short.
    pub(crate) async fn note_persistence(&self, promised: bool) -> Result<(), VaultError> {
        Ok(self.store.note_persistence(promised).await?)
    }
}

//! The ward's tablet as the staff's pages see it: whose PIN opens it, what it holds, in whose hands it is.
//!
//! Made once, near the root of the staff's app. Until it is known that no patient has it, nothing else shows.

use std::{rc::Rc, time::Duration};

use leptos::{ev, prelude::*, task::spawn_local};
use shared::{
    answers::AnswerEvent,
    api::{StaffReply, UnlockRequest},
    id::{DeviceId, PatientId},
    sync::store::{Store as _, Tally},
};

use super::{
    Handover,
    line::{Line, Outbox},
    shell,
    vault::{Given, Lock, Prepared, Try, Vault, VaultError},
};
use crate::{
    address::reload,
    crypto::{Key, Pin},
    staff::{Desk, Presence, Route, Trouble, WhyOut},
    store::IndexedDbStore,
};

/// How often what waits is tried again, while the tablet is open.
const HAND_IN_EVERY: Duration = Duration::from_mins(1);

/// How the tablet stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    /// Being looked up.
    Unknown,
    /// It is no ward's tablet.
    Unused,
    /// A patient has it, or had it when the page was left: only the nurse's PIN goes on.
    InHands,
    /// The PIN is needed.
    Closed,
    /// The PIN was given.
    Open,
}

/// What the tablet is busy with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Work {
    /// Preparing: so many of so many patients.
    Preparing(usize, usize),
    /// Handing in what waits.
    Sending,
    /// Handing the tablet over.
    Giving,
}

/// What went wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum WardTrouble {
    /// The tablet could not keep or read something.
    Vault(VaultError),
    /// The hospital said no, or nothing.
    Hospital(Trouble),
    /// The apps could not be kept for use without network.
    Apps,
    /// So many patients could not be prepared.
    NotAll(usize),
}

/// The tablet; a handle that can be copied into every closure.
#[derive(Clone, Copy)]
pub(crate) struct Tablet {
    pub(super) desk: Desk,
    standing: RwSignal<Standing>,
    lock: RwSignal<Option<Lock>>,
    lines: RwSignal<Vec<Line>>,
    /// What waits is to be handed in as soon as nothing else is done.
    due: RwSignal<bool>,
    /// Whom the tablet is to be handed to, once it is open and prepared.
    pub(super) wanted: RwSignal<Option<PatientId>>,
    pub(super) giving: RwSignal<Option<DeviceId>>,
    pub(super) work: RwSignal<Option<Work>>,
    pub(super) trouble: RwSignal<Option<WardTrouble>>,
    vault: StoredValue<Rc<Vault>, LocalStorage>,
    key: StoredValue<Option<Key>, LocalStorage>,
}

impl Tablet {
    /// Looks whether this is a ward's tablet, and gives itself to everything below.
    pub(crate) fn provide(desk: Desk) -> Self {
        let tablet = Self {
            desk,
            standing: RwSignal::new(Standing::Unknown),
            lock: RwSignal::new(None),
            lines: RwSignal::new(Vec::new()),
            due: RwSignal::new(false),
            wanted: RwSignal::new(None),
            giving: RwSignal::new(None),
            work: RwSignal::new(None),
            trouble: RwSignal::new(None),
            vault: StoredValue::new_local(Rc::new(Vault::new())),
            key: StoredValue::new_local(None),
        };
        provide_context(tablet);
        spawn_local(tablet.look_up());
        // Another tab handed the tablet over, or took it back: what this one shows is not for whoever holds it now.
        let changed = window_event_listener(ev::storage, move |change| {
            if change.key().as_deref() == Some(shell::WORD) {
                reload();
            }
        });
        // Whoever signs out leaves nothing open behind.
        Effect::new(move || {
            if desk.presence() == Presence::Out(WhyOut::Left) && tablet.standing.get_untracked() == Standing::Open {
                tablet.close();
            }
        });
        // Asked while another round still fails for want of network, the next begins when that one is over.
        Effect::new(move || {
            if tablet.due.get() && tablet.work.get().is_none() {
                tablet.due.set(false);
                tablet.begin_round();
            }
        });
        let online = window_event_listener(ev::online, move |_| tablet.hand_in());
        // No browser promises to tell of every network that comes back.
        let waits = move || tablet.lines.with_untracked(|lines| lines.iter().any(|line| line.tally.waiting > 0));
        let now_and_then = move || {
            if waits() {
                tablet.hand_in();
            }
        };
        let again = set_interval_with_handle(now_and_then, HAND_IN_EVERY).ok();
        on_cleanup(move || {
            changed.remove();
            online.remove();
            if let Some(again) = again {
                again.clear();
            }
        });
        tablet
    }

    /// The tablet that [`Tablet::provide`] gave.
    pub(crate) fn find() -> Self {
        expect_context()
    }

    /// How it stands; read in a view, it follows every change.
    pub(crate) fn standing(self) -> Standing {
        self.standing.get()
    }

    /// Whether it is a ward's tablet, and no patient has it.
    pub(crate) fn is_ours(self) -> bool {
        matches!(self.standing.get(), Standing::Closed | Standing::Open)
    }

    /// Whose PIN opens it.
    pub(super) const fn lock(self) -> RwSignal<Option<Lock>> {
        self.lock
    }

    /// What it holds, by registry number; empty while it is closed.
    pub(super) const fn lines(self) -> RwSignal<Vec<Line>> {
        self.lines
    }

    pub(super) fn vault(self) -> Rc<Vault> {
        self.vault.get_value()
    }

    /// The key, while the tablet is open.
    pub(super) fn key(self) -> Option<Key> {
        self.key.get_value()
    }

    /// The nurse who is signed in, if one is.
    pub(super) fn staff(self) -> Option<StaffReply> {
        self.desk.known_staff()
    }

    async fn look_up(self) {
        let vault = self.vault();
        let (lock, in_hands) = (vault.find_lock().await, vault.find_in_hands().await);
        let standing = match (&lock, &in_hands) {
            // What cannot be read may be in a patient's hands.
            (Err(_), _) | (_, Err(_)) | (Ok(_), Ok(Some(_))) => Standing::InHands,
            (Ok(Some(_)), Ok(None)) => Standing::Closed,
            (Ok(None), Ok(None)) => Standing::Unused,
        };
        if let Some(error) = lock.as_ref().err().or(in_hands.as_ref().err()) {
            self.trouble.set(Some(WardTrouble::Vault(error.clone())));
        }
        if standing == Standing::InHands {
            self.desk.address.replace(&Route::Home.path());
        }
        self.lock.set(lock.ok().flatten());
        self.standing.set(standing);
    }

    /// Hands the tablet to this patient: its page asks for what is missing until then.
    pub(crate) fn want(self, patient: PatientId) {
        self.wanted.set(Some(patient));
        self.desk.address.go(&Route::Tablet.path());
    }

    /// Makes the tablet the PIN of whoever is signed in, and prepares again what was sealed under another.
    pub(super) async fn choose_pin(self, pin: Pin) -> Result<(), VaultError> {
        let Some(staff) = self.staff() else { return Ok(()) };
        let vault = self.vault();
        let (lock, key) = vault.make_lock(&staff, &pin).await?;
        self.lock.set(Some(lock));
        shell::tell_tabs(false);
        if let Some(promised) = shell::ask_to_persist().await {
            vault.note_persistence(promised).await?;
        }
        self.open_with(key).await
    }

    /// Tries a PIN; gives what became of it when it did not open the tablet.
    pub(super) async fn try_pin(self, pin: &Pin) -> Result<Option<Try>, VaultError> {
        let vault = self.vault();
        let Some(lock) = vault.find_lock().await? else { return Ok(None) };
        let tried = vault.open(lock.clone(), pin).await?;
        self.lock.set(vault.find_lock().await?);
        let Try::Open(key) = tried else { return Ok(Some(tried)) };
        if self.standing.get_untracked() == Standing::InHands {
            self.take_back(&key, &lock).await?;
        }
        self.open_with(key).await?;
        Ok(None)
    }

    /// The tablet is the nurse's again; with network her session is too.
    async fn take_back(self, key: &Key, lock: &Lock) -> Result<(), VaultError> {
        let vault = self.vault();
        vault.take_back().await?;
        shell::forget_choices();
        self.desk.address.replace(&Route::Tablet.path());
        self.unlock_session(key, lock).await
    }

    async fn unlock_session(self, key: &Key, lock: &Lock) -> Result<(), VaultError> {
        let vault = self.vault();
        let Some(unlock) = vault.find_unlock(key, lock).await? else { return Ok(()) };
        match self.desk.unlock(UnlockRequest { unlock }).await {
            // Without network it stays for later.
            Err(Trouble::Unreachable) => Ok(()),
            Ok(()) | Err(Trouble::Said(_)) => vault.forget_unlock().await,
        }
    }

    async fn open_with(self, key: Key) -> Result<(), VaultError> {
        self.key.set_value(Some(key));
        self.refresh().await?;
        self.standing.set(Standing::Open);
        self.hand_in();
        Ok(())
    }

    /// Asks for the PIN again.
    pub(super) fn close(self) {
        self.key.set_value(None);
        self.lines.set(Vec::new());
        self.giving.set(None);
        self.wanted.set(None);
        self.standing.set(Standing::Closed);
    }

    /// Reads again what the tablet holds.
    pub(super) async fn refresh(self) -> Result<(), VaultError> {
        let vault = self.vault();
        let Some(key) = self.key() else { return Ok(()) };
        let mut lines = Vec::new();
        for prepared in vault.list_prepared().await?.into_iter().filter(|it| !it.finished) {
            let secrets = vault.find_secrets(&key, prepared.device).await?;
            let (tally, outbox) = count(&prepared).await?;
            lines.push(Line { prepared, secrets, tally, outbox });
        }
        lines.sort_by_key(Line::order);
        self.lines.set(lines);
        Ok(())
    }

    /// Hands in what waits, if the tablet is open; without network nothing changes.
    pub(super) fn hand_in(self) {
        self.due.set(self.key().is_some());
    }

    fn begin_round(self) {
        self.work.set(Some(Work::Sending));
        spawn_local(async move {
            if untrack(|| self.desk.presence()) == Presence::Unknown {
                self.desk.ask_who().await;
            }
            if let (Some(key), Some(lock)) = (self.key(), self.lock.get_untracked()) {
                let _ = self.unlock_session(&key, &lock).await;
            }
            let told = super::hand_in::hand_in(self).await;
            self.work.set(None);
            if let Err(error) = told {
                self.trouble.set(Some(WardTrouble::Vault(error)));
            }
        });
    }

    /// Whether requests of a nurse go through now.
    pub(super) fn is_signed_in(self) -> bool {
        matches!(untrack(|| self.desk.presence()), Presence::In(_))
    }

    /// Tells the hospital who was handed the tablet, as far as it is reached.
    pub(super) async fn tell_given(self) -> Result<(), VaultError> {
        let vault = self.vault();
        for given in vault.list_given().await? {
            let Given { patient, request } = &given;
            match self.desk.post::<()>(&format!("/api/patients/{patient}/handover/given"), request).await {
                Ok(()) => vault.forget_given(&given).await?,
                Err(Trouble::Said(_)) => {}
                Err(Trouble::Unreachable) => break,
            }
        }
        Ok(())
    }
}

/// How much a device holds, and what of it waits.
async fn count(prepared: &Prepared) -> Result<(Tally, Outbox), VaultError> {
    // A database that was never handed over does not exist yet, and looking would make it.
    if prepared.given_at.is_none() {
        return Ok((Tally::default(), Outbox::default()));
    }
    let store = IndexedDbStore::new(&Handover::database(prepared.device));
    let tally = store.tally(prepared.patient).await?;
    let waiting = store.list_outbox(prepared.patient, 0, u32::MAX).await?;
    store.close();
    let events = waiting.iter().map(|event| serde_json::from_str::<AnswerEvent>(&event.json));
    Ok((tally, Outbox::of(&events.collect::<Result<Vec<_>, _>>()?)))
}

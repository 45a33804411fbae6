//! This phone as the patient's pages see it: enrolled or not, locked or open, and what is on its way.
//!
//! Made once, near the root of the patient's app; a page finds it in its context. Signals tell when something
//! changed; everything that can fail is a value.

use std::rc::Rc;

use leptos::{ev, prelude::*};
use shared::{
    answers::AnswerEvent,
    api::Claim,
    id::{DeviceId, Language, PatientId},
    sync::store::{Enrolment, Store, StoreError},
    time::Timestamp,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::{
    address::leave_for,
    notebook::Notebook,
    session::{self, Session, Unlocking},
    store::IndexedDbStore,
    sync::{SyncStatus, Synchroniser},
    ward::{self, Handover},
};
pub use crate::{
    crypto::Pin,
    session::{EnrolError, UnlockError},
};

/// The one database of the app on a patient's own phone.
const DATABASE: &str = "ressenti";
/// A phone that was put away for longer asks for the PIN again.
const LOCK_AFTER_S: i64 = 5 * 60;

/// How this phone stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeviceState {
    /// Being looked up.
    Opening,
    /// Nobody is enrolled on it.
    NotEnrolled,
    /// The PIN is needed: one entry for each enrolment, the latest last.
    Locked(Vec<Enrolled>),
    /// Open for this patient.
    Open(PatientId),
    /// Its store does not work: nothing can be answered here.
    Failed(StoreError),
}

/// Somebody who can unlock this phone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enrolled {
    /// The device's name, as enrolled for them.
    pub device: DeviceId,
    /// Their language.
    pub language: Language,
    /// No try before this instant.
    pub wait_until: Option<Timestamp>,
}

/// What became of a PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unlock {
    /// Right: the phone is open.
    Open,
    /// Wrong; so many more tries cost nothing.
    WrongPin {
        /// Tries left before a wait.
        free_tries: u32,
    },
    /// Too many were wrong.
    Wait {
        /// When the next try is possible.
        until: Timestamp,
    },
}

/// This phone; a handle that can be copied into every closure.
#[derive(Clone, Copy)]
pub struct Device {
    state: RwSignal<DeviceState>,
    status: RwSignal<SyncStatus>,
    news: RwSignal<u32>,
    store: StoredValue<Rc<IndexedDbStore>, LocalStorage>,
    open: StoredValue<Option<(Session, Rc<Synchroniser>)>, LocalStorage>,
    /// The replica that hands in what it can before the PIN is given.
    waiting: StoredValue<Option<Rc<Synchroniser>>, LocalStorage>,
    hidden_at: StoredValue<Option<Timestamp>>,
    /// It is the ward's tablet: in this patient's hands until it is locked, which ends the page.
    ward: bool,
}

impl Device {
    /// Opens this phone's store, watches network and focus, and gives itself to everything below. The ward's tablet
    /// opens what a nurse handed over.
    pub fn provide(handover: Option<Handover>) -> Self {
        let database = handover.as_ref().map_or_else(|| DATABASE.to_owned(), |it| Handover::database(it.device));
        let device = Self {
            state: RwSignal::new(DeviceState::Opening),
            status: RwSignal::new(SyncStatus::default()),
            news: RwSignal::new(0),
            store: StoredValue::new_local(Rc::new(IndexedDbStore::new(&database))),
            open: StoredValue::new_local(None),
            waiting: StoredValue::new_local(None),
            hidden_at: StoredValue::new(None),
            ward: handover.is_some(),
        };
        provide_context(device);
        device.watch();
        spawn_local(async move {
            if let Some(handover) = handover {
                return device.take_up(handover).await;
            }
            device.show_locked().await;
            device.hand_in_while_locked().await;
            ask_to_persist(&device.store.get_value()).await;
        });
        device
    }

    /// The phone that [`Device::provide`] gave.
    #[must_use]
    pub fn find() -> Option<Self> {
        use_context()
    }

    /// Whether it is the ward's tablet in a patient's hands.
    #[must_use]
    pub const fn is_ward(self) -> bool {
        self.ward
    }

    /// How it stands; read in a view, it follows every change.
    #[must_use]
    pub fn state(self) -> DeviceState {
        self.state.get()
    }

    /// What is kept here and what the hospital has received; read in a view, it follows every change.
    #[must_use]
    pub fn status(self) -> SyncStatus {
        self.status.get()
    }

    /// Counts up when the network brought something: read it where a plan or a standing is loaded.
    #[must_use]
    pub fn news(self) -> u32 {
        self.news.get()
    }

    /// The name under which whoever unlocked it is enrolled; `None` while it is locked.
    #[must_use]
    pub fn enrolled_as(self) -> Option<DeviceId> {
        self.open.with_value(|open| open.as_ref().map(|(session, _)| session.device))
    }

    /// Uses up a letter, under a PIN chosen before, and opens the phone.
    ///
    /// # Errors
    /// When the letter is refused, the hospital is not reached, or the phone cannot keep the credential.
    pub async fn enrol(self, claim: Claim, pin: Pin) -> Result<(), EnrolError> {
        let session = session::enrol(&self.store.get_value(), claim, &pin).await?;
        self.open_with(session);
        Ok(())
    }

    /// Tries a PIN, without network.
    ///
    /// # Errors
    /// When it cannot be tried.
    pub async fn unlock(self, device: DeviceId, pin: Pin) -> Result<Unlock, UnlockError> {
        match session::unlock(&self.store.get_value(), device, &pin).await? {
            Unlocking::Open(session) => {
                self.open_with(session);
                Ok(Unlock::Open)
            }
            Unlocking::WrongPin { free_tries } => Ok(Unlock::WrongPin { free_tries }),
            Unlocking::Wait { until } => Ok(Unlock::Wait { until }),
        }
    }

    /// Asks for the PIN again, the ward's tablet for the nurse's; nothing is lost.
    pub fn lock(self) {
        if self.ward {
            self.state.set(DeviceState::Opening);
            return leave_for(ward::STAFF);
        }
        if let Some((_, synchroniser)) = self.open.try_update_value(Option::take).flatten() {
            synchroniser.lock();
            self.waiting.set_value(Some(synchroniser));
        }
        spawn_local(async move { self.show_locked().await });
    }

    /// Tries now to send and to fetch.
    pub fn refresh(self) {
        if let Some(synchroniser) = self.synchroniser() {
            synchroniser.wake();
        }
    }

    /// The notebook of whoever unlocked the phone; `None` while it is locked, or until the bundle has come once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notebook(self) -> Result<Option<Notebook>, StoreError> {
        let Some((session, synchroniser)) = self.open.get_value() else { return Ok(None) };
        Notebook::open(self.store.get_value(), synchroniser, session).await
    }

    /// Every answer event of whoever unlocked the phone that the hospital has not: a rescue file's content.
    ///
    /// Nobody else's, should several be enrolled on this phone, and nothing while it is locked.
    ///
    /// # Errors
    /// When the store cannot even be read.
    pub async fn list_unsent(self) -> Result<Vec<AnswerEvent>, StoreError> {
        let Some((Session { patient, .. }, _)) = self.open.get_value() else { return Ok(Vec::new()) };
        self.store.get_value().list_unsent(patient).await
    }

    fn synchroniser(self) -> Option<Rc<Synchroniser>> {
        self.open.get_value().map(|(_, synchroniser)| synchroniser).or_else(|| self.waiting.get_value())
    }

    fn open_with(self, session: Session) {
        let former = self.synchroniser();
        self.waiting.set_value(None);
        let synchroniser = match former {
            Some(former) if former.device() == session.device => former,
            former => {
                if let Some(former) = former {
                    former.stop();
                }
                let names = (session.device, session.patient);
                Synchroniser::new(self.store.get_value(), names, self.status, self.news)
            }
        };
        synchroniser.unlock(session.credential());
        let patient = session.patient;
        self.open.set_value(Some((session, synchroniser)));
        self.state.set(DeviceState::Open(patient));
    }

    async fn take_up(self, handover: Handover) {
        match session::take_handover(&self.store.get_value(), &handover.key).await {
            Ok(Some(session)) => self.open_with(session),
            Ok(None) | Err(_) => self.lock(),
        }
    }

    async fn show_locked(self) {
        let state = match self.store.get_value().list_enrolments().await {
            Err(error) => DeviceState::Failed(error),
            Ok(enrolments) if enrolments.is_empty() => DeviceState::NotEnrolled,
            Ok(enrolments) => DeviceState::Locked(enrolments.iter().map(Enrolled::of).collect()),
        };
        self.state.set(state);
    }

    /// What was sent before the phone was closed goes out under the session that the browser may still have.
    async fn hand_in_while_locked(self) {
        let store = self.store.get_value();
        let (Ok(Some(device)), Ok(enrolments)) = (store.find_session().await, store.list_enrolments().await) else {
            return;
        };
        let owner = enrolments.into_iter().find(|enrolment| enrolment.device == device);
        if let Some(owner) = owner.filter(|_| self.synchroniser().is_none()) {
            let synchroniser = Synchroniser::new(store, (device, owner.patient), self.status, self.news);
            synchroniser.wake();
            self.waiting.set_value(Some(synchroniser));
        }
    }

    fn watch(self) {
        let online = window_event_listener(ev::online, move |_| self.refresh());
        let focus = window_event_listener(ev::focus, move |_| self.refresh());
        let turned = window_event_listener(ev::visibilitychange, move |_| self.turned());
        on_cleanup(move || {
            online.remove();
            focus.remove();
            turned.remove();
        });
    }

    /// The phone was put away, or taken out again.
    fn turned(self) {
        if document().hidden() {
            self.hidden_at.set_value(Some(session::now()));
            // the last moment at which the hospital can be told how much waits here
            return self.refresh();
        }
        let since = self.hidden_at.try_update_value(Option::take).flatten();
        let away = since.map_or(0, |since| session::now().duration_since(since).as_secs());
        if away >= LOCK_AFTER_S {
            self.lock();
        }
        self.refresh();
    }
}

impl Enrolled {
    fn of(enrolment: &Enrolment) -> Self {
        let Enrolment { device, language, wait_until, .. } = enrolment;
        Self { device: *device, language: language.clone(), wait_until: *wait_until }
    }
}

/// Asks the browser, once, to keep the store when space runs short, and notes its answer.
async fn ask_to_persist(store: &IndexedDbStore) {
    if !matches!(store.find_persistence().await, Ok(None)) {
        return;
    }
    let Ok(asked) = window().navigator().storage().persist() else { return };
    if let Some(promised) = JsFuture::from(asked).await.as_ref().ok().and_then(JsValue::as_bool) {
        let _ = store.note_persistence(promised).await;
    }
}

//! Drives the replica of one patient: store, network, timer, and the lock that keeps two tabs from syncing at once.
//!
//! The replica decides; this performs. Every tab records, one at a time sends. What the status line shows is the
//! replica's, and so counted from receipts.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::{RwSignal, Set, Update, window};
use serde::Serialize;
pub use shared::sync::{
    replica::{Obstacle, SyncStatus},
    store::Tally,
};
use shared::{
    api::DeviceSessionRequest,
    id::{DeviceId, PatientId},
    sync::{
        HttpReply,
        replica::{Effect, Input, State, step},
        store::{Store, StoreError},
    },
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

use crate::{api, session, store::IndexedDbStore};

/// One lock for the whole browser: sessions are one cookie, whoever is enrolled.
const LOCK: &str = "ressenti-sync";

/// The replica of one patient at this device.
pub struct Synchroniser {
    store: Rc<IndexedDbStore>,
    device: DeviceId,
    patient: PatientId,
    credential: RefCell<Option<String>>,
    state: RefCell<Option<State>>,
    inputs: RefCell<VecDeque<Input>>,
    running: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    status: RwSignal<SyncStatus>,
    news: RwSignal<u32>,
}

impl Synchroniser {
    /// A replica at rest; it writes what it knows into `status`, and counts up `news` when the store has changed.
    #[must_use]
    pub fn new(
        store: Rc<IndexedDbStore>,
        (device, patient): (DeviceId, PatientId),
        status: RwSignal<SyncStatus>,
        news: RwSignal<u32>,
    ) -> Rc<Self> {
        Rc::new(Self {
            store,
            device,
            patient,
            credential: RefCell::default(),
            state: RefCell::new(Some(State::new(patient, session::seed()))),
            inputs: RefCell::default(),
            running: Cell::new(false),
            timer: RefCell::default(),
            status,
            news,
        })
    }

    /// As which device it speaks.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// The PIN was right: sessions can be opened with this.
    pub fn unlock(self: &Rc<Self>, credential: &str) {
        self.credential.replace(Some(credential.to_owned()));
        self.take_in(Input::Unlocked);
        self.take_in(Input::Woken);
    }

    /// The PIN is needed again.
    pub fn lock(self: &Rc<Self>) {
        self.credential.take();
        self.take_in(Input::Locked);
    }

    /// Start, focus, network: a good moment for a round.
    pub fn wake(self: &Rc<Self>) {
        self.take_in(Input::Woken);
    }

    /// A questionnaire was sent: the outbox has grown.
    pub fn recorded(self: &Rc<Self>) {
        self.take_in(Input::Recorded);
    }

    /// Stops for good: another patient's replica takes over.
    pub fn stop(&self) {
        self.credential.take();
        self.state.take();
        self.timer.take();
    }

    fn take_in(self: &Rc<Self>, input: Input) {
        self.inputs.borrow_mut().push_back(input);
        if !self.running.replace(true) {
            let this = Rc::clone(self);
            spawn_local(async move {
                while !this.inputs.borrow().is_empty() {
                    with_lock(Rc::clone(&this)).await;
                }
                this.running.set(false);
            });
        }
    }

    /// Works until nothing is left to do. Without the lock, another tab is at work and no round begins.
    async fn work(self: Rc<Self>, locked: bool) {
        if locked && self.store.find_session().await.ok().flatten() != Some(self.device) {
            self.inputs.borrow_mut().push_front(Input::SessionLost);
        }
        loop {
            let Some(input) = self.inputs.borrow_mut().pop_front() else { break };
            let busy = !locked && matches!(input, Input::Woken | Input::Recorded);
            let Some(state) = self.state.take() else {
                self.inputs.take();
                break;
            };
            let (state, effects) = step(state, if busy { Input::Busy } else { input });
            self.state.replace(Some(state));
            for effect in effects {
                let outcome = self.perform(effect).await;
                self.inputs.borrow_mut().extend(outcome);
            }
        }
    }

    async fn perform(self: &Rc<Self>, effect: Effect) -> Option<Input> {
        match effect {
            Effect::ReadOutbox { after, limit } => {
                Some(stored(self.store.list_outbox(self.patient, after, limit).await, Input::OutboxRead))
            }
            Effect::Push(request) => Some(self.ask("/api/sync/push", body_of(&request), None).await),
            Effect::Settle(settled) => Some(stored(self.store.settle(self.patient, &settled).await, |()| Input::Saved)),
            Effect::Pull => Some(match self.store.cursor(self.patient).await {
                Ok(cursor) => {
                    let path = self.state.borrow().as_ref().map(|state| state.pull_path(cursor)).unwrap_or_default();
                    self.ask(&path, None, None).await
                }
                Err(_) => Input::StoreFailed,
            }),
            Effect::Absorb(pulled) => {
                let absorbed = self.store.absorb(self.patient, &pulled.events, pulled.cursor, &pulled.life).await;
                if matches!(absorbed, Ok(false)) {
                    self.told(true, Ok(()));
                    return Some(Input::Forgotten);
                }
                Some(self.told(!pulled.events.is_empty(), absorbed.map(drop)))
            }
            Effect::FetchBundle => Some(match self.store.find_bundle(self.patient).await {
                Ok(bundle) => {
                    let revision = bundle.map(|bundle| bundle.revision);
                    self.ask("/api/sync/bundle", None, revision.as_deref()).await
                }
                Err(_) => Input::StoreFailed,
            }),
            Effect::SaveBundle(text) => Some(self.told(true, self.store.save_bundle(self.patient, &text).await)),
            Effect::OpenSession => Some(self.open_session().await),
            Effect::Count => Some(stored(self.store.tally(self.patient).await, Input::Counted)),
            Effect::ArmTimer { delay_ms } => {
                let this = Rc::clone(self);
                self.timer.replace(Some(Timeout::new(delay_ms, move || this.wake())));
                None
            }
            Effect::Status(status) => {
                self.status.set(status);
                None
            }
        }
    }

    /// A save of the network's news: pages that show the store read it again.
    fn told(&self, changed: bool, saved: Result<(), StoreError>) -> Input {
        if changed && saved.is_ok() {
            self.news.update(|news| *news = news.wrapping_add(1));
        }
        stored(saved, |()| Input::Saved)
    }

    /// Whose session the browser has is noted around it: a page that dies in between leaves it unknown, never wrong.
    async fn open_session(&self) -> Input {
        let Some(credential) = self.credential.borrow().clone() else { return Input::NetworkFailed };
        if self.store.note_session(None).await.is_err() {
            return Input::StoreFailed;
        }
        let request = DeviceSessionRequest { device: self.device, credential };
        let reply = self.ask("/api/device/session", body_of(&request), None).await;
        if matches!(reply, Input::Replied(HttpReply { status: 204, .. }))
            && self.store.note_session(Some(self.device)).await.is_err()
        {
            return Input::StoreFailed;
        }
        reply
    }

    /// One exchange, signed. Without a key that works the hospital is asked all the same: its refusal is what the
    /// patient is told, and nothing leaves the outbox.
    async fn ask(&self, path: &str, body: Option<String>, revision: Option<&str>) -> Input {
        let Ok(key) = self.store.find_key(self.device).await else { return Input::StoreFailed };
        let signature = match key {
            Some(key) => key.sign(self.device, path, body.as_deref()).await,
            None => None,
        };
        api::send(path, body, revision, signature).await.map_or(Input::NetworkFailed, Input::Replied)
    }
}

/// A plain value as a body; what is sent can always be written.
fn body_of(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

fn stored<T>(outcome: Result<T, StoreError>, input: impl FnOnce(T) -> Input) -> Input {
    outcome.map_or(Input::StoreFailed, input)
}

/// Lets the replica work, under the browser's lock if no other tab holds it.
///
/// `navigator.locks` is called directly: `web-sys` has it only as an unstable interface. A browser without it may
/// send an event twice, which the server answers with the first receipt.
async fn with_lock(synchroniser: Rc<Synchroniser>) {
    let fallback = Rc::clone(&synchroniser);
    let asked = ask_for_lock(move |lock| {
        let held = !lock.is_null();
        future_to_promise(async move {
            synchroniser.work(held).await;
            Ok(JsValue::UNDEFINED)
        })
    });
    match asked {
        Ok(finished) => {
            let _ = JsFuture::from(finished).await;
        }
        Err(_) => fallback.work(true).await,
    }
}

fn ask_for_lock(work: impl FnOnce(JsValue) -> Promise + 'static) -> Result<Promise, JsValue> {
    let locks = Reflect::get(&window().navigator(), &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE)?;
    request.call3(&locks, &LOCK.into(), &options, &Closure::once_into_js(work))?.dyn_into()
}

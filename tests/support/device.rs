//! The patient's app without a browser: the real replica and store of `shared`, driven over real HTTP.

use std::{cell::RefCell, collections::VecDeque};

use reqwest::Method;
use serde_json::json;
use shared::{
    api::DeviceSessionRequest,
    sync::{
        HttpReply, MemoryStore,
        protocol::PullReply,
        replica::{Effect, Input, State, SyncStatus, step},
        store::Store,
    },
};

use super::{Phone, Reply};

/// A device that keeps answers and, when told, agrees with the server.
pub struct Device {
    /// The phone it runs on.
    pub phone: Phone,
    /// What it keeps.
    pub store: MemoryStore,
    /// Whether it has a network.
    pub online: bool,
    state: RefCell<State>,
    /// What the status line last said.
    pub status: RefCell<SyncStatus>,
}

impl Device {
    /// A device at rest, its PIN given.
    pub async fn on(phone: Phone) -> Self {
        let state = State::new(phone.patient, 7);
        let device = Self {
            phone,
            store: MemoryStore::default(),
            online: true,
            state: RefCell::new(state),
            status: RefCell::new(SyncStatus::default()),
        };
        device.feed(Input::Unlocked).await;
        device
    }

    /// Wakes the replica and carries out its effects until it rests.
    pub async fn synchronise(&self) {
        self.feed(Input::Woken).await;
    }

    async fn feed(&self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let (state, effects) = step(self.state.borrow().clone(), input);
            *self.state.borrow_mut() = state;
            for effect in effects {
                inputs.extend(self.perform(effect).await);
            }
        }
    }

    async fn perform(&self, effect: Effect) -> Option<Input> {
        let patient = self.phone.patient;
        Some(match effect {
            Effect::ReadOutbox { after, limit } => {
                Input::OutboxRead(self.store.list_outbox(patient, after, limit).await.unwrap())
            }
            Effect::Push(request) => self.ask(Method::POST, "/api/sync/push", &json!(request)).await,
            Effect::Pull => {
                let cursor = self.store.cursor(patient).await.unwrap();
                let path = self.state.borrow().pull_path(cursor);
                self.ask(Method::GET, &path, &json!(null)).await
            }
            Effect::FetchBundle => self.ask(Method::GET, "/api/sync/bundle", &json!(null)).await,
            Effect::OpenSession => {
                let (device, credential) = (self.phone.device, self.phone.credential.clone());
                let request = DeviceSessionRequest { device, credential };
                self.ask(Method::POST, "/api/device/session", &json!(request)).await
            }
            Effect::Settle(settled) => {
                self.store.settle(patient, &settled).await.unwrap();
                Input::Saved
            }
            Effect::Absorb(PullReply { events, cursor, life, .. }) => {
                let taken = self.store.absorb(patient, &events, cursor, &life).await.unwrap();
                if taken { Input::Saved } else { Input::Forgotten }
            }
            Effect::SaveBundle(bundle) => {
                self.store.save_bundle(patient, &bundle).await.unwrap();
                Input::Saved
            }
            Effect::Count => Input::Counted(self.store.tally(patient).await.unwrap()),
            Effect::Status(status) => {
                *self.status.borrow_mut() = status;
                return None;
            }
            Effect::ArmTimer { .. } => return None,
        })
    }

    async fn ask(&self, method: Method, path: &str, body: &serde_json::Value) -> Input {
        if !self.online {
            return Input::NetworkFailed;
        }
        let request = self.phone.client.request(method, path);
        let request = if body.is_null() { request } else { request.json(body) };
        let Reply { status, body, .. } = self.phone.client.send(request).await;
        Input::Replied(HttpReply { status: status.as_u16(), body: String::from_utf8(body).unwrap() })
    }
}

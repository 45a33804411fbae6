//! A patient's app without a browser: the real replica and store of `shared`, over real HTTP, with a journal on disk.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};
use fastrand::Rng;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, COOKIE, IF_NONE_MATCH, SET_COOKIE},
};
use serde_json::{Value, json};
use shared::{
    answers::{AnswerValue, DraftEvent, EventBody, KnownBody, Origin, WordingRef, sha256_hex},
    api::{CSRF_HEADER, CSRF_VALUE, DeviceSessionRequest},
    id::{AnswerEventId, AssessmentId, DeviceId, InstrumentVersion, ItemCode, PatientId, SessionId},
    instrument::catalog::Catalog,
    people::{Mode, Respondent},
    sync::{
        HttpReply, MemoryStore,
        protocol::PullReply,
        replica::{Effect, Input, Obstacle, State, step},
        signing::{DeviceKey, Message},
        store::{Stage, Store, Tally},
    },
    time::{DeviceTime, Timestamp},
};

use crate::{journal::Journal, settings::now_ms};

/// A device waits no longer for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an enrolled device is known by.
#[derive(Clone, Debug)]
pub(crate) struct Enrolled {
    pub(crate) patient: PatientId,
    pub(crate) device: DeviceId,
    pub(crate) credential: String,
    /// What it signs with.
    pub(crate) key: DeviceKey,
}

/// Where the server is now, as far as devices know; it changes with each start.
pub(crate) type Whereabouts = Rc<RefCell<String>>;

/// What is asked: an instrument whose items take the codes 1 to 4.
#[derive(Clone, Debug)]
pub(crate) struct Questions {
    instrument: InstrumentVersion,
    wording: WordingRef,
    items: Vec<ItemCode>,
}

/// A device that answers, keeps, sends and writes down what becomes of it.
pub(crate) struct Device {
    pub(crate) enrolled: Enrolled,
    questions: Rc<Questions>,
    server: Whereabouts,
    http: reqwest::Client,
    cookie: RefCell<Option<String>>,
    revision: RefCell<Option<String>>,
    store: MemoryStore,
    state: RefCell<State>,
    journal: RefCell<Journal>,
    chance: RefCell<Rng>,
    n_answered: Cell<u16>,
    /// How far its clock is from the truth.
    pub(crate) skew_ms: Cell<i64>,
}

impl Questions {
    /// An instrument of the cancer core battery, as it ships.
    pub(crate) fn shipped() -> Result<Self> {
        let catalog = Catalog::shipped()?;
        let definition = catalog.find_latest(&"qlq-c30".parse()?).context("there is no qlq-c30")?;
        let pack = catalog.packs(&definition.instrument).next().context("qlq-c30 has no words")?;
        Ok(Self {
            instrument: definition.instrument.clone(),
            wording: pack.reference(),
            items: definition.items.iter().map(|item| item.code.clone()).collect(),
        })
    }
}

impl Device {
    /// A device at rest, its PIN given.
    pub(crate) fn new(
        enrolled: Enrolled,
        questions: Rc<Questions>,
        server: Whereabouts,
        journal: Journal,
        mut chance: Rng,
    ) -> Result<Self> {
        let (state, _) = step(State::new(enrolled.patient, chance.u64(..)), Input::Unlocked);
        Ok(Self {
            enrolled,
            questions,
            server,
            http: reqwest::Client::builder().timeout(PATIENCE).build()?,
            cookie: RefCell::default(),
            revision: RefCell::default(),
            store: MemoryStore::default(),
            state: RefCell::new(state),
            journal: RefCell::new(journal),
            chance: RefCell::new(chance),
            n_answered: Cell::new(0),
            skew_ms: Cell::new(0),
        })
    }

    /// Answers a questionnaire of so many items and says "Send my answers": it waits on the device, nothing is sent.
    ///
    /// Now and then an answer is none that the item takes, or of a kind that no version knows yet.
    pub(crate) async fn answer(&self, n_items: usize) -> Result<()> {
        self.n_answered.set(self.n_answered.get() + 1);
        for item in self.questions.items.iter().cycle().take(n_items) {
            let any = self.chance.borrow_mut().u8(..);
            let body = match any {
                0..=4 => EventBody::Known(KnownBody::Answered { item: item.clone(), value: AnswerValue::Code(99) }),
                5..=9 => self.of_a_later_version()?,
                _ => {
                    let value = AnswerValue::Code(i32::from(any % 4) + 1);
                    EventBody::Known(KnownBody::Answered { item: item.clone(), value })
                }
            };
            self.keep(body).await?;
        }
        self.keep(EventBody::Known(KnownBody::Submitted)).await?;
        self.journal.borrow_mut().sync()
    }

    fn of_a_later_version(&self) -> Result<EventBody> {
        let number = self.chance.borrow_mut().f64() * 1e-7;
        let body =
            json!({ "kind": "hummed", "z": "\u{202f}é\u{1f3b5}\\\"\u{7f}", "a": { "y": number, "b": [null, -0.0] } });
        let Value::Object(body) = body else { return Err(anyhow!("not an object")) };
        Ok(EventBody::Unknown(body))
    }

    async fn keep(&self, body: EventBody) -> Result<()> {
        let [id, session] = [(); 2].map(|()| uuid::Builder::from_random_bytes(self.bytes()).into_uuid());
        let draft = DraftEvent {
            id: AnswerEventId::new(id),
            patient: self.enrolled.patient,
            assessment: AssessmentId { timepoint: "R".parse()?, occurrence: self.n_answered.get() },
            instrument: self.questions.instrument.clone(),
            wording: self.questions.wording.clone(),
            origin: Origin {
                respondent: Respondent::Patient,
                mode: Mode::OwnDevice,
                device: self.enrolled.device,
                session: SessionId::new(session),
                staff: None,
            },
            clock: DeviceTime { at: self.now()?, utc_offset_minutes: 60, monotonic_ms: 0 },
            body,
        };
        let event = self.store.append(draft).await?;
        self.journal.borrow_mut().made(&event)
    }

    fn bytes(&self) -> uuid::Bytes {
        let mut bytes = uuid::Bytes::default();
        self.chance.borrow_mut().fill(&mut bytes);
        bytes
    }

    fn now(&self) -> Result<Timestamp> {
        Ok(Timestamp::from_millisecond(now_ms() + self.skew_ms.get())?)
    }

    /// Wakes the replica and carries out its effects until it rests.
    pub(crate) async fn synchronise(&self) -> Result<()> {
        let mut inputs = VecDeque::from([Input::Woken]);
        while let Some(input) = inputs.pop_front() {
            let (state, effects) = step(self.state.borrow().clone(), input);
            *self.state.borrow_mut() = state;
            for effect in effects {
                inputs.extend(self.perform(effect).await?);
            }
        }
        Ok(())
    }

    /// What the device holds.
    pub(crate) async fn tally(&self) -> Result<Tally> {
        Ok(self.store.tally(self.enrolled.patient).await?)
    }

    /// Whether its last round found nobody.
    pub(crate) fn is_alone(&self) -> bool {
        self.state.borrow().status().obstacle == Some(Obstacle::Offline)
    }

    /// Writes down all that it holds.
    pub(crate) async fn write_down(&self) -> Result<()> {
        let mut events = Vec::new();
        for progress in self.store.list_progress(self.enrolled.patient).await? {
            for kept in self.store.list_slot(&progress.slot).await? {
                let stage = match kept.stage {
                    Stage::Draft => "draft",
                    Stage::Outbox => "outbox",
                    Stage::Received => "received",
                    Stage::Quarantined => "quarantined",
                    Stage::Pulled => "pulled",
                };
                events.push(json!([kept.event.id, sha256_hex(&kept.event.canonical_bytes()?), stage]));
            }
        }
        self.journal.borrow_mut().holds(&events)
    }

    async fn perform(&self, effect: Effect) -> Result<Option<Input>> {
        let Enrolled { patient, device, credential, .. } = &self.enrolled;
        Ok(Some(match effect {
            Effect::ReadOutbox { after, limit } => {
                Input::OutboxRead(self.store.list_outbox(*patient, after, limit).await?)
            }
            Effect::Push(request) => self.ask(Method::POST, "/api/sync/push", Some(&json!(request))).await,
            Effect::Pull => {
                let cursor = self.store.cursor(*patient).await?;
                let path = self.state.borrow().pull_path(cursor);
                self.ask(Method::GET, &path, None).await
            }
            Effect::FetchBundle => self.ask(Method::GET, "/api/sync/bundle", None).await,
            Effect::OpenSession => {
                let request = DeviceSessionRequest { device: *device, credential: credential.clone() };
                self.ask(Method::POST, "/api/device/session", Some(&json!(request))).await
            }
            Effect::Settle(settled) => {
                self.store.settle(*patient, &settled).await?;
                self.journal.borrow_mut().settled(&settled)?;
                Input::Saved
            }
            Effect::Absorb(PullReply { events, cursor, life, .. }) => {
                if self.store.absorb(*patient, &events, cursor, &life).await? {
                    self.journal.borrow_mut().absorbed(&events, *device)?;
                    Input::Saved
                } else {
                    Input::Forgotten
                }
            }
            Effect::SaveBundle(bundle) => {
                let revision = serde_json::from_str::<Value>(&bundle)?.get("revision").map(Value::to_string);
                *self.revision.borrow_mut() = revision;
                self.store.save_bundle(*patient, &bundle).await?;
                Input::Saved
            }
            Effect::Count => Input::Counted(self.tally().await?),
            Effect::Status(_) | Effect::ArmTimer { .. } => return Ok(None),
        }))
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Input {
        match self.try_ask(method, path, body).await {
            Ok(reply) => Input::Replied(reply),
            Err(_) => Input::NetworkFailed,
        }
    }

    async fn try_ask(&self, method: Method, path: &str, body: Option<&Value>) -> reqwest::Result<HttpReply> {
        let address = format!("{}{path}", self.server.borrow());
        let mut request = self.http.request(method.clone(), address).header(CSRF_HEADER, CSRF_VALUE);
        if let Some(cookie) = self.cookie.borrow().as_deref() {
            request = request.header(COOKIE, cookie);
        }
        if let Some(revision) = self.revision.borrow().as_deref() {
            request = request.header(IF_NONE_MATCH, revision);
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let message = Message { method: method.as_str(), path, query, body: body.as_bytes() };
        let at_s = (now_ms() + self.skew_ms.get()).max(0) / 1_000;
        for (name, value) in self.enrolled.key.sign(&message, self.enrolled.device, at_s) {
            request = request.header(name, value);
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let cookie = response.headers().get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()).and_then(session_of);
        let body = response.text().await?;
        if cookie.is_some() {
            *self.cookie.borrow_mut() = cookie;
        }
        Ok(HttpReply { status, body })
    }
}

/// The session that a header opens, as a header sends it back.
pub(crate) fn session_of(header: &str) -> Option<String> {
    let pair = header.split(';').next()?;
    (!pair.ends_with('=')).then(|| pair.to_owned())
}

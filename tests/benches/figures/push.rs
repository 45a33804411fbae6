//! The load: 64 phones that each push questionnaires of 30 answers, the next as soon as one is acknowledged.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use shared::{
    answers::{AnswerEvent, AnswerValue, EventBody, KnownBody, Origin, WordingRef},
    id::{AnswerEventId, AssessmentId, InstrumentVersion, SessionId},
    instrument::{Definition, catalog::Catalog},
    people::{Mode, Respondent},
    sync::protocol::{PROTOCOL_VERSION, PushRequest},
    time::DeviceTime,
};
use uuid::Uuid;

use crate::{
    hospital::{Hospital, Phone},
    table,
    wire::{Wire, request},
};

/// Questionnaires that each client pushes in a turn.
const PUSHES: usize = 40;

/// What one turn reached.
pub(crate) struct Turn {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// What one client pushes in a turn: questionnaires, each as its events.
pub(crate) type Pushes = Vec<Vec<AnswerEvent>>;

/// The clients and what they have said so far.
pub(crate) struct Load {
    clients: Vec<Client>,
    questionnaire: Questionnaire,
}

struct Client {
    phone: Phone,
    wire: Wire,
    address: String,
    sent: u16,
}

/// The instrument that is answered: 30 items, each with one of its codes.
struct Questionnaire {
    instrument: InstrumentVersion,
    wording: WordingRef,
    bodies: Vec<EventBody>,
}

impl Load {
    /// Enrols the patients, opens a phone and a connection for each.
    pub(crate) async fn prepare(hospital: &Hospital, clients: usize) -> Result<Self> {
        let mut load = Self { clients: Vec::new(), questionnaire: Questionnaire::shipped()? };
        for phone in hospital.enrol_phones(clients).await? {
            let address = hospital.address().to_owned();
            load.clients.push(Client { phone, wire: Wire::open(&address).await?, address, sent: 0 });
        }
        Ok(load)
    }

    /// One questionnaire's events as they would be stored: what the yardsticks insert.
    pub(crate) fn sample(&self) -> Vec<AnswerEvent> {
        self.clients.first().map(|client| self.questionnaire.events(&client.phone, 1)).unwrap_or_default()
    }

    /// What each client says next: it is pushed in a turn, and may be inserted by a yardstick before.
    pub(crate) fn say(&mut self) -> Vec<Pushes> {
        let Self { clients, questionnaire } = self;
        let next = |client: &mut Client| {
            client.sent += 1;
            questionnaire.events(&client.phone, client.sent)
        };
        clients.iter_mut().map(|client| (0..PUSHES).map(|_| next(client)).collect()).collect()
    }

    /// One turn: every client pushes its questionnaires; everything must be acknowledged as received.
    pub(crate) async fn run(&mut self, said: &[Pushes]) -> Result<Turn> {
        let mut turns = Vec::new();
        for (client, pushes) in std::mem::take(&mut self.clients).into_iter().zip(said) {
            let requests = client.requests(pushes)?;
            turns.push((client, requests));
        }
        let started = Instant::now();
        let tasks: Vec<_> = turns.into_iter().map(|(client, requests)| tokio::spawn(client.push(requests))).collect();
        let (mut times, mut replies) = (Vec::new(), Vec::new());
        for task in tasks {
            let mut pushed = task.await??;
            self.clients.push(pushed.client);
            times.append(&mut pushed.times);
            replies.append(&mut pushed.replies);
        }
        let seconds = started.elapsed().as_secs_f64();
        replies.iter().try_for_each(|reply| check(reply))?;
        let n = f64::from(u32::try_from(times.len())?);
        Ok(Turn {
            per_second: n / seconds,
            p50_ms: table::quantile(&mut times, 50, 100),
            p99_ms: table::quantile(&mut times, 99, 100),
        })
    }
}

impl Client {
    /// Requests are made beforehand, so that making them costs no time of the measurement.
    fn requests(&self, pushes: &Pushes) -> Result<Vec<Vec<u8>>> {
        let request = |events: &Vec<AnswerEvent>| {
            let events = events.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
            let body = serde_json::to_vec(&PushRequest { protocol: PROTOCOL_VERSION, events })?;
            Ok(request(
                "POST",
                &self.address,
                "/api/sync/push",
                &self.phone.headers("POST", "/api/sync/push", &body),
                &body,
            ))
        };
        pushes.iter().map(request).collect()
    }

    async fn push(mut self, requests: Vec<Vec<u8>>) -> Result<Pushed> {
        let (mut times, mut replies) = (Vec::with_capacity(requests.len()), Vec::with_capacity(requests.len()));
        for request in requests {
            let started = Instant::now();
            replies.push(self.wire.ask(&request).await?);
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        Ok(Pushed { client: self, times, replies })
    }
}

/// What a client did in a turn; its replies are looked at after the clock has stopped.
struct Pushed {
    client: Client,
    times: Vec<f64>,
    replies: Vec<Vec<u8>>,
}

/// Every event of a push must have been received.
fn check(reply: &[u8]) -> Result<()> {
    let reply: Value = serde_json::from_slice(reply)?;
    let outcomes = reply.get("outcomes").and_then(Value::as_array).context("a reply without outcomes")?;
    let all = outcomes.iter().all(|outcome| outcome.get("outcome") == Some(&Value::from("received")));
    ensure!(all && outcomes.len() == 31, "not everything was received: {reply}");
    Ok(())
}

impl Questionnaire {
    fn shipped() -> Result<Self> {
        let catalog = Catalog::shipped()?;
        let definition = catalog.find_latest(&"qlq-c30".parse()?).context("there is no qlq-c30")?;
        let pack = catalog.packs(&definition.instrument).next().context("qlq-c30 has no words")?;
        let mut bodies = answers(definition);
        bodies.push(EventBody::Known(KnownBody::Submitted));
        Ok(Self { instrument: definition.instrument.clone(), wording: pack.reference(), bodies })
    }

    /// The n-th questionnaire of a phone: an assessment of its own, new ids, the device's count going on.
    #[expect(clippy::disallowed_methods, reason = "the load generator stands for devices, which make ids")]
    fn events(&self, phone: &Phone, n: u16) -> Vec<AnswerEvent> {
        let session = SessionId::new(Uuid::now_v7());
        let origin = Origin {
            respondent: Respondent::Patient,
            mode: Mode::OwnDevice,
            device: phone.device,
            session,
            staff: None,
        };
        let assessment = AssessmentId { timepoint: phone.relapse.clone(), occurrence: n };
        let first = u64::from(n - 1) * 31 + 1;
        let event = |(sequence, body): (u64, &EventBody)| AnswerEvent {
            id: AnswerEventId::new(Uuid::now_v7()),
            patient: phone.patient,
            assessment: assessment.clone(),
            instrument: self.instrument.clone(),
            wording: self.wording.clone(),
            origin: origin.clone(),
            sequence,
            clock: DeviceTime { at: phone.now, utc_offset_minutes: 60, monotonic_ms: sequence * 4000 },
            body: body.clone(),
        };
        (first..).zip(&self.bodies).map(event).collect()
    }
}

/// An answer to each item: its option set's first code.
fn answers(definition: &Definition) -> Vec<EventBody> {
    definition
        .items
        .iter()
        .map(|item| EventBody::Known(KnownBody::Answered { item: item.code.clone(), value: AnswerValue::Code(2) }))
        .collect()
}

//! Devices, a server and a bad network in one thread: after the faults stop, every copy agrees and nothing is lost.
//!
//! Chance is proptest's (`PROPTEST_CASES=20000` for a long run): a failing run prints the moves that led to it. The
//! server is a model of the protocol's prose, the stores and replicas are the real ones.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

use super::{
    HttpReply, MemoryStore,
    protocol::{PullReply, PulledEvent, PushOutcome, PushReply, PushRequest, QuarantineReason, Receipt},
    ready,
    replica::{Effect, Input, State, step},
    store::{Stage, Store, StoreError},
};
use crate::{
    answers::{
        AnswerEvent, AnswerLog, DraftEvent, Slot, response,
        samples::{answered, event, key, submitted},
        sha256_hex,
    },
    api::{Problem, ProblemKind},
    id::{AnswerEventId, PatientId},
    time::Timestamp,
};

const INSTRUMENTS: [&str; 2] = ["qlq-c30", "eq-5d-5l"];
/// The server sets answers to this item aside.
const POISON: &str = "poison";

/// Which patient each device is enrolled for.
const DEVICES: [u128; 4] = [1, 1, 1, 2];

/// What happens to one exchange over the network.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Delivered,
    RequestLost,
    /// The server has it; the device never hears.
    ReplyLost,
    /// Comes to the server now and once more later.
    Doubled,
    /// The device gives up; the server gets it later, in any order.
    Late,
    /// The reply ends after so many bytes.
    Truncated(usize),
    /// A hotel's sign-in page, with status 200.
    Portal,
    /// Receipts that are for other bytes.
    Forged,
    ServerDown,
    TooLarge,
    SessionOver,
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Tap { instrument: usize, poison: bool },
    Send { instrument: usize },
    Wake,
    Perform(Fate),
    StoreFails,
    Crash,
    LateArrives(usize),
    Restore(usize),
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        12 => Just(Fate::Delivered),
        1 => Just(Fate::RequestLost),
        2 => Just(Fate::ReplyLost),
        1 => Just(Fate::Doubled),
        1 => Just(Fate::Late),
        1 => (0..400_usize).prop_map(Fate::Truncated),
        1 => Just(Fate::Portal),
        1 => Just(Fate::Forged),
        1 => Just(Fate::ServerDown),
        1 => Just(Fate::TooLarge),
        1 => Just(Fate::SessionOver),
    ]
}

fn any_move() -> impl Strategy<Value = (usize, Move)> {
    let instrument = || 0..INSTRUMENTS.len();
    let what = prop_oneof![
        6 => (instrument(), prop::bool::weighted(0.1)).prop_map(|(instrument, poison)| Move::Tap { instrument, poison }),
        2 => instrument().prop_map(|instrument| Move::Send { instrument }),
        4 => Just(Move::Wake),
        24 => any_fate().prop_map(Move::Perform),
        1 => Just(Move::StoreFails),
        1 => Just(Move::Crash),
        1 => (0..8_usize).prop_map(Move::LateArrives),
        1 => (0..8_usize).prop_map(Move::Restore),
    ];
    (0..DEVICES.len(), what)
}

/// The protocol's other end, as its prose says.
#[derive(Default)]
struct Server {
    committed: Vec<PulledEvent>,
    quarantined: BTreeSet<(AnswerEventId, String)>,
    /// How often a backup was put back.
    n_restored: u32,
}

impl Server {
    /// A backup of so many events is put back.
    fn restore(&mut self, n: usize) {
        self.committed.truncate(n);
        self.quarantined.clear();
        self.n_restored += 1;
    }

    fn life(&self) -> String {
        if self.n_restored == 0 { String::new() } else { self.n_restored.to_string() }
    }

    fn push(&mut self, patient: PatientId, request: &PushRequest) -> PushReply {
        PushReply { outcomes: request.events.iter().map(|value| self.judge(patient, value)).collect() }
    }

    fn judge(&mut self, patient: PatientId, value: &serde_json::Value) -> PushOutcome {
        let aside = |id, reason, hash| PushOutcome::Quarantined { id, reason, detail: String::new(), hash };
        let Ok(event) = serde_json::from_value::<AnswerEvent>(value.clone()) else {
            return aside(None, QuarantineReason::Unreadable, None);
        };
        let hash = sha256_hex(&event.canonical_bytes().unwrap());
        let known = self.committed.iter().find(|pulled| pulled.event.id == event.id);
        let reason = match known {
            Some(known) if known.receipt.hash == hash => return PushOutcome::Received(known.receipt.clone()),
            Some(_) => QuarantineReason::IdConflict,
            None if event.patient != patient => QuarantineReason::OtherPatient,
            None if value.to_string().contains(POISON) => QuarantineReason::OutsideCodes,
            None => {
                let position = u64::try_from(self.committed.len()).unwrap() + 1;
                let receipt = Receipt { id: event.id, position, received_at: Timestamp::UNIX_EPOCH, hash };
                self.committed.push(PulledEvent { event, receipt: receipt.clone() });
                return PushOutcome::Received(receipt);
            }
        };
        self.quarantined.insert((event.id, hash.clone()));
        aside(Some(event.id), reason, Some(hash))
    }

    /// Two events at a time, so that there is often more.
    fn pull(&self, patient: PatientId, after: u64) -> PullReply {
        let mut events: Vec<_> = self.of(patient).filter(|pulled| pulled.receipt.position > after).cloned().collect();
        let more = events.len() > 2;
        events.truncate(2);
        let cursor = events.last().map_or(after, |pulled| pulled.receipt.position);
        PullReply { events, cursor, more, life: self.life() }
    }

    fn of(&self, patient: PatientId) -> impl Iterator<Item = &PulledEvent> {
        self.committed.iter().filter(move |pulled| pulled.event.patient == patient)
    }
}

struct Device {
    name: u128,
    patient: PatientId,
    store: MemoryStore,
    state: Option<State>,
    inputs: VecDeque<Input>,
    effects: VecDeque<Effect>,
    /// All that the patient was told is kept.
    kept: Vec<AnswerEvent>,
}

impl Device {
    fn new(index: usize) -> Self {
        let patient = PatientId::new(Uuid::from_u128(DEVICES[index]));
        let name = 100 + u128::try_from(index).unwrap();
        let mut device = Self {
            name,
            patient,
            store: MemoryStore::default(),
            state: None,
            inputs: VecDeque::new(),
            effects: VecDeque::new(),
            kept: Vec::new(),
        };
        device.start();
        device
    }

    /// Everything but the store is lost.
    fn start(&mut self) {
        self.state = Some(State::new(self.patient, 7));
        self.effects.clear();
        self.inputs = VecDeque::from([Input::Unlocked, Input::Woken]);
    }

    fn record(&mut self, id: u128, instrument: usize, body: crate::answers::EventBody) {
        let mut model = event(id, self.name, 0, body);
        model.patient = self.patient;
        model.instrument.key = key(INSTRUMENTS[instrument]);
        let AnswerEvent { id, patient, assessment, instrument, wording, origin, clock, body, .. } = model;
        let submits = body == submitted();
        let draft = DraftEvent { id, patient, assessment, instrument, wording, origin, clock, body };
        match ready(self.store.append(draft)) {
            Ok(event) => self.kept.push(event),
            Err(error) => assert_eq!(error, StoreError::AlreadySubmitted),
        }
        if submits {
            self.inputs.push_back(Input::Recorded);
        }
    }

    /// Takes in what waits, then performs one effect.
    fn proceed(&mut self, server: &mut Server, late: &mut Vec<(PatientId, PushRequest)>, fate: Fate) {
        while self.effects.is_empty()
            && let Some(input) = self.inputs.pop_front()
        {
            let (state, effects) = step(self.state.take().unwrap(), input);
            self.state = Some(state);
            self.effects.extend(effects);
        }
        if let Some(effect) = self.effects.pop_front() {
            self.inputs.extend(self.perform(effect, server, late, fate));
        }
    }

    fn perform(
        &self,
        effect: Effect,
        server: &mut Server,
        late: &mut Vec<(PatientId, PushRequest)>,
        fate: Fate,
    ) -> Option<Input> {
        Some(match effect {
            Effect::ReadOutbox { after, limit } => {
                Input::OutboxRead(ready(self.store.list_outbox(self.patient, after, limit)).unwrap())
            }
            Effect::Settle(settled) => {
                ready(self.store.settle(self.patient, &settled)).unwrap();
                Input::Saved
            }
            Effect::Absorb(PullReply { events, cursor, life, .. }) => {
                let taken = ready(self.store.absorb(self.patient, &events, cursor, &life)).unwrap();
                if taken { Input::Saved } else { Input::Forgotten }
            }
            Effect::Count => Input::Counted(ready(self.store.tally(self.patient)).unwrap()),
            Effect::Push(request) => {
                if matches!(fate, Fate::Doubled | Fate::Late) {
                    late.push((self.patient, request.clone()));
                }
                if matches!(fate, Fate::Forged) {
                    exchange(Fate::Delivered, || forged(&request))
                } else {
                    exchange(fate, || server.push(self.patient, &request))
                }
            }
            Effect::Pull => {
                let after = ready(self.store.cursor(self.patient)).unwrap();
                exchange(fate, || server.pull(self.patient, after))
            }
            Effect::FetchBundle => Input::Replied(HttpReply { status: 304, body: String::new() }),
            Effect::OpenSession if matches!(fate, Fate::Delivered) => {
                Input::Replied(HttpReply { status: 204, body: String::new() })
            }
            Effect::OpenSession => exchange(fate, || ()),
            Effect::SaveBundle(_) | Effect::ArmTimer { .. } | Effect::Status(_) => return None,
        })
    }

    fn is_quiet(&self) -> bool {
        self.inputs.is_empty() && self.effects.is_empty() && self.state.as_ref().unwrap().is_idle()
    }

    fn store_fails(&mut self) {
        let on_the_store = |effect: &Effect| match effect {
            Effect::ReadOutbox { .. } | Effect::Settle(_) | Effect::Absorb(_) | Effect::Count => true,
            Effect::Push(_)
            | Effect::Pull
            | Effect::FetchBundle
            | Effect::SaveBundle(_)
            | Effect::OpenSession
            | Effect::ArmTimer { .. }
            | Effect::Status(_) => false,
        };
        if self.effects.front().is_some_and(on_the_store) {
            self.effects.pop_front();
            self.inputs.push_back(Input::StoreFailed);
        }
    }

    fn slots(&self) -> impl Iterator<Item = Slot> {
        let slot = |instrument| Slot { patient: self.patient, assessment: key("M3:1"), instrument };
        INSTRUMENTS.into_iter().map(key).map(slot)
    }

    fn stages(&self) -> BTreeMap<(AnswerEventId, String), (Stage, AnswerEvent)> {
        let kept = self.slots().flat_map(|slot| ready(self.store.list_slot(&slot)).unwrap());
        let entry = |kept: super::store::KeptEvent| {
            let hash = sha256_hex(&kept.event.canonical_bytes().unwrap());
            ((kept.event.id, hash), (kept.stage, kept.event))
        };
        kept.map(entry).collect()
    }

    fn n_waiting(&self) -> usize {
        ready(self.store.list_outbox(self.patient, 0, 10_000)).unwrap().len()
    }
}

/// Receipts of nobody: the server has nothing, and the hashes are not ours.
fn forged(request: &PushRequest) -> PushReply {
    let receipt = |value: &serde_json::Value| {
        let event: AnswerEvent = serde_json::from_value(value.clone()).unwrap();
        let hash = sha256_hex(b"nothing of ours");
        PushOutcome::Received(Receipt { id: event.id, position: 1, received_at: Timestamp::UNIX_EPOCH, hash })
    };
    PushReply { outcomes: request.events.iter().map(receipt).collect() }
}

fn problem(status: u16, kind: ProblemKind) -> Input {
    let problem = Problem { kind, status, title: String::new(), detail: String::new() };
    Input::Replied(HttpReply { status, body: serde_json::to_string(&problem).unwrap() })
}

fn exchange<T: serde::Serialize>(fate: Fate, serve: impl FnOnce() -> T) -> Input {
    let served = || serde_json::to_string(&serve()).unwrap();
    let ok = |body| Input::Replied(HttpReply { status: 200, body });
    match fate {
        Fate::Delivered | Fate::Doubled => ok(served()),
        Fate::RequestLost | Fate::Late => Input::NetworkFailed,
        Fate::ReplyLost => {
            served();
            Input::NetworkFailed
        }
        Fate::Truncated(at) => {
            let mut body = served();
            body.truncate(at.min(body.len() - 1));
            ok(body)
        }
        Fate::Portal => ok("<html>Welcome! Sign in to go online.</html>".to_owned()),
        Fate::Forged => ok(served().replace("\"hash\":\"", "\"hash\":\"f0")),
        Fate::ServerDown => problem(503, ProblemKind::Unavailable),
        Fate::TooLarge => problem(413, ProblemKind::TooLarge),
        Fate::SessionOver => problem(401, ProblemKind::NotSignedIn),
    }
}

/// What must hold at every moment, whatever goes wrong.
fn check_always(device: &Device, server: &Server, quiet: bool) {
    let stages = device.stages();
    for kept in &device.kept {
        assert!(stages.values().any(|(_, event)| event == kept), "{:?} was kept and is gone", kept.id);
    }
    for ((id, hash), (stage, event)) in &stages {
        assert_eq!(event.patient, device.patient, "another patient's event");
        // what a backup took back is told with the next pull
        if matches!(stage, Stage::Received | Stage::Pulled) && (server.n_restored == 0 || quiet) {
            let held = server.committed.iter().any(|held| held.event.id == *id && held.receipt.hash == *hash);
            assert!(held, "{id:?} is called received, and the server does not have it");
        }
    }
    let shown = device.state.as_ref().unwrap().status();
    let told = device.inputs.iter().all(|input| !matches!(input, Input::Recorded | Input::Forgotten));
    assert!(!told || !shown.all_received() || device.n_waiting() == 0, "all received is shown, and is not so");
}

/// What must hold once the faults have stopped and everyone was heard.
fn check_quiet(devices: &[Device], server: &Server) {
    let ids: BTreeSet<_> = server.committed.iter().map(|held| held.event.id).collect();
    assert_eq!(ids.len(), server.committed.len(), "each event once");
    let made = |held: &PulledEvent| devices.iter().any(|device| device.kept.contains(&held.event));
    assert!(server.committed.iter().all(made), "nothing that no device made");
    for device in devices {
        check_always(device, server, true);
        assert_eq!(device.n_waiting(), 0, "the queue drains");
        assert!(device.state.as_ref().unwrap().status().all_received(), "and says so");
        let mut held = AnswerLog::default();
        for (stage, event) in device.stages().into_values() {
            let poisoned = serde_json::to_string(&event).unwrap().contains(POISON);
            match stage {
                Stage::Draft => {}
                Stage::Quarantined => assert!(poisoned, "only what the server set aside"),
                Stage::Outbox => panic!("still waiting"),
                Stage::Received | Stage::Pulled => {
                    held.append(event).unwrap();
                }
            }
        }
        let mut expected = AnswerLog::default();
        for pulled in server.of(device.patient) {
            expected.append(pulled.event.clone()).unwrap();
        }
        let ids = |log: &AnswerLog| log.events().map(|event| event.id).collect::<Vec<_>>();
        assert_eq!(ids(&held), ids(&expected), "device and server hold the same of this patient");
        assert!(held == expected, "to the last byte");
        for slot in device.slots() {
            let [here, there] =
                [&held, &expected].map(|log| response::read(log.events(), &slot.assessment, &slot.instrument));
            assert_eq!(here, there, "and read the same response from it");
        }
    }
}

fn simulate(moves: &[(usize, Move)]) {
    let mut devices: Vec<_> = (0..DEVICES.len()).map(Device::new).collect();
    let (mut server, mut late) = (Server::default(), Vec::new());
    for (number, (index, what)) in moves.iter().enumerate() {
        let device = &mut devices[*index];
        let id = u128::try_from(number).unwrap() + 1;
        match *what {
            Move::Tap { instrument, poison } => {
                let item = if poison { POISON } else { ["q1", "q2"][number % 2] };
                device.record(id, instrument, answered(item, 1));
            }
            Move::Send { instrument } => device.record(id, instrument, submitted()),
            Move::Wake => device.inputs.push_back(Input::Woken),
            Move::Perform(fate) => device.proceed(&mut server, &mut late, fate),
            Move::StoreFails => device.store_fails(),
            Move::Crash => device.start(),
            Move::LateArrives(n) if !late.is_empty() => {
                let (patient, request) = late.swap_remove(n % late.len());
                server.push(patient, &request);
            }
            Move::LateArrives(_) => {}
            Move::Restore(n_lost) => server.restore(server.committed.len().saturating_sub(n_lost)),
        }
        check_always(&devices[*index], &server, false);
    }
    for (patient, request) in std::mem::take(&mut late) {
        server.push(patient, &request);
    }
    // The round under way may still fail of a fault before; the next hands in all; the last hears of it.
    for _ in 0..3 {
        for device in &mut devices {
            device.inputs.push_back(Input::Woken);
            let steps = (0..2_000).find(|_| {
                device.proceed(&mut server, &mut late, Fate::Delivered);
                device.is_quiet()
            });
            assert!(steps.is_some(), "a round comes to its end");
        }
    }
    check_quiet(&devices, &server);
}

proptest! {
    #[test]
    fn after_the_faults_stop_every_copy_agrees_and_nothing_is_lost(moves in vec(any_move(), 0..250)) {
        simulate(&moves);
    }
}

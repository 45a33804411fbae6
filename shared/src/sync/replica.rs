//! The device's side of the protocol as one pure function: what happened goes in, what to do next comes out.
//!
//! > A *round* pushes the outbox page by page, then pulls, then looks for a newer bundle. It begins at start, on
//! > focus, when the network returns, after a sending and by timer. An event leaves the outbox only for a receipt
//! > with its id and the hash of its bytes; anything else that comes back (a portal's web page, half a body,
//! > nothing) is a failed try. One event that cannot be settled is passed over until the next round, and blocks
//! > no other. Failed rounds come again after growing, jittered pauses; after [`QUICK_RETRIES`] of them at the
//! > slow rhythm only.
//!
//! The driver performs each effect and reports back with the input named in the effect's description.

use super::{
    protocol::{
        MAX_BODY, MAX_EVENTS, PROTOCOL_VERSION, PatientBundle, PulledEvent, PushOutcome, PushReply, PushRequest,
    },
    reply::{self, HttpReply, Trouble},
    store::{OutboxEvent, Settled, Settlement, Tally},
};
use crate::id::PatientId;

/// Failed rounds in a row that are tried again soon; later ones wait for [`SLOW_MS`] or a wake.
pub const QUICK_RETRIES: u32 = 8;
/// The pause after the first failed round; it doubles with each further one.
pub const FIRST_PAUSE_MS: u32 = 2_000;
/// The longest pause between quick retries.
pub const LONGEST_PAUSE_MS: u32 = 5 * 60_000;
/// The rhythm of rounds when nothing is wrong, or when quick retries are used up.
pub const SLOW_MS: u32 = 15 * 60_000;
/// How soon to look again when another tab is at work.
pub const BUSY_MS: u32 = 3_000;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The app started, was brought to the front, got its network back, or its timer rang.
    Woken,
    /// The patient sent a questionnaire: the outbox has grown.
    Recorded,
    /// The PIN was right: sessions can be opened from the next wake on.
    Unlocked,
    /// The PIN is needed again: no session can be opened.
    Locked,
    /// The browser's session is over or another device's: open ours before anything is sent.
    SessionLost,
    /// Another tab of this device is in the middle of a round.
    Busy,
    /// To [`Effect::ReadOutbox`].
    OutboxRead(Vec<OutboxEvent>),
    /// To [`Effect::Push`], [`Effect::Pull`], [`Effect::FetchBundle`] or [`Effect::OpenSession`]: what came back.
    Replied(HttpReply),
    /// To the same: nothing came back.
    NetworkFailed,
    /// To [`Effect::Settle`], [`Effect::Absorb`] or [`Effect::SaveBundle`].
    Saved,
    /// To any effect on the store: it failed, and nothing was changed.
    StoreFailed,
    /// To [`Effect::Count`].
    Counted(Tally),
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read the outbox after this sequence, at most this many events; report [`Input::OutboxRead`].
    ReadOutbox {
        /// Only events with a greater sequence.
        after: u64,
        /// At most this many.
        limit: u32,
    },
    /// `POST /api/sync/push`.
    Push(PushRequest),
    /// Note in the store what became of events.
    Settle(Vec<Settled>),
    /// `GET /api/sync/pull?after=` the store's cursor.
    Pull,
    /// Keep what was pulled.
    Absorb {
        /// The events.
        events: Vec<PulledEvent>,
        /// The new cursor.
        cursor: u64,
    },
    /// `GET /api/sync/bundle`, with the revision that the store holds as `If-None-Match`.
    FetchBundle,
    /// Keep a newer bundle.
    SaveBundle(Box<PatientBundle>),
    /// `POST /api/device/session` with the unlocked credential.
    OpenSession,
    /// Count what the store holds; report [`Input::Counted`].
    Count,
    /// Wake the replica once after so long; replaces an earlier timer.
    ArmTimer {
        /// Milliseconds from now.
        delay_ms: u32,
    },
    /// Show this.
    Status(SyncStatus),
}

/// What the status line is made from. Numbers come from the store, so from receipts alone.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SyncStatus {
    /// What the device holds, as last counted; `None` before the first count.
    pub tally: Option<Tally>,
    /// A round is going on.
    pub working: bool,
    /// What stands in the way, if anything does.
    pub obstacle: Option<Obstacle>,
}

/// What keeps a device and the hospital from agreeing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Obstacle {
    /// The hospital does not answer, or cannot now; tried again by itself.
    Offline,
    /// Nothing goes on before the PIN is given.
    NeedsPin,
    /// The device was revoked: it hands in what it holds, and is told nothing.
    Revoked,
    /// The device's store failed: no further answers can be kept.
    StoreFailed,
}

impl SyncStatus {
    /// Whether the hospital holds all that was sent from this device: known only by counting receipts.
    #[must_use]
    pub fn all_received(&self) -> bool {
        self.obstacle != Some(Obstacle::StoreFailed) && self.tally.is_some_and(|tally| tally.waiting == 0)
    }
}

/// Where a round stands: the one thing it waits for.
#[derive(Clone, Debug, Default, PartialEq)]
enum Step {
    #[default]
    Idle,
    ReadingOutbox,
    Pushing(Vec<OutboxEvent>),
    Settling,
    Pulling,
    Absorbing {
        more: bool,
    },
    FetchingBundle,
    SavingBundle,
    /// A session is being opened; the step that was refused follows again.
    OpeningSession(Resume),
}

/// What to go on with once a session is open.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Resume {
    Push,
    Pull,
    Bundle,
}

/// What holds for one round only.
#[derive(Clone, Debug, Default, PartialEq)]
struct Round {
    /// Woken meanwhile: do another one after it.
    again: bool,
    /// A session was opened; being refused again is a failure.
    reopened: bool,
    /// Something could not be settled.
    unsettled: bool,
    /// The outbox was read up to this sequence.
    after: u64,
}

/// Everything the replica remembers between inputs; the rest is in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    patient: PatientId,
    chance: u64,
    step: Step,
    round: Round,
    unlocked: bool,
    session_lost: bool,
    /// At most this many events in one push; halved when one is refused whole.
    batch: usize,
    failures: u32,
    status: SyncStatus,
    shown: SyncStatus,
}

impl State {
    /// A replica of one patient at rest. `seed` is random: it keeps devices from retrying in step.
    #[must_use]
    pub fn new(patient: PatientId, seed: u64) -> Self {
        Self {
            patient,
            chance: seed,
            step: Step::Idle,
            round: Round::default(),
            unlocked: false,
            session_lost: false,
            batch: MAX_EVENTS,
            failures: 0,
            status: SyncStatus::default(),
            shown: SyncStatus::default(),
        }
    }

    /// What the status line is made from.
    #[must_use]
    pub const fn status(&self) -> &SyncStatus {
        &self.status
    }

    /// Whether no round is going on.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.step == Step::Idle
    }

    /// A pause of `base` milliseconds, give or take a quarter (splitmix64).
    fn jittered(&mut self, base: u32) -> u32 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let spread = u64::from(base / 2).max(1);
        base - base / 4 + u32::try_from((z ^ (z >> 31)) % spread).unwrap_or(0)
    }
}

/// Takes in what happened and says what to do next.
///
/// An input that answers nothing the replica waits for (a reply that comes after the app gave up, say) changes
/// nothing. The tests in `sync/simulation.rs` hold it to convergence under loss, duplication and crashes.
#[must_use]
pub fn step(mut state: State, input: Input) -> (State, Vec<Effect>) {
    let mut effects = react(&mut state, input);
    if state.status != state.shown {
        state.shown = state.status;
        effects.push(Effect::Status(state.status));
    }
    (state, effects)
}

fn react(state: &mut State, input: Input) -> Vec<Effect> {
    match input {
        Input::Woken | Input::Recorded => wake(state),
        Input::Unlocked => {
            state.unlocked = true;
            state.status.obstacle = state.status.obstacle.filter(|obstacle| *obstacle != Obstacle::NeedsPin);
            Vec::new()
        }
        Input::Locked => {
            state.unlocked = false;
            Vec::new()
        }
        Input::SessionLost => {
            state.session_lost = true;
            Vec::new()
        }
        Input::Busy => {
            let delay_ms = state.jittered(BUSY_MS);
            vec![Effect::Count, Effect::ArmTimer { delay_ms }]
        }
        Input::Counted(tally) => {
            state.status.tally = Some(tally);
            Vec::new()
        }
        Input::StoreFailed => store_failed(state),
        Input::OutboxRead(events) if state.step == Step::ReadingOutbox => push(state, events),
        Input::Saved => saved(state),
        Input::NetworkFailed if state.is_waiting_for_network() => fail(state),
        Input::Replied(reply) if state.is_waiting_for_network() => replied(state, &reply),
        Input::OutboxRead(_) | Input::NetworkFailed | Input::Replied(_) => Vec::new(),
    }
}

impl State {
    const fn is_waiting_for_network(&self) -> bool {
        match self.step {
            Step::Pushing(_) | Step::Pulling | Step::FetchingBundle | Step::OpeningSession(_) => true,
            Step::Idle | Step::ReadingOutbox | Step::Settling | Step::Absorbing { .. } | Step::SavingBundle => false,
        }
    }
}

fn wake(state: &mut State) -> Vec<Effect> {
    if !state.is_idle() {
        state.round.again = true;
        return vec![Effect::Count];
    }
    state.round = Round::default();
    state.status.working = true;
    let mut effects = vec![Effect::Count];
    effects.extend(if state.session_lost { open_session(state, Resume::Push) } else { read_outbox(state) });
    effects
}

fn open_session(state: &mut State, resume: Resume) -> Vec<Effect> {
    if !state.unlocked {
        state.status.obstacle = Some(Obstacle::NeedsPin);
        return end_round(state, false);
    }
    if state.round.reopened {
        return fail(state);
    }
    state.round.reopened = true;
    state.step = Step::OpeningSession(resume);
    vec![Effect::OpenSession]
}

fn read_outbox(state: &mut State) -> Vec<Effect> {
    state.step = Step::ReadingOutbox;
    vec![Effect::ReadOutbox { after: state.round.after, limit: u32::try_from(state.batch).unwrap_or(1) }]
}

fn push(state: &mut State, mut events: Vec<OutboxEvent>) -> Vec<Effect> {
    events.truncate(state.batch.min(n_that_fit(&events)));
    if events.is_empty() {
        state.step = Step::Pulling;
        return vec![Effect::Pull];
    }
    let request = PushRequest { protocol: PROTOCOL_VERSION, events: events.iter().map(reply::as_json).collect() };
    state.step = Step::Pushing(events);
    vec![Effect::Push(request)]
}

/// How many of these a body can hold; always one, which is passed over if the server finds it too large.
fn n_that_fit(events: &[OutboxEvent]) -> usize {
    const ENVELOPE: usize = 100;
    let mut bytes = ENVELOPE;
    let fits = |event: &&OutboxEvent| {
        bytes += event.json.len() + 1;
        bytes <= MAX_BODY
    };
    events.iter().take_while(fits).count().max(1)
}

fn replied(state: &mut State, reply: &HttpReply) -> Vec<Effect> {
    match state.step.clone() {
        Step::Pushing(batch) => match reply::read_push(reply, batch.len()) {
            Ok(reply) => settle(state, &batch, reply),
            Err(Trouble::RefusedWhole) => divide(state, &batch),
            Err(trouble) => trouble_in(state, trouble, Resume::Push),
        },
        Step::Pulling => match reply::read_pull(reply, state.patient) {
            Ok(pulled) => {
                state.step = Step::Absorbing { more: pulled.more };
                vec![Effect::Absorb { events: pulled.events, cursor: pulled.cursor }]
            }
            Err(trouble) => trouble_in(state, trouble, Resume::Pull),
        },
        Step::FetchingBundle => match reply::read_bundle(reply, state.patient) {
            Ok(Some(bundle)) => {
                state.step = Step::SavingBundle;
                vec![Effect::SaveBundle(Box::new(bundle))]
            }
            Ok(None) => complete(state),
            Err(trouble) => trouble_in(state, trouble, Resume::Bundle),
        },
        Step::OpeningSession(resume) => match reply::read_session(reply) {
            Ok(()) => {
                state.session_lost = false;
                resume_with(state, resume)
            }
            Err(_) => fail(state),
        },
        Step::Idle | Step::ReadingOutbox | Step::Settling | Step::Absorbing { .. } | Step::SavingBundle => Vec::new(),
    }
}

/// Matches outcomes with what was pushed; only the very bytes count.
fn settle(state: &mut State, batch: &[OutboxEvent], reply: PushReply) -> Vec<Effect> {
    state.batch = (state.batch * 2).min(MAX_EVENTS);
    state.round.after = batch.last().map_or(state.round.after, |event| event.sequence);
    let settled: Vec<_> = batch.iter().zip(reply.outcomes).filter_map(settle_one).collect();
    state.round.unsettled |= settled.len() < batch.len();
    state.step = Step::Settling;
    vec![Effect::Settle(settled)]
}

fn settle_one((sent, outcome): (&OutboxEvent, PushOutcome)) -> Option<Settled> {
    let settlement = match outcome {
        PushOutcome::Received(receipt) if receipt.id == sent.id && receipt.hash == sent.hash => {
            Settlement::Received(receipt)
        }
        PushOutcome::Quarantined { id, reason, .. } if id.is_none_or(|id| id == sent.id) => {
            Settlement::Quarantined(reason)
        }
        PushOutcome::Received(_) | PushOutcome::Quarantined { .. } => return None,
    };
    Some(Settled { id: sent.id, hash: sent.hash.clone(), settlement })
}

/// The server refused the whole batch: halve it, until the one event it cannot take stands alone and is passed over.
fn divide(state: &mut State, batch: &[OutboxEvent]) -> Vec<Effect> {
    if let [alone] = batch {
        state.round.unsettled = true;
        state.round.after = alone.sequence;
    } else {
        state.batch = batch.len().div_ceil(2);
    }
    read_outbox(state)
}

fn saved(state: &mut State) -> Vec<Effect> {
    match state.step {
        Step::Settling => {
            let mut effects = vec![Effect::Count];
            effects.extend(read_outbox(state));
            effects
        }
        Step::Absorbing { more: true } => {
            state.step = Step::Pulling;
            vec![Effect::Count, Effect::Pull]
        }
        Step::Absorbing { more: false } => {
            state.step = Step::FetchingBundle;
            vec![Effect::Count, Effect::FetchBundle]
        }
        Step::SavingBundle => complete(state),
        Step::Idle
        | Step::ReadingOutbox
        | Step::Pushing(_)
        | Step::Pulling
        | Step::FetchingBundle
        | Step::OpeningSession(_) => Vec::new(),
    }
}

fn resume_with(state: &mut State, resume: Resume) -> Vec<Effect> {
    match resume {
        Resume::Push => read_outbox(state),
        Resume::Pull => {
            state.step = Step::Pulling;
            vec![Effect::Pull]
        }
        Resume::Bundle => {
            state.step = Step::FetchingBundle;
            vec![Effect::FetchBundle]
        }
    }
}

fn trouble_in(state: &mut State, trouble: Trouble, resume: Resume) -> Vec<Effect> {
    match trouble {
        Trouble::SessionOver => open_session(state, resume),
        Trouble::Revoked => {
            let effects = complete(state);
            state.status.obstacle = Some(Obstacle::Revoked);
            effects
        }
        Trouble::NoAnswer | Trouble::ServerFailed | Trouble::RefusedWhole => fail(state),
    }
}

/// The round broke off on its way: try again soon.
fn fail(state: &mut State) -> Vec<Effect> {
    state.status.obstacle = Some(Obstacle::Offline);
    state.failures = state.failures.saturating_add(1);
    end_round(state, true)
}

/// The store failed: the round is over, and the store is left alone until the next wake.
fn store_failed(state: &mut State) -> Vec<Effect> {
    state.status.obstacle = Some(Obstacle::StoreFailed);
    if state.is_idle() {
        return Vec::new();
    }
    state.round.again = false;
    end_round(state, false).into_iter().filter(|effect| *effect != Effect::Count).collect()
}

/// The round went through to its end.
fn complete(state: &mut State) -> Vec<Effect> {
    let unsettled = state.round.unsettled;
    state.status.obstacle = None;
    state.failures = if unsettled { state.failures.saturating_add(1) } else { 0 };
    end_round(state, unsettled)
}

fn end_round(state: &mut State, failed: bool) -> Vec<Effect> {
    state.step = Step::Idle;
    state.status.working = false;
    if state.round.again && !failed && state.status.obstacle.is_none() {
        return wake(state);
    }
    let pause = match state.failures {
        n @ 1..=QUICK_RETRIES if failed => FIRST_PAUSE_MS.saturating_mul(1 << (n - 1)).min(LONGEST_PAUSE_MS),
        _ => SLOW_MS,
    };
    let delay_ms = state.jittered(pause);
    vec![Effect::Count, Effect::ArmTimer { delay_ms }]
}

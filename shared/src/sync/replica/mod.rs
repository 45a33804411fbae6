//! The device's side of the protocol as one pure function: what happened goes in, what to do next comes out.
//!
//! > A *round* pushes the outbox page by page, then pulls, then looks for a newer bundle. It begins at start, on
//! > focus, when the network returns, after a sending and by timer. An event leaves the outbox only for a receipt
//! > with its id and the hash of its bytes; anything else that comes back is a failed try. What cannot be settled is
//! > passed over until the next round, and blocks nothing. A server that was put back from a backup is asked for all
//! > that it has, then offered what it lost, in one round. Failed rounds come again after growing, jittered pauses;
//! > after [`QUICK_RETRIES`] of them at the slow rhythm only.
//!
//! The driver performs each effect and reports back with the input named in the effect's description.

mod round;
#[cfg(test)]
mod tests;

use super::{
    protocol::{MAX_EVENTS, PullReply, PushRequest},
    reply::HttpReply,
    store::{OutboxEvent, Settled, Tally},
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
    /// To [`Effect::Absorb`]: the server was put back from a backup, and what was settled waits again.
    Forgotten,
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
    /// `GET` of [`State::pull_path`] with the store's cursor.
    Pull,
    /// Keep what was pulled, or report [`Input::Forgotten`].
    Absorb(PullReply),
    /// `GET /api/sync/bundle`, with the revision that the store holds as `If-None-Match`.
    FetchBundle,
    /// Keep a newer bundle: its text, which was read and is this patient's.
    SaveBundle(String),
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
    /// The device was revoked, or the hospital does not know it: it hands in what it can, and is told nothing.
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
    /// The server was put back from a backup.
    recovery: Recovery,
}

/// What a server that was put back asks of one round.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Recovery {
    /// It was not.
    #[default]
    None,
    /// To hear of everything that it still has.
    Hearing,
    /// To be offered the rest.
    Offering,
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

    /// The address of a pull from this position on, with what the device tells of itself ([`Told`](super::protocol::Told)).
    #[must_use]
    pub fn pull_path(&self, cursor: u64) -> String {
        let Tally { drafts, waiting, received, quarantined, .. } = self.status.tally.unwrap_or_default();
        let unsent = drafts + waiting;
        format!("/api/sync/pull?after={cursor}&unsent={unsent}&held={}&life=true", unsent + received + quarantined)
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
    let mut effects = round::react(&mut state, input);
    if state.status != state.shown {
        state.shown = state.status;
        effects.push(Effect::Status(state.status));
    }
    (state, effects)
}

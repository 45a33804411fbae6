//! How a round goes: from waking through push, pull and bundle to rest, and what each trouble on the way does.

use super::{
    BUSY_MS, Effect, FIRST_PAUSE_MS, Input, LONGEST_PAUSE_MS, Obstacle, QUICK_RETRIES, Recovery, Resume, Round,
    SLOW_MS, State, Step,
};
use crate::sync::{
    protocol::{MAX_BODY, MAX_EVENTS, PROTOCOL_VERSION, PushOutcome, PushReply, PushRequest},
    reply::{self, HttpReply, Newer, Trouble},
    store::{OutboxEvent, Settled, Settlement, Tally},
};

pub(super) fn react(state: &mut State, input: Input) -> Vec<Effect> {
    match input {
        Input::Woken => wake(state),
        Input::Recorded => {
            // Until it is counted: something waits, and nothing on the screen may say otherwise.
            let tally = state.status.tally.get_or_insert_default();
            tally.waiting = tally.waiting.max(1);
            wake(state)
        }
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
        Input::Forgotten => forgotten(state),
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
                vec![Effect::Absorb(pulled)]
            }
            Err(trouble) => trouble_in(state, trouble, Resume::Pull),
        },
        Step::FetchingBundle => match reply::read_bundle(reply, state.patient) {
            Ok(Newer::Yes) => {
                state.step = Step::SavingBundle;
                vec![Effect::SaveBundle(reply.body.clone())]
            }
            Ok(Newer::No) => complete(state),
            Err(trouble) => trouble_in(state, trouble, Resume::Bundle),
        },
        Step::OpeningSession(resume) => match reply::read_session(reply) {
            Ok(()) => {
                state.session_lost = false;
                resume_with(state, resume)
            }
            Err(Trouble::Revoked) => trouble_in(state, Trouble::Revoked, resume),
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
        PushOutcome::Quarantined { id, reason, hash, .. }
            if id.is_none_or(|id| id == sent.id) && hash.as_ref().is_none_or(|hash| *hash == sent.hash) =>
        {
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
        Step::Absorbing { more: false } if state.round.recovery == Recovery::Hearing => {
            state.round.recovery = Recovery::Offering;
            state.round.after = 0;
            let mut effects = vec![Effect::Count];
            effects.extend(read_outbox(state));
            effects
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

/// What was settled waits again: first hear what the server still has, so that only what it lost is offered.
fn forgotten(state: &mut State) -> Vec<Effect> {
    if !matches!(state.step, Step::Absorbing { .. }) {
        return Vec::new();
    }
    // Until it is counted: nothing on the screen may call received what waits again, and the hospital is told as much.
    let Tally { drafts, waiting, received, quarantined, .. } = state.status.tally.unwrap_or_default();
    state.status.tally = Some(Tally { drafts, waiting: waiting + received + quarantined, ..Tally::default() });
    if state.round.recovery != Recovery::None {
        return fail(state); // put back again meanwhile, or two servers that take turns
    }
    state.round.recovery = Recovery::Hearing;
    state.step = Step::Pulling;
    vec![Effect::Count, Effect::Pull]
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
    let mut effects = end_round(state, false);
    effects.retain(|effect| !matches!(effect, Effect::Count));
    effects
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

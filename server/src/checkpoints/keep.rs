//! Looking every hour whether the day's checkpoints are made.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;

use super::make_daily;
use crate::state::AppState;

/// Checkpoints are made once in so long.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

const EVERY: Duration = Duration::from_hours(1);

/// Makes the day's checkpoints until asked to stop.
pub async fn keep_checkpoints(state: AppState, mut stopping: watch::Receiver<bool>) {
    let mut turn = tokio::time::interval(EVERY);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turn.tick() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        if let Err(error) = make_daily(&state.db, &state.checkpoint_key, state.clock.now()).await {
            tracing::error!(%error, "the day's checkpoints could not be made; they are tried again in an hour");
        }
    }
}

//! `ressenti demo`: an invented registry, accounts that everybody may know, and one-time codes on the terminal.

use std::time::Duration;

use super::say;
use crate::{
    auth::{authenticator_text, one_time_code},
    config::StartError,
    demo::{self, AUTHENTICATOR, PASSWORD},
    state::AppState,
};

/// How often a fresh one-time code is told.
const FRESH_CODE: Duration = Duration::from_secs(30);

/// Fills an empty registry with invented patients, makes the accounts, and says how to sign in.
pub(super) async fn prepare(state: &AppState, n_patients: usize) -> Result<(), StartError> {
    if !demo::is_filled(state).await.map_err(|error| refused(&error.into()))? {
        say(&format!("Inventing {n_patients} patients over five years…"));
    }
    demo::fill(state, n_patients).await.map_err(|error| refused(&error))?;
    say(&format!("Sign in as claire (nurse), hugo (investigator) or admin (data manager), password {PASSWORD}."));
    say(&format!("Authenticator secret of all three: {}", authenticator_text(AUTHENTICATOR)));
    tokio::spawn(tell_codes(state.clock.clone()));
    Ok(())
}

fn refused(error: &anyhow::Error) -> StartError {
    let hint = "give the demonstration a fresh folder with --data FOLDER";
    StartError::new(format!("The demonstration could not be made: {error:#}."), hint)
}

/// Says each one-time code as it becomes good.
async fn tell_codes(clock: crate::clock::Clock) {
    let mut turn = tokio::time::interval(FRESH_CODE);
    loop {
        turn.tick().await;
        say(&format!("One-time code now: {}", one_time_code(AUTHENTICATOR, clock.now())));
    }
}

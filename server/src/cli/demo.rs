//! `ressenti demo`: accounts that everybody may know, and one-time codes on the terminal.

use std::time::Duration;

use shared::{id::SiteKey, people::Role};

use super::say;
use crate::{
    auth::{
        accounts::{self, AccountError, NewAccount},
        authenticator_text, guard, one_time_code,
    },
    config::StartError,
    state::AppState,
};

/// Everybody's password.
const PASSWORD: &str = "demonstration";
/// Everybody's authenticator secret: 20 bytes that are no secret.
const SECRET: &[u8; 20] = b"ressenti-demo-secret";
/// Who there is.
const PEOPLE: [(&str, Role); 3] = [("claire", Role::Nurse), ("hugo", Role::Investigator), ("admin", Role::DataManager)];
/// How often a fresh one-time code is told.
const FRESH_CODE: Duration = Duration::from_secs(30);

/// Makes the accounts where they are missing, and says how to sign in.
pub(super) async fn prepare(state: &AppState) -> Result<(), StartError> {
    let every_site: Vec<SiteKey> = state.study.sites.iter().map(|site| site.key.clone()).collect();
    for (username, role) in PEOPLE {
        let account = NewAccount {
            username: username.to_owned(),
            role,
            sites: if role == Role::Nurse { every_site.clone() } else { Vec::new() },
            password: PASSWORD.to_owned(),
            totp_secret: Some(SECRET.to_vec()),
        };
        let made = accounts::add(&guard::operator(), &state.db, account, &state.chance, state.clock.now()).await;
        match made {
            Ok(_) | Err(AccountError::Taken) => {}
            Err(error) => {
                let hint = "give the demonstration a fresh folder with --data FOLDER";
                return Err(StartError::new(format!("The account {username} could not be made: {error}."), hint));
            }
        }
    }
    say(&format!("Sign in as claire (nurse), hugo (investigator) or admin (data manager), password {PASSWORD}."));
    say(&format!("Authenticator secret of all three: {}", authenticator_text(SECRET)));
    tokio::spawn(tell_codes(state.clock.clone()));
    Ok(())
}

/// Says each one-time code as it becomes good.
async fn tell_codes(clock: crate::clock::Clock) {
    let mut turn = tokio::time::interval(FRESH_CODE);
    loop {
        turn.tick().await;
        say(&format!("One-time code now: {}", one_time_code(SECRET, clock.now())));
    }
}

//! `ressenti retention`: what is kept, by which rule, since when, and what is due; `--purge` takes that away.

use super::say;
use crate::{
    auth::guard,
    clock::civil_date,
    config::StartError,
    retention::{self, Purged},
    state::AppState,
};

/// Reports, after taking away what is due if that is asked for.
pub(super) async fn run(state: &AppState, purge: bool) -> Result<(), StartError> {
    let refused = |error: sqlx::Error| {
        let hint = "see that both databases run, and run it again; what was due and is still there goes then";
        StartError::new(format!("What is kept could not be looked through: {error}."), hint)
    };
    if purge {
        let Purged { sessions, challenges, letters, security } =
            retention::purge(&state.db, state.clock.now()).await.map_err(refused)?;
        say(&format!(
            "Taken away: {sessions} sessions, {challenges} sign-in challenges, the secrets of {letters} letters, the contents \
             of {security} entries of the security log.\n"
        ));
    }
    say(&format!("{:<24} {:<32} {:>9} {:<11} {:>6}", "what", "kept", "held", "oldest", "due"));
    for class in retention::report(&guard::operator(), state).await.map_err(refused)? {
        let oldest = class.oldest.map(|at| civil_date(at).to_string()).unwrap_or_default();
        say(&format!("{:<24} {:<32} {:>9} {oldest:<11} {:>6}", class.name, class.rule, class.held, class.due));
    }
    Ok(())
}

//! `ressenti remind`: one round of reminders, or what it would send.

use super::say;
use crate::{
    config::StartError,
    reminders::{self, Round},
    state::AppState,
};

/// Sends what is due, or only tells it.
pub(super) async fn run(state: &AppState, dry_run: bool) -> Result<(), StartError> {
    let refused = |error: sqlx::Error| {
        let hint = "see that both databases run, and run it again; what left was noted and does not leave again";
        StartError::new(format!("Reminders could not be looked through: {error}."), hint)
    };
    if state.study.reminders.is_none() {
        say("The study has no rules for reminders: nothing leaves.");
        return Ok(());
    }
    if dry_run {
        let planned = reminders::plan_round(state).await.map_err(refused)?;
        for it in &planned {
            say(&format!("{}  {}  {}", it.patient, it.reminder.assessment, it.reminder.rule));
        }
        say(&format!("{} would leave now; nothing was sent.", planned.len()));
        return Ok(());
    }
    let Some(mail) = &state.mail else {
        let hint = "name one with --smtp, --mail-from and --public-address, or look first with --dry-run";
        return Err(StartError::new("Reminders leave by a mail server, and none is set.", hint));
    };
    let Round { sent, failed, given_up, unknown, void, accidents } =
        reminders::remind(state, mail).await.map_err(refused)?;
    say(&format!(
        "{sent} sent, {failed} to be tried again, {given_up} given up, {unknown} unknown, {void} no longer due."
    ));
    if accidents > 0 {
        let hint = "see the log above, and run it again";
        return Err(StartError::new(format!("{accidents} could not be looked at."), hint));
    }
    Ok(())
}

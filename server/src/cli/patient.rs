//! `ressenti patient erase`: what would go is shown first, and nothing goes before somebody says so.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use clap::Subcommand;

use super::say;
use crate::{
    auth::guard,
    config::StartError,
    erasure::{self, Erased, Found},
    state::AppState,
};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Told when the files could not be written anew.
const TRACES: &str = "The disk may still hold traces of what was there: SQLite's file is written anew when this is run again \
                      while the server is stopped; PostgreSQL's by its vacuum.";

/// What has to be typed.
const WORD: &str = "erase";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Erase a patient's answers, dates and identity for ever; what is needed to verify the logs stays
    Erase {
        /// Registry number or pseudonym
        patient: String,
        /// Why; goes into the audit for ever, so no name in it
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Erase without asking
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn run(state: &AppState, command: Command) -> Result<(), StartError> {
    let Command::Erase { patient, reason, yes } = command;
    let reason = reason.trim();
    if reason.is_empty() || LONGEST_REASON < reason.chars().count() || reason.chars().any(char::is_control) {
        let hint = "say why in one line of 1 to 500 characters, as `--reason \"request of 3 March, letter 12/2026\"`";
        return Err(StartError::new("The reason for erasing is missing or too long. Nothing was changed.", hint));
    }
    let refused = |error: sqlx::Error| {
        let hint = "see that both databases run and the disk has room, and run it again: it goes on where it stopped";
        StartError::new(format!("Not everything was erased: {error}."), hint)
    };
    let Some(found) = erasure::find(&guard::operator(), state, &patient).await.map_err(refused)? else {
        let hint = "check the registry number, or give the pseudonym; somebody who was erased is known by that alone";
        return Err(StartError::new("There is no such patient. Nothing was changed.", hint));
    };
    show(&found);
    if found.is_gone() {
        if !erasure::overwrite(state).await {
            say(TRACES);
        }
        return Ok(());
    }
    if !yes && !is_confirmed()? {
        say("Nothing was changed.");
        return Ok(());
    }
    tell(&found, erasure::erase(state, &found, reason).await.map_err(refused)?);
    Ok(())
}

/// What is held, and whether it was asked for.
fn show(found: &Found) {
    say(&format!("Patient {}", found.patient()));
    match (found.erased_at, found.requested_on()) {
        (Some(at), _) if found.is_gone() => say(&format!("was erased on {}.", crate::clock::civil_date(at))),
        (Some(_), _) => say("was erased in part: an earlier run was cut short. This one finishes it."),
        (None, Some(on)) => say(&format!("asked for this: a withdrawal with erasure was entered on {on}.")),
        (None, None) => say("has NOT asked for this: no withdrawal with erasure stands in the file."),
    }
    if found.is_gone() {
        return;
    }
    say("\nTo be erased for ever:");
    for holding in found.holdings.iter().filter(|it| it.rows > 0) {
        say(&format!("  {:>7}  {}", holding.rows, holding.what));
    }
    say(
        "\nWhat stays: that there were answer events and audit entries, when, and what the logs are verified by; an entry of \
         the audit with the reason. Exports and backups that were made are not reached.",
    );
}

fn is_confirmed() -> Result<bool, StartError> {
    if !std::io::stdin().is_terminal() {
        let hint = "run it in a terminal, or with --yes once the counts above are what they should be";
        return Err(StartError::new("Nobody is there to confirm. Nothing was changed.", hint));
    }
    let _ = write!(std::io::stdout(), "\nType \"{WORD}\" to erase: ").and_then(|()| std::io::stdout().flush());
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| {
        StartError::new(format!("No answer could be read: {error}."), "type it when asked; nothing was changed")
    })?;
    Ok(line.trim() == WORD)
}

fn tell(found: &Found, erased: Erased) {
    let entry = erased.entry.map(|number| format!(" Audit entry {number} tells of it.")).unwrap_or_default();
    say(&format!("\nErased.{entry}"));
    if !erased.overwritten {
        say(TRACES);
    }
    say(&format!(
        "Backups from before hold this patient. After restoring one, run: ressenti patient erase {} --reason …",
        found.patient()
    ));
}

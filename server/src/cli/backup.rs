//! `ressenti backup`, `backup-key` and `restore`: what is in the file, what must be kept apart, and what comes after.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap::Args;

use super::say;
use crate::{
    backup::{self, Asked, BackupError, Key, Manifest, Part, Recipient, Restored},
    clock::Clock,
    config::{Config, StartError},
    db::{self, IdentityDb, Side},
};

/// What to seal, and for whom.
#[derive(Args, Debug)]
pub(super) struct Backup {
    /// File to make; one that is there already is left alone
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Whom it is sealed for: `age1…`, as `ressenti backup-key` prints it; each of several can open it
    #[arg(long, value_name = "PUBLIC KEY", env = "RESSENTI_BACKUP_TO", required = true, value_delimiter = ',')]
    to: Vec<String>,
}

/// What to put back.
#[derive(Args, Debug)]
pub(super) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The key that opens it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Put back one of the two databases; the research one alone tells of nobody who they are
    #[arg(long, value_name = "WHICH")]
    only: Option<Side>,
    /// Put it over what is there, which is then gone
    #[arg(long)]
    replace: bool,
}

/// Connections that a backup needs of each database.
const CONNECTIONS: u32 = 1;

/// Makes a key of backups.
pub(super) fn make_key(file: &Path) -> Result<(), StartError> {
    let hint = "choose a new file in a folder that this account may write";
    let recipient = Key::make(file).map_err(|error| StartError::new(format!("No key was made: {error}."), hint))?;
    say(&format!("{recipient:?}"));
    say(&format!(
        "{} opens every backup that is sealed for the line above. Keep it away from this machine, in two places: \
         without it no backup can be opened.",
        file.display()
    ));
    Ok(())
}

/// Makes a backup, and says what is in it and what is not.
pub(super) async fn backup(asked: &Backup, config: &Config) -> Result<(), StartError> {
    let refused = |error: &BackupError| {
        let hint = if matches!(error, BackupError::File(_, told) if told.kind() == ErrorKind::AlreadyExists) {
            "choose another name; the file that is there stays as it is"
        } else if matches!(error, BackupError::NoKey(_)) {
            "give the line that begins with age1, as ressenti backup-key printed it"
        } else {
            "see that both databases run, and that the folder can be written and has room; nothing was changed"
        };
        StartError::new(format!("No backup was made: {error}."), hint)
    };
    let recipients = asked.to.iter().map(|it| Recipient::parse(it)).collect::<Result<Vec<_>, _>>();
    let recipients = recipients.map_err(|error| refused(&error))?;
    let research = db::connect(&config.database, CONNECTIONS, config.database_wait).await?;
    let identity = IdentityDb(db::connect(&config.identity_database, CONNECTIONS, config.database_wait).await?);
    db::migrate(&research, &identity).await?;
    let keys = config.checkpoint_key.with_extension("pub");
    let made = backup::backup((&research, &identity), &keys, &recipients, &Clock::System, &asked.file).await;
    let manifest = made.map_err(|error| refused(&error))?;
    say(&format!("{} was made: {}.", asked.file.display(), contents(&manifest)));
    say("Keep it on another machine. Not in it, and to be kept as well, apart from it:");
    say(&format!("  {}  opens the addresses for reminders", config.identity_key.display()));
    say(&format!("  {}  signs checkpoints; a lost one is replaced by itself", config.checkpoint_key.display()));
    say("  the key of backups, the study file, the instruments of this site, and checkpoints as proof of the logs");
    Ok(())
}

/// Puts a backup back, and says what to do next. A log that does not fit is an error, though all was put back.
pub(super) async fn restore(asked: &Restore, config: &Config) -> Result<(), StartError> {
    let refused = |error| {
        if let BackupError::Start(told) = error {
            return told;
        }
        StartError::new(format!("{}.", capital(&error.to_string())), hint(&error))
    };
    let key = Key::read(&asked.key).map_err(refused)?;
    let asked = Asked { file: asked.file.clone(), only: asked.only, replace: asked.replace };
    let restored = backup::restore(&asked, &key, config, &Clock::System).await;
    let restored = restored.map_err(refused)?;
    tell(&restored, config);
    let Some(report) = restored.report else { return Ok(()) };
    say(&report.to_string());
    if report.is_sound() {
        return Ok(());
    }
    let hint = "the logs were so when the backup was made; keep it, and compare it with an earlier one";
    Err(StartError::new("The backup was put back, and not everything in it fits.", hint))
}

/// What was put back, and what is now to be done by people.
fn tell(restored: &Restored, config: &Config) {
    let Restored { manifest, erased_again, .. } = restored;
    say(&format!("Put back as of {}: {}.", manifest.made_at, contents(manifest)));
    say(
        "\nWhat came after is gone from this server. Phones and tablets that still hold answers sent since hear of it and",
    );
    say("send them again by themselves. To be done now by people:");
    say(
        "  enter again    what staff entered since, typed forms, answers that the ward's tablets had handed in and cleared",
    );
    say("  enrol again    patients enrolled since; give phones set up since a new letter");
    say("  revoke again   devices and accounts that were revoked or changed since");
    say("  erase again    who was erased since, as far as this server did not know of it");
    for patient in erased_again {
        say(&format!(
            "\nPatient {patient} is in the backup and was erased since: erased again, before anybody could look."
        ));
    }
    say(&format!("\nThe addresses for reminders open with the identity key: {}\n", config.identity_key.display()));
}

fn contents(manifest: &Manifest) -> String {
    let n_rows = |part: &Part| part.n_rows.values().sum::<u64>();
    let [research, identity] = &manifest.parts;
    format!(
        "{} answer events, {} audit entries, {} rows of the research and {} of the identity database",
        manifest.answers.number,
        manifest.audit.number,
        n_rows(research),
        n_rows(identity)
    )
}

fn hint(error: &BackupError) -> &'static str {
    match error {
        BackupError::Filled(_) => {
            "choose an empty one, or put it over what is there with --replace; nothing was changed"
        }
        BackupError::InUse(_) => {
            "stop the server, and whatever else is connected, then run it again; nothing was changed"
        }
        BackupError::OtherKey | BackupError::NoKey(_) => {
            "name the key that it was sealed for, from where it was kept; nothing was changed"
        }
        BackupError::OtherVersion(_) => "put it back with that version, then start this one; nothing was changed",
        BackupError::NoBackup | BackupError::Damaged(_) => {
            "take another copy or an earlier backup; nothing was changed"
        }
        BackupError::NotOurs(_) => "choose a database that is empty; nothing was changed",
        BackupError::NotVerified(_) => "put checkpoint.pub beside the checkpoint key, and run ressenti verify",
        BackupError::File(..)
        | BackupError::Database(_)
        | BackupError::Migrate(_)
        | BackupError::Start(_)
        | BackupError::ReadsOtherwise(_) => {
            "see that the files can be read, the databases run and are used by nobody else, and the disk has room"
        }
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

//! `ressenti user`: staff accounts. A password is asked for, or read from standard input; never a flag.

use std::io::{BufRead, IsTerminal};

use clap::{Subcommand, ValueEnum};
use shared::{
    id::{PasskeyId, SiteKey},
    people::Role,
};

use super::say;
use crate::{
    auth::{
        accounts::{self, AccountError, NewAccount},
        guard,
        passkeys::{self, PasskeyError},
    },
    config::StartError,
    state::AppState,
};

/// What a member of staff may do, as a flag.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RoleName {
    /// Supervises the patients of her sites; sees names
    Nurse,
    /// Sees scored data under pseudonyms
    Investigator,
    /// Accounts, devices, exports
    DataManager,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account; asks for its password and prints what its authenticator takes in
    Add {
        /// The account's name
        name: String,
        /// What it may do
        #[arg(long)]
        role: RoleName,
        /// A site whose patients it sees; once for each
        #[arg(long = "site", value_name = "SITE")]
        sites: Vec<String>,
    },
    /// List the accounts
    List,
    /// Give an account a new password and authenticator, and end its sessions
    Reset {
        /// The account's name
        name: String,
    },
    /// List the passkeys of an account
    Passkeys {
        /// The account's name
        name: String,
    },
    /// Remove a passkey that was lost or given back, and end the account's sessions
    RemovePasskey {
        /// The account's name
        name: String,
        /// Which, as `ressenti user passkeys` lists it
        passkey: PasskeyId,
    },
    /// Close an account and its sessions
    Disable {
        /// The account's name
        name: String,
    },
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Nurse => Self::Nurse,
            RoleName::Investigator => Self::Investigator,
            RoleName::DataManager => Self::DataManager,
        }
    }
}

pub(super) async fn run(state: &AppState, command: Command) -> Result<(), StartError> {
    let (scope, now) = (guard::operator(), state.clock.now());
    match command {
        Command::Add { name, role, sites } => {
            let sites = sites.iter().map(|site| known_site(state, site)).collect::<Result<_, _>>()?;
            let account =
                NewAccount { username: name, role: role.into(), sites, password: ask_password()?, totp_secret: None };
            let (_, address) =
                accounts::add(&scope, &state.db, account, &state.chance, now).await.map_err(|error| told(&error))?;
            say(&format!("Made. The authenticator takes in: {address}"));
        }
        Command::List => {
            let accounts = accounts::list(&scope, &state.db).await.map_err(|error| told(&error.into()))?;
            for (staff, disabled) in accounts {
                let sites: Vec<&str> = staff.sites.iter().map(SiteKey::as_str).collect();
                let closed = if disabled { ", disabled" } else { "" };
                say(&format!("{}: {:?}, {}{closed}", staff.username, staff.role, sites.join(" ")));
            }
        }
        Command::Reset { name } => {
            let password = ask_password()?;
            let address = accounts::reset(&scope, &state.db, &name, password, &state.chance)
                .await
                .map_err(|error| told(&error))?;
            say(&format!(
                "Reset; its sessions are over and its passkeys removed. The authenticator takes in: {address}"
            ));
        }
        Command::Passkeys { name } => {
            let known = passkeys::list(&scope, &state.db, &name).await.map_err(|error| passkey_told(&error.into()))?;
            for line in known.into_iter().map(|it| it.line) {
                let used = line.used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at}"));
                say(&format!("{}: {}, added {}, {used}", line.passkey, line.name, line.added_at));
            }
        }
        Command::RemovePasskey { name, passkey } => {
            passkeys::remove(&scope, &state.db, &name, passkey, now).await.map_err(|error| passkey_told(&error))?;
            say("Removed; the account's sessions are over. Its password and authenticator go on working.");
        }
        Command::Disable { name } => {
            accounts::disable(&scope, &state.db, &name, now).await.map_err(|error| told(&error))?;
            say("Disabled; its sessions are over.");
        }
    }
    Ok(())
}

fn known_site(state: &AppState, text: &str) -> Result<SiteKey, StartError> {
    let known = state.study.sites.iter().find(|site| site.key.as_str() == text);
    known.map(|site| site.key.clone()).ok_or_else(|| {
        let keys: Vec<&str> = state.study.sites.iter().map(|site| site.key.as_str()).collect();
        StartError::new(format!("The study has no site {text:?}."), format!("its sites are {}", keys.join(", ")))
    })
}

fn told(error: &AccountError) -> StartError {
    let hint = match error {
        AccountError::Name | AccountError::Password | AccountError::NoSite => "nothing was changed; correct it",
        AccountError::Taken | AccountError::Unknown => "list the accounts with `ressenti user list`",
        AccountError::Database(_) | AccountError::Fault(_) => "nothing was changed; see the message",
    };
    StartError::new(format!("The account was not changed: {error}."), hint)
}

fn passkey_told(error: &PasskeyError) -> StartError {
    StartError::new(format!("No passkey was removed: {error}."), "list them with `ressenti user passkeys NAME`")
}

/// Asks on a terminal without showing what is typed; otherwise reads the first line of standard input.
fn ask_password() -> Result<String, StartError> {
    let unread = |error: std::io::Error| {
        StartError::new(format!("No password could be read: {error}."), "type it when asked, or pipe it in")
    };
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("Password: ").map_err(unread);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(unread)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

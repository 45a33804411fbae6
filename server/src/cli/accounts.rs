//! `ressenti user`: staff accounts. A password is asked for, or read from standard input; never a flag.

use std::io::{BufRead, IsTerminal};

use clap::{Subcommand, ValueEnum};
use shared::{id::SiteKey, people::Role};

use super::say;
use crate::{
    auth::{
        accounts::{self, AccountError, NewAccount},
        guard,
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
            say(&format!("Reset; its sessions are over. The authenticator takes in: {address}"));
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

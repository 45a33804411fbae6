//! What a site can set, and where from: flags before environment (`RESSENTI_…`) before file before default.
//!
//! Each bad value stops the start with one sentence and a hint.

mod address;
pub mod key_file;
mod mail;
mod provider;

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::db::Database;

use self::{address::public_address, mail::MailSettings, provider::ProviderSettings};
pub use self::{
    mail::{MailConfig, MailSecurity},
    provider::{ProviderConfig, SecondFactor},
};

/// Why ressenti did not start: what happened, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{sentence}\n  Hint: {hint}.")]
pub struct StartError {
    sentence: String,
    hint: String,
}

impl StartError {
    /// One sentence, and a hint without its full stop.
    pub fn new(sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), hint: hint.into() }
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What can be set, each on the command line, in the environment or in the file.
#[derive(Args, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "RESSENTI_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
    /// Folder of the SQLite databases and the keys [default: the current folder]
    #[arg(long, global = true, env = "RESSENTI_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Research database on PostgreSQL, as `postgres://name@host/database` [default: ressenti.db in the data folder]
    #[arg(long, global = true, env = "RESSENTI_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// Identity database on PostgreSQL [default: the research database's name with _identity after it]
    #[arg(long, global = true, env = "RESSENTI_IDENTITY_DATABASE", value_name = "URL", hide_env_values = true)]
    identity_database: Option<String>,
    /// Key of the identity database's sealed addresses [default: identity.key in the data folder]
    #[arg(long, global = true, env = "RESSENTI_IDENTITY_KEY", value_name = "FILE")]
    identity_key: Option<PathBuf>,
    /// Key that checkpoints of the logs are signed with [default: checkpoint.key in the data folder]
    #[arg(long, global = true, env = "RESSENTI_CHECKPOINT_KEY", value_name = "FILE")]
    checkpoint_key: Option<PathBuf>,
    /// The study file [default: the one shipped]
    #[arg(long, global = true, env = "RESSENTI_STUDY", value_name = "FILE")]
    study: Option<PathBuf>,
    /// Folder of the site's own instruments: definitions/ and wording/, as `ressenti questionnaire import` writes them
    #[arg(long, global = true, env = "RESSENTI_INSTRUMENTS", value_name = "FOLDER")]
    instruments: Option<PathBuf>,
    /// How log lines are written [default: text]
    #[arg(long, global = true, env = "RESSENTI_LOG", value_name = "FORMAT")]
    log: Option<LogFormat>,
    /// How long to wait for a busy database before saying so, in milliseconds [default: 5000]
    #[arg(long, global = true, env = "RESSENTI_DATABASE_WAIT", value_name = "MILLISECONDS")]
    database_wait: Option<u64>,
    /// Mail server that reminders leave by, as HOST or HOST:PORT; without it none leave
    #[arg(long, global = true, env = "RESSENTI_SMTP", value_name = "HOST")]
    smtp: Option<String>,
    /// How the way to the mail server is protected [default: starttls]
    #[arg(long, global = true, env = "RESSENTI_SMTP_SECURITY", value_name = "HOW")]
    smtp_security: Option<MailSecurity>,
    /// Name that the mail server knows this server by
    #[arg(long, global = true, env = "RESSENTI_SMTP_USER", value_name = "NAME")]
    smtp_user: Option<String>,
    /// File that holds the password for the mail server
    #[arg(long, global = true, env = "RESSENTI_SMTP_PASSWORD_FILE", value_name = "FILE")]
    smtp_password_file: Option<PathBuf>,
    /// Sender's address of reminders
    #[arg(long, global = true, env = "RESSENTI_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// Where people reach this server, for links in reminders, passkeys and OpenID Connect: `https://…`
    #[arg(long, global = true, env = "RESSENTI_PUBLIC_ADDRESS", value_name = "URL")]
    public_address: Option<String>,
    /// How often reminders are looked through, in minutes [default: 5]
    #[arg(long, global = true, env = "RESSENTI_REMIND_EVERY", value_name = "MINUTES")]
    remind_every: Option<u64>,
    /// The hospital's OpenID Connect provider that staff may sign in by: its address, as it writes it
    #[arg(long, global = true, env = "RESSENTI_OIDC_ISSUER", value_name = "URL")]
    oidc_issuer: Option<String>,
    /// What that provider calls this server
    #[arg(long, global = true, env = "RESSENTI_OIDC_CLIENT", value_name = "NAME")]
    oidc_client: Option<String>,
    /// File that holds the secret which the provider gave this server
    #[arg(long, global = true, env = "RESSENTI_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    oidc_client_secret_file: Option<PathBuf>,
    /// Which of its claims names the account here [default: `preferred_username`]
    #[arg(long, global = true, env = "RESSENTI_OIDC_ACCOUNT_CLAIM", value_name = "CLAIM")]
    oidc_account_claim: Option<String>,
    /// What says that two factors were shown there; several are set apart by commas [default: amr=mfa]
    #[arg(long, global = true, env = "RESSENTI_OIDC_SECOND_FACTOR", value_name = "CLAIM=VALUE")]
    oidc_second_factor: Option<String>,
}

/// The configuration of one run, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The research database.
    pub database: Database,
    /// The identity database.
    pub identity_database: Database,
    /// The file of the key that addresses for reminders are sealed with.
    pub identity_key: PathBuf,
    /// The file of the key that checkpoints are signed with; its public half stands beside it, as `.pub`.
    pub checkpoint_key: PathBuf,
    /// The site's own study file, if it has one.
    pub study: Option<PathBuf>,
    /// The folder of the site's own instruments, if it has one.
    pub instruments: Option<PathBuf>,
    /// How log lines are written.
    pub log: LogFormat,
    /// How long to wait for a busy database.
    pub database_wait: Duration,
    /// Where people reach this server, without a slash at its end, if that was said.
    pub public_address: Option<String>,
    /// The mail server that reminders leave by, if there is one.
    pub mail: Option<MailConfig>,
    /// The hospital's own sign-in, if staff may use it.
    pub provider: Option<ProviderConfig>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive() // addresses of databases hold passwords
    }
}

impl Settings {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// When there is none, it is not TOML, or it sets something that does not exist.
    pub fn read(path: &Path) -> Result<Self, StartError> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            StartError::new(format!("The configuration file {shown} could not be read: {error}."), "check its path")
        })?;
        toml::from_str(&text).map_err(|error: toml::de::Error| {
            let line = error.span().map_or(0, |span| text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1);
            let message = error.message().trim_end_matches('.');
            let hint = "the keys are listed by `ressenti help`; a key is written as the flag without its dashes";
            StartError::new(format!("The configuration file {shown} has a mistake in line {line}: {message}."), hint)
        })
    }

    /// The folder of the site's own instruments, if it has one.
    #[must_use]
    pub fn instruments(&self) -> Option<&Path> {
        self.instruments.as_deref()
    }

    /// These settings, and those of `other` where these are silent.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            data: self.data.or(other.data),
            database: self.database.or(other.database),
            identity_database: self.identity_database.or(other.identity_database),
            identity_key: self.identity_key.or(other.identity_key),
            checkpoint_key: self.checkpoint_key.or(other.checkpoint_key),
            study: self.study.or(other.study),
            instruments: self.instruments.or(other.instruments),
            log: self.log.or(other.log),
            database_wait: self.database_wait.or(other.database_wait),
            smtp: self.smtp.or(other.smtp),
            smtp_security: self.smtp_security.or(other.smtp_security),
            smtp_user: self.smtp_user.or(other.smtp_user),
            smtp_password_file: self.smtp_password_file.or(other.smtp_password_file),
            mail_from: self.mail_from.or(other.mail_from),
            public_address: self.public_address.or(other.public_address),
            remind_every: self.remind_every.or(other.remind_every),
            oidc_issuer: self.oidc_issuer.or(other.oidc_issuer),
            oidc_client: self.oidc_client.or(other.oidc_client),
            oidc_client_secret_file: self.oidc_client_secret_file.or(other.oidc_client_secret_file),
            oidc_account_claim: self.oidc_account_claim.or(other.oidc_account_claim),
            oidc_second_factor: self.oidc_second_factor.or(other.oidc_second_factor),
        }
    }

    /// Checks what was set and fills in the defaults.
    ///
    /// # Errors
    /// When a value is no address, no database or no usable folder.
    pub fn check(self) -> Result<Config, StartError> {
        let listen = self.listen.as_deref().unwrap_or("127.0.0.1:8080");
        let listen = listen.parse().map_err(|_| {
            StartError::new(
                format!("{listen:?} is not an address to listen on."),
                "write a number address and a port, such as 127.0.0.1:8080 or [::1]:8080",
            )
        })?;
        let public_address = self.public_address.as_deref().map(public_address).transpose()?;
        let mail = MailSettings {
            smtp: self.smtp,
            security: self.smtp_security,
            user: self.smtp_user,
            password_file: self.smtp_password_file,
            from: self.mail_from,
            public_address: public_address.clone(),
            every: self.remind_every,
        };
        let provider = ProviderSettings {
            issuer: self.oidc_issuer,
            client: self.oidc_client,
            secret_file: self.oidc_client_secret_file,
            account_claim: self.oidc_account_claim,
            second_factor: self.oidc_second_factor,
            public_address: public_address.clone(),
        };
        let data = self.data.unwrap_or_else(|| PathBuf::from("."));
        let identity_key = self.identity_key.unwrap_or_else(|| data.join("identity.key"));
        let checkpoint_key = self.checkpoint_key.unwrap_or_else(|| data.join("checkpoint.key"));
        let database = match &self.database {
            Some(url) => Database::parse_url(url)?,
            None => Database::File(writable(data)?.join("ressenti.db")),
        };
        let identity_database = match &self.identity_database {
            Some(url) => Database::parse_url(url)?,
            None => database.identity_beside(),
        };
        Ok(Config {
            listen,
            database,
            identity_database,
            identity_key,
            checkpoint_key,
            study: self.study,
            instruments: self.instruments,
            log: self.log.unwrap_or_default(),
            database_wait: Duration::from_millis(self.database_wait.unwrap_or(5_000)),
            public_address,
            mail: mail.check()?,
            provider: provider.check()?,
        })
    }
}

/// The one line of a file that holds a secret.
fn secret_file(file: &Path, what: &str) -> Result<String, StartError> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let hint = "check the path, and that this account may read it";
        StartError::new(format!("The file {} of the {what} could not be read: {error}.", file.display()), hint)
    })?;
    let secret = text.trim_end_matches(['\r', '\n']).to_owned();
    if secret.is_empty() {
        let hint = "write it into the first line";
        return Err(StartError::new(format!("The file {} of the {what} is empty.", file.display()), hint));
    }
    Ok(secret)
}

/// The data folder, made if need be, and tried: a server that cannot write must say so before it takes an answer.
fn writable(folder: PathBuf) -> Result<PathBuf, StartError> {
    let probe = folder.join(".ressenti-can-write");
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| {
            StartError::new(
                format!("The data folder {} cannot be written: {error}.", folder.display()),
                "choose another with --data FOLDER, or give this account the right to write there",
            )
        })?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::{LogFormat, Settings};

    fn settings(toml: &str) -> Settings {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn what_was_said_first_wins() {
        let flags = settings("log = 'json'");
        let file = settings("log = 'text'\ndatabase = 'postgres://a@127.0.0.1/r'\nlisten = '127.0.0.1:9000'");
        let config = flags.or(file).check().unwrap();
        assert_eq!(config.log, LogFormat::Json);
        assert_eq!(config.listen.port(), 9000);
    }

    #[test]
    fn the_identity_database_stands_beside_the_research_one() {
        let config = settings("database = 'postgres://a:sesame@127.0.0.1/r'").check().unwrap();
        assert_eq!(config.identity_database.to_string(), "postgres://127.0.0.1:5432/r_identity");
        assert!(!format!("{config:?}").contains("sesame"));
    }

    #[test]
    fn a_bad_value_is_told_in_a_sentence_and_a_hint() {
        let check = |toml: &str, sentence: &str| {
            let told = settings(toml).check().unwrap_err().to_string();
            assert!(told.starts_with(sentence), "{told}");
            assert!(told.contains("\n  Hint: "), "{told}");
        };
        check("listen = 'here'", "\"here\" is not an address to listen on.");
        check("database = 'mysql://x'", "The database address is not a PostgreSQL address.");
        check("data = '/proc/nowhere'", "The data folder /proc/nowhere cannot be written:");
    }
}

//! The mail server that reminders leave by. All of it is set or none: half a setting stops the start.

use std::{fmt, path::PathBuf, time::Duration};

use clap::ValueEnum;
use lettre::Address;
use serde::Deserialize;

use super::{StartError, address::is_this_machine, secret_file};

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum MailSecurity {
    /// TLS from the first byte, usually on port 465.
    Tls,
    /// TLS once the server was greeted, usually on port 587; without it nothing is sent.
    #[default]
    Starttls,
    /// In the clear, usually on port 25: only to this very machine.
    None,
}

/// What was set about mail, unchecked.
#[derive(Clone, Default)]
pub(super) struct MailSettings {
    pub(super) smtp: Option<String>,
    pub(super) security: Option<MailSecurity>,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) from: Option<String>,
    /// Checked already.
    pub(super) public_address: Option<String>,
    pub(super) every: Option<u64>,
}

/// Where reminders leave by, checked.
#[derive(Clone)]
pub struct MailConfig {
    /// The mail server's name or number.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: MailSecurity,
    /// Name and password, where the server asks for them.
    pub credentials: Option<(String, String)>,
    /// The sender's address.
    pub from: Address,
    /// Where patients reach this server, without a slash at its end.
    pub public_address: String,
    /// How often reminders are looked through.
    pub every: Duration,
}

impl fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailConfig").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl MailSettings {
    /// Checks what was set; `None` when nothing was, so that no reminder leaves.
    pub(super) fn check(self) -> Result<Option<MailConfig>, StartError> {
        let others = [&self.user, &self.from].into_iter().any(Option::is_some) || self.password_file.is_some();
        let Some(smtp) = self.smtp else {
            let hint = "name the mail server with --smtp HOST, or leave all settings of mail out";
            return if others { Err(StartError::new("Mail is set up without a mail server.", hint)) } else { Ok(None) };
        };
        let security = self.security.unwrap_or_default();
        let (host, port) = host_and_port(&smtp, security).ok_or_else(|| {
            StartError::new(
                format!("{smtp:?} is not a mail server."),
                "write its name, or its name and port such as mail.example.org:587",
            )
        })?;
        if security == MailSecurity::None && !is_this_machine(&host) {
            let hint = "use --smtp-security starttls or tls, or a relay on this machine";
            return Err(StartError::new(format!("Mail to {host} would travel in the clear."), hint));
        }
        let missing = |flag: &str| {
            StartError::new(
                format!("Mail is set up without {flag}."),
                format!("set it with {flag}, or leave --smtp out"),
            )
        };
        let from = self.from.ok_or_else(|| missing("--mail-from"))?;
        let from = from.parse().map_err(|_| {
            StartError::new("The sender is not a mail address.", "write it as --mail-from name@example.org")
        })?;
        let public_address = self.public_address.ok_or_else(|| missing("--public-address"))?;
        Ok(Some(MailConfig {
            host,
            port,
            security,
            credentials: credentials(self.user, self.password_file)?,
            from,
            public_address,
            every: Duration::from_mins(self.every.unwrap_or(5).max(1)),
        }))
    }
}

fn host_and_port(smtp: &str, security: MailSecurity) -> Option<(String, u16)> {
    let usual = match security {
        MailSecurity::Tls => 465,
        MailSecurity::Starttls => 587,
        MailSecurity::None => 25,
    };
    let (host, port) = match smtp.rsplit_once(':') {
        // the number of an IPv6 address has colons too
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse().ok()?),
        Some(_) | None => (smtp, usual),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let plain = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'));
    (!host.is_empty() && plain && port > 0).then(|| (host.to_owned(), port))
}

fn credentials(user: Option<String>, file: Option<PathBuf>) -> Result<Option<(String, String)>, StartError> {
    let (user, file) = match (user, file) {
        (None, None) => return Ok(None),
        (Some(user), Some(file)) => (user, file),
        (Some(_), None) | (None, Some(_)) => {
            let hint = "set both --smtp-user and --smtp-password-file, or neither";
            return Err(StartError::new("The mail server is given a name or a password, but not both.", hint));
        }
    };
    Ok(Some((user, secret_file(&file, "mail server's password")?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(smtp: &str, security: Option<MailSecurity>, from: &str, public: &str) -> MailSettings {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        MailSettings {
            smtp: given(smtp),
            security,
            from: given(from),
            public_address: given(public),
            ..MailSettings::default()
        }
    }

    #[test]
    fn nothing_set_is_no_mail_and_half_a_setting_is_refused() {
        assert!(MailSettings::default().check().unwrap().is_none());
        let (from, public) = ("ressenti@example.org", "https://ressenti.example.org");
        let config = settings("mail.example.org", None, from, public).check().unwrap().unwrap();
        assert_eq!((config.host.as_str(), config.port), ("mail.example.org", 587));
        assert_eq!(config.public_address, "https://ressenti.example.org");
        let refused = |it: MailSettings, sentence: &str| {
            let told = it.check().unwrap_err().to_string();
            assert!(told.starts_with(sentence) && told.contains("\n  Hint: "), "{told}");
        };
        refused(settings("", None, from, public), "Mail is set up without a mail server.");
        refused(settings("mail.example.org", None, "", public), "Mail is set up without --mail-from.");
        refused(settings("mail.example.org", None, from, ""), "Mail is set up without --public-address.");
        refused(settings("mail.example.org:x", None, from, public), "\"mail.example.org:x\" is not a mail server.");
        refused(settings("mail.example.org", None, "a@b\r\nBcc: c@d", public), "The sender is not a mail address.");
    }

    #[test]
    fn mail_travels_in_the_clear_within_this_machine_only() {
        let (from, public) = ("ressenti@example.org", "http://127.0.0.1:8080");
        let plain = Some(MailSecurity::None);
        for (smtp, host, port) in
            [("localhost", "localhost", 25), ("127.0.0.1:2525", "127.0.0.1", 2525), ("[::1]:26", "::1", 26)]
        {
            let config = settings(smtp, plain, from, public).check().unwrap().unwrap();
            assert_eq!((config.host.as_str(), config.port), (host, port));
        }
        for smtp in ["mail.example.org:25", "10.0.0.7"] {
            let told = settings(smtp, plain, from, public).check().unwrap_err().to_string();
            assert!(told.contains("would travel in the clear"), "{told}");
        }
    }
}

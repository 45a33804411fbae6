//! The hospital's own sign-in (OpenID Connect). All of it is set or none: half a setting stops the start.

use std::{fmt, path::PathBuf};

use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};

use super::{StartError, address::public_address, secret_file};

/// The claim that names the account where nothing else was set.
const ACCOUNT_CLAIM: &str = "preferred_username";

/// What says that two factors were shown where nothing else was set (RFC 8176).
const SECOND_FACTOR: &str = "amr=mfa";

/// What was set about the hospital's sign-in, unchecked.
#[derive(Clone, Default)]
pub(super) struct ProviderSettings {
    pub(super) issuer: Option<String>,
    pub(super) client: Option<String>,
    pub(super) secret_file: Option<PathBuf>,
    pub(super) account_claim: Option<String>,
    pub(super) second_factor: Option<String>,
    /// Checked already.
    pub(super) public_address: Option<String>,
}

/// What a provider says when somebody showed two factors.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SecondFactor {
    /// One of the methods in `amr`.
    Method(String),
    /// The context in `acr`; it is asked for.
    Context(String),
}

/// The hospital's sign-in, checked.
#[derive(Clone)]
pub struct ProviderConfig {
    /// The provider, exactly as it calls itself.
    pub issuer: IssuerUrl,
    /// What it calls this server.
    pub client: ClientId,
    /// What this server proves itself with.
    pub secret: ClientSecret,
    /// The claim that names the account here.
    pub account_claim: String,
    /// Any of these says that two factors were shown.
    pub second_factors: Vec<SecondFactor>,
    /// Where the provider sends people back to.
    pub back: RedirectUrl,
}

impl fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("issuer", &self.issuer)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl ProviderSettings {
    /// Checks what was set; `None` when nothing was, so that nobody is sent anywhere to sign in.
    pub(super) fn check(self) -> Result<Option<ProviderConfig>, StartError> {
        let others = [&self.client, &self.account_claim, &self.second_factor].into_iter().any(Option::is_some)
            || self.secret_file.is_some();
        let Some(issuer) = self.issuer else {
            let hint = "name the provider with --oidc-issuer URL, or leave all settings of OpenID Connect out";
            return if others {
                Err(StartError::new("OpenID Connect is set up without a provider.", hint))
            } else {
                Ok(None)
            };
        };
        // checked only: a provider is called exactly what it calls itself, slash and all
        public_address(&issuer)?;
        let wrong = || StartError::new(format!("{issuer:?} is no provider's address."), "copy it from the provider");
        let missing = |flag: &str| {
            let hint = format!("set it with {flag}, or leave --oidc-issuer out");
            StartError::new(format!("OpenID Connect is set up without {flag}."), hint)
        };
        let public = self.public_address.ok_or_else(|| missing("--public-address"))?;
        let client = self.client.ok_or_else(|| missing("--oidc-client"))?;
        let file = self.secret_file.ok_or_else(|| missing("--oidc-client-secret-file"))?;
        Ok(Some(ProviderConfig {
            issuer: IssuerUrl::new(issuer.clone()).map_err(|_| wrong())?,
            client: ClientId::new(client),
            secret: ClientSecret::new(secret_file(&file, "client secret")?),
            account_claim: self.account_claim.unwrap_or_else(|| ACCOUNT_CLAIM.to_owned()),
            second_factors: second_factors(self.second_factor.as_deref().unwrap_or(SECOND_FACTOR))?,
            back: RedirectUrl::new(format!("{public}/staff/provider")).map_err(|_| wrong())?,
        }))
    }
}

fn second_factors(written: &str) -> Result<Vec<SecondFactor>, StartError> {
    let read = |one: &str| match one.trim().split_once('=')? {
        (_, "") => None,
        ("amr", method) => Some(SecondFactor::Method(method.to_owned())),
        ("acr", context) => Some(SecondFactor::Context(context.to_owned())),
        (_, _) => None,
    };
    written.split(',').map(read).collect::<Option<_>>().ok_or_else(|| {
        StartError::new(
            format!("{written:?} does not say how the provider tells that two factors were shown."),
            "write what amr or acr says then, such as --oidc-second-factor amr=mfa,acr=https://refeds.org/profile/mfa",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(folder: &std::path::Path) -> ProviderSettings {
        let file = folder.join("secret");
        std::fs::write(&file, "a client secret\n").unwrap();
        let given = |text: &str| Some(text.to_owned());
        ProviderSettings {
            issuer: given("https://sign-in.example.org/realms/staff"),
            client: given("ressenti"),
            secret_file: Some(file),
            public_address: given("https://ressenti.example.org"),
            ..ProviderSettings::default()
        }
    }

    #[test]
    fn nothing_set_is_no_provider_and_half_a_setting_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ProviderSettings::default().check().unwrap().is_none());
        let config = settings(folder.path()).check().unwrap().unwrap();
        assert_eq!(config.back.as_str(), "https://ressenti.example.org/staff/provider");
        assert_eq!(config.secret.secret(), "a client secret");
        assert_eq!(config.second_factors, [SecondFactor::Method("mfa".to_owned())]);
        assert!(!format!("{config:?}").contains("a client secret"));
        let refused = |change: fn(&mut ProviderSettings), sentence: &str| {
            let mut changed = settings(folder.path());
            change(&mut changed);
            let told = changed.check().unwrap_err().to_string();
            assert!(told.starts_with(sentence) && told.contains("\n  Hint: "), "{told}");
        };
        refused(|it| it.issuer = None, "OpenID Connect is set up without a provider.");
        refused(|it| it.client = None, "OpenID Connect is set up without --oidc-client.");
        refused(|it| it.secret_file = None, "OpenID Connect is set up without --oidc-client-secret-file.");
        refused(|it| it.public_address = None, "OpenID Connect is set up without --public-address.");
        refused(
            |it| it.issuer = Some("http://sign-in.example.org".to_owned()),
            "\"http://sign-in.example.org\" is not",
        );
        refused(|it| it.second_factor = Some("mfa".to_owned()), "\"mfa\" does not say");
    }

    #[test]
    fn several_ways_to_tell_of_two_factors_are_read() {
        let (method, context) = (SecondFactor::Method("otp".to_owned()), SecondFactor::Context("eidas2".to_owned()));
        assert_eq!(second_factors("amr=otp, acr=eidas2").unwrap(), [method, context]);
        for wrong in ["", "amr=", "otp", "azp=x", "amr=mfa,"] {
            second_factors(wrong).unwrap_err();
        }
    }
}

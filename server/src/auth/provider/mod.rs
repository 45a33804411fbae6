//! The hospital's own sign-in (OpenID Connect): its provider proves who somebody is, the account here says what they
//! may do.
//!
//! The browser comes back with a code to a page of ours, which hands it in like any other request: no cookie is
//! weakened for it. What was asked waits here under a reference that only the asking browser has, and is taken once.

mod client;
mod routes;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope,
    core::{CoreAuthPrompt, CoreProviderMetadata, CoreResponseType},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::time::Timestamp;

use super::{challenges::PATIENCE, codes::random_text, session};
use crate::{
    clock::Chance,
    config::{ProviderConfig, SecondFactor},
};

use client::{OidcClient, ProviderError};

pub(super) use routes::routes;

/// What a provider says about itself is believed so long, its keys included.
const KNOWN_FOR: Duration = Duration::from_mins(5);

/// A provider answers within this time, or is out of reach.
const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// By so much a provider's clock may differ.
const CLOCKS_DIFFER: Duration = Duration::from_mins(1);

/// The hospital's sign-in, as this server uses it.
#[derive(Debug)]
pub struct Provider {
    config: ProviderConfig,
    http: reqwest::Client,
    /// What the provider said about itself, and when.
    known: Mutex<Option<(Timestamp, CoreProviderMetadata)>>,
}

/// What waits here while somebody signs in at the provider.
#[derive(Serialize, Deserialize)]
struct Waiting {
    state: String,
    nonce: String,
    verifier: String,
}

/// What the provider proved.
struct Proof {
    /// Whom, by the provider's own name for them, which it never gives to anybody else.
    subject: String,
    /// The account that they say is theirs.
    username: String,
    /// Whether they showed two factors.
    two_factors: bool,
}

impl Provider {
    /// The provider of this configuration; it is asked for nothing yet.
    ///
    /// # Errors
    /// When no connection over TLS can be made at all.
    pub fn new(config: ProviderConfig) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .https_only(config.issuer.url().scheme() == "https")
            .timeout(REACHED_WITHIN)
            .build()?;
        Ok(Self { config, http, known: Mutex::default() })
    }

    /// The provider as it described itself lately, or as it does now.
    async fn describe(&self, now: Timestamp) -> Result<CoreProviderMetadata, ProviderError> {
        let lately = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, metadata)) = lately.filter(|(at, _)| *at <= now && now < session::after(*at, KNOWN_FOR)) {
            return Ok(metadata);
        }
        let metadata = CoreProviderMetadata::discover_async(self.config.issuer.clone(), &self.http).await;
        let metadata = metadata.map_err(|error| ProviderError::Unreachable(error.into()))?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, metadata.clone()));
        Ok(metadata)
    }

    fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn client(&self, now: Timestamp) -> Result<OidcClient, ProviderError> {
        Ok(client::client(&self.config, self.describe(now).await?))
    }

    /// Begins: where the browser goes, and what waits here meanwhile. The provider is to ask for the factors whether or
    /// not it knows the browser, so that whoever sits down next is not signed in by the one before.
    async fn begin(&self, chance: &Chance, now: Timestamp) -> Result<(String, Waiting), ProviderError> {
        let [state, nonce, verifier] = std::array::from_fn(|_| random_text(chance));
        let waiting = Waiting { state, nonce, verifier };
        let client = self.client(now).await?;
        let pkce = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(waiting.verifier.clone()));
        let (state, nonce) = (CsrfToken::new(waiting.state.clone()), Nonce::new(waiting.nonce.clone()));
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut asked = client
            .authorize_url(flow, || state, || nonce)
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(pkce)
            .add_prompt(CoreAuthPrompt::Login)
            .set_max_age(PATIENCE);
        if self.config.account_claim == "email" {
            asked = asked.add_scope(Scope::new("email".to_owned()));
        }
        for factor in &self.config.second_factors {
            if let SecondFactor::Context(context) = factor {
                asked = asked.add_auth_context_value(AuthenticationContextClass::new(context.clone()));
            }
        }
        Ok((asked.url().0.into(), waiting))
    }

    /// Ends: has the code exchanged for what the provider proves, and checks every part of it.
    async fn finish(&self, waiting: Waiting, code: String, now: Timestamp) -> Result<Proof, ProviderError> {
        let client = self.client(now).await?;
        // a key that is new is looked for the next time
        let claims = client::redeem(&client, &self.http, waiting, code, now).await.inspect_err(|_| self.forget())?;
        let lately = session::after(claims.shown_at, PATIENCE.saturating_add(CLOCKS_DIFFER));
        if lately <= now {
            return Err(ProviderError::refused("the factors were shown too long ago"));
        }
        let claim = &self.config.account_claim;
        let username = match claims.find(claim) {
            Some(username) => username,
            None => client::ask(&client, &self.http, &claims, claim).await?,
        };
        let two_factors = self.config.second_factors.iter().any(|factor| claims.tell(factor));
        Ok(Proof { subject: claims.subject, username, two_factors })
    }
}

/// The account's name in a claim; of an address only one that the provider checked.
fn account_name(claims: &Value, claim: &str) -> Option<String> {
    let name = claims.get(claim)?.as_str()?.trim().to_lowercase();
    let checked = claim != "email" || claims.get("email_verified").and_then(Value::as_bool) == Some(true);
    (checked && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::account_name;

    #[test]
    fn an_address_that_nobody_checked_names_no_account() {
        let name = |claims: serde_json::Value, claim| account_name(&claims, claim);
        assert_eq!(name(json!({ "preferred_username": " Claire" }), "preferred_username").as_deref(), Some("claire"));
        assert_eq!(
            name(json!({ "email": "c@example.org", "email_verified": true }), "email").as_deref(),
            Some("c@example.org")
        );
        for none in [json!({ "email": "c@example.org" }), json!({ "email": "c@example.org", "email_verified": false })]
        {
            assert_eq!(name(none, "email"), None);
        }
        for none in [json!({}), json!({ "rpps": "" }), json!({ "rpps": ["claire"] })] {
            assert_eq!(name(none, "rpps"), None);
        }
    }
}

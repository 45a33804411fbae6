//! What `openidconnect` does here: redeeming a code, verifying what came for it, asking for a claim that it leaves out.

use std::time::SystemTime;

use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthorizationCode, Client, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier, RequestTokenError,
    StandardErrorResponse, StandardTokenResponse, SubjectIdentifier, TokenResponse as _, UserInfoClaims, UserInfoError,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::time::Timestamp;

use super::{Waiting, account_name};
use crate::config::{ProviderConfig, SecondFactor};

/// Claims that only this provider knows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OwnClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for OwnClaims {}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        OwnClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// A client of a provider that described itself.
pub(super) type OidcClient = Client<
    OwnClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a provider proved nothing.
#[derive(Debug)]
pub(super) enum ProviderError {
    /// It did not answer, or not as a provider does.
    Unreachable(anyhow::Error),
    /// What came is not good for signing in.
    Refused(anyhow::Error),
}

impl ProviderError {
    pub(super) fn refused(why: &'static str) -> Self {
        Self::Refused(anyhow::Error::msg(why))
    }
}

fn refuse(error: impl Into<anyhow::Error>) -> ProviderError {
    ProviderError::Refused(error.into())
}

/// The client that a provider's description makes.
pub(super) fn client(config: &ProviderConfig, metadata: CoreProviderMetadata) -> OidcClient {
    Client::from_provider_metadata(metadata, config.client.clone(), Some(config.secret.clone()))
        .set_redirect_uri(config.back.clone())
}

/// What a provider says of somebody, verified.
pub(super) struct Claims {
    /// The provider's own name for them.
    pub(super) subject: String,
    /// When they showed their factors.
    pub(super) shown_at: Timestamp,
    all: Value,
    methods: Vec<String>,
    context: Option<String>,
    access: AccessToken,
}

impl Claims {
    /// The account's name, if the token holds it.
    pub(super) fn find(&self, claim: &str) -> Option<String> {
        account_name(&self.all, claim)
    }

    /// Whether they say so of two factors.
    pub(super) fn tell(&self, factor: &SecondFactor) -> bool {
        match factor {
            SecondFactor::Method(method) => self.methods.contains(method),
            SecondFactor::Context(context) => self.context.as_ref() == Some(context),
        }
    }
}

/// Redeems a code: signature, issuer, audience, nonce and time are checked, and that the token was not exchanged.
pub(super) async fn redeem(
    client: &OidcClient,
    http: &reqwest::Client,
    waiting: Waiting,
    code: String,
    now: Timestamp,
) -> Result<Claims, ProviderError> {
    let request = client.exchange_code(AuthorizationCode::new(code)).map_err(refuse)?;
    let request = request.set_pkce_verifier(PkceCodeVerifier::new(waiting.verifier));
    let tokens = match request.request_async(http).await {
        Ok(tokens) => tokens,
        Err(RequestTokenError::Request(error)) => return Err(ProviderError::Unreachable(error.into())),
        Err(refused) => return Err(refuse(refused)),
    };
    let token = tokens.id_token().ok_or_else(|| ProviderError::refused("no ID token came for the code"))?;
    let verifier = client.id_token_verifier().set_time_fn(move || SystemTime::from(now).into());
    let claims = token.claims(&verifier, &Nonce::new(waiting.nonce)).map_err(refuse)?;
    if let Some(told) = claims.access_token_hash() {
        let (algorithm, key) = (token.signing_alg().map_err(refuse)?, token.signing_key(&verifier).map_err(refuse)?);
        let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(refuse)?;
        if found != *told {
            return Err(ProviderError::refused("the access token is another's"));
        }
    }
    let shown_at = claims.auth_time().and_then(|at| Timestamp::from_second(at.timestamp()).ok());
    Ok(Claims {
        subject: claims.subject().to_string(),
        shown_at: shown_at
            .ok_or_else(|| ProviderError::refused("the provider does not say when factors were shown"))?,
        all: serde_json::to_value(claims).map_err(refuse)?,
        methods: claims.auth_method_refs().into_iter().flatten().map(|method| method.to_string()).collect(),
        context: claims.auth_context_ref().map(|context| context.to_string()),
        access: tokens.access_token().clone(),
    })
}

/// Asks the provider for the claim that names the account, where the token does not hold it.
pub(super) async fn ask(
    client: &OidcClient,
    http: &reqwest::Client,
    claims: &Claims,
    claim: &str,
) -> Result<String, ProviderError> {
    let subject = SubjectIdentifier::new(claims.subject.clone());
    let request = client.user_info(claims.access.clone(), Some(subject)).map_err(refuse)?;
    let told: UserInfoClaims<OwnClaims, CoreGenderClaim> = match request.request_async(http).await {
        Ok(told) => told,
        Err(UserInfoError::Request(error)) => return Err(ProviderError::Unreachable(error.into())),
        Err(refused) => return Err(refuse(refused)),
    };
    let told = serde_json::to_value(told).map_err(refuse)?;
    account_name(&told, claim).ok_or_else(|| ProviderError::refused("no claim names the account"))
}

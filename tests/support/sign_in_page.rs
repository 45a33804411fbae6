//! The hospital's own sign-in in the tests: an OpenID Connect provider that can be told to misbehave. A certified one
//! signs in the browser's stories.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl, url::Url};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use server::config::{ProviderConfig, SecondFactor};
use sha2::{Digest as _, Sha256};
use shared::{api::ProviderSignInRequest, time::Timestamp};

use super::app::PUBLIC_ADDRESS;

/// What it says of whoever signs in there.
#[derive(Clone)]
pub struct Says {
    /// Its own name for them.
    pub subject: &'static str,
    /// What they are called.
    pub username: &'static str,
    /// How they showed who they are.
    pub methods: Vec<&'static str>,
    /// When they did.
    pub shown_at: Timestamp,
    /// Until when it stands by it.
    pub ends_at: Timestamp,
    /// Of what it says that, or says otherwise: claims of the token.
    pub instead: Value,
    /// What it signs with.
    pub key: SigningKey,
}

/// What a code stands for.
struct Asked {
    nonce: String,
    challenge: String,
    says: Says,
}

struct Page {
    issuer: String,
    asked: Mutex<HashMap<String, Asked>>,
    /// Whom the last token was for.
    told: Mutex<Value>,
}

/// The provider, running.
pub struct SignInPage {
    page: Arc<Page>,
}

/// The key that it publishes.
pub fn its_key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

impl SignInPage {
    /// Opens it.
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let page = Arc::new(Page { issuer, asked: Mutex::default(), told: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(redeem))
            .route("/userinfo", get(async |State(page): State<Arc<Page>>| Json(page.told.lock().unwrap().clone())))
            .with_state(page.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { page }
    }

    /// What a server is told of it.
    pub fn config(&self, second_factors: Vec<SecondFactor>) -> ProviderConfig {
        provider_at(&self.page.issuer, second_factors)
    }

    /// Somebody signs in on the page that they were sent to; what the browser comes back with.
    pub fn signs_in(&self, address: &str, reference: &str, says: Says) -> ProviderSignInRequest {
        let address = Url::parse(address).unwrap();
        let asked: HashMap<_, _> = address.query_pairs().into_owned().collect();
        assert!(address.as_str().starts_with(&format!("{}/authorize?", self.page.issuer)), "{address}");
        assert_eq!(asked["redirect_uri"], format!("{PUBLIC_ADDRESS}/staff/provider"));
        assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "300"));
        assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
        let mut waiting = self.page.asked.lock().unwrap();
        let code = format!("code {}", waiting.len());
        let (nonce, challenge) = (asked["nonce"].clone(), asked["code_challenge"].clone());
        waiting.insert(code.clone(), Asked { nonce, challenge, says });
        ProviderSignInRequest { reference: reference.to_owned(), state: asked["state"].clone(), code }
    }
}

/// What a server is told of a provider.
pub fn provider_at(issuer: &str, second_factors: Vec<SecondFactor>) -> ProviderConfig {
    ProviderConfig {
        issuer: IssuerUrl::new(issuer.to_owned()).unwrap(),
        client: ClientId::new("ressenti".to_owned()),
        secret: ClientSecret::new("a client's secret".to_owned()),
        account_claim: "preferred_username".to_owned(),
        second_factors,
        back: RedirectUrl::new(format!("{PUBLIC_ADDRESS}/staff/provider")).unwrap(),
    }
}

async fn describe(State(page): State<Arc<Page>>) -> Json<Value> {
    let issuer = &page.issuer;
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn keys() -> Json<Value> {
    let point = its_key().verifying_key().to_sec1_point(false);
    let (x, y) = (BASE64.encode(point.x().unwrap()), BASE64.encode(point.y().unwrap()));
    Json(json!({ "keys": [{ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1", "x": x, "y": y }] }))
}

async fn redeem(
    State(page): State<Arc<Page>>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let refused = || (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })));
    let asked = page.asked.lock().unwrap().remove(&form["code"]).ok_or_else(refused)?;
    if BASE64.encode(Sha256::digest(&form["code_verifier"])) != asked.challenge {
        return Err(refused());
    }
    let Says { subject, username, methods, shown_at, ends_at, instead, key } = asked.says;
    *page.told.lock().unwrap() = json!({ "sub": subject, "preferred_username": username });
    let mut claims = json!({
        "iss": page.issuer, "aud": "ressenti", "sub": subject, "nonce": asked.nonce, "amr": methods,
        "iat": shown_at.as_second(), "auth_time": shown_at.as_second(), "exp": ends_at.as_second(),
    });
    claims.as_object_mut().unwrap().extend(instead.as_object().cloned().unwrap_or_default());
    let head = BASE64.encode(r#"{"alg":"ES256","typ":"JWT","kid":"1"}"#);
    let signed = format!("{head}.{}", BASE64.encode(claims.to_string()));
    let signature: Signature = key.sign(signed.as_bytes());
    let token = format!("{signed}.{}", BASE64.encode(signature.to_bytes()));
    Ok(Json(json!({ "access_token": "an access token", "token_type": "Bearer", "expires_in": 60, "id_token": token })))
}

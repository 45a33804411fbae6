//! Asking the server: typed requests and replies, with problems and lost networks as values.
//!
//! Sessions are cookies that no script can read. Every request that changes something carries the header that
//! shows it was made by our own pages.

use leptos::prelude::window;
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::{CSRF_HEADER, CSRF_VALUE, ClaimReply, ClaimRequest, Problem},
    json,
    sync::HttpReply,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

/// How long a request may take before it counts as lost.
const PATIENCE_MS: u32 = 30_000;

/// Why there is no reply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Failure {
    /// Nothing came back that our server could have written: no network, a portal, half a body. Nothing is known
    /// of whether the request arrived.
    Network,
    /// The server said no, and why.
    Problem(Problem),
}

/// `GET`, for pages: reads a reply of type `T`.
///
/// # Errors
/// The server's problem, or that nothing came back.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    read(&accepted(send(path, None, None, None).await)?)
}

/// `POST` with a JSON body, for pages; `T = ()` where the reply is empty.
///
/// # Errors
/// The server's problem, or that nothing came back.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Failure> {
    let body = serde_json::to_string(body).map_err(|_| Failure::Network)?;
    read(&accepted(send(path, Some(body), None, None).await)?)
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_json::from_str(body).map_err(|_| Failure::Network)
}

/// What a device gets for its letter.
///
/// # Errors
/// The server's problem, or that nothing came back.
pub async fn claim(claim: &ClaimRequest) -> Result<ClaimReply, Failure> {
    let body = serde_json::to_string(claim).map_err(|_| Failure::Network)?;
    let reply = send("/api/enrolment/claim", Some(body), None, None).await;
    json::read(&accepted(reply)?).ok_or(Failure::Network)
}

/// The body of a reply that says yes; null where there is none.
fn accepted(reply: Option<HttpReply>) -> Result<String, Failure> {
    let HttpReply { status, body } = reply.ok_or(Failure::Network)?;
    match status {
        204 => Ok("null".to_owned()),
        200..=299 => Ok(body),
        _ => Err(json::read(&body).map_or(Failure::Network, Failure::Problem)),
    }
}

/// One exchange as it went, posted if it has a body; `None` when nothing came back, or not to its end.
///
/// The address leaves as it stands here: a device signs it.
pub(crate) async fn send(
    path: &str,
    body: Option<String>,
    if_none_match: Option<&str>,
    signature: Option<Headers>,
) -> Option<HttpReply> {
    let headers = signature.or_else(|| Headers::new().ok())?;
    headers.set("accept", "application/json").ok()?;
    headers.set(CSRF_HEADER, CSRF_VALUE).ok()?;
    if let Some(revision) = if_none_match {
        headers.set("if-none-match", &format!("\"{revision}\"")).ok()?;
    }
    let request = RequestInit::new();
    if let Some(body) = body {
        headers.set("content-type", "application/json").ok()?;
        request.set_method("POST");
        request.set_body(&body.into());
    }
    request.set_headers(&headers);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    let fetched = JsFuture::from(window().fetch_with_str_and_init(path, &request)).await.ok()?;
    let response: Response = fetched.unchecked_into();
    let body = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some(HttpReply { status: response.status(), body })
}

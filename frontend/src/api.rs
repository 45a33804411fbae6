//! Asking the server: typed requests and replies, with problems and lost networks as values.
//!
//! Sessions are cookies that no script can read. Every request that changes something carries the header that
//! shows it was made by our own pages.

use gloo_net::http::{Method, RequestBuilder};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::{CSRF_HEADER, CSRF_VALUE, ClaimReply, ClaimRequest, Problem},
    json,
    sync::HttpReply,
};
use web_sys::AbortSignal;

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
    read(&accepted(send(Method::GET, path, None, None).await)?)
}

/// `POST` with a JSON body, for pages; `T = ()` where the reply is empty.
///
/// # Errors
/// The server's problem, or that nothing came back.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Failure> {
    let body = serde_json::to_string(body).map_err(|_| Failure::Network)?;
    read(&accepted(send(Method::POST, path, Some(body), None).await)?)
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
    let reply = send(Method::POST, "/api/enrolment/claim", Some(body), None).await;
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

/// One exchange as it went; `None` when nothing came back, or not to its end.
pub(crate) async fn send(
    method: Method,
    path: &str,
    body: Option<String>,
    if_none_match: Option<&str>,
) -> Option<HttpReply> {
    let patience = AbortSignal::timeout_with_u32(PATIENCE_MS);
    let mut request = RequestBuilder::new(path)
        .method(method)
        .header("accept", "application/json")
        .header(CSRF_HEADER, CSRF_VALUE)
        .abort_signal(Some(&patience));
    if let Some(revision) = if_none_match {
        request = request.header("if-none-match", &format!("\"{revision}\""));
    }
    let response = match body {
        Some(body) => request.header("content-type", "application/json").body(body).ok()?.send().await.ok()?,
        None => request.send().await.ok()?,
    };
    let status = response.status();
    Some(HttpReply { status, body: response.text().await.ok()? })
}

//! Requests as a device signed them: who has its session and not its key says and hears nothing in its name.
//!
//! One check for a request, before anything of it is judged and outside every transaction.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, request::Parts},
};
use shared::{
    api::ProblemKind,
    id::DeviceId,
    sync::signing::{self, CONTENT_DIGEST, Message, PublicKey, SIGNATURE, SIGNATURE_INPUT, Signed},
};

use super::guard::{self, HandInScope, PatientScope};
use crate::{
    error::{ApiError, JsonBytes},
    state::AppState,
};

/// A device that asks for something, and signed that it does.
#[derive(Clone, Copy, Debug)]
pub struct SignedRead(pub PatientScope);

/// A device that hands something in, and the body that it signed.
#[derive(Debug)]
pub struct SignedHandIn {
    /// Who hands in.
    pub scope: HandInScope,
    /// What.
    pub body: JsonBytes,
}

/// A request with its body, before it is known who signed it.
#[derive(Debug)]
pub(super) struct Unchecked {
    parts: Parts,
    pub(super) body: JsonBytes,
}

impl Unchecked {
    pub(super) const fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// Refuses what this device did not sign.
    pub(super) fn check(&self, device: DeviceId, key: PublicKey) -> Result<(), ApiError> {
        check(&self.parts, self.body.bytes(), device, key)
    }
}

fn check(parts: &Parts, body: &[u8], device: DeviceId, key: PublicKey) -> Result<(), ApiError> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed =
        Signed { digest: header(CONTENT_DIGEST), input: header(SIGNATURE_INPUT), signature: header(SIGNATURE) };
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    if signing::check(&Message { method: parts.method.as_str(), path, query, body }, signed, device, key) {
        return Ok(());
    }
    let detail = "The request is not signed by the key of this device. What the device holds is safe and stays there. \
                  Send it again; if that does not help, ask the unit for a new letter.";
    Err(ApiError::new(ProblemKind::BadSignature, detail))
}

impl FromRequest<AppState> for Unchecked {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = JsonBytes::from_request(Request::from_parts(parts.clone(), body), state).await?;
        Ok(Self { parts, body })
    }
}

impl FromRequest<AppState> for SignedHandIn {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let (scope, key) = guard::device_session(&parts, state).await?;
        let unchecked = Unchecked::from_request(Request::from_parts(parts, body), state).await?;
        unchecked.check(scope.device(), key)?;
        Ok(Self { scope, body: unchecked.body })
    }
}

impl FromRequestParts<AppState> for SignedRead {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let (device, key) = guard::device_session(parts, state).await?;
        check(parts, &[], device.device(), key)?;
        guard::reads(&device).map(Self)
    }
}

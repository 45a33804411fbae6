//! The HTTP edge's one error: every refusal and accident leaves as problem details (RFC 9457).
//!
//! Details name no answer, no name, no secret and no inner workings; those go to the log, without answers either.

use axum::{
    Json,
    body::Bytes,
    extract::{
        FromRequest, Request,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use shared::api::{Problem, ProblemKind};

use crate::{db, limits};

/// What a handler gives instead of a reply.
#[derive(Debug)]
pub enum ApiError {
    /// A refusal that the caller can do something about.
    Refused {
        /// Which.
        kind: ProblemKind,
        /// What is safe and what to do.
        detail: String,
    },
    /// An accident of the database.
    Database(sqlx::Error),
    /// Any other accident.
    Fault(anyhow::Error),
}

impl ApiError {
    /// A refusal with its detail: what is safe and what to do.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self::Refused { kind, detail: detail.into() }
    }

    /// A value that was read and refused.
    pub fn refused(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Refused, detail)
    }

    /// Nothing there, or nothing this account may see; which of the two is not said.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ProblemKind::NotFound, "There is nothing here that this account may see. Check the address.")
    }

    /// What leaves over HTTP; accidents are logged here.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Refused { kind, detail } => problem(kind, detail),
            Self::Database(error) if db::is_outage(&error) => {
                tracing::error!(%error, "database unavailable");
                unavailable()
            }
            Self::Database(error) => {
                tracing::error!(%error, "database fault");
                fault()
            }
            Self::Fault(error) => {
                tracing::error!(error = format!("{error:#}"), "fault");
                fault()
            }
        }
    }
}

/// The problem for a database that cannot take anything now.
#[must_use]
pub fn unavailable() -> Problem {
    let detail = "The hospital's server cannot save at the moment. Nothing was changed; what you have is safe where \
                  it is. Try again in a few minutes.";
    problem(ProblemKind::Unavailable, detail)
}

/// The problem for a fault of ours.
#[must_use]
pub fn fault() -> Problem {
    let detail = "Something went wrong on the hospital's server. Nothing was acknowledged; what you have is safe \
                  where it is. Try again, and tell the unit if it happens again.";
    problem(ProblemKind::Fault, detail)
}

/// A problem with the status and title that belong to its kind.
#[must_use]
pub fn problem(kind: ProblemKind, detail: impl Into<String>) -> Problem {
    let (status, title) = match kind {
        ProblemKind::BadRequest => (400, "The request could not be read"),
        ProblemKind::TooLarge => (413, "The request is too large"),
        ProblemKind::NotSignedIn => (401, "Nobody is signed in"),
        ProblemKind::WrongCredentials => (401, "Name, password or code is wrong"),
        ProblemKind::TooManyTries => (429, "Too many tries"),
        ProblemKind::CodeWrong => (403, "The code is wrong"),
        ProblemKind::CodeExpired => (410, "The code has expired"),
        ProblemKind::CodeUsed => (410, "The code was already used"),
        ProblemKind::BadSignature => (401, "Not signed by this device"),
        ProblemKind::DeviceRevoked => (403, "This device was revoked"),
        ProblemKind::Forbidden => (403, "Not allowed"),
        ProblemKind::NotFound => (404, "Not found"),
        ProblemKind::Conflict => (409, "It changed in the meantime"),
        ProblemKind::Refused => (422, "A value was refused"),
        ProblemKind::Protocol => (400, "The app speaks a newer protocol"),
        ProblemKind::Unavailable => (503, "The server cannot save now"),
        ProblemKind::Fault => (500, "A fault on the server"),
    };
    Problem { kind, status, title: title.to_owned(), detail: detail.into() }
}

/// A problem as a response of its status.
#[must_use]
pub fn respond(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        respond(self.into_problem())
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

const WRONG_FIELD: &str = "It has a field that is missing, unknown or of the wrong kind.";
const NOT_WHOLE: &str = "It is not whole JSON; it may have been cut on its way.";
const NOT_SAID: &str = "It does not say that it is JSON.";
const CUT_OFF: &str = "Its body did not arrive whole.";
const TOO_DEEP: &str = "It is nested too deeply, or one of its texts is above 4 kB.";

fn bad_request(what: &str) -> ApiError {
    ApiError::new(ProblemKind::BadRequest, format!("{what} Nothing was changed. Send it again as documented."))
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::not_found()
    }
}

impl From<QueryRejection> for ApiError {
    fn from(_: QueryRejection) -> Self {
        Self::new(ProblemKind::BadRequest, "The address has a parameter that is missing, unknown or of the wrong kind.")
    }
}

/// The refusal of a body above the limit.
#[must_use]
pub fn too_large() -> ApiError {
    ApiError::new(ProblemKind::TooLarge, "The request is above 256 kB. Nothing was changed. Send it in smaller parts.")
}

/// A body that says it is JSON, as it came: for requests whose parts are read one by one.
#[derive(Debug)]
pub struct JsonBytes(Bytes);

impl JsonBytes {
    /// Reads it.
    ///
    /// # Errors
    /// When it is not whole JSON, or not of this form.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.0)
            .map_err(|error| if error.is_data() { bad_request(WRONG_FIELD) } else { bad_request(NOT_WHOLE) })
    }

    /// Reads it if it is within the [limits](crate::limits).
    ///
    /// # Errors
    /// When it is not, or as for [`Self::read`].
    pub fn read_within<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        if limits::is_within(&self.0) { self.read() } else { Err(bad_request(TOO_DEEP)) }
    }

    /// The bytes that came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBytes {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(bad_request(NOT_SAID));
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_large()),
            Err(_) => Err(bad_request(CUT_OFF)),
        }
    }
}

/// A JSON body within the [limits](crate::limits); what is wrong with it is told as a problem, without quoting it.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        JsonBytes::from_request(request, state).await?.read_within().map(Self)
    }
}

/// Parts of the path, their rejection told as a problem.
#[derive(Debug, axum::extract::FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct Path<T>(pub T);

/// Parameters of the address, their rejection told as a problem.
#[derive(Debug, axum::extract::FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub struct Query<T>(pub T);

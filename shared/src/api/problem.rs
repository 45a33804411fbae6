//! What went wrong, told to programs and people (RFC 9457).

use serde::{Deserialize, Serialize};

/// Problem details: what happened, what is safe, what to do now.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable word for programs: pages choose their own sentence by it.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few English words.
    pub title: String,
    /// What is safe and what to do, in an English sentence or two; holds no answer, name or secret.
    pub detail: String,
}

/// The problems a person or program can meet.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum ProblemKind {
    /// The request could not be read, or holds fields that do not belong there.
    #[serde(rename = "urn:ressenti:bad-request")]
    BadRequest,
    /// The body is larger than the server takes.
    #[serde(rename = "urn:ressenti:too-large")]
    TooLarge,
    /// Nobody is signed in, or the session is over.
    #[serde(rename = "urn:ressenti:not-signed-in")]
    NotSignedIn,
    /// Name, password or one-time code is wrong; which is not said.
    #[serde(rename = "urn:ressenti:wrong-credentials")]
    WrongCredentials,
    /// Too many wrong tries; wait.
    #[serde(rename = "urn:ressenti:too-many-tries")]
    TooManyTries,
    /// The enrolment code is wrong.
    #[serde(rename = "urn:ressenti:code-wrong")]
    CodeWrong,
    /// The enrolment code has expired.
    #[serde(rename = "urn:ressenti:code-expired")]
    CodeExpired,
    /// The enrolment code was used, or burnt by wrong tries.
    #[serde(rename = "urn:ressenti:code-used")]
    CodeUsed,
    /// The request is not signed by the key that its device was enrolled with.
    #[serde(rename = "urn:ressenti:bad-signature")]
    BadSignature,
    /// This device was revoked: it may hand in what it holds, and read nothing.
    #[serde(rename = "urn:ressenti:device-revoked")]
    DeviceRevoked,
    /// Signed in, but not allowed.
    #[serde(rename = "urn:ressenti:forbidden")]
    Forbidden,
    /// There is no such thing, or none this account may see.
    #[serde(rename = "urn:ressenti:not-found")]
    NotFound,
    /// It was changed or made in the meantime.
    #[serde(rename = "urn:ressenti:conflict")]
    Conflict,
    /// Read, but refused: the detail says which value.
    #[serde(rename = "urn:ressenti:refused")]
    Refused,
    /// The sender speaks a protocol this server does not.
    #[serde(rename = "urn:ressenti:protocol")]
    Protocol,
    /// The server cannot write now (disk full, database locked or down): nothing was changed.
    #[serde(rename = "urn:ressenti:unavailable")]
    Unavailable,
    /// A fault of ours: nothing was acknowledged.
    #[serde(rename = "urn:ressenti:fault")]
    Fault,
}

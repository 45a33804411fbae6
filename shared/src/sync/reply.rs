//! Reading what comes back over HTTP with suspicion: only what the server must have written counts as an answer.
//!
//! A portal's web page with status 200, a body cut off by a proxy, or another patient's events are not answers.

use serde_json::Value;

use super::{
    protocol::{PatientBundle, PullReply, PushReply},
    store::OutboxEvent,
};
use crate::{
    answers::sha256_hex,
    api::{Problem, ProblemKind},
    id::PatientId,
    json::{self, FromJson},
};

/// What came back to a request, as it came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Why a reply is not the answer that was asked for, by what the replica does next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Trouble {
    /// Nothing came back that our server could have written: try later.
    NoAnswer,
    /// The server said that it cannot now: try later.
    ServerFailed,
    /// The session is over: open another.
    SessionOver,
    /// This device may hand in at most, and read nothing: it was revoked, or the hospital does not know it.
    Revoked,
    /// The request as a whole was too much or unreadable: send less at once.
    RefusedWhole,
}

pub(super) fn read_push(reply: &HttpReply, n_sent: usize) -> Result<PushReply, Trouble> {
    let read: PushReply = answer(reply)?;
    if read.outcomes.len() == n_sent { Ok(read) } else { Err(Trouble::NoAnswer) }
}

pub(super) fn read_pull(reply: &HttpReply, patient: PatientId) -> Result<PullReply, Trouble> {
    let read: PullReply = answer(reply)?;
    let genuine = read.events.iter().all(|pulled| {
        let bytes = pulled.event.canonical_bytes().unwrap_or_default();
        pulled.event.patient == patient
            && pulled.receipt.id == pulled.event.id
            && pulled.receipt.hash == sha256_hex(&bytes)
            && pulled.receipt.position <= read.cursor
    });
    let ends = !read.more || !read.events.is_empty();
    if genuine && ends { Ok(read) } else { Err(Trouble::NoAnswer) }
}

/// Whether the hospital has a newer bundle than the device.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Newer {
    /// The reply's body is one that can be read.
    Yes,
    /// The device's is the newest.
    No,
}

pub(super) fn read_bundle(reply: &HttpReply, patient: PatientId) -> Result<Newer, Trouble> {
    if reply.status == 304 {
        return Ok(Newer::No);
    }
    let read: PatientBundle = answer(reply)?;
    if read.patient == patient { Ok(Newer::Yes) } else { Err(Trouble::NoAnswer) }
}

pub(super) fn read_session(reply: &HttpReply) -> Result<(), Trouble> {
    // Opening a session has an empty answer (204): a portal cannot give it by accident.
    if reply.status == 204 { Ok(()) } else { Err(problem(reply)) }
}

/// The event as it goes into a push: its own bytes, read as JSON.
pub(super) fn as_json(event: &OutboxEvent) -> Value {
    // Bytes that are no JSON (a damaged store) go as text: the server sets them aside, and nothing is blocked.
    serde_json::from_str(&event.json).unwrap_or_else(|_| Value::String(event.json.clone()))
}

fn answer<T: FromJson>(reply: &HttpReply) -> Result<T, Trouble> {
    match reply.status {
        200 => json::read(&reply.body).ok_or(Trouble::NoAnswer),
        _ => Err(problem(reply)),
    }
}

fn problem(reply: &HttpReply) -> Trouble {
    let said = json::read::<Problem>(&reply.body).map(|problem| problem.kind);
    match (reply.status, said) {
        // A key that is lost or another one: nothing helps but a new letter, and nothing leaves the outbox.
        (401, Some(ProblemKind::WrongCredentials | ProblemKind::BadSignature))
        | (403, Some(ProblemKind::DeviceRevoked)) => Trouble::Revoked,
        (401, Some(_)) => Trouble::SessionOver,
        // A proxy may refuse a large body in its own words.
        (413, _) | (400 | 422, Some(_)) => Trouble::RefusedWhole,
        (_, Some(_)) => Trouble::ServerFailed,
        (_, None) => Trouble::NoAnswer,
    }
}

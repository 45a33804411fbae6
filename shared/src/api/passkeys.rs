//! Passkeys of staff: adding and removing them, and signing in with one. What an authenticator takes in and says is
//! passed on as the browser writes it (`WebAuthn`'s JSON), unread by the pages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{id::PasskeyId, time::Timestamp};

/// `GET /api/staff/ways`: how one can sign in here, besides by password; asked by whoever is not signed in yet.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInWaysReply {
    /// By passkey.
    pub passkey: bool,
    /// By the hospital's own sign-in.
    pub provider: bool,
}

/// What an authenticator is asked: the reply to `POST /api/staff/passkey/challenge`, before signing in, and to
/// `POST /api/staff/passkeys/challenge`, before adding a passkey.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeReply {
    /// Goes back with what the authenticator said; works once, for five minutes.
    pub reference: String,
    /// The options for the browser: those of `credentials.get` or `credentials.create`.
    pub options: Value,
}

/// `POST /api/staff/passkey/sign-in`: a passkey alone, as it counts for both factors.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeySignInRequest {
    /// From the challenge.
    pub reference: String,
    /// What the authenticator said.
    pub credential: Value,
}

/// `POST /api/staff/passkeys`: adds a passkey to the account that is signed in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyRequest {
    /// From the challenge.
    pub reference: String,
    /// What its owner calls it: 1 to 60 characters.
    pub name: String,
    /// What the authenticator said.
    pub credential: Value,
}

/// `GET /api/staff/passkeys`: those of the account that is signed in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeysReply {
    /// In the order in which they were added.
    pub passkeys: Vec<PasskeyLine>,
    /// Whether this server can take passkeys at all.
    pub offered: bool,
    /// Whether this session may add and remove passkeys; ten minutes after signing in, one signs in again first.
    pub changeable: bool,
}

/// A passkey, without its keys.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyLine {
    /// Which.
    pub passkey: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When somebody last signed in with it.
    pub used_at: Option<Timestamp>,
}

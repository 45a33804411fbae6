//! Signing in by the hospital's own sign-in (OpenID Connect): leaving for it, and handing in what it sent back.

use serde::{Deserialize, Serialize};

/// The reply to `POST /api/staff/provider/challenge`: where to go, and what to come back with.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderReply {
    /// Goes back with what the provider sent; works once, for five minutes, and stays in the tab that left.
    pub reference: String,
    /// The provider's page.
    pub address: String,
}

/// `POST /api/staff/provider/sign-in`: what the provider sent the browser back with.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSignInRequest {
    /// From the reply.
    pub reference: String,
    /// As the provider gave it back.
    pub state: String,
    /// What the server redeems at the provider.
    pub code: String,
}

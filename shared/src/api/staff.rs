//! Signing in, and the study that staff pages name things by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{InstrumentVersion, ItemCode, ScaleCode, SiteKey, StaffId},
    instrument::Direction,
    people::Role,
    study::{Labels, Study},
};

/// `POST /api/staff/sign-in`: password and one-time code together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// The account's name.
    pub username: String,
    /// Its password.
    pub password: String,
    /// The six digits of the authenticator.
    pub one_time_code: String,
}

/// Who is signed in: the reply to signing in and to `GET /api/staff/me`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffReply {
    /// The account.
    pub staff: StaffId,
    /// Its name.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// Whose patients it sees; a nurse's sites.
    pub sites: Vec<SiteKey>,
}

/// `GET /api/study`: what staff pages name sites, timepoints, instruments and scales by; any member of staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyReply {
    /// The study as it stands.
    pub study: Study,
    /// Every instrument version that the study asks, in the catalogue's order.
    pub instruments: Vec<InstrumentOutline>,
}

/// An instrument as staff pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentOutline {
    /// Which, at which version.
    pub instrument: InstrumentVersion,
    /// What staff call it.
    pub title: String,
    /// Our labels for its items, in the languages there are; English always.
    pub topics: BTreeMap<ItemCode, Labels>,
    /// Its scales, in the definition's order.
    pub scales: Vec<ScaleOutline>,
}

/// A scale as staff pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleOutline {
    /// Its code.
    pub code: ScaleCode,
    /// Our label for it, in the languages there are; English always.
    pub label: Labels,
    /// Lowest and highest value it can take.
    pub range: [f64; 2],
    /// What a higher value means.
    pub higher: Direction,
}

//! What asks for a look, and noting that somebody looked. Nothing here is an alarm; nothing is ever taken away.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    id::{AssessmentId, DeviceId, FlagKey},
    sync::protocol::QuarantineReason,
    time::Timestamp,
};

/// Something that asks for a look.
///
/// Two findings are the same when they read the same: a score that was corrected to another value beyond the
/// threshold, or a third device that answered, is a new finding, and asks again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Finding {
    /// The score of a standing copy is beyond a threshold of the study.
    Flag {
        /// Which flag of the study.
        flag: FlagKey,
        /// The score.
        value: f64,
        /// The score it is compared with, where the threshold is a change.
        before: Option<f64>,
    },
    /// Several devices answered.
    Conflict {
        /// Copies of those questionnaires that have more than one.
        n_copies: u32,
    },
    /// The server set something aside.
    SetAside {
        /// Its number among all that was set aside.
        entry: i64,
        /// Why.
        reason: QuarantineReason,
        /// One sentence of detail; holds no answer.
        detail: String,
        /// When it was received.
        received_at: Timestamp,
    },
    /// A device lost answers that it had not sent.
    LocalLoss {
        /// Which device.
        device: DeviceId,
        /// How many, all in all.
        n_lost: u32,
    },
}

impl fmt::Display for Finding {
    /// What exactly was found, in a word that is another one when it changes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag { flag, value, before: None } => write!(f, "flag {flag} {value:.6}"),
            Self::Flag { flag, value, before: Some(before) } => write!(f, "flag {flag} {value:.6} after {before:.6}"),
            Self::Conflict { n_copies } => write!(f, "conflict {n_copies}"),
            Self::SetAside { entry, .. } => write!(f, "set_aside {entry}"),
            Self::LocalLoss { device, n_lost } => write!(f, "local_loss {device} {n_lost}"),
        }
    }
}

/// A finding in a patient's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingLine {
    /// On which occasion; `None` for what was set aside and names none.
    pub assessment: Option<AssessmentId>,
    /// What was found.
    pub finding: Finding,
    /// Who looked at it last; `None` while nobody has.
    pub looked: Option<Look>,
}

/// A note that somebody looked.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The account that looked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What there is to say of it; often empty.
    pub note: String,
}

/// `POST /api/patients/{patient}/looks`: somebody looked at findings of one occasion; the reply is a [`Look`].
///
/// It holds for what was shown, and for nothing that was found meanwhile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookRequest {
    /// Which occasion.
    pub assessment: Option<AssessmentId>,
    /// The findings that were shown.
    pub seen: Vec<Finding>,
    /// What there is to say of them, 200 characters at most.
    #[serde(default)]
    pub note: String,
}

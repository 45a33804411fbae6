//! Why an expected assessment has no answer, in the words that a publication counts.

use serde::{Deserialize, Serialize};

/// A reason that staff note for an assessment whose questionnaires were not all answered.
///
/// Item-level reasons are separate ([`SkipReason`](crate::answers::SkipReason)). The list is closed, so that reasons
/// can be counted and compared; `Other` comes with a note. Source: the reasons that SPIRIT-PRO and CONSORT-PRO ask
/// registries to report, in the unit's words.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingReason {
    /// Nobody gave it to the patient.
    NotGiven,
    /// The device or the network failed.
    DeviceFailure,
    /// The patient was too ill or too tired.
    TooIll,
    /// Confusion, or neurotoxicity (ICANS).
    Confusion,
    /// In intensive care.
    IntensiveCare,
    /// The patient did not want to this time.
    RefusedThisTime,
    /// The patient wants no questionnaire any more.
    RefusedAll,
    /// The patient could not be reached.
    NotReached,
    /// No questionnaire in a language the patient reads.
    Language,
    /// Moved to another hospital.
    Transferred,
    /// Died before it could be answered.
    DiedBefore,
    /// Withdrew from the registry.
    Withdrew,
    /// It arrived too late to count.
    ArrivedLate,
    /// Anything else: the note says what.
    Other,
}

impl MissingReason {
    /// Every reason, in the order that staff choose from.
    pub const ALL: [Self; 14] = [
        Self::NotGiven,
        Self::DeviceFailure,
        Self::TooIll,
        Self::Confusion,
        Self::IntensiveCare,
        Self::RefusedThisTime,
        Self::RefusedAll,
        Self::NotReached,
        Self::Language,
        Self::Transferred,
        Self::DiedBefore,
        Self::Withdrew,
        Self::ArrivedLate,
        Self::Other,
    ];
}

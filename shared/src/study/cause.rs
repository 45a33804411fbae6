//! What a milestone says beside its date, from closed lists that investigators can count: of what a patient died, why
//! an infusion was given up, how far a withdrawal goes.

use serde::{Deserialize, Serialize};

use super::MilestoneKind;

/// The cause of a milestone, of the kind of milestone it belongs to. Kinds that are not named here have none; those
/// that are always have one, and "unknown" is said, not left out.
///
/// ```
/// use shared::study::{Cause, DeathCause, MilestoneKind};
///
/// let cause = Cause::Death(DeathCause::Infection);
/// assert_eq!(Cause::parse(MilestoneKind::Death, "infection"), Some(cause));
/// assert_eq!(Cause::parse(MilestoneKind::Withdrawal, "infection"), None);
/// assert!(Cause::of(MilestoneKind::Inclusion).next().is_none());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Of what the patient died.
    Death(DeathCause),
    /// Why the infusion was given up.
    InfusionGivenUp(GivenUpCause),
    /// What the patient withdraws from.
    Withdrawal(WithdrawalKind),
}

/// The main cause of a death: one class, the one that set off what led to it.
///
/// The classes to which the main cause of death of the EBMT registry's cellular therapy forms and the cause-of-death
/// codes of CIBMTR's form 2900 come down. As EBMT asks (*How do I report on patients treated with CAR T-cells*,
/// part 4), there is one, and who dies of what followed a relapse died of the disease.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeathCause {
    /// Relapse, progression or persistence of the blood cancer.
    Disease,
    /// Toxicity of a treatment, the CAR-T cells included: cytokine release, neurotoxicity, organ failure, bleeding.
    Toxicity,
    /// Infection without relapse or progression.
    Infection,
    /// A second cancer.
    SecondCancer,
    /// Anything else.
    Other,
    /// Nobody could say.
    Unknown,
}

/// Why an infusion was given up: the protocol's reasons, each a competing outcome of the time to treatment, and
/// those that no registry does without.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenUpCause {
    /// The patient died before.
    DiedBefore,
    /// The blood cancer progressed.
    Progression,
    /// The cells could not be made, or not as they must be.
    ManufacturingFailure,
    /// The patient refused.
    Refusal,
    /// Another treatment was chosen.
    OtherTreatment,
    /// Anything else.
    Other,
    /// Nobody could say.
    Unknown,
}

/// How far a withdrawal goes.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalKind {
    /// No more messages; the follow-up goes on.
    StopReminders,
    /// Nothing more is asked; what was answered stays.
    StopKeep,
    /// Nothing more is asked, and the patient asks that what was answered be erased.
    StopErase,
}

impl Cause {
    /// Every cause, by kind of milestone, in the order shown.
    pub const ALL: [Self; 16] = [
        Self::Death(DeathCause::Disease),
        Self::Death(DeathCause::Toxicity),
        Self::Death(DeathCause::Infection),
        Self::Death(DeathCause::SecondCancer),
        Self::Death(DeathCause::Other),
        Self::Death(DeathCause::Unknown),
        Self::InfusionGivenUp(GivenUpCause::DiedBefore),
        Self::InfusionGivenUp(GivenUpCause::Progression),
        Self::InfusionGivenUp(GivenUpCause::ManufacturingFailure),
        Self::InfusionGivenUp(GivenUpCause::Refusal),
        Self::InfusionGivenUp(GivenUpCause::OtherTreatment),
        Self::InfusionGivenUp(GivenUpCause::Other),
        Self::InfusionGivenUp(GivenUpCause::Unknown),
        Self::Withdrawal(WithdrawalKind::StopReminders),
        Self::Withdrawal(WithdrawalKind::StopKeep),
        Self::Withdrawal(WithdrawalKind::StopErase),
    ];

    /// The causes that a milestone of this kind can have, in the order shown; none for most kinds.
    pub fn of(kind: MilestoneKind) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |cause| cause.kind() == kind)
    }

    /// The kind of milestone it belongs to.
    #[must_use]
    pub const fn kind(self) -> MilestoneKind {
        match self {
            Self::Death(_) => MilestoneKind::Death,
            Self::InfusionGivenUp(_) => MilestoneKind::InfusionGivenUp,
            Self::Withdrawal(_) => MilestoneKind::Withdrawal,
        }
    }

    /// Its word in tables and exports; unique within its kind of milestone.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Death(DeathCause::Disease) => "disease",
            Self::Death(DeathCause::Toxicity) => "toxicity",
            Self::Death(DeathCause::Infection) => "infection",
            Self::Death(DeathCause::SecondCancer) => "second_cancer",
            Self::InfusionGivenUp(GivenUpCause::DiedBefore) => "died_before",
            Self::InfusionGivenUp(GivenUpCause::Progression) => "progression",
            Self::InfusionGivenUp(GivenUpCause::ManufacturingFailure) => "manufacturing_failure",
            Self::InfusionGivenUp(GivenUpCause::Refusal) => "refusal",
            Self::InfusionGivenUp(GivenUpCause::OtherTreatment) => "other_treatment",
            Self::Withdrawal(WithdrawalKind::StopReminders) => "stop_reminders",
            Self::Withdrawal(WithdrawalKind::StopKeep) => "stop_keep",
            Self::Withdrawal(WithdrawalKind::StopErase) => "stop_erase",
            Self::Death(DeathCause::Other) | Self::InfusionGivenUp(GivenUpCause::Other) => "other",
            Self::Death(DeathCause::Unknown) | Self::InfusionGivenUp(GivenUpCause::Unknown) => "unknown",
        }
    }

    /// The cause of this code that a milestone of this kind can have.
    #[must_use]
    pub fn parse(kind: MilestoneKind, code: &str) -> Option<Self> {
        Self::of(kind).find(|cause| cause.code() == code)
    }

    /// Whether the patient only stops messages: such a withdrawal ends nothing else.
    #[must_use]
    pub const fn only_stops_reminders(self) -> bool {
        matches!(self, Self::Withdrawal(WithdrawalKind::StopReminders))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cause_is_told_by_its_kind_and_its_code_and_as_serde_tells_it() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.kind(), cause.code()), Some(cause));
            let kind = serde_json::to_value(cause.kind()).unwrap();
            let told = serde_json::json!({ kind.as_str().unwrap(): cause.code() });
            assert_eq!(serde_json::to_value(cause).unwrap(), told);
        }
        assert_eq!(Cause::ALL.into_iter().collect::<BTreeSet<_>>().len(), Cause::ALL.len());
    }
}

//! Names of things: every id and key of the domain is its own type, so that none can stand in for another.
//!
//! *Ids* are UUIDs made by a device or the server and carry no meaning. *Keys* are short words a person
//! chose in a definition or study file (`qlq-c30`, `M3`): 1 to 40 of `A-Z a-z 0-9 _ - .`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is not a key: it is empty, too long, or holds a character keys do not have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is not a key: write 1 to 40 letters, digits, '_', '-' or '.'")]
pub struct KeyError {
    text: String,
}

fn check_key(text: &str) -> Result<(), KeyError> {
    let fits = (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if fits { Ok(()) } else { Err(KeyError { text: text.chars().take(60).collect() }) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// Wraps a UUID that the caller made; the domain makes none itself.
            #[must_use]
            pub const fn new(id: uuid::Uuid) -> Self {
                Self(id)
            }

            /// The UUID within, for stores and the wire.
            #[must_use]
            pub const fn as_uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads a key.
            ///
            /// # Errors
            /// When the text is not 1 to 40 letters, digits, `_`, `-` or `.`.
            pub fn parse(text: &str) -> Result<Self, KeyError> {
                check_key(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The key as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = KeyError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = KeyError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                check_key(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

ids! {
    /// A patient, on the research side: random, without order, initials or dates.
    PatientId;
    /// A phone or tablet that was enrolled for one patient.
    DeviceId;
    /// One answer event, made on the device before its first send; retries reuse it.
    AnswerEventId;
    /// One sitting of one person at one device.
    SessionId;
    /// A member of staff.
    StaffId;
    /// One recorded milestone of a patient.
    MilestoneId;
    /// One note of why an assessment has no answer.
    MissingReasonId;
    /// A note that something was looked at.
    LookId;
    /// A passkey of a member of staff.
    PasskeyId;
}

keys! {
    /// An instrument, whatever its version: `qlq-c30`.
    InstrumentKey;
    /// An item within an instrument: `q1`.
    ItemCode;
    /// A set of response options shared by items of an instrument: `severity`.
    OptionSetKey;
    /// A scale within an instrument: `PF`.
    ScaleCode;
    /// A table of an instrument's definition: `rank_7`.
    TableKey;
    /// A wording pack: `demo-qlq-c30-fr`.
    PackKey;
    /// A timepoint of the study: `M3`.
    TimepointKey;
    /// A battery of instruments: `CORE`.
    BatteryKey;
    /// A hospital site.
    SiteKey;
    /// A flag of the study: `hads-anxiety`.
    FlagKey;
    /// A type of blood cancer.
    HemopathyKey;
    /// A CAR-T product.
    ProductKey;
    /// A care pathway: `conventional`.
    PathwayKey;
    /// A version of the information that patients are given: `2026-1`.
    InformationKey;
    /// A rule for reminders: `opened`.
    ReminderKey;
    /// A language as a BCP 47 tag: `fr`, `en`.
    Language;
}

/// An instrument at one version: what was asked can always be shown again as it was asked.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentVersion {
    /// Which instrument.
    pub key: InstrumentKey,
    /// Its version as its owner writes it: `3.0`.
    pub version: String,
}

impl fmt::Display for InstrumentVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.version)
    }
}

/// One occasion of one patient: a timepoint and its occurrence (a relapse can happen twice). Never a date.
///
/// ```
/// use shared::id::AssessmentId;
/// let second_relapse: AssessmentId = "R:2".parse()?;
/// assert_eq!(second_relapse.to_string(), "R:2");
/// # Ok::<(), shared::id::AssessmentIdError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssessmentId {
    /// Which timepoint.
    pub timepoint: TimepointKey,
    /// Which time it comes round, from 1.
    pub occurrence: u16,
}

/// Why a text is not an assessment id.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is not an assessment: write a timepoint, ':' and which time it comes round, such as M3:1")]
pub struct AssessmentIdError(String);

impl fmt::Display for AssessmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.timepoint, self.occurrence)
    }
}

impl FromStr for AssessmentId {
    type Err = AssessmentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || AssessmentIdError(text.chars().take(60).collect());
        let (timepoint, occurrence) = text.split_once(':').ok_or_else(refused)?;
        let timepoint = TimepointKey::parse(timepoint).map_err(|_| refused())?;
        let occurrence = occurrence.parse().ok().filter(|n| *n > 0).ok_or_else(refused)?;
        Ok(Self { timepoint, occurrence })
    }
}

impl TryFrom<String> for AssessmentId {
    type Error = AssessmentIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AssessmentId> for String {
    fn from(id: AssessmentId) -> Self {
        id.to_string()
    }
}

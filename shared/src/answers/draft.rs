//! What a device holds before it sends: the slot an answer belongs to, and an answer event without its number.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{AnswerEvent, EventBody, Origin, WordingRef};
use crate::{
    id::{AnswerEventId, AssessmentId, InstrumentKey, InstrumentVersion, PatientId},
    time::DeviceTime,
};

/// One questionnaire of one occasion of one patient: what drafts, copies and conflicts are told apart by.
///
/// ```
/// use shared::answers::Slot;
/// let text = "00000000-0000-0000-0000-000000000001/M3:1/qlq-c30";
/// assert_eq!(text.parse::<Slot>()?.to_string(), text);
/// # Ok::<(), shared::answers::SlotError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slot {
    /// Whose.
    pub patient: PatientId,
    /// On which occasion.
    pub assessment: AssessmentId,
    /// Which instrument, whatever its version.
    pub instrument: InstrumentKey,
}

/// Why a text is not a slot.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a slot: write patient/assessment/instrument")]
pub struct SlotError;

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.patient, self.assessment, self.instrument)
    }
}

impl FromStr for Slot {
    type Err = SlotError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('/');
        let (Some(patient), Some(assessment), Some(instrument), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SlotError);
        };
        Ok(Self {
            patient: patient.parse().map_err(|_| SlotError)?,
            assessment: assessment.parse().map_err(|_| SlotError)?,
            instrument: instrument.parse().map_err(|_| SlotError)?,
        })
    }
}

impl TryFrom<String> for Slot {
    type Error = SlotError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.to_string()
    }
}

/// An answer event as the page makes it; the device's store gives it its sequence number while keeping it.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftEvent {
    /// Made before the event is kept.
    pub id: AnswerEventId,
    /// Whose answer.
    pub patient: PatientId,
    /// On which occasion.
    pub assessment: AssessmentId,
    /// To which instrument, at which version.
    pub instrument: InstrumentVersion,
    /// In which words it was asked.
    pub wording: WordingRef,
    /// Who answered, how, on what.
    pub origin: Origin,
    /// What the device knew of the time.
    pub clock: DeviceTime,
    /// What happened.
    pub body: EventBody,
}

impl DraftEvent {
    /// The slot it belongs to.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot { patient: self.patient, assessment: self.assessment.clone(), instrument: self.instrument.key.clone() }
    }

    /// The event itself, with its place in the device's own count.
    #[must_use]
    pub fn number(self, sequence: u64) -> AnswerEvent {
        let Self { id, patient, assessment, instrument, wording, origin, clock, body } = self;
        AnswerEvent { id, patient, assessment, instrument, wording, origin, sequence, clock, body }
    }
}

impl AnswerEvent {
    /// The slot it belongs to.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot { patient: self.patient, assessment: self.assessment.clone(), instrument: self.instrument.key.clone() }
    }
}

//! What staff type in: forms on paper, answers given by telephone or face to face, corrections of what was sent.
//!
//! Each entry and each correction is a device of its own, a desk that is used once, so that its events go the way of
//! every other: judged one by one, appended by the one writer, received with a place in the order of commits.

mod amend;
mod check;
mod occasion;
mod queries;
mod routes;

use shared::{
    answers::{AnswerEvent, EventBody, KnownBody, Origin, WordingRef},
    id::{AnswerEventId, AssessmentId, InstrumentVersion, PatientId},
    time::DeviceTime,
};
use uuid::Uuid;

pub use routes::routes;

/// What every event of one entry says alike.
#[derive(Clone, Debug)]
struct Entry {
    patient: PatientId,
    assessment: AssessmentId,
    instrument: InstrumentVersion,
    wording: WordingRef,
    origin: Origin,
    clock: DeviceTime,
}

impl Entry {
    /// Its events, in the order they are told.
    fn events(&self, told: impl IntoIterator<Item = KnownBody>, mut id: impl FnMut() -> Uuid) -> Vec<AnswerEvent> {
        let event = |(sequence, body)| AnswerEvent {
            id: AnswerEventId::new(id()),
            patient: self.patient,
            assessment: self.assessment.clone(),
            instrument: self.instrument.clone(),
            wording: self.wording.clone(),
            origin: self.origin.clone(),
            sequence,
            clock: self.clock,
            body: EventBody::Known(body),
        };
        (1..).zip(told).map(event).collect()
    }
}

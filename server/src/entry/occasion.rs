//! One occasion of one patient, as whoever types something in finds it, and what was received of a desk before.

use shared::{
    answers::{AnswerEvent, EventBody, KnownBody, Origin, QuestionnaireResponse, Transcript, response},
    api::ProblemKind,
    id::{AnswerEventId, AssessmentId, DeviceId, InstrumentKey, InstrumentVersion},
    paper,
    schedule::{self, Assessment, Facts},
    study::MilestoneKind,
    sync::protocol::PulledEvent,
    time::{Date, Timestamp},
};
use uuid::Uuid;

use super::{Entry, check::Possible};
use crate::{auth::guard::OnePatientScope, error::ApiError, patients, state::AppState, sync};

pub(super) fn not_asked() -> ApiError {
    ApiError::refused("This assessment does not ask that. Nothing was saved; open the file again.")
}

/// One occasion of one patient, read in one snapshot.
pub(super) struct Occasion {
    facts: Facts,
    pub(super) assessment: Assessment,
    pub(super) events: Vec<PulledEvent>,
}

impl Occasion {
    pub(super) async fn read(state: &AppState, scope: &OnePatientScope, id: &AssessmentId) -> Result<Self, ApiError> {
        let mut tx = state.db.snapshot().await?;
        let facts = patients::read_facts(&mut tx, scope).await?;
        let mut plan = schedule::plan(&state.study, &facts, state.clock.today());
        let assessment = plan.remove(id).ok_or_else(not_asked)?;
        let events = sync::list_all_events(&mut tx, scope).await?;
        Ok(Self { facts, assessment, events })
    }

    pub(super) fn response(&self, instrument: &InstrumentKey) -> Option<QuestionnaireResponse> {
        response::read(self.events.iter().map(|it| &it.event), &self.assessment.id, instrument)
    }

    /// The version of an instrument that it asks.
    pub(super) fn asked(&self, instrument: &InstrumentKey) -> Result<&InstrumentVersion, ApiError> {
        let mut asked = self.assessment.questionnaires.iter().map(|it| &it.instrument);
        asked.find(|it| it.key == *instrument).ok_or_else(not_asked)
    }

    /// The day of a milestone that happened.
    pub(super) fn day_of(&self, kind: MilestoneKind) -> Option<Date> {
        let happened = self.facts.milestones.iter().rev().find(|it| it.kind == kind && !it.planned);
        happened.map(|it| it.on.anchor())
    }

    pub(super) fn possible(&self, today: Date) -> Possible {
        let death = self.day_of(MilestoneKind::Death);
        Possible {
            from: paper::earliest(self.assessment.window, today),
            to: death.map_or(today, |death| death.min(today)),
        }
    }

    fn received_of(&self, desk: DeviceId) -> impl Iterator<Item = &PulledEvent> {
        self.events.iter().filter(move |it| it.event.origin.device == desk)
    }

    /// Whether something was received of a desk already: the same comes again, after a reply that was lost.
    pub(super) fn has_received(&self, desk: DeviceId) -> bool {
        self.received_of(desk).next().is_some()
    }

    /// What a desk said of the form it typed in, if it was received.
    pub(super) fn find_transcript(&self, desk: DeviceId) -> Option<&Transcript> {
        self.received_of(desk).find_map(|it| match &it.event.body {
            EventBody::Known(KnownBody::Transcribed(transcript)) => Some(transcript),
            EventBody::Known(_) | EventBody::Unknown(_) => None,
        })
    }

    /// When an entry was received; a refusal when what was received of its desk is something else than it tells now.
    pub(super) fn received_at(&self, entry: &Entry, told: Vec<KnownBody>) -> Result<Timestamp, ApiError> {
        let conflict = |detail| ApiError::new(ProblemKind::Conflict, detail);
        let desk = entry.origin.device;
        let first = self.received_of(desk).next();
        let first = first.ok_or_else(|| conflict("It was typed in for another patient. Nothing was saved here."))?;
        let said = self.received_of(desk).map(|it| {
            let origin = Origin { staff: entry.origin.staff, ..it.event.origin.clone() };
            AnswerEvent { id: AnswerEventId::new(Uuid::nil()), clock: entry.clock, origin, ..it.event.clone() }
        });
        if said.eq(entry.events(told, Uuid::nil)) {
            return Ok(first.receipt.received_at);
        }
        Err(conflict(
            "It was received when it was first sent, and stands as it was then. What was changed since was not saved; \
             correct it in the file.",
        ))
    }
}

//! Deciding, within one transaction, what becomes of the events that wait: which are new, which came before.
//!
//! Pure: it is given what the database holds of their ids and copies, and says what to write.

use std::collections::{BTreeMap, HashMap};

use shared::{
    id::{AnswerEventId, DeviceId, InstrumentKey, PatientId, TimepointKey},
    sync::protocol::{PushOutcome, QuarantineReason, Receipt},
    time::{Date, Timestamp},
};

use super::{
    judge::{FitEvent, Part, SetAside, Verdict},
    writer::Pushed,
};
use crate::db::hex;

/// What one device sent of one questionnaire goes by.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct CopyKey {
    pub(super) patient: PatientId,
    pub(super) timepoint: TimepointKey,
    pub(super) occurrence: u16,
    pub(super) instrument: InstrumentKey,
    pub(super) device: DeviceId,
}

/// How far a copy has come.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct CopyState {
    /// The device's count at its submission, and the civil date of it.
    pub(super) submitted: Option<(i64, Date)>,
    /// When the last of it was received; `None` while nothing was.
    pub(super) received_at: Option<Timestamp>,
    /// Position of the last of it in this transaction; 0 when nothing came.
    pub(super) last_position: u64,
}

/// The receipt of an event that the database holds already.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) position: u64,
    pub(super) received_at: Timestamp,
    pub(super) hash: [u8; 32],
}

/// An event to be inserted.
#[derive(Debug)]
pub(super) struct NewEvent {
    pub(super) position: u64,
    pub(super) patient: PatientId,
    pub(super) device: DeviceId,
    pub(super) received_at: Timestamp,
    pub(super) event: FitEvent,
}

/// An event to be quarantined.
#[derive(Debug)]
pub(super) struct Quarantined {
    pub(super) patient: PatientId,
    pub(super) device: DeviceId,
    pub(super) received_at: Timestamp,
    pub(super) aside: SetAside,
}

/// What one transaction reads, decides and writes.
#[derive(Debug)]
pub(super) struct Ledger {
    /// The last position given out.
    pub(super) position: u64,
    pub(super) known: HashMap<AnswerEventId, Known>,
    pub(super) copies: BTreeMap<CopyKey, CopyState>,
    pub(super) new_events: Vec<NewEvent>,
    pub(super) quarantined: Vec<Quarantined>,
}

impl CopyKey {
    pub(super) fn of(pushed: &Pushed, event: &FitEvent) -> Self {
        Self {
            patient: pushed.patient,
            timepoint: event.assessment.timepoint.clone(),
            occurrence: event.assessment.occurrence,
            instrument: event.instrument.key.clone(),
            device: pushed.device,
        }
    }
}

impl Ledger {
    /// Decides on every event of one push, in the order sent.
    pub(super) fn admit(&mut self, pushed: &Pushed) -> Vec<PushOutcome> {
        pushed.verdicts().iter().map(|verdict| self.decide(pushed, verdict.clone())).collect()
    }

    fn decide(&mut self, pushed: &Pushed, verdict: Verdict) -> PushOutcome {
        let event = match verdict {
            Verdict::Aside(aside) => return self.set_aside(pushed, aside),
            Verdict::Fit(event) => event,
        };
        if let Some(known) = self.known.get(&event.id) {
            if known.hash == event.hash {
                return receipt(event.id, *known);
            }
            let detail = "An event with this id and other contents is already there.";
            return self.set_aside(pushed, event.aside(QuarantineReason::IdConflict, detail));
        }
        let key = CopyKey::of(pushed, &event);
        let submitted = self.copies.get(&key).and_then(|copy| copy.submitted);
        if event.part != Part::Unknown && submitted.is_some_and(|(sequence, _)| event.sequence > sequence) {
            let detail = "It follows the sending of its questionnaire by the same device.";
            return self.set_aside(pushed, event.aside(QuarantineReason::AfterSubmission, detail));
        }
        self.append(pushed, key, event)
    }

    fn append(&mut self, pushed: &Pushed, key: CopyKey, event: FitEvent) -> PushOutcome {
        self.position += 1;
        let known = Known { position: self.position, received_at: pushed.received_at, hash: event.hash };
        let copy = self.copies.entry(key).or_default();
        copy.received_at = copy.received_at.max(Some(pushed.received_at));
        copy.last_position = self.position;
        if let Part::Submission(on) = event.part {
            copy.submitted = Some(copy.submitted.map_or((event.sequence, on), |first| first.min((event.sequence, on))));
        }
        self.known.insert(event.id, known);
        let outcome = receipt(event.id, known);
        let (patient, device, received_at) = (pushed.patient, pushed.device, pushed.received_at);
        self.new_events.push(NewEvent { position: self.position, patient, device, received_at, event });
        outcome
    }

    fn set_aside(&mut self, pushed: &Pushed, aside: SetAside) -> PushOutcome {
        let (id, reason, detail) = (aside.id, aside.reason, aside.detail.clone());
        let (patient, device, received_at) = (pushed.patient, pushed.device, pushed.received_at);
        self.quarantined.push(Quarantined { patient, device, received_at, aside });
        PushOutcome::Quarantined { id, reason, detail }
    }

    /// The copies that this transaction appended to.
    pub(super) fn touched(&self) -> impl Iterator<Item = (&CopyKey, &CopyState)> {
        self.copies.iter().filter(|(_, copy)| copy.last_position > 0)
    }
}

fn receipt(id: AnswerEventId, known: Known) -> PushOutcome {
    PushOutcome::Received(Receipt {
        id,
        position: known.position,
        received_at: known.received_at,
        hash: hex(&known.hash),
    })
}

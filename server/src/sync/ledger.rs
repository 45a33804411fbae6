//! Deciding, within one transaction, what becomes of the events that wait: which are new, which came before.
//!
//! Pure: it is given what the database holds of their ids and copies, and says what to write.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use shared::{
    id::{AnswerEventId, AssessmentId, DeviceId, InstrumentKey, PatientId},
    sync::{
        proof::{self, Hash, Salt},
        protocol::{PushOutcome, QuarantineReason, Receipt},
    },
    time::{Date, Timestamp},
};

use super::{
    judge::{FitEvent, Part, SetAside, Verdict},
    writer::Pushed,
};
use crate::db::{LogEnd, hex};

/// What one device sent of one questionnaire goes by.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct CopyKey {
    pub(super) patient: PatientId,
    pub(super) assessment: AssessmentId,
    pub(super) instrument: InstrumentKey,
    pub(super) device: DeviceId,
}

/// The sending of a copy; of several, the first counts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Sent {
    /// The device's count at it.
    pub(super) sequence: i64,
    /// Its civil date; of what staff typed in, the one on which it was answered.
    pub(super) on: Date,
    /// It was answered before inclusion and typed in later.
    pub(super) retrospective: bool,
}

/// How far a copy has come.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct CopyState {
    /// Whether the device said something of the questionnaire; a correction alone makes no copy.
    pub(super) said: bool,
    /// When it was answered, and whether before inclusion, where staff typed it in.
    pub(super) transcribed: Option<(Date, bool)>,
    /// Its sending.
    pub(super) submitted: Option<Sent>,
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
pub(super) struct NewEvent<'a> {
    pub(super) position: u64,
    pub(super) pushed: &'a Pushed,
    pub(super) event: &'a FitEvent,
    pub(super) salt: Salt,
    /// Of the log up to here.
    pub(super) chain: Hash,
}

/// An event to be quarantined.
#[derive(Debug)]
pub(super) struct Quarantined<'a> {
    pub(super) pushed: &'a Pushed,
    pub(super) aside: SetAside,
}

/// What one transaction reads, decides and writes.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    /// Where the log ends: its number is the last position given out.
    pub(super) end: LogEnd,
    pub(super) known: HashMap<AnswerEventId, Known>,
    pub(super) copies: BTreeMap<CopyKey, CopyState>,
    pub(super) new_events: Vec<NewEvent<'a>>,
    pub(super) quarantined: Vec<Quarantined<'a>>,
}

impl CopyKey {
    /// The key of the copy that an event belongs to.
    fn of(pushed: &Pushed, event: &FitEvent) -> Self {
        Self {
            patient: pushed.patient,
            assessment: event.assessment.clone(),
            instrument: event.instrument.key.clone(),
            device: pushed.device,
        }
    }

    /// Whether another event of the same push belongs to this copy too.
    fn holds(&self, event: &FitEvent) -> bool {
        self.instrument == event.instrument.key && self.assessment == event.assessment
    }

    /// The copies that the events of a push belong to.
    pub(super) fn all_of(pushed: &Pushed) -> BTreeSet<Self> {
        let mut keys: Vec<Self> = Vec::new();
        for event in pushed.fit() {
            if !keys.last().is_some_and(|key| key.holds(event)) {
                keys.push(Self::of(pushed, event));
            }
        }
        keys.into_iter().collect()
    }
}

impl<'a> Ledger<'a> {
    /// Decides on every event of one push, in the order sent.
    pub(super) fn admit(&mut self, pushed: &'a Pushed) -> Vec<PushOutcome> {
        let mut key: Option<CopyKey> = None; // of the last event: a push is nearly always of one questionnaire
        let mut outcomes = Vec::with_capacity(pushed.verdicts.len());
        for verdict in &pushed.verdicts {
            outcomes.push(match verdict {
                Verdict::Aside(aside) => self.set_aside(pushed, aside.clone()),
                Verdict::Fit(event) => {
                    let of_event =
                        key.take().filter(|key| key.holds(event)).unwrap_or_else(|| CopyKey::of(pushed, event));
                    self.decide(pushed, key.insert(of_event), event)
                }
            });
        }
        outcomes
    }

    fn decide(&mut self, pushed: &'a Pushed, key: &CopyKey, event: &'a FitEvent) -> PushOutcome {
        if let Some(known) = self.known.get(&event.id) {
            if known.hash == event.hash {
                return receipt(event.id, *known);
            }
            let detail = "An event with this id and other contents is already there.";
            return self.set_aside(pushed, event.aside(QuarantineReason::IdConflict, detail));
        }
        let submitted = self.copies.get(key).and_then(|copy| copy.submitted);
        if event.part != Part::Unknown && submitted.is_some_and(|sent| event.sequence > sent.sequence) {
            let detail = "It follows the sending of its questionnaire by the same device.";
            return self.set_aside(pushed, event.aside(QuarantineReason::AfterSubmission, detail));
        }
        self.append(pushed, key, event)
    }

    fn append(&mut self, pushed: &'a Pushed, key: &CopyKey, event: &'a FitEvent) -> PushOutcome {
        let position = self.end.number + 1;
        let salt = self.end.salt(position);
        let leaf = proof::answer_leaf(position, pushed.received_at, event.id, &proof::commitment(&salt, &event.hash));
        let chain = self.end.append(&leaf);
        let known = Known { position, received_at: pushed.received_at, hash: event.hash };
        if !self.copies.contains_key(key) {
            self.copies.insert(key.clone(), CopyState::default());
        }
        if let Some(copy) = self.copies.get_mut(key) {
            copy.append(position, pushed.received_at, event.sequence, event.part);
        }
        self.known.insert(event.id, known);
        self.new_events.push(NewEvent { position, pushed, event, salt, chain });
        receipt(event.id, known)
    }

    fn set_aside(&mut self, pushed: &'a Pushed, aside: SetAside) -> PushOutcome {
        let (id, reason, detail, hash) = (aside.id, aside.reason, aside.detail.clone(), Some(hex(&aside.hash)));
        self.quarantined.push(Quarantined { pushed, aside });
        PushOutcome::Quarantined { id, reason, detail, hash }
    }

    /// The copies that this transaction appended to.
    pub(super) fn touched(&self) -> impl Iterator<Item = (&CopyKey, &CopyState)> {
        self.copies.iter().filter(|(_, copy)| copy.last_position > 0)
    }
}

impl CopyState {
    /// Goes on by one event, which comes after all that came before.
    pub(super) fn append(&mut self, position: u64, received_at: Timestamp, sequence: i64, part: Part) {
        self.received_at = self.received_at.max(Some(received_at));
        self.last_position = position;
        self.said |= part != Part::Amendment;
        match part {
            Part::Transcription(on, retrospective) => self.transcribed = Some((on, retrospective)),
            Part::Submission(on) => {
                let (on, retrospective) = self.transcribed.unwrap_or((on, false));
                let sent = Sent { sequence, on, retrospective };
                self.submitted = Some(self.submitted.map_or(sent, |first| first.min(sent)));
            }
            Part::Answer | Part::Amendment | Part::Unknown => {}
        }
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

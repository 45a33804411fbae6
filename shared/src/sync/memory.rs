//! The store that forgets: the model the browser's store is held to, and the device of every test.

use std::{cell::RefCell, collections::BTreeMap};

use super::{
    protocol::{PatientBundle, PulledEvent, Receipt},
    store::{Enrolment, KeptEvent, OutboxEvent, Settled, Settlement, SlotProgress, Stage, Store, StoreError, Tally},
};
use crate::{
    answers::{AnswerEvent, DraftEvent, EventBody, KnownBody, Slot, sha256_hex},
    id::{AnswerEventId, DeviceId, PatientId},
    json,
    time::DeviceTime,
};

/// A [`Store`] in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: RefCell<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    events: BTreeMap<(AnswerEventId, String), KeptEvent>,
    cursors: BTreeMap<PatientId, u64>,
    lives: BTreeMap<PatientId, String>,
    bundles: BTreeMap<PatientId, String>,
    enrolments: BTreeMap<DeviceId, Enrolment>,
}

impl Inner {
    fn of(&self, patient: PatientId) -> impl Iterator<Item = &KeptEvent> {
        self.events.values().filter(move |kept| kept.event.patient == patient && !is_forgotten(kept))
    }

    fn own(&mut self, slot: &Slot, device: DeviceId) -> impl Iterator<Item = &mut KeptEvent> {
        self.events.values_mut().filter(move |kept| kept.event.origin.device == device && kept.event.slot() == *slot)
    }

    fn next_sequence(&self, device: DeviceId) -> u64 {
        let numbers = self.events.values().map(|kept| &kept.event).filter(|event| event.origin.device == device);
        numbers.map(|event| event.sequence).max().unwrap_or(0) + 1
    }
}

fn receive(kept: &mut KeptEvent, receipt: &Receipt) {
    if kept.receipt.is_none() {
        if kept.stage != Stage::Pulled {
            kept.stage = Stage::Received;
        }
        kept.receipt = Some(receipt.clone());
    }
}

/// Whether another device's event is here that a server which was put back has not told of again.
fn is_forgotten(kept: &KeptEvent) -> bool {
    kept.stage == Stage::Pulled && kept.receipt.is_none()
}

/// What a server that may have lost it is to be offered again.
fn offer_again(kept: &mut KeptEvent) {
    kept.receipt = None;
    if matches!(kept.stage, Stage::Received | Stage::Quarantined) {
        kept.stage = Stage::Outbox;
    }
}

fn is_submission(event: &AnswerEvent) -> bool {
    event.body == EventBody::Known(KnownBody::Submitted)
}

fn bytes_of(event: &AnswerEvent) -> Result<(String, String), StoreError> {
    let broken = |reason: &dyn std::fmt::Display| StoreError::Broken(reason.to_string());
    let json = String::from_utf8(event.canonical_bytes().map_err(|e| broken(&e))?).map_err(|e| broken(&e))?;
    Ok((sha256_hex(json.as_bytes()), json))
}

impl Store for MemoryStore {
    async fn append(&self, draft: DraftEvent) -> Result<AnswerEvent, StoreError> {
        let mut inner = self.inner.borrow_mut();
        let (slot, device) = (draft.slot(), draft.origin.device);
        if let Some(kept) = inner.own(&slot, device).find(|kept| kept.event.id == draft.id) {
            return Ok(kept.event.clone());
        }
        if inner.own(&slot, device).any(|kept| is_submission(&kept.event)) {
            return Err(StoreError::AlreadySubmitted);
        }
        let event = draft.number(inner.next_sequence(device));
        let (hash, _) = bytes_of(&event)?;
        let mut stage = Stage::Draft;
        if is_submission(&event) {
            stage = Stage::Outbox;
            inner.own(&slot, device).filter(|kept| kept.stage == Stage::Draft).for_each(|kept| kept.stage = stage);
        }
        inner.events.insert((event.id, hash), KeptEvent { event: event.clone(), stage, receipt: None });
        Ok(event)
    }

    async fn list_slot(&self, slot: &Slot) -> Result<Vec<KeptEvent>, StoreError> {
        let inner = self.inner.borrow();
        let mut events: Vec<_> = inner.of(slot.patient).filter(|kept| kept.event.slot() == *slot).cloned().collect();
        events.sort_by_key(|kept| kept.event.sequence);
        Ok(events)
    }

    async fn list_progress(&self, patient: PatientId) -> Result<Vec<SlotProgress>, StoreError> {
        let mut slots: BTreeMap<Slot, Option<DeviceTime>> = BTreeMap::new();
        for kept in self.inner.borrow().of(patient) {
            if is_submission(&kept.event) {
                let first = slots.entry(kept.event.slot()).or_default();
                let at = kept.event.clock;
                *first = Some(first.filter(|earlier| earlier.at <= at.at).unwrap_or(at));
            } else if kept.stage == Stage::Draft {
                slots.entry(kept.event.slot()).or_default();
            }
        }
        Ok(slots.into_iter().map(|(slot, submitted)| SlotProgress { slot, submitted }).collect())
    }

    async fn list_outbox(&self, patient: PatientId, after: u64, limit: u32) -> Result<Vec<OutboxEvent>, StoreError> {
        let inner = self.inner.borrow();
        let mut events: Vec<_> = inner
            .of(patient)
            .filter(|kept| kept.stage == Stage::Outbox && kept.event.sequence > after)
            .map(|kept| &kept.event)
            .collect();
        events.sort_by_key(|event| event.sequence);
        events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let outbox = |event: &AnswerEvent| {
            let (hash, json) = bytes_of(event)?;
            Ok(OutboxEvent { id: event.id, sequence: event.sequence, hash, json })
        };
        events.into_iter().map(outbox).collect()
    }

    async fn settle(&self, patient: PatientId, settled: &[Settled]) -> Result<(), StoreError> {
        let mut inner = self.inner.borrow_mut();
        for Settled { id, hash, settlement } in settled {
            let Some(kept) = inner.events.get_mut(&(*id, hash.clone())) else { continue };
            match settlement {
                _ if kept.event.patient != patient => {}
                Settlement::Received(receipt) => receive(kept, receipt),
                Settlement::Quarantined(_) if kept.stage == Stage::Outbox => kept.stage = Stage::Quarantined,
                Settlement::Quarantined(_) => {}
            }
        }
        Ok(())
    }

    async fn absorb(
        &self,
        patient: PatientId,
        events: &[PulledEvent],
        cursor: u64,
        life: &str,
    ) -> Result<bool, StoreError> {
        let mut inner = self.inner.borrow_mut();
        if inner.lives.insert(patient, life.to_owned()).unwrap_or_default() != life {
            inner.events.values_mut().filter(|kept| kept.event.patient == patient).for_each(offer_again);
            inner.cursors.insert(patient, 0);
            return Ok(false);
        }
        for PulledEvent { event, receipt } in events.iter().filter(|pulled| pulled.event.patient == patient) {
            let key = (event.id, bytes_of(event)?.0);
            let pulled = || KeptEvent { event: event.clone(), stage: Stage::Pulled, receipt: Some(receipt.clone()) };
            inner.events.entry(key).and_modify(|kept| receive(kept, receipt)).or_insert_with(pulled);
        }
        let position = inner.cursors.entry(patient).or_default();
        *position = cursor.max(*position);
        Ok(true)
    }

    async fn cursor(&self, patient: PatientId) -> Result<u64, StoreError> {
        Ok(self.inner.borrow().cursors.get(&patient).copied().unwrap_or(0))
    }

    async fn tally(&self, patient: PatientId) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        for kept in self.inner.borrow().of(patient) {
            match kept.stage {
                Stage::Draft => tally.drafts += 1,
                Stage::Outbox => tally.waiting += 1,
                Stage::Quarantined => tally.quarantined += 1,
                Stage::Pulled => {}
                Stage::Received => {
                    tally.received += 1;
                    let at = kept.receipt.as_ref().map(|receipt| receipt.received_at);
                    tally.last_received_at = tally.last_received_at.max(at);
                }
            }
        }
        Ok(tally)
    }

    async fn find_bundle(&self, patient: PatientId) -> Result<Option<PatientBundle>, StoreError> {
        let inner = self.inner.borrow();
        let Some(text) = inner.bundles.get(&patient) else { return Ok(None) };
        let broken = || StoreError::Broken("a bundle that is none".to_owned());
        json::read(text).map(Some).ok_or_else(broken)
    }

    async fn save_bundle(&self, patient: PatientId, text: &str) -> Result<(), StoreError> {
        self.inner.borrow_mut().bundles.insert(patient, text.to_owned());
        Ok(())
    }

    async fn list_enrolments(&self) -> Result<Vec<Enrolment>, StoreError> {
        Ok(self.inner.borrow().enrolments.values().cloned().collect())
    }

    async fn save_enrolment(&self, enrolment: &Enrolment) -> Result<(), StoreError> {
        self.inner.borrow_mut().enrolments.insert(enrolment.device, enrolment.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{conformance, ready};

    macro_rules! promises {
        ($($promise:ident,)*) => {$(
            #[test]
            fn $promise() {
                ready(conformance::$promise(&MemoryStore::default())).unwrap();
            }
        )*};
    }

    crate::store_promises!(promises);
}

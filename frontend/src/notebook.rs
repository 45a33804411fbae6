//! A patient's questionnaires on this device: what is due, what was said, and keeping what is said now.
//!
//! A page opens a [`Sitting`] for one questionnaire; each answer it hands in is parsed, made an answer event and
//! kept in one strict transaction before the call returns. Nothing here waits for the network.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    rc::Rc,
    sync::Arc,
};

use shared::{
    answers::{
        AnswerValue, DraftEvent, EventBody, ItemResponse, KnownBody, Origin, SkipReason, Slot, WordingRef,
        response::{self, ResponseCopy},
    },
    id::{AssessmentId, InstrumentVersion, ItemCode, Language},
    instrument::{Answer, InstrumentSheet, logic},
    people::Respondent,
    schedule::{self, Facts, Plan, Progress},
    sync::{
        protocol::PatientBundle,
        store::{KeptEvent, SlotProgress, Store, StoreError},
    },
    time::{Date, Timestamp},
};

use crate::{
    session::{self, Session},
    store::IndexedDbStore,
    sync::Synchroniser,
};

/// One patient's questionnaires at this device; cheap to clone.
#[derive(Clone)]
pub struct Notebook {
    shelf: Rc<Shelf>,
}

struct Shelf {
    store: Rc<IndexedDbStore>,
    synchroniser: Rc<Synchroniser>,
    session: Session,
    /// Without its sheets.
    bundle: PatientBundle,
    sheets: Vec<Arc<InstrumentSheet>>,
}

/// Proof that something is on the disk of this device.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Kept {
    /// When.
    pub at: Timestamp,
    /// Its number in the device's own count.
    pub sequence: u64,
}

/// Why something was not kept.
#[derive(Clone, Debug, PartialEq)]
pub enum KeepError {
    /// There is no such item, or it does not allow this value.
    Refused,
    /// The questionnaire was sent from this device before, perhaps in another tab.
    AlreadySent,
    /// The device's store failed. What was kept before is safe there.
    Store(StoreError),
}

impl From<StoreError> for KeepError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::AlreadySubmitted => Self::AlreadySent,
            StoreError::Full | StoreError::Outdated | StoreError::Broken(_) => Self::Store(error),
        }
    }
}

/// What this device knows of one questionnaire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// What was said on this device, by item.
    pub answers: BTreeMap<ItemCode, ItemResponse>,
    /// When it was sent from this device.
    pub sent_at: Option<Timestamp>,
    /// When the hospital received the last of it; only once a receipt is held for each part.
    pub received_at: Option<Timestamp>,
    /// Another device of this patient sent it too.
    pub sent_elsewhere: bool,
}

impl Standing {
    /// The answers alone, as branching reads them.
    #[must_use]
    pub fn values(&self) -> BTreeMap<ItemCode, AnswerValue> {
        let answered = |(item, said): (&ItemCode, &ItemResponse)| match said {
            ItemResponse::Answered(value) => Some((item.clone(), value.clone())),
            ItemResponse::Skipped(_) => None,
        };
        self.answers.iter().filter_map(answered).collect()
    }

    /// The items skipped on purpose.
    #[must_use]
    pub fn skipped(&self) -> BTreeSet<ItemCode> {
        let skipped =
            |(item, said): (&ItemCode, &ItemResponse)| matches!(said, ItemResponse::Skipped(_)).then(|| item.clone());
        self.answers.iter().filter_map(skipped).collect()
    }
}

impl Notebook {
    /// Opens the notebook of whoever unlocked this device; `None` until the patient's bundle has come once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(
        store: Rc<IndexedDbStore>,
        synchroniser: Rc<Synchroniser>,
        session: Session,
    ) -> Result<Option<Self>, StoreError> {
        let Some(mut bundle) = store.find_bundle(session.patient).await? else { return Ok(None) };
        let sheets = mem::take(&mut bundle.sheets).into_iter().map(Arc::new).collect();
        Ok(Some(Self { shelf: Rc::new(Shelf { store, synchroniser, session, bundle, sheets }) }))
    }

    /// All that the hospital says of this patient and the study; the sheets are in [`Notebook::sheets`].
    #[must_use]
    pub fn bundle(&self) -> &PatientBundle {
        &self.shelf.bundle
    }

    /// Every instrument this patient can be asked, in each language there is.
    #[must_use]
    pub fn sheets(&self) -> &[Arc<InstrumentSheet>] {
        &self.shelf.sheets
    }

    /// Who answers here, and with what help.
    #[must_use]
    pub fn respondent(&self) -> Respondent {
        self.shelf.session.respondent
    }

    /// Every assessment with its window and state as of today, what is kept only here included.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn plan(&self) -> Result<Plan, StoreError> {
        let bundle = self.bundle();
        let local = self.shelf.store.list_progress(bundle.patient).await?;
        let facts = with_local_progress(&bundle.facts, local, session::civil_date);
        Ok(schedule::plan(&bundle.study, &facts, session::today()))
    }

    /// The structure and words of an instrument, in this language or else in the one it comes in first.
    #[must_use]
    pub fn find_sheet(&self, instrument: &InstrumentVersion, language: &Language) -> Option<&Arc<InstrumentSheet>> {
        let mut sheets = self.sheets().iter().filter(|sheet| sheet.definition.instrument == *instrument);
        let first = sheets.clone().next();
        sheets.find(|sheet| sheet.wording.language == *language).or(first)
    }

    /// Sits down to one questionnaire; `None` when this device has no such instrument.
    #[must_use]
    pub fn sit(
        &self,
        assessment: &AssessmentId,
        instrument: &InstrumentVersion,
        language: &Language,
        respondent: Respondent,
    ) -> Option<Sitting> {
        let sheet = Arc::clone(self.find_sheet(instrument, language)?);
        let slot =
            Slot { patient: self.bundle().patient, assessment: assessment.clone(), instrument: instrument.key.clone() };
        let wording = sheet.wording.reference();
        Some(Sitting { notebook: self.clone(), sheet, wording, slot, respondent })
    }
}

/// One questionnaire being answered; cheap to clone.
#[derive(Clone)]
pub struct Sitting {
    notebook: Notebook,
    sheet: Arc<InstrumentSheet>,
    wording: WordingRef,
    slot: Slot,
    respondent: Respondent,
}

impl Sitting {
    /// Structure and words.
    #[must_use]
    pub const fn sheet(&self) -> &Arc<InstrumentSheet> {
        &self.sheet
    }

    /// Which questionnaire.
    #[must_use]
    pub const fn slot(&self) -> &Slot {
        &self.slot
    }

    /// What this device knows of it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let kept = self.notebook.shelf.store.list_slot(&self.slot).await?;
        let read = response::read(kept.iter().map(|kept| &kept.event), &self.slot.assessment, &self.slot.instrument);
        let (ours, others): (Vec<_>, Vec<_>) = read
            .map(|response| response.copies)
            .unwrap_or_default()
            .into_iter()
            .partition(|copy| copy.device == self.notebook.shelf.session.device);
        let sent_elsewhere = others.iter().any(|copy| copy.submitted.is_some());
        let Some(copy) = ours.into_iter().next() else { return Ok(Standing { sent_elsewhere, ..Standing::default() }) };
        let received_at = copy.submitted.and_then(|_| received_whole(&kept, &copy));
        let sent_at = copy.submitted.map(|clock| clock.at);
        Ok(Standing { answers: copy.answers, sent_at, received_at, sent_elsewhere })
    }

    /// The first item that applies and was neither answered nor skipped: where the patient goes on.
    #[must_use]
    pub fn resume_at(&self, standing: &Standing) -> Option<ItemCode> {
        let next = logic::next_unanswered(&self.sheet.definition, &standing.values(), &standing.skipped());
        next.map(|item| item.code.clone())
    }

    /// Keeps an answer: when this returns `Ok`, it is on the disk.
    ///
    /// # Errors
    /// When the item does not allow the value, the questionnaire was sent, or the store fails.
    pub async fn answer(&self, item: &ItemCode, value: AnswerValue) -> Result<Kept, KeepError> {
        let answer = Answer::check(&self.sheet.definition, item, value).ok_or(KeepError::Refused)?;
        let (item, value) = answer.into_parts();
        self.keep(KnownBody::Answered { item, value }).await
    }

    /// Keeps that an item was skipped on purpose.
    ///
    /// # Errors
    /// When the instrument has no such item, the questionnaire was sent, or the store fails.
    pub async fn skip(&self, item: &ItemCode, reason: SkipReason) -> Result<Kept, KeepError> {
        if self.sheet.definition.find_item(item).is_none() {
            return Err(KeepError::Refused);
        }
        self.keep(KnownBody::Skipped { item: item.clone(), reason }).await
    }

    /// Sends the questionnaire: from here on it goes to the hospital as soon as the network allows.
    ///
    /// # Errors
    /// When it was sent before, or the store fails.
    pub async fn submit(&self) -> Result<Kept, KeepError> {
        let kept = self.keep(KnownBody::Submitted).await?;
        self.notebook.shelf.synchroniser.recorded();
        Ok(kept)
    }

    async fn keep(&self, body: KnownBody) -> Result<Kept, KeepError> {
        let Shelf { store, session, .. } = &*self.notebook.shelf;
        let draft = DraftEvent {
            id: session::new_event_id(),
            patient: self.slot.patient,
            assessment: self.slot.assessment.clone(),
            instrument: self.sheet.definition.instrument.clone(),
            wording: self.wording.clone(),
            origin: Origin {
                respondent: self.respondent,
                mode: session.mode,
                device: session.device,
                session: session.id,
                staff: None,
            },
            clock: session.clock(),
            body: EventBody::Known(body),
        };
        let event = store.append(draft).await?;
        Ok(Kept { at: event.clock.at, sequence: event.sequence })
    }
}

/// When the last part of a copy was received, if a receipt is held for every part.
fn received_whole(kept: &[KeptEvent], copy: &ResponseCopy) -> Option<Timestamp> {
    let parts = kept.iter().filter(|kept| kept.event.origin.device == copy.device);
    let receipts: Option<Vec<_>> = parts.map(|kept| kept.receipt.as_ref()).collect();
    receipts?.into_iter().map(|receipt| receipt.received_at).max()
}

/// The hospital's facts with what only this device knows yet.
fn with_local_progress(facts: &Facts, local: Vec<SlotProgress>, civil_date: impl Fn(Timestamp) -> Date) -> Facts {
    let mut facts = facts.clone();
    for SlotProgress { slot, submitted } in local {
        let submitted_on = submitted.map(|clock| civil_date(clock.at));
        let known =
            |progress: &&mut Progress| progress.assessment == slot.assessment && progress.instrument == slot.instrument;
        if let Some(progress) = facts.progress.iter_mut().find(known) {
            progress.submitted_on = progress.submitted_on.or(submitted_on);
        } else {
            let Slot { assessment, instrument, .. } = slot;
            facts.progress.push(Progress { assessment, instrument, submitted_on, retrospective: false });
        }
    }
    facts
}

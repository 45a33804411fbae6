//! The device's own store in IndexedDB: what the page calls kept has gone through one strict transaction.
//!
//! It passes the same suite as the memory store, in a real browser (`tests/store.rs`). On any trouble it says so
//! and changes nothing; it never deletes or recreates a database, which may hold what nobody else has.

mod append;
mod connection;
mod row;

use std::{cell::Cell, collections::BTreeMap};

use idb::{CursorDirection, KeyRange, ObjectStore, Query};
use serde::Serialize;
use shared::{
    answers::{AnswerEvent, DraftEvent, Slot},
    id::{AnswerEventId, DeviceId, PatientId},
    json::FromJson,
    people::Respondent,
    sync::{
        protocol::{PatientBundle, PulledEvent},
        store::{
            Enrolment, KeptEvent, OutboxEvent, Settled, Settlement, SlotProgress, Stage, Store, StoreError, Tally,
        },
    },
    time::DeviceTime,
};
use wasm_bindgen::JsValue;

use self::{
    append::Last,
    connection::{Connection, Scope, Trouble, compound, js, known, plain, span, texts},
    row::{Row, keys, number},
};
use crate::crypto::DeviceKey;

/// The [`Store`] of a browser.
pub struct IndexedDbStore {
    connection: Connection,
    last: Cell<Option<Last>>,
}

impl IndexedDbStore {
    /// A store under this name; the database is opened when it is first used, and again when the phone closed it.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { connection: Connection::new(name), last: Cell::default() }
    }

    /// What the browser says of the durability of a transaction that saves: `strict`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn durability(&self) -> Result<String, StoreError> {
        self.connection.write(async |scope: &Scope| Ok(scope.durability())).await
    }

    /// Closes the connection, as a phone does when it needs the memory; the next use finds it dead and opens another.
    pub fn close(&self) {
        self.connection.close();
    }

    /// Whether the browser promised to keep the store when space runs short; `None` while it was never asked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find_persistence(&self) -> Result<Option<bool>, StoreError> {
        self.find_document("persistence").await
    }

    /// Notes what the browser answered to being asked to keep the store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_persistence(&self, promised: bool) -> Result<(), StoreError> {
        self.save_document("persistence", &promised).await
    }

    /// For which device the browser's session was last opened, if that is known.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find_session(&self) -> Result<Option<DeviceId>, StoreError> {
        Ok(self.find_document("session").await?.flatten())
    }

    /// Notes for which device the browser's session is; `None` while one is being opened.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_session(&self, device: Option<DeviceId>) -> Result<(), StoreError> {
        self.save_document("session", &device).await
    }

    /// A patient's events, drafts included, that the hospital has answered nothing about.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_unsent(&self, patient: PatientId) -> Result<Vec<AnswerEvent>, StoreError> {
        let list = async |scope: &Scope| {
            let unsent = span(&patient.to_string(), &[number(Stage::Draft), 0], &[number(Stage::Outbox)])?;
            let rows = list_rows(&scope.events()?, "stage", unsent, None).await?;
            rows.iter().map(Row::event).collect()
        };
        self.connection.read(list).await
    }

    /// Who answers at this device where a nurse said so; `None` on a patient's own.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find_respondent(&self) -> Result<Option<Respondent>, StoreError> {
        self.find_document("respondent").await
    }

    /// Notes who answers at this device, and with what help.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_respondent(&self, respondent: Respondent) -> Result<(), StoreError> {
        self.save_document("respondent", &respondent).await
    }

    /// Keeps a key pair that no device has yet: a browser that cannot says so before a letter is used up.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn try_key(&self, key: &DeviceKey) -> Result<(), StoreError> {
        self.save_values(&[(NEW_KEY.to_owned(), Some(key.value()))]).await
    }

    /// Keeps an enrolment with the key pair that it was made for, both or neither.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn enrol(&self, enrolment: &Enrolment, key: &DeviceKey) -> Result<(), StoreError> {
        let text = serde_json::to_string(enrolment).map_err(Trouble::broken)?;
        let values = [
            (enrolment_name(enrolment.device), Some(text.into())),
            (key_name(enrolment.device), Some(key.value())),
            (NEW_KEY.to_owned(), None),
        ];
        self.save_values(&values).await
    }

    /// Keeps a device's key pair.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn save_key(&self, device: DeviceId, key: &DeviceKey) -> Result<(), StoreError> {
        self.save_values(&[(key_name(device), Some(key.value()))]).await
    }

    /// A device's key pair; `None` when the browser has it no more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find_key(&self, device: DeviceId) -> Result<Option<DeviceKey>, StoreError> {
        Ok(self.find_value(&key_name(device)).await?.map(DeviceKey::from_value))
    }

    /// Forgets an enrolment: the credential in it can be opened no more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_enrolment(&self, device: DeviceId) -> Result<(), StoreError> {
        self.save_texts(&[(enrolment_name(device), None)]).await
    }

    /// A text kept under this name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find_text(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.find_value(name).await?.map(|value| text_in(&value)))
    }

    /// Every text whose name begins so, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_texts(&self, begins: &str) -> Result<Vec<String>, StoreError> {
        self.connection.read(async |scope: &Scope| list_texts(scope, begins).await).await
    }

    /// Keeps texts by name, and removes those that are `None`, all or nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn save_texts(&self, texts: &[(String, Option<String>)]) -> Result<(), StoreError> {
        let values: Vec<_> =
            texts.iter().map(|(name, text)| (name.clone(), text.as_ref().map(JsValue::from))).collect();
        self.save_values(&values).await
    }

    /// Deletes this store, which holds one patient's answers, once there is a receipt for each of them; `false`, and
    /// nothing changed, while there is not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_if_received(&self, patient: PatientId) -> Result<bool, StoreError> {
        let Tally { drafts, waiting, quarantined, .. } = self.tally(patient).await?;
        if drafts + waiting + quarantined > 0 {
            return Ok(false);
        }
        self.connection.delete().await?;
        Ok(true)
    }

    async fn find_document<T: FromJson>(&self, name: &str) -> Result<Option<T>, StoreError> {
        Ok(self.find_text(name).await?.map(|text| known(&text)).transpose()?)
    }

    /// Whatever the document is: what depends on its type is done before there is a future.
    fn save_document(&self, name: &str, document: &impl Serialize) -> impl Future<Output = Result<(), StoreError>> {
        self.save_written(name.to_owned(), serde_json::to_string(document))
    }

    async fn save_written(&self, name: String, text: serde_json::Result<String>) -> Result<(), StoreError> {
        self.save_values(&[(name, Some(text.map_err(Trouble::broken)?.into()))]).await
    }

    async fn find_value(&self, name: &str) -> Result<Option<JsValue>, StoreError> {
        self.connection.read(async |scope: &Scope| find_value(scope, name).await).await
    }

    async fn save_values(&self, values: &[(String, Option<JsValue>)]) -> Result<(), StoreError> {
        let save = async |scope: &Scope| {
            for (name, value) in values {
                match value {
                    Some(value) => put_value(scope, name, value)?,
                    None => drop(scope.documents()?.delete(Query::Key(name.into()))?),
                }
            }
            Ok(())
        };
        self.connection.write(save).await
    }
}

async fn find_value(scope: &Scope, name: &str) -> Result<Option<JsValue>, Trouble> {
    Ok(scope.documents()?.get(JsValue::from(name))?.await?)
}

async fn list_texts(scope: &Scope, begins: &str) -> Result<Vec<String>, Trouble> {
    let query = texts(begins, &format!("{begins}~"))?.into();
    let found = scope.documents()?.get_all(Some(query), None)?.await?;
    Ok(found.iter().map(text_in).collect())
}

fn put_value(scope: &Scope, name: &str, value: &JsValue) -> Result<(), Trouble> {
    scope.documents()?.put(value, Some(&name.into()))?;
    Ok(())
}

fn text_in(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// A put is not waited for: the transaction goes through only if it does.
fn put(events: &ObjectStore, row: &Row) -> Result<(), Trouble> {
    events.put(&js(row)?, None)?;
    Ok(())
}

async fn list_rows(events: &ObjectStore, index: &str, keys: KeyRange, limit: Option<u32>) -> Result<Vec<Row>, Trouble> {
    let found = events.index(index)?.get_all(Some(keys.into()), limit)?.await?;
    found.iter().map(plain).collect()
}

/// An event in these very bytes, wherever it came from.
async fn find_row(events: &ObjectStore, id: AnswerEventId, hash: &str) -> Result<Option<Row>, Trouble> {
    let (from, to) = keys(id);
    let found = events.get_all(Some(texts(&from, &to)?.into()), None)?.await?;
    for row in &found {
        let row: Row = plain(row)?;
        if row.hash == hash {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

async fn settle(scope: &Scope, patient: PatientId, settled: &[Settled]) -> Result<(), Trouble> {
    let events = scope.events()?;
    for Settled { id, hash, settlement } in settled {
        let Some(mut row) = find_row(&events, *id, hash).await? else { continue };
        if row.patient != patient {
            continue;
        }
        match settlement {
            Settlement::Received(receipt) => row.receive(receipt),
            Settlement::Quarantined(_) if row.is_in(Stage::Outbox) => row.move_to(Stage::Quarantined),
            Settlement::Quarantined(_) => {}
        }
        put(&events, &row)?;
    }
    Ok(())
}

async fn absorb(
    scope: &Scope,
    patient: PatientId,
    pulled: &[PulledEvent],
    cursor: u64,
    life: &str,
) -> Result<bool, Trouble> {
    let (events, name) = (scope.events()?, life_name(patient));
    let known_life = find_value(scope, &name).await?.map(|value| text_in(&value)).unwrap_or_default();
    if known_life != life {
        put_value(scope, &name, &life.into())?;
        put_value(scope, &cursor_name(patient), &"0".into())?;
        let settled = span(&patient.to_string(), &[number(Stage::Received), 0], &[number(Stage::Pulled)])?;
        for mut row in list_rows(&events, "stage", settled, None).await? {
            row.forget();
            put(&events, &row)?;
        }
        return Ok(false);
    }
    for PulledEvent { event, receipt } in pulled.iter().filter(|pulled| pulled.event.patient == patient) {
        let mut foreign = Row::pulled(event, receipt.clone())?;
        let known = find_row(&events, event.id, &foreign.hash).await?.filter(|row| !row.slot.is_empty());
        let row = if let Some(mut row) = known {
            row.receive(receipt);
            row
        } else {
            let place = compound(&event.origin.device.to_string(), &[event.sequence]);
            if events.index("place")?.get_key(JsValue::from(place))?.await?.is_some() {
                foreign.place = None;
            }
            foreign
        };
        put(&events, &row)?;
    }
    let name = cursor_name(patient);
    let former: Option<u64> = find_value(scope, &name).await?.map(|value| known(&text_in(&value))).transpose()?;
    put_value(scope, &name, &former.unwrap_or(0).max(cursor).to_string().into())?;
    Ok(true)
}

async fn list_progress(scope: &Scope, patient: PatientId) -> Result<Vec<SlotProgress>, Trouble> {
    let events = scope.events()?;
    let mut slots: BTreeMap<Slot, Option<DeviceTime>> = BTreeMap::new();
    let draft = number(Stage::Draft);
    for row in list_rows(&events, "stage", span(&patient.to_string(), &[draft, 0], &[draft])?, None).await? {
        slots.entry(row.slot.parse().map_err(Trouble::broken)?).or_default();
    }
    let (from, to) = (format!("{patient}/"), format!("{patient}/~"));
    for row in list_rows(&events, "sent", texts(&from, &to)?, None).await? {
        let event = row.event()?;
        let first = slots.entry(event.slot()).or_default();
        *first = Some(first.filter(|earlier| earlier.at <= event.clock.at).unwrap_or(event.clock));
    }
    Ok(slots.into_iter().map(|(slot, submitted)| SlotProgress { slot, submitted }).collect())
}

async fn tally(scope: &Scope, patient: PatientId) -> Result<Tally, Trouble> {
    let events = scope.events()?;
    let stages = events.index("stage")?;
    let patient = patient.to_string();
    let count = async |stage: Stage| {
        let counted = stages.count(Some(span(&patient, &[number(stage), 0], &[number(stage)])?.into()))?.await?;
        Ok::<u64, Trouble>(counted.into())
    };
    let query: Query = span(&patient, &[0], &[])?.into();
    let last = events.index("received")?.open_cursor(Some(query), Some(CursorDirection::Prev))?.await?;
    let last: Option<Row> = last.map(|last| plain(&last.value()?)).transpose()?;
    Ok(Tally {
        drafts: count(Stage::Draft).await?,
        waiting: count(Stage::Outbox).await?,
        received: count(Stage::Received).await?,
        quarantined: count(Stage::Quarantined).await?,
        last_received_at: last.and_then(|row| row.receipt).map(|receipt| receipt.received_at),
    })
}

fn cursor_name(patient: PatientId) -> String {
    format!("cursor/{patient}")
}

fn life_name(patient: PatientId) -> String {
    format!("life/{patient}")
}

fn enrolment_name(device: DeviceId) -> String {
    format!("enrolment/{device}")
}

/// Of a key pair whose letter is being claimed.
const NEW_KEY: &str = "key/";

fn key_name(device: DeviceId) -> String {
    format!("key/{device}")
}

fn bundle_name(patient: PatientId) -> String {
    format!("bundle/{patient}")
}

impl Store for IndexedDbStore {
    async fn append(&self, draft: DraftEvent) -> Result<AnswerEvent, StoreError> {
        append::append(&self.connection, &self.last, draft).await
    }

    async fn list_slot(&self, slot: &Slot) -> Result<Vec<KeptEvent>, StoreError> {
        let list = async |scope: &Scope| {
            let rows = list_rows(&scope.events()?, "slot", span(&slot.to_string(), &[0], &[])?, None).await?;
            rows.into_iter().map(Row::into_kept).collect()
        };
        self.connection.read(list).await
    }

    async fn list_progress(&self, patient: PatientId) -> Result<Vec<SlotProgress>, StoreError> {
        self.connection.read(async |scope: &Scope| list_progress(scope, patient).await).await
    }

    async fn list_outbox(&self, patient: PatientId, after: u64, limit: u32) -> Result<Vec<OutboxEvent>, StoreError> {
        let stage = number(Stage::Outbox);
        let list = async |scope: &Scope| {
            let waiting = span(&patient.to_string(), &[stage, after.saturating_add(1)], &[stage])?;
            let rows = list_rows(&scope.events()?, "stage", waiting, Some(limit)).await?;
            Ok(rows.into_iter().map(Row::into_outbox).collect())
        };
        self.connection.read(list).await
    }

    async fn settle(&self, patient: PatientId, settled: &[Settled]) -> Result<(), StoreError> {
        self.connection.write(async |scope: &Scope| settle(scope, patient, settled).await).await
    }

    async fn absorb(
        &self,
        patient: PatientId,
        events: &[PulledEvent],
        cursor: u64,
        life: &str,
    ) -> Result<bool, StoreError> {
        self.last.take();
        self.connection.write(async |scope: &Scope| absorb(scope, patient, events, cursor, life).await).await
    }

    async fn cursor(&self, patient: PatientId) -> Result<u64, StoreError> {
        Ok(self.find_document(&cursor_name(patient)).await?.unwrap_or(0))
    }

    async fn tally(&self, patient: PatientId) -> Result<Tally, StoreError> {
        self.connection.read(async |scope: &Scope| tally(scope, patient).await).await
    }

    async fn find_bundle(&self, patient: PatientId) -> Result<Option<PatientBundle>, StoreError> {
        self.find_document(&bundle_name(patient)).await
    }

    async fn save_bundle(&self, patient: PatientId, text: &str) -> Result<(), StoreError> {
        self.save_written(bundle_name(patient), Ok(text.to_owned())).await
    }

    async fn list_enrolments(&self) -> Result<Vec<Enrolment>, StoreError> {
        let found = self.list_texts("enrolment/").await?;
        Ok(found.iter().map(|text| known(text)).collect::<Result<_, Trouble>>()?)
    }

    async fn save_enrolment(&self, enrolment: &Enrolment) -> Result<(), StoreError> {
        self.save_document(&enrolment_name(enrolment.device), enrolment).await
    }
}

//! Keeping one event: by one write alone while nobody else wrote, after looking when somebody did.
//!
//! Whatever this device keeps takes the next number, a sending too, and a number is given once. So long as the
//! number after our last is free, nobody wrote since: the questionnaire is not sent and nothing need be read. Once
//! another tab wrote, the number is taken, nothing is kept, and we look what is there.

use std::cell::Cell;

use idb::{CursorDirection, Query};
use shared::{
    answers::{AnswerEvent, DraftEvent, EventBody, KnownBody, Slot},
    id::DeviceId,
    sync::store::{Stage, StoreError},
};
use wasm_bindgen::JsValue;

use super::{
    connection::{Connection, Scope, Trouble, js, plain, span, texts},
    list_rows, put,
    row::{Row, keys, sent},
};

/// The last answer that this tab kept, of a questionnaire that was not sent then.
pub(super) struct Last {
    slot: Slot,
    device: DeviceId,
    sequence: u64,
}

/// Keeps one event. Until it is kept, `last` is empty: a tap that comes meanwhile looks for itself.
pub(super) async fn append(
    connection: &Connection,
    last: &Cell<Option<Last>>,
    draft: DraftEvent,
) -> Result<AnswerEvent, StoreError> {
    let slot = draft.slot();
    let next = last.take().filter(|last| last.slot == slot && last.device == draft.origin.device);
    let next = next.map(|last| last.sequence + 1).filter(|_| !submits(&draft.body));
    let added = match next {
        Some(sequence) => add(connection, draft.clone().number(sequence)).await?,
        None => None,
    };
    let event = match added {
        Some(event) => event,
        None => connection.write(async |scope: &Scope| look_and_append(scope, draft.clone()).await).await?,
    };
    if !submits(&event.body) {
        last.set(Some(Last { slot: event.slot(), device: event.origin.device, sequence: event.sequence }));
    }
    Ok(event)
}

fn submits(body: &EventBody) -> bool {
    *body == EventBody::Known(KnownBody::Submitted)
}

/// Keeps an answer under its number; `None` when its number or its id is taken.
async fn add(connection: &Connection, event: AnswerEvent) -> Result<Option<AnswerEvent>, StoreError> {
    // The row is written while the browser opens the transaction.
    let add = async |scope: &Scope| {
        scope.events()?.add(&js(&Row::new(&event, Stage::Draft)?)?, None)?;
        Ok(())
    };
    Ok(connection.write_if_free(add).await?.map(|()| event))
}

/// Keeps one event under the number found; the drafts of a slot that is being sent go to the outbox with it.
async fn look_and_append(scope: &Scope, draft: DraftEvent) -> Result<AnswerEvent, Trouble> {
    let events = scope.events()?;
    let (slot, device) = (draft.slot(), draft.origin.device);
    // What must be known first is asked for at once and then awaited: one way to the browser's store and back.
    let (from, to) = keys(draft.id);
    let tried = events.get(texts(&from, &to)?)?.into_future();
    let sent_before = events.index("sent")?.get_key(JsValue::from(sent(&slot, device)))?.into_future();
    let counted: Query = span(&device.to_string(), &[0], &[])?.into();
    let last = events.index("place")?.open_key_cursor(Some(counted), Some(CursorDirection::Prev))?.into_future();
    let (tried, sent_before, last) = (tried.await?, sent_before.await?, last.await?);
    if let Some(row) = tried {
        return plain::<Row>(&row)?.event();
    }
    if sent_before.is_some() {
        return Err(Trouble::Told(StoreError::AlreadySubmitted));
    }
    let last: Option<(DeviceId, u64)> = last.map(|last| plain(&last.key()?)).transpose()?;
    let event = draft.number(last.map_or(0, |(_, sequence)| sequence) + 1);
    let mut stage = Stage::Draft;
    if submits(&event.body) {
        stage = Stage::Outbox;
        for mut row in list_rows(&events, "slot", span(&slot.to_string(), &[0], &[])?, None).await? {
            if row.is_in(Stage::Draft) && row.device == device {
                row.move_to(stage);
                put(&events, &row)?;
            }
        }
    }
    put(&events, &Row::new(&event, stage)?)?;
    Ok(event)
}

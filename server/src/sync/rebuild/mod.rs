//! Finding out anew, from nothing but the answer events, what was received of each questionnaire: now, or until then.

mod queries;

use std::collections::{BTreeMap, BTreeSet};

use shared::{schedule::Progress, time::Timestamp};

use super::{
    judge::Part,
    ledger::{CopyKey, CopyState},
    queries::{lock_position, move_questionnaires},
};
use crate::{auth::guard::OnePatientScope, db::Tx};

/// How many events are read in one statement.
const AT_ONCE: u32 = 5_000;

/// An event as the database keeps it, as far as its copy goes on by it.
#[derive(Debug)]
struct Kept {
    copy: CopyKey,
    position: u64,
    received_at: Timestamp,
    sequence: i64,
    part: Part,
}

/// How far each questionnaire of a patient had come by what was received until an instant.
///
/// # Errors
/// When the database could not.
pub async fn list_progress_known_at(
    tx: &mut Tx,
    scope: &OnePatientScope,
    at: Timestamp,
) -> sqlx::Result<Vec<Progress>> {
    let mut copies = BTreeMap::new();
    for kept in queries::list_kept_until(tx, scope, at).await? {
        go_on(&mut copies, kept);
    }
    Ok(progress(&copies))
}

/// The same for several instants, in their order, from one reading of the events.
///
/// # Errors
/// When the database could not.
pub async fn list_progress_known_at_each(
    tx: &mut Tx,
    scope: &OnePatientScope,
    instants: &BTreeSet<Timestamp>,
) -> sqlx::Result<Vec<Vec<Progress>>> {
    let Some(last) = instants.last() else { return Ok(Vec::new()) };
    let mut events = queries::list_kept_until(tx, scope, *last).await?.into_iter().peekable();
    let mut copies = BTreeMap::new();
    let known = instants.iter().map(|at| {
        while let Some(kept) = events.next_if(|kept| kept.received_at <= *at) {
            go_on(&mut copies, kept);
        }
        progress(&copies)
    });
    Ok(known.collect())
}

fn progress(copies: &BTreeMap<CopyKey, CopyState>) -> Vec<Progress> {
    let said = copies.iter().filter(|(_, copy)| copy.said);
    said.map(|(CopyKey { assessment, instrument, .. }, copy)| Progress {
        assessment: assessment.clone(),
        instrument: instrument.clone(),
        submitted_on: copy.submitted.map(|sent| sent.on),
        retrospective: copy.submitted.is_some_and(|sent| sent.retrospective),
    })
    .collect()
}

/// Takes copies further by an event; events come in the order of commits.
fn go_on(copies: &mut BTreeMap<CopyKey, CopyState>, kept: Kept) {
    let Kept { copy, position, received_at, sequence, part } = kept;
    copies.entry(copy).or_default().append(position, received_at, sequence, part);
}

/// Empties the tables of copies and questionnaires and fills them from every event, as the pushes did; gives how
/// many there are, which is the position of the last. Until the transaction ends, nobody appends.
///
/// # Errors
/// When the database could not; the transaction is not to be committed then.
pub async fn rebuild(tx: &mut Tx) -> sqlx::Result<u64> {
    let last_position = lock_position(tx).await?.number;
    queries::delete_questionnaires(tx).await?;
    let mut copies = BTreeMap::new();
    let mut after = 0;
    loop {
        let events = queries::list_kept(tx, after, AT_ONCE).await?;
        let Some(last) = events.last() else { break };
        after = last.position;
        for kept in events {
            go_on(&mut copies, kept);
        }
    }
    let copies = Vec::from_iter(copies);
    for of_one_patient in copies.chunk_by(|(one, _), (next, _)| one.patient == next.patient) {
        move_questionnaires(tx, of_one_patient.iter().map(|(key, copy)| (key, copy))).await?;
    }
    Ok(last_position)
}

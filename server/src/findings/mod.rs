//! What asks for a nurse's look: scores beyond a threshold of the study, several devices that answered one
//! questionnaire, what was set aside; and who looked at it.
//!
//! A look is appended and holds for exactly what was found. Flags are computed from the scores when somebody reads
//! them, and kept, as the worklist counts them; they are recomputable. None of it is an alarm.

mod flags;
mod queries;
mod routes;

use std::collections::{BTreeMap, BTreeSet};

use shared::{id::PatientId, instrument::catalog::Catalog, study::Study};

use crate::{
    assessments,
    db::{Db, Tx},
    scores,
};

pub use queries::{Found, NewLook, append, forget, list, list_unplaced};
pub use routes::routes;

/// Scores that are held against thresholds in one transaction.
const AT_ONCE: usize = 1_000;

/// Longest note, in characters.
const LONGEST_NOTE: usize = 200;

/// Brings scores and flags up to date with what was received; after a change of the study's flags, all of them.
///
/// # Errors
/// When the database could not; what was done so far is kept.
pub async fn refresh(db: &Db, study: &Study, catalog: &Catalog) -> sqlx::Result<()> {
    scores::refresh(db, catalog).await?;
    let rules = flags::rules(study);
    while !queries::is_flagged(db, &rules).await? {
        let mut tx = db.begin().await?;
        let after = queries::lock_flagged(&mut tx, &rules).await?;
        let scored = queries::list_scored(&mut tx, after, AT_ONCE).await?;
        let last = scored.last().map_or(after, |(_, position)| *position);
        let patients: BTreeSet<PatientId> = scored.into_iter().map(|(patient, _)| patient).collect();
        let changed = flag(&mut tx, study, catalog, &Vec::from_iter(patients)).await?;
        assessments::replan_all(&mut tx, study, &changed).await?;
        queries::set_flagged(&mut tx, last, &rules).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Holds the scores of these patients against the thresholds; gives those whose flags are others now.
async fn flag(tx: &mut Tx, study: &Study, catalog: &Catalog, patients: &[PatientId]) -> sqlx::Result<Vec<PatientId>> {
    let scores = queries::list_scores(tx, patients).await?;
    let mut stored = queries::list_flags(tx, patients).await?;
    let mut changed = Vec::new();
    for patient in patients {
        let after = scores.get(patient).map_or_else(BTreeMap::new, |scores| flags::standing(study, catalog, scores));
        let before = stored.remove(patient).unwrap_or_default();
        if before != after {
            queries::replace_flags(tx, *patient, &after).await?;
            changed.push(*patient);
        }
    }
    Ok(changed)
}

//! Scores of standing copies, kept as a cache for tables over many patients; always recomputable from events.
//!
//! Nothing waits for it: [`refresh`] catches up with the answers when somebody asks for a table. What is stale is
//! known by position: a questionnaire whose last event is newer than the newest score. One patient's file and the
//! exports score what they show themselves, with the same engine.

mod queries;

use std::collections::BTreeMap;

use shared::{
    answers::response,
    id::{InstrumentVersion, ScaleCode, TimepointKey},
    instrument::catalog::Catalog,
    scoring::{ENGINE_VERSION, InstrumentScores, score},
};

use crate::{auth::guard::InvestigatorScope, db::Db, state::AppState};

/// Questionnaires that are scored in one transaction.
const AT_ONCE: i64 = 200;

/// Brings the scores up to date with what was received; after a change of engine, all of them.
///
/// # Errors
/// When the database could not; what was scored so far is kept.
pub async fn refresh(db: &Db, catalog: &Catalog) -> sqlx::Result<()> {
    if queries::has_other_engine(db, ENGINE_VERSION).await? {
        queries::delete_all(db).await?;
    }
    let instruments: Vec<_> =
        catalog.definitions().filter(|it| !it.scales.is_empty()).map(|it| &it.instrument.key).collect();
    let mut after = queries::last_scored(db).await?;
    loop {
        let stale = queries::list_stale(db, &instruments, after, AT_ONCE).await?;
        let Some(last) = stale.last().map(|it| it.last_position) else { return Ok(()) };
        let events = queries::list_events(db, &stale).await?;
        let mut scores = Vec::with_capacity(stale.len());
        for questionnaire in stale {
            let said = events.get(&questionnaire.patient).map_or(&[][..], Vec::as_slice);
            let response = response::read(said, &questionnaire.assessment, &questionnaire.instrument);
            let Some(copy) = response.and_then(|it| it.copies.into_iter().next()) else { continue };
            let asked = catalog.find_answered(&copy.instrument, copy.answers.keys());
            if let Some(definition) = asked.filter(|_| copy.submitted.is_some()) {
                scores.push((questionnaire, score(definition, &copy.values())));
            }
        }
        queries::replace(db, &scores).await?;
        after = last;
    }
}

/// Forgets every score and computes all anew.
///
/// # Errors
/// When the database could not; what was scored so far is kept, and the rest is when somebody asks for it.
pub async fn rebuild(db: &Db, catalog: &Catalog) -> sqlx::Result<()> {
    queries::delete_all(db).await?;
    refresh(db, catalog).await
}

/// Every value of one scale, by timepoint; what was not scored is left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn values_by_timepoint(
    scope: &InvestigatorScope,
    state: &AppState,
    instrument: &InstrumentVersion,
    scale: &ScaleCode,
) -> sqlx::Result<BTreeMap<TimepointKey, Vec<f64>>> {
    refresh(&state.db, &state.catalog).await?;
    queries::list_values(scope, &state.db, instrument, scale).await
}

/// A questionnaire whose scores are older than its answers.
#[derive(Clone, Debug)]
struct Stale {
    patient: shared::id::PatientId,
    assessment: shared::id::AssessmentId,
    instrument: shared::id::InstrumentKey,
    last_position: i64,
}

type Scored = (Stale, InstrumentScores);

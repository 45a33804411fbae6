//! Computing anew everything that can be computed: what was received, assessments, scores and flags.
//!
//! Nothing but answer events, milestones, episodes, reasons noted, what was set aside, looks, the study and the
//! catalogue goes in. It is for a registry in which something seems wrong, and for whoever wants to see that nothing is.

use crate::{assessments, episodes, findings, scores, state::AppState, sync};

/// What everything was computed from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rebuilt {
    /// Answer events.
    pub n_events: u64,
    /// Patients, with answers or without.
    pub n_patients: usize,
}

/// Rebuilds every recomputable table. Pushes that come meanwhile wait.
///
/// # Errors
/// When the database could not: then everything stands as before, or only scores are missing, which are computed when
/// somebody asks for them.
pub async fn rebuild(state: &AppState) -> sqlx::Result<Rebuilt> {
    let mut tx = state.db.begin().await?;
    let n_events = sync::rebuild(&mut tx).await?;
    findings::forget(&mut tx).await?;
    episodes::rebuild(&mut tx).await?;
    let n_patients = assessments::rebuild(&mut tx, &state.study, n_events).await?;
    tx.commit().await?;
    scores::rebuild(&state.db, &state.catalog).await?;
    findings::refresh(&state.db, &state.study, &state.catalog).await?;
    Ok(Rebuilt { n_events, n_patients })
}

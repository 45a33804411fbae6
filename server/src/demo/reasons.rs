//! Why invented patients did not answer, as the nurse of the demonstration noted it.

use std::collections::BTreeSet;

use anyhow::Context as _;
use jiff::Span;
use shared::{
    api::MissingRequest,
    id::{MissingReasonId, PatientId},
    schedule::MissingReason,
};

use super::{dice::Dice, moment, queries};
use crate::{
    assessments,
    auth::guard::NurseScope,
    clock::Chance,
    missing::{self, NewNote},
    state::AppState,
    sync,
};

/// Reasons by how often they are noted, after what cohorts of patients under cell therapy report.
const REASONS: [(MissingReason, f64); 9] = [
    (MissingReason::NotGiven, 0.24),
    (MissingReason::TooIll, 0.22),
    (MissingReason::NotReached, 0.18),
    (MissingReason::RefusedThisTime, 0.12),
    (MissingReason::IntensiveCare, 0.06),
    (MissingReason::Confusion, 0.06),
    (MissingReason::DeviceFailure, 0.05),
    (MissingReason::Transferred, 0.04),
    (MissingReason::Language, 0.03),
];

/// How much of what closed without an answer the nurse has explained, long ago and lately.
const EXPLAINED: f64 = 0.95;
const EXPLAINED_LATELY: f64 = 0.3;
const LATELY_DAYS: i32 = 30;

/// Plans everybody's assessments, then notes a reason for most of what closed without an answer, a few days after it
/// did.
pub(super) async fn note(state: &AppState, nurse: &NurseScope, dice: &Dice, chance: &Chance) -> anyhow::Result<()> {
    let (received, _) = sync::last_news(&state.db).await?;
    let mut tx = state.db.begin().await?;
    assessments::rebuild(&mut tx, &state.study, received).await?;
    tx.commit().await?;
    let (now, today) = (state.clock.now(), state.clock.today());
    let lately = today.saturating_sub(Span::new().days(LATELY_DAYS));
    let mut explained = Vec::new();
    for site in nurse.sites() {
        for missed in queries::list_unexplained(nurse, &state.db, site, today).await? {
            if dice.happens(if missed.closed_on < lately { EXPLAINED } else { EXPLAINED_LATELY }) {
                explained.push((nurse.one(missed.patient, site).context("a patient of no site")?, missed));
            }
        }
    }
    let patients: BTreeSet<PatientId> = explained.iter().map(|(_, missed)| missed.patient).collect();
    let mut tx = state.db.begin().await?;
    for (scope, missed) in explained {
        let reason = dice.weighted(&REASONS).copied();
        let request = MissingRequest { assessment: missed.assessment, reason, note: String::new() };
        let note = NewNote { id: MissingReasonId::new(chance.id()), request, staff: nurse.staff() };
        let noted_on = missed.closed_on.saturating_add(Span::new().days(dice.whole(1..=9)));
        missing::append(&mut tx, &scope, &note, moment(noted_on, dice).min(now)).await?;
    }
    assessments::replan_all(&mut tx, &state.study, &patients.into_iter().collect::<Vec<_>>()).await?;
    Ok(tx.commit().await?)
}

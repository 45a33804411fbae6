//! `POST /api/patients/{patient}/episodes`.

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{EpisodeLine, EpisodeReply, EpisodeRequest, ProblemKind},
    id::{PatientId, SiteKey},
    schedule::{Episodes, episode_needs_reason, episode_refusal, standing_milestones},
    study::MilestoneKind,
    time::Date,
};

use super::{NewEntry, append, as_entered, entered, list, refusal, sentence};
use crate::{
    assessments,
    audit::{self, Operation},
    auth::guard::{NurseScope, OnePatientScope},
    db::Tx,
    error::{ApiError, Body, Path},
    identity, milestones, patients,
    state::AppState,
};

/// Most characters of a reason.
const LONGEST_REASON: usize = 500;

/// The route of episodes.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/patients/{patient}/episodes", post(record))
}

async fn record(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<EpisodeRequest>,
) -> Result<Json<EpisodeReply>, ApiError> {
    Ok(Json(enter(&state, &nurse, patient, &request).await?))
}

/// Enters an episode, corrects one or takes one back; hands the patient over where another site follows from now on.
///
/// # Errors
/// A refusal that says why, a conflict when there are other entries than were seen, or an accident of a database.
pub async fn enter(
    state: &AppState,
    nurse: &NurseScope,
    patient: PatientId,
    request: &EpisodeRequest,
) -> Result<EpisodeReply, ApiError> {
    let scope = patients::open(&state.db, nurse, patient).await?;
    if let Some(refusal) = refusal(request, &state.study) {
        return Err(ApiError::refused(refusal));
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let before = entered(&list(&mut tx, &scope).await?);
    let changed = "The care pathway was changed in the meantime. Nothing was saved; look at it again.";
    let entry = as_entered(request, &before).ok_or_else(|| ApiError::new(ProblemKind::Conflict, changed))?;
    let died_by = died_by(&mut tx, &scope).await?;
    if let Some(refusal) = episode_refusal(&entry, &before, died_by, state.clock.today()) {
        return Err(ApiError::refused(sentence(refusal)));
    }
    check_reason(&request.reason, episode_needs_reason(&entry, &before))?;
    let what = entry.episode.pathway.to_string();
    let entry = NewEntry { entry, reason: request.reason.clone(), staff: nurse.staff() };
    append(&mut tx, &scope, &entry, now).await?;
    let mut lines = list(&mut tx, &scope).await?;
    let (from, site) = follow(state, &scope, &mut tx, &lines).await?;
    let line = lines.pop().ok_or_else(ApiError::not_found)?;
    let did = |operation| audit::Entry::staff(nurse.staff(), operation).of(patient);
    audit::append(&mut tx, &did(Operation::RecordEpisode).with(what), now).await?;
    if from != site {
        audit::append(&mut tx, &did(Operation::MovePatient).with(format!("{from} to {site}")), now).await?;
        // while the transaction is open: when either side fails, the same request can be sent again
        identity::move_to(&state.identity, nurse, &scope, &site, line.reason.clone(), now).await?;
    }
    tx.commit().await?;
    Ok(EpisodeReply { line, site })
}

/// The last day on which the patient can have died, where a death stands.
async fn died_by(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Option<Date>> {
    let milestones = standing_milestones(&milestones::entered(&milestones::list(tx, scope).await?));
    let death = milestones.iter().find(|it| it.kind == MilestoneKind::Death && !it.planned);
    Ok(death.map(|it| it.on.latest()))
}

fn check_reason(reason: &str, is_needed: bool) -> Result<(), ApiError> {
    if is_needed && reason.trim().is_empty() {
        let detail = "This changes what stood, or which site follows. Nothing was saved; say why it changes.";
        return Err(ApiError::refused(detail));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(ApiError::refused("The reason is longer than 500 characters. Nothing was saved; shorten it."));
    }
    Ok(())
}

/// Lets the site of the last episode follow the patient: whoever does not see that site's patients sees this one no
/// longer. Gives the site before and after.
async fn follow(
    state: &AppState,
    scope: &OnePatientScope,
    tx: &mut Tx,
    lines: &[EpisodeLine],
) -> Result<(SiteKey, SiteKey), ApiError> {
    let site = Episodes::standing(&entered(lines)).last().map(|it| it.site.clone()).ok_or_else(ApiError::not_found)?;
    let from = patients::get(tx, scope).await?.site;
    if from != site {
        patients::move_to(tx, scope, &site).await?;
        assessments::replan(tx, &state.study, scope.patient()).await?;
    }
    Ok((from, site))
}

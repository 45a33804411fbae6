//! `POST /api/patients/{patient}/looks`.

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{Finding, Look, LookRequest},
    id::{LookId, PatientId},
};

use super::{
    LONGEST_NOTE, list,
    queries::{NewLook, append},
    refresh,
};
use crate::{
    assessments,
    audit::{self, Operation},
    auth::guard::NurseScope,
    error::{ApiError, Body, Path},
    patients,
    state::AppState,
    sync,
};

/// Routes of findings.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/patients/{patient}/looks", post(look))
}

async fn look(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<LookRequest>,
) -> Result<Json<Look>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    if request.note.chars().count() > LONGEST_NOTE {
        return Err(ApiError::refused("The note is longer than 200 characters. Nothing was saved; shorten it."));
    }
    refresh(&state.db, &state.study, &state.catalog).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let found = list(&mut tx, &[patient]).await?.remove(&patient).unwrap_or_default();
    let shown: Vec<String> = request.seen.iter().map(Finding::to_string).collect();
    let mut seen = Vec::new();
    for line in found.iter().filter(|it| it.assessment == request.assessment && it.looked.is_none()) {
        let word = line.finding.to_string();
        if shown.contains(&word) {
            let (assessment, note) = (line.assessment.as_ref(), request.note.trim());
            let id = LookId::new(state.chance.id());
            let look = NewLook { id, assessment, finding: &line.finding, note, staff: nurse.staff(), at: now };
            append(&mut tx, &scope, &look).await?;
            seen.push(word);
        }
    }
    if seen.is_empty() {
        let detail = "There is nothing of this left to look at: somebody else was there, or it has changed. Nothing was \
                      saved; open the list again.";
        return Err(ApiError::refused(detail));
    }
    assessments::replan(&mut tx, &state.study, patient).await?;
    let on = request.assessment.map_or_else(String::new, |id| format!("{id}: "));
    let entry = audit::Entry::staff(nurse.staff(), Operation::Look).of(patient);
    sync::note_news(&mut tx).await?;
    audit::append(&mut tx, &entry.with(format!("{on}{}", kinds(&seen))), now).await?;
    let looks = list(&mut tx, &[patient]).await?.remove(&patient).unwrap_or_default();
    let noted = looks.into_iter().find(|line| seen.contains(&line.finding.to_string())).and_then(|line| line.looked);
    tx.commit().await?;
    state.news.hurry();
    noted.map(Json).ok_or_else(ApiError::not_found)
}

/// What was looked at, without its values: the trail holds no score.
fn kinds(seen: &[String]) -> String {
    let kind = |word: &String| word.split(' ').take(2).collect::<Vec<_>>().join(" ");
    seen.iter().map(kind).collect::<Vec<_>>().join(", ")
}

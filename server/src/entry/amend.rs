//! `POST /api/patients/{patient}/amend`: a correction of what was sent, over the copy that stands.

use axum::{Json, extract::State};
use shared::{
    answers::{KnownBody, Origin, response::ItemResponse},
    api::{AmendRequest, EntryReply, ProblemKind},
    id::{ItemCode, PatientId, SessionId},
};

use super::{
    Entry,
    check::amend_refusal,
    occasion::{Occasion, not_asked},
    routes::{append, audit_entry},
};
use crate::{
    audit::Operation,
    auth::guard::NurseScope,
    error::{ApiError, Body, Path},
    patients,
    state::AppState,
};

pub(super) async fn amend(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<AmendRequest>,
) -> Result<Json<EntryReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let occasion = Occasion::read(&state, &scope, &request.assessment).await?;
    let nothing_sent = || ApiError::refused("Nothing of it was sent yet. Nothing was saved; open the file again.");
    let response = occasion.response(&request.instrument).ok_or_else(nothing_sent)?;
    let standing = response.copies.first().filter(|it| it.submission.is_some()).ok_or_else(nothing_sent)?;
    let entry = Entry {
        patient,
        assessment: request.assessment.clone(),
        instrument: standing.instrument.clone(),
        wording: standing.wording.clone(),
        origin: Origin {
            device: request.entry,
            mode: standing.mode,
            respondent: standing.respondent,
            session: SessionId::new(request.entry.as_uuid()),
            staff: Some(nurse.staff()),
        },
        clock: request.clock,
    };
    if !occasion.has_received(request.entry) {
        let definition =
            state.catalog.find_answered(&standing.instrument, standing.answers.keys()).ok_or_else(not_asked)?;
        if standing.amendments.len() != request.n_amendments {
            let detail = "It was corrected in the meantime. Nothing was saved; open the file again.";
            return Err(ApiError::new(ProblemKind::Conflict, detail));
        }
        if let Some(refusal) = amend_refusal(&request, standing, definition) {
            return Err(ApiError::refused(refusal));
        }
        let items: Vec<&str> = request.changes.keys().map(ItemCode::as_str).collect();
        let detail = format!("{} {} {}", request.assessment, request.instrument, items.join(" "));
        let audited = audit_entry(&nurse, Operation::Correct, patient, detail);
        append(&state, &nurse, &scope, &entry, corrections(&request), audited).await?;
    }
    let occasion = Occasion::read(&state, &scope, &request.assessment).await?;
    let received_at = occasion.received_at(&entry, corrections(&request))?;
    Ok(Json(EntryReply { received_at, retrospective: false, differing: Vec::new() }))
}

fn corrections(request: &AmendRequest) -> Vec<KnownBody> {
    let reason = match (request.double_entry, request.reason.trim()) {
        (false, reason) => reason.to_owned(),
        (true, "") => "double entry".to_owned(),
        (true, reason) => format!("double entry: {reason}"),
    };
    let amended = request.changes.iter().map(|(item, change)| {
        let (value, left_out) = match change {
            Some(ItemResponse::Answered(value)) => (Some(value.clone()), None),
            Some(ItemResponse::Skipped(why)) => (None, Some(*why)),
            None => (None, None),
        };
        KnownBody::Amended { item: item.clone(), value, left_out, reason: reason.clone() }
    });
    amended.collect()
}

//! `POST /api/patients/{patient}/forms`, `…/entries`, and what an entry needs: `GET /api/forms/{code}` or
//! `GET /api/patients/{patient}/forms/{assessment}/{instrument}?language=fr`.

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;
use shared::{
    answers::{ItemResponse, KnownBody, Origin, QuestionnaireResponse, Transcript, WordingRef},
    api::{EntryReply, EntryRequest, FormReply, FormsReply, FormsRequest, PaperForm, ProblemKind, SentCopy},
    id::{AssessmentId, DeviceId, InstrumentKey, InstrumentVersion, Language, PatientId, SessionId},
    instrument::{Definition, InstrumentSheet},
    paper::{self, FormCode},
    study::MilestoneKind,
    sync::protocol::PushOutcome,
};

use super::{
    Entry, amend,
    check::entry_refusal,
    occasion::{Occasion, not_asked},
    queries::{self, PrintedForm},
};
use crate::{
    audit::{self, Operation},
    auth::{
        self,
        guard::{NurseScope, OnePatientScope},
    },
    error::{ApiError, Body, Path, Query},
    identity, patients,
    state::AppState,
    sync,
};

/// Draws of a code before giving up: the first of forty bits is nearly always free.
const DRAWS: u8 = 20;

/// Routes of forms, entries and corrections.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/forms/{code}", get(read_printed))
        .route("/api/patients/{patient}/forms", post(print))
        .route("/api/patients/{patient}/forms/{assessment}/{instrument}", get(read))
        .route("/api/patients/{patient}/entries", post(enter))
        .route("/api/patients/{patient}/amend", post(amend::amend))
}

fn unworded() -> ApiError {
    ApiError::refused("The registry has no words for it in that language. Nothing was changed; choose another.")
}

async fn print(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<FormsRequest>,
) -> Result<Json<FormsReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let line = identity::find_line(&state.identity, &nurse, &scope).await?.ok_or_else(ApiError::not_found)?;
    let occasion = Occasion::read(&state, &scope, &request.assessment).await?;
    let asked = occasion.assessment.questionnaires.iter().map(|it| &it.instrument);
    let chosen = asked.filter(|it| request.instrument.as_ref().is_none_or(|key| it.key == *key));
    let sheets: Vec<InstrumentSheet> =
        chosen.filter_map(|version| state.catalog.sheet(version, &request.language)).collect();
    if sheets.is_empty() {
        return Err(unworded());
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let mut forms = Vec::new();
    for sheet in sheets {
        let wording = sheet.wording.reference();
        let form = PrintedForm {
            patient,
            assessment: request.assessment.clone(),
            instrument: sheet.definition.instrument.clone(),
            wording_hash: wording.hash.clone(),
        };
        let mut code = None;
        for _ in 0..DRAWS {
            let fresh = FormCode::from_random(state.chance.bytes());
            code = queries::code_of(&mut tx, &scope, &form, fresh, now).await?;
            if code.is_some() {
                break;
            }
        }
        let code = code.ok_or_else(|| ApiError::Fault(anyhow::anyhow!("no free form code in {DRAWS} draws")))?;
        forms.push(PaperForm { code, wording, sheet });
    }
    let detail = format!("{} {} {}", request.assessment, request.language, forms.len());
    let audited = audit::Entry::staff(nurse.staff(), Operation::PrintForms).of(patient).with(detail);
    audit::append(&mut tx, &audited, now).await?;
    tx.commit().await?;
    Ok(Json(FormsReply { registry_number: line.registry_number, phone: state.study.phone.clone(), forms }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spoken {
    language: Language,
}

async fn read(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path((patient, assessment, instrument)): Path<(PatientId, String, InstrumentKey)>,
    Query(Spoken { language }): Query<Spoken>,
) -> Result<Json<FormReply>, ApiError> {
    let assessment: AssessmentId = assessment.parse().map_err(|_| ApiError::not_found())?;
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let occasion = Occasion::read(&state, &scope, &assessment).await?;
    let sheet = state.catalog.sheet(occasion.asked(&instrument)?, &language).ok_or_else(unworded)?;
    reply(&state, &nurse, &scope, &occasion, sheet).await
}

async fn read_printed(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(code): Path<String>,
) -> Result<Json<FormReply>, ApiError> {
    let code: FormCode = code.parse().map_err(|_| ApiError::not_found())?;
    let form = queries::find_form(&nurse, &state.db, code).await?.ok_or_else(ApiError::not_found)?;
    let scope = patients::open(&state.db, &nurse, form.patient).await?;
    let occasion = Occasion::read(&state, &scope, &form.assessment).await?;
    occasion.asked(&form.instrument.key)?;
    let sheet = find_sheet(&state, &form.instrument, &form.wording_hash).ok_or_else(unworded)?;
    reply(&state, &nurse, &scope, &occasion, sheet).await
}

/// An instrument with the very words of a hash.
fn find_sheet(state: &AppState, version: &InstrumentVersion, hash: &str) -> Option<InstrumentSheet> {
    let wording = state.catalog.packs(version).find(|pack| pack.reference().hash == hash)?.clone();
    let definition = state.catalog.find_asked(version)?.without_scales();
    Some(InstrumentSheet { definition, wording })
}

async fn reply(
    state: &AppState,
    nurse: &NurseScope,
    scope: &OnePatientScope,
    occasion: &Occasion,
    sheet: InstrumentSheet,
) -> Result<Json<FormReply>, ApiError> {
    let patient = identity::find_line(&state.identity, nurse, scope).await?.ok_or_else(ApiError::not_found)?;
    let mut tx = state.db.begin().await?;
    let entry = audit::Entry::staff(nurse.staff(), Operation::ReadPatient).of(scope.patient());
    audit::append(&mut tx, &entry, state.clock.now()).await?;
    let usernames = auth::list_usernames(&mut tx).await?;
    tx.commit().await?;
    let received_at = |device: DeviceId| {
        let received = occasion.events.iter().filter(|it| it.event.origin.device == device);
        received.map(|it| it.receipt.received_at).max().unwrap_or_default()
    };
    let response = occasion.response(&sheet.definition.instrument.key);
    let copies = response.iter().flat_map(|it| &it.copies).filter(|copy| copy.submission.is_some());
    let sent = copies.map(|copy| SentCopy {
        entered_by: copy.transcript.as_ref().and(copy.staff).and_then(|staff| usernames.get(&staff).cloned()),
        mode: copy.mode,
        received_at: received_at(copy.device),
    });
    Ok(Json(FormReply {
        patient,
        assessment: occasion.assessment.id.clone(),
        window: occasion.assessment.window,
        earliest_on: occasion.possible(state.clock.today()).from,
        included_on: occasion.day_of(MilestoneKind::Inclusion),
        wording: sheet.wording.reference(),
        sent: sent.collect(),
        sheet,
    }))
}

async fn enter(
    State(state): State<AppState>,
    nurse: NurseScope,
    Path(patient): Path<PatientId>,
    Body(request): Body<EntryRequest>,
) -> Result<Json<EntryReply>, ApiError> {
    let scope = patients::open(&state.db, &nurse, patient).await?;
    let occasion = Occasion::read(&state, &scope, &request.assessment).await?;
    let key = request.instrument.key.clone();
    occasion.asked(&key)?;
    let definition = state.catalog.find_asked(&request.instrument).ok_or_else(not_asked)?;
    check_wording(&state, &request.instrument, &request.wording)?;
    let included_on = occasion.day_of(MilestoneKind::Inclusion);
    let is_before = included_on.is_some_and(|included_on| request.answered_on < included_on);
    let retrospective = occasion.find_transcript(request.entry).map_or(is_before, |it| it.retrospective);
    let (entry, told) = transcription(&nurse, patient, request.clone(), definition, retrospective);
    if !occasion.has_received(request.entry) {
        if let Some(refusal) = entry_refusal(&request, definition, occasion.possible(state.clock.today())) {
            return Err(ApiError::refused(refusal));
        }
        let sent = occasion.response(&key);
        check_again(sent.as_ref(), request.again)?;
        let detail = format!("{} {key} {}", request.assessment, crate::db::to_code(&request.mode)?);
        let audited = audit_entry(&nurse, Operation::Transcribe, patient, detail);
        append(&state, &nurse, &scope, &entry, told.clone(), audited).await?;
    }
    let occasion = Occasion::read(&state, &scope, &request.assessment).await?;
    let received_at = occasion.received_at(&entry, told)?;
    let twice = occasion.response(&key).as_ref().and_then(paper::twice);
    let differing = twice.map(|it| Vec::from_iter(it.open)).unwrap_or_default();
    Ok(Json(EntryReply { received_at, retrospective, differing }))
}

pub(super) fn audit_entry(
    nurse: &NurseScope,
    operation: Operation,
    patient: PatientId,
    detail: String,
) -> audit::Entry {
    audit::Entry::staff(nurse.staff(), operation).of(patient).with(detail)
}

/// Refuses words that the registry does not have, as nobody could show them again.
fn check_wording(state: &AppState, version: &InstrumentVersion, wording: &WordingRef) -> Result<(), ApiError> {
    let known = state.catalog.packs(version).any(|pack| pack.reference() == *wording);
    if known { Ok(()) } else { Err(unworded()) }
}

/// Refuses an entry beside others that it does not know of, and a third one of staff.
fn check_again(sent: Option<&QuestionnaireResponse>, again: bool) -> Result<(), ApiError> {
    let copies = || sent.iter().flat_map(|it| &it.copies).filter(|copy| copy.submission.is_some());
    let conflict = |detail| Err(ApiError::new(ProblemKind::Conflict, detail));
    if !again && copies().next().is_some() {
        return conflict("It was received already. Nothing was saved; type it in as a second entry, or leave it.");
    }
    if copies().filter(|copy| copy.transcript.is_some()).count() > 1 {
        return conflict("It was typed in twice already. Nothing was saved; correct it in the file.");
    }
    Ok(())
}

/// The entry that a request makes, and what it tells, in the instrument's order.
fn transcription(
    nurse: &NurseScope,
    patient: PatientId,
    request: EntryRequest,
    definition: &Definition,
    retrospective: bool,
) -> (Entry, Vec<KnownBody>) {
    let EntryRequest { assessment, instrument, wording, mode, respondent, clock, mut answers, .. } = request;
    let (device, session) = (request.entry, SessionId::new(request.entry.as_uuid()));
    let origin = Origin { device, mode, respondent, session, staff: Some(nurse.staff()) };
    let remark = request.remark.trim().to_owned();
    let transcript = Transcript { answered_on: request.answered_on, retrospective, remark };
    let said = definition.items.iter().filter_map(|item| {
        let (item, said) = answers.remove_entry(&item.code)?;
        Some(match said {
            ItemResponse::Answered(value) => KnownBody::Answered { item, value },
            ItemResponse::Skipped(reason) => KnownBody::Skipped { item, reason },
        })
    });
    let told = [KnownBody::Transcribed(transcript)].into_iter().chain(said).chain([KnownBody::Submitted]).collect();
    (Entry { patient, assessment, instrument, wording, origin, clock }, told)
}

/// Hands in what was told at a desk that is enrolled for it; of the same sent twice at one moment, one is taken.
pub(super) async fn append(
    state: &AppState,
    nurse: &NurseScope,
    scope: &OnePatientScope,
    entry: &Entry,
    told: Vec<KnownBody>,
    audited: audit::Entry,
) -> Result<(), ApiError> {
    let (now, desk) = (state.clock.now(), entry.origin.device);
    let events = entry.events(told, || state.chance.id_at(now));
    let outcomes = sync::hand_in_at_desk(state, &nurse.desk(scope, desk, now), audited, events).await?;
    let aside = outcomes.iter().find_map(|outcome| match outcome {
        PushOutcome::Received(_) => None,
        PushOutcome::Quarantined { reason, .. } => Some(reason),
    });
    match aside {
        None => Ok(()),
        Some(reason) => Err(ApiError::Fault(anyhow::anyhow!("what staff typed in was set aside as {reason:?}"))),
    }
}

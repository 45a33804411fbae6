//! `POST /api/worklist`: what asks for a nurse's eye at her sites.

use std::collections::BTreeSet;

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{Finding, FindingLine, PatientLine, WorklistGroup, WorklistLine, WorklistReply, WorklistRequest},
    id::{AssessmentId, PatientId, SiteKey},
    time::Date,
};

use super::{Line, Page, Place, a_week_before, longest_window, queries};
use crate::{
    assessments::refresh,
    auth::guard::NurseScope,
    error::{ApiError, Body},
    findings, identity,
    state::AppState,
};

/// Lines on a page.
const PAGE: usize = 50;

/// Where counting stops.
const COUNTED_TO: u16 = 100;

/// Patients of one site that a search takes in.
const MOST_FOUND: u32 = 100;

/// The groups, in the order they are shown.
const GROUPS: [WorklistGroup; 7] = [
    WorklistGroup::Closing,
    WorklistGroup::Due,
    WorklistGroup::Overdue,
    WorklistGroup::Received,
    WorklistGroup::Flags,
    WorklistGroup::Quarantine,
    WorklistGroup::Conflict,
];

/// Lines of what was set aside and names no assessment: the first of them stand before the others.
const MOST_UNPLACED: usize = 100;

/// The routes of the worklist.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/worklist", post(worklist))
}

async fn worklist(
    scope: NurseScope,
    State(state): State<AppState>,
    Body(asked): Body<WorklistRequest>,
) -> Result<Json<WorklistReply>, ApiError> {
    let sites: Vec<SiteKey> = match asked.site {
        Some(site) if scope.sees(&site) => vec![site],
        Some(_) => return Err(ApiError::not_found()),
        None => scope.sites().to_vec(),
    };
    findings::refresh(&state.db, &state.study, &state.catalog).await?;
    refresh(&state.db, &state.study).await?;
    let after = asked.after.as_deref().map(|after| Place::parse(after).ok_or_else(unknown_place)).transpose()?;
    let mut page = Page {
        group: asked.group.unwrap_or(WorklistGroup::Due),
        today: state.clock.today(),
        received_since: a_week_before(state.clock.now()),
        longest_window: longest_window(&state.study),
        only: find(&scope, &state, &sites, asked.search.trim()).await?,
        after,
    };
    let mut lines = Vec::new();
    for site in &sites {
        lines.extend(queries::list_group(&scope, &state.db, site, &page, PAGE + 1).await?);
    }
    page.sort(&mut lines);
    let next = (lines.len() > PAGE).then(|| lines.get(PAGE - 1).map(|line| Place::of(line).write())).flatten();
    lines.truncate(PAGE);
    let unplaced = findings::list_unplaced(&scope, &state.db, &sites, page.only.as_deref(), MOST_UNPLACED).await?;
    let n_unplaced = unplaced.len();
    let show_unplaced = page.group == WorklistGroup::Quarantine && page.after.is_none();
    let mut shown: Vec<WorklistLine> = Vec::new();
    if show_unplaced {
        shown.extend(unplaced.into_iter().map(|(patient, site)| unplaced_line(patient, site)));
    }
    shown.extend(lines.into_iter().map(|line| assessment_line(page.today, line)));
    let lines = complete(&scope, &state, page.group, shown).await?;
    page.after = None;
    let mut counts = Vec::with_capacity(GROUPS.len());
    for group in GROUPS {
        page.group = group;
        let n = queries::count_group(&scope, &state.db, &sites, &page).await?;
        let beside = if group == WorklistGroup::Quarantine { n_unplaced } else { 0 };
        counts.push((group, u16::try_from(usize::from(n) + beside).unwrap_or(COUNTED_TO).min(COUNTED_TO)));
    }
    Ok(Json(WorklistReply { counts, lines, next }))
}

fn unknown_place() -> ApiError {
    ApiError::refused("This page of the list is not known. Open the list again from its start.")
}

/// The patients whose number or name begins with the search; `None` when nothing was searched for.
async fn find(
    scope: &NurseScope,
    state: &AppState,
    sites: &[SiteKey],
    search: &str,
) -> Result<Option<Vec<PatientId>>, ApiError> {
    if search.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for site in sites {
        let lines = identity::search(&state.identity, scope, site, search, "", MOST_FOUND).await?;
        found.extend(lines.into_iter().map(|line| line.patient));
    }
    Ok(Some(found))
}

/// An assessment's line, before names and findings are joined to it.
fn assessment_line(today: Date, Line { patient, assessment, standing }: Line) -> WorklistLine {
    WorklistLine {
        state: Some(standing.state(today)),
        due_on: standing.window.map(|window| window.due_on),
        closes_on: standing.window.map(|window| window.closes_on),
        submitted: small(standing.tally.n_submitted),
        questionnaires: small(standing.tally.n_questionnaires),
        received_at: standing.received_at,
        missing: standing.missing,
        assessment: Some(assessment),
        ..unplaced_line(patient, standing.site)
    }
}

/// The line of what was set aside and names no assessment.
const fn unplaced_line(patient: PatientId, site: SiteKey) -> WorklistLine {
    WorklistLine {
        patient: PatientLine { birth_date: None, patient, registry_number: String::new(), name: String::new(), site },
        assessment: None,
        state: None,
        due_on: None,
        closes_on: None,
        submitted: 0,
        questionnaires: 0,
        received_at: None,
        findings: Vec::new(),
        missing: None,
    }
}

/// Joins names from the identity side, where a patient is known there, and what there is to look at.
async fn complete(
    scope: &NurseScope,
    state: &AppState,
    group: WorklistGroup,
    mut lines: Vec<WorklistLine>,
) -> Result<Vec<WorklistLine>, ApiError> {
    let patients: BTreeSet<_> = lines.iter().map(|line| line.patient.patient).collect();
    let patients: Vec<_> = patients.into_iter().collect();
    let people = identity::list_lines(&state.identity, scope, &patients).await?;
    let found = match group {
        WorklistGroup::Flags | WorklistGroup::Quarantine | WorklistGroup::Conflict => {
            findings::list(&mut state.db.snapshot().await?, &patients).await?
        }
        WorklistGroup::Closing | WorklistGroup::Due | WorklistGroup::Overdue | WorklistGroup::Received => {
            findings::Found::new()
        }
    };
    for line in &mut lines {
        let patient = line.patient.patient;
        if let Some(known) = people.get(&patient) {
            line.patient = known.clone();
        }
        let of_patient = found.get(&patient).map_or(&[][..], Vec::as_slice);
        line.findings = unseen(of_patient, group, line.assessment.as_ref());
    }
    Ok(lines)
}

/// What a group shows of an assessment's findings: its own kind, as far as nobody has looked at it.
fn unseen(found: &[FindingLine], group: WorklistGroup, assessment: Option<&AssessmentId>) -> Vec<Finding> {
    let is_of = |finding: &Finding| match finding {
        Finding::Flag { .. } => group == WorklistGroup::Flags,
        Finding::Conflict { .. } => group == WorklistGroup::Conflict,
        Finding::SetAside { .. } => group == WorklistGroup::Quarantine,
    };
    let shown = found.iter().filter(|it| it.looked.is_none() && it.assessment.as_ref() == assessment);
    shown.map(|it| &it.finding).filter(|it| is_of(it)).cloned().collect()
}

fn small(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

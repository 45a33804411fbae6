//! `POST /api/worklist`: what asks for a nurse's eye at her sites.

use std::collections::BTreeSet;

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{PatientLine, WorklistGroup, WorklistLine, WorklistReply, WorklistRequest},
    id::{PatientId, SiteKey},
    time::Date,
};

use super::{Line, Page, Place, a_week_before, longest_window, queries};
use crate::{
    assessments::refresh,
    auth::guard::NurseScope,
    error::{ApiError, Body},
    identity,
    state::AppState,
};

/// Lines on a page.
const PAGE: usize = 50;

/// Patients of one site that a search takes in.
const MOST_FOUND: u32 = 100;

/// The groups, in the order they are shown.
const GROUPS: [WorklistGroup; 5] = [
    WorklistGroup::Closing,
    WorklistGroup::Due,
    WorklistGroup::Overdue,
    WorklistGroup::Received,
    WorklistGroup::Attention,
];

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
    let lines = name(&scope, &state, page.today, lines).await?;
    page.after = None;
    let mut counts = Vec::with_capacity(GROUPS.len());
    for group in GROUPS {
        page.group = group;
        counts.push((group, queries::count_group(&scope, &state.db, &sites, &page).await?));
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

/// Joins names from the identity side; a patient it does not know keeps the pseudonym.
async fn name(
    scope: &NurseScope,
    state: &AppState,
    today: Date,
    lines: Vec<Line>,
) -> Result<Vec<WorklistLine>, ApiError> {
    let patients: BTreeSet<_> = lines.iter().map(|line| line.patient).collect();
    let patients: Vec<_> = patients.into_iter().collect();
    let people = identity::list_lines(&state.identity, scope, &patients).await?;
    let named = |line: Line| {
        let Line { patient, assessment, standing } = line;
        let unnamed = || PatientLine {
            birth_date: None,
            patient,
            registry_number: String::new(),
            name: String::new(),
            site: standing.site.clone(),
        };
        WorklistLine {
            patient: people.get(&patient).cloned().unwrap_or_else(unnamed),
            state: standing.state(today),
            due_on: standing.window.map(|window| window.due_on),
            closes_on: standing.window.map(|window| window.closes_on),
            submitted: small(standing.tally.n_submitted),
            questionnaires: small(standing.tally.n_questionnaires),
            received_at: standing.received_at,
            conflict: standing.conflict,
            missing: standing.missing,
            assessment,
        }
    };
    Ok(lines.into_iter().map(named).collect())
}

fn small(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

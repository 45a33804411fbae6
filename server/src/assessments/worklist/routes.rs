//! `POST /api/worklist`: what asks for a nurse's eye at her sites.

use std::collections::BTreeSet;

use axum::{Json, Router, extract::State, routing::post};
use shared::{
    api::{Finding, FindingLine, WorklistGroup, WorklistLine, WorklistReply, WorklistRequest, WorklistSort},
    id::{PatientId, SiteKey},
};

use super::{COUNTED_TO, Page, a_week_before, longest_window, queries, reading};
use crate::{
    assessments::refresh,
    auth::guard::NurseScope,
    error::{ApiError, Body},
    findings, identity,
    state::AppState,
};

/// Patients of one site that a search takes in.
const MOST_FOUND: u32 = 100;

/// The groups, in the order they are shown.
const GROUPS: [WorklistGroup; 9] = [
    WorklistGroup::Closing,
    WorklistGroup::Due,
    WorklistGroup::Overdue,
    WorklistGroup::Silent,
    WorklistGroup::Unsent,
    WorklistGroup::Received,
    WorklistGroup::Flags,
    WorklistGroup::Quarantine,
    WorklistGroup::Conflict,
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
    findings::refresh(&state.db, &state.study, &state.catalog).await?;
    refresh(&state.db, &state.study).await?;
    let mut page = Page {
        group: asked.group.unwrap_or(WorklistGroup::Due),
        today: state.clock.today(),
        received_since: a_week_before(state.clock.now()),
        longest_window: longest_window(&state.study),
        sort: asked.sort.map(|sort| (sort, asked.down)),
        only: find(&scope, &state, &sites, asked.search.trim()).await?,
        after: None,
    };
    let counts = count(&scope, &state, &sites, &mut page).await?;
    check_sort(&page, &counts)?;
    let (lines, next) = reading::read(&scope, &state, &sites, &mut page, asked.after.as_deref()).await?;
    let mut lines = complete(&scope, &state, page.group, lines).await?;
    sort_by_names(&mut lines, page.sort);
    Ok(Json(WorklistReply { counts, lines, next }))
}

/// How many lines each group has, counted to 100 at most.
async fn count(
    scope: &NurseScope,
    state: &AppState,
    sites: &[SiteKey],
    page: &mut Page,
) -> sqlx::Result<Vec<(WorklistGroup, u16)>> {
    let asked = page.group;
    let mut counts = Vec::with_capacity(GROUPS.len());
    for group in GROUPS {
        page.group = group;
        let mut n = if group == WorklistGroup::Unsent {
            queries::count_devices(scope, &state.db, sites, page).await?
        } else {
            queries::count_group(scope, &state.db, sites, page).await?
        };
        if group == WorklistGroup::Quarantine {
            let only = page.only.as_deref();
            let beside = findings::list_unplaced(scope, &state.db, sites, only, reading::MOST_UNPLACED).await?.len();
            n = n.saturating_add(u16::try_from(beside).unwrap_or(COUNTED_TO));
        }
        counts.push((group, n.min(COUNTED_TO)));
    }
    page.group = asked;
    Ok(counts)
}

/// Refuses an order that the group does not have, or is too long for.
fn check_sort(page: &Page, counts: &[(WorklistGroup, u16)]) -> Result<(), ApiError> {
    let Some((sort, _)) = page.sort else { return Ok(()) };
    if !sort.is_of(page.group) {
        return Err(ApiError::refused("This group is not sorted so. Leave the order out, or ask for another."));
    }
    let n = counts.iter().find(|(group, _)| *group == page.group).map_or(0, |(_, n)| *n);
    if !sort.is_for_any_length() && n >= COUNTED_TO {
        let detail = "This group has 100 lines or more, and can be sorted by number or name only below that. Choose a \
                      site or search first.";
        return Err(ApiError::refused(detail));
    }
    Ok(())
}

/// Names are on the identity side: a group that was read whole is put in their order here.
fn sort_by_names(lines: &mut [WorklistLine], sort: Option<(WorklistSort, bool)>) {
    let Some((by @ (WorklistSort::Number | WorklistSort::Name), down)) = sort else { return };
    lines.sort_by_cached_key(|line| {
        let number = identity::fold(&line.patient.registry_number);
        let name = if by == WorklistSort::Name { identity::fold(&line.patient.name) } else { String::new() };
        (name, number)
    });
    if down {
        lines.reverse();
    }
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
        WorklistGroup::Flags | WorklistGroup::Quarantine | WorklistGroup::Conflict | WorklistGroup::Unsent => {
            findings::list(&mut state.db.snapshot().await?, &patients).await?
        }
        WorklistGroup::Closing
        | WorklistGroup::Due
        | WorklistGroup::Overdue
        | WorklistGroup::Silent
        | WorklistGroup::Received => findings::Found::new(),
    };
    for line in &mut lines {
        let patient = line.patient.patient;
        if let Some(known) = people.get(&patient) {
            line.patient = known.clone();
        }
        let of_patient = found.get(&patient).map_or(&[][..], Vec::as_slice);
        line.findings = unseen(of_patient, group, line);
    }
    Ok(lines)
}

/// What a line of a group shows of a patient's findings: its own kind, as far as nobody has looked at it.
fn unseen(found: &[FindingLine], group: WorklistGroup, line: &WorklistLine) -> Vec<Finding> {
    let is_of = |finding: &Finding| match finding {
        Finding::Flag { .. } => group == WorklistGroup::Flags,
        Finding::Conflict { .. } => group == WorklistGroup::Conflict,
        Finding::SetAside { .. } => group == WorklistGroup::Quarantine,
        Finding::LocalLoss { device, .. } => line.unsent.as_ref().is_some_and(|unsent| unsent.device == *device),
    };
    let shown = found.iter().filter(|it| it.looked.is_none() && it.assessment == line.assessment);
    shown.map(|it| &it.finding).filter(|it| is_of(it)).cloned().collect()
}

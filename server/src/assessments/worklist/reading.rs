//! What of a group is shown: a page of it in its order, or all of it where names decide the order.

use shared::{
    api::{PatientLine, WorklistGroup, WorklistLine, WorklistSort},
    id::{DeviceId, PatientId, SiteKey},
    time::Date,
};

use super::{COUNTED_TO, Line, Page, Place, queries};
use crate::{auth::guard::NurseScope, error::ApiError, findings, state::AppState};

/// Lines on a page.
const PAGE: usize = 50;

/// Lines of what was set aside and names no assessment: the first of them stand before the others.
pub(super) const MOST_UNPLACED: usize = 100;

/// Lines, and where the next page begins.
type Shown = (Vec<WorklistLine>, Option<String>);

/// Reads the part of a group that is asked for, after a place written by the page before.
pub(super) async fn read(
    scope: &NurseScope,
    state: &AppState,
    sites: &[SiteKey],
    page: &mut Page,
    after: Option<&str>,
) -> Result<Shown, ApiError> {
    if page.group == WorklistGroup::Unsent {
        return read_devices(scope, state, sites, page, after).await;
    }
    page.after = after.map(|after| Place::parse(after).ok_or_else(unknown_place)).transpose()?;
    let limit = if page.is_read_whole() { usize::from(COUNTED_TO) } else { PAGE };
    let mut lines = match page.sort {
        Some((WorklistSort::Site, down)) => read_by_site(scope, state, sites, page, down).await?,
        _ => read_merged(scope, state, sites, page, limit).await?,
    };
    let next = (lines.len() > limit).then(|| lines.get(limit - 1).map(|line| Place::of(line).write())).flatten();
    lines.truncate(limit);
    let mut shown: Vec<WorklistLine> = Vec::new();
    if page.group == WorklistGroup::Quarantine && page.after.is_none() {
        let unplaced = findings::list_unplaced(scope, &state.db, sites, page.only.as_deref(), MOST_UNPLACED).await?;
        shown.extend(unplaced.into_iter().map(|(patient, site)| patient_line(patient, site)));
    }
    shown.extend(lines.into_iter().map(|line| assessment_line(page.today, line)));
    Ok((shown, next))
}

/// The sites' lines in one order.
async fn read_merged(
    scope: &NurseScope,
    state: &AppState,
    sites: &[SiteKey],
    page: &Page,
    limit: usize,
) -> sqlx::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for site in sites {
        lines.extend(queries::list_group(scope, &state.db, site, page, limit + 1).await?);
    }
    page.sort_lines(&mut lines);
    Ok(lines)
}

/// One site's lines after the other's, in the study's order of sites.
async fn read_by_site(
    scope: &NurseScope,
    state: &AppState,
    sites: &[SiteKey],
    page: &mut Page,
    down: bool,
) -> sqlx::Result<Vec<Line>> {
    let in_study = |site: &SiteKey| state.study.sites.iter().position(|it| it.key == *site);
    let mut ordered = sites.to_vec();
    ordered.sort_by_key(in_study);
    if down {
        ordered.reverse();
    }
    let place = page.after.take();
    let mut lines = Vec::new();
    let begins_at = place.as_ref().and_then(|place| ordered.iter().position(|site| *site == place.site)).unwrap_or(0);
    for site in ordered.into_iter().skip(begins_at) {
        page.after = place.clone().filter(|place| place.site == site);
        lines.extend(queries::list_group(scope, &state.db, &site, page, PAGE + 1).await?);
        if lines.len() > PAGE {
            break;
        }
    }
    page.after = place;
    Ok(lines)
}

/// Devices that ask for a look, those that ask longest first.
async fn read_devices(
    scope: &NurseScope,
    state: &AppState,
    sites: &[SiteKey],
    page: &Page,
    after: Option<&str>,
) -> Result<Shown, ApiError> {
    let place = |text: &str| -> Option<(i64, DeviceId)> {
        let (since, device) = text.split_once('~')?;
        Some((since.parse().ok()?, device.parse().ok()?))
    };
    let after = after.map(|text| place(text).ok_or_else(unknown_place)).transpose()?;
    let limit = if page.is_read_whole() { usize::from(COUNTED_TO) } else { PAGE };
    let mut devices = queries::list_devices(scope, &state.db, sites, page, after, limit + 1).await?;
    let more = devices.len() > limit;
    devices.truncate(limit);
    let next = devices.last().filter(|_| more).map(|last| format!("{}~{}", last.asks_since, last.unsent.device));
    let line = |device: queries::DeviceLine| WorklistLine {
        unsent: Some(device.unsent),
        ..patient_line(device.patient, device.site)
    };
    Ok((devices.into_iter().map(line).collect(), next))
}

fn unknown_place() -> ApiError {
    ApiError::refused("This page of the list is not known. Open the list again from its start.")
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
        ..patient_line(patient, standing.site)
    }
}

/// A line about a patient, whatever it is.
const fn patient_line(patient: PatientId, site: SiteKey) -> WorklistLine {
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
        unsent: None,
    }
}

fn small(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

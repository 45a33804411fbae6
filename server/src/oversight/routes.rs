//! `POST /api/audit`, `POST /api/devices`, `POST /api/quarantine`: lists by pages, newest first.

use std::str::FromStr;

use axum::{Json, Router, extract::State, routing::post};
use jiff::ToSpan as _;
use shared::{
    api::{AuditLine, AuditRequest, DeviceOversight, DevicesRequest, Page, QuarantineLine, QuarantineRequest},
    id::DeviceId,
    time::{Date, Timestamp},
};

use super::queries;
use crate::{
    audit::{self, Operation},
    auth::guard::ManagerScope,
    clock::paris,
    db::millis,
    error::{ApiError, Body},
    state::AppState,
};

/// Lines on a page.
const PAGE: usize = 50;

/// The routes of a data manager's lists.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/audit", post(list_audit))
        .route("/api/devices", post(list_devices))
        .route("/api/quarantine", post(list_quarantine))
}

fn unknown_place<E>(_: E) -> ApiError {
    ApiError::refused("This page of the list is not known. Open it again from its start.")
}

fn place<T: FromStr>(after: Option<&str>) -> Result<Option<T>, ApiError> {
    after.map(|text| text.parse().map_err(unknown_place)).transpose()
}

/// The lines of a page that was asked for with one line more, and where the next one goes on.
fn page<T>(mut lines: Vec<T>, place: impl Fn(&T) -> String) -> Json<Page<T>> {
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(place);
    Json(Page { lines, next })
}

/// When a civil day begins in Europe/Paris.
fn beginning(day: Date) -> Result<Timestamp, ApiError> {
    let out_of_reach = |_| ApiError::refused("This day is out of reach. Choose another.");
    Ok(day.to_zoned(paris()).map_err(out_of_reach)?.timestamp())
}

/// Opening the trail is itself an entry; going on in it is not.
async fn list_audit(
    scope: ManagerScope,
    State(state): State<AppState>,
    Body(asked): Body<AuditRequest>,
) -> Result<Json<Page<AuditLine>>, ApiError> {
    if let Some(word) = &asked.operation
        && !Operation::ALL.iter().any(|operation| operation.word() == word)
    {
        return Err(ApiError::refused("The trail has no such operation. Choose one of the list."));
    }
    let day_after = asked.to.map(|to| to.checked_add(1.day())).transpose();
    let day_after = day_after.map_err(|_| ApiError::refused("This day is out of reach. Choose another."))?;
    let within = queries::Within {
        from: asked.from.map(beginning).transpose()?.map(millis),
        before: day_after.map(beginning).transpose()?.map(millis),
    };
    let after = place(asked.after.as_deref())?;
    if after.is_none() {
        let entry = audit::Entry {
            operation: Operation::ReadAudit,
            staff: scope.staff(),
            device: None,
            patient: asked.patient,
            detail: String::new(),
        };
        audit::append_alone(&state.db, &entry, state.clock.now()).await?;
    }
    let lines = queries::list_audit(&scope, &state.db, &asked, &within, after, PAGE + 1).await?;
    Ok(page(lines, |line| line.number.to_string()))
}

async fn list_devices(
    scope: ManagerScope,
    State(state): State<AppState>,
    Body(asked): Body<DevicesRequest>,
) -> Result<Json<Page<DeviceOversight>>, ApiError> {
    let after = match asked.after.as_deref() {
        None => None,
        Some(text) => {
            let (at, device) = text.split_once('~').ok_or(()).map_err(unknown_place)?;
            let at: Timestamp = at.parse().map_err(unknown_place)?;
            Some((millis(at), device.parse::<DeviceId>().map_err(unknown_place)?))
        }
    };
    let lines = queries::list_devices(&scope, &state.db, asked.group, after, PAGE + 1).await?;
    Ok(page(lines, |line| format!("{}~{}", line.enrolled_at, line.device)))
}

async fn list_quarantine(
    scope: ManagerScope,
    State(state): State<AppState>,
    Body(asked): Body<QuarantineRequest>,
) -> Result<Json<Page<QuarantineLine>>, ApiError> {
    let after = place(asked.after.as_deref())?;
    let lines = queries::list_quarantine(&scope, &state.db, asked.looked_at, after, PAGE + 1).await?;
    Ok(page(lines, |line| line.number.to_string()))
}

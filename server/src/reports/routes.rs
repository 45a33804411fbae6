//! `GET /api/completion` and `GET /api/trajectory`, for investigators.

use axum::{Json, Router, extract::State, routing::get};
use serde::Deserialize;
use shared::{
    api::{CompletionReply, TrajectoryPoint, TrajectoryReply},
    id::{InstrumentKey, ScaleCode},
    scoring::ENGINE_VERSION,
    study::Timepoint,
};

use super::{completion, queries};
use crate::{
    assessments,
    auth::guard::InvestigatorScope,
    error::{ApiError, Query},
    scores,
    state::AppState,
    statistics::{SMALLEST_CELL, mean},
};

/// The routes of the reports.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/completion", get(completion)).route("/api/trajectory", get(trajectory))
}

async fn completion(
    scope: InvestigatorScope,
    State(state): State<AppState>,
) -> Result<Json<CompletionReply>, ApiError> {
    let as_of = state.clock.today();
    assessments::refresh(&state.db, &state.study).await?;
    let due = queries::list_due(&scope, &state.db, as_of).await?;
    let came = queries::list_came(&scope, &state.db, as_of).await?;
    let reasons = completion::reasons(queries::list_reasons(&scope, &state.db, as_of).await?);
    Ok(Json(CompletionReply { as_of, rows: completion::rows(&state.study, &due, &came), reasons }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    instrument: InstrumentKey,
    scale: ScaleCode,
}

async fn trajectory(
    scope: InvestigatorScope,
    State(state): State<AppState>,
    Query(asked): Query<Parameters>,
) -> Result<Json<TrajectoryReply>, ApiError> {
    let definition = state.catalog.find_latest(&asked.instrument);
    let found =
        definition.and_then(|it| it.scales.iter().find(|scale| scale.code == asked.scale).map(|scale| (it, scale)));
    let (definition, scale) = found.ok_or_else(ApiError::not_found)?;
    let mut values = scores::values_by_timepoint(&scope, &state, &definition.instrument, &scale.code).await?;
    let timepoints = state.study.timepoints.iter();
    let points = timepoints.filter_map(|it| values.remove(&it.key).map(|values| point(it, &values))).collect();
    Ok(Json(TrajectoryReply {
        instrument: definition.instrument.clone(),
        scale: scale.code.clone(),
        label: scale.label.clone(),
        higher: scale.higher,
        range: scale.range,
        engine: ENGINE_VERSION.to_owned(),
        as_of: state.clock.today(),
        points,
    }))
}

/// The mean at a timepoint; nothing of it when few patients are behind it.
fn point(timepoint: &Timepoint, values: &[f64]) -> TrajectoryPoint {
    let shown = values.len() >= SMALLEST_CELL;
    TrajectoryPoint {
        timepoint: timepoint.key.clone(),
        target_day: timepoint.target_day,
        n: u32::try_from(values.len()).ok().filter(|_| shown),
        mean: mean(values).filter(|_| shown).map(|it| [it.value, it.low, it.high]),
    }
}

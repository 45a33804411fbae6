//! The study as staff pages name it: labels of sites, timepoints, instruments and scales.

use axum::{Json, Router, extract::State, routing::get};
use shared::{
    api::{InstrumentOutline, ScaleOutline, StudyReply},
    id::{InstrumentVersion, Language},
    instrument::{Definition, catalog::Catalog},
    study::Study,
};

use crate::{auth::guard::StaffScope, state::AppState};

/// The route of the study.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/study", get(read))
}

async fn read(State(state): State<AppState>, _: StaffScope) -> Json<StudyReply> {
    Json(StudyReply { study: state.study.as_ref().clone(), instruments: outlines(&state.study, &state.catalog) })
}

/// Every instrument version that the study asks, in the catalogue's order.
fn outlines(study: &Study, catalog: &Catalog) -> Vec<InstrumentOutline> {
    let asked: Vec<&InstrumentVersion> =
        study.batteries.values().flat_map(|battery| &battery.instruments).map(|entry| &entry.instrument).collect();
    catalog.definitions().filter(|definition| asked.contains(&&definition.instrument)).map(outline).collect()
}

fn outline(definition: &Definition) -> InstrumentOutline {
    let scales = definition.scales.iter().map(|scale| ScaleOutline {
        code: scale.code.clone(),
        label: Language::parse("en").into_iter().map(|english| (english, scale.label.clone())).collect(),
        range: scale.range,
        higher: scale.higher,
    });
    InstrumentOutline {
        instrument: definition.instrument.clone(),
        title: definition.title.clone(),
        scales: scales.collect(),
    }
}

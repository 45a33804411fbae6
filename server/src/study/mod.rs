//! The study as staff pages name it: labels of sites, timepoints, instruments and scales.

use axum::{Json, Router, extract::State, routing::get};
use shared::{
    api::{InstrumentOutline, ScaleOutline, StudyReply},
    id::{InstrumentVersion, Language},
    instrument::{Definition, StaffLabels, catalog::Catalog},
    study::{Labels, Study},
};

use crate::{auth::guard::StaffScope, state::AppState};

/// The route of the study.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/study", get(read))
}

async fn read(State(state): State<AppState>, _: StaffScope) -> Json<StudyReply> {
    Json(StudyReply { study: state.study.as_ref().clone(), instruments: outlines(&state.study, &state.catalog) })
}

/// Every instrument version that the study asks, in the order of its batteries; of those asked in part, that part.
fn outlines(study: &Study, catalog: &Catalog) -> Vec<InstrumentOutline> {
    let mut asked: Vec<&InstrumentVersion> = Vec::new();
    for entry in study.batteries.values().flat_map(|battery| &battery.instruments) {
        if !asked.contains(&&entry.instrument) {
            asked.push(&entry.instrument);
        }
    }
    asked.into_iter().filter_map(|instrument| catalog.find_asked(instrument)).map(outline).collect()
}

fn outline(definition: &Definition) -> InstrumentOutline {
    let topics = definition.items.iter().map(|item| {
        let other = |labels: &StaffLabels| labels.topics.get(&item.code).cloned();
        (item.code.clone(), in_all_languages(definition, &item.topic, other))
    });
    let scales = definition.scales.iter().map(|scale| ScaleOutline {
        code: scale.code.clone(),
        label: in_all_languages(definition, &scale.label, |labels| labels.scales.get(&scale.code).cloned()),
        range: scale.range,
        higher: scale.higher,
    });
    InstrumentOutline {
        instrument: definition.instrument.clone(),
        title: definition.title.clone(),
        topics: topics.collect(),
        scales: scales.collect(),
    }
}

/// A label in English, which every definition has, and in whatever other language it gives.
fn in_all_languages(definition: &Definition, english: &str, other: impl Fn(&StaffLabels) -> Option<String>) -> Labels {
    let others = definition.labels.iter().filter_map(|(language, labels)| Some((language.clone(), other(labels)?)));
    Language::parse("en").into_iter().map(|language| (language, english.to_owned())).chain(others).collect()
}

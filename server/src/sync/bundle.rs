//! The bundle: all that a device needs to work without network, replaced whole when it changes.

use sha2::{Digest, Sha256};
use shared::{
    id::InstrumentVersion,
    instrument::{InstrumentSheet, catalog::Catalog},
    schedule::Facts,
    study::Study,
    sync::protocol::PatientBundle,
};

use crate::{db::hex, patients::Patient};

/// Makes a patient's bundle.
///
/// # Errors
/// When a part of it has no JSON form, which no study or definition that was read has.
pub(super) fn bundle(
    study: &Study,
    catalog: &Catalog,
    patient: Patient,
    facts: Facts,
    words: Option<String>,
) -> Result<PatientBundle, serde_json::Error> {
    let sheets = sheets(study, catalog, &facts);
    let mut bundle = PatientBundle {
        revision: String::new(),
        patient: patient.patient,
        site: patient.site,
        language: patient.language,
        study: study.for_devices(),
        facts,
        sheets,
        words,
    };
    bundle.revision = hex(&Sha256::digest(serde_json::to_vec(&bundle)?));
    Ok(bundle)
}

/// Every instrument this patient can be asked, or has begun, in every language of the study.
fn sheets(study: &Study, catalog: &Catalog, facts: &Facts) -> Vec<InstrumentSheet> {
    let entries = study.batteries.values().flat_map(|battery| &battery.instruments);
    let begun = |key| facts.progress.iter().any(|progress| progress.instrument == key);
    let mut versions: Vec<&InstrumentVersion> = entries
        .filter(|entry| entry.is_for(&facts.hemopathy) || begun(entry.instrument.key.clone()))
        .map(|entry| &entry.instrument)
        .collect();
    versions.sort_by_key(|version| (version.key.clone(), version.version.clone()));
    versions.dedup();
    versions
        .into_iter()
        .flat_map(|version| study.languages.iter().filter_map(|language| catalog.sheet(version, language)))
        .collect()
}

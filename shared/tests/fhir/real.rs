//! 172 real questionnaires: each imports, or is refused with its reasons named.

use std::collections::BTreeMap;

use shared::{
    fhir::{
        Problem,
        import::{Naming, import},
    },
    id::InstrumentVersion,
    instrument::catalog::Catalog,
};

use crate::corpus::{errors, json, names, now, read};

/// What one real file comes to.
pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) n_items: usize,
    /// Whether it holds together and can be evaluated.
    pub(crate) checked: Verdict,
    /// Whether the app can ask it.
    pub(crate) verdict: Verdict,
    /// Reasons it is refused for, with how often.
    pub(crate) reasons: BTreeMap<String, usize>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Pass,
    /// Refused for features that the app lacks, each named.
    Unsupported,
    /// Refused for what R4 forbids.
    Refused,
}

pub(crate) fn outcomes() -> Vec<Outcome> {
    names("questionnaires").into_iter().map(outcome).collect()
}

fn naming() -> Naming {
    let instrument = InstrumentVersion { key: "imported".parse().unwrap(), version: "1".to_owned() };
    Naming { instrument, language: "en".parse().unwrap(), owner: None, licence: None }
}

fn outcome(name: String) -> Outcome {
    let source = json(&format!("questionnaires/{name}"));
    let (form, mut problems) = read(&source);
    let checked = verdict(&problems);
    if let Some(form) = &form {
        match import(form, &naming()) {
            Ok(made) => {
                let mut catalog = Catalog::default();
                catalog.add_definition(&name, &toml::to_string(&made.definition).unwrap()).unwrap();
                for pack in &made.packs {
                    catalog.add_pack(&name, &toml::to_string(pack).unwrap()).unwrap();
                }
            }
            Err(found) => problems = found,
        }
    }
    let errors = errors(&problems);
    let mut reasons = BTreeMap::new();
    for error in &errors {
        *reasons.entry(error.unsupported.clone().unwrap_or_else(|| error.message.clone())).or_default() += 1;
    }
    let n_items = form.map_or(0, |form| form.n_items());
    Outcome { name, n_items, checked, verdict: verdict(&problems), reasons }
}

fn verdict(problems: &[Problem]) -> Verdict {
    let errors = errors(problems);
    match errors.iter().all(|error| error.unsupported.is_some()) {
        true if errors.is_empty() => Verdict::Pass,
        true => Verdict::Unsupported,
        false => Verdict::Refused,
    }
}

#[test]
fn every_real_file_imports_or_is_refused_with_its_reasons() {
    let outcomes = outcomes();
    let count = |of: fn(&Outcome) -> Verdict| {
        let counts = |verdict| outcomes.iter().filter(|outcome| of(outcome) == verdict).count();
        [Verdict::Pass, Verdict::Unsupported, Verdict::Refused].map(counts)
    };
    let (checked, imported) = (count(|outcome| outcome.checked), count(|outcome| outcome.verdict));
    println!("{} files; pass, unsupported, refused: checked {checked:?}, imported {imported:?}", outcomes.len());
    assert_eq!(outcomes.len(), 172);
    assert_eq!(checked, [121, 41, 10]);
    assert_eq!(imported, [68, 94, 10]);
}

#[test]
fn what_is_read_is_kept_whole() {
    for folder in ["questionnaires", "edge"] {
        for name in names(folder) {
            let source = json(&format!("{folder}/{name}"));
            if let (Some(form), _) = read(&source) {
                let written = serde_json::to_string(form.source()).unwrap();
                assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), source, "{name}");
            }
        }
    }
}

#[test]
fn real_responses_are_evaluated_and_reviewed() {
    let index = std::fs::read(crate::corpus::path("INDEX.csv")).unwrap();
    let mut n_responses = 0;
    for row in csv::Reader::from_reader(index.as_slice()).deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let Some(questionnaire) = row["note"].strip_prefix("answers ").filter(|_| row["kind"] == "response") else {
            continue;
        };
        let response = json(row["file"].trim_end_matches(".json"));
        let (form, _) = read(&json(questionnaire.trim_end_matches(".json")));
        let form = form.unwrap();
        let state = form.evaluate(Some(&response), &now());
        assert!(state.enabled.len() >= form.n_items().min(1), "{}", row["file"]);
        assert!(!state.problems.iter().any(|problem| problem.message.contains("never settle")), "{}", row["file"]);
        let _ = form.review(&response, &now());
        n_responses += 1;
    }
    assert_eq!(n_responses, 36);
}

//! 172 real questionnaires: each imports, or is refused with its reasons named.

use std::collections::BTreeMap;

use crate::corpus::{errors, json, names, now, read};

/// What one real file comes to.
pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) n_items: usize,
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

fn outcome(name: String) -> Outcome {
    let source = json(&format!("questionnaires/{name}"));
    let (form, problems) = read(&source);
    let errors = errors(&problems);
    let mut reasons = BTreeMap::new();
    for error in &errors {
        *reasons.entry(error.unsupported.clone().unwrap_or_else(|| error.message.clone())).or_default() += 1;
    }
    let verdict = match errors.iter().all(|error| error.unsupported.is_some()) {
        true if errors.is_empty() => Verdict::Pass,
        true => Verdict::Unsupported,
        false => Verdict::Refused,
    };
    Outcome { name, n_items: form.map_or(0, |form| form.n_items()), verdict, reasons }
}

#[test]
fn every_real_file_imports_or_is_refused_with_its_reasons() {
    let outcomes = outcomes();
    let count = |verdict| outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
    let counts = [Verdict::Pass, Verdict::Unsupported, Verdict::Refused].map(count);
    println!("{} files: pass, unsupported, refused {counts:?}", outcomes.len());
    assert_eq!(outcomes.len(), 172);
    assert_eq!(counts, [121, 41, 10]);
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

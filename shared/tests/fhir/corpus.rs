//! Reading the corpus.

use std::{fs, path::PathBuf};

use serde_json::Value;
use shared::fhir::{Form, Now, Problem, Severity, ValueSets};

/// A folder or file of the corpus.
pub(crate) fn path(name: &str) -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration file")]
    let given = std::env::var("RESSENTI_SHARED").map(PathBuf::from);
    let shared = given.unwrap_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"));
    shared.join("data/fhir").join(name)
}

/// The names in a folder, sorted, without their ending.
pub(crate) fn names(folder: &str) -> Vec<String> {
    let folder = path(folder);
    let listed = fs::read_dir(&folder).unwrap_or_else(|error| {
        panic!("{}: {error}; set RESSENTI_SHARED to the folder that holds data/fhir", folder.display())
    });
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap().trim_end_matches(".json").to_owned();
    let mut names: Vec<String> = listed.map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

/// A JSON file, named without its ending.
pub(crate) fn json(name: &str) -> Value {
    let path = path(&format!("{name}.json"));
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a form, and all that is wrong with it.
pub(crate) fn read(source: &Value) -> (Option<Form>, Vec<Problem>) {
    match Form::read(source.clone(), &ValueSets::default()) {
        Ok(form) => {
            let problems = form.problems().to_vec();
            (Some(form), problems)
        }
        Err(problems) => (None, problems),
    }
}

/// The findings that refuse.
pub(crate) fn errors(problems: &[Problem]) -> Vec<&Problem> {
    problems.iter().filter(|problem| problem.severity == Severity::Error).collect()
}

/// The day on which the oracle's engines ran.
pub(crate) fn now() -> Now {
    Now::at("2026-11-22T17:24:24Z".parse().unwrap(), "2026-11-22".parse().unwrap())
}

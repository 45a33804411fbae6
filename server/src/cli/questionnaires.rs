//! `ressenti questionnaire`: questionnaires of other systems (FHIR R4), checked, evaluated, imported.
//!
//! Exit code 0: nothing found that is an error; 1: something was; 2: a file could not be read.

mod files;
mod import;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;
use shared::{
    fhir::{Form, Now, Problem, Severity, ValueSets},
    time::Timestamp,
};

use super::say;
use crate::clock::{Clock, civil_date};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what is wrong with questionnaires, and with responses to them
    Check {
        /// Questionnaires, and responses to any of them
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// One JSON object a line: file, path, linkId, severity, message
        #[arg(long)]
        json: bool,
        /// Value sets the questionnaires refer to, as FHIR files that list their codes, or bundles of them
        #[arg(long, value_name = "FILE")]
        value_sets: Vec<PathBuf>,
    },
    /// Print what is enabled and calculated, as JSON
    Evaluate {
        /// The questionnaire
        questionnaire: PathBuf,
        /// The answers as typed; without it, the form as first opened
        response: Option<PathBuf>,
        /// The instant that `now()` and `today()` stand for [default: now]
        #[arg(long, value_name = "INSTANT")]
        at: Option<Timestamp>,
        /// Value sets the questionnaire refers to
        #[arg(long, value_name = "FILE")]
        value_sets: Vec<PathBuf>,
    },
    /// Make a definition file and wording packs of a questionnaire
    Import(import::Import),
}

/// Runs a command to its end.
pub(super) fn run(command: &Command, clock: &Clock) -> ExitCode {
    let result = match command {
        Command::Check { files, json, value_sets } => check(files, *json, value_sets, &now(clock.now())),
        Command::Evaluate { questionnaire, response, at, value_sets } => {
            let now = now(at.unwrap_or_else(|| clock.now()));
            evaluate(questionnaire, response.as_deref(), value_sets, &now)
        }
        Command::Import(import) => import.run(),
    };
    result.unwrap_or_else(|sentence| {
        complain(&sentence);
        ExitCode::from(2)
    })
}

fn now(at: Timestamp) -> Now {
    Now::at(at, civil_date(at))
}

fn complain(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "ressenti: {sentence}");
}

fn value_sets(paths: &[PathBuf]) -> Result<ValueSets, String> {
    let mut sets = ValueSets::default();
    for path in paths {
        if sets.add(&files::json(path)?) == 0 {
            return Err(format!("{} holds no ValueSet that lists its codes.", path.display()));
        }
    }
    Ok(sets)
}

/// A finding with its file, as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    problem: &'a Problem,
}

fn tell(file: &Path, problem: &Problem, as_json: bool) {
    let file = file.display().to_string();
    if as_json {
        let line = serde_json::to_string(&Line { file: &file, problem }).unwrap_or_default();
        return say(&line);
    }
    let item = problem.link_id.as_ref().map(|link_id| format!(" (linkId {link_id})")).unwrap_or_default();
    say(&format!("{file}: {}: {}{item}: {}", problem.severity.as_str(), problem.path, problem.message));
}

fn check(paths: &[PathBuf], as_json: bool, packs: &[PathBuf], now: &Now) -> Result<ExitCode, String> {
    let packs = value_sets(packs)?;
    let (mut forms, mut responses) = (Vec::new(), Vec::new());
    let (mut has_error, mut is_unread) = (false, false);
    let mut tell_all = |path: &Path, problems: &[Problem]| {
        has_error |= problems.iter().any(|problem| problem.severity == Severity::Error);
        for problem in problems {
            tell(path, problem, as_json);
        }
    };
    for path in paths {
        match files::json(path) {
            Err(sentence) => {
                is_unread = true;
                complain(&sentence);
            }
            Ok(source) if is_response(&source) => responses.push((path, source)),
            Ok(source) => match Form::read(source, &packs) {
                Ok(form) => {
                    tell_all(path, form.problems());
                    forms.push(form);
                }
                Err(problems) => tell_all(path, &problems),
            },
        }
    }
    for (path, response) in &responses {
        let problems = match form_of(&forms, response) {
            Some(form) => form.review(response, now),
            None => vec![unresolved()],
        };
        tell_all(path, &problems);
    }
    Ok(if is_unread { ExitCode::from(2) } else { ExitCode::from(u8::from(has_error)) })
}

fn is_response(source: &Value) -> bool {
    source.get("resourceType").and_then(Value::as_str) == Some("QuestionnaireResponse")
}

/// The form a response names, or the only one there is.
fn form_of<'a>(forms: &'a [Form], response: &Value) -> Option<&'a Form> {
    let named = response.get("questionnaire").and_then(Value::as_str).and_then(|url| url.split('|').next());
    let url = |form: &Form| form.source().get("url").and_then(Value::as_str).map(str::to_owned);
    let found = forms.iter().find(|form| named.is_some() && url(form).as_deref() == named);
    found.or(if let [only] = forms { Some(only) } else { None })
}

fn unresolved() -> Problem {
    Problem {
        path: "QuestionnaireResponse.questionnaire".to_owned(),
        link_id: None,
        severity: Severity::Warning,
        message: "its questionnaire is not among the files, so the answers are not checked".to_owned(),
        unsupported: None,
    }
}

fn evaluate(form: &Path, response: Option<&Path>, packs: &[PathBuf], now: &Now) -> Result<ExitCode, String> {
    let form = files::form(form, &value_sets(packs)?)?;
    let response = response.map(|path| {
        let source = files::json(path)?;
        if is_response(&source) {
            return Ok(source);
        }
        Err(format!("{} is not a FHIR QuestionnaireResponse.", path.display()))
    });
    let state = form.evaluate(response.transpose()?.as_ref(), now);
    say(&serde_json::to_string_pretty(&state).unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

//! `ressenti study`: a study file checked, each fault shown in its line of the file; and the study that is shipped.
//!
//! It needs no database. Exit code 0: the study can be used; 2: it cannot, and why is told.

use std::{
    io::{IsTerminal, stdout},
    path::{Path, PathBuf},
};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use clap::Subcommand;
use serde::Serialize;
use shared::study::{SHIPPED, Severity, StudyFault, review};

use super::say;
use crate::{
    config::{Settings, StartError},
    instruments::{read_catalog, read_text},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what is wrong or odd in a study file, where, and what to do about it
    Check {
        /// The study file
        file: PathBuf,
        /// One JSON object a line: file, line, column, severity, place, problem, hint
        #[arg(long)]
        json: bool,
    },
    /// Print the study file that Ressenti ships, to begin one's own with
    Shipped,
}

/// Runs a command to its end.
pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), StartError> {
    match command {
        Command::Check { file, json } => check(settings, file, *json),
        Command::Shipped => {
            say(SHIPPED.trim_end());
            Ok(())
        }
    }
}

fn check(settings: &Settings, file: &Path, as_json: bool) -> Result<(), StartError> {
    let catalog = read_catalog(settings.instruments())?;
    let text = read_text(file)?;
    let faults = review(&text, &catalog);
    let shown = file.display().to_string();
    for fault in &faults {
        say(&if as_json { line(&shown, fault) } else { drawn(&shown, &text, fault) + "\n" });
    }
    let n_errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
    let n_warnings = faults.len() - n_errors;
    if n_errors > 0 {
        let counted = format!("{} and {}", count(n_errors, "error"), count(n_warnings, "warning"));
        let hint = "mend the places shown and check again; a server does not start with this study";
        return Err(StartError::new(format!("The study file {shown} has {counted}."), hint));
    }
    if !as_json {
        let warned = if n_warnings == 0 { String::new() } else { format!(", with {}", count(n_warnings, "warning")) };
        say(&format!("{shown}: this study can be used{warned}."));
    }
    Ok(())
}

fn count(n: usize, what: &str) -> String {
    match n {
        0 => format!("no {what}s"),
        1 => format!("one {what}"),
        _ => format!("{n} {what}s"),
    }
}

/// A fault for programs.
#[derive(Serialize)]
struct FaultLine<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    severity: Severity,
    place: &'a str,
    problem: &'a str,
    hint: &'a str,
}

fn line(file: &str, fault: &StudyFault) -> String {
    let StudyFault { severity, at, place, problem, hint, .. } = fault;
    let line = FaultLine { file, line: at.line, column: at.column, severity: *severity, place, problem, hint };
    serde_json::to_string(&line).unwrap_or_default()
}

/// A fault for people: what is wrong, the lines of the file it is about, what to do.
fn drawn(file: &str, text: &str, fault: &StudyFault) -> String {
    let level = match fault.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let beside = fault.beside.as_ref().map(|(at, words)| AnnotationKind::Context.span(at.span.clone()).label(words));
    let snippet = Snippet::source(text)
        .path(file)
        .annotation(AnnotationKind::Primary.span(fault.at.span.clone()))
        .annotations(beside);
    let report = level.primary_title(&fault.problem).element(snippet).element(Level::HELP.message(&fault.hint));
    let renderer = if stdout().is_terminal() { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[report])
}

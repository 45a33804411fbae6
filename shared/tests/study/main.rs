//! Study files with a fault each, marked by carets beneath the place that must be named: `# ^^^ error: …`.
//!
//! A line of carets speaks of the last line above that is none; `# help: …` beneath tells the hint.
#![cfg(test)]

use std::{fmt::Write as _, fs, path::Path};

use shared::{
    instrument::catalog::Catalog,
    study::{Severity, Study, StudyFault, review},
};

/// The file without what is said about it.
fn stripped(text: &str) -> String {
    text.lines().filter(|line| !is_said(line)).fold(String::new(), |text, line| text + line + "\n")
}

fn is_said(line: &str) -> bool {
    let said = line.trim_start_matches(['#', ' ']);
    line.starts_with('#') && (said.starts_with('^') || said.starts_with("help: "))
}

/// The file with what the review says about it, as the marked files are written.
fn marked(plain: &str, faults: &[StudyFault]) -> String {
    let mut text = String::new();
    for (number, line) in (1..).zip(plain.lines()) {
        text += line;
        text += "\n";
        for fault in faults.iter().filter(|fault| fault.at.line == number) {
            let severity = match fault.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            // a comment begins with its sign: what begins the line is marked from its second letter on
            let column = fault.at.column.max(2);
            let length =
                plain.get(fault.at.span.clone()).and_then(|it| it.lines().next()).map_or(0, |it| it.chars().count());
            let carets = "^".repeat(length.saturating_sub(column - fault.at.column).max(1));
            let _ = writeln!(text, "#{}{carets} {severity}: {}", " ".repeat(column - 2), fault.problem);
            let _ = writeln!(text, "#{}help: {}", " ".repeat(column - 2), fault.hint);
        }
    }
    text
}

fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/study/faults");
    let mut files = Vec::new();
    for kind in fs::read_dir(folder).expect("the folder") {
        for file in fs::read_dir(kind.expect("a folder").path()).expect("a folder of files") {
            let path = file.expect("a file").path();
            files.push((path.display().to_string(), fs::read_to_string(&path).expect("text")));
        }
    }
    files.sort();
    files
}

#[test]
fn each_fault_is_told_at_its_line_and_column_with_a_way_out() {
    let catalog = Catalog::shipped().expect("the shipped instruments");
    let files = files();
    assert!(files.len() > 20, "the files are there");
    for (path, text) in files {
        let plain = stripped(&text);
        let told = marked(&plain, &review(&plain, &catalog));
        assert_ne!(plain, text, "{path} says nothing about itself");
        assert!(told == text, "{path}: the review says\n{told}");
    }
}

#[test]
fn the_server_refuses_what_is_an_error_and_takes_what_is_a_warning() {
    let catalog = Catalog::shipped().expect("the shipped instruments");
    for (path, text) in files() {
        let refused = Study::parse_toml_with(&stripped(&text), &catalog).is_err();
        assert_eq!(refused, text.contains("^ error: "), "{path}");
    }
}

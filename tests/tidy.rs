//! The repository's own rules, each a test: what ARCHITECTURE.md and CONVENTIONS promise stays true.
//!
//! A rule reads tracked texts and answers with findings. Each rule is also shown a text that breaks it, so that a
//! rule which has gone blind is noticed.

mod layers;
mod licensed;
mod pages;
mod texts;
mod twins;

use std::{path::PathBuf, process::Command};

/// A file of the repository.
pub struct Source {
    /// From the root, with slashes.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether it stands in this folder, however deep.
    pub fn is_below(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    /// Its lines with their numbers, without those that are only a comment.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// One finding per line of code that the test picks.
    fn lines_where(&self, picks: impl Fn(&str) -> bool) -> Vec<String> {
        self.code()
            .filter(|(_, line)| picks(line))
            .map(|(n, line)| format!("{}:{n}: {}", self.path, line.trim()))
            .collect()
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every text file of the repository: what git tracks, and what it would track next.
pub fn sources() -> Vec<Source> {
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .expect("git lists the files");
    let names = String::from_utf8(listed.stdout).unwrap();
    let sources: Vec<Source> = names
        .split('\0')
        .filter_map(|name| {
            Some(Source { path: name.to_owned(), text: std::fs::read_to_string(root().join(name)).ok()? })
        })
        .collect();
    assert!(sources.len() > 20, "git listed almost nothing");
    sources
}

/// Holds a rule against the whole repository, and against one text that breaks it.
fn check(rule: impl Fn(&Source) -> Vec<String>, broken: &Source) {
    assert!(!rule(broken).is_empty(), "the rule does not see what is wrong with {}:\n{}", broken.path, broken.text);
    let findings: Vec<String> = sources().iter().flat_map(rule).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

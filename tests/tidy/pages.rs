//! What documents say exists, exists; and the first look at the repository shows the architecture, nothing else.

use std::collections::BTreeSet;

use super::{Source, check, root, sources};

/// What `ls` shows.
const TOP: [&str; 24] = [
    ".cargo",
    ".ci",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "deny.toml",
    "campaign",
    "docs",
    "frontend",
    "migrations",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "server",
    "shared",
    "tests",
    "verify",
    "xtask",
    "CONTRIBUTING.md",
    "SECURITY.md",
];

#[test]
fn the_first_look_shows_the_architecture() {
    let there: BTreeSet<String> =
        sources().iter().filter_map(|source| source.path.split('/').next().map(str::to_owned)).collect();
    let strangers: Vec<&String> = there.iter().filter(|name| !TOP.contains(&name.as_str())).collect();
    assert!(strangers.is_empty(), "at the root of the repository: {strangers:?}");
}

#[test]
fn documents_name_only_what_exists() {
    let rule = |source: &Source| {
        if !is_document(source) {
            return Vec::new();
        }
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let missing = |path: &&str| !root().join(folder).join(path).exists() && !root().join(path).exists();
        named(&source.text)
            .into_iter()
            .filter(missing)
            .map(|path| format!("{}: there is no {path}", source.path))
            .collect()
    };
    check(rule, &Source::new("README.md", "Start at `shared/src/nowhere.rs`."));
    check(rule, &Source::new("README.md", "![the worklist](docs/screenshots/nowhere.png)"));
}

fn is_document(source: &Source) -> bool {
    (!source.path.contains('/') || source.is_below("docs")) && source.has_extension(&["md"])
}

#[test]
fn documents_name_only_tests_that_exist() {
    let sources = sources();
    let tests: BTreeSet<&str> = sources.iter().filter(|it| it.has_extension(&["rs"])).flat_map(functions).collect();
    let rule = |source: &Source| {
        if !is_document(source) {
            return Vec::new();
        }
        let missing = named_tests(&source.text).filter(|name| !tests.contains(name));
        missing.map(|name| format!("{}: there is no test {name}", source.path)).collect()
    };
    check(rule, &Source::new("docs/protocol.md", "> Nothing is lost. `nothing_of_it_is_ever_lost`"));
}

/// The functions that a source has.
fn functions(source: &Source) -> impl Iterator<Item = &str> {
    source.text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next())
}

/// The tests a document names: words in backticks that are sentences.
fn named_tests(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    quoted.filter(|word| {
        let is_name = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        is_name && word.matches('_').count() >= 3
    })
}

/// The paths a document names: targets of its links, and words in backticks that begin with a folder of ours.
fn named(text: &str) -> Vec<&str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let files =
        links.filter(|link| !link.contains("://") && !link.starts_with(['#', '<']) && !link.starts_with("mailto:"));
    let files = files.filter_map(|link| link.split('#').next());
    let quoted = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let paths = quoted.filter(|word| {
        let folder = word.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| TOP.contains(&folder)) && !word.contains([' ', '*', '<', '{', '…'])
    });
    files.chain(paths).collect()
}

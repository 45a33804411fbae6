//! What every text of the repository keeps to: how a file opens, words that mean unfinished, and nothing that is true
//! on one machine only.

use super::{Source, check};

#[test]
fn a_source_file_opens_with_what_it_is_for() {
    let rule = |source: &Source| {
        if !source.has_extension(&["rs"]) {
            return Vec::new();
        }
        let opening = source.text.lines().take_while(|line| line.starts_with("//!")).count();
        if (1..=10).contains(&opening) {
            Vec::new()
        } else {
            vec![format!("{}: opens with {opening} lines of //!, not with 1 to 10", source.path)]
        }
    };
    check(rule, &Source::new("server/src/state.rs", "use std::fmt;\n"));
}

#[test]
fn nothing_is_left_for_later() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), concat!("unimplemented", "!")];
    let rule = |source: &Source| {
        if !source.has_extension(&["rs", "sql", "js", "css", "html", "toml"]) {
            return Vec::new();
        }
        let unfinished = |line: &str| words.iter().any(|word| line.contains(word));
        (1..)
            .zip(source.text.lines())
            .filter(|(_, line)| unfinished(line))
            .map(|(n, _)| format!("{}:{n}", source.path))
            .collect()
    };
    check(rule, &Source::new("frontend/styles/base.css", concat!("/* TO", "DO contrast */")));
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let folders = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];
    let registries = [concat!("\"resol", "ved\": \"http"), concat!("registry.npm", "js"), concat!("sparse+", "http")];
    let own_index = concat!("regis", "try+https://github.com/rust-lang/crates.io-index");
    let rule = |source: &Source| {
        let named = |line: &str| {
            let machine = folders.iter().chain(&registries).any(|part| line.contains(part));
            machine || line.contains(concat!("regis", "try+")) && !line.contains(own_index)
        };
        (1..)
            .zip(source.text.lines())
            .filter(|(_, line)| named(line))
            .map(|(n, _)| format!("{}:{n}", source.path))
            .collect()
    };
    check(
        rule,
        &Source::new("tests/e2e/package-lock.json", concat!("  \"resol", "ved\": \"https://a.example/b.tgz\"")),
    );
    check(rule, &Source::new("docs/server.md", concat!("run /ho", "me/me/ressenti")));
}

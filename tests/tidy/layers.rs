//! What may know what: the domain no machine, the pages no browser interface, a feature no other's queries.

use super::{Source, check, sources};

/// What the domain may use: readers of data, ids, time, hashing, signatures, errors. Nothing that does I/O.
const SHARED_DEPENDENCIES: [&str; 12] =
    ["base64", "csv", "jiff", "p256", "regex-lite", "ring", "serde", "serde_json", "sha2", "thiserror", "toml", "uuid"];

#[test]
fn the_domain_depends_on_little() {
    let manifest = sources().into_iter().find(|source| source.path == "shared/Cargo.toml").unwrap();
    let manifest: toml::Table = manifest.text.parse().unwrap();
    let mut used: Vec<&str> = manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    used.sort_unstable();
    assert_eq!(used, SHARED_DEPENDENCIES);
}

#[test]
fn the_verifier_shares_no_code_with_what_it_verifies() {
    let rule = |source: &Source| {
        if source.path != "verify/Cargo.toml" {
            return Vec::new();
        }
        let manifest: toml::Table = source.text.parse().unwrap();
        let used = manifest["dependencies"].as_table().unwrap().keys();
        used.filter(|name| ["shared", "server"].contains(&name.as_str())).cloned().collect()
    };
    check(rule, &Source::new("verify/Cargo.toml", "[dependencies]\nshared.workspace = true"));
}

#[test]
fn the_domain_reaches_for_no_machine() {
    let machine = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "io::stdin",
        "io::stdout",
        "io::stderr",
        "Timestamp::now",
        "SystemTime",
    ];
    let rule = |source: &Source| {
        if !source.is_below("shared/src") {
            return Vec::new();
        }
        source.lines_where(|line| machine.iter().any(|part| line.contains(part)))
    };
    check(rule, &Source::new("shared/src/answers/log.rs", "let kept = std::fs::read(path)?;"));
}

#[test]
fn sql_stands_in_queries_and_in_the_database_folder_only() {
    let statements =
        ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE ", "ALTER TABLE ", "PRAGMA ", "sqlx::query"];
    let is_update = |line: &str| line.contains("UPDATE ") && line.contains(" SET ");
    let rule = |source: &Source| {
        let is_ours = ["shared/src", "server/src", "frontend/src"].iter().any(|folder| source.is_below(folder));
        if !is_ours || source.path.ends_with("/queries.rs") || source.is_below("server/src/db") {
            return Vec::new();
        }
        source.lines_where(|line| is_update(line) || statements.iter().any(|statement| line.contains(statement)))
    };
    check(rule, &Source::new("server/src/patients/routes.rs", "query(\"SELECT patient_id FROM patient\")"));
}

#[test]
fn a_feature_keeps_its_queries_to_itself() {
    let rule = |source: &Source| {
        if !source.is_below("server/src") {
            return Vec::new();
        }
        source.lines_where(|line| {
            let opened = line.contains("mod queries") && line.trim_start().starts_with("pub");
            let borrowed = line.match_indices("::queries").any(|(at, _)| {
                let before = line.get(..at).unwrap_or_default();
                !before.ends_with("super") && !before.ends_with("self") && !before.ends_with(feature_of(source))
            });
            opened || borrowed
        })
    };
    check(rule, &Source::new("server/src/scores/routes.rs", "use crate::{patients::queries::get_patient};"));
    check(rule, &Source::new("server/src/scores/mod.rs", "pub(crate) mod queries;"));
}

/// The feature's folder: `server/src/<feature>/…`.
fn feature_of(source: &Source) -> &str {
    source.path.split('/').nth(2).unwrap_or_default()
}

#[test]
fn whoever_checks_the_campaign_shares_no_code_with_what_is_checked() {
    let rule = |source: &Source| {
        if !source.is_below("campaign/src/checker") {
            return Vec::new();
        }
        let ours = ["shared", "server", "crate::device", "crate::journal", "crate::ward", "crate::hospital"];
        source.lines_where(|line| ours.iter().any(|part| line.contains(&format!("{part}::"))))
    };
    check(rule, &Source::new("campaign/src/checker/mod.rs", "let hash = shared::answers::sha256_hex(body);"));
}

#[test]
fn faults_are_compiled_for_the_campaign_alone() {
    let rule = |source: &Source| {
        let may = ["server/Cargo.toml", "server/src/faults.rs", "xtask/src/campaign.rs", "xtask/src/test/mod.rs"];
        if may.contains(&source.path.as_str())
            || !source.has_extension(&["rs", "toml"])
            || source.is_below("tests/tidy")
        {
            return Vec::new();
        }
        source.lines_where(|line| line.contains("\"faults\"") || line.contains("server/faults"))
    };
    check(rule, &Source::new("tests/Cargo.toml", "server = { workspace = true, features = [\"faults\"] }"));
}

/// The few places of the frontend that touch the browser.
const TOUCH_THE_BROWSER: [&str; 9] = [
    "frontend/src/store/",
    "frontend/src/sync",
    "frontend/src/api",
    "frontend/src/session",
    "frontend/src/crypto",
    "frontend/src/address",
    "frontend/src/live",
    "frontend/src/ward/shell",
    "frontend/tests/",
];

#[test]
fn pages_know_no_browser_interface() {
    let rule = |source: &Source| {
        let may = TOUCH_THE_BROWSER.iter().any(|place| source.path.starts_with(place));
        if may || !source.is_below("frontend") || !source.has_extension(&["rs"]) {
            return Vec::new();
        }
        source.lines_where(|line| line.contains("web_sys") || line.contains("js_sys"))
    };
    check(rule, &Source::new("frontend/src/patient/today.rs", "let window = web_sys::window();"));
}

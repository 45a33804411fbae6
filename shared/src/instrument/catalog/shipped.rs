//! The files that come with Ressenti, built into the server.

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../", $path)))),*]
    };
}

/// Definitions: file name and text.
pub(super) const DEFINITIONS: &[(&str, &str)] = files![
    "definitions/epices.toml",
    "definitions/eq-5d-5l.toml",
    "definitions/qlq-c30.toml",
    "definitions/situation.toml",
];

/// Wording packs: file name and text.
pub(super) const PACKS: &[(&str, &str)] = files![
    "wording/en/epices.toml",
    "wording/en/eq-5d-5l.toml",
    "wording/en/qlq-c30.toml",
    "wording/en/situation.toml",
    "wording/fr/epices.toml",
    "wording/fr/eq-5d-5l.toml",
    "wording/fr/qlq-c30.toml",
    "wording/fr/situation.toml",
];

//! `ressenti instruments`, `score` and `wording`: what can be asked, scoring tables of answers, and words for it.
//!
//! They need no database and touch no data folder. Exit code 0: done; 2: something was wrong, and is told.

mod list;
mod score;
mod wording;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use shared::{
    id::Language,
    instrument::{Definition, catalog::Catalog},
};

use crate::{
    config::{Settings, StartError},
    instruments::read_catalog,
};

/// What is scored, and how.
#[derive(Args, Debug)]
pub(super) struct Score {
    /// The instrument's key, such as qlq-c30, or key@version
    instrument: String,
    /// The table (CSV) [default: standard input]
    file: Option<PathBuf>,
    /// Leave out rows that are not right, and say which, instead of refusing the table
    #[arg(long)]
    keep_going: bool,
}

/// What is listed.
#[derive(Args, Debug)]
pub(super) struct List {
    /// One instrument, with items, scales and rules [default: all, one line each]
    instrument: Option<String>,
    /// Everything, as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Wording {
    /// Write an empty wording pack to fill in, to standard output
    Template {
        /// The instrument's key, such as qlq-c30, or key@version
        instrument: String,
        /// The language of the words, such as fr
        #[arg(long)]
        language: Language,
    },
    /// Say what is missing, too much or twice in a wording pack
    Check {
        /// The pack
        file: PathBuf,
    },
}

/// Scores a table.
pub(super) fn score(settings: &Settings, asked: &Score) -> Result<(), StartError> {
    let catalog = read_catalog(settings.instruments())?;
    let definition = find(&catalog, &asked.instrument)?;
    score::run(definition, asked.file.as_deref(), asked.keep_going)
}

/// Lists instruments.
pub(super) fn list(settings: &Settings, asked: &List) -> Result<(), StartError> {
    let catalog = read_catalog(settings.instruments())?;
    let one = asked.instrument.as_deref().map(|name| find(&catalog, name)).transpose()?;
    if asked.json {
        return list::json(&catalog, one);
    }
    list::text(&catalog, one);
    Ok(())
}

/// Writes or checks a wording pack.
pub(super) fn wording(settings: &Settings, command: &Wording) -> Result<(), StartError> {
    let catalog = read_catalog(settings.instruments())?;
    match command {
        Wording::Template { instrument, language } => {
            wording::template(find(&catalog, instrument)?, language);
            Ok(())
        }
        Wording::Check { file } => wording::check(catalog, file),
    }
}

/// The instrument that somebody means: by key, by key and version, or by title; punctuation does not matter.
fn find<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Definition, StartError> {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let wanted = plain(name);
    let goes_by = |definition: &&Definition| {
        let version = &definition.instrument;
        [version.key.to_string(), format!("{}{}", version.key, version.version), definition.title.clone()]
            .iter()
            .any(|known| plain(known) == wanted)
    };
    let found = catalog.definitions().filter(goes_by).last();
    let exact = found.filter(|definition| plain(definition.instrument.key.as_str()) != wanted);
    let latest = || catalog.find_latest(&found?.instrument.key);
    exact.or_else(latest).ok_or_else(|| {
        StartError::new(format!("There is no instrument {name:?}."), "list them with `ressenti instruments`")
    })
}

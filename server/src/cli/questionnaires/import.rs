//! `ressenti questionnaire import`: the files that make a questionnaire an instrument of this site.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use serde::Serialize;
use shared::{
    fhir::{
        Form, Severity,
        import::{self, Naming},
    },
    id::{InstrumentKey, InstrumentVersion, Language},
    instrument::catalog::Catalog,
};

use super::{complain, files, say, tell, value_sets};

/// What to import, where to, and what the file does not say.
#[derive(Args, Debug)]
pub(in crate::cli) struct Import {
    /// The questionnaire
    file: PathBuf,
    /// Folder to write into
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// The instrument's key, such as our-own-form [default: from its name]
    #[arg(long)]
    key: Option<String>,
    /// The instrument's version [default: the questionnaire's, or 1]
    #[arg(long, value_name = "VERSION")]
    instrument_version: Option<String>,
    /// Language of the questionnaire's own words [default: the questionnaire's, or en]
    #[arg(long)]
    language: Option<String>,
    /// Who owns it [default: its publisher]
    #[arg(long)]
    owner: Option<String>,
    /// What its licence asks of this site [default: its copyright]
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,
    /// Value sets the questionnaire refers to
    #[arg(long, value_name = "FILE")]
    value_sets: Vec<PathBuf>,
}

impl Import {
    /// Writes the definition, the packs and the questionnaire itself; nothing, if anything stands against it.
    pub(super) fn run(&self) -> Result<ExitCode, String> {
        let form = files::form(&self.file, &value_sets(&self.value_sets)?)?;
        let naming = self.naming(&form)?;
        let (problems, made) = match import::import(&form, &naming) {
            Ok(made) => (made.problems.clone(), Some(made)),
            Err(problems) => (problems, None),
        };
        for problem in &problems {
            tell(&self.file, problem, false);
        }
        let Some(made) = made else {
            let n_errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
            complain(&format!("{} was not imported: {n_errors} problems stand against it.", self.file.display()));
            return Ok(ExitCode::FAILURE);
        };
        let stem = format!("{}-{}", naming.instrument.key, naming.instrument.version);
        let mut written = vec![(format!("definitions/{stem}.toml"), toml_of(&made.definition)?)];
        for pack in &made.packs {
            written.push((format!("wording/{}/{stem}.toml", pack.language), toml_of(pack)?));
        }
        check(&written)?;
        let source = serde_json::to_string_pretty(form.source()).map_err(|error| error.to_string())?;
        written.push((format!("fhir/{stem}.json"), source));
        for (name, text) in &written {
            write(&self.out.join(name), text)?;
            say(&format!("{}", self.out.join(name).display()));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn naming(&self, form: &Form) -> Result<Naming, String> {
        let words = |field: &str| form.source().get(field).and_then(serde_json::Value::as_str).map(str::to_owned);
        let url = || words("url").and_then(|url| url.rsplit('/').next().map(str::to_owned));
        let named = words("name").or_else(|| words("id")).or_else(url).or_else(|| words("title"));
        let key = self.key.clone().unwrap_or_else(|| key_of(&named.unwrap_or_default()));
        let version = self.instrument_version.clone().or_else(|| words("version")).unwrap_or_else(|| "1".to_owned());
        let language = self.language.clone().or_else(|| words("language")).unwrap_or_else(|| "en".to_owned());
        let key = InstrumentKey::parse(&key).map_err(|error| format!("The instrument's key {error}; give --key."))?;
        // the version becomes part of a file's name
        InstrumentKey::parse(&version)
            .map_err(|error| format!("The instrument's version {error}; give --instrument-version."))?;
        let language = Language::parse(&language).map_err(|error| format!("The language {error}; give --language."))?;
        let instrument = InstrumentVersion { key, version };
        Ok(Naming { instrument, language, owner: self.owner.clone(), licence: self.licence.clone() })
    }
}

/// A name as a key: lower case, words joined by dashes.
fn key_of(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(32).collect()
}

fn toml_of(thing: &impl Serialize) -> Result<String, String> {
    toml::to_string(thing).map_err(|error| format!("The instrument cannot be written as TOML: {error}."))
}

/// What is written must be what the catalog reads.
fn check(written: &[(String, String)]) -> Result<(), String> {
    let mut catalog = Catalog::default();
    for (name, text) in written {
        let added = if name.starts_with("definitions/") {
            catalog.add_definition(name, text).map(drop)
        } else {
            catalog.add_pack(name, text).map(drop)
        };
        added.map_err(|error| format!("The instrument does not hold together:\n{error}"))?;
    }
    Ok(())
}

/// Writes a file that must not be there yet: an imported version is never replaced.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let shown = path.display();
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| format!("The folder {} cannot be made: {error}.", folder.display()))?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return format!("{shown} is there already; give a version of its own.");
        }
        format!("{shown} cannot be written: {error}.")
    })?;
    file.write_all(text.as_bytes()).map_err(|error| format!("{shown} was not written whole: {error}."))
}

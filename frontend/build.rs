//! Turns `locales/{fr,en}/*.json` into one function per text, so that a missing translation or argument does not
//! compile and each entry point carries only the texts it shows.
//!
//! `tasks.json` with `{"minutes": "about {n} minutes"}` becomes `text::tasks::minutes(locale, n)`. A text that
//! has several arguments takes them in alphabetical order, so that rewording it cannot swap them; one that
//! depends on a count is `{"one": "…", "other": "…"}` and takes the count as `n`.
//!
//! Also names the oracle's vectors for the browser's test of scores, which has no file system; nothing else has them.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    println!("cargo::rerun-if-changed=locales");
    let (french, english) = (read(Path::new("locales/fr"))?, read(Path::new("locales/en"))?);
    let mut code = String::new();
    write_modules(&mut code, &french, &english, "locales")?;
    #[expect(clippy::disallowed_methods, reason = "a build script learns its output folder no other way")]
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("text.rs"), code)?;
    fs::write(Path::new(&out).join("vectors.rs"), vectors()?)?;
    Ok(())
}

/// `VECTORS`: name and bytes of every file of vectors; what is wrong is told only to whoever compiles that test.
fn vectors() -> Result<String, Failure> {
    println!("cargo::rerun-if-env-changed=RESSENTI_SHARED");
    #[expect(clippy::disallowed_methods, reason = "a build script learns where folders are no other way")]
    let (given, here) = (env::var("RESSENTI_SHARED"), env::var("CARGO_MANIFEST_DIR")?);
    let shared = given.map_or_else(|_| Path::new(&here).join("../../shared"), PathBuf::from);
    let folder = shared.join("data/scoring/vectors");
    let Ok(entries) = fs::read_dir(&folder) else {
        let words =
            format!("{} cannot be read: set RESSENTI_SHARED to the folder that holds data/scoring", folder.display());
        return Ok(format!("compile_error!({words:?});"));
    };
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut paths = entries.map(|entry| Ok(entry?.path().canonicalize()?)).collect::<Result<Vec<_>, Failure>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    paths.sort();
    let mut code = format!("const VECTORS: [(&str, &[u8]); {}] = [\n", paths.len());
    for path in &paths {
        let name = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a file of vectors has no name")?;
        writeln!(code, "({name:?}, include_bytes!({:?})),", path.display().to_string())?;
    }
    Ok(code + "];\n")
}

/// Each file of a language as one object, by the file's name.
fn read(folder: &Path) -> Result<Map<String, Value>, Failure> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a locale file has no name")?.to_owned();
        let texts =
            serde_json::from_str(&fs::read_to_string(&path)?).map_err(|e| format!("{}: {e}", path.display()))?;
        files.insert(name, texts);
    }
    Ok(files.into_iter().collect())
}

fn write_modules(
    code: &mut String,
    french: &Map<String, Value>,
    english: &Map<String, Value>,
    place: &str,
) -> Result<(), Failure> {
    if let Some(key) = english.keys().find(|key| !french.contains_key(*key)) {
        return Err(format!("{place}: {key} is missing in French").into());
    }
    for (key, fr) in french {
        let place = format!("{place}.{key}");
        let en = english.get(key).ok_or_else(|| format!("{place} is missing in English"))?;
        match (fr, en) {
            (Value::String(fr), Value::String(en)) => write_text(code, key, fr, en, &place)?,
            (Value::Object(fr), Value::Object(en)) => {
                if let (Some(fr), Some(en)) = (forms(fr), forms(en)) {
                    write_counted(code, key, fr, en, &place)?;
                } else {
                    writeln!(code, "#[doc = {:?}]\npub mod {key} {{\nuse super::Locale;", format!("`{place}`"))?;
                    write_modules(code, fr, en, &place)?;
                    writeln!(code, "}}")?;
                }
            }
            _ => return Err(format!("{place} has another shape in English").into()),
        }
    }
    Ok(())
}

fn forms(texts: &Map<String, Value>) -> Option<(&str, &str)> {
    Some((texts.get("one")?.as_str()?, texts.get("other")?.as_str()?)).filter(|_| texts.len() == 2)
}

fn write_text(code: &mut String, key: &str, fr: &str, en: &str, place: &str) -> Result<(), Failure> {
    let names = arguments(fr);
    if names != arguments(en) {
        return Err(format!("{place}: the languages name other arguments").into());
    }
    writeln!(code, "#[doc = {en:?}]\n#[must_use]")?;
    if names.is_empty() {
        writeln!(
            code,
            "pub const fn {key}(locale: Locale) -> &'static str {{ match locale {{ Locale::Fr => {fr:?}, Locale::En => {en:?} }} }}"
        )?;
    } else {
        let list = parameters(&names);
        writeln!(
            code,
            "pub fn {key}(locale: Locale{list}) -> String {{ match locale {{ Locale::Fr => format!({fr:?}), Locale::En => format!({en:?}) }} }}"
        )?;
    }
    Ok(())
}

fn write_counted(code: &mut String, key: &str, fr: (&str, &str), en: (&str, &str), place: &str) -> Result<(), Failure> {
    let all = [fr.0, fr.1, en.0, en.1];
    let mut names: Vec<_> = all.iter().flat_map(|text| arguments(text)).filter(|name| name != "n").collect();
    names.sort();
    names.dedup();
    if all.iter().any(|text| arguments(text).iter().filter(|name| *name != "n").count() != names.len()) {
        return Err(format!("{place}: the forms name other arguments").into());
    }
    let list = parameters(&names);
    writeln!(code, "#[doc = {:?}]\n#[must_use]", en.1)?;
    writeln!(code, "pub fn {key}(locale: Locale, n: usize{list}) -> String {{ match (locale, locale.is_one(n)) {{")?;
    for (pattern, text) in [("Fr, true", fr.0), ("Fr, false", fr.1), ("En, true", en.0), ("En, false", en.1)] {
        writeln!(code, "(Locale::{pattern}) => format!({text:?}),")?;
    }
    writeln!(code, "}} }}")?;
    Ok(())
}

fn parameters(names: &[String]) -> String {
    names.iter().fold(String::new(), |list, name| list + ", " + name + ": impl std::fmt::Display")
}

/// The names between braces, sorted.
fn arguments(text: &str) -> Vec<String> {
    let mut names: Vec<_> =
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

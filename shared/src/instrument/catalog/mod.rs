//! The catalog: every instrument version and wording pack there is, shipped or a site's own, each checked on reading.
//!
//! Files are TOML, one per instrument version (`definitions/`) and one per pack (`wording/<language>/`). A file that
//! does not hold together is refused with every problem in it, each with its place and a hint.

mod check;
mod selection;
mod shipped;
#[cfg(test)]
mod tests;

use std::{
    cmp::Ordering,
    collections::{BTreeMap, btree_map::Entry},
    fmt,
};

use serde::de::DeserializeOwned;

use super::{Definition, InstrumentSheet, WordingPack};
use crate::id::{InstrumentKey, InstrumentVersion, Language, PackKey};

/// Every instrument version and wording pack there is.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    definitions: BTreeMap<InstrumentVersion, Definition>,
    packs: BTreeMap<PackKey, WordingPack>,
    /// What a study asks of the instruments that it asks in part.
    in_part: BTreeMap<InstrumentVersion, Definition>,
}

/// Why a file does not enter the catalog: everything that is wrong with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CatalogError {
    /// The problems, at least one.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a definition or wording file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// Where in it: `item q7`, `scale PF`, `line 3, column 9`.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}; {}", self.file, self.place, self.what, self.hint)
    }
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for problem in &self.problems {
            write!(f, "{separator}{problem}")?;
            separator = "\n";
        }
        Ok(())
    }
}

impl std::error::Error for CatalogError {}

impl Catalog {
    /// The instruments and demonstration wording that come with Ressenti.
    ///
    /// # Errors
    /// When a shipped file does not hold together, which the tests rule out.
    ///
    /// ```
    /// use shared::instrument::catalog::Catalog;
    /// let catalog = Catalog::shipped()?;
    /// let qlq_c30 = catalog.find_latest(&"qlq-c30".parse()?).ok_or("not shipped")?;
    /// assert_eq!(qlq_c30.items.len(), 30);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shipped() -> Result<Self, CatalogError> {
        let mut catalog = Self::default();
        for (file, text) in shipped::DEFINITIONS {
            catalog.add_definition(file, text)?;
        }
        for (file, text) in shipped::PACKS {
            catalog.add_pack(file, text)?;
        }
        Ok(catalog)
    }

    /// Adds a definition from the text of its file.
    ///
    /// # Errors
    /// When it does not parse or hold together, or the catalog has that instrument version.
    ///
    /// ```
    /// use shared::instrument::catalog::Catalog;
    /// let refusal = Catalog::default().add_definition("our-own.toml", "titel = 'Our own'").unwrap_err();
    /// assert!(refusal.to_string().starts_with("our-own.toml: line 1, column 1: unknown field `titel`"));
    /// ```
    pub fn add_definition(&mut self, file: &str, text: &str) -> Result<InstrumentVersion, CatalogError> {
        let mut definition: Definition = parse(file, text)?;
        if let Some(base) = definition.includes.take() {
            let Some(base) = self.definitions.get(&base) else {
                let what = format!("it includes {base}, which is not in the catalog");
                return Err(one_problem(file, "includes", what, "add its definition first, or mend key and version"));
            };
            refuse_if_any(include(file, base, &mut definition))?;
        }
        refuse_if_any(check::definition(file, &definition))?;
        let version = definition.instrument.clone();
        match self.definitions.entry(version.clone()) {
            Entry::Vacant(free) => {
                free.insert(definition);
                Ok(version)
            }
            Entry::Occupied(_) => Err(one_problem(
                file,
                "instrument",
                format!("{version} is in the catalog already"),
                "a changed instrument needs a version of its own, so that past answers keep their meaning",
            )),
        }
    }

    /// Adds a wording pack from the text of its file; its instrument version comes first.
    ///
    /// # Errors
    /// When it does not parse, does not fit its instrument item by item, or the catalog has a pack of that key.
    pub fn add_pack(&mut self, file: &str, text: &str) -> Result<PackKey, CatalogError> {
        let pack: WordingPack = parse(file, text)?;
        let Some(definition) = self.definitions.get(&pack.instrument) else {
            let what = format!("{} is not in the catalog", pack.instrument);
            return Err(one_problem(file, "instrument", what, "add its definition first, or mend key and version"));
        };
        refuse_if_any(check::pack(file, definition, &pack))?;
        let key = pack.pack.clone();
        match self.packs.entry(key.clone()) {
            Entry::Vacant(free) => {
                free.insert(pack);
                Ok(key)
            }
            Entry::Occupied(_) => Err(one_problem(
                file,
                "pack",
                format!("{key} is in the catalog already"),
                "give changed words a key of their own, so that past answers keep the words they were asked in",
            )),
        }
    }

    /// The definition of one instrument version.
    #[must_use]
    pub fn find(&self, version: &InstrumentVersion) -> Option<&Definition> {
        self.definitions.get(version)
    }

    /// The definition of an instrument at its highest version: `10.0` stands above `9.1`.
    #[must_use]
    pub fn find_latest(&self, key: &InstrumentKey) -> Option<&Definition> {
        self.definitions
            .values()
            .filter(|definition| definition.instrument.key == *key)
            .max_by(|a, b| compare_versions(&a.instrument.version, &b.instrument.version))
    }

    /// Every definition, by key and version.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.values()
    }

    /// The wording packs of an instrument version, by key.
    pub fn packs(&self, version: &InstrumentVersion) -> impl Iterator<Item = &WordingPack> {
        self.packs.values().filter(move |pack| pack.instrument == *version)
    }

    /// What a device needs to ask an instrument in a language: structure without scales, and words.
    ///
    /// Of an instrument that is asked in part, the structure holds the selected items alone; the words are the whole
    /// pack, so that answers name what a licence was given for. A site's own wording stands before demonstration wording; among equals, the smaller pack key.
    ///
    /// ```
    /// use shared::{id::InstrumentVersion, instrument::catalog::Catalog};
    /// let version = InstrumentVersion { key: "epices".parse()?, version: "1.0".to_owned() };
    /// let sheet = Catalog::shipped()?.sheet(&version, &"fr".parse()?).ok_or("no French words")?;
    /// assert!(sheet.wording.demonstration);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sheet(&self, version: &InstrumentVersion, language: &Language) -> Option<InstrumentSheet> {
        let definition = self.find_asked(version)?.without_scales();
        let spoken = self.packs(version).filter(|pack| pack.language == *language);
        let wording = spoken.min_by_key(|pack| pack.demonstration)?.clone();
        Some(InstrumentSheet { definition, wording })
    }
}

/// Puts what one instrument holds before what another adds to it; option sets and tables share no key.
fn include(file: &str, base: &Definition, definition: &mut Definition) -> Vec<Problem> {
    definition.items.splice(0..0, base.items.iter().cloned());
    definition.scales.splice(0..0, base.scales.iter().cloned());
    let options =
        base.options.keys().filter(|key| definition.options.contains_key(*key)).map(|key| format!("options {key}"));
    let tables =
        base.tables.keys().filter(|key| definition.tables.contains_key(*key)).map(|key| format!("tables {key}"));
    let both = options.chain(tables).map(|place| Problem {
        file: file.to_owned(),
        place,
        what: format!("{} has one of that name", base.instrument),
        hint: "use that one, or give this one a key of its own".to_owned(),
    });
    let problems = both.collect();
    definition.options.extend(base.options.clone());
    definition.tables.extend(base.tables.clone());
    for (language, labels) in &base.labels {
        let own = definition.labels.entry(language.clone()).or_default();
        own.topics.extend(labels.topics.clone());
        own.scales.extend(labels.scales.clone());
    }
    problems
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogError> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let what = error.message().to_owned();
        one_problem(file, &format!("line {line}, column {column}"), what, "compare with a shipped file of this kind")
    })
}

fn refuse_if_any(problems: Vec<Problem>) -> Result<(), CatalogError> {
    if problems.is_empty() { Ok(()) } else { Err(CatalogError { problems }) }
}

fn one_problem(file: &str, place: &str, what: String, hint: &str) -> CatalogError {
    let problem = Problem { file: file.to_owned(), place: place.to_owned(), what, hint: hint.to_owned() };
    CatalogError { problems: vec![problem] }
}

/// Compares versions part by part between dots, as numbers where both are.
fn compare_versions(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => a.cmp(b),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

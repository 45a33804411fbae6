//! An instrument of our own made of a form: a definition without words, and one wording pack for each language.
//!
//! What the app cannot ask refuses the import, by name; what it asks in another way, or leaves, is told. Questions
//! become items in their order; groups and displays become help; scores are not carried over, as a scale is written
//! by hand and proven.

mod conditions;
mod items;
mod options;
mod words;

use std::collections::BTreeMap;

use super::{
    form::Form,
    json::text,
    problem::{Place, Problem, Report},
};
use crate::{
    id::{InstrumentVersion, Language},
    instrument::{Definition, Recall, WordingPack},
};

/// What the file does not say, or a site says otherwise.
#[derive(Clone, Debug)]
pub struct Naming {
    /// The instrument's key and version.
    pub instrument: InstrumentVersion,
    /// The language of the form's own words.
    pub language: Language,
    /// Who owns it; the form's publisher, if not said.
    pub owner: Option<String>,
    /// What its licence asks; the form's copyright, if not said.
    pub licence: Option<String>,
}

/// An instrument made of a form.
#[derive(Clone, Debug)]
pub struct Import {
    /// Its structure.
    pub definition: Definition,
    /// Its words, the form's own language first.
    pub packs: Vec<WordingPack>,
    /// What was repaired, asked in another way, or left.
    pub problems: Vec<Problem>,
}

/// Makes an instrument of a form.
///
/// # Errors
/// What stands against it, among everything found.
pub fn import(form: &Form, naming: &Naming) -> Result<Import, Vec<Problem>> {
    let mut report = Report::after(form.problems().to_vec());
    let asked = items::ask(form, &mut report);
    let root = Place { path: "Questionnaire", link_id: None };
    if asked.items.is_empty() && report.is_sound() {
        report.unsupported(root, "nothing to answer", "it only shows or calculates, and asks nothing");
    }
    let source = form.source();
    let words = |field: &str| text(source, field).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let title = words("title").or_else(|| words("name")).unwrap_or_else(|| naming.instrument.key.to_string());
    let owner = naming.owner.clone().or_else(|| words("publisher")).unwrap_or_else(|| "not said".to_owned());
    let licence = naming.licence.clone().or_else(|| words("copyright")).unwrap_or_else(|| "not said".to_owned());
    let definition = Definition {
        instrument: naming.instrument.clone(),
        title: title.clone(),
        owner,
        licence: licence.clone(),
        minutes: u8::try_from(asked.items.len().div_ceil(6).max(1)).unwrap_or(u8::MAX),
        recall: Recall::None,
        includes: None,
        options: asked.sets.iter().map(|set| (set.key.clone(), set.option_set())).collect(),
        items: asked.items.iter().map(|item| item.item.clone()).collect(),
        scales: Vec::new(),
        references: words("url").into_iter().collect(),
        labels: BTreeMap::new(),
        tables: BTreeMap::new(),
    };
    let packs = words::packs(form, &asked, naming, (&title, &licence), &mut report);
    if !report.is_sound() {
        return Err(report.problems);
    }
    Ok(Import { definition, packs, problems: report.problems })
}

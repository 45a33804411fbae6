//! What an item offers to choose from: options of its own, value sets inside the file or from a local pack.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    json::{choice, extension, extensions, is_true, list, text},
    problem::{Place, Report},
};

/// One option.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// The whole answer that choosing it gives: `{"valueCoding": {…}}`.
    pub(crate) answer: Value,
    /// Its score: an ordinal value or item weight.
    pub(crate) weight: Option<f64>,
    /// Whether it excludes every other.
    pub(crate) exclusive: bool,
    /// Whether it is chosen when the form is opened.
    pub(crate) initially: bool,
}

/// Value sets by their address, from a local pack: what a form refers to outside itself.
#[derive(Clone, Debug, Default)]
pub struct ValueSets {
    codings: BTreeMap<String, Vec<Value>>,
}

impl ValueSets {
    /// Adds what a file holds: a `ValueSet`, or a `Bundle` of them. Says how many were added.
    pub fn add(&mut self, resource: &Value) -> usize {
        let mut n_added = 0;
        for entry in list(resource, "entry").iter().filter_map(|entry| entry.get("resource")) {
            n_added += self.add(entry);
        }
        if text(resource, "resourceType") == Some("ValueSet")
            && let (Some(url), Some(codings)) = (text(resource, "url"), codings(resource))
        {
            self.codings.insert(url.to_owned(), codings);
            n_added += 1;
        }
        n_added
    }

    fn find(&self, url: &str) -> Option<&[Value]> {
        let (url, _) = url.split_once('|').unwrap_or((url, ""));
        self.codings.get(url).map(Vec::as_slice)
    }
}

/// The codings a value set lists: its expansion, else what its definition enumerates whole.
fn codings(value_set: &Value) -> Option<Vec<Value>> {
    if let Some(expansion) = value_set.get("expansion") {
        let mut found = Vec::new();
        expand(expansion, &mut found, 0);
        return Some(found);
    }
    let includes = list(value_set.get("compose")?, "include");
    let is_whole = includes.iter().all(|include| include.get("concept").is_some() && include.get("filter").is_none());
    let is_whole = is_whole && value_set.pointer("/compose/exclude").is_none() && !includes.is_empty();
    is_whole.then(|| {
        let coding = |include: &Value, concept: &Value| {
            let mut coding = concept.clone();
            if let (Some(fields), Some(system)) = (coding.as_object_mut(), include.get("system")) {
                fields.insert("system".to_owned(), system.clone());
            }
            coding
        };
        let of_include = |include| list(include, "concept").iter().map(move |concept| coding(include, concept));
        includes.iter().flat_map(of_include).collect()
    })
}

/// The codings of an expansion, its groups opened; files nest no deeper than JSON may.
fn expand(expansion: &Value, found: &mut Vec<Value>, depth: usize) {
    for entry in list(expansion, "contains").iter().take_while(|_| depth < 64) {
        if text(entry, "code").is_some() && !is_true(entry, "abstract") {
            let fields = entry.as_object().into_iter().flatten();
            let kept =
                fields.filter(|(field, _)| *field != "contains").map(|(key, value)| (key.clone(), value.clone()));
            found.push(Value::Object(kept.collect()));
        }
        expand(entry, found, depth + 1);
    }
}

/// The options of an item, in the order shown; none where anything may be answered or the set is not at hand.
pub(crate) fn read(
    item: &Value,
    form: &Value,
    packs: &ValueSets,
    is_open: bool,
    place: Place<'_>,
    report: &mut Report,
) -> Option<Vec<Choice>> {
    let own = list(item, "answerOption");
    if !own.is_empty() {
        let choices = own.iter().filter_map(|option| {
            let read = option_of(option);
            if read.is_none() {
                report.error(place, "an answerOption has no value that this program knows");
            }
            read
        });
        return Some(choices.collect());
    }
    let address = text(item, "answerValueSet")?;
    let found = match address.strip_prefix('#') {
        Some(id) => contained(form, id).and_then(codings),
        None => packs.find(address).map(<[Value]>::to_vec),
    };
    let missing = found.is_none();
    let what = if address.starts_with('#') { "inside the file" } else { "of a server" };
    if missing && is_open {
        let message = format!("the value set {address} {what} is not at hand; any text may be answered");
        report.set_aside(place, "value set not at hand", message);
    } else if missing {
        let message = format!(
            "the value set {address} {what} is not at hand, so the question has no options; \
             give a file with its expansion by --value-sets"
        );
        report.unsupported(place, "value set not at hand", message);
    }
    let of_coding = |coding: Value| {
        let weight = weight_of(&coding);
        let answer = Value::Object(Map::from_iter([("valueCoding".to_owned(), coding)]));
        Choice { answer, weight, exclusive: false, initially: false }
    };
    Some(found?.into_iter().map(of_coding).collect())
}

fn contained<'a>(form: &'a Value, id: &str) -> Option<&'a Value> {
    list(form, "contained").iter().find(|resource| text(resource, "id") == Some(id))
}

fn option_of(option: &Value) -> Option<Choice> {
    let (field, value) = choice(option, "value")?;
    let mut whole = value.clone();
    // a score written beside the coding goes with the answer, as one written in it does
    let scores = ["itemWeight", "ordinalValue"].into_iter().flat_map(|name| extensions(option, name)).cloned();
    let scores: Vec<Value> = scores.collect();
    if let (Some(fields), false) = (whole.as_object_mut(), scores.is_empty()) {
        let own = list(value, "extension").iter().cloned();
        fields.insert("extension".to_owned(), own.chain(scores).collect());
    }
    Some(Choice {
        answer: Value::Object(Map::from_iter([(field.to_owned(), whole)])),
        weight: weight_of(option).or_else(|| weight_of(value)),
        exclusive: extension(option, "optionExclusive").and_then(Value::as_bool).unwrap_or_default(),
        initially: is_true(option, "initialSelected"),
    })
}

/// The score an option or coding carries.
pub(crate) fn weight_of(value: &Value) -> Option<f64> {
    ["itemWeight", "ordinalValue"].iter().find_map(|name| extension(value, name)?.as_f64())
}

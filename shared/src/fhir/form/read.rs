//! From JSON to a form, as far as it goes.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Form, FormItem, Kind, expressions};
use crate::fhir::{
    check, conditions, dialect,
    json::{choice, is_true, list, text},
    limits::Limits,
    markup,
    options::{self, ValueSets},
    problem::{Place, Problem, Report, Severity},
};

/// The most items a form may have; the largest real one has 808.
const MOST_ITEMS: usize = 5_000;

/// Reads a form and checks it.
pub(super) fn form(source: Value, packs: &ValueSets) -> Result<Form, Vec<Problem>> {
    let mut report = Report::default();
    let root = Place { path: "Questionnaire", link_id: None };
    if text(&source, "resourceType") != Some("Questionnaire") {
        let found = text(&source, "resourceType").unwrap_or("something else");
        report.error(root, format!("this is {found}, not a FHIR Questionnaire"));
        return Err(report.problems);
    }
    dialect::check(&source, &mut report);
    markup::check(&source, &mut report);
    let mut reader = Reader { form: &source, packs, items: Vec::new(), report };
    let roots = reader.level(&source, None, "Questionnaire", "");
    let Reader { items, mut report, .. } = reader;
    if items.is_empty() {
        report.error(root, "it has no items, so it asks nothing");
    }
    let named = expressions::named(&source, root, &mut report);
    let lacks_link = report.problems.iter().any(|problem| problem.message.starts_with(MISSING_LINK));
    if items.is_empty() || lacks_link {
        return Err(report.problems);
    }
    let mut links: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        links.entry(item.link_id.clone()).or_default().push(place);
    }
    let mut form = Form { source, items, links, roots, named, problems: Vec::new() };
    check::check(&form, &mut report);
    report.problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity == Severity::Error));
    form.problems = report.problems;
    Ok(form)
}

/// How the refusal of an item without linkId begins.
const MISSING_LINK: &str = "the item has no linkId";

struct Reader<'a> {
    form: &'a Value,
    packs: &'a ValueSets,
    items: Vec<FormItem>,
    report: Report,
}

impl Reader<'_> {
    /// Reads the items below `holder`; gives their places in the flat list.
    fn level(&mut self, holder: &Value, parent: Option<usize>, path: &str, pointer: &str) -> Vec<usize> {
        let mut places = Vec::new();
        for (n, item) in list(holder, "item").iter().enumerate() {
            let (path, pointer) = (format!("{path}.item[{n}]"), format!("{pointer}/item/{n}"));
            let here = Place { path: &path, link_id: None };
            if self.items.len() >= MOST_ITEMS {
                self.report.error(here, format!("more than {MOST_ITEMS} items are not read"));
                return places;
            }
            let link_id = match item.get("linkId") {
                Some(Value::String(link_id)) if !link_id.trim().is_empty() => link_id.clone(),
                Some(Value::Number(number)) => {
                    self.report.warn(here, format!("the linkId {number} is a number; it is read as a text"));
                    number.to_string()
                }
                _ => {
                    self.report.error(here, format!("{MISSING_LINK}, so that no answer can be kept for it"));
                    continue;
                }
            };
            let place = self.items.len();
            let read = self.item(item, link_id, parent, (path.clone(), pointer.clone()));
            self.items.push(read);
            places.push(place);
            let children = self.level(item, Some(place), &path, &pointer);
            if let Some(item) = self.items.get_mut(place) {
                item.children = children;
            }
        }
        places
    }

    fn item(&mut self, item: &Value, link_id: String, parent: Option<usize>, at: (String, String)) -> FormItem {
        let (path, pointer) = at;
        let here = Place { path: &path, link_id: Some(&link_id) };
        let report = &mut self.report;
        let kind = kind(item, here, report);
        let is_open = kind == Kind::OpenChoice;
        let options = options::read(item, self.form, self.packs, is_open, here, report);
        let conditions = conditions::read(item, here, report);
        FormItem {
            kind,
            parent,
            children: Vec::new(),
            repeats: is_true(item, "repeats"),
            required: is_true(item, "required"),
            read_only: is_true(item, "readOnly"),
            any: text(item, "enableBehavior") == Some("any"),
            conditions,
            enable: expressions::enabling(item, here, report),
            calculated: expressions::formula(item, "calculatedExpression", here, report),
            initially: expressions::formula(item, "initialExpression", here, report),
            named: expressions::named(item, here, report),
            initial: initial(item),
            lacks_options: options.is_none() && item.get("answerValueSet").is_some(),
            options,
            limits: Limits::read(item, here, report),
            link_id,
            path: path.clone(),
            pointer,
        }
    }
}

fn kind(item: &Value, here: Place<'_>, report: &mut Report) -> Kind {
    let word = text(item, "type").unwrap_or_default();
    let kind = Kind::parse(word);
    match kind {
        None if word.is_empty() => report.error(here, "the item has no type"),
        None if matches!(word, "coding" | "openchoice") => {
            report.error(here, format!("the type {word} is of FHIR R5, and this program reads R4"));
        }
        None => report.error(here, format!("{word} is not a type of FHIR R4")),
        Some(Kind::Attachment | Kind::Reference) => {
            report.unsupported(
                here,
                format!("type {word}"),
                format!("the app cannot ask for an answer of type {word}"),
            );
        }
        Some(Kind::Question) => report.warn(here, "the type question is abstract: the item cannot be answered"),
        Some(_) => {}
    }
    // what is not known is not asked, and refused above
    kind.unwrap_or(Kind::Display)
}

/// The answers an item opens with: initial values, else the options marked so.
fn initial(item: &Value) -> Vec<Value> {
    let given = |holder: &Value| {
        let (field, value) = choice(holder, "value")?;
        Some(Value::Object(Map::from_iter([(field.to_owned(), value.clone())])))
    };
    let written: Vec<Value> = list(item, "initial").iter().filter_map(given).collect();
    if !written.is_empty() {
        return written;
    }
    let chosen = list(item, "answerOption").iter().filter(|option| is_true(option, "initialSelected"));
    chosen.filter_map(given).collect()
}

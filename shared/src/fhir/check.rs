//! What must hold between the items of a form: every name leads somewhere, nothing depends on itself.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    conditions::{Test, order},
    dialect::extension_of,
    form::{Form, FormItem, Kind},
    json::{extensions, text},
    problem::{Place, Report},
};

/// Checks a form that could be read.
pub(crate) fn check(form: &Form, report: &mut Report) {
    let mut links: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, item) in form.items().iter().enumerate() {
        if links.insert(&item.link_id, place).is_some() {
            report.error(item.place(), format!("the linkId {} stands twice", item.link_id));
        }
    }
    for (place, item) in form.items().iter().enumerate() {
        check_shape(item, report);
        check_initial(item, report);
        check_conditions(form, place, item, &links, report);
    }
    check_circles(form, &links, report);
    check_names(form, report);
}

fn check_shape(item: &FormItem, report: &mut Report) {
    let here = item.place();
    if item.kind == Kind::Display && !item.children.is_empty() {
        report.error(here, "a display has items below it, which are never asked");
    }
    if item.kind == Kind::Group && item.children.is_empty() {
        report.warn(here, "a group has no items");
    }
    if item.kind == Kind::Choice && item.options.as_ref().is_none_or(Vec::is_empty) && !item.lacks_options {
        report.warn(here, "a choice names no options, so nothing can be chosen");
    }
    let offers = item.options.as_ref().is_some_and(|options| !options.is_empty());
    let is_plain = matches!(item.kind, Kind::Group | Kind::Display | Kind::Boolean);
    if offers && is_plain {
        report.error(here, format!("options stand on an item of type {}", item.kind.name()));
    }
    let bounds = item.limits.min.as_ref().zip(item.limits.max.as_ref());
    if bounds.and_then(|(min, max)| order(min, max)).is_some_and(Ordering::is_gt) {
        report.error(here, "its lowest value is above its highest, so that no answer can be right");
    }
    if item.limits.min_length.zip(item.limits.max_length).is_some_and(|(least, most)| least > most) {
        report.error(here, "its least length is above its greatest, so that no answer can be right");
    }
    let mut seen: Vec<&serde_json::Value> = Vec::new();
    for option in item.options.iter().flatten() {
        if seen.contains(&&option.answer) {
            report.error(here, "an option stands twice");
        }
        seen.push(&option.answer);
    }
}

fn check_initial(item: &FormItem, report: &mut Report) {
    if item.initial.is_empty() {
        return;
    }
    if matches!(item.kind, Kind::Group | Kind::Display) {
        report.error(item.place(), format!("an initial value stands on a {}", item.kind.name()));
    }
    let fields = item.initial.iter().filter_map(|value| value.as_object()).flatten();
    for field in fields.map(|(field, _)| field).filter(|field| !may_answer(item, field)) {
        let field = field.trim_start_matches("value");
        report.warn(item.place(), format!("its initial value is a {field}, not a {}", item.kind.name()));
    }
    if item.initial.len() > 1 && !item.repeats {
        report.warn(item.place(), "several initial values stand on an item that does not repeat; the first is taken");
    }
}

fn check_conditions(form: &Form, place: usize, item: &FormItem, links: &BTreeMap<&str, usize>, report: &mut Report) {
    for condition in &item.conditions {
        let Some(target) = links.get(condition.question.as_str()).copied() else {
            report.error(item.place(), format!("its enableWhen looks at {}, which is not there", condition.question));
            continue;
        };
        if target == place || lineage(form, target).contains(&place) {
            report.error(item.place(), format!("its enableWhen looks at {}, which it encloses", condition.question));
        } else if target > place {
            let message = format!("its enableWhen looks at {}, which is asked after it", condition.question);
            report.warn(item.place(), message);
        }
        let Some(question) = form.item(target) else { continue };
        let fits = match &condition.test {
            Test::Exists(_) => true,
            Test::Compares(_, value) => {
                value.as_object().is_some_and(|value| value.keys().all(|field| may_answer(question, field)))
            }
        };
        if !fits {
            let message = format!("its enableWhen compares {} with a value of another type", condition.question);
            report.warn(item.place(), message);
        }
    }
}

/// Whether an item's answer may be compared with a value in this field.
pub(crate) fn may_answer(item: &FormItem, field: &str) -> bool {
    let offered = item.options.iter().flatten().filter_map(|option| option.answer.as_object()).flatten();
    match item.kind {
        Kind::Choice => field == "valueCoding" || offered.into_iter().any(|(kind, _)| kind == field),
        Kind::OpenChoice => {
            matches!(field, "valueCoding" | "valueString") || offered.into_iter().any(|(kind, _)| kind == field)
        }
        Kind::Decimal => matches!(field, "valueDecimal" | "valueInteger"),
        Kind::DateTime => matches!(field, "valueDateTime" | "valueDate"),
        Kind::Group
        | Kind::Display
        | Kind::Question
        | Kind::Boolean
        | Kind::Integer
        | Kind::Date
        | Kind::Time
        | Kind::String
        | Kind::Text
        | Kind::Url
        | Kind::Attachment
        | Kind::Reference
        | Kind::Quantity => item.kind.answer_field() == field,
    }
}

/// The items around an item, from the nearest out.
fn lineage(form: &Form, place: usize) -> Vec<usize> {
    let parent = |place: &usize| form.item(*place).and_then(|item| item.parent);
    std::iter::successors(parent(&place), parent).collect()
}

/// Items whose conditions depend on each other in a circle.
fn check_circles(form: &Form, links: &BTreeMap<&str, usize>, report: &mut Report) {
    let depends = |place: usize| {
        let item = form.item(place);
        let looked_at = item.into_iter().flat_map(|item| &item.conditions);
        let targets = looked_at.filter_map(|condition| links.get(condition.question.as_str()).copied());
        targets.chain(item.and_then(|item| item.parent)).collect::<Vec<_>>()
    };
    // what is settled depends on nothing that is not; what cannot be settled stands in a circle or behind one
    let mut settled: BTreeSet<usize> = BTreeSet::new();
    let mut rest: Vec<(usize, Vec<usize>)> = (0..form.n_items()).map(|place| (place, depends(place))).collect();
    loop {
        let before = rest.len();
        rest.retain(|(place, targets)| {
            let is_settled = targets.iter().all(|target| settled.contains(target));
            if is_settled {
                settled.insert(*place);
            }
            !is_settled
        });
        if rest.len() == before {
            break;
        }
    }
    let encloses = |item: &FormItem, place: usize| {
        let targets = item.conditions.iter().filter_map(|it| links.get(it.question.as_str()));
        targets.into_iter().any(|target| *target == place || lineage(form, *target).contains(&place))
    };
    let in_circle = rest.iter().filter_map(|(place, _)| Some((*place, form.item(*place)?)));
    for (_, item) in in_circle.filter(|(place, item)| !item.conditions.is_empty() && !encloses(item, *place)) {
        report.error(item.place(), "its enableWhen depends on itself, by way of other items");
    }
}

/// A variable must not take the name of what the opening system provides.
fn check_names(form: &Form, report: &mut Report) {
    let root = Place { path: "Questionnaire", link_id: None };
    let provided: Vec<&str> = extensions(form.source(), "launchContext")
        .filter_map(|context| extension_of(context, "name"))
        .filter_map(|name| text(name, "code").or_else(|| name.as_str()))
        .collect();
    let variables =
        extensions(form.source(), "variable").filter_map(|variable| text(variable.get("valueExpression")?, "name"));
    for name in variables.filter(|name| provided.contains(name)) {
        report.error(root, format!("the variable {name} has the name of a launchContext"));
    }
}

//! What a definition and a wording pack must hold beyond their form: every name leads somewhere, every code has words.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use super::Problem;
use crate::{
    id::{OptionSetKey, TableKey},
    instrument::{
        Condition, Definition, Input, Inputs, Item, ItemKind, ItemWording, OptionSet, Recall, Rule, Scale, StaffLabels,
        Step, ValueSet, WordingPack,
    },
};

/// Everything wrong with a definition.
pub(super) fn definition(file: &str, definition: &Definition) -> Vec<Problem> {
    let mut report = Report::new(file);
    if definition.items.is_empty() {
        report.add("items", "there is none", "an instrument asks at least one question");
    }
    for (key, options) in &definition.options {
        option_set(&mut report, key, options);
    }
    for (place, item) in definition.items.iter().enumerate() {
        let earlier = definition.items.get(..place).unwrap_or_default();
        check_item(&mut report, definition, earlier, item);
    }
    for (place, scale) in definition.scales.iter().enumerate() {
        let earlier = definition.scales.get(..place).unwrap_or_default();
        check_scale(&mut report, definition, earlier, scale);
    }
    for (language, labels) in &definition.labels {
        staff_labels(&mut report, definition, &format!("labels {language}"), labels);
    }
    report.problems
}

fn staff_labels(report: &mut Report<'_>, definition: &Definition, place: &str, labels: &StaffLabels) {
    for code in labels.topics.keys().filter(|code| definition.find_item(code).is_none()) {
        report.add(place, format!("the instrument has no item {code}"), "remove it or mend its code");
    }
    for code in labels.scales.keys().filter(|code| definition.find_scale(code).is_none()) {
        report.add(place, format!("the instrument has no scale {code}"), "remove it or mend its code");
    }
}

/// Everything in which a wording pack does not fit its instrument.
pub(super) fn pack(file: &str, definition: &Definition, pack: &WordingPack) -> Vec<Problem> {
    let mut report = Report::new(file);
    for (place, text) in [("title", &pack.title), ("source", &pack.source), ("licence", &pack.licence)] {
        report.refuse_if(text.trim().is_empty(), place, "it is blank", "write it");
    }
    let has_recall = definition.items.iter().any(|item| definition.recall_of(item) != Recall::None);
    report.refuse_if(has_recall && pack.recall.is_empty(), "recall", "it is blank", "say the recall period in words");
    for item in &definition.items {
        let place = format!("item {}", item.code);
        match pack.items.get(&item.code) {
            Some(words) => item_wording(&mut report, &place, item, words),
            None => report.add(&place, "it has no words", "every item of the instrument needs a question"),
        }
    }
    for code in pack.items.keys().filter(|code| definition.find_item(code).is_none()) {
        report.add(&format!("item {code}"), "the instrument has no such item", "remove it or mend its code");
    }
    for (key, options) in &definition.options {
        option_wording(&mut report, key, options, pack.options.get(key));
    }
    for key in pack.options.keys().filter(|key| !definition.options.contains_key(*key)) {
        report.add(&format!("options {key}"), "the instrument has no such option set", "remove it or mend its key");
    }
    report.problems
}

struct Report<'a> {
    file: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Report<'a> {
    const fn new(file: &'a str) -> Self {
        Self { file, problems: Vec::new() }
    }

    fn add(&mut self, place: &str, what: impl Display, hint: impl Display) {
        self.problems.push(Problem {
            file: self.file.to_owned(),
            place: place.to_owned(),
            what: what.to_string(),
            hint: hint.to_string(),
        });
    }

    fn refuse_if(&mut self, wrong: bool, place: &str, what: impl Display, hint: impl Display) {
        if wrong {
            self.add(place, what, hint);
        }
    }
}

fn option_set(report: &mut Report<'_>, key: &OptionSetKey, options: &OptionSet) {
    let place = format!("options {key}");
    report.refuse_if(options.codes.is_empty(), &place, "it has no code", "list its codes in the order shown");
    let mut seen = BTreeSet::new();
    for code in options.codes.iter().filter(|code| !seen.insert(**code)) {
        report.add(&place, format!("code {code} stands twice"), "every code means one option");
    }
    for code in options.exclusive.iter().filter(|code| !options.codes.contains(code)) {
        report.add(&place, format!("exclusive code {code} is not among its codes"), "list it in codes too");
    }
}

fn check_item(report: &mut Report<'_>, definition: &Definition, earlier: &[Item], item: &Item) {
    let place = format!("item {}", item.code);
    let twice = earlier.iter().any(|other| other.code == item.code);
    report.refuse_if(twice, &place, "its code stands twice", "every item has a code of its own");
    let signed = item.code.as_str().starts_with('-');
    report.refuse_if(signed, &place, "its code begins with '-'", "scales write '-' before a code to reverse it");
    report.refuse_if(item.topic.trim().is_empty(), &place, "it has no topic", "label it in 2 to 8 words of your own");
    if let ItemKind::Choice(set) | ItemKind::Choices(set) = &item.kind {
        let unknown = !definition.options.contains_key(set);
        let hint = format!("define [options.{set}] or name one of: {}", list(definition.options.keys()));
        report.refuse_if(unknown, &place, format!("option set {set} is unknown"), hint);
    }
    report.refuse_if(is_empty_range(&item.kind), &place, "its range is empty", "min lies below max");
    if let Some(condition) = &item.applies {
        check_condition(report, &place, definition, earlier, condition);
    }
}

fn is_empty_range(kind: &ItemKind) -> bool {
    match kind {
        ItemKind::Analogue { min, max } => min >= max,
        ItemKind::Integer { min, max } => min >= max,
        ItemKind::Decimal { min, max } => !(min < max && min.is_finite() && max.is_finite()),
        ItemKind::Text { max_length } => *max_length == 0,
        ItemKind::Choice(_) | ItemKind::Choices(_) | ItemKind::Date => false,
    }
}

fn check_condition(
    report: &mut Report<'_>,
    place: &str,
    definition: &Definition,
    earlier: &[Item],
    condition: &Condition,
) {
    match condition {
        Condition::Answered { item, codes } => {
            let Some(asked) = earlier.iter().find(|other| other.code == *item) else {
                let what = format!("it applies by item {item}, which is not asked before it");
                return report.add(place, what, "a condition refers to earlier items only");
            };
            report.refuse_if(
                codes.is_empty(),
                place,
                "its condition has no code",
                "name the codes of which any will do",
            );
            let Some(options) = definition.find_options(asked) else { return };
            for code in codes.iter().filter(|code| !options.codes.contains(code)) {
                let hint = format!("{item} takes {:?}", options.codes);
                report.add(place, format!("its condition asks for code {code} of item {item}"), hint);
            }
        }
        Condition::All(parts) | Condition::Any(parts) => {
            report.refuse_if(parts.is_empty(), place, "its condition has no part", "name at least one");
            for part in parts {
                check_condition(report, place, definition, earlier, part);
            }
        }
        Condition::Not(part) => check_condition(report, place, definition, earlier, part),
    }
}

fn check_scale(report: &mut Report<'_>, definition: &Definition, earlier: &[Scale], scale: &Scale) {
    let place = format!("scale {}", scale.code);
    let twice = earlier.iter().any(|other| other.code == scale.code);
    report.refuse_if(twice, &place, "its code stands twice", "every scale has a code of its own");
    let signed = scale.code.as_str().starts_with('-');
    report.refuse_if(signed, &place, "its code begins with '-'", "scales write '-' before a code to reverse it");
    let [low, high] = scale.range;
    report.refuse_if(
        low.partial_cmp(&high).is_none_or(Ordering::is_ge),
        &place,
        "its range is empty",
        "write [lowest, highest]",
    );
    check_inputs(report, &place, definition, earlier, scale);
    let n_inputs = scale.of.len();
    report.refuse_if(n_inputs == 0, &place, "it is made of nothing", "name its items or scales");
    let required = usize::from(scale.required());
    let impossible = required == 0 || required > n_inputs;
    report.refuse_if(
        impossible,
        &place,
        format!("it needs {required} of {n_inputs} inputs"),
        "ask for 1 up to all of them",
    );
    check_recode(report, &place, definition, scale);
    check_rule(report, &place, definition, scale);
    for step in &scale.steps {
        check_step(report, &place, step);
    }
}

fn check_inputs(report: &mut Report<'_>, place: &str, definition: &Definition, earlier: &[Scale], scale: &Scale) {
    let mut seen = BTreeSet::new();
    match &scale.of {
        Inputs::Items(items) => {
            for Input { code, .. } in items {
                match definition.find_item(code) {
                    None => report.add(place, format!("it names item {code}, which is unknown"), "mend the code"),
                    Some(item) => report.refuse_if(
                        definition.bounds_of(item).is_none(),
                        place,
                        format!("item {code} gives no number"),
                        "scales are made of single choices and numbers",
                    ),
                }
                report.refuse_if(!seen.insert(code.as_str()), place, format!("{code} stands twice"), "name it once");
            }
        }
        Inputs::Scales(scales) => {
            for Input { code, .. } in scales {
                let unknown = !earlier.iter().any(|other| other.code == *code);
                let what = format!("it names scale {code}, which does not stand before it");
                report.refuse_if(unknown, place, what, "a scale builds on earlier scales only");
                report.refuse_if(!seen.insert(code.as_str()), place, format!("{code} stands twice"), "name it once");
            }
        }
    }
}

fn check_rule(report: &mut Report<'_>, place: &str, definition: &Definition, scale: &Scale) {
    let n_inputs = scale.of.len();
    let mut one_each = |what: &str, n: usize| {
        let hint = format!("write one for each of its {n_inputs} inputs, in their order");
        report.refuse_if(n != n_inputs, place, format!("it has {n} {what}"), hint);
    };
    match &scale.rule {
        Rule::Sum | Rule::Mean | Rule::Prorated => {}
        Rule::Count { codes } => {
            report.refuse_if(codes.is_empty(), place, "it counts no code", "name the codes that count");
        }
        Rule::Weighted { weights, .. } => one_each("weights", weights.len()),
        Rule::NormBased(norms) => {
            one_each("norms", norms.len());
            let flat = norms.iter().any(|norm| norm.sd.partial_cmp(&0.0) != Some(Ordering::Greater));
            report.refuse_if(flat, place, "a norm has no spread", "a standard deviation is above 0");
        }
        Rule::Table(key) => check_table(report, place, definition, scale, key),
        Rule::ValueSet(set) => {
            one_each("lists of weights", set.weights.len());
            if let Some(severe) = &set.severe {
                one_each("severe weights", severe.weights.len());
            }
            check_value_set(report, place, definition, scale, set);
        }
    }
}

/// The numbers of levels of a scale's items; none where an input cannot be counted out.
fn levels(definition: &Definition, scale: &Scale) -> Option<Vec<usize>> {
    let Inputs::Items(items) = &scale.of else { return None };
    items.iter().map(|input| definition.levels_of(definition.find_item(&input.code)?)).collect()
}

fn check_table(report: &mut Report<'_>, place: &str, definition: &Definition, scale: &Scale, key: &TableKey) {
    let Some(table) = definition.tables.get(key) else {
        let hint = format!("define [tables.{key}] or name one of: {}", list(definition.tables.keys()));
        return report.add(place, format!("table {key} is unknown"), hint);
    };
    let Some(levels) = levels(definition, scale) else {
        return report.add(place, "a table is made of items", "write of = { items = [...] }, items that have codes");
    };
    let n_values: usize = levels.iter().product();
    let what = format!("table {key} has {} values", table.values.len());
    let hint = format!("write {n_values}: one for each combination of its items' codes");
    report.refuse_if(table.values.len() != n_values, place, what, hint);
    let alone: Vec<usize> = table.alone.iter().map(Vec::len).collect();
    let hint = "for each of its items, write one value for each of its codes";
    report.refuse_if(!alone.is_empty() && alone != levels, place, format!("table {key} misses values alone"), hint);
    let partly = usize::from(scale.required()) < levels.len();
    let unsaid = partly && (alone.is_empty() || levels.len() > 2);
    report.refuse_if(unsaid, place, "a table needs every input", "or two of them, with values alone");
}

fn check_recode(report: &mut Report<'_>, place: &str, definition: &Definition, scale: &Scale) {
    for (code, values) in &scale.recode {
        let Inputs::Items(items) = &scale.of else {
            return report.add(place, "it recodes scales", "only items are recoded; use steps on a scale");
        };
        let Some(input) = items.iter().find(|input| input.code == *code) else {
            report.add(place, format!("it recodes {code}, which it is not made of"), "mend the code");
            continue;
        };
        let what = format!("it recodes and reverses {code}");
        report.refuse_if(input.reversed, place, what, "write the recoded values in the direction wanted");
        let n_levels = definition.find_item(code).and_then(|item| definition.levels_of(item));
        let what = format!("it recodes {code} to {} values", values.len());
        let hint = format!("write one for each of its {} codes, in their order", n_levels.unwrap_or_default());
        report.refuse_if(n_levels != Some(values.len()), place, what, hint);
    }
}

fn check_value_set(report: &mut Report<'_>, place: &str, definition: &Definition, scale: &Scale, set: &ValueSet) {
    let Inputs::Items(items) = &scale.of else {
        return report.add(place, "a value set is made of items", "write of = { items = [...] }");
    };
    for (Input { code, .. }, weights) in items.iter().zip(&set.weights) {
        let Some(options) = definition.find_item(code).and_then(|item| definition.find_options(item)) else {
            report.add(place, format!("it values item {code}, which has no options"), "a value set is made of choices");
            continue;
        };
        let what = format!("it has {} weights for item {code}", weights.len());
        let hint = format!("write one for each of its {} codes, in the order of its option set", options.codes.len());
        report.refuse_if(weights.len() != options.codes.len(), place, what, hint);
    }
}

fn check_step(report: &mut Report<'_>, place: &str, step: &Step) {
    match step {
        Step::Rescale { from: [a, b], to } => {
            let finite = [a, b].into_iter().chain(to).all(|bound| bound.is_finite());
            let flat = (a - b).abs() < f64::EPSILON;
            report.refuse_if(!finite || flat, place, "it rescales from one point", "name two different values");
        }
        Step::Round(_) => {}
        Step::Lookup { values, .. } => {
            report.refuse_if(values.is_empty(), place, "it looks up in an empty list", "write the values");
        }
        Step::Bands { from, labels, codes } => {
            let unordered = !from.is_sorted_by(|a, b| a < b) || from.is_empty();
            report.refuse_if(unordered, place, "its bands are not ascending", "list the lowest value of each band");
            let what = format!("it has {} band labels", labels.len());
            let hint = format!("write {}: one more than there are limits", from.len() + 1);
            report.refuse_if(labels.len() != from.len() + 1, place, what, &hint);
            let what = format!("it has {} band codes", codes.len());
            report.refuse_if(!codes.is_empty() && codes.len() != from.len() + 1, place, what, hint);
        }
    }
}

fn item_wording(report: &mut Report<'_>, place: &str, item: &Item, words: &ItemWording) {
    report.refuse_if(words.text.trim().is_empty(), place, "its question is blank", "write it");
    let is_analogue = matches!(item.kind, ItemKind::Analogue { .. });
    let named = words.low.is_some() && words.high.is_some();
    report.refuse_if(is_analogue && !named, place, "an end of its scale has no name", "write low and high");
    let needless = !is_analogue && (words.low.is_some() || words.high.is_some());
    report.refuse_if(needless, place, "it names ends of a scale it does not have", "remove low and high");
}

fn option_wording(
    report: &mut Report<'_>,
    key: &OptionSetKey,
    options: &OptionSet,
    labels: Option<&BTreeMap<String, String>>,
) {
    let place = format!("options {key}");
    let Some(labels) = labels else {
        return report.add(&place, "it has no words", "label every code of the set");
    };
    let codes: Vec<String> = options.codes.iter().map(ToString::to_string).collect();
    for code in &codes {
        let blank = labels.get(code).is_none_or(|label| label.trim().is_empty());
        report.refuse_if(blank, &place, format!("code {code} has no words"), "label every code of the set");
    }
    for code in labels.keys().filter(|code| !codes.contains(code)) {
        report.add(&place, format!("the set has no code {code}"), "remove it or mend the code");
    }
    let mut seen = BTreeSet::new();
    for label in labels.values().filter(|label| !seen.insert(label.as_str())) {
        report.add(&place, format!("{label:?} labels two codes"), "no two options may read the same");
    }
}

fn list<T: Display>(things: impl Iterator<Item = T>) -> String {
    things.map(|thing| thing.to_string()).collect::<Vec<_>>().join(", ")
}

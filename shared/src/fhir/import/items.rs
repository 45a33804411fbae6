//! The questions of a form as items, in the order they are asked.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    conditions,
    options::{self, Offered, Set},
};
use crate::{
    fhir::{
        conditions::order,
        form::{Form, FormItem, Kind},
        json::{choice, extension, list, text},
        problem::Report,
    },
    id::{ItemCode, OptionSetKey},
    instrument::{Condition, Item, ItemKind},
};

/// The longest answer to a `string` and to a `text` that says no limit of its own.
const LONGEST: (u16, u16) = (255, 2000);

/// The widest decimal that is asked where the form says no bounds.
const WIDEST: f64 = 1e9;

/// What is asked.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) items: Vec<AskedItem>,
    pub(super) sets: Vec<Set>,
    /// Which asked item each item of the form became.
    pub(super) by_place: BTreeMap<usize, usize>,
}

/// One item, and where its words stand in the form.
#[derive(Debug)]
pub(super) struct AskedItem {
    pub(super) item: Item,
    /// Its place in the form.
    pub(super) place: usize,
    /// Whether it asks what the *other* of an open choice is.
    pub(super) is_other: bool,
    /// Groups and displays before and beside it, whose text helps.
    pub(super) help: Vec<usize>,
    /// The displays that name the ends of its scale.
    pub(super) ends: [Option<usize>; 2],
    pub(super) unit: Option<String>,
}

/// Turns the form's questions into items.
pub(super) fn ask(form: &Form, report: &mut Report) -> Asked {
    let mut writer = Writer { form, report, asked: Asked::default(), headings: Vec::new() };
    writer.level(None);
    if let Some(item) = writer.headings.first().and_then(|place| form.item(*place)) {
        writer.report.warn(item.place(), "it stands after the last question, and is left");
    }
    if form.items().iter().any(|item| item.required) {
        let root = crate::fhir::problem::Place { path: "Questionnaire", link_id: None };
        writer.report.warn(root, "required is not carried over: every question can be skipped with a reason");
    }
    writer.asked
}

struct Writer<'a> {
    form: &'a Form,
    report: &'a mut Report,
    asked: Asked,
    /// Groups and displays that no question followed yet.
    headings: Vec<usize>,
}

impl Writer<'_> {
    fn level(&mut self, parent: Option<usize>) {
        for place in self.form.level(parent) {
            let Some(item) = self.form.item(*place) else { continue };
            let source = self.form.source().pointer(&item.pointer).unwrap_or(&Value::Null);
            if extension(source, "hidden").and_then(Value::as_bool) == Some(true) {
                self.report.set_aside(
                    item.place(),
                    "hidden item",
                    "it is hidden, so neither it nor what it holds is asked",
                );
                continue;
            }
            if item.kind == Kind::Display {
                self.display(*place, item, source);
            } else if item.kind == Kind::Group && item.repeats {
                self.refuse(item, "repeating group");
            } else {
                if item.kind == Kind::Group {
                    self.headings.push(*place);
                } else {
                    self.question(*place, item, source);
                }
                self.level(Some(*place));
            }
        }
    }

    fn refuse(&mut self, item: &FormItem, feature: &str) {
        self.report.unsupported(item.place(), feature, format!("the app cannot ask this: {feature}"));
    }

    /// A display helps the question it stands under, else the next one.
    fn display(&mut self, place: usize, item: &FormItem, source: &Value) {
        let question = item.parent.and_then(|parent| self.asked.by_place.get(&parent)).copied();
        let Some(question) = question.and_then(|question| self.asked.items.get_mut(question)) else {
            self.headings.push(place);
            return;
        };
        match control(source) {
            Some("lower") => question.ends[0] = Some(place),
            Some("upper") => question.ends[1] = Some(place),
            _ => question.help.push(place),
        }
    }

    fn question(&mut self, place: usize, item: &FormItem, source: &Value) {
        if item.calculated.is_some() {
            let message = "it is calculated, so it is not asked; write it as a scale of the instrument";
            self.report.set_aside(item.place(), "calculatedExpression", message);
            return;
        }
        let Some(kind) = self.kind(item, source) else { return };
        let applies = self.applies(place);
        let code = self.code(item);
        let asked =
            Item { code: code.clone(), topic: topic(item, source), kind: kind.clone(), applies, without_recall: false };
        let help = std::mem::take(&mut self.headings);
        self.asked.by_place.insert(place, self.asked.items.len());
        self.asked.items.push(AskedItem {
            item: asked,
            place,
            is_other: false,
            help,
            ends: [None, None],
            unit: item.limits.unit.clone(),
        });
        if item.kind == Kind::OpenChoice {
            self.other(place, &code, &kind);
        }
        self.left(item);
    }

    /// What the *other* of an open choice is, asked when it was chosen.
    fn other(&mut self, place: usize, of: &ItemCode, kind: &ItemKind) {
        let (ItemKind::Choice(key) | ItemKind::Choices(key)) = kind else { return };
        let set = self.asked.sets.iter().find(|set| set.key == *key);
        let Some(other) = set.and_then(|set| set.options.last()).map(|option| option.code) else { return };
        let code = self.free_code(&format!("{}-other", start(of.as_str(), 30)));
        let item = Item {
            code,
            topic: "Other answer in words".to_owned(),
            kind: ItemKind::Text { max_length: LONGEST.0 },
            applies: Some(Condition::Answered { item: of.clone(), codes: vec![other] }),
            without_recall: false,
        };
        let (help, ends) = (Vec::new(), [None, None]);
        self.asked.items.push(AskedItem { item, place, is_other: true, help, ends, unit: None });
    }

    /// When an item applies: by its own conditions and those of everything around it.
    fn applies(&mut self, place: usize) -> Option<Condition> {
        let mut parts = Vec::new();
        let mut at = Some(place);
        while let Some(item) = at.and_then(|place| self.form.item(place)) {
            match conditions::of(item, self.form, &self.asked) {
                Ok(condition) => parts.extend(condition),
                Err(feature) => self.refuse(item, &feature),
            }
            at = item.parent;
        }
        parts.reverse();
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(Condition::All(parts)),
        }
    }

    /// The linkId where it can be a code, else what of it can.
    fn code(&mut self, item: &FormItem) -> ItemCode {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let plain: String = item.link_id.chars().map(|c| if fits(c) { c } else { '-' }).collect();
        let plain = plain.trim_matches('-');
        let plain = if plain.is_empty() { "item" } else { plain };
        let code = self.free_code(start(plain, 36));
        if code.as_str() != item.link_id {
            self.report.warn(item.place(), format!("its linkId cannot be an item code; its code is {code}"));
        }
        code
    }

    /// A code that no item has yet.
    fn free_code(&self, wanted: &str) -> ItemCode {
        let is_free = |code: &ItemCode| !self.asked.items.iter().any(|asked| asked.item.code == *code);
        let numbered = (2..).map(|n| format!("{wanted}-{n}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        loop {
            // a candidate is at most 40 letters, digits and dashes, and some number is free
            if let Some(code) = candidates.next().and_then(|code| ItemCode::parse(&code).ok()).filter(is_free) {
                return code;
            }
        }
    }

    fn kind(&mut self, item: &FormItem, source: &Value) -> Option<ItemKind> {
        if item.repeats && !matches!(item.kind, Kind::Choice | Kind::OpenChoice) {
            self.refuse(item, "repeating question");
            return None;
        }
        let offered = item.options.as_ref().is_some_and(|options| !options.is_empty());
        Some(match item.kind {
            Kind::Choice if !offered => {
                // a value set that is not at hand was told when the form was read
                if !item.lacks_options {
                    self.refuse(item, "choice without options");
                }
                return None;
            }
            Kind::Choice | Kind::OpenChoice => {
                let key = self.set(options::of(item, source, item.kind == Kind::OpenChoice))?;
                if item.repeats { ItemKind::Choices(key) } else { ItemKind::Choice(key) }
            }
            Kind::Integer | Kind::String | Kind::Date | Kind::Time if offered => {
                ItemKind::Choice(self.set(options::of(item, source, false))?)
            }
            Kind::Boolean => ItemKind::Choice(self.set(options::yes_no())?),
            Kind::Integer => integer(item, source),
            Kind::Decimal | Kind::Quantity => self.decimal(item)?,
            Kind::Date => ItemKind::Date,
            Kind::String | Kind::Text | Kind::Url => {
                let longest = if item.kind == Kind::Text { LONGEST.1 } else { LONGEST.0 };
                let own = item.limits.max_length.and_then(|length| u16::try_from(length).ok());
                ItemKind::Text { max_length: own.unwrap_or(longest) }
            }
            Kind::DateTime | Kind::Time => {
                self.refuse(item, &format!("type {}", item.kind.name()));
                return None;
            }
            // refused when the form was read
            Kind::Group | Kind::Display | Kind::Question | Kind::Attachment | Kind::Reference => return None,
        })
    }

    /// The key of a set of options, which items that offer the same share.
    fn set(&mut self, options: Vec<Offered>) -> Option<OptionSetKey> {
        if let Some(set) = self.asked.sets.iter().find(|set| set.options == options) {
            return Some(set.key.clone());
        }
        let key = OptionSetKey::parse(&format!("options-{}", self.asked.sets.len() + 1)).ok()?;
        self.asked.sets.push(Set { key: key.clone(), options });
        Some(key)
    }

    fn decimal(&mut self, item: &FormItem) -> Option<ItemKind> {
        if item.kind == Kind::Quantity && (item.limits.unit_options.len() > 1 || item.limits.unit_set.is_some()) {
            self.refuse(item, "quantity with a choice of units");
            return None;
        }
        let number = |bound: &Option<Value>| {
            let (_, value) = choice(bound.as_ref()?, "value")?;
            value.as_f64().or_else(|| value.get("value")?.as_f64())
        };
        let (min, max) = (number(&item.limits.min), number(&item.limits.max));
        Some(ItemKind::Decimal { min: min.unwrap_or(-WIDEST), max: max.unwrap_or(WIDEST) })
    }

    /// What of a question is not carried over.
    fn left(&mut self, item: &FormItem) {
        let here = item.place();
        let limits = &item.limits;
        let is_dated = item.kind == Kind::Date && (limits.min.is_some() || limits.max.is_some());
        for (is_there, what) in [
            (!item.initial.is_empty() || item.initially.is_some(), "initial value"),
            (limits.format.is_some(), "format"),
            (limits.min_length.is_some(), "least length"),
            (limits.max_decimals.is_some(), "number of decimals"),
            (limits.min_occurs.is_some() || limits.max_occurs.is_some(), "number of answers"),
            (is_dated, "bounds of the date"),
            (item.read_only, "readOnly"),
        ] {
            if is_there {
                self.report.set_aside(here, what, format!("its {what} is not carried over"));
            }
        }
    }
}

/// A whole number, on a slider where the form asks for one.
fn integer(item: &FormItem, source: &Value) -> ItemKind {
    let bound = |bound: &Option<Value>| bound.as_ref().and_then(|it| it.get("valueInteger")).and_then(Value::as_i64);
    let (min, max) = (bound(&item.limits.min), bound(&item.limits.max));
    let is_ordered = match (&item.limits.min, &item.limits.max) {
        (Some(min), Some(max)) => order(min, max).is_some_and(std::cmp::Ordering::is_lt),
        _ => false,
    };
    let small = |bound: Option<i64>| bound.and_then(|bound| i32::try_from(bound).ok());
    if let (Some("slider"), true, Some(min), Some(max)) = (control(source), is_ordered, small(min), small(max)) {
        return ItemKind::Analogue { min, max };
    }
    ItemKind::Integer { min: min.unwrap_or(i64::from(i32::MIN)), max: max.unwrap_or(i64::from(i32::MAX)) }
}

/// The code of an item's control.
pub(super) fn control(source: &Value) -> Option<&str> {
    let control = extension(source, "itemControl")?;
    list(control, "coding").iter().find_map(|coding| text(coding, "code"))
}

/// A label of at most eight words: the form's own short text, else how the question begins.
fn topic(item: &FormItem, source: &Value) -> String {
    let own = extension(source, "shortText").and_then(Value::as_str);
    let words = own.or_else(|| text(source, "text")).filter(|text| !text.trim().is_empty()).unwrap_or(&item.link_id);
    words.split_whitespace().take(8).collect::<Vec<_>>().join(" ")
}

fn start(text: &str, n: usize) -> &str {
    text.char_indices().nth(n).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

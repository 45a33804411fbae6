//! A response laid over its form: every item has its place, whether answered or not.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Finding, FindingResult};
use crate::fhir::{
    conditions::is_same_coding,
    form::{Form, FormItem, Kind},
    json::{choice, list, text},
    problem::Report,
};

/// The most places a response may take up.
const MOST_PLACES: usize = 200_000;

/// A response over a form.
#[derive(Debug)]
pub(crate) struct Tree<'f> {
    pub(crate) form: &'f Form,
    occurrences: Vec<Occurrence>,
    /// The occurrences of each item of the form.
    by_item: Vec<Vec<usize>>,
    /// The response's other fields.
    pub(crate) fields: Map<String, Value>,
    is_cut: bool,
}

/// An item at one place of a response; parents stand before their children.
#[derive(Debug)]
pub(crate) struct Occurrence {
    pub(crate) item: usize,
    pub(crate) parent: Option<usize>,
    /// Which answer of the parent it stands under, if the parent is a question.
    pub(crate) under: usize,
    pub(crate) children: Vec<usize>,
    pub(crate) path: String,
    pub(crate) answers: Vec<Answer>,
    pub(crate) enabled: bool,
    /// Whether its enableWhenExpression holds.
    pub(crate) may: bool,
}

/// One answer, `{"valueX": …}`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Origin {
    Typed,
    Initial,
    Calculated,
}

impl<'f> Tree<'f> {
    /// Lays a response over a form; without one, the form's initial values.
    pub(super) fn new(form: &'f Form, response: Option<&Value>) -> Self {
        let mut fields = response.and_then(Value::as_object).cloned().unwrap_or_default();
        fields.remove("item");
        fields.insert("resourceType".to_owned(), Value::from("QuestionnaireResponse"));
        let by_item = vec![Vec::new(); form.n_items()];
        let mut tree = Self { form, occurrences: Vec::new(), by_item, fields, is_cut: false };
        let given: Vec<&Value> = response.map(|response| list(response, "item").iter().collect()).unwrap_or_default();
        tree.level(None, 0, None, &given, "");
        if response.is_none() {
            tree.open();
        }
        tree
    }

    /// Gives every item its initial values.
    fn open(&mut self) {
        for occurrence in &mut self.occurrences {
            let Some(item) = self.form.item(occurrence.item) else { continue };
            let as_many = if item.repeats { usize::MAX } else { 1 };
            let initial = item.initial.iter().take(as_many);
            let answer = |value: &Value| Answer { value: whole(item, value), origin: Origin::Initial };
            occurrence.answers = initial.map(answer).collect();
        }
    }

    /// Adds the occurrences of the items below an item; gives their places.
    fn level(
        &mut self,
        item: Option<usize>,
        under: usize,
        parent: Option<usize>,
        given: &[&Value],
        path: &str,
    ) -> Vec<usize> {
        let mut by_link: HashMap<&str, Vec<&Value>> = HashMap::new();
        for one in given {
            by_link.entry(text(one, "linkId").unwrap_or_default()).or_default().push(one);
        }
        let mut places = Vec::new();
        for place in self.form.level(item) {
            let Some(item) = self.form.item(*place) else { continue };
            let own = by_link.get(item.link_id.as_str()).cloned().unwrap_or_default();
            let path = if path.is_empty() { item.link_id.clone() } else { format!("{path}/{}", item.link_id) };
            if item.kind == Kind::Group && own.len() > 1 {
                for (n, one) in own.iter().enumerate() {
                    let path = if n == 0 { path.clone() } else { format!("{path}[{n}]") };
                    places.extend(self.occurrence(*place, under, parent, &[one], &path));
                }
            } else {
                places.extend(self.occurrence(*place, under, parent, &own, &path));
            }
        }
        places
    }

    fn occurrence(
        &mut self,
        item: usize,
        under: usize,
        parent: Option<usize>,
        given: &[&Value],
        path: &str,
    ) -> Option<usize> {
        if self.occurrences.len() >= MOST_PLACES {
            self.is_cut = true;
            return None;
        }
        let form_item = self.form.item(item)?;
        let place = self.occurrences.len();
        let raw: Vec<&Value> = given.iter().flat_map(|it| list(it, "answer")).collect();
        let answers = raw.iter().filter_map(|raw| {
            let (field, value) = choice(raw, "value")?;
            let value = Value::Object(Map::from_iter([(field.to_owned(), value.clone())]));
            Some(Answer { value: whole(form_item, &value), origin: Origin::Typed })
        });
        let answers = answers.collect();
        let children = Vec::new();
        let (enabled, may) = (true, true);
        let fresh = Occurrence { item, parent, under, children, path: path.to_owned(), answers, enabled, may };
        self.occurrences.push(fresh);
        if let Some(places) = self.by_item.get_mut(item) {
            places.push(place);
        }
        let beside: Vec<&Value> = given.iter().flat_map(|it| list(it, "item")).collect();
        let mut children = Vec::new();
        // an item without an answer has its inner items all the same: they can be enabled
        for n in 0..raw.len().max(1) {
            let mut below: Vec<&Value> = raw.get(n).map(|raw| list(raw, "item").iter().collect()).unwrap_or_default();
            if n == 0 {
                below.extend(&beside);
            }
            children.extend(self.level(Some(item), n, Some(place), &below, path));
        }
        if let Some(occurrence) = self.occurrences.get_mut(place) {
            occurrence.children = children;
        }
        Some(place)
    }

    /// Whether the response was too large to be read whole.
    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(crate) fn occurrences(&self) -> &[Occurrence] {
        &self.occurrences
    }

    pub(crate) fn get(&self, place: usize) -> Option<&Occurrence> {
        self.occurrences.get(place)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut Occurrence> {
        self.occurrences.get_mut(place)
    }

    /// The item at a place.
    pub(crate) fn item(&self, place: usize) -> Option<&'f FormItem> {
        self.form.item(self.get(place)?.item)
    }

    /// Where an item occurs directly below an occurrence (none: at the top), under its answer of this number.
    pub(crate) fn below(
        &self,
        parent: Option<usize>,
        under: usize,
        item: usize,
    ) -> impl Iterator<Item = usize> + use<'_> {
        let children = parent.and_then(|parent| self.get(parent)).map(|parent| parent.children.as_slice());
        let all = children.or_else(|| self.by_item.get(item).map(Vec::as_slice)).unwrap_or_default();
        all.iter().copied().filter(move |place| {
            self.get(*place).is_some_and(|it| it.item == item && it.parent == parent && it.under == under)
        })
    }

    /// The values answered at a place.
    pub(crate) fn answers(&self, place: usize) -> impl Iterator<Item = &Value> {
        self.get(place).into_iter().flat_map(|occurrence| occurrence.answers.iter().map(|answer| &answer.value))
    }

    /// Takes over what an expression gave; says whether it changed anything.
    pub(super) fn take(&mut self, finding: Finding, report: &mut Report) -> bool {
        let Some(item) = self.item(finding.place) else { return false };
        let Some(occurrence) = self.occurrences.get_mut(finding.place) else { return false };
        match finding.result {
            FindingResult::Enabled(may) => std::mem::replace(&mut occurrence.may, may) != may,
            FindingResult::Trouble(message) => {
                report.warn(item.place(), message);
                false
            }
            FindingResult::Answers(origin, values) => {
                let answers: Vec<_> = values.into_iter().map(|value| Answer { value, origin }).collect();
                let changed = occurrence.answers != answers;
                occurrence.answers = answers;
                changed
            }
        }
    }
}

/// An answer as choosing its option gives it, with what the option's coding carries.
fn whole(item: &FormItem, answer: &Value) -> Value {
    let mut answer = answer.clone();
    let Some(Value::Object(coding)) = answer.get_mut("valueCoding") else { return answer };
    let given = Value::Object(coding.clone());
    let options = item.options.iter().flatten().filter_map(|option| option.answer.get("valueCoding"));
    let chosen =
        options.filter_map(Value::as_object).find(|option| is_same_coding(&given, &Value::Object((*option).clone())));
    for (field, value) in chosen.into_iter().flatten().filter(|(field, _)| *field != "designation") {
        coding.entry(field.clone()).or_insert_with(|| value.clone());
    }
    answer
}

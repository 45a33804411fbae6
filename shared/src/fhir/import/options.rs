//! Options as codes: whole numbers in the order shown, each with where its label stands.

use serde_json::Value;

use crate::{
    fhir::{
        form::FormItem,
        json::{choice, extension},
        number,
    },
    id::OptionSetKey,
    instrument::OptionSet,
};

/// A set of options, shared by items that offer the same.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) key: OptionSetKey,
    pub(super) options: Vec<Offered>,
}

/// One option.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offered {
    pub(super) code: i32,
    pub(super) label: Label,
    pub(super) exclusive: bool,
}

/// Where an option's label comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Label {
    /// An option of the form: `{"valueX": …}`.
    Answer(Value),
    Yes,
    No,
    /// Something else, which is then asked; with the form's own word for it.
    Other(Option<String>),
}

impl Set {
    pub(super) fn option_set(&self) -> OptionSet {
        OptionSet {
            codes: self.options.iter().map(|option| option.code).collect(),
            exclusive: self.options.iter().filter(|option| option.exclusive).map(|option| option.code).collect(),
        }
    }
}

/// Yes and no.
pub(super) fn yes_no() -> Vec<Offered> {
    let option = |code, label| Offered { code, label, exclusive: false };
    vec![option(1, Label::Yes), option(0, Label::No)]
}

/// The options of a choice; of an open one, with one more for everything else.
///
/// An option's code is its score where all have one, else its own code where all are numbers, else its place.
pub(super) fn of(item: &FormItem, source: &Value, is_open: bool) -> Vec<Offered> {
    let offered = item.options.as_deref().unwrap_or_default();
    let scores: Option<Vec<i32>> = offered.iter().map(|option| small(option.weight?)).collect();
    let own: Option<Vec<i32>> = offered.iter().map(|option| own_code(&option.answer)).collect();
    let places = || (0..).take(offered.len()).collect();
    let codes: Vec<i32> =
        scores.filter(|codes| is_distinct(codes)).or(own.filter(|codes| is_distinct(codes))).unwrap_or_else(places);
    let next = codes.iter().max().map_or(0, |most| most.saturating_add(1));
    let option = |(code, option): (i32, &crate::fhir::options::Choice)| Offered {
        code,
        label: Label::Answer(option.answer.clone()),
        exclusive: option.exclusive,
    };
    let mut options: Vec<Offered> = codes.into_iter().zip(offered).map(option).collect();
    if is_open {
        let word = extension(source, "openLabel").and_then(Value::as_str).map(str::to_owned);
        options.push(Offered { code: next, label: Label::Other(word), exclusive: false });
    }
    options
}

fn small(number: f64) -> Option<i32> {
    number::whole(number).and_then(|whole| i32::try_from(whole).ok())
}

fn own_code(answer: &Value) -> Option<i32> {
    let (_, value) = choice(answer, "value")?;
    match value.get("code").unwrap_or(value) {
        // a code such as 01 is a name and not a number
        Value::String(code) => code.parse().ok().filter(|number: &i32| number.to_string() == *code),
        Value::Number(number) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_distinct(codes: &[i32]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    codes.iter().all(|code| seen.insert(code))
}

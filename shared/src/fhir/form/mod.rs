//! A questionnaire as this program reads it; the source is kept whole beside it.

mod expressions;
mod read;

use std::collections::HashMap;

use serde_json::Value;

pub(crate) use self::expressions::KANTA;
use super::{
    conditions::Condition,
    limits::Limits,
    options::{Choice, ValueSets},
    path::Path,
    problem::{Place, Problem, Severity},
};

/// A FHIR R4 Questionnaire that could be read, with everything found on the way.
#[derive(Clone, Debug)]
pub struct Form {
    source: Value,
    items: Vec<FormItem>,
    links: HashMap<String, Vec<usize>>,
    roots: Vec<usize>,
    named: Vec<Named>,
    problems: Vec<Problem>,
}

/// An item, in a flat list where parents stand before their children.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "FHIR says these one by one")]
pub(crate) struct FormItem {
    pub(crate) link_id: String,
    pub(crate) kind: Kind,
    pub(crate) parent: Option<usize>,
    pub(crate) children: Vec<usize>,
    /// `Questionnaire.item[0].item[1]`
    pub(crate) path: String,
    /// The same as a JSON pointer.
    pub(crate) pointer: String,
    pub(crate) repeats: bool,
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    pub(crate) conditions: Vec<Condition>,
    /// Whether one condition of several will do.
    pub(crate) any: bool,
    pub(crate) enable: Option<Formula>,
    pub(crate) calculated: Option<Formula>,
    pub(crate) initially: Option<Formula>,
    pub(crate) named: Vec<Named>,
    /// Answers it is opened with.
    pub(crate) initial: Vec<Value>,
    /// What it offers; none if anything goes or the set is not at hand.
    pub(crate) options: Option<Vec<Choice>>,
    /// Whether a set of options is named that is not at hand.
    pub(crate) lacks_options: bool,
    pub(crate) limits: Limits,
}

/// An expression, or why it cannot be used.
#[derive(Clone, Debug)]
pub(crate) enum Formula {
    Ready(Path),
    Unusable(String),
}

/// An expression with a name others may call it by.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) formula: Formula,
}

/// The types of items.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Group,
    Display,
    /// The abstract type, which cannot be answered.
    Question,
    Boolean,
    Decimal,
    Integer,
    Date,
    DateTime,
    Time,
    String,
    Text,
    Url,
    Choice,
    OpenChoice,
    Attachment,
    Reference,
    Quantity,
}

impl Kind {
    const ALL: [(&'static str, Self); 17] = [
        ("group", Self::Group),
        ("display", Self::Display),
        ("question", Self::Question),
        ("boolean", Self::Boolean),
        ("decimal", Self::Decimal),
        ("integer", Self::Integer),
        ("date", Self::Date),
        ("dateTime", Self::DateTime),
        ("time", Self::Time),
        ("string", Self::String),
        ("text", Self::Text),
        ("url", Self::Url),
        ("choice", Self::Choice),
        ("open-choice", Self::OpenChoice),
        ("attachment", Self::Attachment),
        ("reference", Self::Reference),
        ("quantity", Self::Quantity),
    ];

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, kind)| kind)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The field that an answer of this type stands in.
    pub(crate) const fn answer_field(self) -> &'static str {
        match self {
            Self::Group | Self::Display | Self::Question => "",
            Self::Boolean => "valueBoolean",
            Self::Decimal => "valueDecimal",
            Self::Integer => "valueInteger",
            Self::Date => "valueDate",
            Self::DateTime => "valueDateTime",
            Self::Time => "valueTime",
            Self::String | Self::Text => "valueString",
            Self::Url => "valueUri",
            Self::Choice | Self::OpenChoice => "valueCoding",
            Self::Attachment => "valueAttachment",
            Self::Reference => "valueReference",
            Self::Quantity => "valueQuantity",
        }
    }
}

impl Form {
    /// Reads and checks a questionnaire, as far as it can be read.
    ///
    /// # Errors
    /// It is not a questionnaire of FHIR R4 at all: the problems say why.
    pub fn read(source: Value, packs: &ValueSets) -> Result<Self, Vec<Problem>> {
        read::form(source, packs)
    }

    /// Everything found, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether nothing found would change its meaning.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }

    /// The file as it was, nothing lost.
    #[must_use]
    pub const fn source(&self) -> &Value {
        &self.source
    }

    /// How many items it has.
    #[must_use]
    pub const fn n_items(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn items(&self) -> &[FormItem] {
        &self.items
    }

    pub(crate) fn item(&self, place: usize) -> Option<&FormItem> {
        self.items.get(place)
    }

    pub(crate) fn named(&self) -> &[Named] {
        &self.named
    }

    /// The places of the items with this linkId: one, unless the file is wrong.
    pub(crate) fn linked(&self, link_id: &str) -> &[usize] {
        self.links.get(link_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The items on this level: below an item, or at the top.
    pub(crate) fn level(&self, parent: Option<usize>) -> &[usize] {
        parent.and_then(|parent| self.items.get(parent)).map_or(&self.roots, |item| &item.children)
    }
}

impl FormItem {
    pub(crate) fn place(&self) -> Place<'_> {
        Place { path: &self.path, link_id: Some(&self.link_id) }
    }
}

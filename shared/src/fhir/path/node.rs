//! What an expression is evaluated over: nodes of a JSON tree, and values computed from them.

use std::borrow::Cow;

use serde_json::Value;

use super::moment::{Moment, MomentKind};

/// One element of a collection.
#[derive(Clone, Debug)]
pub(crate) enum Node<'a> {
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    Text(Cow<'a, str>),
    Moment(Moment),
    Quantity(Quantity),
    Tree(Tree<'a>),
}

/// A number with its unit: a UCUM code where there is one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) value: f64,
    pub(crate) unit: String,
}

/// An object of the JSON tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) value: &'a Value,
    /// The type that its field names, as in `valueCoding`; empty where no field tells.
    kind: &'a str,
    /// The linkId of the nearest item around it.
    pub(crate) link: Option<&'a str>,
}

/// The types that the name of a field can end in.
const TYPES: [&str; 24] = [
    "Address",
    "Attachment",
    "Boolean",
    "Canonical",
    "Code",
    "CodeableConcept",
    "Coding",
    "Date",
    "DateTime",
    "Decimal",
    "Expression",
    "Id",
    "Identifier",
    "Instant",
    "Integer",
    "Markdown",
    "Period",
    "Quantity",
    "Range",
    "Reference",
    "String",
    "Time",
    "Uri",
    "Url",
];

/// The type at the end of a field's name, as `Coding` in `valueCoding`.
fn type_of_field<'k>(field: &'k str, stem: &str) -> Option<&'k str> {
    field.strip_prefix(stem).filter(|kind| TYPES.binary_search(kind).is_ok())
}

impl<'a> Node<'a> {
    /// A whole JSON document.
    pub(crate) fn root(value: &'a Value) -> Self {
        Self::Tree(Tree { value, kind: "", link: value.get("linkId").and_then(Value::as_str) })
    }

    /// What a JSON value stands for; null and arrays stand for nothing of their own.
    fn read(value: &'a Value, kind: &'a str, link: Option<&'a str>) -> Option<Self> {
        match value {
            Value::Null | Value::Array(_) => None,
            Value::Bool(truth) => Some(Self::Boolean(*truth)),
            Value::Number(number) => {
                let whole = number.as_i64().filter(|_| kind != "Decimal");
                whole.map(Self::Integer).or_else(|| number.as_f64().map(Self::Decimal))
            }
            Value::String(text) => {
                let moment = match kind {
                    "Date" => Moment::parse_date(text),
                    "DateTime" | "Instant" => Moment::parse_as_date_time(text),
                    "Time" => Moment::parse_time(text),
                    _ => None,
                };
                Some(moment.map_or(Self::Text(Cow::Borrowed(text)), Self::Moment))
            }
            Value::Object(fields) => {
                let link = fields.get("linkId").and_then(Value::as_str).or(link);
                Some(Self::Tree(Tree { value, kind, link }))
            }
        }
    }

    /// The name of its type, as `is` and `ofType` take it.
    pub(crate) fn type_name(&self) -> &str {
        match self {
            Self::Boolean(_) => "Boolean",
            Self::Integer(_) => "Integer",
            Self::Decimal(_) => "Decimal",
            Self::Text(_) => "String",
            Self::Moment(moment) => match moment.kind() {
                MomentKind::Date => "Date",
                MomentKind::DateTime => "DateTime",
                MomentKind::Time => "Time",
            },
            Self::Quantity(_) => "Quantity",
            Self::Tree(tree) => tree.value.get("resourceType").and_then(Value::as_str).unwrap_or(tree.kind),
        }
    }

    /// Its text, as `toString()` writes it.
    pub(crate) fn to_text(&self) -> String {
        super::convert::text_of(self)
    }

    /// Its number, if it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(crate::fhir::number::decimal(*number)),
            Self::Decimal(number) => Some(*number),
            Self::Boolean(_) | Self::Text(_) | Self::Moment(_) | Self::Quantity(_) | Self::Tree(_) => None,
        }
    }

    /// Its number with unit, if it is one.
    pub(crate) fn quantity(&self) -> Option<Quantity> {
        match self {
            Self::Quantity(quantity) => Some(quantity.clone()),
            Self::Tree(tree) if tree.kind == "Quantity" || tree.value.get("unit").is_some() => {
                let value = tree.value.get("value")?.as_f64()?;
                let unit = ["code", "unit"].iter().find_map(|field| tree.value.get(field)?.as_str());
                Some(Quantity { value, unit: unit.unwrap_or("1").to_owned() })
            }
            Self::Integer(_) | Self::Decimal(_) => Some(Quantity { value: self.number()?, unit: "1".to_owned() }),
            Self::Boolean(_) | Self::Text(_) | Self::Moment(_) | Self::Tree(_) => None,
        }
    }

    /// Its fields of this name; `value` finds `valueCoding` too.
    pub(crate) fn field(&self, name: &str) -> Vec<Self> {
        if let Self::Quantity(quantity) = self {
            return match name {
                "value" => vec![Self::Decimal(quantity.value)],
                "unit" | "code" => vec![Self::Text(Cow::Owned(quantity.unit.clone()))],
                _ => Vec::new(),
            };
        }
        let Self::Tree(tree) = self else {
            return Vec::new();
        };
        let Value::Object(fields) = tree.value else {
            return Vec::new();
        };
        let exact = fields.get_key_value(name).map(|(field, value)| (type_of_field(field, "value"), value));
        let choice = || fields.iter().find_map(|(field, value)| Some((Some(type_of_field(field, name)?), value)));
        let Some((kind, value)) = exact.or_else(choice) else {
            return Vec::new();
        };
        elements(value, kind.unwrap_or_default(), tree.link).collect()
    }

    /// All its fields.
    pub(crate) fn children(&self) -> Vec<Self> {
        let Self::Tree(tree) = self else {
            return Vec::new();
        };
        let Value::Object(fields) = tree.value else {
            return Vec::new();
        };
        let named = fields.iter().filter(|(field, _)| !field.starts_with('_') && *field != "resourceType");
        let kind = |field: &'a str| type_of_field(field, "value").unwrap_or_default();
        named.flat_map(|(field, value)| elements(value, kind(field), tree.link)).collect()
    }
}

/// The values of a field, which may be one or a list.
fn elements<'a>(value: &'a Value, kind: &'a str, link: Option<&'a str>) -> impl Iterator<Item = Node<'a>> {
    let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    list.iter().filter_map(move |value| Node::read(value, kind, link))
}

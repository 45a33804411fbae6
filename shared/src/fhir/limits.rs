//! What an answer must keep to beyond its type: bounds, length, format, number of answers, units.

use regex_lite::Regex;
use serde_json::{Map, Value};

use super::{
    json::{choice, extension, extensions, text},
    path::Quantity,
    problem::{Place, Report},
};

/// The bounds of an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    /// Lowest value, held as `{"valueX": …}`.
    pub(crate) min: Option<Value>,
    /// Highest value.
    pub(crate) max: Option<Value>,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(crate) max_decimals: Option<u64>,
    /// The format, anchored, and as it was written.
    pub(crate) format: Option<(Regex, String)>,
    /// An example of the format.
    pub(crate) example: Option<String>,
    pub(crate) min_occurs: Option<u64>,
    pub(crate) max_occurs: Option<u64>,
    /// The unit answers are given in.
    pub(crate) unit: Option<String>,
    /// The units to choose from, by system and code.
    pub(crate) unit_options: Vec<(String, String)>,
    /// The address of a value set of units, which only a terminology server can look into.
    pub(crate) unit_set: Option<String>,
}

impl Limits {
    pub(crate) fn read(item: &Value, here: Place<'_>, report: &mut Report) -> Self {
        let whole = |name: &str| extension(item, name).and_then(Value::as_u64);
        let words = |name: &str| extension(item, name).and_then(Value::as_str).map(str::to_owned);
        let unit_option = |extension: &Value| {
            let (_, coding) = choice(extension, "value")?;
            Some((text(coding, "system").unwrap_or_default().to_owned(), text(coding, "code")?.to_owned()))
        };
        let unit = extension(item, "unit").and_then(|coding| text(coding, "code").or_else(|| text(coding, "display")));
        Self {
            min: bound(item, "minValue", "minQuantity", here, report),
            max: bound(item, "maxValue", "maxQuantity", here, report),
            min_length: whole("minLength"),
            max_length: max_length(item, here, report),
            max_decimals: whole("maxDecimalPlaces"),
            format: words("regex").and_then(|pattern| format(pattern, here, report)),
            example: words("entryFormat"),
            min_occurs: whole("minOccurs"),
            max_occurs: whole("maxOccurs"),
            unit: unit.map(str::to_owned),
            unit_options: extensions(item, "unitOption").filter_map(unit_option).collect(),
            unit_set: words("unitValueSet"),
        }
    }
}

fn max_length(item: &Value, here: Place<'_>, report: &mut Report) -> Option<u64> {
    let written = item.get("maxLength")?;
    let length = written.as_u64().filter(|length| *length > 0);
    if length.is_none() {
        report.error(here, format!("maxLength is {written}, not a number of characters"));
    }
    length
}

/// A bound by either of its extensions; one that is itself calculated is left to the person.
fn bound(item: &Value, name: &str, of_quantity: &str, here: Place<'_>, report: &mut Report) -> Option<Value> {
    let extension = extensions(item, of_quantity).chain(extensions(item, name)).next()?;
    let Some((field, value)) = choice(extension, "value") else {
        report.set_aside(here, "calculated bound", format!("{name} is calculated, which is not checked"));
        return None;
    };
    if field == "valueExpression" {
        report.set_aside(here, "calculated bound", format!("{name} is calculated, which is not checked"));
        return None;
    }
    Some(Value::Object(Map::from_iter([(field.to_owned(), value.clone())])))
}

/// A format must fit the whole answer; what this engine cannot read is told.
fn format(pattern: String, here: Place<'_>, report: &mut Report) -> Option<(Regex, String)> {
    let regex = Regex::new(&format!("^(?:{pattern})$")).ok();
    if regex.is_none() {
        let message = format!("the format {pattern} cannot be read as a regular expression, and is not checked");
        report.set_aside(here, "regular expression", message);
    }
    regex.map(|regex| (regex, pattern))
}

/// A quantity as FHIR writes it, if it has a number.
pub(crate) fn quantity(value: &Value) -> Option<Quantity> {
    let number = value.get("value")?.as_f64()?;
    Some(Quantity { value: number, unit: text(value, "code").unwrap_or_default().to_owned() })
}

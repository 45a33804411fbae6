//! Reading fields of a JSON object that may not be what they should.

use serde_json::Value;

/// The elements of a list; an object that should have been a list of one is taken as such.
pub(crate) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    match value.get(field) {
        None | Some(Value::Null) => &[],
        Some(Value::Array(list)) => list,
        Some(single) => std::slice::from_ref(single),
    }
}

/// A text.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

/// A truth, false unless it is said.
pub(crate) fn is_true(value: &Value, field: &str) -> bool {
    value.get(field).and_then(Value::as_bool).unwrap_or_default()
}

/// The only field of the form `value[x]` or another stem, with its whole name.
pub(crate) fn choice<'a>(value: &'a Value, stem: &str) -> Option<(&'a str, &'a Value)> {
    let is_choice = |field: &str| field.strip_prefix(stem).is_some_and(|kind| kind.starts_with(char::is_uppercase));
    let (field, value) = value.as_object()?.iter().find(|(field, _)| is_choice(field))?;
    Some((field.as_str(), value))
}

/// An extension's name as this program knows it, whichever of HL7's folders it lies in.
///
/// `…/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity` and `…/StructureDefinition/maxValue` alike end in
/// the name; what is not HL7's has none.
pub(crate) fn extension_name(extension: &Value) -> Option<&str> {
    let url = text(extension, "url")?;
    let path = url.strip_prefix("http://hl7.org/fhir/").or_else(|| url.strip_prefix("https://hl7.org/fhir/"))?;
    let name = path.rsplit('/').next()?;
    let name = name.strip_prefix("sdc-").unwrap_or(name);
    Some(name.strip_prefix("questionnaire-").unwrap_or(name))
}

/// The extensions of this name.
pub(crate) fn extensions<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let wanted = name.to_owned();
    list(value, "extension").iter().filter(move |extension| extension_name(extension) == Some(&wanted))
}

/// The value of the first extension of this name.
pub(crate) fn extension<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    extensions(value, name).find_map(|extension| choice(extension, "value")).map(|(_, value)| value)
}

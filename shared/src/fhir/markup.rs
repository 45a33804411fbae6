//! Formatted text: the app shows plain text only, and refuses a file that tries to run something.

use serde_json::Value;

use super::{
    json::text,
    problem::{Place, Report},
};

/// Elements that run, load or send something.
const FORBIDDEN: [&str; 11] =
    ["script", "iframe", "object", "embed", "form", "input", "link", "meta", "base", "style", "applet"];

/// Elements that FHIR's narrative allows.
const ALLOWED: [&str; 44] = [
    "a",
    "abbr",
    "acronym",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "td",
    "tr",
    "tt",
    "ul",
];

/// Checks every formatted text of a form.
pub(crate) fn check(form: &Value, report: &mut Report) {
    let mut open = vec![(form, None)];
    while let Some((value, link_id)) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list.iter().map(|value| (value, link_id))),
            Value::Object(fields) => {
                let link_id = fields.get("linkId").and_then(Value::as_str).or(link_id);
                let here = Place { path: "Questionnaire", link_id };
                let url = text(value, "url").unwrap_or_default();
                let is_formatted = url.ends_with("/rendering-xhtml") || url.ends_with("/rendering-markdown");
                let formatted = ["valueString", "valueMarkdown"].iter().find_map(|field| text(value, field));
                if let Some(formatted) = formatted.filter(|_| is_formatted) {
                    check_text(formatted, here, report);
                }
                if let Some(narrative) = text(value, "div") {
                    check_text(narrative, here, report);
                }
                open.extend(fields.values().map(|value| (value, link_id)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn check_text(formatted: &str, here: Place<'_>, report: &mut Report) {
    for tag in formatted.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or((tag, ""));
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_lowercase();
        let lower = tag.to_lowercase();
        let mut attributes = lower.split_whitespace().skip(1);
        let runs = attributes.any(|it| it.starts_with("on") && it.contains('=')) || lower.contains("javascript:");
        if FORBIDDEN.contains(&name.as_str()) || runs {
            let what = if runs { "a script in an attribute".to_owned() } else { format!("<{name}>") };
            report.error(here, format!("its formatted text holds {what}, which FHIR forbids"));
        } else if !name.is_empty() && !ALLOWED.contains(&name.as_str()) {
            report.warn(here, format!("its formatted text holds <{name}>, which FHIR does not allow; it is not shown"));
        }
    }
}

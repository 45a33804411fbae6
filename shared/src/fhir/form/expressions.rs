//! The expressions of a form: those in `FHIRPath` are parsed here, other languages are told and left alone.

use serde_json::{Value, json};

use super::{Formula, Named};
use crate::fhir::{
    json::{choice, extension_name, extensions, list, text},
    path::{ParseError, Path},
    problem::{Place, Report},
};

/// Extensions that hold an expression which only shows or pre-fills something: the app can do without them.
const SET_ASIDE: [&str; 6] = [
    "cqf-expression",
    "cqf-calculatedValue",
    "answerExpression",
    "answerOptionsToggleExpression",
    "itemPopulationContext",
    "contextExpression",
];

/// The Finnish ancestor of enableWhenExpression, whose value is the bare expression.
pub(crate) const KANTA: &str = "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen";

/// When an item is enabled, where an expression says it.
pub(super) fn enabling(item: &Value, here: Place<'_>, report: &mut Report) -> Option<Formula> {
    formula(item, "enableWhenExpression", here, report).or_else(|| {
        let of_kanta = list(item, "extension").iter().find(|extension| text(extension, "url") == Some(KANTA))?;
        let expression = json!({ "language": "text/fhirpath", "expression": text(of_kanta, "valueString")? });
        Some(read(&expression, "enableWhenExpression", here, report))
    })
}

/// The expression of an item's extension of this name.
pub(super) fn formula(item: &Value, name: &str, here: Place<'_>, report: &mut Report) -> Option<Formula> {
    let mut found = extensions(item, name);
    let extension = found.next()?;
    if found.next().is_some() {
        report.error(here, format!("it has several {name}s, and only one can hold"));
    }
    let (_, expression) = choice(extension, "value")?;
    Some(read(expression, name, here, report))
}

/// Variables and other named expressions, in their order.
pub(super) fn named(holder: &Value, here: Place<'_>, report: &mut Report) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    for extension in list(holder, "extension") {
        let Some(kind) = extension_name(extension) else { continue };
        let Some((_, expression)) = choice(extension, "value").filter(|(field, _)| *field == "valueExpression") else {
            continue;
        };
        if SET_ASIDE.contains(&kind) {
            report.set_aside(here, kind, format!("{kind} is not computed by the app; what it shows or fills is left"));
            continue;
        }
        let Some(name) = text(expression, "name") else { continue };
        // what is computed by a name of its own is parsed and complained about where it is used
        let mut silent = Report::default();
        let report = if kind == "variable" { &mut *report } else { &mut silent };
        if kind == "variable" && named.iter().any(|other| other.name == name) {
            report.error(here, format!("the variable {name} is defined twice"));
        }
        named.push(Named { name: name.to_owned(), formula: read(expression, kind, here, report) });
    }
    named
}

fn read(expression: &Value, kind: &str, here: Place<'_>, report: &mut Report) -> Formula {
    let language = text(expression, "language").unwrap_or("text/fhirpath");
    let body = text(expression, "expression").unwrap_or_default();
    if language != "text/fhirpath" {
        let message = format!("the {kind} is written in {language}, which needs a server and is not evaluated");
        if matches!(kind, "variable" | "initialExpression") {
            report.set_aside(here, language, message.clone());
        } else {
            report.unsupported(here, language, message.clone());
        }
        return Formula::Unusable(message);
    }
    match Path::parse(body) {
        Ok(path) => Formula::Ready(path),
        Err(ParseError::Unsupported(function)) => {
            let message = format!("the {kind} calls {function}(), which is not supported");
            report.unsupported(here, format!("{function}()"), message.clone());
            Formula::Unusable(message)
        }
        Err(error @ ParseError::Wrong(_)) => {
            let message = format!("the {kind} is not FHIRPath: {error}");
            if kind == "initialExpression" {
                report.warn(here, message.clone());
            } else {
                report.error(here, message.clone());
            }
            Formula::Unusable(message)
        }
    }
}

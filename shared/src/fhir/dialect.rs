//! Telling R4 from what looks like it: other versions of FHIR, a vendor's own dialect, fields of nobody.

use serde_json::Value;

use super::{
    form::KANTA,
    json::{extension, extension_name, extensions, list, text},
    problem::{Place, Report},
};

/// The fields a questionnaire of R4 has.
const FORM_FIELDS: [&str; 34] = [
    "approvalDate",
    "code",
    "contact",
    "contained",
    "copyright",
    "date",
    "derivedFrom",
    "description",
    "effectivePeriod",
    "experimental",
    "extension",
    "id",
    "identifier",
    "implicitRules",
    "item",
    "jurisdiction",
    "language",
    "lastReviewDate",
    "meta",
    "modifierExtension",
    "name",
    "publisher",
    "purpose",
    "resourceType",
    "status",
    "subjectType",
    "text",
    "title",
    "url",
    "useContext",
    "version",
    "fhir_comments",
    "$schema",
    "resource",
];

/// The fields an item of R4 has.
const ITEM_FIELDS: [&str; 21] = [
    "answerOption",
    "answerValueSet",
    "code",
    "definition",
    "enableBehavior",
    "enableWhen",
    "extension",
    "id",
    "initial",
    "item",
    "linkId",
    "maxLength",
    "modifierExtension",
    "prefix",
    "readOnly",
    "repeats",
    "required",
    "text",
    "type",
    "fhir_comments",
    "_text",
];

/// Fields of items that other versions and dialects have, and whose they are.
const FOREIGN: [(&str, &str); 17] = [
    ("option", "FHIR STU3"),
    ("options", "FHIR STU3"),
    ("initialBoolean", "FHIR STU3"),
    ("initialDecimal", "FHIR STU3"),
    ("initialInteger", "FHIR STU3"),
    ("initialString", "FHIR STU3"),
    ("initialCoding", "FHIR STU3"),
    ("answerConstraint", "FHIR R5"),
    ("disabledDisplay", "FHIR R5"),
    ("calculatedExpression", "the Aidbox dialect"),
    ("enableWhenExpression", "the Aidbox dialect"),
    ("initialExpression", "the Aidbox dialect"),
    ("itemControl", "the Aidbox dialect"),
    ("hidden", "the Aidbox dialect"),
    ("unit", "the Aidbox dialect"),
    ("variable", "the Aidbox dialect"),
    ("macro", "the Aidbox dialect"),
];

/// Checks the fields of the whole form.
pub(crate) fn check(form: &Value, report: &mut Report) {
    let root = Place { path: "Questionnaire", link_id: None };
    for field in unknown(form, &FORM_FIELDS) {
        match field {
            "versionAlgorithmString" | "versionAlgorithmCoding" | "copyrightLabel" => {
                report.error(root, format!("the field {field} is of FHIR R5, and this program reads R4"));
            }
            "launchContext" | "mapping" | "assembledFrom" | "sourceQueries" | "variable" => {
                report.error(root, format!("the field {field} is of the Aidbox dialect, and this program reads R4"));
            }
            _ => report.warn(root, format!("R4 knows no field {field}; it is kept and not used")),
        }
    }
    profile(form, root, report);
    modifier(form, root, report);
    header(form, root, report);
    extensions_of(form, root, report);
    level(form, "Questionnaire", report);
}

fn unknown<'a>(value: &'a Value, known: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let fields = value.as_object().into_iter().flatten().map(|(field, _)| field.as_str());
    fields.filter(|field| !field.starts_with('_') && !known.contains(field))
}

/// A profile may name another version; whether the file is of it, its fields tell.
fn profile(form: &Value, root: Place<'_>, report: &mut Report) {
    let profiles = form.get("meta").map(|meta| list(meta, "profile")).unwrap_or_default();
    for profile in profiles.iter().filter_map(Value::as_str) {
        let version =
            [("/fhir/3.0", "STU3"), ("|3.0", "STU3"), ("/STU3/", "STU3"), ("/fhir/5.0", "R5"), ("|5.0", "R5")];
        if let Some((_, version)) = version.iter().find(|(part, _)| profile.contains(part)) {
            report.warn(root, format!("its profile {profile} is of FHIR {version}; its fields are read as R4"));
        }
    }
}

/// An extension that may change the meaning of everything around it cannot be passed over.
fn modifier(value: &Value, here: Place<'_>, report: &mut Report) {
    for extension in list(value, "modifierExtension") {
        let url = text(extension, "url").unwrap_or("without address");
        report.unsupported(here, "modifierExtension", format!("the modifierExtension {url} may change its meaning"));
    }
}

/// The form's own fields, as far as something follows from them.
fn header(form: &Value, root: Place<'_>, report: &mut Report) {
    match text(form, "status") {
        Some("draft" | "active" | "retired" | "unknown") => {}
        Some(other) => report.error(root, format!("its status is draft, active, retired or unknown, not {other}")),
        None => report.warn(root, "it does not say its status; it is taken for a draft"),
    }
    if let Some(period) = form.get("effectivePeriod") {
        let (start, end) = (text(period, "start"), text(period, "end"));
        let is_turned = matches!((start, end), (Some(start), Some(end)) if end < start);
        if is_turned || !period.is_object() {
            report.error(root, "its effectivePeriod ends before it begins");
        }
    }
    if let Some(copyright) = text(form, "copyright").filter(|text| !text.trim().is_empty()) {
        let start: String = copyright.chars().take(80).collect();
        report.warn(root, format!("it is under copyright, so make sure that the site may use it: {start}"));
    }
    for context in extensions(form, "launchContext") {
        if let Some(name) = extension_of(context, "name").and_then(|coding| text(coding, "code").or(coding.as_str())) {
            let message = format!("it expects %{name} from the system that opens it; this program has none");
            report.set_aside(root, "launchContext", message);
        }
    }
    for name in ["subQuestionnaire", "assembleContext"] {
        if extension(form, name).is_some() {
            report.unsupported(root, name, format!("it is a part to be assembled with others ({name})"));
        }
    }
}

/// The extensions that this program understands, or reports by themselves.
const UNDERSTOOD: [&str; 31] = [
    "answerExpression",
    "answerOptionsToggleExpression",
    "assembleContext",
    "calculatedExpression",
    "contextExpression",
    "cqf-calculatedValue",
    "cqf-expression",
    "enableWhenExpression",
    "entryFormat",
    "hidden",
    "initialExpression",
    "itemControl",
    "itemPopulationContext",
    "itemWeight",
    "launchContext",
    "maxDecimalPlaces",
    "maxOccurs",
    "maxQuantity",
    "maxValue",
    "minLength",
    "minOccurs",
    "minQuantity",
    "minValue",
    "ordinalValue",
    "regex",
    "subQuestionnaire",
    "translation",
    "unit",
    "unitOption",
    "unitValueSet",
    "variable",
];

/// Says which extensions are kept and not used.
fn extensions_of(value: &Value, here: Place<'_>, report: &mut Report) {
    for extension in list(value, "extension") {
        let url = text(extension, "url").unwrap_or("without address");
        match extension_name(extension) {
            Some(name) if UNDERSTOOD.contains(&name) => {}
            Some(name) => report.set_aside(here, name, format!("the extension {name} is kept and not used")),
            None if url == KANTA => {}
            None => report.warn(here, format!("the extension {url} is not known; it is kept and not used")),
        }
    }
}

/// The value of an extension inside an extension.
pub(crate) fn extension_of<'a>(holder: &'a Value, url: &str) -> Option<&'a Value> {
    let inner = list(holder, "extension").iter().find(|extension| text(extension, "url") == Some(url))?;
    super::json::choice(inner, "value").map(|(_, value)| value)
}

fn level(holder: &Value, path: &str, report: &mut Report) {
    for (n, item) in list(holder, "item").iter().enumerate() {
        let path = format!("{path}.item[{n}]");
        let here = Place { path: &path, link_id: text(item, "linkId") };
        for field in unknown(item, &ITEM_FIELDS) {
            match FOREIGN.iter().find(|(foreign, _)| *foreign == field) {
                Some((_, whose)) => {
                    report.error(here, format!("the field {field} is of {whose}, and this program reads R4"));
                }
                None => report.warn(here, format!("R4 knows no field {field}; it is kept and not used")),
            }
        }
        if list(item, "enableWhen").iter().any(|condition| condition.get("hasAnswer").is_some()) {
            report.error(here, "enableWhen.hasAnswer is of FHIR STU3, and this program reads R4");
        }
        if extension(item, "subQuestionnaire").is_some() {
            report.unsupported(here, "subQuestionnaire", "it stands for another questionnaire, which is not at hand");
        }
        if item.get("answerOption").is_some() && item.get("answerValueSet").is_some() {
            report.error(here, "que-4: it has both answerOption and answerValueSet");
        }
        let kind = text(item, "type").unwrap_or_default();
        if item.get("answerValueSet").is_some() && !matches!(kind, "choice" | "open-choice" | "coding") {
            report.error(here, format!("que-5: an answerValueSet stands on an item of type {kind}"));
        }
        if text(item, "text").is_none_or(|text| text.trim().is_empty()) && !matches!(kind, "group" | "") {
            report.warn(here, "it has no text, so nothing says what is asked");
        }
        extensions_of(item, here, report);
        modifier(item, here, report);
        level(item, &path, report);
    }
}

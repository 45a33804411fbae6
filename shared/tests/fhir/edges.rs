//! 30 files to refuse or to warn about, each for its reason.

use crate::corpus::{errors, json, names, read};

/// Whether each is refused, and what must be said.
const EDGES: [(&str, bool, &str); 30] = [
    ("ftc__q-base", true, "the type coding is of FHIR R5"),
    ("ftc__q-coepi", true, "the field option is of FHIR STU3"),
    ("ftc__q-enablewhen-me-wrong", true, "que-12"),
    ("ftc__sdc-instance-bad", false, "it has no text"),
    ("ftc__sdc-inv-1", true, "que-5"),
    ("i4mi__empty", true, "it has no items"),
    ("lforms__R5-questionnaire-disabledDisplay.R5", true, "the field disabledDisplay is of FHIR R5"),
    ("lforms__R5-tables", true, "the type coding is of FHIR R5"),
    ("lforms__STU3-argonaut-phq9-ish", true, "the field options is of FHIR STU3"),
    ("lforms__STU3-test-enablewhen", true, "enableWhen.hasAnswer is of FHIR STU3"),
    ("lforms__brokenValueSet", true, "the item has no linkId"),
    ("lforms__fhir-context-q-wrong-valueset-url", true, "so the question has no options"),
    ("lforms__q-with-duplicate-variable-name-as-launchContext", true, "has the name of a launchContext"),
    ("lforms__q-with-duplicate-variable-names-item-level", true, "the variable Y is defined twice"),
    ("lforms__q-with-duplicate-variable-names-root-level", true, "the variable X is defined twice"),
    ("lforms__q-with-invalid-xhtml", false, "<button>, which FHIR does not allow"),
    ("lforms__q-with-rendering-markdown-answerOption-with-invalid-tag", true, "<script>, which FHIR forbids"),
    ("lforms__q-with-rendering-xhtml-answerOption-with-invalid-tag", true, "<script>, which FHIR forbids"),
    ("lforms__q-with-rendering-xhtml-contained-valueset-with-invalid-tag", true, "<script>, which FHIR forbids"),
    ("lforms__q-with-rendering-xhtml-help-and-legal-with-invalid-tag", true, "<script>, which FHIR forbids"),
    ("lforms__q-with-rendering-xhtml-prefix-with-invalid-tag", true, "<script>, which FHIR forbids"),
    ("lforms__q-with-rendering-xhtml-text-with-invalid-tag", true, "<script>, which FHIR forbids"),
    ("lforms__questionnaire-enableWhen-missing-linkId", true, "looks at q11, which is not there"),
    ("lforms__questionnaire-enableWhen-missing-question-field", true, "does not say which question"),
    ("lforms__questionnaire-extract-template-root-level", false, "the extension templateExtract is kept"),
    ("lforms__questionnaire-with-copyright-no-code", false, "it is under copyright"),
    ("lhcfb__effective-period-invalid-sample", true, "its effectivePeriod ends before it begins"),
    ("lhcfb__nested-extension-sample", false, "the extension item-level/1 is not known"),
    ("sdcqrf__FCE-vitals", true, "of the Aidbox dialect"),
    ("sdcqrf__unknown-extensions", false, "the extension urn:unknown-extension-1 is not known"),
];

#[test]
fn every_edge_file_is_refused_or_warned_about_for_its_reason() {
    assert_eq!(names("edge"), EDGES.map(|(name, ..)| name.to_owned()));
    for (name, is_refused, reason) in EDGES {
        let (_, problems) = read(&json(&format!("edge/{name}")));
        let said: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(!errors(&problems).is_empty(), is_refused, "{name}: {said:?}");
        assert!(said.iter().any(|said| said.contains(reason)), "{name} does not say {reason}: {said:?}");
    }
}

/// For the table: what is done with each file, and why.
pub(crate) fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    EDGES.into_iter().map(|(name, is_refused, why)| (name, if is_refused { "refused" } else { "warned about" }, why))
}

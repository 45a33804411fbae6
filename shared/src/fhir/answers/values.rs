//! One answer's value: its type, the options, the bounds.

use std::cmp::Ordering;

use serde_json::Value;

use crate::fhir::{
    check::may_answer,
    conditions::is_same,
    form::{FormItem, Kind},
    json::{choice, text},
    limits::{Limits, quantity},
    path::{Moment, Node},
    problem::{Place, Report},
    units,
};

/// The fields an answer of R4 may have.
const FIELDS: [&str; 12] = [
    "valueBoolean",
    "valueDecimal",
    "valueInteger",
    "valueDate",
    "valueDateTime",
    "valueTime",
    "valueString",
    "valueUri",
    "valueAttachment",
    "valueCoding",
    "valueQuantity",
    "valueReference",
];

/// Checks all answers to an item.
pub(super) fn check_all(item: &FormItem, answers: &[(String, &Value)], report: &mut Report) {
    for (path, answer) in answers {
        let here = Place { path, link_id: Some(&item.link_id) };
        check(item, answer, here, report);
        let is_exclusive = |answer: &Value| {
            let mut options = item.options.iter().flatten();
            options.any(|option| option.exclusive && is_same(&option.answer, answer))
        };
        if answers.len() > 1 && is_exclusive(answer) {
            report.error(here, "this option excludes every other, and others are chosen too");
        }
    }
}

fn check(item: &FormItem, answer: &Value, here: Place<'_>, report: &mut Report) {
    let Some((field, value)) = choice(answer, "value") else {
        if answer.get("item").is_none() && answer.get("extension").is_none() {
            report.error(here, "the answer has no value");
        }
        return;
    };
    if !FIELDS.contains(&field) {
        report.error(here, format!("R4 knows no answer field {field}"));
        return;
    }
    // without options there is nothing to hold a choice against
    let is_unlisted = item.kind == Kind::Choice && item.options.is_none();
    let fits = may_answer(item, field) || (is_unlisted && field == "valueString");
    if !fits {
        let wanted = item.kind.answer_field().trim_start_matches("value");
        let found = field.trim_start_matches("value");
        report.error(here, format!("the answer must be of type {wanted}, not {found}"));
        return;
    }
    if !is_well_formed(field, value) {
        report.error(here, format!("{value} is not a value of type {}", field.trim_start_matches("value")));
        return;
    }
    if let Some(options) = item.options.as_ref().filter(|options| !options.is_empty()) {
        let may_be_free = item.kind == Kind::OpenChoice && field == "valueString";
        if !may_be_free && !options.iter().any(|option| is_same(&option.answer, answer)) {
            report.error(here, "the answer is not among the options");
        }
    }
    check_limits(&item.limits, answer, value, here, report);
}

/// Whether a JSON value is what its field says.
fn is_well_formed(field: &str, value: &Value) -> bool {
    match field {
        "valueBoolean" => value.is_boolean(),
        "valueDecimal" => value.is_number(),
        "valueInteger" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "valueDate" => value.as_str().and_then(Moment::parse_date).is_some(),
        "valueDateTime" => value.as_str().and_then(Moment::parse_as_date_time).is_some(),
        "valueTime" => value.as_str().and_then(Moment::parse_time).is_some(),
        "valueString" | "valueUri" => value.as_str().is_some_and(|text| !text.is_empty()),
        _ => value.is_object(),
    }
}

fn check_limits(limits: &Limits, answer: &Value, value: &Value, here: Place<'_>, report: &mut Report) {
    for (bound, wrong, word) in
        [(&limits.min, Ordering::Less, "below the lowest"), (&limits.max, Ordering::Greater, "above the highest")]
    {
        let Some(bound) = bound else { continue };
        match order(answer, bound) {
            Some(order) if order == wrong => {
                report.error(here, format!("{} is {word} value allowed, {}", shown(answer), shown(bound)));
            }
            Some(_) => {}
            None => {
                let message = format!("{} cannot be compared with the bound {}", shown(answer), shown(bound));
                report.error(here, message);
            }
        }
    }
    if let Some(text) = value.as_str() {
        check_text(limits, text, here, report);
    }
    if let (Some(most), Some(number)) = (limits.max_decimals, value.as_f64()) {
        let written = number.to_string();
        let n_decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        if u64::try_from(n_decimals).is_ok_and(|n| n > most) {
            // HL7's validator lets this pass: the extension guides entry
            report.warn(here, format!("{written} has more than {most} decimals"));
        }
    }
    if answer.get("valueQuantity").is_some() {
        check_unit(limits, value, here, report);
    }
    if answer.get("valueReference").is_some() {
        check_reference(value, here, report);
    }
}

fn check_text(limits: &Limits, text: &str, here: Place<'_>, report: &mut Report) {
    let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    if let Some(least) = limits.min_length.filter(|least| length < *least) {
        report.error(here, format!("the answer has {length} characters, and {least} are needed"));
    }
    if let Some(most) = limits.max_length.filter(|most| length > *most) {
        report.error(here, format!("the answer has {length} characters, and {most} are allowed"));
    }
    if let Some((_, pattern)) = limits.format.as_ref().filter(|(regex, _)| !regex.is_match(text)) {
        let example = limits.example.as_ref().unwrap_or(pattern);
        report.error(here, format!("the answer is not of the form {example}"));
    }
}

fn check_unit(limits: &Limits, value: &Value, here: Place<'_>, report: &mut Report) {
    let (system, code) = (text(value, "system").unwrap_or_default(), text(value, "code").unwrap_or_default());
    let is_offered = limits.unit_options.iter().any(|option| option.0 == system && option.1 == code);
    if !limits.unit_options.is_empty() && !is_offered {
        report.error(here, format!("the unit {code} is not among those offered"));
    }
    if let Some(set) = &limits.unit_set {
        report.error(here, format!("the unit {code} is not known to be in the value set {set}"));
    }
}

/// The order of an answer and a bound, a date taken at its earliest.
fn order(answer: &Value, bound: &Value) -> Option<Ordering> {
    if let (Some(answer), Some(bound)) = (answer.get("valueQuantity"), bound.get("valueQuantity")) {
        let (answer, bound) = (quantity(answer)?, quantity(bound)?);
        let has_units = !answer.unit.is_empty() && !bound.unit.is_empty();
        return has_units.then(|| units::compare(&answer, &bound))?;
    }
    let node = |value: &Value| Node::root(value).field("value").first().map(Node::to_text);
    let moment = |value: &Value| {
        let text = node(value)?;
        Moment::parse_date_time(&text).or_else(|| Moment::parse_time(&text))
    };
    let is_moment = ["valueDate", "valueDateTime", "valueTime"].iter().any(|field| answer.get(field).is_some());
    if is_moment {
        return Some(moment(answer)?.compare_earliest(&moment(bound)?));
    }
    let number = |value: &Value| match value.get("valueQuantity") {
        Some(quantity) => quantity.get("value").and_then(Value::as_f64),
        None => choice(value, "value").and_then(|(_, value)| value.as_f64()),
    };
    number(answer)?.partial_cmp(&number(bound)?)
}

fn shown(value: &Value) -> String {
    let Some((_, value)) = choice(value, "value") else { return String::new() };
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let unit = ["code", "unit"].iter().find_map(|field| fields.get(*field)?.as_str()).unwrap_or_default();
            format!("{} {unit}", fields.get("value").unwrap_or(&Value::Null))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => value.to_string(),
    }
}

/// A reference leads to a resource of R4: by type and id, by address, inside the file, or by a name of its own.
fn check_reference(value: &Value, here: Place<'_>, report: &mut Report) {
    let Some(reference) = text(value, "reference") else { return };
    if reference.starts_with('#') || reference.starts_with("urn:") {
        return;
    }
    if reference.contains(char::is_whitespace) {
        report.error(here, format!("{reference} is not an address"));
        return;
    }
    let without_version = reference.split("/_history/").next().unwrap_or_default();
    let mut parts = without_version.rsplit('/');
    let (_, kind) = (parts.next(), parts.next().unwrap_or_default());
    if !RESOURCES.split_whitespace().any(|known| known == kind) {
        report.error(here, format!("{reference} leads to a {kind}, which FHIR R4 does not know"));
    }
}

/// The resources of FHIR R4.
const RESOURCES: &str = "Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse \
    AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam \
    CatalogEntry ChargeItem ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication \
    CommunicationRequest CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage \
    CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric \
    DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis \
    Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable \
    ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse \
    HealthcareService ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation \
    ImplementationGuide InsurancePlan Invoice Library Linkage List Location Measure MeasureReport Media Medication \
    MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest MedicationStatement \
    MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication MedicinalProductIndication \
    MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged \
    MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader \
    MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition \
    OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation \
    Person PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse \
    RelatedPerson RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject \
    RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen SpecimenDefinition \
    StructureDefinition StructureMap Subscription Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein \
    SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task \
    TerminologyCapabilities TestReport TestScript ValueSet VerificationResult VisionPrescription";

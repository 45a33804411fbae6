//! Files made to hurt: deep, circular, huge. Each ends quickly, with words.

use serde_json::{Value, json};
use shared::fhir::{Evaluation, Form, ValueSets};

use crate::corpus::{now, read};

fn form_of(items: &Value) -> Value {
    json!({ "resourceType": "Questionnaire", "status": "draft", "item": items })
}

fn evaluate(items: &Value) -> Evaluation {
    Form::read(form_of(items), &ValueSets::default()).unwrap().evaluate(None, &now())
}

/// A decimal item that is calculated so.
fn calculated(link_id: &str, expression: &str) -> Value {
    let url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";
    let extension = json!({ "url": url, "valueExpression": { "language": "text/fhirpath", "expression": expression } });
    json!({ "linkId": link_id, "text": "?", "type": "decimal", "readOnly": true, "extension": [extension] })
}

fn said(items: &Value) -> String {
    evaluate(items).problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_deep_expression_is_refused_when_it_is_read() {
    for expression in [
        format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{}1{}", "(".repeat(1000), ")".repeat(1000)),
        format!("1{}", " + 1".repeat(10_000)),
        format!("a{}", ".a".repeat(10_000)),
        format!("{}1", "not ".repeat(10)),
    ] {
        let said = said(&json!([calculated("a", &expression)]));
        assert!(said.contains("is not FHIRPath"), "{said}");
    }
    assert_eq!(said(&json!([calculated("a", &format!("{}1", "-".repeat(50_001)))])), "");
}

#[test]
fn an_expression_that_grows_without_end_is_stopped() {
    let doubling = "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9).repeat($this + 1).count()";
    let text = format!("'x'{}", ".select($this & $this)".repeat(60));
    for expression in [doubling, &format!("({text}).length()")] {
        let said = said(&json!([calculated("a", expression)]));
        assert!(said.contains("stopped after"), "{said}");
    }
}

#[test]
fn variables_that_call_each_other_for_ever_are_told() {
    let variable = |name: &str, expression: &str| {
        json!({ "url": "http://hl7.org/fhir/StructureDefinition/variable",
                "valueExpression": { "name": name, "language": "text/fhirpath", "expression": expression } })
    };
    let mut form = form_of(&json!([calculated("a", "%x")]));
    form["extension"] = json!([variable("x", "%y + 1"), variable("y", "%x + 1")]);
    let state = Form::read(form.clone(), &ValueSets::default()).unwrap().evaluate(None, &now());
    assert!(state.problems.iter().any(|problem| problem.message.contains("is defined by itself")));
    let chain = (0..500).map(|n| variable(&format!("v{n}"), &format!("1 + (2 * (3 + %v{}))", n + 1)));
    form["extension"] = chain.chain([variable("x", "%v0"), variable("v500", "1")]).collect();
    let state = Form::read(form, &ValueSets::default()).unwrap().evaluate(None, &now());
    assert!(!state.calculated.contains_key("a"), "{:?}", state.calculated);
    assert!(state.problems.iter().any(|problem| problem.message.contains("in a row")), "{:?}", state.problems);
}

#[test]
fn calculations_that_never_settle_are_told() {
    let said = said(&json!([calculated("a", "iif(%resource.item.where(linkId='a').answer.value = 1, 2, 1)")]));
    assert!(said.contains("never settle"), "{said}");
}

#[test]
fn conditions_in_a_circle_are_refused_and_still_end() {
    let item = |link_id: &str, on: &str| {
        let condition = json!({ "question": on, "operator": "exists", "answerBoolean": false });
        json!({ "linkId": link_id, "text": "?", "type": "string", "enableWhen": [condition], "initial": [{ "valueString": "x" }] })
    };
    let state = evaluate(&json!([item("a", "b"), item("b", "c"), item("c", "a")]));
    assert!(state.problems.iter().any(|problem| problem.message.contains("depends on itself")));
}

#[test]
fn numbers_without_end_are_no_answers() {
    let state =
        evaluate(&json!([calculated("a", "1e308"), calculated("b", "10.power(308) * 10"), calculated("c", "1 / 0")]));
    assert!(state.calculated.is_empty(), "{:?}", state.calculated);
    let state = evaluate(&json!([calculated("a", "0.1 + 0.2"), calculated("b", "(0.1 + 0.2) = 0.3 and 3 div 2 = 1")]));
    assert_eq!(state.calculated["a"], [json!({ "valueDecimal": 0.3 })]);
}

#[test]
fn a_questionnaire_nested_a_hundred_levels_deep_is_not_read_as_json() {
    let deep = format!("{}{}", r#"{"item":["#.repeat(10_000), "]}".repeat(10_000));
    assert!(serde_json::from_str::<Value>(&deep).is_err());
    let mut item = json!({ "linkId": "59", "text": "?", "type": "string" });
    for level in (0..59).rev() {
        item = json!({ "linkId": level.to_string(), "type": "group", "item": [item] });
    }
    let (form, problems) = read(&form_of(&json!([item])));
    assert_eq!((form.unwrap().n_items(), problems.len()), (60, 0));
}

#[test]
fn ten_thousand_repetitions_and_five_thousand_items_take_seconds() {
    let condition = json!({ "question": "pain", "operator": "=", "answerBoolean": true });
    let group = json!({ "linkId": "day", "type": "group", "repeats": true, "item": [
        { "linkId": "pain", "text": "?", "type": "boolean" },
        { "linkId": "where", "text": "?", "type": "string", "enableWhen": [condition] },
    ] });
    let day = |n: usize| json!({ "linkId": "day", "item": [{ "linkId": "pain", "answer": [{ "valueBoolean": n.is_multiple_of(2) }] }] });
    let days: Vec<Value> = (0..10_000).map(day).collect();
    let response = json!({ "resourceType": "QuestionnaireResponse", "status": "completed", "item": days });
    let form = read(&form_of(&json!([group, calculated("n", "%resource.repeat(item).answer.count()")]))).0.unwrap();
    let state = form.evaluate(Some(&response), &now());
    assert_eq!(state.enabled.values().filter(|enabled| **enabled).count(), 10_000 + 10_000 + 5_000 + 1);
    let chained = |n: usize| {
        let condition = json!({ "question": (n + 1).to_string(), "operator": "exists", "answerBoolean": true });
        json!({ "linkId": n.to_string(), "text": "?", "type": "string", "enableWhen": [condition] })
    };
    let state = evaluate(&Value::Array((0..1_000).map(chained).collect()));
    assert!(state.problems.iter().any(|problem| problem.message.contains("which is not there")));
}

#[test]
fn what_is_no_questionnaire_is_refused() {
    for source in
        [json!(null), json!([]), json!("x"), json!({}), json!({ "resourceType": "Patient" }), form_of(&json!({}))]
    {
        let (form, problems) = read(&source);
        assert!(form.is_none() && !problems.is_empty(), "{source}");
    }
}

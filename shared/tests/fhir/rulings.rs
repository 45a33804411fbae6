//! The rulings where engines differ, one small form each.

use serde_json::{Value, json};
use shared::fhir::Evaluation;

use crate::corpus::{now, read};

fn evaluate(items: &Value, answers: &Value) -> Evaluation {
    let form = json!({ "resourceType": "Questionnaire", "status": "draft", "item": items });
    let response = json!({ "resourceType": "QuestionnaireResponse", "status": "in-progress", "item": answers });
    read(&form).0.unwrap().evaluate(Some(&response), &now())
}

fn when(question: &str, operator: &str, field: &str, value: &Value) -> Value {
    let mut condition = json!({ "question": question, "operator": operator });
    condition[field] = value.clone();
    json!([condition])
}

/// Whether `then` is enabled by a condition on `if`, of a type, with these answers.
fn enabled(kind: &str, operator: &str, (field, value): (&str, &Value), answers: &Value) -> bool {
    let items = json!([
        { "linkId": "if", "text": "?", "type": kind, "repeats": true },
        { "linkId": "then", "text": "?", "type": "string", "enableWhen": when("if", operator, field, value) },
    ]);
    evaluate(&items, &json!([{ "linkId": "if", "answer": answers }])).enabled["then"]
}

#[test]
fn operators_on_none_one_and_several_answers() {
    let (red, blue) = (json!({ "valueString": "red" }), json!({ "valueString": "blue" }));
    let is_red = ("answerString", &json!("red"));
    for (operator, answers, expected) in [
        ("=", json!([]), false),
        ("!=", json!([]), true),
        ("=", json!([red, blue]), true),
        ("!=", json!([red, blue]), false),
        ("!=", json!([blue]), true),
        (">", json!([blue]), false),
        ("<", json!([blue, red]), true),
    ] {
        assert_eq!(enabled("string", operator, is_red, &answers), expected, "{operator} {answers}");
    }
    let any = ("answerBoolean", &json!(true));
    assert!(!enabled("string", "exists", any, &json!([])));
    assert!(enabled("string", "exists", any, &json!([red])));
    assert!(enabled("string", "exists", ("answerBoolean", &json!(false)), &json!([])));
}

#[test]
fn a_date_that_is_not_precise_enough_does_not_hold() {
    for (operator, answer, expected) in [
        (">=", "2024-06-01", true),
        (">", "2024", false),
        ("=", "2024-05", false),
        ("<", "2023", true),
        ("=", "2024-05-31", true),
    ] {
        let answers = json!([{ "valueDate": answer }]);
        let found = enabled("date", operator, ("answerDate", &json!("2024-05-31")), &answers);
        assert_eq!(found, expected, "{answer} {operator} 2024-05-31");
    }
}

#[test]
fn codings_are_equal_by_system_and_code_where_both_have_a_system() {
    let wanted = json!({ "system": "s", "code": "c" });
    for (coding, expected) in [
        (json!({ "system": "s", "code": "c", "display": "other" }), true),
        (json!({ "system": "t", "code": "c" }), false),
        (json!({ "code": "c" }), true),
        (json!({ "system": "s", "code": "d" }), false),
    ] {
        let answers = json!([{ "valueCoding": coding }]);
        assert_eq!(enabled("choice", "=", ("answerCoding", &wanted), &answers), expected, "{answers}");
    }
}

#[test]
fn answers_of_disabled_items_do_not_count_and_what_is_below_is_disabled_too() {
    let yes = json!(true);
    let items = json!([
        { "linkId": "a", "text": "?", "type": "boolean" },
        { "linkId": "b", "type": "group", "enableWhen": when("a", "=", "answerBoolean", &yes), "item": [
            { "linkId": "c", "text": "?", "type": "boolean" },
        ] },
        { "linkId": "d", "text": "?", "type": "string", "enableWhen": when("c", "=", "answerBoolean", &yes) },
    ]);
    let answers = |first: bool| {
        let inner = json!([{ "linkId": "c", "answer": [{ "valueBoolean": true }] }]);
        json!([{ "linkId": "a", "answer": [{ "valueBoolean": first }] }, { "linkId": "b", "item": inner }])
    };
    let of = |first: bool| evaluate(&items, &answers(first)).enabled;
    assert_eq!(json!(of(false)), json!({ "a": true, "b": false, "b/c": false, "d": false }));
    assert_eq!(json!(of(true)), json!({ "a": true, "b": true, "b/c": true, "d": true }));
}

#[test]
fn a_condition_looks_at_its_own_repetition_and_at_its_own_answer() {
    let inner = json!([
        { "linkId": "pain", "text": "?", "type": "boolean" },
        { "linkId": "where", "text": "?", "type": "string", "enableWhen": when("pain", "=", "answerBoolean", &json!(true)) },
    ]);
    let given = |pain: bool| json!([{ "linkId": "pain", "answer": [{ "valueBoolean": pain }] }]);
    let group = json!([{ "linkId": "day", "type": "group", "repeats": true, "item": inner }]);
    let days = json!([{ "linkId": "day", "item": given(false) }, { "linkId": "day", "item": given(true) }]);
    let state = evaluate(&group, &days);
    assert_eq!((state.enabled["day/where"], state.enabled["day[1]/where"]), (false, true));
    let question = json!([{ "linkId": "drug", "text": "?", "type": "string", "repeats": true, "item": inner }]);
    let both = |pains: [bool; 2]| {
        let answers = pains.map(|pain| json!({ "valueString": "x", "item": given(pain) }));
        evaluate(&question, &json!([{ "linkId": "drug", "answer": answers }])).enabled["drug/where"]
    };
    assert_eq!([both([false, false]), both([false, true])], [false, true], "repetitions of a question count together");
}

#[test]
fn a_calculation_overwrites_what_is_read_only_and_elsewhere_the_person_wins() {
    let url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";
    let two = json!([{ "url": url, "valueExpression": { "language": "text/fhirpath", "expression": "1 + 1" } }]);
    let item = |read_only: bool| json!([{ "linkId": "a", "text": "?", "type": "integer", "readOnly": read_only, "extension": two }]);
    let typed = json!([{ "linkId": "a", "answer": [{ "valueInteger": 5 }] }]);
    let state = |read_only: bool, answers: &Value| evaluate(&item(read_only), answers);
    assert_eq!(state(true, &typed).calculated["a"], [json!({ "valueInteger": 2 })]);
    assert_eq!(state(false, &json!([])).calculated["a"], [json!({ "valueInteger": 2 })]);
    let overruled = state(false, &typed);
    assert_eq!(overruled.calculated["a"], [json!({ "valueInteger": 5 })]);
    assert!(overruled.problems.iter().any(|problem| problem.message.contains("that was typed stands")));
}

#[test]
fn an_expression_that_cannot_be_evaluated_leaves_its_item_enabled_and_is_told() {
    let url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression";
    let expression = json!({ "language": "text/fhirpath", "expression": "%patient.age > 18" });
    let extension = json!([{ "url": url, "valueExpression": expression }]);
    let state =
        evaluate(&json!([{ "linkId": "a", "text": "?", "type": "string", "extension": extension }]), &json!([]));
    assert!(state.enabled["a"]);
    assert!(state.problems.iter().any(|problem| problem.message.contains("%patient is not known here")));
}

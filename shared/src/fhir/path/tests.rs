//! The language, expression by expression, on a small response.

use std::cell::Cell;

use serde_json::{Value, json};

use super::{Engine, Node, Now, Path, Scope, Trouble};

struct Here<'a>(&'a Value);

impl<'a> Scope<'a> for Here<'a> {
    fn variable(&self, name: &str) -> Result<Vec<Node<'a>>, Trouble> {
        match name {
            "resource" => Ok(vec![Node::root(self.0)]),
            _ => Err(Trouble::Missing(name.to_owned())),
        }
    }

    fn weight(&self, node: &Node<'a>) -> Option<f64> {
        node.field("value").first()?.field("extension").first()?.field("value").first()?.number()
    }
}

fn response() -> Value {
    let score = json!([{ "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 3 }]);
    json!({ "resourceType": "QuestionnaireResponse", "item": [
        { "linkId": "a", "answer": [{ "valueInteger": 7 }] },
        { "linkId": "b", "answer": [{ "valueDecimal": 2.5 }, { "valueDecimal": 4 }] },
        { "linkId": "c", "answer": [{ "valueCoding": { "code": "x", "display": "Ex", "extension": score } }] },
        { "linkId": "d", "answer": [{ "valueDate": "2024-02-29" }] },
        { "linkId": "e", "answer": [{ "valueString": "été 🌞" }] },
        { "linkId": "f", "answer": [{ "valueQuantity": { "value": 180, "code": "cm", "unit": "cm" } }] },
        { "linkId": "g", "item": [{ "linkId": "h", "answer": [{ "valueBoolean": false }] }] },
    ] })
}

/// What an expression gives, each element as a text, or why not.
fn result(expression: &str) -> String {
    let response = response();
    let path = match Path::parse(expression) {
        Ok(path) => path,
        Err(error) => return format!("refused: {error}"),
    };
    let now = Now::at("2026-11-22T17:24:24Z".parse().unwrap(), "2026-11-22".parse().unwrap());
    let engine = Engine { now: &now, steps: &Cell::new(0), depth: &Cell::new(0) };
    match engine.evaluate(&path, Node::root(&response), &Here(&response)) {
        Ok(nodes) => nodes.iter().map(Node::to_text).collect::<Vec<_>>().join(", "),
        Err(trouble) => format!("no result: {trouble}"),
    }
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(result(expression), *expected, "{expression}");
    }
}

#[test]
fn paths_walk_the_response() {
    check(&[
        ("item.where(linkId='a').answer.value", "7"),
        ("QuestionnaireResponse.item.count()", "7"),
        ("%resource.item.where(linkId = 'c').answer.valueCoding.code", "x"),
        ("item[1].answer[1].value", "4"),
        ("item[9]", ""),
        ("repeat(item).linkId.join(',')", "a,b,c,d,e,f,g,h"),
        ("descendants().where(linkId='h').answer.value", "false"),
        ("item.answer.value.ofType(Integer)", "7"),
        ("item.answer.value.ofType(dateTime).empty()", "true"),
        ("item.where(linkId='d').answer.value is Date", "true"),
        ("item.where($index = 1).linkId", "b"),
        ("(1 | 2 | 2 | 3).aggregate($this + $total, 0)", "6"),
        ("item.answer.weight()", "3"),
        ("`item`.count()", "7"),
        ("item.first().children().count()", "2"),
        ("%patient.name", "no result: %patient is not known here"),
    ]);
}

#[test]
fn logic_has_three_values() {
    check(&[
        ("true and {}", ""),
        ("false and {}", "false"),
        ("{} and false", "false"),
        ("true or {}", "true"),
        ("{} or true", "true"),
        ("{} or false", ""),
        ("{} xor true", ""),
        ("false implies {}", "true"),
        ("{} implies true", "true"),
        ("true implies false", "false"),
        ("{} = 1", ""),
        ("{}.not()", ""),
        ("iif({}, 'yes', 'no')", "no"),
        ("1 = 1 and 2 > 1 or false", "true"),
        ("true or false and false", "true"),
        ("({}).exists() = false", "true"),
        ("(1 | 2) and true", "no result: one value is needed, and there are 2"),
    ]);
}

#[test]
fn numbers_are_decimals_and_not_binary() {
    check(&[
        ("0.1 + 0.2 = 0.3", "true"),
        ("(0.1 + 0.2).toString()", "0.3"),
        ("1 + 2 * 3 - 4", "3"),
        ("-2.abs()", "-2"),
        ("(-2).abs()", "2"),
        ("7 div 2", "3"),
        ("7 mod 2", "1"),
        ("7 / 2", "3.5"),
        ("1 / 0", ""),
        ("1 div 0", ""),
        ("2.power(10)", "1024"),
        ("(2.345).round(2)", "2.35"),
        ("(2.5).round()", "3"),
        ("9.sqrt()", "3"),
        ("1.exp().ln()", "1"),
        ("(2.7).floor() + (2.1).ceiling() + (2.9).truncate()", "7"),
        ("(2.5 | 4 | 1).sum()", "7.5"),
        ("item.where(linkId='b').answer.value.max()", "4"),
        ("9223372036854775807 + 1", ""),
        ("10.power(400)", ""),
        ("'7'.toInteger() + '2.5'.toDecimal()", "9.5"),
        ("'seven'.toInteger()", ""),
        ("99999999999999999999", "refused: the number 99999999999999999999 is too large"),
    ]);
}

#[test]
fn dates_are_only_as_precise_as_they_are() {
    check(&[
        ("today()", "2026-11-22"),
        ("now() > @2026-11-22T10:00:00Z", "true"),
        ("@2024-02 = @2024-02-01", ""),
        ("@2024-02 < @2024-03-01", "true"),
        ("@2024 < @2024-06", ""),
        ("@2024-02-29 + 1 year", "2025-02-28"),
        ("@2024-01-31 + 1 month", "2024-02-29"),
        ("@2024-03-01 - 1 'd'", "2024-02-29"),
        ("today() - 17 'years'", "2009-11-22"),
        ("@2024-02-29T10:30:00+01:00 = @2024-02-29T09:30:00Z", "true"),
        ("item.where(linkId='d').answer.value >= @2024-02-29", "true"),
        ("@T10:30 < @T10:31", "true"),
        ("@2023-02-29", "refused: @2023-02-29 is not a date or time"),
        ("'2024-02-29'.toDate() = @2024-02-29", "true"),
        ("@2024-02-29 + 1 'kg'", "no result: a date is moved by an amount of time, not by a Quantity"),
    ]);
}

#[test]
fn texts_are_characters_and_not_bytes() {
    check(&[
        ("item.where(linkId='e').answer.value.length()", "5"),
        ("item.where(linkId='e').answer.value.substring(4, 1)", "🌞"),
        ("item.where(linkId='e').answer.value.upper()", "ÉTÉ 🌞"),
        ("'abc'.substring(3)", ""),
        ("'a' & {} & 'b'", "ab"),
        ("'a' + {}", ""),
        ("'abc'.indexOf('c')", "2"),
        ("'abc'.toChars().count()", "3"),
        ("'a-b'.split('-').join('+')", "a+b"),
        ("'abc'.startsWith('a') and 'abc'.endsWith('c') and 'abc'.contains('b')", "true"),
        ("'abc'.matches('^a.c$')", "true"),
        ("'abc'.matches('(?!a)')", "no result: the regular expression (?!a) is not supported"),
        ("'it\\'s'", "it's"),
        ("'AB' ~ 'ab'", "true"),
        ("'Z' < 'a'", "true"),
    ]);
}

#[test]
fn units_are_converted_or_not_compared() {
    check(&[
        ("item.where(linkId='f').answer.value.toQuantity('m').value", "1.8"),
        ("item.where(linkId='f').answer.value > 1 'm'", "true"),
        ("item.where(linkId='f').answer.value > 1 'kg'", ""),
        ("(1 'kg' + 500 'g').value", "1.5"),
        ("2 'm' * 3", "6 'm'"),
        ("37 'Cel' > 98 '[degF]'", "true"),
    ]);
}

#[test]
fn collections_are_ordered_lists() {
    check(&[
        ("(1 | 2 | 3).tail().first()", "2"),
        ("(1 | 2 | 3).skip(1).take(1)", "2"),
        ("(1).combine(1).count()", "2"),
        ("(1).combine(1).distinct().count()", "1"),
        ("(1).combine(1).isDistinct()", "false"),
        ("2 in (1 | 2)", "true"),
        ("(1 | 2) contains 3", "false"),
        ("(1 | 2).exclude(2)", "1"),
        ("(1 | 2).intersect(2 | 3)", "2"),
        ("(1 | 2) = (2 | 1)", "false"),
        ("(1 | 2) ~ (2 | 1)", "true"),
        ("(1 | 2 | 3).all($this > 0)", "true"),
        ("{}.all($this > 0)", "true"),
        ("(1 | 2).single()", "no result: single() was given 2 elements"),
        ("(1 | 2).where($this > 5).sum()", "0"),
    ]);
}

#[test]
fn what_is_not_of_the_subset_is_refused_by_name() {
    check(&[
        ("item.memberOf('x')", "refused: the function memberOf() is not supported"),
        ("resolve()", "refused: the function resolve() is not supported"),
        ("item.where()", "refused: where() takes 1 arguments, not 0"),
        ("1 +", "refused: the expression ends too early"),
        ("1 2", "refused: 2 is not expected there"),
        ("(1", "refused: ) is expected, not the end"),
        ("'abc", "refused: a text that begins with ' has no end"),
        ("a # b", "refused: the character # has no meaning here"),
        ("/* open", "refused: a comment /* has no end"),
        ("", "refused: the expression ends too early"),
    ]);
}

//! `enableWhen`: when an item is asked, by the answers to another.
//!
//! Rulings where engines differ: `!=` without an answer holds; of several answers one equal is enough for `=` and
//! none may be for `!=`; codings are equal by system and code when both have a system, else by code; dates compare
//! by value, and what is not precise enough does not hold; texts compare by code point.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::{
    json::{choice, list, text},
    path::{Node, Operator, compare, holds, same},
    problem::{Place, Report},
};

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    /// The linkId of the question it looks at.
    pub(crate) question: String,
    pub(crate) test: Test,
}

/// What it asks of the answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// Whether there is any.
    Exists(bool),
    /// How they compare with a value, held as `{"valueX": …}`.
    Compares(Operator, Value),
}

/// Reads an item's conditions; those that cannot hold a meaning are errors.
pub(crate) fn read(item: &Value, here: Place<'_>, report: &mut Report) -> Vec<Condition> {
    let written = list(item, "enableWhen");
    if written.len() > 1 && text(item, "enableBehavior").is_none() {
        report.error(here, "que-12: with more than one enableWhen, enableBehavior must say whether all or any count");
    }
    if let Some(behaviour) = text(item, "enableBehavior").filter(|word| !matches!(*word, "all" | "any")) {
        report.error(here, format!("enableBehavior is all or any, not {behaviour}"));
    }
    written.iter().filter_map(|condition| read_one(condition, here, report)).collect()
}

fn read_one(condition: &Value, here: Place<'_>, report: &mut Report) -> Option<Condition> {
    let Some(question) = text(condition, "question") else {
        report.error(here, "an enableWhen does not say which question it looks at");
        return None;
    };
    let Some(operator) = text(condition, "operator") else {
        report.error(here, format!("the enableWhen on {question} has no operator"));
        return None;
    };
    let Some((field, answer)) = choice(condition, "answer") else {
        report.error(here, format!("the enableWhen on {question} has no answer to compare with"));
        return None;
    };
    let test = match (operator, answer) {
        ("exists", Value::Bool(wanted)) => Test::Exists(*wanted),
        ("exists", _) => {
            report
                .error(here, format!("the enableWhen on {question} tests exists against something but true or false"));
            return None;
        }
        ("=" | "!=" | "<" | ">" | "<=" | ">=", _) => {
            let kind = field.strip_prefix("answer").unwrap_or_default();
            let value = Map::from_iter([(format!("value{kind}"), answer.clone())]);
            Test::Compares(Operator::parse(operator)?, Value::Object(value))
        }
        _ => {
            report.error(here, format!("the enableWhen on {question} has an unknown operator {operator}"));
            return None;
        }
    };
    if let Test::Compares(_, value) = &test
        && value.pointer("/valueCoding/system").is_none()
        && value.get("valueCoding").is_some()
    {
        report.warn(here, format!("the enableWhen on {question} names a code without its system; codes alone compare"));
    }
    Some(Condition { question: question.to_owned(), test })
}

impl Condition {
    /// Whether it holds for these answers, each `{"valueX": …}`.
    pub(crate) fn holds(&self, answers: &[&Value]) -> bool {
        match &self.test {
            Test::Exists(wanted) => answers.is_empty() != *wanted,
            Test::Compares(Operator::Equal, value) => answers.iter().any(|answer| is_same(answer, value)),
            Test::Compares(Operator::NotEqual, value) => !answers.iter().any(|answer| is_same(answer, value)),
            Test::Compares(operator, value) => {
                let order = |answer: &Value| order(answer, value);
                answers.iter().filter_map(|answer| order(answer)).any(|order| holds(*operator, order))
            }
        }
    }
}

/// What an answer holds, as a node.
fn node(answer: &Value) -> Option<Node<'_>> {
    Node::root(answer).field("value").into_iter().next()
}

/// Whether two answers say the same.
pub(crate) fn is_same(left: &Value, right: &Value) -> bool {
    if let (Some(left), Some(right)) = (left.get("valueCoding"), right.get("valueCoding")) {
        return is_same_coding(left, right);
    }
    match (node(left), node(right)) {
        (Some(left), Some(right)) => same(&[left], &[right]) == Some(true),
        _ => false,
    }
}

/// Codes are the same, and systems where both have one; without codes, what is shown is.
pub(crate) fn is_same_coding(left: &Value, right: &Value) -> bool {
    let system = (text(left, "system"), text(right, "system"));
    let systems_agree = !matches!(system, (Some(left), Some(right)) if left != right);
    match (text(left, "code"), text(right, "code")) {
        (Some(left), Some(right)) => left == right && systems_agree,
        (None, None) => text(left, "display").is_some() && text(left, "display") == text(right, "display"),
        _ => false,
    }
}

/// The order of two answers, where they have one.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    compare(&node(left)?, &node(right)?).ok().flatten()
}

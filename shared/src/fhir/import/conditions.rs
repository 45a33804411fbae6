//! `enableWhen` in the definition's closed language: which codes of earlier choices an item applies by.

use serde_json::Value;

use super::{items::Asked, options::Label};
use crate::{
    fhir::{
        conditions::{self, Test, is_same},
        form::{Form, FormItem},
        path::Operator,
    },
    instrument::{Condition, ItemKind},
};

/// When an item applies by its own conditions; none if always.
///
/// # Errors
/// The feature that the language lacks.
pub(super) fn of(item: &FormItem, form: &Form, asked: &Asked) -> Result<Option<Condition>, String> {
    if item.enable.is_some() {
        return Err("enableWhenExpression".to_owned());
    }
    let parts: Result<Vec<Condition>, String> = item.conditions.iter().map(|it| one(it, form, asked)).collect();
    let mut parts = parts?;
    Ok(match (parts.len(), item.any) {
        (0 | 1, _) => parts.pop(),
        (_, true) => Some(Condition::Any(parts)),
        (_, false) => Some(Condition::All(parts)),
    })
}

fn one(condition: &conditions::Condition, form: &Form, asked: &Asked) -> Result<Condition, String> {
    let target = form.linked(&condition.question).first();
    let target = target.and_then(|place| asked.by_place.get(place)).and_then(|at| asked.items.get(*at));
    let Some(target) = target else { return Err("enableWhen on what is not asked before".to_owned()) };
    let (ItemKind::Choice(key) | ItemKind::Choices(key)) = &target.item.kind else {
        return Err("enableWhen on a number, date or text".to_owned());
    };
    let options = asked.sets.iter().find(|set| set.key == *key).map(|set| set.options.as_slice()).unwrap_or_default();
    let answered = |codes| Condition::Answered { item: target.item.code.clone(), codes };
    let any = || answered(options.iter().map(|option| option.code).collect());
    let means = |value: &Value| -> Vec<i32> {
        let fits = |label: &Label| match label {
            Label::Answer(answer) => is_same(answer, value),
            Label::Yes => value.get("valueBoolean") == Some(&Value::Bool(true)),
            Label::No => value.get("valueBoolean") == Some(&Value::Bool(false)),
            Label::Other(_) => false,
        };
        options.iter().filter(|option| fits(&option.label)).map(|option| option.code).collect()
    };
    match &condition.test {
        Test::Exists(true) => Ok(any()),
        Test::Exists(false) => Ok(Condition::Not(Box::new(any()))),
        Test::Compares(operator @ (Operator::Equal | Operator::NotEqual), value) => match means(value) {
            // no answer can be a value that is not offered
            codes if codes.is_empty() => {
                let never = Condition::All(vec![any(), Condition::Not(Box::new(any()))]);
                Ok(if *operator == Operator::Equal { never } else { Condition::Not(Box::new(never)) })
            }
            codes if *operator == Operator::Equal => Ok(answered(codes)),
            codes => Ok(Condition::Not(Box::new(answered(codes)))),
        },
        Test::Compares(..) => Err("enableWhen that compares options by size".to_owned()),
    }
}

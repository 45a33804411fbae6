//! Operators: arithmetic, comparison and logic with three values, where nothing said is neither true nor false.

use std::{borrow::Cow, cmp::Ordering};

use super::{
    ast::{Expr, Operator},
    collections::{distinct, is_among},
    convert::{boolean, text_of},
    engine::{Collection, Engine, Focus, Trouble},
    moment::{Moment, MomentKind, Unit},
    node::{Node, Quantity},
};
use crate::fhir::{number, units};

/// Evaluates an operator between two expressions.
pub(super) fn binary<'a>(
    engine: &Engine<'_>,
    operator: Operator,
    left: &Expr,
    right: &Expr,
    focus: &Focus<'a, '_>,
) -> Result<Collection<'a>, Trouble> {
    let left = engine.eval(left, focus)?;
    if let Some(truth) = short_cut(operator, &left)? {
        return Ok(vec![Node::Boolean(truth)]);
    }
    let right = engine.eval(right, focus)?;
    let known = |truth: Option<bool>| truth.map(Node::Boolean).into_iter().collect();
    Ok(match operator {
        Operator::And | Operator::Or | Operator::Xor | Operator::Implies => {
            known(logic(operator, boolean(&left)?, boolean(&right)?))
        }
        Operator::Equal => known(same(&left, &right)),
        Operator::NotEqual => known(same(&left, &right).map(|same| !same)),
        Operator::Equivalent => vec![Node::Boolean(is_equivalent(&left, &right))],
        Operator::NotEquivalent => vec![Node::Boolean(!is_equivalent(&left, &right))],
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            let (Some(left), Some(right)) = (one(&left)?, one(&right)?) else { return Ok(Vec::new()) };
            known(compare(left, right)?.map(|order| holds(operator, order)))
        }
        Operator::In => known(one(&left)?.map(|node| is_among(node, &right))),
        Operator::Contains => known(one(&right)?.map(|node| is_among(node, &left))),
        Operator::Union => distinct(engine, [left, right].concat())?,
        Operator::Join => {
            let part = |nodes: &[Node<'a>]| Ok(one(nodes)?.map(text_of).unwrap_or_default());
            let (left, right): (String, String) = (part(&left)?, part(&right)?);
            engine.step(left.len() + right.len())?;
            vec![Node::Text(Cow::Owned(left + &right))]
        }
        Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide | Operator::Div | Operator::Mod => {
            let (Some(left), Some(right)) = (one(&left)?, one(&right)?) else { return Ok(Vec::new()) };
            let result = arithmetic(operator, left, right)?;
            if let Some(Node::Text(text)) = &result {
                engine.step(text.len())?;
            }
            result.into_iter().collect()
        }
    })
}

/// Whether the left side alone decides.
fn short_cut(operator: Operator, left: &[Node<'_>]) -> Result<Option<bool>, Trouble> {
    Ok(match operator {
        Operator::And if boolean(left)? == Some(false) => Some(false),
        Operator::Or if boolean(left)? == Some(true) => Some(true),
        Operator::Implies if boolean(left)? == Some(false) => Some(true),
        _ => None,
    })
}

const fn logic(operator: Operator, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (operator, left, right) {
        (Operator::And, Some(false), _)
        | (Operator::And, _, Some(false))
        | (Operator::Or, Some(false), Some(false))
        | (Operator::Implies, Some(true), Some(false)) => Some(false),
        (Operator::And, Some(true), Some(true))
        | (Operator::Or, Some(true), _)
        | (Operator::Or | Operator::Implies, _, Some(true))
        | (Operator::Implies, Some(false), _) => Some(true),
        (Operator::Xor, Some(left), Some(right)) => Some(left != right),
        _ => None,
    }
}

/// Whether an order satisfies a comparison.
pub(crate) const fn holds(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        _ => order.is_eq(),
    }
}

/// The one element of a collection, none of an empty one; several are a mistake.
pub(super) fn one<'n, 'a>(nodes: &'n [Node<'a>]) -> Result<Option<&'n Node<'a>>, Trouble> {
    match nodes {
        [] => Ok(None),
        [node] => Ok(Some(node)),
        _ => Err(Trouble::Wrong(format!("one value is needed, and there are {}", nodes.len()))),
    }
}

/// Whether two collections are equal; unknown if either is empty or not precise enough.
pub(crate) fn same(left: &[Node<'_>], right: &[Node<'_>]) -> Option<bool> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    if left.len() != right.len() {
        return Some(false);
    }
    let mut all = Some(true);
    for (left, right) in left.iter().zip(right) {
        match is_equal(left, right) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// Whether two nodes are equal; unknown if a date is not precise enough.
pub(super) fn is_equal(left: &Node<'_>, right: &Node<'_>) -> Option<bool> {
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return Some(number::same(left, right));
    }
    match (left, right) {
        (Node::Boolean(left), Node::Boolean(right)) => Some(left == right),
        (Node::Text(left), Node::Text(right)) => Some(left == right),
        (Node::Moment(_), Node::Moment(_) | Node::Text(_)) | (Node::Text(_), Node::Moment(_)) => {
            let (left, right) = (moment_of(left, right)?, moment_of(right, left)?);
            left.compare(&right).map(Ordering::is_eq)
        }
        (Node::Tree(left), Node::Tree(right)) if left.value == right.value => Some(true),
        _ => match (left.quantity(), right.quantity()) {
            (Some(left), Some(right)) => Some(units::compare(&left, &right).is_some_and(Ordering::is_eq)),
            _ => Some(false),
        },
    }
}

/// A node as a moment, a text read as the kind of moment it is compared with.
fn moment_of(node: &Node<'_>, other: &Node<'_>) -> Option<Moment> {
    match (node, other) {
        (Node::Moment(moment), _) => Some(moment.clone()),
        (Node::Text(text), Node::Moment(other)) => match other.kind() {
            MomentKind::Time => Moment::parse_time(text),
            MomentKind::Date | MomentKind::DateTime => Moment::parse_date_time(text),
        },
        _ => None,
    }
}

fn is_equivalent(left: &[Node<'_>], right: &[Node<'_>]) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let alike = |left: &Node<'_>, right: &Node<'_>| match (left, right) {
        (Node::Text(left), Node::Text(right)) => plain(left) == plain(right),
        _ => is_equal(left, right) == Some(true),
    };
    left.len() == right.len() && left.iter().all(|node| right.iter().any(|other| alike(node, other)))
}

/// The order of two nodes; unknown if a date is not precise enough, a mistake if they cannot be ordered.
pub(crate) fn compare(left: &Node<'_>, right: &Node<'_>) -> Result<Option<Ordering>, Trouble> {
    if let (Some(a), Some(b)) = (left.number(), right.number()) {
        return Ok(if number::same(a, b) { Some(Ordering::Equal) } else { a.partial_cmp(&b) });
    }
    if let (Node::Text(left), Node::Text(right)) = (left, right) {
        return Ok(Some(left.cmp(right)));
    }
    if let (Some(left), Some(right)) = (moment_of(left, right), moment_of(right, left)) {
        return Ok(left.compare(&right));
    }
    if let (Some(left), Some(right)) = (left.quantity(), right.quantity()) {
        return Ok(units::compare(&left, &right));
    }
    let types = (left.type_name(), right.type_name());
    Err(Trouble::Wrong(format!("{} and {} cannot be compared", types.0, types.1)))
}

/// The negative of a number.
pub(super) fn negate<'a>(nodes: &[Node<'a>]) -> Result<Collection<'a>, Trouble> {
    Ok(match one(nodes)? {
        None => Vec::new(),
        Some(Node::Integer(whole)) => vec![Node::Integer(whole.saturating_neg())],
        Some(Node::Decimal(decimal)) => vec![Node::Decimal(-decimal)],
        Some(Node::Quantity(it)) => vec![Node::Quantity(Quantity { value: -it.value, unit: it.unit.clone() })],
        Some(other) => return Err(Trouble::Wrong(format!("a {} has no negative", other.type_name()))),
    })
}

fn arithmetic<'a>(operator: Operator, left: &Node<'a>, right: &Node<'a>) -> Result<Option<Node<'a>>, Trouble> {
    match (operator, left, right) {
        (Operator::Plus, Node::Text(left), Node::Text(right)) => {
            return Ok(Some(Node::Text(Cow::Owned(format!("{left}{right}")))));
        }
        (Operator::Plus | Operator::Minus, Node::Moment(moment), other) => {
            return shift(moment, other, operator == Operator::Minus);
        }
        (_, Node::Integer(left), Node::Integer(right)) if operator != Operator::Divide => {
            return Ok(whole(operator, *left, *right).map(Node::Integer));
        }
        _ => {}
    }
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return Ok(fraction(operator, left, right));
    }
    if let (Some(left), Some(right)) = (left.quantity(), right.quantity()) {
        return Ok(units::arithmetic(operator, &left, &right).map(Node::Quantity));
    }
    let types = (left.type_name(), right.type_name());
    Err(Trouble::Wrong(format!("{} and {} cannot be combined by {operator:?}", types.0, types.1)))
}

const fn whole(operator: Operator, left: i64, right: i64) -> Option<i64> {
    match operator {
        Operator::Plus => left.checked_add(right),
        Operator::Minus => left.checked_sub(right),
        Operator::Times => left.checked_mul(right),
        Operator::Div => left.checked_div(right),
        Operator::Mod => left.checked_rem(right),
        _ => None,
    }
}

/// A result on decimals; none where there is no finite one.
fn fraction<'a>(operator: Operator, left: f64, right: f64) -> Option<Node<'a>> {
    let result = match operator {
        Operator::Plus => left + right,
        Operator::Minus => left - right,
        Operator::Times => left * right,
        Operator::Divide => left / right,
        Operator::Div => return number::whole((left / right).trunc()).map(Node::Integer),
        Operator::Mod => left % right,
        _ => return None,
    };
    result.is_finite().then_some(Node::Decimal(result))
}

/// A moment moved by an amount of calendar units.
fn shift<'a>(moment: &Moment, by: &Node<'a>, back: bool) -> Result<Option<Node<'a>>, Trouble> {
    let unit = by.quantity().and_then(|quantity| Some((quantity.value, Unit::parse(&quantity.unit)?)));
    let Some((amount, unit)) = unit else {
        return Err(Trouble::Wrong(format!("a date is moved by an amount of time, not by a {}", by.type_name())));
    };
    let amount = number::truncated(if back { -amount } else { amount });
    Ok(moment.plus(amount, unit).map(Node::Moment))
}

/// The sum of numbers or of quantities in one unit; of none, 0.
pub(super) fn sum<'a>(nodes: &[Node<'a>]) -> Result<Collection<'a>, Trouble> {
    let mut total = Node::Integer(0);
    for (place, node) in nodes.iter().enumerate() {
        if place == 0 {
            total = node.clone();
            continue;
        }
        match arithmetic(Operator::Plus, &total, node)? {
            Some(next) => total = next,
            None => return Ok(Vec::new()),
        }
    }
    Ok(vec![total])
}

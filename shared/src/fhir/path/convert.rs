//! Conversions between kinds of values, and the functions on numbers.

use std::borrow::Cow;

use super::{
    ast::Function,
    engine::{Collection, Trouble},
    moment::Moment,
    node::{Node, Quantity},
    operators::one,
};
use crate::fhir::{number, units};

/// A collection as a condition: nothing is unknown, any single value but `false` is true.
pub(super) fn boolean(nodes: &[Node<'_>]) -> Result<Option<bool>, Trouble> {
    Ok(one(nodes)?.map(|node| !matches!(node, Node::Boolean(false))))
}

/// A collection as a whole number.
pub(super) fn integer(nodes: &[Node<'_>]) -> Result<Option<i64>, Trouble> {
    match one(nodes)? {
        None => Ok(None),
        Some(Node::Integer(number)) => Ok(Some(*number)),
        Some(other) => Err(Trouble::Wrong(format!("a whole number is needed, not a {}", other.type_name()))),
    }
}

/// A collection as a text.
pub(super) fn one_text<'n>(nodes: &'n [Node<'_>]) -> Result<Option<Cow<'n, str>>, Trouble> {
    match one(nodes)? {
        None => Ok(None),
        Some(Node::Text(text)) => Ok(Some(Cow::Borrowed(text.as_ref()))),
        Some(Node::Moment(moment)) => Ok(Some(Cow::Owned(moment.to_string()))),
        Some(other) => Err(Trouble::Wrong(format!("a text is needed, not a {}", other.type_name()))),
    }
}

/// A node as `toString()` writes it; objects have no text.
pub(super) fn text_of(node: &Node<'_>) -> String {
    match node {
        Node::Boolean(truth) => truth.to_string(),
        Node::Integer(number) => number.to_string(),
        Node::Decimal(number) => number::tidy(*number).to_string(),
        Node::Text(text) => text.to_string(),
        Node::Moment(moment) => moment.to_string(),
        Node::Quantity(quantity) => format!("{} '{}'", number::tidy(quantity.value), quantity.unit),
        Node::Tree(_) => node.quantity().map(|it| format!("{} '{}'", it.value, it.unit)).unwrap_or_default(),
    }
}

/// Whether a node is of a type, by its name without namespace.
pub(super) fn is_of_type(node: &Node<'_>, wanted: &str) -> bool {
    let is_text = matches!(wanted, "code" | "id" | "uri" | "url" | "canonical" | "markdown");
    let name = node.type_name();
    name.eq_ignore_ascii_case(wanted) || (is_text && name == "String")
}

/// Conversions and functions on numbers; none if the function is of another family.
pub(super) fn plain<'a>(
    function: Function,
    input: &[Node<'a>],
    arguments: &[Collection<'a>],
) -> Result<Option<Collection<'a>>, Trouble> {
    let argument = arguments.first().map(Vec::as_slice).unwrap_or_default();
    let is_conversion = conversion(function);
    if !is_conversion && !is_arithmetic(function) {
        return Ok(None);
    }
    let Some(node) = one(input)? else { return Ok(Some(Vec::new())) };
    let result = if is_conversion { convert(function, node, argument)? } else { compute(function, node, argument)? };
    Ok(Some(result.into_iter().collect()))
}

const fn conversion(function: Function) -> bool {
    use Function as F;
    matches!(
        function,
        F::ToText | F::ToInteger | F::ToDecimal | F::ToBoolean | F::ToDate | F::ToDateTime | F::ToTime | F::ToQuantity
    )
}

const fn is_arithmetic(function: Function) -> bool {
    use Function as F;
    matches!(
        function,
        F::Abs | F::Ln | F::Log | F::Exp | F::Power | F::Sqrt | F::Round | F::Floor | F::Ceiling | F::Truncate
    )
}

fn convert<'a>(function: Function, node: &Node<'a>, argument: &[Node<'a>]) -> Result<Option<Node<'a>>, Trouble> {
    let moment = |parse: fn(&str) -> Option<Moment>| match node {
        Node::Text(text) => parse(text).map(Node::Moment),
        Node::Moment(moment) => parse(&moment.to_string()).map(Node::Moment),
        _ => None,
    };
    Ok(match function {
        Function::ToText => match node {
            Node::Tree(_) if node.quantity().is_none() => None,
            _ => Some(Node::Text(Cow::Owned(text_of(node)))),
        },
        Function::ToInteger => match node {
            Node::Integer(number) => Some(Node::Integer(*number)),
            Node::Boolean(truth) => Some(Node::Integer(i64::from(*truth))),
            Node::Decimal(decimal) => number::whole(*decimal).map(Node::Integer),
            Node::Text(text) => text.trim().parse().ok().map(Node::Integer),
            Node::Moment(_) | Node::Quantity(_) | Node::Tree(_) => None,
        },
        Function::ToDecimal => match node {
            Node::Boolean(truth) => Some(Node::Decimal(if *truth { 1.0 } else { 0.0 })),
            Node::Text(text) => text.trim().parse().ok().filter(|it: &f64| it.is_finite()).map(Node::Decimal),
            _ => node.number().map(Node::Decimal),
        },
        Function::ToBoolean => match text_of(node).to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(Node::Boolean(true)),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(Node::Boolean(false)),
            _ => None,
        },
        Function::ToDate => match node {
            Node::Moment(moment) => moment.to_date().map(Node::Moment),
            Node::Text(text) => Moment::parse_date_time(text).and_then(|it| it.to_date()).map(Node::Moment),
            _ => None,
        },
        Function::ToDateTime => moment(Moment::parse_as_date_time),
        Function::ToTime => moment(Moment::parse_time),
        _ => to_quantity(node, argument)?.map(Node::Quantity),
    })
}

/// `toQuantity(unit)` converts what has a unit, and gives the unit to a bare number.
fn to_quantity(node: &Node<'_>, unit: &[Node<'_>]) -> Result<Option<Quantity>, Trouble> {
    let quantity = match node {
        Node::Text(text) => {
            let (value, unit) = text.trim().split_once(' ').unwrap_or((text.trim(), "'1'"));
            let value = value.parse().ok();
            value.map(|value| Quantity { value, unit: unit.trim().trim_matches('\'').to_owned() })
        }
        _ => node.quantity(),
    };
    let (Some(quantity), Some(unit)) = (quantity.clone(), one_text(unit)?) else { return Ok(quantity) };
    if quantity.unit == "1" {
        return Ok(Some(Quantity { unit: unit.into_owned(), ..quantity }));
    }
    let value = units::convert(&quantity, &unit);
    Ok(value.map(|value| Quantity { value, unit: unit.into_owned() }))
}

fn compute<'a>(function: Function, node: &Node<'a>, argument: &[Node<'a>]) -> Result<Option<Node<'a>>, Trouble> {
    let needs = |node: &Node<'_>| {
        let wrong = || Trouble::Wrong(format!("{}() needs a number, not a {}", function.name(), node.type_name()));
        node.number().ok_or_else(wrong)
    };
    if let (Function::Abs, Node::Quantity(it)) = (function, node) {
        return Ok(Some(Node::Quantity(Quantity { value: it.value.abs(), unit: it.unit.clone() })));
    }
    let it = needs(node)?;
    let other = one(argument)?.map(needs).transpose()?;
    let value = match function {
        Function::Abs => match node {
            Node::Integer(whole) => return Ok(Some(Node::Integer(whole.saturating_abs()))),
            _ => it.abs(),
        },
        Function::Floor => return Ok(number::whole(it.floor()).map(Node::Integer)),
        Function::Ceiling => return Ok(number::whole(it.ceil()).map(Node::Integer)),
        Function::Truncate => return Ok(number::whole(it.trunc()).map(Node::Integer)),
        Function::Round => {
            let decimals = u32::try_from(number::truncated(other.unwrap_or_default())).unwrap_or_default();
            number::rounded(it, decimals)
        }
        Function::Ln => it.ln(),
        Function::Exp => it.exp(),
        Function::Sqrt => it.sqrt(),
        Function::Log => match other {
            Some(base) => it.ln() / base.ln(),
            None => return Ok(None),
        },
        _ => match other {
            Some(power) => {
                let value = it.powf(power);
                let is_whole = matches!((node, argument), (Node::Integer(_), [Node::Integer(_)]));
                if let Some(whole) = number::whole(value).filter(|_| is_whole) {
                    return Ok(Some(Node::Integer(whole)));
                }
                value
            }
            None => return Ok(None),
        },
    };
    Ok(value.is_finite().then_some(Node::Decimal(value)))
}

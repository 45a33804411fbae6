//! Functions on collections: picking, counting, walking the tree, adding up.

use serde_json::Value;

use super::{
    ast::{Expr, Function},
    convert::{boolean, integer, one_text},
    engine::{Collection, Engine, Focus, Trouble},
    node::Node,
    operators::{compare, is_equal, sum},
};
use crate::fhir::number;

/// Functions whose arguments are expressions, evaluated for each element.
pub(super) fn with_expression<'a>(
    engine: &Engine<'_>,
    function: Function,
    input: Collection<'a>,
    arguments: &[Expr],
    focus: &Focus<'a, '_>,
) -> Result<Collection<'a>, Trouble> {
    let criterion = arguments.first().unwrap_or(&Expr::Empty);
    let at = |index: usize, node: &Node<'a>| {
        let this = std::slice::from_ref(node);
        engine.eval(criterion, &Focus { this, index, total: focus.total, scope: focus.scope })
    };
    match function {
        Function::Where | Function::Any | Function::Exists if !arguments.is_empty() => {
            let mut kept = Vec::new();
            for (index, node) in input.into_iter().enumerate() {
                if boolean(&at(index, &node)?)? == Some(true) {
                    kept.push(node);
                }
            }
            Ok(if function == Function::Where { kept } else { vec![Node::Boolean(!kept.is_empty())] })
        }
        Function::Any | Function::Exists => Ok(vec![Node::Boolean(!input.is_empty())]),
        Function::All => {
            for (index, node) in input.iter().enumerate() {
                if boolean(&at(index, node)?)? != Some(true) {
                    return Ok(vec![Node::Boolean(false)]);
                }
            }
            Ok(vec![Node::Boolean(true)])
        }
        Function::Select => {
            let mut selected = Vec::new();
            for (index, node) in input.iter().enumerate() {
                selected.extend(at(index, node)?);
            }
            Ok(selected)
        }
        Function::Repeat => repeat(engine, input, at),
        Function::Aggregate => {
            let start = arguments.get(1).map(|start| engine.eval(start, focus)).transpose()?;
            let mut total = start.unwrap_or_default();
            for (index, node) in input.iter().enumerate() {
                let this = std::slice::from_ref(node);
                total = engine.eval(criterion, &Focus { this, index, total: &total, scope: focus.scope })?;
            }
            Ok(total)
        }
        Function::Iif => {
            let here = Focus { this: &input, index: focus.index, total: focus.total, scope: focus.scope };
            let chosen = if boolean(&engine.eval(criterion, &here)?)? == Some(true) { 1 } else { 2 };
            arguments.get(chosen).map_or_else(|| Ok(Vec::new()), |branch| engine.eval(branch, &here))
        }
        // `trace` only shows what goes by
        _ => Ok(input),
    }
}

/// What an expression finds on what it found, until it finds nothing new.
fn repeat<'a>(
    engine: &Engine<'_>,
    input: Collection<'a>,
    at: impl Fn(usize, &Node<'a>) -> Result<Collection<'a>, Trouble>,
) -> Result<Collection<'a>, Trouble> {
    let (mut found, mut fresh) = (Vec::new(), input);
    while !fresh.is_empty() {
        let mut next = Vec::new();
        for (index, node) in fresh.iter().enumerate() {
            next.extend(at(index, node)?);
        }
        engine.step(next.len().saturating_mul(found.len() / 8 + 1))?;
        next.retain(|node| !found.iter().any(|known| is_identical(known, node)));
        found.extend(next.iter().cloned());
        fresh = next;
    }
    Ok(found)
}

/// Whether two nodes are the same place of the tree; computed values are, if they are equal.
fn is_identical(left: &Node<'_>, right: &Node<'_>) -> bool {
    match (left, right) {
        (Node::Tree(left), Node::Tree(right)) => std::ptr::eq(left.value, right.value),
        _ => is_equal(left, right) == Some(true),
    }
}

/// Functions on whole collections; none if the function is of another family.
pub(super) fn plain<'a>(
    engine: &Engine<'_>,
    function: Function,
    input: &[Node<'a>],
    arguments: &[Collection<'a>],
) -> Result<Option<Collection<'a>>, Trouble> {
    let argument = arguments.first().map(Vec::as_slice).unwrap_or_default();
    let truth = |truth: bool| vec![Node::Boolean(truth)];
    let given = |argument: &[Node<'a>]| integer(argument).map(|n| n.map_or(0, |n| usize::try_from(n).unwrap_or(0)));
    Ok(Some(match function {
        Function::Empty => truth(input.is_empty()),
        Function::Not => boolean(input)?.map(|it| Node::Boolean(!it)).into_iter().collect(),
        Function::First => input.first().cloned().into_iter().collect(),
        Function::Last => input.last().cloned().into_iter().collect(),
        Function::Tail => input.iter().skip(1).cloned().collect(),
        Function::Skip => input.iter().skip(given(argument)?).cloned().collect(),
        Function::Take => input.iter().take(given(argument)?).cloned().collect(),
        Function::Single if input.len() > 1 => {
            return Err(Trouble::Wrong(format!("single() was given {} elements", input.len())));
        }
        Function::Single => input.to_vec(),
        Function::Count => vec![Node::Integer(i64::try_from(input.len()).unwrap_or(i64::MAX))],
        Function::Sum => sum(input)?,
        Function::Avg => average(input)?,
        Function::Min => extreme(input, std::cmp::Ordering::Less),
        Function::Max => extreme(input, std::cmp::Ordering::Greater),
        Function::AllTrue => truth(!input.iter().any(|node| matches!(node, Node::Boolean(false)))),
        Function::AnyTrue => truth(input.iter().any(|node| matches!(node, Node::Boolean(true)))),
        Function::AllFalse => truth(!input.iter().any(|node| matches!(node, Node::Boolean(true)))),
        Function::AnyFalse => truth(input.iter().any(|node| matches!(node, Node::Boolean(false)))),
        Function::Distinct => distinct(engine, input.to_vec())?,
        Function::IsDistinct => truth(distinct(engine, input.to_vec())?.len() == input.len()),
        Function::Combine => [input, argument].concat(),
        Function::Union => distinct(engine, [input, argument].concat())?,
        Function::Intersect => {
            let both = input.iter().filter(|node| is_among(node, argument)).cloned();
            distinct(engine, both.collect())?
        }
        Function::Exclude => input.iter().filter(|node| !is_among(node, argument)).cloned().collect(),
        Function::Children => input.iter().flat_map(Node::children).collect(),
        Function::Descendants => descendants(engine, input)?,
        Function::Extension => extensions(input, argument)?,
        Function::HasValue => truth(matches!(input, [node] if !matches!(node, Node::Tree(_)))),
        _ => return Ok(None),
    }))
}

/// Whether a node equals one of several.
pub(super) fn is_among(node: &Node<'_>, nodes: &[Node<'_>]) -> bool {
    nodes.iter().any(|other| is_equal(node, other) == Some(true))
}

/// The collection without those that equal an earlier one.
pub(super) fn distinct<'a>(engine: &Engine<'_>, nodes: Vec<Node<'a>>) -> Result<Collection<'a>, Trouble> {
    engine.step(nodes.len().saturating_mul(nodes.len()) / 2)?;
    let mut kept: Vec<Node<'a>> = Vec::new();
    for node in nodes {
        if !is_among(&node, &kept) {
            kept.push(node);
        }
    }
    Ok(kept)
}

fn descendants<'a>(engine: &Engine<'_>, input: &[Node<'a>]) -> Result<Collection<'a>, Trouble> {
    let mut found = Vec::new();
    let mut open: Vec<Node<'a>> = input.iter().rev().cloned().collect();
    let mut is_input = input.len();
    while let Some(node) = open.pop() {
        engine.step(1)?;
        let children = node.children();
        open.extend(children.into_iter().rev());
        // the input itself is not among its descendants
        if is_input > 0 && input.iter().any(|root| is_identical(root, &node)) {
            is_input -= 1;
        } else {
            found.push(node);
        }
    }
    Ok(found)
}

fn extensions<'a>(input: &[Node<'a>], url: &[Node<'a>]) -> Result<Collection<'a>, Trouble> {
    let Some(url) = one_text(url)? else { return Ok(Vec::new()) };
    let is_wanted = |node: &Node<'a>| match node {
        Node::Tree(tree) => tree.value.get("url").and_then(Value::as_str) == Some(url.as_ref()),
        _ => false,
    };
    Ok(input.iter().flat_map(|node| node.field("extension")).filter(is_wanted).collect())
}

fn average<'a>(input: &[Node<'a>]) -> Result<Collection<'a>, Trouble> {
    let count = number::decimal(i64::try_from(input.len()).unwrap_or(i64::MAX));
    let total = sum(input)?;
    let mean = total.first().and_then(Node::number).filter(|_| !input.is_empty()).map(|total| total / count);
    Ok(mean.map(Node::Decimal).into_iter().collect())
}

fn extreme<'a>(input: &[Node<'a>], wanted: std::cmp::Ordering) -> Collection<'a> {
    let mut best: Option<&Node<'a>> = None;
    for node in input {
        if best.is_none_or(|best| compare(node, best).ok().flatten() == Some(wanted)) {
            best = Some(node);
        }
    }
    best.cloned().into_iter().collect()
}

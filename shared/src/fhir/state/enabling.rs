//! Which items are enabled by the answers of others.

use std::collections::HashMap;

use serde_json::Value;

use super::tree::Tree;
use crate::fhir::{
    conditions::Condition,
    problem::{Place, Report},
};

/// Evaluates the conditions until they agree with each other; says whether anything changed.
pub(super) fn settle(tree: &mut Tree<'_>, report: &mut Report) -> bool {
    let mut links: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, item) in tree.form.items().iter().enumerate() {
        links.entry(&item.link_id).or_default().push(place);
    }
    let before: Vec<bool> = tree.occurrences().iter().map(|occurrence| occurrence.enabled).collect();
    let longest = tree.form.n_items() + 2;
    for _ in 0..longest {
        if !pass(tree, &links) {
            let now = tree.occurrences().iter().map(|occurrence| occurrence.enabled);
            return !now.eq(before);
        }
    }
    let root = Place { path: "Questionnaire", link_id: None };
    report.error(root, "the conditions of some items never settle: they depend on each other in a circle");
    false
}

/// Evaluates every condition once, parents first.
fn pass(tree: &mut Tree<'_>, links: &HashMap<&str, Vec<usize>>) -> bool {
    let mut changed = false;
    for place in 0..tree.occurrences().len() {
        let enabled = is_enabled(tree, place, links);
        if let Some(occurrence) = tree.get_mut(place) {
            changed |= occurrence.enabled != enabled;
            occurrence.enabled = enabled;
        }
    }
    changed
}

fn is_enabled(tree: &Tree<'_>, place: usize, links: &HashMap<&str, Vec<usize>>) -> bool {
    let (Some(occurrence), Some(item)) = (tree.get(place), tree.item(place)) else { return false };
    let is_below_disabled = occurrence.parent.and_then(|parent| tree.get(parent)).is_some_and(|it| !it.enabled);
    if is_below_disabled || !occurrence.may {
        return false;
    }
    let holds = |condition: &Condition| {
        let items = links.get(condition.question.as_str()).map(Vec::as_slice).unwrap_or_default();
        condition.holds(&answers_near(tree, place, items))
    };
    match (item.conditions.is_empty(), item.any) {
        (true, _) => true,
        (false, true) => item.conditions.iter().any(holds),
        (false, false) => item.conditions.iter().all(holds),
    }
}

/// The answers of the occurrences of an item that share the most with a place: the same repetition first.
fn answers_near<'t>(tree: &'t Tree<'_>, place: usize, items: &[usize]) -> Vec<&'t Value> {
    let lineage = lineage(tree, place);
    let candidates = items.iter().flat_map(|item| tree.places_of(*item)).copied();
    let mut nearest: (usize, Vec<usize>) = (0, Vec::new());
    for candidate in candidates {
        let own = self::lineage(tree, candidate);
        let shared = lineage.iter().zip(&own).take_while(|(left, right)| left == right).count();
        if shared > nearest.0 || nearest.1.is_empty() {
            nearest = (shared, vec![candidate]);
        } else if shared == nearest.0 {
            nearest.1.push(candidate);
        }
    }
    let enabled = nearest.1.into_iter().filter(|place| tree.get(*place).is_some_and(|it| it.enabled));
    enabled.flat_map(|place| tree.answers(place)).collect()
}

/// The occurrences from the top down to a place, itself included; under a question, with the answer they stand under.
fn lineage(tree: &Tree<'_>, place: usize) -> Vec<(usize, usize)> {
    let mut lineage = Vec::new();
    let mut at = Some(place);
    while let Some((place, occurrence)) = at.and_then(|place| Some((place, tree.get(place)?))) {
        lineage.push((place, occurrence.under));
        at = occurrence.parent;
    }
    lineage.reverse();
    lineage
}

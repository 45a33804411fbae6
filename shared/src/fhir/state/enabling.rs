//! Which items are enabled by the answers of others.

use serde_json::Value;

use super::tree::Tree;
use crate::fhir::{
    conditions::Condition,
    form::Form,
    problem::{Place, Report},
};

/// Evaluates the conditions until they agree with each other; says whether anything changed.
pub(super) fn settle(tree: &mut Tree<'_>, report: &mut Report) -> bool {
    let before: Vec<bool> = tree.occurrences().iter().map(|occurrence| occurrence.enabled).collect();
    // each pass settles at least the items that depend on settled ones only
    let longest = tree.form.n_items() + 2;
    for _ in 0..longest {
        if !pass(tree) {
            let now = tree.occurrences().iter().map(|occurrence| occurrence.enabled);
            return !now.eq(before);
        }
    }
    let root = Place { path: "Questionnaire", link_id: None };
    report.error(root, "the conditions of some items never settle: they depend on each other in a circle");
    false
}

/// Evaluates every condition once, parents first.
fn pass(tree: &mut Tree<'_>) -> bool {
    let mut changed = false;
    for place in 0..tree.occurrences().len() {
        let enabled = is_enabled(tree, place);
        if let Some(occurrence) = tree.get_mut(place) {
            changed |= occurrence.enabled != enabled;
            occurrence.enabled = enabled;
        }
    }
    changed
}

fn is_enabled(tree: &Tree<'_>, place: usize) -> bool {
    let (Some(occurrence), Some(item)) = (tree.get(place), tree.item(place)) else { return false };
    let is_below_disabled = occurrence.parent.and_then(|parent| tree.get(parent)).is_some_and(|it| !it.enabled);
    if is_below_disabled || !occurrence.may {
        return false;
    }
    let holds = |condition: &Condition| condition.holds(&answers_near(tree, place, &condition.question));
    match (item.conditions.is_empty(), item.any) {
        (true, _) => true,
        (false, true) => item.conditions.iter().any(holds),
        (false, false) => item.conditions.iter().all(holds),
    }
}

/// The answers to a question in the same repetition as a place, as far as the two are repeated together.
fn answers_near<'t>(tree: &'t Tree<'_>, place: usize, question: &str) -> Vec<&'t Value> {
    // a linkId that stands twice is refused; until it is mended, the first counts
    let Some(target) = tree.form.linked(question).first().copied() else { return Vec::new() };
    let way = way_to(tree.form, target);
    let lineage = lineage(tree, place);
    let item_at = |depth: usize| lineage.get(depth).and_then(|place| tree.get(*place)).map(|it| it.item);
    let n_shared = way.iter().enumerate().take_while(|(depth, item)| item_at(*depth) == Some(**item)).count();
    let mut reached: Vec<Option<usize>> = vec![n_shared.checked_sub(1).and_then(|at| lineage.get(at).copied())];
    // at the fork, the same answer of a question; below it, all of them
    let fork = lineage.get(n_shared).and_then(|place| tree.get(*place)).map(|it| it.under);
    for (step, item) in way.iter().enumerate().skip(n_shared) {
        let under = fork.filter(|_| step == n_shared && step > 0);
        let below = |parent: Option<usize>| {
            let n_answers = parent.and_then(|parent| tree.get(parent)).map_or(1, |it| it.answers.len().max(1));
            let all = under.map_or(0..n_answers, |under| under..under + 1);
            all.flat_map(move |under| tree.below(parent, under, *item)).map(Some).collect::<Vec<_>>()
        };
        reached = reached.into_iter().flat_map(below).collect();
    }
    let enabled = reached.into_iter().flatten().filter(|place| tree.get(*place).is_some_and(|it| it.enabled));
    enabled.flat_map(|place| tree.answers(place)).collect()
}

/// The items from the top down to an item, itself included.
fn way_to(form: &Form, target: usize) -> Vec<usize> {
    let mut way: Vec<usize> =
        std::iter::successors(Some(target), |place| form.item(*place).and_then(|item| item.parent)).collect();
    way.reverse();
    way
}

/// The occurrences from the top down to a place, itself included.
fn lineage(tree: &Tree<'_>, place: usize) -> Vec<usize> {
    let mut lineage: Vec<usize> =
        std::iter::successors(Some(place), |place| tree.get(*place).and_then(|it| it.parent)).collect();
    lineage.reverse();
    lineage
}

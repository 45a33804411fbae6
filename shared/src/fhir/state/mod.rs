//! The consistent state of a response: what is enabled and what is calculated, to a fixpoint.
//!
//! Rulings: answers of disabled items are ignored by logic and calculation, and kept; below a disabled item all is
//! disabled; a calculation overwrites read-only items, elsewhere what the person typed stands; an expression that
//! cannot be evaluated enables its item and is told.

mod enabling;
mod expressions;
mod snapshot;
mod tree;

use std::{cell::Cell, collections::BTreeMap};

use serde::Serialize;
use serde_json::Value;

use self::tree::Origin;
pub(crate) use self::tree::Tree;
use super::{
    form::Form,
    path::{Engine, Now},
    problem::{Place, Problem, Report, Severity},
};

/// How often everything is computed anew before a form counts as one that never settles.
const MOST_PASSES: usize = 32;

/// What a response to a form comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// Whether each item is asked, by its path: linkIds joined by `/`, further occurrences of a group with `[n]`.
    pub enabled: BTreeMap<String, bool>,
    /// The answers of items with a calculation, by linkId, each `{"valueX": …}`.
    pub calculated: BTreeMap<String, Vec<Value>>,
    /// What was found in the form and the response, and what could not be evaluated.
    pub problems: Vec<Problem>,
}

impl Form {
    /// The consistent state of a response as typed; without one, of the form as first opened.
    #[must_use]
    pub fn evaluate(&self, response: Option<&Value>, now: &Now) -> Evaluation {
        // what cannot be asked can be evaluated all the same
        let lighter = |problem: &Problem| match &problem.unsupported {
            Some(_) => Problem { severity: Severity::Warning, ..problem.clone() },
            None => problem.clone(),
        };
        let mut report = Report::after(self.problems().iter().map(lighter).collect());
        let tree = settle(self, response, now, &mut report);
        if let Some(response) = response {
            report.problems.extend(self.review(response, now));
        }
        let mut state = Evaluation { problems: report.problems, ..Evaluation::default() };
        for (place, occurrence) in tree.occurrences().iter().enumerate() {
            *state.enabled.entry(occurrence.path.clone()).or_default() |= occurrence.enabled;
            let Some(item) = self.item(occurrence.item).filter(|item| item.calculated.is_some()) else { continue };
            let answers = tree.answers(place).cloned();
            if occurrence.enabled && !occurrence.answers.is_empty() {
                state.calculated.entry(item.link_id.clone()).or_default().extend(answers);
            }
        }
        state
    }
}

/// Lays a response over the form and computes until nothing changes.
pub(crate) fn settle<'f>(form: &'f Form, response: Option<&Value>, now: &Now, report: &mut Report) -> Tree<'f> {
    let steps = Cell::new(0);
    let engine = Engine { now, steps: &steps, depth: &Cell::new(0) };
    let mut tree = Tree::new(form, response);
    let root = Place { path: "QuestionnaireResponse", link_id: None };
    if tree.is_cut() {
        report.error(root, "the response has more answers than are read");
    }
    for pass in 0..MOST_PASSES {
        let moved = enabling::settle(&mut tree, report);
        let is_opening = pass == 0 && response.is_none();
        let findings = expressions::evaluate(&tree, &engine, is_opening);
        // what stood in the way of an early pass need not stand in the way of the last
        let mut said = Report::default();
        let changed = findings.into_iter().fold(false, |changed, finding| changed | tree.take(finding, &mut said));
        if !moved && !changed {
            report.problems.extend(said.problems);
            return tree;
        }
    }
    report.error(root, "the calculations and conditions never settle: they depend on each other in a circle");
    tree
}

/// What an expression of an occurrence gave.
pub(crate) struct Finding {
    pub(crate) place: usize,
    pub(crate) result: FindingResult,
}

/// The kinds of it.
pub(crate) enum FindingResult {
    /// Whether its enableWhenExpression holds.
    Enabled(bool),
    /// The answers it calculates, or is opened with.
    Answers(Origin, Vec<Value>),
    /// Why an expression has no result.
    Trouble(String),
}

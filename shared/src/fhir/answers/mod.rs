//! Checking a response against its form, as HL7's own validator does.

mod values;

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    form::{Form, FormItem, Kind},
    json::{list, text},
    path::Now,
    problem::{Place, Problem, Report, Severity},
    state::{self, Tree},
};

impl Form {
    /// Everything wrong with a response to this form.
    #[must_use]
    pub fn review(&self, response: &Value, now: &Now) -> Vec<Problem> {
        let mut report = Report::default();
        let root = Place { path: "QuestionnaireResponse", link_id: None };
        if text(response, "resourceType") != Some("QuestionnaireResponse") {
            report.error(root, "this is not a FHIR QuestionnaireResponse");
            return report.problems;
        }
        let mut silent = Report::default();
        let tree = state::settle(self, Some(response), now, &mut silent);
        report.problems.extend(silent.problems.into_iter().filter(|problem| problem.severity == Severity::Error));
        let is_whole = matches!(text(response, "status"), None | Some("completed" | "amended"));
        let mut review = Review { form: self, tree: &tree, report, is_whole };
        let given = numbered(response, "QuestionnaireResponse", "item");
        review.level(Level { item: None, under: 0, occurrence: None, path: "QuestionnaireResponse" }, &given);
        review.report.problems
    }
}

/// The elements of a list with their paths.
fn numbered<'v>(holder: &'v Value, path: &str, field: &str) -> Vec<(String, &'v Value)> {
    list(holder, field).iter().enumerate().map(|(n, value)| (format!("{path}.{field}[{n}]"), value)).collect()
}

struct Review<'a> {
    form: &'a Form,
    tree: &'a Tree<'a>,
    report: Report,
    /// Whether the person said it is finished: only then is something missing.
    is_whole: bool,
}

/// Items side by side: at the top, in a group, or under an answer.
#[derive(Clone, Copy)]
struct Level<'l> {
    item: Option<usize>,
    under: usize,
    occurrence: Option<usize>,
    path: &'l str,
}

impl Review<'_> {
    fn level(&mut self, level: Level<'_>, given: &[(String, &Value)]) {
        let form = self.form;
        let here = form.level(level.item);
        let known: BTreeSet<&str> = here.iter().filter_map(|at| Some(form.item(*at)?.link_id.as_str())).collect();
        for (path, value) in given {
            let link_id = text(value, "linkId");
            let place = Place { path, link_id };
            match link_id {
                None => self.report.error(place, "the item has no linkId"),
                Some(link_id) if known.contains(link_id) => {}
                Some(link_id) if !form.linked(link_id).is_empty() => {
                    self.report.error(place, format!("the item {link_id} does not belong in this place"));
                }
                Some(link_id) => {
                    self.report.error(place, format!("the questionnaire has no item with linkId {link_id}"));
                }
            }
        }
        for at in here {
            let Some(item) = form.item(*at) else { continue };
            let is_own = |(_, value): &&(String, &Value)| text(value, "linkId") == Some(&item.link_id);
            let own: Vec<(String, &Value)> = given.iter().filter(is_own).cloned().collect();
            let occurrences = self.occurrences(level, *at);
            let is_enabled =
                |n: usize| occurrences.get(n).and_then(|at| self.tree.get(*at)).is_some_and(|it| it.enabled);
            if own.is_empty() {
                if item.required && is_enabled(0) && self.is_whole {
                    let place = Place { path: level.path, link_id: Some(&item.link_id) };
                    self.report.error(place, format!("the required item {} has no answer", item.link_id));
                }
                continue;
            }
            if own.len() > 1 && !item.repeats {
                let place = Place { path: level.path, link_id: Some(&item.link_id) };
                self.report.error(place, format!("the item {} may stand only once", item.link_id));
            }
            for (n, (path, value)) in own.iter().enumerate() {
                let n = n.min(occurrences.len().saturating_sub(1));
                self.item(*at, item, occurrences.get(n).copied(), is_enabled(n), (path, value));
            }
        }
    }

    /// The occurrences of an item on a level.
    fn occurrences(&self, level: Level<'_>, item: usize) -> Vec<usize> {
        self.tree.below(level.occurrence, level.under, item).collect()
    }

    fn item(&mut self, at: usize, item: &FormItem, occurrence: Option<usize>, enabled: bool, given: (&str, &Value)) {
        let (path, value) = given;
        let here = Place { path, link_id: Some(&item.link_id) };
        let answers = numbered(value, path, "answer");
        let below = numbered(value, path, "item");
        let is_blank = answers.is_empty() && below.is_empty();
        if !enabled && !is_blank {
            let message = format!("the item {} has an answer though it is not enabled", item.link_id);
            // a draft keeps such answers, in case the item is enabled again
            if self.is_whole {
                self.report.error(here, message);
            } else {
                self.report.warn(here, format!("{message}; it is ignored"));
            }
            return;
        }
        if matches!(item.kind, Kind::Group | Kind::Display | Kind::Question) {
            if !answers.is_empty() {
                self.report.error(here, format!("items of type {} have no answers", item.kind.name()));
            }
            if item.required && below.is_empty() && self.is_whole && item.kind == Kind::Group {
                self.report.error(here, "the required group holds nothing");
            }
        } else {
            self.count(item, answers.len(), here);
            values::check_all(item, &answers, &mut self.report);
        }
        if item.kind == Kind::Group {
            self.level(Level { item: Some(at), under: 0, occurrence, path }, &below);
        } else if !below.is_empty() {
            self.report.error(here, "items below a question stand under its answers");
        }
        for (n, (path, answer)) in answers.iter().enumerate().filter(|_| item.kind != Kind::Group) {
            let below = numbered(answer, path, "item");
            self.level(Level { item: Some(at), under: n, occurrence, path }, &below);
        }
    }

    /// How many answers there may and must be.
    fn count(&mut self, item: &FormItem, n: usize, here: Place<'_>) {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        if n == 0 && item.required && self.is_whole {
            self.report.error(here, format!("the required item {} has no answer", item.link_id));
        }
        if n > 1 && !item.repeats && item.limits.max_occurs.is_none_or(|most| most < 2) {
            self.report.error(here, format!("only one answer is allowed, and there are {n}"));
        }
        if let Some(least) = item.limits.min_occurs.filter(|least| n < *least && self.is_whole) {
            self.report.error(here, format!("at least {least} answers are needed, and there are {n}"));
        }
        if let Some(most) = item.limits.max_occurs.filter(|most| n > *most) {
            self.report.error(here, format!("at most {most} answers are allowed, and there are {n}"));
        }
    }
}

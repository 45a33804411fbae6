//! What a study file must hold beyond its shape: keys once, references that lead somewhere, labels in every
//! language, anchors that can come to pass, windows that never ask one instrument twice, selected items that can be
//! asked and scored without the others, batteries within their minutes and screens, reminders that can be sent,
//! flags that can be raised.

mod batteries;
mod flags;
mod limits;
mod reminders;
mod selection;
mod timepoints;

use std::{collections::BTreeSet, fmt::Display};

use super::{Labels, Severity, Study};
use crate::instrument::catalog::Catalog;

/// One step on the way to a value of the file: a key of a table or an index of an array.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// Something that should be mended, and where.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) place: Vec<Step>,
    pub(super) problem: String,
    pub(super) hint: String,
    /// Another place that has a part in it, and what to say there.
    pub(super) beside: Option<(Vec<Step>, String)>,
}

macro_rules! place {
    ($($step:expr),*) => { vec![$(Step::from($step)),*] };
}
use place;

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Everything that a study alone shows, in the order of the file's parts.
pub(super) fn check(study: &Study) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    findings.check_head(study);
    findings.check_people_and_places(study);
    findings.check_batteries(study);
    findings.check_timepoints(study);
    findings.check_reminders(study);
    findings.check_flags(study);
    findings.0
}

/// Whether the catalog has the instruments of the batteries, in every language of the study and within the minutes.
pub(super) fn check_instruments(study: &Study, catalog: &Catalog) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    findings.check_instruments(study, catalog);
    findings.check_scales(study, catalog);
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, place: Vec<Step>, problem: impl Into<String>, hint: impl Into<String>) -> &mut Finding {
        self.0.push_mut(Finding {
            severity: Severity::Error,
            place,
            problem: problem.into(),
            hint: hint.into(),
            beside: None,
        })
    }

    fn check_head(&mut self, study: &Study) {
        if study.languages.is_empty() {
            self.add(place!["languages"], "the study speaks no language", r#"write languages = ["fr"]"#);
        }
        if study.phone.trim().is_empty() {
            self.add(place!["phone"], "there is no telephone number", "patients are told to call it");
        }
        self.check_once("languages", study.languages.iter());
        self.check_labels(study, &["title".into()], &study.title);
        let known: BTreeSet<_> = study.instruments().collect();
        for (index, key) in study.accepts_demonstration.iter().enumerate() {
            if !known.contains(key) {
                let hint = format!("write one of {}, or take it out", listed(&known));
                self.add(place!["accepts_demonstration", index], format!("no battery asks {key}"), hint);
            }
        }
    }

    fn check_people_and_places(&mut self, study: &Study) {
        self.check_once("information", study.information.iter().map(|it| &it.key));
        self.check_once("sites", study.sites.iter().map(|it| &it.key));
        self.check_once("hemopathies", study.hemopathies.iter().map(|it| &it.key));
        self.check_once("products", study.products.iter().map(|it| &it.key));
        self.check_once("pathways", study.pathways.iter().map(|it| &it.key));
        self.check_once("timepoints", study.timepoints.iter().map(|it| &it.key));
        let lists: [(&str, Vec<&Labels>); 6] = [
            ("information", study.information.iter().map(|it| &it.label).collect()),
            ("sites", study.sites.iter().map(|it| &it.label).collect()),
            ("hemopathies", study.hemopathies.iter().map(|it| &it.label).collect()),
            ("products", study.products.iter().map(|it| &it.label).collect()),
            ("pathways", study.pathways.iter().map(|it| &it.label).collect()),
            ("timepoints", study.timepoints.iter().map(|it| &it.label).collect()),
        ];
        for (list, labels) in lists {
            if labels.is_empty() && !matches!(list, "information" | "products") {
                self.add(place![list], format!("there are no {list}"), format!("add at least one [[{list}]]"));
            }
            for (index, label) in labels.into_iter().enumerate() {
                self.check_labels(study, &[list.into(), index.into(), "label".into()], label);
            }
        }
    }

    fn check_once<'a, K: Ord + Display + 'a>(&mut self, list: &str, keys: impl Iterator<Item = &'a K>) {
        self.check_once_at(&[list.into()], list, keys);
    }

    fn check_once_at<'a, K: Ord + Display + 'a>(
        &mut self,
        place: &[Step],
        list: &str,
        keys: impl Iterator<Item = &'a K>,
    ) {
        let (is_plain, hint) = match list {
            "languages" => (true, "take one of them out"),
            _ => (false, "give each its own key"),
        };
        let at = |index: usize| {
            let steps = if is_plain { place![index] } else { place![index, "key"] };
            [place, &steps].concat()
        };
        let mut seen: Vec<&K> = Vec::new();
        for (index, key) in keys.enumerate() {
            if let Some(first) = seen.iter().position(|before| *before == key) {
                let problem = format!("{key} is there twice in {list}");
                self.add(at(index), problem, hint).beside = Some((at(first), "first here".to_owned()));
            }
            seen.push(key);
        }
    }

    fn check_labels(&mut self, study: &Study, place: &[Step], labels: &Labels) {
        for language in &study.languages {
            if labels.get(language).is_none_or(|label| label.trim().is_empty()) {
                self.add(
                    place.to_vec(),
                    format!("the label in {language} is missing"),
                    format!("add {language} = \"…\""),
                );
            }
        }
        for language in labels.keys().filter(|it| !study.languages.contains(it)) {
            let hint = format!("add it to languages ({}), or take the label out", listed(&study.languages));
            let place = [place, &[language.as_str().into()]].concat();
            self.add(place, format!("the study does not speak {language}"), hint);
        }
    }
}

fn listed<K: Display>(keys: impl IntoIterator<Item = K>) -> String {
    keys.into_iter().map(|key| key.to_string()).collect::<Vec<_>>().join(", ")
}

//! What a study file must hold beyond its shape: keys once, references that lead somewhere, labels in every
//! language, and windows that never ask one instrument twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use super::{BatteryEntry, Labels, MilestoneKind, Study, StudyStatus, Timepoint};
use crate::{id::InstrumentKey, instrument::catalog::Catalog};

/// One step on the way to a value of the file: a key of a table or an index of an array.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// Something that must be mended, and where.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) place: Vec<Step>,
    pub(super) problem: String,
    pub(super) hint: String,
}

macro_rules! place {
    ($($step:expr),*) => { vec![$(Step::from($step)),*] };
}

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

/// Everything that is wrong with a study, in the order of the file's parts.
pub(super) fn check(study: &Study) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    findings.check_head(study);
    findings.check_people_and_places(study);
    findings.check_batteries(study);
    for (index, timepoint) in study.timepoints.iter().enumerate() {
        findings.check_timepoint(study, index, timepoint);
    }
    findings.check_windows(study);
    findings.0
}

/// Whether the catalog can ask every instrument of the batteries in every language of the study.
pub(super) fn check_wording(study: &Study, catalog: &Catalog) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    for (key, battery) in &study.batteries {
        for (index, entry) in battery.instruments.iter().enumerate() {
            findings.check_wording(study, catalog, place!["batteries", key.as_str(), "instruments", index], entry);
        }
    }
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, place: Vec<Step>, problem: impl Into<String>, hint: impl Into<String>) {
        self.0.push(Finding { place, problem: problem.into(), hint: hint.into() });
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
        self.check_once("sites", study.sites.iter().map(|it| &it.key));
        self.check_once("hemopathies", study.hemopathies.iter().map(|it| &it.key));
        self.check_once("products", study.products.iter().map(|it| &it.key));
        self.check_once("pathways", study.pathways.iter().map(|it| &it.key));
        self.check_once("timepoints", study.timepoints.iter().map(|it| &it.key));
        let lists: [(&str, Vec<&Labels>); 5] = [
            ("sites", study.sites.iter().map(|it| &it.label).collect()),
            ("hemopathies", study.hemopathies.iter().map(|it| &it.label).collect()),
            ("products", study.products.iter().map(|it| &it.label).collect()),
            ("pathways", study.pathways.iter().map(|it| &it.label).collect()),
            ("timepoints", study.timepoints.iter().map(|it| &it.label).collect()),
        ];
        for (list, labels) in lists {
            if labels.is_empty() && list != "products" {
                self.add(place![list], format!("there are no {list}"), format!("add at least one [[{list}]]"));
            }
            for (index, label) in labels.into_iter().enumerate() {
                self.check_labels(study, &[list.into(), index.into(), "label".into()], label);
            }
        }
    }

    fn check_once<'a, K: Ord + Display + 'a>(&mut self, list: &str, keys: impl Iterator<Item = &'a K>) {
        let mut seen = BTreeSet::new();
        for (index, key) in keys.enumerate() {
            if !seen.insert(key) {
                let place = if list == "languages" { place![list, index] } else { place![list, index, "key"] };
                self.add(place, format!("{key} is there twice in {list}"), "give each its own key");
            }
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
            self.add(place.to_vec(), format!("the study does not speak {language}"), hint);
        }
    }

    fn check_batteries(&mut self, study: &Study) {
        let mut versions: BTreeMap<&InstrumentKey, &str> = BTreeMap::new();
        for (key, battery) in &study.batteries {
            let list = || place!["batteries", key.as_str(), "instruments"];
            if battery.instruments.is_empty() {
                self.add(list(), format!("battery {key} asks nothing"), "name an instrument, or take the battery out");
            }
            for (index, entry) in battery.instruments.iter().enumerate() {
                let at = [list(), place![index]].concat();
                let instrument = &entry.instrument;
                let version = *versions.entry(&instrument.key).or_insert(&instrument.version);
                if version != instrument.version {
                    let problem = format!("{instrument} is asked at version {version} elsewhere");
                    self.add(at.clone(), problem, "a study asks one version of an instrument");
                }
                if battery.instruments.iter().take(index).any(|before| clash(before, entry)) {
                    self.add(at.clone(), format!("battery {key} asks {instrument} twice"), "take one of them out");
                }
                for (nth, hemopathy) in entry.hemopathies.iter().enumerate() {
                    if !study.hemopathies.iter().any(|known| known.key == *hemopathy) {
                        let hint = format!("write one of {}", listed(study.hemopathies.iter().map(|it| &it.key)));
                        let place = [at.clone(), place!["hemopathies", nth]].concat();
                        self.add(place, format!("there is no hemopathy {hemopathy}"), hint);
                    }
                }
            }
        }
    }

    fn check_wording(&mut self, study: &Study, catalog: &Catalog, place: Vec<Step>, entry: &BatteryEntry) {
        let instrument = &entry.instrument;
        if catalog.find(instrument).is_none() {
            let versions = catalog.definitions().map(|it| &it.instrument).filter(|it| it.key == instrument.key);
            let there = listed(versions.map(|it| &it.version));
            let hint =
                if there.is_empty() { "load its definition".to_owned() } else { format!("the catalog has {there}") };
            return self.add(place, format!("there is no {instrument}"), hint);
        }
        let accepted =
            study.status == StudyStatus::Demonstration || study.accepts_demonstration.contains(&instrument.key);
        for language in &study.languages {
            match catalog.sheet(instrument, language) {
                None => {
                    let problem = format!("{instrument} has no wording in {language}");
                    self.add(place.clone(), problem, "load a wording pack, or take the language out");
                }
                Some(sheet) if sheet.wording.demonstration && !accepted => {
                    let hint = "load the licensed words, or name the instrument in accepts_demonstration";
                    let problem = format!("{instrument} has only demonstration wording in {language}");
                    self.add(place.clone(), problem, hint);
                }
                Some(_) => {}
            }
        }
    }

    fn check_timepoint(&mut self, study: &Study, index: usize, timepoint: &Timepoint) {
        let at = |field: &str| place!["timepoints", index, field];
        let key = &timepoint.key;
        let [first, last] = timepoint.window;
        if first > 0 || last < 0 {
            let hint = "write days counted from the target, such as [-5, 10]";
            self.add(at("window"), format!("the window of {key} does not hold its target"), hint);
        }
        if timepoint.fallback.is_some_and(|fallback| fallback.anchor == timepoint.anchor) {
            let hint = "name another milestone, or take the fallback out";
            self.add(at("fallback"), format!("{key} falls back on its own anchor"), hint);
        }
        if timepoint.batteries.is_empty() {
            self.add(at("batteries"), format!("{key} asks nothing"), "name a battery, or take the timepoint out");
        }
        for (nth, battery) in timepoint.batteries.iter().enumerate() {
            let place = || place!["timepoints", index, "batteries", nth];
            if !study.batteries.contains_key(battery) {
                let hint = format!("write one of {}", listed(study.batteries.keys()));
                self.add(place(), format!("there is no battery {battery}"), hint);
            }
            if timepoint.batteries.iter().take(nth).any(|before| before == battery) {
                self.add(place(), format!("{key} names {battery} twice"), "take one of them out");
            }
        }
    }

    /// Two timepoints of one series that count from the same milestone move together: if their windows overlap
    /// for one instrument they always will. What clashes across anchors depends on dates; the schedule settles it.
    fn check_windows(&mut self, study: &Study) {
        for (index, later) in study.timepoints.iter().enumerate() {
            for earlier in study.timepoints.iter().take(index).filter(|it| it.series == later.series) {
                if !overlap(earlier, later) {
                    continue;
                }
                let twice = study
                    .asked_at(later)
                    .into_iter()
                    .find(|entry| study.asked_at(earlier).into_iter().any(|before| clash(before, entry)));
                if let Some(entry) = twice {
                    let [first, last] = earlier.days();
                    self.add(
                        place!["timepoints", index, "window"],
                        format!(
                            "{} and {} would ask {} on the same days",
                            earlier.key, later.key, entry.instrument.key
                        ),
                        format!(
                            "{} runs from day {first} to day {last}: let one end before the other begins",
                            earlier.key
                        ),
                    );
                }
            }
        }
    }
}

/// Whether windows overlap that count from the same milestone, be it anchor or fallback.
fn overlap(one: &Timepoint, other: &Timepoint) -> bool {
    windows(one).any(|(anchor, [first, last])| {
        windows(other).any(|(same, [begins, ends])| anchor == same && first <= ends && begins <= last)
    })
}

fn windows(timepoint: &Timepoint) -> impl Iterator<Item = (MilestoneKind, [i32; 2])> {
    let fallback = timepoint.fallback.map(|it| (it.anchor, timepoint.days().map(|day| day.saturating_add(it.days))));
    [(timepoint.anchor, timepoint.days())].into_iter().chain(fallback)
}

/// Whether some patient could be asked the same instrument by both.
fn clash(one: &BatteryEntry, other: &BatteryEntry) -> bool {
    one.instrument.key == other.instrument.key
        && (one.hemopathies.is_empty()
            || other.hemopathies.is_empty()
            || one.hemopathies.iter().any(|it| other.hemopathies.contains(it)))
}

fn listed<K: Display>(keys: impl IntoIterator<Item = K>) -> String {
    keys.into_iter().map(|key| key.to_string()).collect::<Vec<_>>().join(", ")
}

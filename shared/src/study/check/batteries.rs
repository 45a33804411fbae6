//! Batteries: what they ask exists, once, at one version, in every language, and takes no longer than it may.

use std::collections::BTreeMap;

use super::{Findings, Severity, Step, listed, place};
use crate::{
    id::{InstrumentKey, InstrumentVersion},
    instrument::catalog::Catalog,
    study::{BatteryEntry, Study, StudyStatus},
};

impl Findings {
    pub(super) fn check_batteries(&mut self, study: &Study) {
        let mut versions: BTreeMap<&InstrumentKey, &str> = BTreeMap::new();
        for (key, battery) in &study.batteries {
            let list = || place!["batteries", key.as_str(), "instruments"];
            if battery.instruments.is_empty() {
                self.add(list(), format!("battery {key} asks nothing"), "name an instrument, or take the battery out");
            }
            if !study.timepoints.iter().any(|timepoint| timepoint.batteries.contains(key)) {
                let hint = "name it in a timepoint, or take it out";
                self.add(place!["batteries", key.as_str()], format!("no timepoint asks battery {key}"), hint)
                    .severity = Severity::Warning;
            }
            for (index, entry) in battery.instruments.iter().enumerate() {
                let instrument = &entry.instrument;
                let at = [list(), place![index]].concat();
                let version = *versions.entry(&instrument.key).or_insert(&instrument.version);
                if version != instrument.version {
                    let problem = format!("{instrument} is asked at version {version} elsewhere");
                    let at = [at.clone(), place!["instrument", "version"]].concat();
                    self.add(at, problem, "a study asks one version of an instrument");
                }
                if let Some(first) = battery.instruments.iter().take(index).position(|before| before.clashes(entry)) {
                    let problem = format!("battery {key} asks {instrument} twice");
                    self.add(at.clone(), problem, "take one of them out").beside =
                        Some(([list(), place![first]].concat(), "first here".to_owned()));
                }
                self.check_hemopathies(study, &at, entry);
                self.check_selection(study, &at, entry);
            }
        }
    }

    fn check_hemopathies(&mut self, study: &Study, at: &[Step], entry: &BatteryEntry) {
        for (nth, hemopathy) in entry.hemopathies.iter().enumerate() {
            if !study.hemopathies.iter().any(|known| known.key == *hemopathy) {
                let hint = format!("write one of {}", listed(study.hemopathies.iter().map(|it| &it.key)));
                let place = [at, place!["hemopathies", nth].as_slice()].concat();
                self.add(place, format!("there is no hemopathy {hemopathy}"), hint);
            }
        }
    }

    pub(super) fn check_instruments(&mut self, study: &Study, catalog: &Catalog) {
        for (key, battery) in &study.batteries {
            for (index, entry) in battery.instruments.iter().enumerate() {
                let entry_at = place!["batteries", key.as_str(), "instruments", index];
                let at = [entry_at.clone(), place!["instrument"]].concat();
                if let Some(definition) = catalog.find(&entry.instrument) {
                    self.check_wording(study, catalog, &at, &entry.instrument);
                    self.check_items(definition, &[entry_at, place!["items"]].concat(), &entry.items);
                } else {
                    self.add_unknown(catalog, at, &entry.instrument);
                }
            }
            self.check_limits(study, catalog, key, battery);
        }
    }

    fn add_unknown(&mut self, catalog: &Catalog, at: Vec<Step>, instrument: &InstrumentVersion) {
        let versions = catalog.definitions().map(|it| &it.instrument).filter(|it| it.key == instrument.key);
        let there = listed(versions.map(|it| &it.version));
        let hint = if there.is_empty() {
            let known = catalog.definitions().map(|it| it.instrument.key.as_str());
            let nearest = known.min_by_key(|known| edits(known, instrument.key.as_str()));
            let meant = nearest.map(|key| format!("did you mean {key}? ")).unwrap_or_default();
            format!("{meant}`ressenti instruments` lists what there is")
        } else {
            format!("the catalog has {there}")
        };
        let field = if there.is_empty() { "key" } else { "version" };
        self.add([at, place![field]].concat(), format!("there is no {instrument}"), hint);
    }

    fn check_wording(&mut self, study: &Study, catalog: &Catalog, at: &[Step], instrument: &InstrumentVersion) {
        let accepted =
            study.status == StudyStatus::Demonstration || study.accepts_demonstration.contains(&instrument.key);
        for language in &study.languages {
            match catalog.sheet(instrument, language) {
                None => {
                    let problem = format!("{instrument} has no wording in {language}");
                    self.add(at.to_vec(), problem, "load a wording pack, or take the language out");
                }
                Some(sheet) if sheet.wording.demonstration && !accepted => {
                    let hint = "load the licensed words, or name the instrument in accepts_demonstration";
                    let problem = format!("{instrument} has only demonstration wording in {language}");
                    self.add(at.to_vec(), problem, hint);
                }
                Some(_) => {}
            }
        }
    }
}

/// How many letters must be put in, taken out or replaced to get from one word to the other (Levenshtein).
pub(super) fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in (1..).zip(one.chars()) {
        let mut corner = std::mem::replace(row.first_mut().unwrap_or(&mut 0), line);
        let mut left = line;
        for (above, its) in row.iter_mut().skip(1).zip(&other) {
            let best = (corner + usize::from(letter != *its)).min(*above + 1).min(left + 1);
            corner = std::mem::replace(above, best);
            left = best;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn words_are_as_far_apart_as_their_letters() {
        assert_eq!(edits("hads", "hads"), 0);
        assert_eq!(edits("qlqc30", "qlq-c30"), 1);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "cost"), 4);
    }
}

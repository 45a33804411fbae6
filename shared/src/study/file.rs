//! The study file: TOML that a data manager edits, refused with the exact place of every fault.

use std::fmt;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Study,
    check::{Finding, Step, check, check_wording},
};
use crate::instrument::catalog::Catalog;

/// The study file that Ressenti ships.
const SHIPPED: &str = include_str!("registry.toml");

/// Everything that is wrong with a study file; each fault names its place and a way out.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub struct StudyError {
    /// The faults, at least one.
    pub faults: Vec<StudyFault>,
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            let break_before = if index == 0 { "" } else { "\n" };
            write!(f, "{break_before}{fault}")?;
        }
        Ok(())
    }
}

/// One fault of a study file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StudyFault {
    /// Line and column in characters, from 1; `None` where the file's text is not at hand.
    pub position: Option<(usize, usize)>,
    /// The way to it: `timepoints[3].window`; empty where the file cannot be read that far.
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for StudyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.position {
            let and_place = if self.place.is_empty() { "" } else { ", " };
            write!(f, "line {line}, column {column}{and_place}")?;
        }
        write!(f, "{}: {}; {}", self.place, self.problem, self.hint)
    }
}

/// The study that Ressenti ships: the registry's own protocol.
///
/// # Errors
/// Never in a build whose tests pass; the file is checked like a site's own.
pub fn shipped() -> Result<Study, StudyError> {
    Study::parse_toml(SHIPPED)
}

impl Study {
    /// Reads a study file and checks all that its shape alone does not say.
    ///
    /// # Errors
    /// When the file is not TOML, holds unknown or duplicate keys, lacks a label in one of its languages, names a
    /// battery, hemopathy or instrument that is not there, or would ask one instrument twice on the same days
    /// within one series. Every fault is listed with line and column.
    ///
    /// ```
    /// use shared::study::Study;
    /// let refused = Study::parse_toml("key = 'x'\nspeed = 3\n").expect_err("an unknown key is refused");
    /// assert!(refused.to_string().starts_with("line 2, column 1: unknown field `speed`"));
    /// ```
    pub fn parse_toml(text: &str) -> Result<Self, StudyError> {
        let unreadable = |error: &toml::de::Error| {
            let position = Some(line_and_column(text, error.span().map_or(0, |span| span.start)));
            let problem = error.message().trim_end_matches('.').replace('\n', "; ");
            let hint = "compare with the study file that Ressenti ships (shared/src/study/registry.toml)".to_owned();
            StudyError { faults: vec![StudyFault { position, place: String::new(), problem, hint }] }
        };
        let study: Self = toml::from_str(text).map_err(|error| unreadable(&error))?;
        let findings = check(&study);
        if findings.is_empty() {
            return Ok(study);
        }
        let document = DeTable::parse(text).map_err(|error| unreadable(&error))?;
        let faults = findings.into_iter().map(|finding| locate(text, &document, finding)).collect();
        Err(StudyError { faults })
    }
}

impl Study {
    /// Checks that every instrument of the batteries can be asked with this catalog, in every language.
    ///
    /// A live study refuses an instrument that has only demonstration wording, unless the study file accepts it
    /// by name (`accepts_demonstration`).
    ///
    /// # Errors
    /// When the catalog lacks an instrument version or its wording; each fault names its place in the study file.
    pub fn check_instruments(&self, catalog: &Catalog) -> Result<(), StudyError> {
        let faults: Vec<StudyFault> = check_wording(self, catalog).into_iter().map(unlocated).collect();
        if faults.is_empty() { Ok(()) } else { Err(StudyError { faults }) }
    }
}

/// Finds the deepest part of the document that a finding's place leads to.
fn locate(text: &str, document: &Spanned<DeTable<'_>>, finding: Finding) -> StudyFault {
    let mut start = 0;
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for step in &finding.place {
        let next = match (step, value) {
            (Step::Key(key), None) => document.get_ref().get(key.as_str()),
            (Step::Key(key), Some(within)) => within.get_ref().get(key.as_str()),
            (Step::Index(index), Some(within)) => within.get_ref().get(*index),
            (Step::Index(_), None) => None,
        };
        let Some(next) = next else { break };
        start = next.span().start;
        value = Some(next);
    }
    StudyFault { position: Some(line_and_column(text, start)), ..unlocated(finding) }
}

fn unlocated(finding: Finding) -> StudyFault {
    let Finding { place, problem, hint } = finding;
    StudyFault { position: None, place: written(&place), problem, hint }
}

fn written(place: &[Step]) -> String {
    place.iter().fold(String::new(), |path, step| match step {
        Step::Key(key) if path.is_empty() => key.clone(),
        Step::Key(key) => format!("{path}.{key}"),
        Step::Index(index) => format!("{path}[{index}]"),
    })
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shipped file with one piece of it replaced: faults are tried on the real thing.
    fn edited(from: &str, to: &str) -> Result<Study, StudyError> {
        assert!(SHIPPED.contains(from), "{from:?} is not in the file");
        Study::parse_toml(&SHIPPED.replacen(from, to, 1))
    }

    #[track_caller]
    fn check_refused(from: &str, to: &str, said: &str) {
        let error = edited(from, to).expect_err(said).to_string();
        assert!(error.contains(said), "expected {said:?} in:\n{error}");
    }

    #[test]
    fn the_shipped_study_holds_every_timepoint_of_the_protocol() {
        let study = shipped().expect("it parses");
        let keys: Vec<&str> = study.timepoints.iter().map(|it| it.key.as_str()).collect();
        let expected = "T0 T1 D7 D14 M1 M3 M6 M12 M18 M24 M36 M48 M60 N1 N3 N6 N12 N24 N36 N48 N60 R";
        assert_eq!(keys.join(" "), expected);
        assert_eq!(study.hemopathies.len(), 7);
        assert_eq!(study.products.len(), 5);
        assert_eq!(serde_json::json!(study.languages), serde_json::json!(["fr", "en"]));
    }

    #[test]
    fn the_study_survives_the_journey_to_a_device() {
        let study = shipped().expect("it parses");
        let wire = serde_json::to_string(&study).expect("it is written");
        assert_eq!(serde_json::from_str::<Study>(&wire).expect("it is read"), study);
    }

    #[test]
    fn unknown_and_duplicate_keys_are_refused() {
        check_refused("phone =", "telephone =", "unknown field `telephone`");
        check_refused("\ntarget_day = 28", "\ntarget_day = 28\nspeed = 1", "unknown field `speed`");
        check_refused("phone =", "key = \"again\"\nphone =", "duplicate key");
        check_refused("[batteries.SHORT]", "[batteries.CORE]", "duplicate key");
        check_refused("key = \"centre-nord\"", "key = \"toulouse\"", "sites[1].key: toulouse is there twice");
        check_refused("key = \"M3\"", "key = \"M1\"", "M1 is there twice in timepoints");
        check_refused("[\"fr\", \"en\"]", "[\"fr\", \"fr\"]", "fr is there twice in languages");
    }

    #[test]
    fn references_that_lead_nowhere_are_refused() {
        check_refused(
            "batteries = [\"CORE\", \"SOCIO\"]",
            "batteries = [\"CORE\", \"SOICO\"]",
            "timepoints[0].batteries[1]: there is no battery SOICO; write one of CORE, SHORT, SOCIO, SOCIO-UPDATE",
        );
        check_refused(
            "version = \"3.0\" } }",
            "version = \"3.0\" }, hemopathies = [\"flu\"] }",
            "batteries.CORE.instruments[0].hemopathies[0]: there is no hemopathy flu",
        );
        check_refused("[\"situation\"]", "[\"hads\"]", "accepts_demonstration[0]: no battery asks hads");
        check_refused("anchor = \"relapse\"", "anchor = \"realpse\"", "unknown variant `realpse`");
    }

    #[test]
    fn a_label_that_lacks_a_language_is_refused() {
        check_refused("fr = \"Ambulatoire\", ", "", "pathways[1].label: the label in fr is missing");
        check_refused("en = \"Ambulatory\"", "en = \" \"", "the label in en is missing");
        check_refused("en = \"Ambulatory\"", "en = \"x\", de = \"x\"", "the study does not speak de");
    }

    #[test]
    fn windows_that_would_ask_twice_are_refused() {
        check_refused("window = [-14, 14]", "window = [-60, 14]", "M1 and M3 would ask qlq-c30 on the same days");
        check_refused("window = [-2, 2]", "window = [-2, 5]", "D7 and D14 would ask eq-5d-5l on the same days");
        check_refused("window = [0, 28]", "window = [1, 28]", "the window of R does not hold its target");
    }

    #[test]
    fn one_instrument_is_asked_at_one_version() {
        let short = "[batteries.SHORT]\ninstruments = [{ instrument = { key = \"eq-5d-5l\", version = \"";
        let start = SHIPPED.find(short).expect("the battery is there") + short.len();
        let (before, after) = SHIPPED.split_at(start);
        let error = Study::parse_toml(&format!("{before}9{after}")).expect_err("two versions");
        assert!(error.to_string().contains("is asked at version"), "{error}");
    }

    #[test]
    fn a_fault_names_its_line_and_column() {
        let line =
            SHIPPED.lines().position(|line| line == "batteries = [\"CORE\", \"SOCIO\"]").expect("it is there") + 1;
        let error =
            edited("batteries = [\"CORE\", \"SOCIO\"]", "batteries = [\"CORE\", \"SOICO\"]").expect_err("refused");
        assert_eq!(error.faults.iter().map(|it| it.position).collect::<Vec<_>>(), [Some((line, 22))]);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let text = SHIPPED.replace("fr = \"Ambulatoire\", ", "").replace("window = [0, 28]", "window = [1, 28]");
        assert_eq!(Study::parse_toml(&text).expect_err("refused").faults.len(), 2);
    }

    fn check_live(edits: &[(&str, &str)]) -> Result<(), StudyError> {
        let text = edits.iter().fold(SHIPPED.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from:?} is not in the file");
            text.replacen(from, to, 1)
        });
        let catalog = Catalog::shipped().expect("the shipped instruments");
        Study::parse_toml(&text).expect("it parses").check_instruments(&catalog)
    }

    #[test]
    fn the_shipped_study_can_be_asked_with_the_shipped_instruments() {
        check_live(&[]).expect("every instrument is there in every language");
    }

    #[test]
    fn a_live_study_refuses_demonstration_wording_unless_it_accepts_it_by_name() {
        let live = ("status = \"demonstration\"", "status = \"live\"");
        let error = check_live(&[live]).expect_err("only demonstration wording is there").to_string();
        assert!(
            error.contains("batteries.CORE.instruments[0]: qlq-c30 3.0 has only demonstration wording in fr"),
            "{error}"
        );
        assert!(!error.contains("situation"), "accepted by name: {error}");
        let accepted = "accepts_demonstration = [\"qlq-c30\", \"eq-5d-5l\", \"epices\", \"situation\"]";
        check_live(&[live, ("accepts_demonstration = [\"situation\"]", accepted)]).expect("all accepted by name");
    }

    #[test]
    fn an_instrument_that_is_not_there_is_refused() {
        let error = check_live(&[("version = \"3.0\"", "version = \"9.0\"")]).expect_err("no such version").to_string();
        assert!(error.contains("there is no qlq-c30 9.0; the catalog has 3.0"), "{error}");
    }

    #[test]
    fn a_language_without_wording_is_refused() {
        let text =
            SHIPPED.replace("[\"fr\", \"en\"]", "[\"fr\", \"en\", \"de\"]").replace(", en = ", ", de = \"x\", en = ");
        let catalog = Catalog::shipped().expect("the shipped instruments");
        let error = Study::parse_toml(&text).expect("it parses").check_instruments(&catalog).expect_err("no German");
        assert!(error.to_string().contains("qlq-c30 3.0 has no wording in de"), "{error}");
    }
}

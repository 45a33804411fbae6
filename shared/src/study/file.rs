//! The study file: TOML that a data manager edits, refused with the exact place of every fault.

use std::{fmt, ops::Range};

use serde::Serialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Study,
    check::{Finding, Step, check, check_instruments},
};
use crate::instrument::catalog::Catalog;

/// The study file that Ressenti ships.
pub const SHIPPED: &str = include_str!("registry.toml");

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
    /// Whether the study can be used all the same.
    pub severity: Severity,
    /// Where in the file's text.
    pub at: Stretch,
    /// The way to it: `timepoints[3].window`; empty where the file cannot be read that far.
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub hint: String,
    /// Another part of the text that belongs to it, and what to say there.
    pub beside: Option<(Stretch, String)>,
}

/// How much a fault matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The study cannot be used.
    Error,
    /// It can, and probably does not do what was meant.
    Warning,
}

/// Part of a file's text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stretch {
    /// Where, in bytes.
    pub span: Range<usize>,
    /// Its line, from 1.
    pub line: usize,
    /// Its first column in characters, from 1.
    pub column: usize,
}

impl Stretch {
    fn of(text: &str, span: Range<usize>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        Self { span, line, column }
    }
}

impl fmt::Display for StudyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at: Stretch { line, column, .. }, place, problem, hint, .. } = self;
        let and_place = if place.is_empty() { "" } else { ", " };
        write!(f, "line {line}, column {column}{and_place}{place}: {problem}; {hint}")
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
        let (study, document) = read(text).map_err(|fault| StudyError { faults: vec![*fault] })?;
        let faults: Vec<StudyFault> = check(&study)
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| locate(text, &document, finding))
            .collect();
        if faults.is_empty() { Ok(study) } else { Err(StudyError { faults }) }
    }

    /// [`Study::parse_toml`], and whether this catalog can ask it: all that [`review`] finds but for warnings.
    ///
    /// # Errors
    /// The same, and when an instrument or its wording is missing, or a battery takes longer than it may.
    pub fn parse_toml_with(text: &str, catalog: &Catalog) -> Result<Self, StudyError> {
        let study = Self::parse_toml(text)?;
        let mut faults = review(text, catalog);
        faults.retain(|fault| fault.severity == Severity::Error);
        if faults.is_empty() { Ok(study) } else { Err(StudyError { faults }) }
    }
}

/// Everything that is wrong or odd in a study file, held against the instruments there are; in the file's order.
///
/// Beside what [`Study::parse_toml`] refuses: instruments that the catalog lacks or has no words for, a live study
/// that would show demonstration wording it does not accept by name (`accepts_demonstration`), batteries over their
/// minutes; and as warnings what is allowed and probably not meant.
#[must_use]
pub fn review(text: &str, catalog: &Catalog) -> Vec<StudyFault> {
    let (study, document) = match read(text) {
        Ok(read) => read,
        Err(fault) => return vec![*fault],
    };
    let findings = check(&study).into_iter().chain(check_instruments(&study, catalog));
    let mut faults: Vec<StudyFault> = findings.map(|finding| locate(text, &document, finding)).collect();
    faults.sort_by_key(|fault| fault.at.span.start);
    faults
}

/// Reads the shape, and the document that findings are located in.
fn read(text: &str) -> Result<(Study, Spanned<DeTable<'_>>), Box<StudyFault>> {
    let unreadable = |error: &toml::de::Error| {
        let (severity, at) = (Severity::Error, Stretch::of(text, error.span().unwrap_or(0..0)));
        Box::new(StudyFault {
            severity,
            at,
            place: String::new(),
            problem: error.message().trim_end_matches('.').replace('\n', "; "),
            hint: "compare with the study that Ressenti ships: `ressenti study shipped` prints it".to_owned(),
            beside: None,
        })
    };
    let study = toml::from_str(text).map_err(|error| unreadable(&error))?;
    Ok((study, DeTable::parse(text).map_err(|error| unreadable(&error))?))
}

fn locate(text: &str, document: &Spanned<DeTable<'_>>, finding: Finding) -> StudyFault {
    let Finding { severity, place, problem, hint, beside } = finding;
    let at = |place: &[Step]| Stretch::of(text, span(document, place));
    let beside = beside.map(|(place, words)| (at(&place), words));
    StudyFault { severity, at: at(&place), place: written(&place), problem, hint, beside }
}

/// The deepest part of the document that a place leads to.
fn span(document: &Spanned<DeTable<'_>>, place: &[Step]) -> Range<usize> {
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for step in place {
        let next = match (step, value) {
            (Step::Key(key), None) => document.get_ref().get(key.as_str()),
            (Step::Key(key), Some(within)) => within.get_ref().get(key.as_str()),
            (Step::Index(index), Some(within)) => within.get_ref().get(*index),
            (Step::Index(_), None) => None,
        };
        let Some(next) = next else { break };
        value = Some(next);
    }
    value.map_or(0..0, Spanned::span)
}

fn written(place: &[Step]) -> String {
    place.iter().fold(String::new(), |path, step| match step {
        Step::Key(key) if path.is_empty() => key.clone(),
        Step::Key(key) => format!("{path}.{key}"),
        Step::Index(index) => format!("{path}[{index}]"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn nothing_is_wrong_or_odd_in_the_shipped_study() {
        let catalog = Catalog::shipped().expect("the shipped instruments");
        assert_eq!(review(SHIPPED, &catalog), []);
    }

    #[test]
    fn the_shipped_study_asks_two_subscales_alone_and_eight_symptoms() {
        let (study, catalog) = (shipped().expect("it parses"), Catalog::shipped().expect("the shipped instruments"));
        let parts: Vec<_> = study
            .selections()
            .map(|(version, items)| catalog.find(version).expect("it is shipped").part(items))
            .collect();
        let told = |part: &crate::instrument::Definition| {
            let always = part.items.iter().filter(|item| item.applies.is_none()).count();
            (part.instrument.key.to_string(), part.items.len(), always, part.scales.len())
        };
        let expected = [("fact-lym", 15, 15, 1), ("fact-leu", 17, 17, 1), ("pro-ctcae", 19, 8, 16)];
        let expected = expected.map(|(key, items, always, scales)| (key.to_owned(), items, always, scales));
        assert_eq!(parts.iter().map(told).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_study_survives_the_journey_to_a_device() {
        let study = shipped().expect("it parses");
        let wire = serde_json::to_string(&study).expect("it is written");
        assert_eq!(serde_json::from_str::<Study>(&wire).expect("it is read"), study);
    }

    #[test]
    fn a_flag_that_can_never_stand_is_told_with_its_place() {
        let catalog = Catalog::shipped().expect("the shipped instruments");
        let check = |from: &str, to: &str, told: &str| {
            assert!(SHIPPED.contains(from), "{from}");
            let faults = review(&SHIPPED.replacen(from, to, 1), &catalog);
            let words = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            assert!(words.contains(told), "{words}");
        };
        check("scale = \"PA\"", "scale = \"PX\"", "flags[2].scale: qlq-c30 3.0 has no scale PX; write one of QL, PF");
        check(
            "{ above = 25 }",
            "{ above = 250 }",
            "flags[2].when: no score is beyond this threshold; PA goes from 0 to",
        );
        check("{ at_least = 11 }", "{ at_least = 0 }", "flags[0].when: every score is beyond this threshold");
        check(
            "since = \"T1\" } }\nsource",
            "since = \"D7\" } }\nsource",
            "flags[3].when.worse_by.since: qlq-c30 is not asked at D7",
        );
        check(
            "key = \"hads-depression\"",
            "key = \"hads-anxiety\"",
            "flags[1].key: hads-anxiety is there twice in flags",
        );
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_line_and_column() {
        let batteries = "batteries = [\"CORE\", \"SOCIO\"]";
        assert!(SHIPPED.contains(batteries));
        let text = SHIPPED.replace(batteries, "batteries = [\"CORE\", \"SOICO\"]");
        let text = text.replace("fr = \"Ambulatoire\", ", "").replace("window = [0, 28]", "window = [1, 28]");
        let error = Study::parse_toml(&text).expect_err("refused");
        assert_eq!(error.faults.len(), 3, "{error}");
        let line = text.lines().position(|line| line.contains("SOICO")).expect("it is there") + 1;
        let told =
            format!("line {line}, column 22, timepoints[0].batteries[1]: there is no battery SOICO; write one of");
        assert!(error.to_string().contains(&told), "{error}");
    }
}

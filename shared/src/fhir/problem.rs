//! What is wrong with a questionnaire or response, where, and how much it matters.

use std::collections::HashSet;

use serde::Serialize;

/// One finding.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// Where, as a path through the resource: `Questionnaire.item[2].enableWhen[0]`.
    pub path: String,
    /// The item concerned, where there is one.
    #[serde(rename = "linkId", skip_serializing_if = "Option::is_none")]
    pub link_id: Option<String>,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong and what follows from it.
    pub message: String,
    /// The feature that the app lacks, if that is what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Repaired or set aside; the meaning is kept.
    Warning,
    /// The meaning would change: refused.
    Error,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where a finding is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) path: &'a str,
    pub(crate) link_id: Option<&'a str>,
}

/// The findings so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) problems: Vec<Problem>,
    /// Where and what was said already: once is enough.
    said: HashSet<(String, Option<String>, String)>,
}

impl Report {
    fn add(&mut self, place: Place<'_>, severity: Severity, message: String, unsupported: Option<String>) {
        let link_id = place.link_id.map(str::to_owned);
        let problem = Problem { path: place.path.to_owned(), link_id, severity, message, unsupported };
        if self.said.insert((problem.path.clone(), problem.link_id.clone(), problem.message.clone())) {
            self.problems.push(problem);
        }
    }

    /// A report that goes on from what was found before.
    pub(crate) fn after(problems: Vec<Problem>) -> Self {
        Self { problems, said: HashSet::new() }
    }

    /// Whether nothing found changes the meaning.
    pub(crate) fn is_sound(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }

    /// Something that changes the meaning.
    pub(crate) fn error(&mut self, place: Place<'_>, message: impl Into<String>) {
        self.add(place, Severity::Error, message.into(), None);
    }

    /// Something repaired or set aside.
    pub(crate) fn warn(&mut self, place: Place<'_>, message: impl Into<String>) {
        self.add(place, Severity::Warning, message.into(), None);
    }

    /// A feature the app lacks and the form cannot do without.
    pub(crate) fn unsupported(&mut self, place: Place<'_>, feature: impl Into<String>, message: impl Into<String>) {
        self.add(place, Severity::Error, message.into(), Some(feature.into()));
    }

    /// A feature the app lacks and the form can do without.
    pub(crate) fn set_aside(&mut self, place: Place<'_>, feature: impl Into<String>, message: impl Into<String>) {
        self.add(place, Severity::Warning, message.into(), Some(feature.into()));
    }
}

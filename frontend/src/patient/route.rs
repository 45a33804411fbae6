//! The patient's addresses.

use shared::id::{AssessmentId, InstrumentKey};

use crate::questionnaire::Step;

/// A page of the patient's app.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Route {
    /// What is due.
    Tasks,
    /// A screen of a questionnaire.
    Questionnaire {
        /// On which occasion.
        assessment: AssessmentId,
        /// Which instrument.
        instrument: InstrumentKey,
        /// Which screen.
        step: Step,
    },
    /// Language, text size, colours.
    Settings,
    /// How it works and whom to call.
    Help,
    /// There is no such page.
    Unknown,
}

impl Route {
    /// Reads a path.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let path = path.trim_matches('/');
        match path {
            "" => Self::Tasks,
            "settings" => Self::Settings,
            "help" => Self::Help,
            _ => parse_questionnaire(path).unwrap_or(Self::Unknown),
        }
    }

    /// The path that reads as this page.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Tasks | Self::Unknown => "/".to_owned(),
            Self::Settings => "/settings".to_owned(),
            Self::Help => "/help".to_owned(),
            Self::Questionnaire { assessment, instrument, step } => {
                let path = format!("/q/{assessment}/{instrument}/{}", step.path());
                path.trim_end_matches('/').to_owned()
            }
        }
    }
}

fn parse_questionnaire(path: &str) -> Option<Route> {
    let mut parts = path.splitn(4, '/');
    let ("q", assessment, instrument) = (parts.next()?, parts.next()?, parts.next()?) else { return None };
    Some(Route::Questionnaire {
        assessment: assessment.replace("%3A", ":").parse().ok()?,
        instrument: instrument.parse().ok()?,
        step: Step::parse(parts.next().unwrap_or_default())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_address() {
        let question = |step| Route::Questionnaire {
            assessment: "M3:1".parse().expect("an assessment"),
            instrument: "eq-5d-5l".parse().expect("an instrument"),
            step,
        };
        let item = Step::Item("vas".parse().expect("an item"));
        for route in [
            Route::Tasks,
            Route::Settings,
            Route::Help,
            question(Step::Introduction),
            question(item),
            question(Step::Review),
        ] {
            assert_eq!(Route::parse(&route.path()), route);
        }
    }

    #[test]
    fn what_leads_nowhere_is_said_to() {
        for path in ["/elsewhere", "/q/M3:1", "/q/M3/eq-5d-5l", "/q/M3:1/eq-5d-5l/page/2", "/staff"] {
            assert_eq!(Route::parse(path), Route::Unknown, "{path}");
        }
    }
}

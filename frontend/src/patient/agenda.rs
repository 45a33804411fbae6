//! What is due for a patient today, from the plan: the occasions to answer now, what each asks, and when the next is.
//!
//! Nothing here ends a started questionnaire: one that is late stays on the list, in kinder words.

use std::sync::Arc;

use shared::{
    id::{AssessmentId, InstrumentKey, Language},
    instrument::InstrumentSheet,
    schedule::{Assessment, AssessmentState, Plan, Questionnaire, QuestionnaireState},
    study::Labels,
    sync::protocol::PatientBundle,
    time::{Date, days_between},
};

use crate::i18n::Locale;

/// How long after its window an unanswered occasion is still offered, as on the nurse's list.
const OFFERED_LATE_DAYS: i64 = 60;
/// How long a finished occasion stays in sight.
const FINISHED_DAYS: i64 = 7;

/// What the list of tasks shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agenda {
    /// Occasions to answer now, the one that closes first on top.
    pub due: Vec<Occasion>,
    /// Occasions finished within the last days.
    pub finished: Vec<Occasion>,
    /// The first day of the next occasion, as far as it is known.
    pub next_on: Option<Date>,
}

/// One occasion.
#[derive(Clone, Debug, PartialEq)]
pub struct Occasion {
    /// Which.
    pub id: AssessmentId,
    /// Its name in the language shown.
    pub label: String,
    /// The last day on which it is on time.
    pub closes_on: Option<Date>,
    /// That day is past.
    pub late: bool,
    /// Its questionnaires, in order.
    pub tasks: Vec<Task>,
}

/// One questionnaire of an occasion.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Which instrument.
    pub instrument: InstrumentKey,
    /// What the patient knows it as.
    pub title: String,
    /// About how long it takes.
    pub minutes: u8,
    /// How far it has come.
    pub state: QuestionnaireState,
}

impl Agenda {
    /// Sorts a plan into what is due, what was just finished, and what comes next.
    #[must_use]
    pub fn read(known: Known<'_>, plan: &Plan, locale: Locale, today: Date) -> Self {
        let mut agenda = Self::default();
        for assessment in plan.values() {
            match standing(assessment, today) {
                Standing::Due => agenda.add_due(occasion(known, assessment, locale, today)),
                Standing::Finished => agenda.finished.push(occasion(known, assessment, locale, today)),
                Standing::Ahead(opens_on) => {
                    agenda.next_on = Some(agenda.next_on.map_or(opens_on, |next| next.min(opens_on)));
                }
                Standing::Elsewhere => {}
            }
        }
        agenda
    }

    /// Keeps those that close first on top.
    fn add_due(&mut self, occasion: Occasion) {
        if !occasion.tasks.is_empty() {
            let at = self.due.partition_point(|other| other.closes_on <= occasion.closes_on);
            self.due.insert(at, occasion);
        }
    }
}

/// Where an occasion belongs on the list.
enum Standing {
    Due,
    Finished,
    Ahead(Date),
    Elsewhere,
}

fn standing(assessment: &Assessment, today: Date) -> Standing {
    let since = |day: Date| days_between(day, today);
    match (assessment.state, assessment.window) {
        (AssessmentState::Open | AssessmentState::InProgress, _) => Standing::Due,
        (AssessmentState::PartlyCompleted | AssessmentState::Missed, Some(window))
            if since(window.closes_on) <= OFFERED_LATE_DAYS =>
        {
            Standing::Due
        }
        (AssessmentState::Completed(on) | AssessmentState::CompletedLate(on), _) if since(on) <= FINISHED_DAYS => {
            Standing::Finished
        }
        (AssessmentState::Planned, Some(window)) if window.opens_on > today => Standing::Ahead(window.opens_on),
        (
            AssessmentState::NotApplicable
            | AssessmentState::Planned
            | AssessmentState::PartlyCompleted
            | AssessmentState::Completed(_)
            | AssessmentState::CompletedLate(_)
            | AssessmentState::Missed
            | AssessmentState::Cancelled,
            _,
        ) => Standing::Elsewhere,
    }
}

fn occasion(known: Known<'_>, assessment: &Assessment, locale: Locale, today: Date) -> Occasion {
    let timepoint = known.bundle.study.find_timepoint(&assessment.id.timepoint);
    let closes_on = assessment.window.map(|window| window.closes_on);
    Occasion {
        id: assessment.id.clone(),
        label: timepoint.map_or_else(String::new, |timepoint| label(&timepoint.label, locale)),
        closes_on,
        late: closes_on.is_some_and(|day| day < today),
        tasks: assessment.questionnaires.iter().filter_map(|asked| task(known, asked, locale)).collect(),
    }
}

/// A questionnaire that this device has no words for is not offered: the catalog refuses to start it.
fn task(known: Known<'_>, asked: &Questionnaire, locale: Locale) -> Option<Task> {
    let sheet = known.find_sheet(&asked.instrument.key, locale)?;
    Some(Task {
        instrument: asked.instrument.key.clone(),
        title: sheet.wording.title.clone(),
        minutes: sheet.definition.minutes,
        state: asked.state,
    })
}

/// What a device knows of its patient: the bundle and the sheets that came in it.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The bundle.
    pub bundle: &'a PatientBundle,
    /// Its sheets.
    pub sheets: &'a [Arc<InstrumentSheet>],
}

impl<'a> Known<'a> {
    /// The sheet of an instrument in the language shown, else in the patient's own, else in any.
    #[must_use]
    pub fn find_sheet(self, instrument: &InstrumentKey, locale: Locale) -> Option<&'a InstrumentSheet> {
        let spoken = |language: &Language| match Locale::find(language.as_str()) {
            Some(found) if found == locale => 0,
            _ if *language == self.bundle.language => 1,
            _ => 2,
        };
        let sheets = self.sheets.iter().filter(|sheet| sheet.definition.instrument.key == *instrument);
        sheets.min_by_key(|sheet| spoken(&sheet.wording.language)).map(Arc::as_ref)
    }
}

/// A label in the language shown, else in any.
#[must_use]
pub fn label(labels: &Labels, locale: Locale) -> String {
    let own = labels.iter().find(|(language, _)| Locale::find(language.as_str()) == Some(locale));
    own.or_else(|| labels.iter().next()).map(|(_, words)| words.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use shared::{
        instrument::catalog::Catalog,
        schedule::{Facts, Progress, plan},
        study,
    };

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn bundle() -> PatientBundle {
        let catalog = Catalog::shipped().expect("the shipped catalog");
        let study = study::shipped().expect("the shipped study");
        let languages = ["fr", "en"].map(|tag| tag.parse().expect("a language"));
        let sheets = catalog
            .definitions()
            .flat_map(|definition| languages.iter().filter_map(|tag| catalog.sheet(&definition.instrument, tag)))
            .collect();
        let facts: Facts = serde_json::from_str(
            r#"{"hemopathy": "mcl", "milestones": [{"kind": "inclusion", "on": {"date": "2026-03-02"}}]}"#,
        )
        .expect("facts");
        PatientBundle {
            revision: String::new(),
            patient: "00000000-0000-0000-0000-000000000001".parse().expect("an id"),
            site: "toulouse".parse().expect("a site"),
            language: "fr".parse().expect("a language"),
            study,
            facts,
            sheets,
            words: None,
        }
    }

    /// The agenda of a patient who has sent these questionnaires of the first occasion.
    fn agenda(sent: &[InstrumentKey], locale: Locale, today: &str) -> Agenda {
        let mut bundle = bundle();
        bundle.facts.progress.extend(sent.iter().map(|instrument| Progress {
            assessment: "T0:1".parse().expect("an assessment"),
            instrument: instrument.clone(),
            submitted_on: Some(date("2026-03-05")),
            retrospective: false,
        }));
        let plan = plan(&bundle.study, &bundle.facts, date(today));
        let sheets: Vec<_> = bundle.sheets.iter().cloned().map(Arc::new).collect();
        Agenda::read(Known { bundle: &bundle, sheets: &sheets }, &plan, locale, date(today))
    }

    #[test]
    fn what_is_due_is_named_in_the_language_shown() {
        let agenda = agenda(&[], Locale::En, "2026-03-05");
        let occasion = agenda.due.first().expect("one occasion");
        assert_eq!((occasion.label.as_str(), occasion.late), ("At inclusion", false));
        assert!(occasion.tasks.iter().all(|task| task.state == QuestionnaireState::NotStarted && task.minutes > 0));
        assert_eq!(agenda.next_on, Some(date("2026-03-25")));
    }

    #[test]
    fn an_occasion_is_due_until_all_of_it_is_sent_and_then_stays_in_sight() {
        let first = agenda(&[], Locale::Fr, "2026-03-05");
        let all: Vec<_> = first.due.iter().flat_map(|it| &it.tasks).map(|task| task.instrument.clone()).collect();
        let begun = agenda(all.get(..1).unwrap_or_default(), Locale::Fr, "2026-03-05");
        let states: Vec<_> = begun.due.iter().flat_map(|occasion| &occasion.tasks).map(|task| task.state).collect();
        assert_eq!(states.first(), Some(&QuestionnaireState::Submitted(date("2026-03-05"))));
        let done = agenda(&all, Locale::Fr, "2026-03-05");
        assert!(done.due.is_empty());
        assert_eq!(done.finished.len(), 1);
        assert!(agenda(&all, Locale::Fr, "2026-03-20").finished.is_empty());
    }

    #[test]
    fn a_late_occasion_stays_for_two_months_and_then_goes() {
        assert!(agenda(&[], Locale::Fr, "2026-03-15").due.iter().any(|occasion| occasion.late));
        let gone = agenda(&[], Locale::Fr, "2026-06-20");
        assert!(gone.due.iter().all(|occasion| occasion.id.to_string() != "T0:1"));
    }
}

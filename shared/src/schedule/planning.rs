//! From the study and one patient's facts to every assessment with its window and state.

use super::{
    Assessment, Expectation, Facts, Plan, Questionnaire, QuestionnaireState, Tally, Window,
    course::{Course, day_after},
    windows::{Occasion, around, settle},
};
use crate::{
    id::{AssessmentId, InstrumentKey, InstrumentVersion},
    study::{Series, Study, Timepoint},
    time::Date,
};

/// Every assessment of a patient with its window and its state as of today.
///
/// The rules, in the order they are applied:
/// - A timepoint counts from its anchor as observed, else its fallback as observed, else either as planned.
/// - A relapse opens an assessment of its own each time, numbered by order of date.
/// - A window that closed before inclusion is not applicable, never missed; what was answered on paper then, and typed
///   in later as retrospective, is told with it and changes nothing of that.
/// - The series of patients who are not infused runs up to the day before infusion, be it planned; what was
///   answered stays, what closed before infusion stays missed, the rest is not applicable. The infusion series waits, planned, for its date.
/// - Once an infusion is given up its series is not applicable, but for what was begun and what had closed before that
///   day; the series of patients who are not infused goes on, as if none had been planned.
/// - No two windows ask one instrument on the same days: what was begun goes first, then T0, the infusion series,
///   relapse, and the series without infusion; the weaker keeps the longest stretch left, or is not applicable.
/// - What was begun is never closed by its window; what is sent after it is completed late.
/// - Death, withdrawal and loss to follow-up cancel what is not finished and was still open or ahead.
///
/// Ids come from timepoint and occurrence alone, so finished work stays what it is whichever date moves. Windows
/// and what applies follow from the facts; only the state looks at today.
///
/// ```
/// use shared::schedule::{Facts, plan, due_today};
/// # #[cfg(feature = "catalog")] {
/// let study = shared::study::shipped()?;
/// let facts: Facts = serde_json::from_str(
///     r#"{"hemopathy": "mcl", "milestones": [{"kind": "inclusion", "on": {"date": "2026-03-02"}}]}"#,
/// )?;
/// let plan = plan(&study, &facts, "2026-03-05".parse()?);
/// let due: Vec<String> = due_today(&plan).iter().map(|it| it.id.to_string()).collect();
/// assert_eq!(due, ["T0:1"]);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn plan(study: &Study, facts: &Facts, today: Date) -> Plan {
    let course = Course::read(facts);
    let mut occasions: Vec<Occasion<'_>> = study
        .timepoints
        .iter()
        .flat_map(|timepoint| occurrences(timepoint, facts, &course).into_iter().map(move |n| (timepoint, n)))
        .map(|(timepoint, occurrence)| occasion(study, facts, &course, timepoint, occurrence))
        .collect();
    for occasion in &mut occasions {
        apply(occasion, &course);
    }
    settle(&mut occasions, course.inclusion());
    let mut plan = Plan::new();
    for Occasion { id, window, questionnaires, applies, .. } in occasions {
        let expectation = expectation(applies, window, course.ended_on());
        let state = Tally::of(&questionnaires).state(expectation, window, today);
        plan.insert(id.clone(), Assessment { id, state, window, questionnaires });
    }
    plan
}

fn expectation(applies: bool, window: Option<Window>, ended_on: Option<Date>) -> Expectation {
    match ended_on {
        _ if !applies => Expectation::NotApplicable,
        None => Expectation::Expected,
        Some(ended_on) if window.is_some_and(|window| window.closes_on < ended_on) => Expectation::Over,
        Some(_) => Expectation::Cancelled,
    }
}

/// Which times a timepoint comes round: as its milestone did, and whatever was already worked on.
fn occurrences(timepoint: &Timepoint, facts: &Facts, course: &Course<'_>) -> Vec<u16> {
    let times = match timepoint.series {
        Series::EachTime => u16::try_from(course.each_time(timepoint.anchor).len()).unwrap_or(u16::MAX),
        Series::Always | Series::NotInfused | Series::Infused => 1,
    };
    let mut occurrences: Vec<u16> = (1..=times).collect();
    for worked_on in facts.progress.iter().map(|it| &it.assessment).filter(|it| it.timepoint == timepoint.key) {
        if let Err(at) = occurrences.binary_search(&worked_on.occurrence) {
            occurrences.insert(at, worked_on.occurrence);
        }
    }
    occurrences
}

fn occasion<'a>(
    study: &'a Study,
    facts: &Facts,
    course: &Course<'_>,
    timepoint: &'a Timepoint,
    occurrence: u16,
) -> Occasion<'a> {
    let id = AssessmentId { timepoint: timepoint.key.clone(), occurrence };
    let window = course.anchor(timepoint, occurrence).and_then(|anchor| around(anchor, timepoint));
    let questionnaires: Vec<Questionnaire> = instruments(study, facts, timepoint, &id)
        .into_iter()
        .map(|instrument| Questionnaire {
            state: progress(facts, &id, &instrument.key),
            instrument: instrument.clone(),
        })
        .collect();
    let applies = !questionnaires.is_empty();
    let mut worked_on = facts.progress.iter().filter(|it| it.assessment == id).peekable();
    let is_retrospective = worked_on.peek().is_some() && worked_on.all(|it| it.retrospective);
    Occasion { id, timepoint, window, questionnaires, applies, is_retrospective }
}

/// What the batteries ask of this hemopathy, then what was worked on though they ask it no longer.
fn instruments<'a>(
    study: &'a Study,
    facts: &Facts,
    timepoint: &Timepoint,
    id: &AssessmentId,
) -> Vec<&'a InstrumentVersion> {
    let asked = study.asked_at(timepoint).into_iter().filter(|entry| entry.is_for(&facts.hemopathy));
    let mut instruments: Vec<&InstrumentVersion> = asked.map(|entry| &entry.instrument).collect();
    for entry in study.batteries.values().flat_map(|battery| &battery.instruments) {
        let key = &entry.instrument.key;
        let worked_on = facts.progress.iter().any(|it| it.assessment == *id && it.instrument == *key);
        if worked_on && instruments.iter().all(|it| it.key != *key) {
            instruments.push(&entry.instrument);
        }
    }
    instruments
}

/// The first sending counts; two devices can each tell of one.
fn progress(facts: &Facts, id: &AssessmentId, instrument: &InstrumentKey) -> QuestionnaireState {
    let told = || facts.progress.iter().filter(|it| it.assessment == *id && it.instrument == *instrument);
    match told().filter_map(|it| it.submitted_on).min() {
        Some(on) => QuestionnaireState::Submitted(on),
        None if told().next().is_some() => QuestionnaireState::Started,
        None => QuestionnaireState::NotStarted,
    }
}

/// Settles what the patient's course alone says: before inclusion, and the end of the series without infusion.
fn apply(occasion: &mut Occasion<'_>, course: &Course<'_>) {
    let not_infused = occasion.timepoint.series == Series::NotInfused;
    let (is_begun, is_retrospective) = (occasion.is_begun(), occasion.is_retrospective);
    if let Some(given_up_on) =
        course.given_up_on().filter(|_| occasion.timepoint.series == Series::Infused && !is_begun)
    {
        occasion.applies &= occasion.window.is_some_and(|window| window.closes_on < given_up_on);
    }
    let Some(window) = occasion.window.as_mut().filter(|_| !is_begun || is_retrospective) else { return };
    if course.inclusion().is_some_and(|inclusion| window.closes_on < inclusion) {
        occasion.applies = false;
    }
    if is_begun {
        return;
    }
    let Some(infusion) = course.infusion().filter(|on| not_infused && *on <= window.closes_on) else { return };
    match day_after(infusion, -1) {
        Some(eve) if !course.is_infused() && window.opens_on <= eve => {
            window.closes_on = eve;
            window.due_on = window.due_on.min(eve);
        }
        Some(_) | None => occasion.applies = false,
    }
}

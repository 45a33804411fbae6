//! A patient's diary, one line for each thing that was entered or answered, in the order it became known.

use std::fmt;

use shared::{
    id::{AssessmentId, MilestoneId},
    schedule::{Assessment, AssessmentState, Entered, Facts, Milestone, Progress, standing_milestones},
    study::{Cause, MilestoneKind, Study, WithdrawalKind},
    time::{Date, DatePrecision, PartialDate},
};

/// One line: `2026-03-02  infusion planned`, `2026-03-30  M1 sent: qlq-c30`.
#[derive(Clone, Debug)]
pub(super) enum Line {
    /// A milestone that replaces what stood of its kind, or adds a relapse.
    Milestone(Milestone),
    /// A withdrawal from reminders alone.
    StopsReminders(Milestone),
    /// The newest entry of this kind that stands is taken back.
    TakenBack(MilestoneKind),
    /// A questionnaire was begun.
    Begun(AssessmentId, String),
    /// A questionnaire was sent on a day.
    Sent(AssessmentId, String, Date),
}

/// The lines so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Diary(pub(super) Vec<Line>);

impl Line {
    /// Reads a line; `all` stands for every questionnaire of an occasion.
    pub(super) fn parse(text: &str, study: &Study, hemopathy: &str) -> Vec<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let questionnaires = |occasion: &str, named: &[&str]| -> Vec<String> {
            let timepoint = study.find_timepoint(&assessment(occasion).timepoint).expect("a timepoint");
            let asked = study.asked_at(timepoint);
            let asked = asked.into_iter().filter(|it| it.is_for(&hemopathy.parse().expect("a hemopathy")));
            let all = || asked.map(|it| it.instrument.key.to_string()).collect();
            if named == ["all"] { all() } else { named.iter().map(|it| it.trim_matches(',').to_owned()).collect() }
        };
        match words.as_slice() {
            [on, "withdrawal", "from", "reminders"] => vec![Self::StopsReminders(milestone("withdrawal", on, false))],
            [on, kind] => vec![Self::Milestone(milestone(kind, on, false))],
            [on, kind, "planned"] => vec![Self::Milestone(milestone(kind, on, true))],
            [_, kind, "taken", "back"] => vec![Self::TakenBack(milestone_kind(kind))],
            [_, occasion, "begun:", named @ ..] => {
                let begun = |it| Self::Begun(assessment(occasion), it);
                questionnaires(occasion, named).into_iter().map(begun).collect()
            }
            [on, occasion, "sent:", named @ ..] => {
                let sent = |it| Self::Sent(assessment(occasion), it, date(on));
                questionnaires(occasion, named).into_iter().map(sent).collect()
            }
            _ => panic!("cannot read {text:?}"),
        }
    }
}

impl Diary {
    /// What was entered, each entry with an id of its own.
    pub(super) fn entered(&self) -> Vec<Entered> {
        let add = |id, milestone, cause| Entered { id, milestone, cause, replaces: None, taken_back: false };
        let mut entered: Vec<Entered> = Vec::new();
        for line in &self.0 {
            let id = MilestoneId::new(uuid::Uuid::from_u128(u128::try_from(entered.len()).expect("a number") + 1));
            match line {
                Line::Milestone(milestone) => entered.push(add(id, *milestone, Cause::of(milestone.kind).last())),
                Line::StopsReminders(milestone) => {
                    entered.push(add(id, *milestone, Some(Cause::Withdrawal(WithdrawalKind::StopReminders))));
                }
                Line::TakenBack(kind) => {
                    let standing = shared::schedule::standing(&entered);
                    let newest = standing.into_iter().filter(|it| it.milestone.kind == *kind).max_by_key(|it| it.id);
                    if let Some(stood) = newest.cloned() {
                        entered.push(Entered { id, replaces: Some(stood.id), taken_back: true, ..stood });
                    }
                }
                Line::Begun(..) | Line::Sent(..) => {}
            }
        }
        entered
    }

    /// What a plan is made from.
    pub(super) fn facts(&self, hemopathy: &str) -> Facts {
        let work = |line: &Line| {
            let (assessment, instrument, submitted_on) = match line {
                Line::Begun(assessment, instrument) => (assessment, instrument, None),
                Line::Sent(assessment, instrument, on) => (assessment, instrument, Some(*on)),
                Line::Milestone(_) | Line::StopsReminders(_) | Line::TakenBack(_) => return None,
            };
            let instrument = instrument.parse().expect("an instrument");
            Some(Progress { assessment: assessment.clone(), instrument, submitted_on, retrospective: false })
        };
        Facts {
            hemopathy: hemopathy.parse().expect("a hemopathy"),
            milestones: standing_milestones(&self.entered()),
            progress: self.0.iter().filter_map(work).collect(),
        }
    }
}

impl fmt::Display for Diary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.0 {
            match line {
                Line::Milestone(Milestone { kind, on, planned }) => {
                    let kind = serde_json::to_value(kind).map_err(|_| fmt::Error)?;
                    let (planned, precision) = (if *planned { " planned" } else { "" }, on.precision);
                    writeln!(f, "{}  {}{planned} ({precision:?})", on.date, kind.as_str().unwrap_or_default())?;
                }
                Line::StopsReminders(it) => writeln!(f, "{}  withdrawal from reminders", it.on.date)?,
                Line::TakenBack(kind) => writeln!(f, "            {kind:?} taken back")?,
                Line::Begun(assessment, instrument) => writeln!(f, "            {assessment} begun: {instrument}")?,
                Line::Sent(assessment, instrument, on) => writeln!(f, "{on}  {assessment} sent: {instrument}")?,
            }
        }
        Ok(())
    }
}

fn milestone(kind: &str, on: &str, planned: bool) -> Milestone {
    let on = match on.split('-').count() {
        1 => PartialDate { date: date(&format!("{on}-01-01")), precision: DatePrecision::Year },
        2 => PartialDate { date: date(&format!("{on}-01")), precision: DatePrecision::Month },
        _ => PartialDate::day(date(on)),
    };
    Milestone { kind: milestone_kind(kind), on, planned }
}

fn milestone_kind(kind: &str) -> MilestoneKind {
    serde_json::from_value(kind.into()).unwrap_or_else(|_| panic!("no milestone {kind}"))
}

/// `M1` is its first occurrence; `R:2` the second relapse.
pub(super) fn assessment(text: &str) -> AssessmentId {
    if text.contains(':') { text.parse() } else { format!("{text}:1").parse() }.expect("an assessment")
}

pub(super) fn date(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("no date {text}"))
}

/// A row of a plan: occasion, first day, target, last day, state.
pub(super) fn row(assessment: &Assessment) -> [String; 5] {
    let id = assessment.id.to_string();
    let id = id.strip_suffix(":1").filter(|it| *it != "R").unwrap_or(&id).to_owned();
    let days = assessment.window.map(|days| [days.opens_on, days.due_on, days.closes_on].map(|day| day.to_string()));
    let [opens, due, closes] = days.unwrap_or(["-"; 3].map(str::to_owned));
    [id, opens, due, closes, state(assessment.state)]
}

fn state(state: AssessmentState) -> String {
    match state {
        AssessmentState::NotApplicable => "not applicable".to_owned(),
        AssessmentState::Planned => "planned".to_owned(),
        AssessmentState::Open => "open".to_owned(),
        AssessmentState::InProgress => "in progress".to_owned(),
        AssessmentState::PartlyCompleted => "partly completed".to_owned(),
        AssessmentState::Completed(on) => format!("completed {on}"),
        AssessmentState::CompletedLate(on) => format!("completed late {on}"),
        AssessmentState::Missed => "missed".to_owned(),
        AssessmentState::Cancelled => "cancelled".to_owned(),
    }
}

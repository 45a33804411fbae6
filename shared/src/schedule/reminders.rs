//! Who is reminded now: decided anew from the plan each time, so that a reminder never outlives its reason.

use std::collections::BTreeSet;

use super::{Assessment, Plan, by_window};
use crate::{
    id::{AssessmentId, ReminderKey},
    study::{ReminderChannel, ReminderRule, Reminders, Study},
    time::{Date, days_between},
};
use jiff::{Span, civil::DateTime};

/// A message may leave this many days after its day, when the server stood still; later it is of no use.
const LATEST: i64 = 3;

/// One occasion to remind of: never two messages for one.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Reminder {
    /// Of which assessment.
    pub assessment: AssessmentId,
    /// By which rule.
    pub rule: ReminderKey,
    /// Which time of that rule, from 1.
    pub nth: u16,
}

/// A reminder that left, or may have left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SentReminder {
    /// Which.
    pub reminder: Reminder,
    /// On which day, in Europe/Paris.
    pub on: Date,
}

/// What decides, of one patient.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The plan as of now.
    pub plan: &'a Plan,
    /// What left before.
    pub sent: &'a [SentReminder],
    /// Assessments for which staff noted why there will be no answer.
    pub excused: &'a BTreeSet<AssessmentId>,
    /// There is a phone or computer of the patient's own to answer on.
    pub has_device: bool,
    /// There is an address, and the patient has not said to stop.
    pub wants: bool,
}

/// The one message that is due to a patient now, if any.
///
/// - Nothing in quiet hours or on days without messages; a reminder of such a day waits for the next one.
/// - Nothing for what is done, closed, cancelled or excused: the state must be one that the rule names.
/// - Never two for one occasion, never two on one day, and no more than the study's limits for an assessment and a week.
/// - Of several, the assessment whose window closes first; of its rules, the one whose day came last. An earlier one
///   is let go once a later message went out.
/// - Nothing that is more than three days late.
#[must_use]
pub fn due_reminder(study: &Study, it: Circumstances<'_>, now: DateTime) -> Option<Reminder> {
    let reminders = study.reminders.as_ref()?;
    let today = now.date();
    let within_week = it.sent.iter().filter(|sent| (0..7).contains(&days_between(sent.on, today))).count();
    let is_full = within_week >= usize::from(reminders.per_week) || it.sent.iter().any(|sent| sent.on == today);
    if !it.has_device || !it.wants || !reminders.may_send(now) || is_full {
        return None;
    }
    by_window(it.plan).into_iter().filter(|one| !it.excused.contains(&one.id)).find_map(|assessment| {
        let sent: Vec<&SentReminder> =
            it.sent.iter().filter(|sent| sent.reminder.assessment == assessment.id).collect();
        if sent.len() >= usize::from(reminders.per_assessment) {
            return None;
        }
        let last = sent.iter().map(|sent| sent.on).max();
        let due = occasions(study, reminders, assessment).filter(|(leaves_on, reminder)| {
            (0..=LATEST).contains(&days_between(*leaves_on, today))
                && last.is_none_or(|last| last < *leaves_on)
                && sent.iter().all(|sent| sent.reminder != *reminder)
        });
        due.max_by_key(|(leaves_on, _)| *leaves_on).map(|(_, reminder)| reminder)
    })
}

/// Whether a message that was due on a day, and that the mail server did not take then, is still to be tried.
///
/// Its reason must hold: the assessment is in a state that the rule names, and the patient can and wants to be
/// reminded. Limits do not matter, as it counted already; being too late does.
#[must_use]
pub fn is_still_due(study: &Study, it: Circumstances<'_>, claimed: &SentReminder, now: DateTime) -> bool {
    let SentReminder { reminder, on } = claimed;
    let Some(reminders) = &study.reminders else { return false };
    let state = it.plan.get(&reminder.assessment).map(|assessment| assessment.state);
    let holds = reminders.find_rule(&reminder.rule).zip(state).is_some_and(|(rule, state)| rule.is_in(state));
    let in_time = (0..=LATEST).contains(&days_between(*on, now.date()));
    holds && in_time && it.has_device && it.wants && !it.excused.contains(&reminder.assessment)
}

/// Every time a rule speaks of this assessment in the state it is in, with the day its message leaves.
fn occasions<'a>(
    study: &'a Study,
    reminders: &'a Reminders,
    assessment: &'a Assessment,
) -> impl Iterator<Item = (Date, Reminder)> + 'a {
    let timepoint = study.find_timepoint(&assessment.id.timepoint);
    let rules = reminders.rules.iter().filter(move |rule| {
        rule.channel == ReminderChannel::Email
            && rule.is_in(assessment.state)
            && timepoint.is_some_and(|it| rule.is_for(it))
    });
    rules.flat_map(move |rule| (1..=rule.times).filter_map(move |nth| occasion(reminders, rule, assessment, nth)))
}

fn occasion(reminders: &Reminders, rule: &ReminderRule, assessment: &Assessment, nth: u16) -> Option<(Date, Reminder)> {
    let leaves_on = next_sending_day(reminders, rule.day(assessment.window?, nth)?)?;
    Some((leaves_on, Reminder { assessment: assessment.id.clone(), rule: rule.key.clone(), nth }))
}

/// This day, or the next one on which messages leave.
fn next_sending_day(reminders: &Reminders, day: Date) -> Option<Date> {
    (0..7).filter_map(|days| day.checked_add(Span::new().days(days)).ok()).find(|day| reminders.sends_on(*day))
}

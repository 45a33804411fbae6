//! How patients are reminded: limits that hold for all rules, and the rules, each with its day within a window.
//!
//! The file says when and how often, never what a message says: messages are neutral whatever a study is about.

use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};

use super::{Labels, Series, Timepoint};
use crate::{
    id::{ReminderKey, TimepointKey},
    schedule::{AssessmentState, Window},
    time::Date,
};

/// The limits, and the rules in order of precedence.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    /// Most messages about one assessment.
    pub per_assessment: u16,
    /// Most messages to one patient within seven days. There is never more than one a day.
    pub per_week: u16,
    /// When no message leaves, in Europe/Paris.
    pub quiet: QuietHours,
    /// Days of the week on which messages leave.
    pub weekdays: Vec<Weekday>,
    /// The rules.
    pub rules: Vec<ReminderRule>,
}

/// From one time of day to another, usually over midnight; the first is quiet, the second is not.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Quiet from then on.
    pub from: Time,
    /// Until then.
    pub until: Time,
}

/// One rule: of which timepoints, on which day, how often.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderRule {
    /// The key.
    pub key: ReminderKey,
    /// Its labels, for staff.
    pub label: Labels,
    /// How.
    pub channel: ReminderChannel,
    /// Which day of a window it counts from.
    pub from: WindowDay,
    /// Days from it: -3 is three days before.
    pub days: i32,
    /// How often.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u16,
    /// Days from one time to the next.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub every: u16,
    /// In which states; a calendar knows none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<RemindedState>,
    /// Of which series; of all, if neither series nor timepoints are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
    /// Of which timepoints besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timepoints: Vec<TimepointKey>,
    /// Not of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<TimepointKey>,
}

const fn once() -> u16 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_once(times: &u16) -> bool {
    *times == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_nothing(days: &u16) -> bool {
    *days == 0
}

/// How a patient is reminded.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderChannel {
    /// A message by e-mail.
    Email,
    /// An alarm in the calendar file.
    Calendar,
}

/// A day of a window.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowDay {
    /// The first.
    Opens,
    /// The one aimed at.
    Due,
    /// The last.
    Closes,
}

/// States in which somebody may be reminded.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemindedState {
    /// Its window has not opened yet.
    Planned,
    /// Within its window, untouched.
    Open,
    /// Begun and not all sent.
    InProgress,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// The day of the week of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
            jiff::civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

impl Reminders {
    /// Whether a message may leave at this moment.
    #[must_use]
    pub fn may_send(&self, now: DateTime) -> bool {
        self.sends_on(now.date()) && !self.quiet.contains(now.time())
    }

    /// Whether messages leave on this day.
    #[must_use]
    pub fn sends_on(&self, day: Date) -> bool {
        self.weekdays.contains(&Weekday::of(day))
    }

    /// The rule with this key.
    #[must_use]
    pub fn find_rule(&self, key: &ReminderKey) -> Option<&ReminderRule> {
        self.rules.iter().find(|rule| rule.key == *key)
    }
}

impl QuietHours {
    /// Whether this time of day is quiet.
    #[must_use]
    pub fn contains(self, time: Time) -> bool {
        if self.from < self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }
}

impl ReminderRule {
    /// Whether it is a rule for this timepoint.
    #[must_use]
    pub fn is_for(&self, timepoint: &Timepoint) -> bool {
        let of_all = self.series.is_empty() && self.timepoints.is_empty();
        let named = self.series.contains(&timepoint.series) || self.timepoints.contains(&timepoint.key);
        (of_all || named) && !self.except.contains(&timepoint.key)
    }

    /// Its day within a window, the `nth` time (from 1); `None` beyond the calendar.
    #[must_use]
    pub fn day(&self, window: Window, nth: u16) -> Option<Date> {
        let from = match self.from {
            WindowDay::Opens => window.opens_on,
            WindowDay::Due => window.due_on,
            WindowDay::Closes => window.closes_on,
        };
        from.checked_add(jiff::Span::new().try_days(self.days_to(nth)).ok()?).ok()
    }

    /// How many days from its day of the window it comes the `nth` time.
    #[must_use]
    pub fn days_to(&self, nth: u16) -> i32 {
        self.days.saturating_add(i32::from(self.every).saturating_mul(i32::from(nth.saturating_sub(1))))
    }

    /// Whether it reminds of an assessment in this state.
    #[must_use]
    pub fn is_in(&self, state: AssessmentState) -> bool {
        RemindedState::of(state).is_some_and(|state| self.states.contains(&state))
    }
}

impl RemindedState {
    /// The same state, if somebody may be reminded in it.
    #[must_use]
    pub const fn of(state: AssessmentState) -> Option<Self> {
        match state {
            AssessmentState::Planned => Some(Self::Planned),
            AssessmentState::Open => Some(Self::Open),
            AssessmentState::InProgress => Some(Self::InProgress),
            AssessmentState::NotApplicable
            | AssessmentState::PartlyCompleted
            | AssessmentState::Completed(_)
            | AssessmentState::CompletedLate(_)
            | AssessmentState::Missed
            | AssessmentState::Cancelled => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(from: &str, until: &str, at: &str) -> bool {
        QuietHours { from: from.parse().unwrap(), until: until.parse().unwrap() }.contains(at.parse().unwrap())
    }

    #[test]
    fn quiet_hours_reach_over_midnight() {
        for (at, is_quiet) in [("18:59", false), ("19:00", true), ("00:00", true), ("08:59", true), ("09:00", false)] {
            assert_eq!(quiet("19:00", "09:00", at), is_quiet, "{at}");
        }
        assert!(quiet("12:00", "14:00", "12:00") && !quiet("12:00", "14:00", "14:00"));
    }
}

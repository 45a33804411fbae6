//! Reminders: limits that let some message leave, and rules whose days lie where their states can be.

use super::{Findings, Step, listed, place};
use crate::study::{RemindedState, ReminderChannel, ReminderRule, Reminders, Study, Timepoint, WindowDay};

impl Findings {
    pub(super) fn check_reminders(&mut self, study: &Study) {
        let Some(reminders) = &study.reminders else { return };
        self.check_sending(reminders);
        self.check_once_at(
            &["reminders".into(), "rules".into()],
            "reminders.rules",
            reminders.rules.iter().map(|rule| &rule.key),
        );
        for (index, rule) in reminders.rules.iter().enumerate() {
            let at = place!["reminders", "rules", index];
            self.check_labels(study, &within(&at, "label"), &rule.label);
            self.check_times(&at, rule);
            self.check_states(&at, rule);
            self.check_reminded(study, &at, rule);
            let mut reminded = study.timepoints.iter().enumerate().filter(|(_, it)| rule.is_for(it));
            let outside = reminded.find_map(|(nth, it)| Some((nth, it, outside_of(rule, it)?)));
            if let Some((nth, timepoint, (problem, hint))) = outside {
                self.add(within(&at, "days"), format!("{} {problem} {}", rule.key, timepoint.key), hint).beside =
                    Some((place!["timepoints", nth, "window"], format!("the window of {}", timepoint.key)));
            }
        }
    }

    fn check_sending(&mut self, reminders: &Reminders) {
        for (field, limit) in [("per_assessment", reminders.per_assessment), ("per_week", reminders.per_week)] {
            if limit == 0 {
                let hint = "allow at least 1, or take [reminders] out";
                self.add(place!["reminders", field], "nobody would ever be reminded", hint);
            }
        }
        if reminders.quiet.from == reminders.quiet.until {
            let hint = r#"leave some hours of the day, such as { from = "19:00", until = "09:00" }"#;
            self.add(place!["reminders", "quiet"], "quiet hours cover the whole day", hint);
        }
        if reminders.weekdays.is_empty() {
            self.add(place!["reminders", "weekdays"], "no message may leave on any day", "name days of the week");
        }
        for (nth, day) in reminders.weekdays.iter().enumerate() {
            if reminders.weekdays.iter().take(nth).any(|before| before == day) {
                let place = place!["reminders", "weekdays", nth];
                self.add(place, "this day is there twice", "take one of them out");
            }
        }
        if reminders.rules.is_empty() {
            let hint = "add [[reminders.rules]], or take [reminders] out";
            self.add(place!["reminders", "rules"], "there is no rule", hint);
        }
    }

    fn check_times(&mut self, at: &[Step], rule: &ReminderRule) {
        if rule.times == 0 {
            let hint = "write times = 1, or take the rule out";
            self.add(within(at, "times"), format!("{} never reminds", rule.key), hint);
        }
        if rule.times > 1 && rule.every == 0 {
            let problem = format!("{} would remind {} times on one day", rule.key, rule.times);
            self.add(within(at, "times"), problem, "say how many days lie between: every = 7");
        }
    }

    fn check_states(&mut self, at: &[Step], rule: &ReminderRule) {
        match rule.channel {
            ReminderChannel::Email if rule.states.is_empty() => {
                let problem = format!("{} names no state in which it reminds", rule.key);
                self.add(within(at, "key"), problem, r#"write states = ["open", "in_progress"]"#);
            }
            ReminderChannel::Calendar if !rule.states.is_empty() => {
                let problem = format!("{} names states, and a calendar knows none", rule.key);
                self.add(within(at, "states"), problem, "take them out");
            }
            ReminderChannel::Email | ReminderChannel::Calendar => {}
        }
    }

    fn check_reminded(&mut self, study: &Study, at: &[Step], rule: &ReminderRule) {
        let known = || listed(study.timepoints.iter().map(|it| &it.key));
        for (field, keys) in [("timepoints", &rule.timepoints), ("except", &rule.except)] {
            for (nth, key) in keys.iter().enumerate() {
                if study.find_timepoint(key).is_none() {
                    let place = [within(at, field), place![nth]].concat();
                    self.add(place, format!("there is no timepoint {key}"), format!("write one of {}", known()));
                }
            }
        }
        if !study.timepoints.iter().any(|timepoint| rule.is_for(timepoint)) {
            let problem = format!("{} is a rule for no timepoint", rule.key);
            self.add(within(at, "key"), problem, format!("name one of {} in timepoints", known()));
        }
    }
}

fn within(at: &[Step], field: &str) -> Vec<Step> {
    [at, &[field.into()]].concat()
}

/// Why the days of a rule lie where none of its states can be, with a way out; `None` when they do not.
fn outside_of(rule: &ReminderRule, timepoint: &Timepoint) -> Option<(&'static str, String)> {
    let [first, last] = timepoint.window;
    let from = match rule.from {
        WindowDay::Opens => first,
        WindowDay::Due => 0,
        WindowDay::Closes => last,
    };
    let days = [1, rule.times.max(1)].map(|nth| from.saturating_add(rule.days_to(nth)));
    let reminds = |state| rule.channel == ReminderChannel::Calendar || rule.states.contains(&state);
    let before = days.iter().any(|day| *day < first) && !reminds(RemindedState::Planned);
    let after_opening = days.iter().any(|day| *day >= first);
    let after = days.iter().any(|day| *day > last);
    let only_planned = !rule.states.is_empty() && rule.states.iter().all(|state| *state == RemindedState::Planned);
    let hint = || format!("its window runs from {first} to {last} days around the day it aims at");
    if before {
        Some(("would remind before the window opens of", hint()))
    } else if after && !rule.states.contains(&RemindedState::InProgress) {
        Some(("would remind after the window closed of", hint()))
    } else if rule.channel == ReminderChannel::Email && only_planned && after_opening {
        Some(("names only planned, and would remind after the window opened of", hint()))
    } else {
        None
    }
}

//! The calendar file (RFC 5545) of a patient's windows, in neutral words.
//!
//! Written here, as it is a page of text and the crates there are bring a second library of dates; the tests hold it
//! against an independent reader. An entry keeps its id whatever its dates do, and its sequence rises with every
//! change to the patient's dates, so that a calendar which takes the file again moves what it has.

use std::fmt::Write as _;

use jiff::{civil::Time, tz::Offset};
use sha2::{Digest, Sha256};
use shared::{
    id::PatientId,
    schedule::{Assessment, Plan, Window, by_window},
    study::{RemindedState, ReminderChannel, Reminders, Study},
    time::{Date, Timestamp, days_between},
};

use super::words::Tongue;
use crate::db::hex;

/// A line has at most so many octets; longer ones go on in the next, after a space.
const LONGEST_LINE: usize = 75;

/// What a calendar file is made of.
pub(super) struct Calendar<'a> {
    pub(super) study: &'a Study,
    pub(super) patient: PatientId,
    pub(super) plan: &'a Plan,
    pub(super) tongue: Tongue,
    /// How many milestones were entered: what the dates follow from.
    pub(super) sequence: usize,
    pub(super) now: Timestamp,
    pub(super) today: Date,
}

impl Calendar<'_> {
    /// The whole file; windows that closed, and what was done or cancelled, are not in it.
    pub(super) fn write(&self) -> String {
        let mut lines = vec![
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Ressenti//Ressenti//FR".to_owned(),
            "CALSCALE:GREGORIAN".to_owned(),
            "METHOD:PUBLISH".to_owned(),
            format!("X-WR-CALNAME:{}", escaped("Ressenti")),
        ];
        for assessment in by_window(self.plan) {
            let ahead = assessment.window.filter(|window| window.closes_on >= self.today);
            if let Some(window) = ahead.filter(|_| RemindedState::of(assessment.state).is_some()) {
                self.write_entry(&mut lines, assessment, window);
            }
        }
        lines.push("END:VCALENDAR".to_owned());
        lines.iter().map(|line| folded(line)).collect()
    }

    fn write_entry(&self, lines: &mut Vec<String>, assessment: &Assessment, window: Window) {
        let next = window.due_on.tomorrow().unwrap_or(window.due_on);
        let note = self.tongue.calendar_note(window.opens_on, window.closes_on);
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@ressenti", self.id(assessment)),
            format!("DTSTAMP:{}", instant(self.now)),
            format!("SEQUENCE:{}", self.sequence),
            format!("DTSTART;VALUE=DATE:{}", day(window.due_on)),
            format!("DTEND;VALUE=DATE:{}", day(next)),
            format!("SUMMARY:{}", escaped(self.tongue.calendar_title())),
            format!("DESCRIPTION:{}", escaped(&note)),
            "CLASS:PRIVATE".to_owned(),
            "TRANSP:TRANSPARENT".to_owned(),
        ]);
        if let Some(reminders) = &self.study.reminders {
            lines.extend(self.alarms(reminders, assessment, window));
        }
        lines.push("END:VEVENT".to_owned());
    }

    /// Alarms by the study's rules for calendars, at the first time of day that is not quiet.
    fn alarms(&self, reminders: &Reminders, assessment: &Assessment, window: Window) -> Vec<String> {
        let timepoint = self.study.find_timepoint(&assessment.id.timepoint);
        let rules = reminders
            .rules
            .iter()
            .filter(|rule| rule.channel == ReminderChannel::Calendar && timepoint.is_some_and(|it| rule.is_for(it)));
        let days = rules.flat_map(|rule| (1..=rule.times).filter_map(|nth| rule.day(window, nth)));
        days.flat_map(|on| {
            [
                "BEGIN:VALARM".to_owned(),
                "ACTION:DISPLAY".to_owned(),
                format!("DESCRIPTION:{}", escaped(self.tongue.calendar_title())),
                format!("TRIGGER:{}", trigger(days_between(window.due_on, on), reminders.quiet.until)),
                "END:VALARM".to_owned(),
            ]
        })
        .collect()
    }

    /// The same for one assessment of one patient for ever, and nothing that the pseudonym could be read from.
    fn id(&self, assessment: &Assessment) -> String {
        let hash = Sha256::new()
            .chain_update("ressenti calendar\n")
            .chain_update(self.patient.as_uuid().as_bytes())
            .chain_update(assessment.id.to_string())
            .finalize();
        hex(hash.get(..16).unwrap_or_default())
    }
}

/// How long after the beginning of its day an alarm rings; the day itself is counted in the calendar's own time.
fn trigger(days: i64, time: Time) -> String {
    let minutes = days * 24 * 60 + i64::from(time.hour()) * 60 + i64::from(time.minute());
    let sign = if minutes < 0 { "-" } else { "" };
    format!("{sign}PT{}M", minutes.abs())
}

fn day(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

fn instant(at: Timestamp) -> String {
    let civil = Offset::UTC.to_datetime(at);
    format!("{}T{:02}{:02}{:02}Z", day(civil.date()), civil.hour(), civil.minute(), civil.second())
}

/// A text as the value of a property.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, letter| {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            '\r' => {}
            _ => escaped.push(letter),
        }
        escaped
    })
}

/// A line with its end, cut between letters so that no part is too long.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut room = LONGEST_LINE;
    for letter in line.chars() {
        if letter.len_utf8() > room {
            folded.push_str("\r\n ");
            room = LONGEST_LINE - 1;
        }
        room -= letter.len_utf8();
        let _ = folded.write_char(letter);
    }
    folded + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_a_reader_takes_and_no_letter_is_cut() {
        for text in ["é".repeat(200), "x".repeat(75), "x".repeat(76), "\u{202f}€x".repeat(60), String::new()] {
            let folded = folded(&text);
            assert!(folded.ends_with("\r\n"));
            assert!(folded.trim_end_matches("\r\n").split("\r\n").all(|line| line.len() <= LONGEST_LINE), "{folded}");
            assert_eq!(folded.replace("\r\n ", "").trim_end_matches("\r\n"), text);
        }
    }

    #[test]
    fn what_has_a_meaning_of_its_own_is_escaped() {
        assert_eq!(escaped("one, two; three\\\r\nfour"), "one\\, two\\; three\\\\\\nfour");
    }

    #[test]
    fn an_alarm_rings_so_long_after_the_beginning_of_its_day() {
        let nine = "09:00".parse().unwrap();
        assert_eq!(trigger(0, nine), "PT540M");
        assert_eq!(trigger(-3, nine), "-PT3780M");
    }
}

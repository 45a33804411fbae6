//! Laws of reminders, over whole follow-ups lived day by day: capped, quiet, never twice, and never too late.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use proptest::{collection::vec, prelude::*, sample::select};
use shared::{
    id::AssessmentId,
    schedule::{AssessmentState, Circumstances, Facts, SentReminder, due_reminder, plan},
    study::{Study, shipped},
    time::{Date, PartialDate, days_between},
};

use super::diary::{Diary, Line, assessment, date};
use shared::{schedule::Milestone, study::MilestoneKind};

fn study() -> Study {
    shipped().expect("the study")
}

fn at(day: Date, hour: i8) -> DateTime {
    day.at(hour, 30, 0, 0)
}

/// Lives through days from a date on, looking at each of these hours, and gives what left, when, in which state.
fn live(
    study: &Study,
    facts_on: impl Fn(Date) -> Facts,
    excused: &BTreeSet<AssessmentId>,
    (from, n_days): (Date, i32),
    hours: &[i8],
) -> Vec<(DateTime, SentReminder, AssessmentState)> {
    let mut sent: Vec<SentReminder> = Vec::new();
    let mut left = Vec::new();
    for day in (0..n_days).map(|n| from + jiff::Span::new().days(n)) {
        let plan = plan(study, &facts_on(day), day);
        for now in hours.iter().map(|hour| at(day, *hour)) {
            let it = Circumstances { plan: &plan, sent: &sent, excused, has_device: true, wants: true };
            if let Some(reminder) = due_reminder(study, it, now) {
                let state = plan[&reminder.assessment].state;
                sent.push(SentReminder { reminder, on: day });
                left.push((now, sent.last().expect("one").clone(), state));
            }
        }
    }
    left
}

fn any_day() -> impl Strategy<Value = Date> {
    (0..400_i32).prop_map(|days| date("2024-01-01") + jiff::Span::new().days(days))
}

fn any_line() -> impl Strategy<Value = Line> {
    let kinds = select(&[
        MilestoneKind::Lymphodepletion,
        MilestoneKind::Infusion,
        MilestoneKind::Relapse,
        MilestoneKind::Death,
        MilestoneKind::Withdrawal,
        MilestoneKind::LostToFollowUp,
    ]);
    let milestone = (kinds, any_day())
        .prop_map(|(kind, on)| Line::Milestone(Milestone { kind, on: PartialDate::day(on), planned: false }));
    let occasions = select(&["T0", "T1", "D14", "M1", "M3", "N1", "N3", "R:1"]);
    let work = (occasions, select(&["qlq-c30", "eq-5d-5l"]), proptest::option::of(any_day()));
    let work = work.prop_map(|(occasion, instrument, on)| match on {
        Some(on) => Line::Sent(assessment(occasion), instrument.to_owned(), on),
        None => Line::Begun(assessment(occasion), instrument.to_owned()),
    });
    prop_oneof![milestone, work]
}

fn any_diary() -> impl Strategy<Value = Diary> {
    (any_day(), vec(any_line(), 0..8)).prop_map(|(on, mut lines)| {
        lines.insert(
            0,
            Line::Milestone(Milestone { kind: MilestoneKind::Inclusion, on: PartialDate::day(on), planned: false }),
        );
        Diary(lines)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_message_keeps_to_the_limits_and_to_its_reason(
        diary in any_diary(),
        hours in vec(0..24_i8, 1..4),
        limits in (1..4_u16, 1..4_u16, 1..4_u16),
        weekends in any::<bool>(),
    ) {
        let mut study = study();
        let reminders = study.reminders.as_mut().expect("reminders");
        (reminders.per_assessment, reminders.per_week) = (limits.0, limits.1);
        for rule in &mut reminders.rules {
            (rule.times, rule.every) = (limits.2, 2);
        }
        if weekends {
            let all = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
            reminders.weekdays = serde_json::from_value(serde_json::json!(all)).expect("days");
        }
        let facts = diary.facts("mm");
        let excused = BTreeSet::from([assessment("M3")]);
        let left = live(&study, |_| facts.clone(), &excused, (date("2024-01-01"), 480), &hours);

        let ended = facts.milestones.iter().filter(|it| MilestoneKind::ENDS.contains(&it.kind)).map(|it| it.on.date).min();
        let occasions: BTreeSet<_> = left.iter().map(|(_, sent, _)| sent.reminder.clone()).collect();
        prop_assert_eq!(occasions.len(), left.len(), "two messages for one occasion");
        let mut of_assessment: BTreeMap<&AssessmentId, usize> = BTreeMap::new();
        for (now, sent, state) in &left {
            let count = of_assessment.entry(&sent.reminder.assessment).or_default();
            *count += 1;
            prop_assert!(*count <= usize::from(limits.0), "{:?} is the {}th of its assessment", sent, count);
            let within = |days| left.iter().filter(|(other, _, _)| (0..days).contains(&days_between(other.date(), now.date()))).count();
            prop_assert!(within(7) <= usize::from(limits.1) && within(1) == 1, "too many at {now}");
            prop_assert!((9..19).contains(&now.hour()), "{now} is quiet");
            prop_assert!(weekends || now.weekday().to_monday_one_offset() <= 5, "{now} is a weekend");
            prop_assert!(
                matches!(state, AssessmentState::Planned | AssessmentState::Open | AssessmentState::InProgress),
                "{sent:?} while {state:?}"
            );
            prop_assert!(ended.is_none(), "once the end is known, nothing leaves, whenever it was");
            prop_assert_ne!(&sent.reminder.assessment, &assessment("M3"), "staff noted why it will not come");
            prop_assert_ne!(sent.reminder.rule.as_str(), "calendar");
        }
    }

    #[test]
    fn nothing_leaves_without_a_device_or_against_the_patients_wish(day in any_day(), hour in 0..24_i8) {
        let study = study();
        let diary = Diary(vec![
            Line::Milestone(Milestone { kind: MilestoneKind::Inclusion, on: PartialDate::day(day), planned: false }),
        ]);
        for today in (0..60).map(|n| day + jiff::Span::new().days(n)) {
            let plan = plan(&study, &diary.facts("mm"), today);
            for (has_device, wants) in [(false, true), (true, false), (false, false)] {
                let it = Circumstances { plan: &plan, sent: &[], excused: &BTreeSet::new(), has_device, wants };
                prop_assert_eq!(due_reminder(&study, it, at(today, hour)), None);
            }
        }
    }
}

/// What leaves of a story, as `2026-04-02 M1:1 opened`.
fn told(diary: &[&str], days: (&str, i32), hours: &[i8]) -> Vec<String> {
    let study = study();
    let facts_on = |day: Date| {
        // what is in the diary up to that day
        let known = diary.iter().filter(|line| date(line.split(' ').next().expect("a date")) <= day);
        Diary(known.flat_map(|line| Line::parse(line, &study, "mm")).collect()).facts("mm")
    };
    let left = live(&study, facts_on, &BTreeSet::new(), (date(days.0), days.1), hours);
    left.iter()
        .map(|(now, sent, _)| format!("{} {} {}", now.date(), sent.reminder.assessment, sent.reminder.rule))
        .collect()
}

#[test]
fn a_patient_who_does_not_answer_is_reminded_three_times_and_then_left_alone() {
    let diary = ["2026-03-02 inclusion", "2026-03-02 T0 sent: all", "2026-03-10 infusion", "2026-03-11 D14 sent: all"];
    assert_eq!(
        told(&diary, ("2026-03-25", 60), &[10]),
        ["2026-04-03 M1:1 opened", "2026-04-07 M1:1 due", "2026-04-14 M1:1 closing",]
    );
}

#[test]
fn who_answers_dies_or_leaves_hears_no_more() {
    let known = ["2026-03-02 inclusion", "2026-03-02 T0 sent: all", "2026-03-10 infusion", "2026-03-11 D14 sent: all"];
    for last in ["2026-04-06 M1 sent: all", "2026-04-06 death", "2026-04-06 withdrawal", "2026-04-06 lost_to_follow_up"]
    {
        let diary = [known.as_slice(), &[last]].concat();
        assert_eq!(told(&diary, ("2026-03-25", 60), &[10]), ["2026-04-03 M1:1 opened"], "{last}");
    }
}

#[test]
fn a_server_that_stood_still_makes_up_for_three_days_and_not_for_more() {
    let known = ["2026-03-02 inclusion", "2026-03-02 T0 sent: all", "2026-03-10 infusion", "2026-03-11 D14 sent: all"];
    assert_eq!(told(&known, ("2026-04-06", 1), &[10]), ["2026-04-06 M1:1 opened"]);
    assert_eq!(told(&known, ("2026-04-10", 4), &[10]), ["2026-04-10 M1:1 due"]);
    assert_eq!(told(&known, ("2026-04-11", 3), &[10]), Vec::<String>::new());
}

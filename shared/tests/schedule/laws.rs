//! Laws that hold for any dates: moving back and forth, taking back, and what a preview of a change promises.

use std::sync::LazyLock;

use proptest::{collection::vec, prelude::*, sample::select};
use shared::{
    schedule::{
        Assessment, AssessmentState, Milestone, Outlook, Plan, PlanEffect, Questionnaire, QuestionnaireState,
        by_window, diff, due_today, plan,
    },
    study::{MilestoneKind, Series, Study, shipped},
    time::{Date, DatePrecision, PartialDate},
};

use super::diary::{Diary, Line, assessment, date};

/// Read once: a law is tried out hundreds of times.
fn study() -> &'static Study {
    static STUDY: LazyLock<Study> = LazyLock::new(|| shipped().expect("the study"));
    &STUDY
}

/// Any day of six years, with enough closeness that windows clash.
fn any_date() -> impl Strategy<Value = Date> {
    prop_oneof![0..120_i32, 0..2200_i32].prop_map(|days| date("2024-01-01") + jiff::Span::new().days(days))
}

/// Any day as well as it is known.
fn any_known_date() -> impl Strategy<Value = PartialDate> {
    (any_date(), select(&[DatePrecision::Day, DatePrecision::Month, DatePrecision::Year])).prop_map(
        |(day, precision)| {
            let date = match precision {
                DatePrecision::Day => day,
                DatePrecision::Month => day.first_of_month(),
                DatePrecision::Year => day.first_of_year(),
            };
            PartialDate { date, precision }
        },
    )
}

/// Dates of a course that became known later, some of them vaguely.
fn any_dates() -> impl Strategy<Value = Vec<Line>> {
    let kinds = select(&[MilestoneKind::Inclusion, MilestoneKind::Lymphodepletion, MilestoneKind::Infusion]);
    vec((kinds, any_known_date()).prop_map(|(kind, on)| Line::Milestone(Milestone { kind, on, planned: false })), 0..4)
}

fn is_to_come(it: &Assessment) -> bool {
    matches!(it.state, AssessmentState::Planned | AssessmentState::Open | AssessmentState::InProgress)
}

fn any_line() -> impl Strategy<Value = Line> {
    let kinds = select(&[
        MilestoneKind::Inclusion,
        MilestoneKind::Lymphodepletion,
        MilestoneKind::Infusion,
        MilestoneKind::InfusionGivenUp,
        MilestoneKind::Relapse,
        MilestoneKind::Death,
    ]);
    let milestone = (kinds, any_date(), any::<bool>()).prop_map(|(kind, on, planned)| {
        let planned = planned && matches!(kind, MilestoneKind::Lymphodepletion | MilestoneKind::Infusion);
        Line::Milestone(Milestone { kind, on: PartialDate::day(on), planned })
    });
    let occasions = select(&["T0", "T1", "D7", "M1", "M3", "N1", "N3", "R:1", "R:2"]);
    let work = (occasions, select(&["qlq-c30", "eq-5d-5l", "epices"]), proptest::option::of(any_date()));
    let work = work.prop_map(|(occasion, instrument, on)| match on {
        Some(on) => Line::Sent(assessment(occasion), instrument.to_owned(), on),
        None => Line::Begun(assessment(occasion), instrument.to_owned()),
    });
    prop_oneof![milestone, work]
}

fn any_diary() -> impl Strategy<Value = Diary> {
    (any_date(), vec(any_line(), 0..10)).prop_map(|(on, mut lines)| {
        let (kind, on) = (MilestoneKind::Inclusion, PartialDate::day(on));
        lines.insert(0, Line::Milestone(Milestone { kind, on, planned: false }));
        Diary(lines)
    })
}

fn planned(study: &Study, diary: &Diary, today: Date) -> Plan {
    plan(study, &diary.facts("mm"), today)
}

/// The diary with more lines at its end.
fn then(diary: &Diary, lines: impl IntoIterator<Item = Line>) -> Diary {
    Diary(diary.0.iter().cloned().chain(lines).collect())
}

fn outlook(it: &Assessment) -> Outlook {
    Outlook { window: it.window, state: it.state }
}

fn is_done(it: &Assessment) -> bool {
    matches!(it.state, AssessmentState::Completed(_) | AssessmentState::CompletedLate(_))
}

proptest! {
    #[test]
    fn moving_a_date_and_back_gives_the_same_plan(diary in any_diary(), today in any_date(), elsewhere in any_date()) {
        let study = study();
        let stood = diary.facts("mm").milestones.into_iter().filter(|it| it.kind != MilestoneKind::Relapse);
        for stood in stood {
            let moved = Line::Milestone(Milestone { on: PartialDate::day(elsewhere), ..stood });
            let back = then(&diary, [moved, Line::Milestone(stood)]);
            prop_assert_eq!(planned(study, &back, today), planned(study, &diary, today));
        }
    }

    #[test]
    fn an_entry_that_is_taken_back_leaves_no_trace_in_the_plan(diary in any_diary(), today in any_date(), on in any_date()) {
        let study = study();
        let stood: Vec<MilestoneKind> = diary.facts("mm").milestones.iter().map(|it| it.kind).collect();
        let kinds = [
            MilestoneKind::Death,
            MilestoneKind::Relapse,
            MilestoneKind::Infusion,
            MilestoneKind::InfusionGivenUp,
            MilestoneKind::Withdrawal,
        ];
        for kind in kinds {
            if !stood.iter().any(|stood| kind.shares_place(*stood)) {
                let entered = Line::Milestone(Milestone { kind, on: PartialDate::day(on), planned: false });
                let back = then(&diary, [entered, Line::TakenBack(kind)]);
                prop_assert_eq!(planned(study, &back, today), planned(study, &diary, today));
            }
        }
    }

    #[test]
    fn the_order_in_which_dates_became_known_leaves_no_trace(diary in any_diary(), today in any_date()) {
        let mut facts = diary.facts("mm");
        let before = plan(study(), &facts, today);
        facts.milestones.reverse();
        facts.progress.reverse();
        prop_assert_eq!(plan(study(), &facts, today), before);
    }

    #[test]
    fn a_preview_tells_each_change_and_nothing_else(diary in any_diary(), more in any_line(), today in any_date()) {
        let study = study();
        let (before, after) = (planned(study, &diary, today), planned(study, &then(&diary, [more]), today));
        let told = diff(&before, &after);
        let expected = |it: &Assessment| {
            !matches!(it.state, AssessmentState::NotApplicable | AssessmentState::Cancelled)
        };
        for id in before.keys().chain(after.keys()) {
            let (was, is) = (before.get(id), after.get(id));
            let change = told.changes.iter().find(|it| it.id == *id);
            if let Some(change) = change {
                prop_assert_eq!((change.before, change.after), (was.map(outlook), is.map(outlook)));
                prop_assert_ne!(change.before, change.after);
            } else {
                let concerns = was.is_some_and(expected) || is.is_some_and(expected);
                prop_assert!(!concerns || was.map(outlook) == is.map(outlook), "{} is not told", id);
            }
        }
    }

    #[test]
    fn what_is_finished_keeps_its_id_whatever_dates_become_known(
        diary in any_diary(), dates in any_dates(), today in any_date()
    ) {
        let study = study();
        let (before, after) = (planned(study, &diary, today), planned(study, &then(&diary, dates), today));
        for done in before.values().filter(|it| is_done(it)) {
            prop_assert!(after.get(&done.id).is_some_and(is_done), "{} was finished and is not", done.id);
        }
    }

    #[test]
    fn nothing_is_due_after_an_end_however_vaguely_it_is_known(
        diary in any_diary(), dates in any_dates(), on in any_known_date(), today in any_date()
    ) {
        for kind in MilestoneKind::ENDS {
            let end = Line::Milestone(Milestone { kind, on, planned: false });
            let plan = planned(study(), &then(&diary, dates.iter().cloned().chain([end])), today);
            prop_assert!(due_today(&plan).is_empty());
            prop_assert!(!plan.values().any(is_to_come), "{:?}", kind);
        }
    }

    #[test]
    fn nothing_that_waits_for_an_infusion_is_due_once_it_is_given_up(
        diary in any_diary(), on in any_known_date(), today in any_date()
    ) {
        let study = study();
        let given_up = Milestone { kind: MilestoneKind::InfusionGivenUp, on, planned: false };
        let today = today.max(on.anchor());
        let plan = planned(study, &then(&diary, [Line::Milestone(given_up)]), today);
        let waits = |it: &&Assessment| {
            study.find_timepoint(&it.id.timepoint).is_some_and(|it| it.series == Series::Infused)
        };
        for it in plan.values().filter(waits).filter(|it| is_to_come(it)) {
            let begun = it.questionnaires.iter().any(|it| it.state != QuestionnaireState::NotStarted);
            prop_assert!(begun, "{} waits for nothing", it.id);
        }
    }

    #[test]
    fn a_withdrawal_from_reminders_changes_no_plan(diary in any_diary(), on in any_known_date(), today in any_date()) {
        let withdrawal = Milestone { kind: MilestoneKind::Withdrawal, on, planned: false };
        let then = then(&diary, [Line::StopsReminders(withdrawal)]);
        prop_assert_eq!(planned(study(), &then, today), planned(study(), &diary, today));
    }

    #[test]
    fn no_instrument_is_asked_twice_on_one_day(diary in any_diary(), dates in any_dates(), today in any_date()) {
        let plan = planned(study(), &then(&diary, dates), today);
        let waiting: Vec<&Assessment> = plan
            .values()
            .filter(|it| matches!(it.state, AssessmentState::Planned | AssessmentState::Open) && it.window.is_some())
            .collect();
        for (index, one) in waiting.iter().enumerate() {
            for other in waiting.iter().take(index) {
                let asks = |it: &&Questionnaire| other.questionnaires.iter().any(|its| its.instrument == it.instrument);
                let clash = one.window.zip(other.window).is_some_and(|(mine, theirs)| mine.overlaps(theirs));
                prop_assert!(!clash || one.questionnaires.iter().find(asks).is_none(), "{} and {}", one.id, other.id);
            }
        }
    }

    #[test]
    fn a_change_of_dates_closes_nothing_that_is_done(diary in any_diary(), other in any_diary(), today in any_date()) {
        let study = study();
        let dates = other.0.into_iter().filter(|line| matches!(line, Line::Milestone(_)));
        let (before, after) = (planned(study, &diary, today), planned(study, &then(&diary, dates), today));
        let told = diff(&before, &after);
        let is_done = |id| before.get(id).is_some_and(is_done);
        for change in told.changes.iter().filter(|change| is_done(&change.id)) {
            prop_assert!(matches!(change.effect, PlanEffect::StaysDone | PlanEffect::BecomesLate), "{:?}", change);
        }
        prop_assert!(diff(&after, &after).changes.is_empty());
    }
}

#[test]
fn the_day_list_holds_what_can_be_answered_soonest_to_close_first() {
    let study = study();
    let lines = ["2026-01-12 inclusion", "2026-03-02 infusion", "2026-01-12 T0 begun: epices"];
    let diary = Diary(lines.iter().flat_map(|line| Line::parse(line, study, "mm")).collect());
    let plan = planned(study, &diary, date("2026-03-26"));
    let ids = |list: Vec<&Assessment>| list.iter().map(|it| it.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(due_today(&plan)), ["T0:1", "M1:1"]);
    assert_eq!(ids(by_window(&plan)).first().map(String::as_str), Some("T0:1"));
}

/// What a change means is one word: each pair of states has the one a nurse would say.
#[test]
fn what_a_change_means_is_told_in_one_word() {
    let study = study();
    let diary = |more: &[&str]| {
        let lines = ["2026-01-12 inclusion", "2026-03-02 infusion", "2026-01-12 T0 sent: all"];
        Diary(lines.iter().chain(more).flat_map(|line| Line::parse(line, study, "other")).collect())
    };
    let check = |stood: &[&str], more: &[&str], today: &str, occasion: &str, expected: PlanEffect| {
        let (before, after) = (diary(stood), diary(&[stood, more].concat()));
        let plan = |diary: &Diary| plan(study, &diary.facts("other"), date(today));
        let told = diff(&plan(&before), &plan(&after));
        let change = told.changes.iter().find(|it| it.id == assessment(occasion));
        assert_eq!(change.map(|it| it.effect), Some(expected), "{occasion} after {more:?}");
    };
    check(&[], &["2026-03-09 infusion"], "2026-03-09", "M1", PlanEffect::Moves);
    check(&[], &["2026-02-23 infusion"], "2026-03-17", "M1", PlanEffect::Moves);
    check(&[], &["2026-02-23 infusion"], "2026-03-18", "M1", PlanEffect::Opens);
    check(&[], &["2026-02-16 infusion"], "2026-03-27", "M1", PlanEffect::BecomesLate);
    check(&[], &["2026-03-09 death"], "2026-03-10", "M1", PlanEffect::Closes);
    check(&["2026-03-09 death"], &["2026-03-10 death taken back"], "2026-03-10", "M1", PlanEffect::Returns);
    check(&[], &["2026-01-19 inclusion"], "2026-03-10", "T0", PlanEffect::StaysDone);
    check(&[], &["2026-01-01 inclusion"], "2026-03-10", "T0", PlanEffect::BecomesLate);
    check(&[], &["2026-03-10 infusion taken back"], "2026-03-10", "N3", PlanEffect::Returns);
    let given_up = "2026-03-10 infusion_given_up";
    check(&[], &[given_up], "2026-03-10", "M1", PlanEffect::Closes);
    check(&[], &[given_up], "2026-03-10", "N3", PlanEffect::Returns);
    check(&[given_up], &["2026-03-16 infusion"], "2026-03-17", "M1", PlanEffect::Returns);
    check(&[given_up], &["2026-03-10 infusion_given_up taken back"], "2026-03-10", "M1", PlanEffect::Returns);
}

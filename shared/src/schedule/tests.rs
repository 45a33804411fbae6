//! The schedule as a nurse would check it: dates go in, due dates come out; and laws that hold for any dates.
#![cfg(feature = "catalog")]

use proptest::{collection::vec, prelude::*, sample::select};

use super::{Assessment, AssessmentState, Facts, Milestone, Plan, Progress, by_window, due_today, plan};
use crate::{
    id::{AssessmentId, HemopathyKey, InstrumentKey},
    study::{MilestoneKind, Study, shipped},
    time::{Date, PartialDate},
};

/// One line of a story: `infusion 2026-03-02`, `planned infusion 2026-03-02`, `begun M1 qlq-c30`,
/// `sent M1 qlq-c30 2026-03-30`; a relapse's questionnaires are those of `R:1`.
fn tell(story: &str) -> Facts {
    let mut facts = Facts { hemopathy: key("mm"), milestones: Vec::new(), progress: Vec::new() };
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["begun", occasion, instrument] => facts.progress.push(work(occasion, instrument, None)),
            ["sent", occasion, instrument, on] => facts.progress.push(work(occasion, instrument, Some(date(on)))),
            ["planned", kind, on] => facts.milestones.push(milestone(kind, on, true)),
            [kind, on] => facts.milestones.push(milestone(kind, on, false)),
            _ => panic!("cannot read {line:?}"),
        }
    }
    facts
}

fn work(occasion: &str, instrument: &str, submitted_on: Option<Date>) -> Progress {
    Progress { assessment: occasion_id(occasion), instrument: key(instrument), submitted_on }
}

fn milestone(kind: &str, on: &str, planned: bool) -> Milestone {
    let kind = serde_json::from_value(kind.into()).expect("a milestone");
    Milestone { kind, on: PartialDate::day(date(on)), planned }
}

fn occasion_id(text: &str) -> AssessmentId {
    if text.contains(':') { text.parse() } else { format!("{text}:1").parse() }.expect("an assessment")
}

fn key<K: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> K {
    text.parse().expect("a key")
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn told(assessment: &Assessment) -> String {
    let id = assessment.id.to_string();
    let id = id.strip_suffix(":1").filter(|it| *it != "R").unwrap_or(&id);
    let state = match assessment.state {
        AssessmentState::NotApplicable => "not applicable".to_owned(),
        AssessmentState::Planned => "planned".to_owned(),
        AssessmentState::Open => "open".to_owned(),
        AssessmentState::InProgress => "in progress".to_owned(),
        AssessmentState::PartlyCompleted => "partly completed".to_owned(),
        AssessmentState::Completed(on) => format!("completed {on}"),
        AssessmentState::CompletedLate(on) => format!("completed late {on}"),
        AssessmentState::Missed => "missed".to_owned(),
        AssessmentState::Cancelled => "cancelled".to_owned(),
    };
    match assessment.window {
        Some(days) => format!("{id} {} {} {} {state}", days.opens_on, days.due_on, days.closes_on),
        None => format!("{id} {state}"),
    }
}

/// Checks the lines of the plan that are listed: occasion, first day, due day, last day, state.
#[track_caller]
fn check(story: &str, today: &str, expected: &str) {
    let plan = plan(&shipped().expect("the study"), &tell(story), date(today));
    for line in expected.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let assessment = plan.get(&occasion_id(words[0])).unwrap_or_else(|| panic!("no {} in the plan", words[0]));
        assert_eq!(told(assessment), words.join(" "), "on {today}");
    }
}

#[test]
fn every_due_date_follows_from_inclusion_and_infusion() {
    check(
        "inclusion        2026-01-12
         lymphodepletion  2026-02-25
         infusion         2026-03-02",
        "2026-01-12",
        "T0   2025-12-29 2026-01-12 2026-01-19 open
         T1   2026-02-15 2026-02-24 2026-02-24 planned
         D7   2026-03-07 2026-03-09 2026-03-11 planned
         D14  2026-03-13 2026-03-16 2026-03-19 planned
         M1   2026-03-25 2026-03-30 2026-04-09 planned
         M3   2026-05-18 2026-06-01 2026-06-15 planned
         M6   2026-08-10 2026-08-31 2026-09-21 planned
         M12  2027-01-31 2027-03-02 2027-04-01 planned
         M18  2027-08-02 2027-09-01 2027-10-01 planned
         M24  2028-01-31 2028-03-01 2028-03-31 planned
         M36  2029-01-16 2029-03-02 2029-04-16 planned
         M48  2030-01-16 2030-03-02 2030-04-16 planned
         M60  2031-01-16 2031-03-02 2031-04-16 planned",
    );
}

#[test]
fn before_infusion_t1_counts_from_five_days_before_the_planned_date() {
    check(
        "inclusion 2026-01-12\nplanned infusion 2026-03-02",
        "2026-01-12",
        "T1 2026-02-15 2026-02-24 2026-02-24 planned",
    );
    let observed = "inclusion 2026-01-12\nplanned lymphodepletion 2026-02-20\ninfusion 2026-03-02";
    check(observed, "2026-03-02", "T1 2026-02-15 2026-02-24 2026-02-24 missed");
}

#[test]
fn the_observed_infusion_replaces_the_planned_one() {
    let planned = "inclusion 2026-01-12\nplanned infusion 2026-03-02";
    check(planned, "2026-03-10", "D7 2026-03-07 2026-03-09 2026-03-11 open");
    check(&format!("{planned}\ninfusion 2026-03-09"), "2026-03-10", "D7 2026-03-14 2026-03-16 2026-03-18 planned");
}

#[test]
fn while_not_infused_the_series_counts_from_inclusion() {
    check(
        "inclusion 2026-01-12",
        "2026-02-10",
        "N1   2026-02-04 2026-02-09 2026-02-19 open
         N3   2026-03-30 2026-04-13 2026-04-27 planned
         N60  2030-11-28 2031-01-12 2031-02-26 planned
         T1   planned
         M1   planned",
    );
}

#[test]
fn infusion_stops_the_series_without_it_and_keeps_what_was_answered() {
    check(
        "inclusion 2026-01-12
         sent N3 qlq-c30  2026-04-14
         sent N3 eq-5d-5l 2026-04-14
         infusion  2026-07-20",
        "2026-07-21",
        "N1   2026-02-04 2026-02-09 2026-02-19 missed
         N3   2026-03-30 2026-04-13 2026-04-27 completed 2026-04-14
         N6   2026-06-22 2026-07-13 2026-08-03 not applicable
         N12  2026-12-13 2027-01-12 2027-02-11 not applicable
         M1   2026-08-12 2026-08-17 2026-08-27 planned",
    );
}

#[test]
fn a_planned_infusion_ends_the_series_without_it_on_its_eve() {
    let story = "inclusion 2026-01-12\nplanned infusion 2026-07-20";
    check(
        story,
        "2026-06-23",
        "N6 2026-06-22 2026-07-04 2026-07-04 open\nN12 2026-12-13 2027-01-12 2027-02-11 not applicable",
    );
    check(story, "2026-07-20", "N6 2026-06-22 2026-07-04 2026-07-04 missed");
    check(&format!("{story}\ninfusion 2026-07-20"), "2026-07-20", "N6 2026-06-22 2026-07-13 2026-08-03 not applicable");
}

#[test]
fn what_closed_before_inclusion_is_not_applicable_never_missed() {
    check(
        "infusion  2025-01-06
         inclusion 2025-08-04",
        "2026-01-02",
        "D7   2025-01-11 2025-01-13 2025-01-15 not applicable
         M6   2025-06-16 2025-07-07 2025-07-28 not applicable
         T0   2025-07-21 2025-08-04 2025-08-11 missed
         M12  2025-12-07 2026-01-06 2026-02-05 open",
    );
}

#[test]
fn death_cancels_what_is_open_or_ahead_and_leaves_the_past() {
    check(
        "inclusion 2026-01-12
         sent T0 qlq-c30    2026-01-12
         sent T0 eq-5d-5l   2026-01-12
         sent T0 epices     2026-01-12
         sent T0 situation  2026-01-12
         infusion  2026-03-02
         sent M1 qlq-c30    2026-03-30
         begun M3 qlq-c30
         death     2026-06-10",
        "2026-06-20",
        "T0   2025-12-29 2026-01-12 2026-01-19 completed 2026-01-12
         D7   2026-03-07 2026-03-09 2026-03-11 missed
         M1   2026-03-25 2026-03-30 2026-04-09 partly completed
         M3   2026-05-18 2026-06-01 2026-06-15 cancelled
         M6   2026-08-10 2026-08-31 2026-09-21 cancelled",
    );
    for end in ["withdrawal", "lost_to_follow_up"] {
        check(
            &format!("inclusion 2026-01-12\n{end} 2026-02-01"),
            "2026-02-02",
            "N1 2026-02-04 2026-02-09 2026-02-19 cancelled",
        );
    }
}

#[test]
fn each_relapse_is_asked_once_in_the_order_of_their_dates() {
    check(
        "inclusion 2026-01-12
         infusion  2026-03-02
         relapse   2027-05-03
         relapse   2026-10-05",
        "2027-05-04",
        "R:1  2026-10-05 2026-10-05 2026-11-02 missed
         R:2  2027-05-03 2027-05-03 2027-05-31 open",
    );
}

#[test]
fn a_relapse_within_a_scheduled_window_gives_way_to_it() {
    let course = "inclusion 2026-01-12\ninfusion 2026-03-02\nrelapse 2026-08-17";
    check(
        course,
        "2026-08-17",
        "M6 2026-08-10 2026-08-31 2026-09-21 open\nR:1 2026-08-17 2026-08-17 2026-09-14 not applicable",
    );
    let answered_before = format!("{course}\nsent M6 qlq-c30 2026-08-12\nsent M6 eq-5d-5l 2026-08-12");
    check(&answered_before, "2026-08-17", "R:1 2026-08-17 2026-08-17 2026-09-14 open");
    let earlier = "inclusion 2026-01-12\ninfusion 2026-03-02\nrelapse 2026-08-03";
    check(earlier, "2026-08-03", "R:1 2026-08-03 2026-08-03 2026-08-09 open");
}

#[test]
fn what_was_begun_keeps_its_days_before_anything_stronger() {
    check(
        "inclusion 2026-01-12
         infusion  2026-03-02
         relapse   2026-08-03
         begun R:1 qlq-c30",
        "2026-08-12",
        "R:1  2026-08-03 2026-08-03 2026-08-31 in progress
         M6   2026-09-01 2026-09-01 2026-09-21 planned",
    );
}

#[test]
fn a_timepoint_that_clashes_with_inclusion_keeps_its_other_days() {
    check(
        "inclusion 2026-02-16\ninfusion 2026-03-02",
        "2026-02-16",
        "T0   2026-02-02 2026-02-16 2026-02-23 open
         T1   2026-02-24 2026-02-24 2026-02-24 planned",
    );
}

#[test]
fn what_was_begun_is_never_closed_by_its_window() {
    let course = "inclusion 2026-01-12\ninfusion 2026-03-02";
    check(&format!("{course}\nbegun M1 qlq-c30"), "2026-05-10", "M1 2026-03-25 2026-03-30 2026-04-09 in progress");
    let partly = format!("{course}\nsent M1 qlq-c30 2026-03-30");
    check(&partly, "2026-04-09", "M1 2026-03-25 2026-03-30 2026-04-09 in progress");
    check(&partly, "2026-04-10", "M1 2026-03-25 2026-03-30 2026-04-09 partly completed");
    let late = format!("{partly}\nsent M1 eq-5d-5l 2026-04-10");
    check(&late, "2026-04-10", "M1 2026-03-25 2026-03-30 2026-04-09 completed late 2026-04-10");
    let last_day = format!("{partly}\nsent M1 eq-5d-5l 2026-04-09");
    check(&last_day, "2026-04-10", "M1 2026-03-25 2026-03-30 2026-04-09 completed 2026-04-09");
}

#[test]
fn finished_work_stays_finished_when_its_milestone_is_taken_back() {
    check(
        "inclusion 2026-01-12
         sent R:2 qlq-c30  2026-10-05
         sent R:2 eq-5d-5l 2026-10-05",
        "2026-10-06",
        "R:2 completed 2026-10-05",
    );
}

#[test]
fn the_day_list_holds_what_can_be_answered_soonest_to_close_first() {
    let facts = tell("inclusion 2026-01-12\ninfusion 2026-03-02\nbegun T0 epices");
    let plan = plan(&shipped().expect("the study"), &facts, date("2026-03-26"));
    let ids = |list: Vec<&Assessment>| list.iter().map(|it| it.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(due_today(&plan)), ["T0:1", "M1:1"]);
    assert_eq!(ids(by_window(&plan)).first().map(String::as_str), Some("T0:1"));
}

/// Any day of six years, with enough closeness that windows clash.
fn any_date() -> impl Strategy<Value = Date> {
    prop_oneof![0..120_i32, 0..2200_i32]
        .prop_map(|days| super::course::day_after(date("2024-01-01"), days).expect("a day"))
}

const OCCASIONS: &[&str] = &["T0", "T1", "D7", "M1", "M3", "N1", "N3", "R:1", "R:2"];
const INSTRUMENTS: &[&str] = &["qlq-c30", "eq-5d-5l", "epices"];

fn any_facts(ended: bool) -> impl Strategy<Value = Facts> {
    let optional = || proptest::option::of((any_date(), any::<bool>()));
    let dates = (any_date(), optional(), optional(), vec(any_date(), 0..3), proptest::option::of(any_date()));
    let works = (select(OCCASIONS), select(INSTRUMENTS), proptest::option::of(any_date()));
    (dates, vec(works, 0..8)).prop_map(move |((inclusion, lymphodepletion, infusion, relapses, death), works)| {
        let one = |kind, on, planned| Milestone { kind, on: PartialDate::day(on), planned };
        let mut milestones = vec![one(MilestoneKind::Inclusion, inclusion, false)];
        milestones.extend(lymphodepletion.map(|(on, planned)| one(MilestoneKind::Lymphodepletion, on, planned)));
        milestones.extend(infusion.map(|(on, planned)| one(MilestoneKind::Infusion, on, planned)));
        milestones.extend(relapses.into_iter().map(|on| one(MilestoneKind::Relapse, on, false)));
        milestones.extend(death.filter(|_| ended).map(|on| one(MilestoneKind::Death, on, false)));
        let progress = works.into_iter().map(|(occasion, instrument, on)| work(occasion, instrument, on)).collect();
        Facts { hemopathy: key::<HemopathyKey>("mm"), milestones, progress }
    })
}

fn finished(plan: &Plan) -> Vec<AssessmentId> {
    let done = |it: &&Assessment| matches!(it.state, AssessmentState::Completed(_) | AssessmentState::CompletedLate(_));
    plan.values().filter(done).map(|it| it.id.clone()).collect()
}

fn share_instrument(one: &Assessment, other: &Assessment) -> bool {
    let keys =
        |it: &Assessment| it.questionnaires.iter().map(|it| it.instrument.key.clone()).collect::<Vec<InstrumentKey>>();
    let theirs = keys(other);
    keys(one).iter().any(|key| theirs.contains(key))
}

fn study() -> Study {
    shipped().expect("the study")
}

proptest! {
    #[test]
    fn moving_a_date_and_back_gives_the_same_plan(facts in any_facts(true), today in any_date(), moved in any_date()) {
        let study = study();
        let before = plan(&study, &facts, today);
        let mut elsewhere = facts.clone();
        for milestone in &mut elsewhere.milestones {
            milestone.on = PartialDate::day(moved);
        }
        let _ = plan(&study, &elsewhere, today);
        // back again, entered in another order: a history leaves no trace but its standing dates
        let mut back = facts;
        back.milestones.reverse();
        back.progress.reverse();
        prop_assert_eq!(plan(&study, &back, today), before);
    }

    #[test]
    fn finished_work_keeps_its_id_whatever_moves(
        facts in any_facts(true), other in any_facts(true), today in any_date(), later in any_date(),
    ) {
        let study = study();
        let moved = Facts { progress: facts.progress.clone(), ..other };
        prop_assert_eq!(finished(&plan(&study, &facts, today)), finished(&plan(&study, &moved, later)));
    }

    #[test]
    fn nothing_is_open_after_death(facts in any_facts(true), today in any_date()) {
        let plan = plan(&study(), &facts, today);
        let dead = facts.milestones.iter().any(|it| it.kind == MilestoneKind::Death);
        let answerable = plan.values().any(|it| {
            matches!(it.state, AssessmentState::Open | AssessmentState::InProgress | AssessmentState::Planned)
        });
        prop_assert!(!(dead && answerable));
    }

    #[test]
    fn no_two_windows_ask_one_instrument_on_one_day(facts in any_facts(false), today in any_date()) {
        let plan = plan(&study(), &facts, today);
        let asked: Vec<&Assessment> =
            plan.values().filter(|it| matches!(it.state, AssessmentState::Open | AssessmentState::Planned)).collect();
        for (index, one) in asked.iter().enumerate() {
            for other in &asked[..index] {
                let clash = one.window.zip(other.window).is_some_and(|(mine, theirs)| mine.overlaps(theirs));
                prop_assert!(!(clash && share_instrument(one, other)), "{:?} and {:?}", one, other);
            }
        }
    }

    #[test]
    fn nothing_is_missed_before_inclusion(facts in any_facts(true), today in any_date()) {
        let inclusion = facts.milestones[0].on.date;
        let untouched = Facts { progress: Vec::new(), ..facts };
        for it in plan(&study(), &untouched, today).values().filter(|it| it.state == AssessmentState::Missed) {
            prop_assert!(it.window.is_some_and(|window| inclusion <= window.closes_on), "{:?}", it);
        }
    }
}

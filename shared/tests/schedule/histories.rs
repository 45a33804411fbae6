//! Ten thousand invented histories over five years, each planned on several days and held against the plan by hand.

use shared::{
    schedule::{Assessment, AssessmentState, Milestone, Plan, plan},
    study::{MilestoneKind, Study, shipped},
    time::{Date, DatePrecision, PartialDate},
};

use super::{
    by_hand::{expected, number},
    diary::{Diary, Line, assessment, date},
};

const HISTORIES: u64 = 10_000;
const HEMOPATHY: &str = "other";

/// Chance that repeats itself: the generator known as `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn from(&mut self, low: i32, high: i32) -> i32 {
        let width = u64::try_from(high - low + 1).unwrap();
        low + i32::try_from(self.next() % width).unwrap()
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    fn choose<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.next() % u64::try_from(of.len()).unwrap()).unwrap()]
    }
}

fn after(day: Date, days: i32) -> Date {
    day.checked_add(jiff::Span::new().days(days)).unwrap()
}

/// A date as well as it is known.
fn known(dice: &mut Dice, day: Date) -> PartialDate {
    match dice.from(1, 30) {
        1 => PartialDate { date: day.first_of_month(), precision: DatePrecision::Month },
        2 => PartialDate { date: day.first_of_year(), precision: DatePrecision::Year },
        _ => PartialDate::day(day),
    }
}

/// What happens next, on a day.
fn happening(dice: &mut Dice, today: Date) -> Line {
    let milestone = |kind, planned, on| Line::Milestone(Milestone { kind, on, planned });
    match dice.from(1, 24) {
        1..=3 => {
            let on = PartialDate::day(after(today, dice.from(0, 60)));
            milestone(MilestoneKind::Infusion, true, on)
        }
        4..=6 => {
            let on = after(today, -dice.from(0, 20));
            milestone(MilestoneKind::Infusion, false, known(dice, on))
        }
        7 => {
            let on = PartialDate::day(after(today, dice.from(0, 40)));
            milestone(MilestoneKind::Lymphodepletion, true, on)
        }
        8 => {
            let on = PartialDate::day(after(today, -dice.from(0, 9)));
            milestone(MilestoneKind::Lymphodepletion, false, on)
        }
        9..=10 => {
            let on = after(today, -dice.from(0, 40));
            milestone(MilestoneKind::Relapse, false, known(dice, on))
        }
        11 => {
            let kind = dice.choose(&[MilestoneKind::Death, MilestoneKind::Withdrawal, MilestoneKind::LostToFollowUp]);
            let on = PartialDate::day(after(today, -dice.from(0, 90)));
            if kind == MilestoneKind::Withdrawal && dice.one_in(3) {
                return Line::StopsReminders(Milestone { kind, on, planned: false });
            }
            milestone(kind, false, on)
        }
        12 => {
            let on = after(today, dice.from(-30, 0));
            milestone(MilestoneKind::Inclusion, false, PartialDate::day(on))
        }
        13..=14 => Line::TakenBack(dice.choose(&[
            MilestoneKind::Infusion,
            MilestoneKind::InfusionGivenUp,
            MilestoneKind::Relapse,
            MilestoneKind::Death,
            MilestoneKind::Withdrawal,
            MilestoneKind::Lymphodepletion,
        ])),
        15 => milestone(MilestoneKind::InfusionGivenUp, false, PartialDate::day(after(today, -dice.from(0, 30)))),
        16 => Line::Milestone(Milestone { kind: MilestoneKind::LastNews, on: PartialDate::day(today), planned: false }),
        _ => {
            let occasion = dice.choose(&[
                "T0", "T1", "D7", "D14", "M1", "M3", "M6", "M12", "M24", "M60", "N1", "N3", "N6", "N24", "R:1", "R:2",
            ]);
            let asked: &[&str] = match occasion {
                "D7" | "D14" => &["eq-5d-5l", "pro-ctcae"],
                "T0" => &["qlq-c30", "eq-5d-5l", "epices", "situation", "sils", "ucla-3", "lsns-6"],
                "M60" => &["qlq-c30", "eq-5d-5l", "epices", "situation"],
                "M3" | "M6" => &["qlq-c30", "eq-5d-5l", "hads", "fact-cog"],
                _ => &["qlq-c30", "eq-5d-5l"],
            };
            let instrument = dice.choose(asked);
            let (occasion, instrument) = (assessment(occasion), instrument.to_owned());
            if dice.one_in(4) { Line::Begun(occasion, instrument) } else { Line::Sent(occasion, instrument, today) }
        }
    }
}

/// A history: what became known, with the day.
fn history(seed: u64) -> Vec<(Date, Line)> {
    let mut dice = Dice(seed);
    // leap days and changes of clocks fall within all of them
    let included_on = after(date("2024-01-01"), dice.from(0, 700));
    let inclusion = Milestone { kind: MilestoneKind::Inclusion, on: PartialDate::day(included_on), planned: false };
    let mut lines = vec![(included_on, Line::Milestone(inclusion))];
    if dice.one_in(5) {
        let treated_on = after(included_on, -dice.from(10, 900));
        let on = known(&mut dice, treated_on);
        let infusion = Milestone { kind: MilestoneKind::Infusion, on, planned: false };
        lines.push((included_on, Line::Milestone(infusion)));
    }
    let mut today = included_on;
    for _ in 0..dice.from(2, 14) {
        today = after(today, if dice.one_in(3) { dice.from(0, 400) } else { dice.from(0, 25) });
        if today > after(included_on, 1826) {
            break;
        }
        lines.push((today, happening(&mut dice, today)));
    }
    lines
}

/// The plan in the words of the checker.
fn told(plan: &Plan) -> Vec<(String, Option<[i64; 3]>, AssessmentState)> {
    let line = |it: &Assessment| {
        let window = it.window.map(|days| [days.opens_on, days.due_on, days.closes_on].map(number));
        (it.id.to_string(), window, it.state)
    };
    plan.values().map(line).collect()
}

/// What one patient can be asked on one day holds no instrument twice, and nothing after the end.
fn check_days(plan: &Plan) {
    let asked = |it: &&Assessment| matches!(it.state, AssessmentState::Open | AssessmentState::Planned);
    let asked: Vec<&Assessment> = plan.values().filter(asked).filter(|it| it.window.is_some()).collect();
    for (index, one) in asked.iter().enumerate() {
        for other in &asked[..index] {
            let clash = one.window.zip(other.window).is_some_and(|(mine, theirs)| mine.overlaps(theirs));
            let share = |mine: &Assessment| {
                mine.questionnaires
                    .iter()
                    .any(|it| other.questionnaires.iter().any(|its| it.instrument == its.instrument))
            };
            assert!(!(clash && share(one)), "{one:?}\nand {other:?}");
        }
    }
}

fn finished(plan: &Plan) -> Vec<(String, Date)> {
    let done = |it: &Assessment| match it.state {
        AssessmentState::Completed(on) | AssessmentState::CompletedLate(on) => Some((it.id.to_string(), on)),
        AssessmentState::NotApplicable
        | AssessmentState::Planned
        | AssessmentState::Open
        | AssessmentState::InProgress
        | AssessmentState::PartlyCompleted
        | AssessmentState::Missed
        | AssessmentState::Cancelled => None,
    };
    plan.values().filter_map(done).collect()
}

fn check(study: &Study, seed: u64) {
    let lines = history(seed);
    let (mut diary, mut done) = (Diary::default(), Vec::new());
    let mut dice = Dice(seed ^ 0xda7e);
    for (nth, (day, line)) in lines.iter().enumerate() {
        diary.0.push(line.clone());
        // the last line always, and of the others every third: each day is a plan of 22 timepoints twice over
        if nth + 1 < lines.len() && !dice.one_in(3) {
            continue;
        }
        let today = after(*day, if dice.one_in(2) { 0 } else { dice.from(0, 500) });
        let facts = diary.facts(HEMOPATHY);
        let plan = plan(study, &facts, today);
        let mut by_hand: Vec<_> =
            expected(&diary.0, today).into_iter().map(|it| (it.occasion, it.window, it.state)).collect();
        by_hand.sort_by_key(|(occasion, ..)| assessment(occasion));
        assert_eq!(told(&plan), by_hand, "history {seed}, seen on {today}:\n{diary}");
        check_days(&plan);
        let due = |it: &Assessment| {
            matches!(it.state, AssessmentState::Open | AssessmentState::Planned | AssessmentState::InProgress)
        };
        let ended = shared::schedule::ended_on(&facts).is_some();
        assert!(!ended || !plan.values().any(due), "due after the end in history {seed}:\n{diary}");
        let now = finished(&plan);
        let kept = |it: &(String, Date)| now.iter().any(|(id, _)| *id == it.0);
        assert!(done.iter().all(kept), "finished work is gone in history {seed}:\n{diary}");
        done = now;
    }
}

#[test]
fn ten_thousand_histories_come_out_as_worked_out_by_hand() {
    let study = shipped().expect("the study");
    let (even, odd) = ((0..HISTORIES).step_by(2), (1..HISTORIES).step_by(2));
    std::thread::scope(|scope| {
        for seeds in [even, odd] {
            let study = &study;
            scope.spawn(move || seeds.for_each(|seed| check(study, seed)));
        }
    });
}

#[test]
fn the_histories_hold_what_they_are_for() {
    let histories: Vec<Vec<(Date, Line)>> = (0..HISTORIES).map(history).collect();
    let with =
        |is: &dyn Fn(&Line) -> bool| histories.iter().filter(|lines| lines.iter().any(|(_, line)| is(line))).count();
    for kind in [
        MilestoneKind::Death,
        MilestoneKind::Infusion,
        MilestoneKind::InfusionGivenUp,
        MilestoneKind::Relapse,
        MilestoneKind::Withdrawal,
    ] {
        assert!(with(&|line| matches!(line, Line::Milestone(it) if it.kind == kind)) > 500, "{kind:?}");
    }
    assert!(with(&|line| matches!(line, Line::TakenBack(_))) > 500);
    assert!(with(&|line| matches!(line, Line::StopsReminders(_))) > 200);
    assert!(with(&|line| matches!(line, Line::Sent(..))) > 5_000);
    let years_apart = |lines: &&Vec<(Date, Line)>| lines.last().is_some_and(|(day, _)| *day > after(lines[0].0, 1000));
    assert!(histories.iter().filter(years_apart).count() > 500);
}

//! The schedule worked out a second time, day by day, from the protocol's own tables and rules.
//!
//! It shares nothing with `schedule::plan` but the words for what goes in and comes out: days are counted by the
//! calendar's arithmetic here, what stands is read from the diary here, and a window is a list of days from which
//! days are struck out. Slow, and plain enough to be checked against the protocol by reading it.

use shared::{
    id::AssessmentId,
    schedule::{AssessmentState, Milestone},
    study::MilestoneKind,
    time::{Date, DatePrecision},
};

use super::diary::Line;

/// A day as a number: days since 1 January 1970.
type Day = i64;

/// What a timepoint counts from.
#[derive(Clone, Copy, PartialEq)]
enum From {
    Inclusion,
    Lymphodepletion,
    Infusion,
    Relapse,
}

const CORE: &[&str] = &["qlq-c30", "eq-5d-5l"];
const SHORT: &[&str] = &["eq-5d-5l", "pro-ctcae"];
const SOCIO: &[&str] = &["epices", "situation", "sils", "ucla-3", "lsns-6"];
const SOCIO_UPDATE: &[&str] = &["situation", "epices"];
const MOOD: &[&str] = &["hads"];
const COGNITION: &[&str] = &["fact-cog"];
const FINANCE: &[&str] = &["cost"];

/// A line of the protocol's table, for a patient of no hemopathy with instruments of its own: timepoint, anchor, target, window around it, batteries.
type Timepoint = (&'static str, From, Day, Day, Day, &'static [&'static [&'static str]]);

const TIMEPOINTS: &[Timepoint] = &[
    ("T0", From::Inclusion, 0, -14, 7, &[CORE, SOCIO]),
    ("T1", From::Lymphodepletion, -1, -9, 0, &[CORE]),
    ("D7", From::Infusion, 7, -2, 2, &[SHORT]),
    ("D14", From::Infusion, 14, -3, 3, &[SHORT]),
    ("M1", From::Infusion, 28, -5, 10, &[CORE]),
    ("M3", From::Infusion, 91, -14, 14, &[CORE, MOOD, COGNITION, FINANCE]),
    ("M6", From::Infusion, 182, -21, 21, &[CORE, MOOD, COGNITION]),
    ("M12", From::Infusion, 365, -30, 30, &[CORE, MOOD, COGNITION, SOCIO_UPDATE, FINANCE]),
    ("M18", From::Infusion, 548, -30, 30, &[CORE]),
    ("M24", From::Infusion, 730, -30, 30, &[CORE, FINANCE]),
    ("M36", From::Infusion, 1096, -45, 45, &[CORE, SOCIO_UPDATE]),
    ("M48", From::Infusion, 1461, -45, 45, &[CORE, SOCIO_UPDATE]),
    ("M60", From::Infusion, 1826, -45, 45, &[CORE, SOCIO_UPDATE]),
    ("N1", From::Inclusion, 28, -5, 10, &[CORE]),
    ("N3", From::Inclusion, 91, -14, 14, &[CORE]),
    ("N6", From::Inclusion, 182, -21, 21, &[CORE]),
    ("N12", From::Inclusion, 365, -30, 30, &[CORE]),
    ("N24", From::Inclusion, 730, -30, 30, &[CORE]),
    ("N36", From::Inclusion, 1096, -45, 45, &[CORE]),
    ("N48", From::Inclusion, 1461, -45, 45, &[CORE]),
    ("N60", From::Inclusion, 1826, -45, 45, &[CORE]),
    ("R", From::Relapse, 0, 0, 28, &[CORE]),
];

/// What is expected of one occasion on one day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expected {
    pub(super) occasion: String,
    /// First day, target, last day.
    pub(super) window: Option<[Day; 3]>,
    pub(super) state: AssessmentState,
}

/// One occasion while its days are struck out.
struct Occasion {
    name: &'static str,
    nth: u16,
    days: Vec<Day>,
    target: Day,
    asked: Vec<&'static str>,
    begun: Vec<String>,
    sent: Vec<(String, Day)>,
    /// Not expected of this patient.
    lapsed: bool,
}

/// The days of a patient's course that the protocol counts from.
struct Course {
    inclusion: Option<Day>,
    lymphodepletion: Option<(Day, bool)>,
    /// With whether it is only planned.
    infusion: Option<(Day, bool)>,
    given_up: Option<Day>,
    relapses: Vec<Day>,
    end: Option<Day>,
}

/// Days since 1 January 1970, by the rule of the Gregorian calendar alone.
pub(super) fn number(date: Date) -> Day {
    let year = i64::from(date.year());
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let years: Day = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: Day = lengths.iter().take(usize::try_from(date.month() - 1).unwrap()).sum();
    years + months + i64::from(date.day()) - 1
}

/// Where a date counts from: a month from its 15th, a year from 1 July.
fn counted(milestone: Milestone) -> Day {
    let date = milestone.on.date;
    match milestone.on.precision {
        DatePrecision::Day => number(date),
        DatePrecision::Month => number(Date::new(date.year(), date.month(), 15).unwrap()),
        DatePrecision::Year => number(Date::new(date.year(), 7, 1).unwrap()),
    }
}

/// Of what a patient has one: an infusion that is given up is none that stands.
fn of_one(kind: MilestoneKind) -> MilestoneKind {
    if kind == MilestoneKind::InfusionGivenUp { MilestoneKind::Infusion } else { kind }
}

/// What stands of the diary: of each kind the last that was not taken back, of relapses all.
fn standing(diary: &[Line]) -> Vec<(usize, Milestone)> {
    let mut standing: Vec<(usize, Milestone)> = Vec::new();
    for (place, line) in diary.iter().enumerate() {
        match line {
            Line::Milestone(milestone) => {
                standing
                    .retain(|(_, it)| it.kind == MilestoneKind::Relapse || of_one(it.kind) != of_one(milestone.kind));
                standing.push((place, *milestone));
            }
            // who only wants no more messages has ended nothing
            Line::StopsReminders(_) => standing.retain(|(_, it)| it.kind != MilestoneKind::Withdrawal),
            Line::TakenBack(kind) => {
                let newest = standing.iter().filter(|(_, it)| it.kind == *kind).map(|(place, _)| *place).max();
                standing.retain(|(place, _)| Some(*place) != newest);
            }
            Line::Begun(..) | Line::Sent(..) => {}
        }
    }
    standing
}

impl Course {
    fn read(diary: &[Line]) -> Self {
        let standing = standing(diary);
        let of = |kind| standing.iter().map(|(_, it)| it).filter(move |it| it.kind == kind);
        let one = |kind| of(kind).map(|it| (counted(*it), it.planned)).next_back();
        let observed = |kind| one(kind).filter(|(_, planned)| !planned).map(|(day, _)| day);
        let ends = [MilestoneKind::Death, MilestoneKind::Withdrawal, MilestoneKind::LostToFollowUp];
        let mut relapses: Vec<Day> = of(MilestoneKind::Relapse).map(|it| counted(*it)).collect();
        relapses.sort_unstable();
        Self {
            inclusion: observed(MilestoneKind::Inclusion),
            lymphodepletion: one(MilestoneKind::Lymphodepletion),
            infusion: one(MilestoneKind::Infusion),
            given_up: observed(MilestoneKind::InfusionGivenUp),
            relapses,
            end: ends.into_iter().filter_map(observed).min(),
        }
    }

    /// The day an occasion counts from.
    fn anchor(&self, from: From, nth: u16) -> Option<Day> {
        let observed = |it: Option<(Day, bool)>| it.filter(|(_, planned)| !planned);
        let five_before = self.infusion.map(|(day, planned)| (day - 5, planned));
        match from {
            From::Relapse => self.relapses.get(usize::from(nth) - 1).copied(),
            _ if nth > 1 => None,
            From::Inclusion => self.inclusion,
            From::Infusion => self.infusion.map(|(day, _)| day),
            From::Lymphodepletion => observed(self.lymphodepletion)
                .or(observed(five_before))
                .or(self.lymphodepletion)
                .or(five_before)
                .map(|(day, _)| day),
        }
    }
}

impl Occasion {
    fn is_begun(&self) -> bool {
        !self.begun.is_empty() || !self.sent.is_empty()
    }

    /// All of the infusion series, the baseline before lymphodepletion included.
    fn waits_for_infusion(&self) -> bool {
        self.name == "T1" || self.name.starts_with(['D', 'M'])
    }

    fn is_sent(&self, instrument: &str) -> Option<Day> {
        self.sent.iter().filter(|(it, _)| it == instrument).map(|(_, day)| *day).min()
    }

    /// All that it holds: what is asked, and what was worked on all the same.
    fn questionnaires(&self) -> Vec<&str> {
        let mut all = self.asked.clone();
        let worked_on = self.begun.iter().chain(self.sent.iter().map(|(it, _)| it)).map(String::as_str);
        for it in worked_on {
            if !all.contains(&it) {
                all.push(it);
            }
        }
        all
    }

    fn done_on(&self) -> Option<Day> {
        let days: Option<Vec<Day>> = self.questionnaires().iter().map(|it| self.is_sent(it)).collect();
        days?.into_iter().max()
    }

    fn rank(&self) -> u8 {
        match self.name.as_bytes()[0] {
            _ if self.is_begun() => 0,
            b'T' if self.name == "T0" => 1,
            b'R' => 3,
            b'N' => 4,
            _ => 2,
        }
    }

    fn state(&self, course: &Course, today: Day) -> AssessmentState {
        let last = self.days.last().copied();
        let civil = |day: Day| "1970-01-01".parse::<Date>().unwrap() + jiff::Span::new().days(day);
        if let Some(day) = self.done_on() {
            let late = last.is_some_and(|last| last < day);
            return if late {
                AssessmentState::CompletedLate(civil(day))
            } else {
                AssessmentState::Completed(civil(day))
            };
        }
        let closed = if self.sent.is_empty() { AssessmentState::Missed } else { AssessmentState::PartlyCompleted };
        let is_open_work = self.begun.iter().any(|it| self.is_sent(it).is_none());
        if self.lapsed {
            return AssessmentState::NotApplicable;
        }
        match course.end {
            Some(end) if last.is_some_and(|last| last < end) => closed,
            Some(_) => AssessmentState::Cancelled,
            None if is_open_work => AssessmentState::InProgress,
            None if last.is_some_and(|last| last < today) => closed,
            None if !self.sent.is_empty() => AssessmentState::InProgress,
            None if self.days.contains(&today) => AssessmentState::Open,
            None => AssessmentState::Planned,
        }
    }
}

/// Every occasion of the diary as it stands on a day, in the order of the protocol's table.
pub(super) fn expected(diary: &[Line], today: Date) -> Vec<Expected> {
    let course = Course::read(diary);
    let mut occasions: Vec<Occasion> = Vec::new();
    for (name, from, target, first, last, batteries) in TIMEPOINTS {
        let relapses = if *from == From::Relapse { course.relapses.len() } else { 1 };
        for nth in 1..=20 {
            let (begun, sent) = work(diary, name, nth);
            if usize::from(nth) > relapses && begun.is_empty() && sent.is_empty() {
                continue;
            }
            let anchor = course.anchor(*from, nth);
            let days = anchor.map_or(Vec::new(), |day| (day + target + first..=day + target + last).collect());
            let (target, asked) = (anchor.unwrap_or(0) + target, batteries.concat());
            occasions.push(Occasion { name, nth, days, target, asked, begun, sent, lapsed: false });
        }
    }
    strike_out_by_course(&mut occasions, &course);
    strike_out_by_each_other(&mut occasions, &course);
    let told = |it: &Occasion| Expected {
        occasion: format!("{}:{}", it.name, it.nth),
        window: it.days.first().zip(it.days.last()).map(|(first, last)| [*first, it.target, *last]),
        state: it.state(&course, number(today)),
    };
    occasions.iter().map(told).collect()
}

/// What was begun and sent of an occasion.
fn work(diary: &[Line], name: &str, nth: u16) -> (Vec<String>, Vec<(String, Day)>) {
    let (mut begun, mut sent) = (Vec::new(), Vec::new());
    let is_this = |id: &AssessmentId| id.timepoint.as_str() == name && id.occurrence == nth;
    for line in diary {
        match line {
            Line::Begun(id, instrument) if is_this(id) => begun.push(instrument.clone()),
            Line::Sent(id, instrument, on) if is_this(id) => sent.push((instrument.clone(), number(*on))),
            Line::Begun(..) | Line::Sent(..) | Line::Milestone(_) | Line::StopsReminders(_) | Line::TakenBack(_) => {}
        }
    }
    (begun, sent)
}

/// A window that closed before inclusion does not apply; the wait for an infusion ends before it; what waits for an
/// infusion that is given up does not apply unless its days were over before.
fn strike_out_by_course(occasions: &mut [Occasion], course: &Course) {
    for it in occasions.iter_mut().filter(|it| !it.is_begun() && it.waits_for_infusion()) {
        let was_over = |given_up: Day| it.days.last().is_some_and(|last| *last < given_up);
        it.lapsed = course.given_up.is_some_and(|given_up| !was_over(given_up));
    }
    for it in occasions.iter_mut().filter(|it| !it.is_begun() && !it.days.is_empty()) {
        let last = *it.days.last().unwrap();
        it.lapsed |= course.inclusion.is_some_and(|inclusion| last < inclusion);
        let Some((infusion, planned)) = course.infusion.filter(|_| it.name.starts_with('N')) else { continue };
        let before: Vec<Day> = it.days.iter().copied().filter(|day| *day < infusion).collect();
        if before.len() == it.days.len() {
            continue;
        }
        if planned && !before.is_empty() {
            it.target = it.target.min(*before.last().unwrap());
            it.days = before;
        } else {
            it.lapsed = true;
        }
    }
}

/// No instrument is asked twice on one day: the weaker keeps the longest run of days that the stronger leave.
fn strike_out_by_each_other(occasions: &mut [Occasion], course: &Course) {
    let mut order: Vec<usize> = (0..occasions.len()).filter(|it| !occasions[*it].lapsed).collect();
    order.sort_by_key(|it| (occasions[*it].rank(), occasions[*it].days.first().copied()));
    for (turn, &weaker) in order.iter().enumerate() {
        if occasions[weaker].is_begun() || occasions[weaker].days.is_empty() {
            continue;
        }
        let first = occasions[weaker].days[0];
        let mut taken: Vec<Day> = Vec::new();
        for &stronger in &order[..turn] {
            let it = &occasions[stronger];
            let shares = it.questionnaires().iter().any(|asked| occasions[weaker].questionnaires().contains(asked));
            let over = it.done_on().is_some_and(|day| day < first);
            if !it.lapsed && shares && !over {
                taken.extend(it.days.iter().filter(|day| occasions[weaker].days.binary_search(day).is_ok()));
            }
        }
        if taken.is_empty() {
            continue;
        }
        let may = |day: &Day| !taken.contains(day) && course.inclusion.is_none_or(|inclusion| inclusion <= *day);
        let left: Vec<Day> = occasions[weaker].days.iter().copied().filter(may).collect();
        let runs: Vec<&[Day]> = left.chunk_by(|one, next| one + 1 == *next).collect();
        let it = &mut occasions[weaker];
        match runs.iter().max_by_key(|run| run.len()) {
            Some(run) => {
                it.target = it.target.clamp(run[0], run[run.len() - 1]);
                it.days = run.to_vec();
            }
            None => it.lapsed = true,
        }
    }
}

//! Which days belong to which occasion, so that one instrument is never asked twice on the same days.
//!
//! Windows of one series that count from one anchor cannot clash: the study file is refused if they do. Windows
//! of different anchors can, as dates move. Then the stronger occasion keeps its days and the weaker one keeps the
//! longest stretch that is left. From strong to weak: what was begun, timepoints for every patient (T0), the
//! infusion series, relapse, and the series of patients who are not infused.

use super::{Questionnaire, QuestionnaireState, Window, course::day_after};
use crate::{
    id::AssessmentId,
    order,
    study::{Series, Timepoint},
    time::{Date, days_between},
};

/// An occasion while its plan is being made.
pub(super) struct Occasion<'a> {
    pub(super) id: AssessmentId,
    pub(super) timepoint: &'a Timepoint,
    pub(super) window: Option<Window>,
    pub(super) questionnaires: Vec<Questionnaire>,
    /// Not expected of this patient; what was begun is always expected.
    pub(super) applies: bool,
    /// All that there is of it was answered before inclusion and typed in later.
    pub(super) is_retrospective: bool,
}

impl Occasion<'_> {
    pub(super) fn is_begun(&self) -> bool {
        self.questionnaires.iter().any(|it| it.state != QuestionnaireState::NotStarted)
    }

    /// The day the last questionnaire was sent, once all were.
    pub(super) fn finished_on(&self) -> Option<Date> {
        let sent = self.questionnaires.iter().map(|it| match it.state {
            QuestionnaireState::Submitted(on) => Some(on),
            QuestionnaireState::NotStarted | QuestionnaireState::Started => None,
        });
        sent.collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    fn shares_instrument(&self, other: &Self) -> bool {
        self.questionnaires
            .iter()
            .any(|mine| other.questionnaires.iter().any(|theirs| mine.instrument.key == theirs.instrument.key))
    }

    /// Smaller is stronger.
    fn strength(&self) -> (u8, Option<Date>) {
        let rank = match self.timepoint.series {
            _ if self.is_begun() => 0,
            Series::Always => 1,
            Series::Infused => 2,
            Series::EachTime => 3,
            Series::NotInfused => 4,
        };
        (rank, self.window.map(|window| window.opens_on))
    }

    /// The days this occasion takes from a weaker one: none if it was finished before the other's window opens.
    fn days_taken_from(&self, weaker: &Self, window: Window) -> Option<Window> {
        let over = self.finished_on().is_some_and(|on| on < window.opens_on);
        self.window.filter(|_| !over && self.shares_instrument(weaker))
    }
}

/// The window of a timepoint around its anchor.
pub(super) fn around(anchor: Date, timepoint: &Timepoint) -> Option<Window> {
    let [first, last] = timepoint.days();
    let due_on = day_after(anchor, timepoint.target_day)?;
    Some(Window { opens_on: day_after(anchor, first)?, due_on, closes_on: day_after(anchor, last)? })
}

/// Gives clashing days to the stronger occasion; an occasion that is left without a day does not apply.
///
/// Nobody answers before inclusion, so those days do not count as left.
pub(super) fn settle(occasions: &mut [Occasion<'_>], inclusion: Option<Date>) {
    let mut order: Vec<&mut Occasion<'_>> = occasions.iter_mut().filter(|it| it.applies).collect();
    order::sort_by(&mut order, |a, b| a.strength().cmp(&b.strength()));
    let mut placed: Vec<&mut Occasion<'_>> = Vec::new();
    for occasion in order {
        if let Some(window) = occasion.window.filter(|_| !occasion.is_begun()) {
            let mut taken: Vec<Window> = placed
                .iter()
                .filter(|it| it.applies)
                .filter_map(|it| it.days_taken_from(occasion, window))
                .filter(|it| it.overlaps(window))
                .collect();
            order::sort_by(&mut taken, |a, b| a.opens_on.cmp(&b.opens_on));
            match longest_left(window, &taken, inclusion) {
                Some(left) => occasion.window = Some(left),
                None => occasion.applies = false,
            }
        }
        placed.push(occasion);
    }
}

/// The longest stretch of a window outside the days taken, which come sorted; of equal ones the later.
fn longest_left(window: Window, taken: &[Window], inclusion: Option<Date>) -> Option<Window> {
    if taken.is_empty() {
        return Some(window);
    }
    let mut from = inclusion.map_or(window.opens_on, |inclusion| inclusion.max(window.opens_on));
    let mut left = Vec::new();
    for days in taken {
        left.push((from, day_after(days.opens_on, -1)?));
        from = from.max(day_after(days.closes_on, 1)?);
    }
    left.push((from, window.closes_on));
    left.retain(|(first, last)| first <= last);
    let (opens_on, closes_on) = left.into_iter().max_by_key(|(first, last)| days_between(*first, *last))?;
    Some(Window { opens_on, due_on: window.due_on.clamp(opens_on, closes_on), closes_on })
}

//! A patient's course read for planning: which dates anchor, and when everything ends.

use super::{Facts, Milestone};
use crate::{
    order,
    study::{MilestoneKind, Series, Timepoint},
    time::Date,
};

/// The dates of one patient that planning asks for.
pub(super) struct Course<'a> {
    milestones: &'a [Milestone],
}

impl<'a> Course<'a> {
    pub(super) fn read(facts: &'a Facts) -> Self {
        Self { milestones: &facts.milestones }
    }

    /// The date a timepoint counts from, the nth time it comes round.
    ///
    /// What was observed comes before what is planned, also where the planned one is the anchor itself.
    pub(super) fn anchor(&self, timepoint: &Timepoint, occurrence: u16) -> Option<Date> {
        if timepoint.series == Series::EachTime {
            return self.each_time(timepoint.anchor).get(usize::from(occurrence).checked_sub(1)?).copied();
        }
        if occurrence > 1 {
            return None;
        }
        let stand_in = |date: fn(&Self, MilestoneKind) -> Option<Date>| {
            let fallback = timepoint.fallback?;
            date(self, fallback.anchor).and_then(|date| day_after(date, fallback.days))
        };
        self.observed(timepoint.anchor)
            .or_else(|| stand_in(Self::observed))
            .or_else(|| self.planned(timepoint.anchor))
            .or_else(|| stand_in(Self::planned))
    }

    /// The infusion, observed or still planned.
    pub(super) fn infusion(&self) -> Option<Date> {
        self.observed(MilestoneKind::Infusion).or_else(|| self.planned(MilestoneKind::Infusion))
    }

    pub(super) fn is_infused(&self) -> bool {
        self.observed(MilestoneKind::Infusion).is_some()
    }

    /// The day the infusion was given up, while it was not made after all.
    pub(super) fn given_up_on(&self) -> Option<Date> {
        self.observed(MilestoneKind::InfusionGivenUp).filter(|_| self.infusion().is_none())
    }

    pub(super) fn inclusion(&self) -> Option<Date> {
        self.observed(MilestoneKind::Inclusion)
    }

    /// Death, withdrawal or loss to follow-up, whichever came first: the end of everything later.
    pub(super) fn ended_on(&self) -> Option<Date> {
        MilestoneKind::ENDS.into_iter().filter_map(|kind| self.observed(kind)).min()
    }

    /// The dates of a milestone that can come round again, in their order.
    pub(super) fn each_time(&self, kind: MilestoneKind) -> Vec<Date> {
        let mut dates: Vec<Date> = self.standing(kind, false).collect();
        order::sort_by(&mut dates, Date::cmp);
        dates
    }

    fn observed(&self, kind: MilestoneKind) -> Option<Date> {
        self.standing(kind, false).last()
    }

    fn planned(&self, kind: MilestoneKind) -> Option<Date> {
        self.standing(kind, true).last()
    }

    fn standing(&self, kind: MilestoneKind, planned: bool) -> impl Iterator<Item = Date> {
        self.milestones.iter().filter(move |it| it.kind == kind && it.planned == planned).map(|it| it.on.anchor())
    }
}

/// The day so many days after another; `None` beyond the calendar.
pub(super) fn day_after(date: Date, days: i32) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

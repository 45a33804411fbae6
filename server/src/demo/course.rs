//! The course that an invented illness takes: milestones, each with the day it was entered.
//!
//! What a registry has to cope with occurs: dates that move, relapses, deaths, withdrawals, patients treated before
//! they were included, whose dates may be known to the month or year only, and patients never infused, for each of
//! the protocol's reasons.

use shared::{
    api::MilestoneRequest,
    schedule::Milestone,
    study::{Cause, DeathCause, GivenUpCause, MilestoneKind, WithdrawalKind},
    time::{Date, DatePrecision, PartialDate},
};

use super::{
    dice::Dice,
    people::{Nature, day_after},
};

/// Where invented dates are known from.
const SOURCE: &str = "demonstration";

/// Why the nurse changes a planned infusion.
const PUT_OFF: [&str; 3] =
    ["Infection en cours, perfusion reportée", "Produit livré plus tard", "Place en hospitalisation non disponible"];

/// Why somebody is never infused, and how often each.
const GIVEN_UP: [(GivenUpCause, f64); 5] = [
    (GivenUpCause::DiedBefore, 0.3),
    (GivenUpCause::Progression, 0.3),
    (GivenUpCause::ManufacturingFailure, 0.15),
    (GivenUpCause::Refusal, 0.1),
    (GivenUpCause::OtherTreatment, 0.15),
];

/// Of what those die who had no relapse, in turn.
const WITHOUT_RELAPSE: [DeathCause; 5] =
    [DeathCause::Infection, DeathCause::Toxicity, DeathCause::SecondCancer, DeathCause::Other, DeathCause::Unknown];

/// The milestones of somebody included on a day, as far as they are known today.
pub(super) fn invent(included_on: Date, nature: &Nature, today: Date, dice: &Dice) -> Vec<(MilestoneRequest, Date)> {
    let mut course = Course { included_on, today, dice, entries: Vec::new(), ended_on: None };
    course.run(included_on, nature);
    course.entries
}

/// A course while it is being invented: milestones with the day they were entered.
struct Course<'a> {
    included_on: Date,
    today: Date,
    dice: &'a Dice,
    entries: Vec<(MilestoneRequest, Date)>,
    ended_on: Option<Date>,
}

impl Course<'_> {
    fn run(&mut self, included_on: Date, nature: &Nature) {
        let dice = self.dice;
        self.enter(MilestoneKind::Inclusion, included_on, included_on);
        if dice.happens(0.12) && day_after(included_on, 400) < self.today {
            return self.treated_before(included_on, nature);
        }
        self.enter(MilestoneKind::Rcp, day_after(included_on, -dice.whole(2..=18)), included_on);
        self.enter(MilestoneKind::Information, included_on, included_on);
        let leukapheresis = day_after(included_on, dice.whole(6..=18));
        let planned = day_after(leukapheresis, dice.whole(24..=40));
        self.enter(MilestoneKind::Leukapheresis, leukapheresis, leukapheresis);
        if dice.happens(0.5) {
            let bridging = day_after(leukapheresis, 4);
            self.enter(MilestoneKind::Bridging, bridging, bridging);
        }
        self.plan(MilestoneKind::Infusion, planned, leukapheresis);
        if dice.happens(0.14) {
            return self.never_infused(day_after(planned, -dice.whole(3..=15)));
        }
        let mut infused_on = planned;
        if dice.happens(0.3) {
            infused_on = day_after(planned, dice.whole(4..=21));
            self.postpone(infused_on, day_after(planned, -2));
        }
        let lymphodepletion = day_after(infused_on, -5);
        self.enter(MilestoneKind::Lymphodepletion, lymphodepletion, lymphodepletion);
        self.enter(MilestoneKind::Infusion, infused_on, infused_on);
        let discharged_on = day_after(infused_on, dice.whole(10..=24));
        self.enter(MilestoneKind::Discharge, discharged_on, discharged_on);
        self.after_infusion(infused_on, nature);
    }

    /// Infused before the registry opened; some dates are known only to the month or year.
    fn treated_before(&mut self, included_on: Date, nature: &Nature) {
        let infused_on = day_after(included_on, -self.dice.whole(60..=500));
        let on = if self.dice.happens(0.6) {
            PartialDate::day(infused_on)
        } else if infused_on.year() < included_on.year() && self.dice.happens(0.5) {
            PartialDate { date: infused_on.first_of_year(), precision: DatePrecision::Year }
        } else {
            PartialDate { date: infused_on.first_of_month(), precision: DatePrecision::Month }
        };
        self.add(
            MilestoneRequest::new(Milestone { kind: MilestoneKind::Infusion, on, planned: false }, SOURCE),
            included_on,
        );
        self.after_infusion(included_on, nature);
    }

    /// What was planned does not come to pass; from then on the patient is asked while not infused.
    fn never_infused(&mut self, on: Date) {
        let Some(cause) = self.dice.weighted(&GIVEN_UP).copied() else { return };
        if cause == GivenUpCause::Progression {
            self.enter(MilestoneKind::Relapse, on, on);
        }
        self.enter_because(Cause::InfusionGivenUp(cause), on, on);
        match cause {
            GivenUpCause::DiedBefore => self.die(None, on),
            GivenUpCause::Refusal if self.dice.happens(0.3) => self.withdraw(day_after(on, 5)),
            GivenUpCause::Progression
            | GivenUpCause::ManufacturingFailure
            | GivenUpCause::Refusal
            | GivenUpCause::OtherTreatment
            | GivenUpCause::Other
            | GivenUpCause::Unknown => {
                if self.dice.happens(0.5) {
                    self.die(Some(DeathCause::Disease), day_after(on, 10 + self.dice.days_until(300.0)));
                } else {
                    self.seen_lately(on);
                }
            }
        }
    }

    fn after_infusion(&mut self, from: Date, nature: &Nature) {
        let dice = self.dice;
        if dice.happens(0.09) {
            let withdraws = dice.happens(0.5);
            let on = day_after(from, 30 + dice.days_until(500.0));
            return if withdraws { self.withdraw(on) } else { self.end(MilestoneKind::LostToFollowUp, None, on) };
        }
        // the frail relapse sooner
        if dice.happens((0.42 - 0.15 * nature.vigour).clamp(0.1, 0.8)) {
            let relapse = day_after(from, 30 + dice.days_until(260.0));
            self.enter(MilestoneKind::Relapse, relapse, relapse);
            if dice.happens(0.55) {
                self.die(Some(DeathCause::Disease), day_after(relapse, 20 + dice.days_until(300.0)));
            } else if dice.happens(0.2) {
                let again = day_after(relapse, 60 + dice.days_until(250.0));
                self.enter(MilestoneKind::Relapse, again, again);
            }
        } else if dice.happens(0.07) {
            let on = day_after(from, 25 + dice.days_until(350.0));
            self.die(None, on);
        }
        self.stop_reminders(from);
        self.seen_lately(from);
    }

    /// Some want no more messages, and go on answering.
    fn stop_reminders(&mut self, from: Date) {
        let on = day_after(from, 45);
        let stops = (from - self.included_on).get_days() % 16 == 5;
        if self.ended_on.is_none() && stops {
            self.enter_because(Cause::Withdrawal(WithdrawalKind::StopReminders), on, on);
        }
    }

    fn seen_lately(&mut self, from: Date) {
        let seen = day_after(self.today, -self.dice.whole(5..=80));
        if self.ended_on.is_none() && from < seen {
            self.enter(MilestoneKind::LastNews, seen, seen);
        }
    }

    fn enter(&mut self, kind: MilestoneKind, on: Date, entered_on: Date) {
        self.add(
            MilestoneRequest::new(Milestone { kind, on: PartialDate::day(on), planned: false }, SOURCE),
            entered_on,
        );
    }

    fn enter_because(&mut self, cause: Cause, on: Date, entered_on: Date) {
        let milestone = Milestone { kind: cause.kind(), on: PartialDate::day(on), planned: false };
        self.add(MilestoneRequest::new(milestone, SOURCE).because(cause), entered_on);
    }

    fn plan(&mut self, kind: MilestoneKind, on: Date, entered_on: Date) {
        self.add(
            MilestoneRequest::new(Milestone { kind, on: PartialDate::day(on), planned: true }, SOURCE),
            entered_on,
        );
    }

    fn postpone(&mut self, infusion_on: Date, entered_on: Date) {
        let infusion = Milestone { kind: MilestoneKind::Infusion, on: PartialDate::day(infusion_on), planned: true };
        let reason = self.dice.one_of(&PUT_OFF).copied().unwrap_or_default().to_owned();
        self.add(MilestoneRequest { reason, ..MilestoneRequest::new(infusion, SOURCE) }, entered_on);
    }

    /// One of several in turn, by the days since inclusion: without drawing, so that the rest of the invention stays as
    /// it is, and the same whatever today is.
    fn in_turn<T: Copy>(&self, of: &[T], on: Date) -> Option<T> {
        let day = usize::try_from((on - self.included_on).get_days()).ok()?;
        of.get(day.checked_rem(of.len())?).copied()
    }

    /// Of the disease after a relapse; without one, of one thing or another.
    fn die(&mut self, cause: Option<DeathCause>, on: Date) {
        let cause = cause.or_else(|| self.in_turn(&WITHOUT_RELAPSE, on)).map(Cause::Death);
        self.end(MilestoneKind::Death, cause, on);
    }

    fn withdraw(&mut self, on: Date) {
        let kind = self.in_turn(&[WithdrawalKind::StopKeep, WithdrawalKind::StopErase], on);
        self.end(MilestoneKind::Withdrawal, kind.map(Cause::Withdrawal), on);
    }

    fn end(&mut self, kind: MilestoneKind, cause: Option<Cause>, on: Date) {
        let entered_on = day_after(on, 2);
        match cause {
            Some(cause) => self.enter_because(cause, on, entered_on),
            None => self.enter(kind, on, entered_on),
        }
        self.ended_on = Some(on).filter(|_| entered_on <= self.today);
    }

    /// What has not come to pass by today, or would come after the end, is not known.
    fn add(&mut self, milestone: MilestoneRequest, entered_on: Date) {
        if entered_on <= self.today && self.ended_on.is_none_or(|end| milestone.on.date <= end) {
            self.entries.push((milestone, entered_on));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        clock::Chance,
        demo::{PATIENTS, SEED, people},
    };

    #[test]
    fn everything_a_registry_copes_with_happens_to_somebody() {
        let study = shared::study::shipped().unwrap();
        let today = "2026-03-02".parse().unwrap();
        let people = people::invent(&study, PATIENTS, today, &Dice::new(Chance::seeded(SEED))).unwrap();
        let all = |it: &people::Patient| -> Vec<MilestoneRequest> {
            it.request.milestones.iter().cloned().chain(it.later.iter().map(|(request, _)| request.clone())).collect()
        };
        let courses: Vec<Vec<MilestoneRequest>> = people.iter().map(all).collect();
        let has = |course: &[MilestoneRequest], kind| course.iter().any(|it| it.kind == kind && !it.planned);
        let count = |found: &dyn Fn(&[MilestoneRequest]) -> bool| courses.iter().filter(|it| found(it)).count();

        let requests = || people.iter().map(|it| &it.request);
        assert_eq!(requests().map(|it| &it.hemopathy).collect::<BTreeSet<_>>().len(), study.hemopathies.len());
        assert_eq!(requests().map(|it| &it.site).collect::<BTreeSet<_>>().len(), study.sites.len());
        assert_eq!(requests().map(|it| &it.pathway).collect::<BTreeSet<_>>().len(), study.pathways.len());
        for kind in [MilestoneKind::Death, MilestoneKind::Relapse, MilestoneKind::Infusion] {
            assert!(count(&|course| has(course, kind)) > PATIENTS / 10, "{kind:?}");
        }
        for kind in [MilestoneKind::Withdrawal, MilestoneKind::LostToFollowUp] {
            assert!(count(&|course| has(course, kind)) >= 3, "{kind:?}");
        }
        let put_off = |course: &[MilestoneRequest]| course.iter().any(|it| PUT_OFF.contains(&it.reason.as_str()));
        assert!(count(&put_off) > PATIENTS / 10, "infusions are put off");
        let included_late = people
            .iter()
            .filter(|it| it.request.milestones.iter().any(|it| it.kind == MilestoneKind::Infusion && !it.planned));
        assert!(included_late.count() > PATIENTS / 20, "some were treated before inclusion");
        for precision in [DatePrecision::Month, DatePrecision::Year] {
            assert!(count(&|course| course.iter().any(|it| it.on.precision == precision)) >= 2, "{precision:?}");
        }
        for (cause, _) in GIVEN_UP {
            let never_infused = |course: &[MilestoneRequest]| {
                !has(course, MilestoneKind::Infusion)
                    && course.iter().any(|it| it.cause == Some(Cause::InfusionGivenUp(cause)))
            };
            assert!(count(&never_infused) >= 2, "{cause:?}");
        }
        let rare = [GivenUpCause::Other, GivenUpCause::Unknown].map(Cause::InfusionGivenUp);
        for cause in Cause::ALL.into_iter().filter(|cause| !rare.contains(cause)) {
            let n = count(&|course| course.iter().any(|it| it.cause == Some(cause)));
            assert!((1..PATIENTS / 5).contains(&n), "{cause:?} {n}");
        }
        let goes_on = |course: &[MilestoneRequest]| {
            let stopped = course.iter().position(|it| it.cause.is_some_and(Cause::only_stops_reminders));
            stopped.is_some_and(|at| course.iter().skip(at + 1).any(|it| it.kind == MilestoneKind::LastNews))
        };
        assert!(count(&goes_on) >= 1, "who stops reminders is followed on");
    }
}

//! The course that an invented illness takes: milestones, each with the day it was entered.
//!
//! What a registry has to cope with occurs: dates that move, relapses, deaths, withdrawals, patients treated before
//! they were included, whose dates may be known to the month or year only, and patients never infused, for each of
//! the protocol's reasons.

use shared::{
    api::MilestoneRequest,
    schedule::Milestone,
    study::MilestoneKind,
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

/// Why somebody is never infused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Obstacle {
    Death,
    Progression,
    Manufacturing,
    Refusal,
    OtherTreatment,
}

impl Obstacle {
    /// How often each, among those who are never infused.
    const ALL: [(Self, f64); 5] = [
        (Self::Death, 0.3),
        (Self::Progression, 0.3),
        (Self::Manufacturing, 0.15),
        (Self::Refusal, 0.1),
        (Self::OtherTreatment, 0.15),
    ];

    /// What the nurse writes when she takes the planned infusion back; nothing where the patient died.
    pub(super) const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Death => None,
            Self::Progression => Some("Progression avant la perfusion"),
            Self::Manufacturing => Some("Échec de fabrication du produit"),
            Self::Refusal => Some("Refus du patient"),
            Self::OtherTreatment => Some("Autre traitement choisi en RCP"),
        }
    }
}

/// The milestones of somebody included on a day, as far as they are known today.
pub(super) fn invent(included_on: Date, nature: &Nature, today: Date, dice: &Dice) -> Vec<(MilestoneRequest, Date)> {
    let mut course = Course { today, dice, entries: Vec::new(), ended_on: None };
    course.run(included_on, nature);
    course.entries
}

/// A course while it is being invented: milestones with the day they were entered.
struct Course<'a> {
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
            return self.never_infused(planned, day_after(planned, -dice.whole(3..=15)));
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
    fn never_infused(&mut self, planned_on: Date, on: Date) {
        let Some(obstacle) = self.dice.weighted(&Obstacle::ALL).copied() else { return };
        if obstacle == Obstacle::Progression {
            self.enter(MilestoneKind::Relapse, on, on);
        }
        if let Some(reason) = obstacle.reason() {
            let on_day = PartialDate::day(planned_on);
            let planned = Milestone { kind: MilestoneKind::Infusion, on: on_day, planned: true };
            let back = MilestoneRequest {
                taken_back: true,
                reason: reason.to_owned(),
                ..MilestoneRequest::new(planned, SOURCE)
            };
            self.add(back, on);
        }
        match obstacle {
            Obstacle::Death => self.end(MilestoneKind::Death, on),
            Obstacle::Refusal if self.dice.happens(0.3) => self.end(MilestoneKind::Withdrawal, day_after(on, 5)),
            Obstacle::Progression | Obstacle::Manufacturing | Obstacle::Refusal | Obstacle::OtherTreatment => {
                if self.dice.happens(0.5) {
                    self.end(MilestoneKind::Death, day_after(on, 10 + self.dice.days_until(300.0)));
                } else {
                    self.seen_lately(on);
                }
            }
        }
    }

    fn after_infusion(&mut self, from: Date, nature: &Nature) {
        let dice = self.dice;
        if dice.happens(0.09) {
            let kind = if dice.happens(0.5) { MilestoneKind::Withdrawal } else { MilestoneKind::LostToFollowUp };
            return self.end(kind, day_after(from, 30 + dice.days_until(500.0)));
        }
        // the frail relapse sooner
        if dice.happens((0.42 - 0.15 * nature.vigour).clamp(0.1, 0.8)) {
            let relapse = day_after(from, 30 + dice.days_until(260.0));
            self.enter(MilestoneKind::Relapse, relapse, relapse);
            if dice.happens(0.55) {
                self.end(MilestoneKind::Death, day_after(relapse, 20 + dice.days_until(300.0)));
            } else if dice.happens(0.2) {
                let again = day_after(relapse, 60 + dice.days_until(250.0));
                self.enter(MilestoneKind::Relapse, again, again);
            }
        } else if dice.happens(0.07) {
            self.end(MilestoneKind::Death, day_after(from, 25 + dice.days_until(350.0)));
        }
        self.seen_lately(from);
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

    fn end(&mut self, kind: MilestoneKind, on: Date) {
        let entered_on = day_after(on, 2);
        self.enter(kind, on, entered_on);
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
        for (obstacle, _) in Obstacle::ALL {
            let never_infused = |course: &[MilestoneRequest]| {
                !has(course, MilestoneKind::Infusion)
                    && match obstacle.reason() {
                        Some(reason) => course.iter().any(|it| it.taken_back && it.reason == reason),
                        None => has(course, MilestoneKind::Death) && !course.iter().any(|it| it.taken_back),
                    }
            };
            assert!(count(&never_infused) >= 2, "{obstacle:?}");
        }
    }
}

//! Milestones as they were entered, one after the other: which of them stand, and which put others aside.

use serde::{Deserialize, Serialize};

use super::Milestone;
use crate::{
    id::MilestoneId,
    study::{Cause, MilestoneKind},
};

/// A milestone as it was entered: it adds to what stands, corrects an entry, or takes one back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entered {
    /// Which entry.
    pub id: MilestoneId,
    /// What, when, whether planned; of an entry that takes another back, what it takes back.
    pub milestone: Milestone,
    /// Its cause, where its kind has one.
    pub cause: Option<Cause>,
    /// The entry it corrects or takes back. Without one it puts aside what stands in its place: what is of its kind,
    /// except a relapse, which adds to those before, and an infusion that is given up the one that was planned.
    pub replaces: Option<MilestoneId>,
    /// It only takes back: nothing stands in the place of what it replaces.
    pub taken_back: bool,
}

/// A milestone that stands, with its cause. Plans are made without causes, so that no phone is told of one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingMilestone {
    /// What, when, whether planned.
    pub milestone: Milestone,
    /// Its cause, where its kind has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

impl Entered {
    fn puts_aside(&self, before: &Self) -> bool {
        self.replaces == Some(before.id) || self.milestone.kind.shares_place(before.milestone.kind)
    }

    /// What stands once it is entered, unless it takes back.
    #[must_use]
    pub const fn as_standing(&self) -> StandingMilestone {
        StandingMilestone { milestone: self.milestone, cause: self.cause }
    }
}

/// The entry that each of these put aside, if it did, in the order they were entered.
#[must_use]
pub fn put_aside(entered: &[Entered]) -> Vec<Option<MilestoneId>> {
    let mut standing = Vec::new();
    entered.iter().map(|entry| enter(&mut standing, entry)).collect()
}

/// The entries that stand, by date and kind; `entered` comes in the order of entry.
#[must_use]
pub fn standing(entered: &[Entered]) -> Vec<&Entered> {
    let mut standing = Vec::new();
    for entry in entered {
        enter(&mut standing, entry);
    }
    standing.sort_by_key(|entry| (entry.milestone.on.anchor(), entry.milestone.kind));
    standing
}

/// The milestones that stand: what a plan is made from. A withdrawal that only stops reminders plans nothing and ends
/// nothing, so it is not among them.
#[must_use]
pub fn standing_milestones(entered: &[Entered]) -> Vec<Milestone> {
    let plans = |entry: &&Entered| !entry.cause.is_some_and(Cause::only_stops_reminders);
    standing(entered).into_iter().filter(plans).map(|entry| entry.milestone).collect()
}

/// Whether changing what stood asks for a reason: yes, but for saying that what was planned did happen on its day, for
/// giving up an infusion that was planned, whose cause says why, and for later news that a patient is alive. `now` is
/// nothing when it is taken back.
#[must_use]
pub fn needs_reason(stood: StandingMilestone, now: Option<StandingMilestone>) -> bool {
    let (StandingMilestone { milestone: before, .. }, kind) = (stood, MilestoneKind::InfusionGivenUp);
    let happened = |now: Milestone| before.kind == now.kind && before.on == now.on;
    let came_about = |now: Milestone| before.planned && !now.planned && (happened(now) || now.kind == kind);
    let news = |now: Milestone| now.kind == MilestoneKind::LastNews && before.on.anchor() <= now.on.anchor();
    !now.is_some_and(|now| now == stood || came_about(now.milestone) || news(now.milestone))
}

fn enter<'a>(standing: &mut Vec<&'a Entered>, entry: &'a Entered) -> Option<MilestoneId> {
    let place = standing.iter().position(|before| entry.puts_aside(before));
    let aside = place.map(|place| standing.remove(place).id);
    if !entry.taken_back {
        standing.push(entry);
    }
    aside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        study::{DeathCause, GivenUpCause, WithdrawalKind},
        time::PartialDate,
    };

    fn id(n: u128) -> MilestoneId {
        MilestoneId::new(uuid::Uuid::from_u128(n))
    }

    fn milestone(kind: MilestoneKind, on: &str, planned: bool) -> Milestone {
        Milestone { kind, on: PartialDate::day(on.parse().unwrap()), planned }
    }

    fn entry(n: u128, kind: MilestoneKind, on: &str, replaces: Option<u128>) -> Entered {
        let (milestone, cause) = (milestone(kind, on, false), Cause::of(kind).last());
        Entered { id: id(n), milestone, cause, replaces: replaces.map(id), taken_back: false }
    }

    fn told(entered: &[Entered]) -> Vec<String> {
        standing(entered).iter().map(|it| format!("{:?} {}", it.milestone.kind, it.milestone.on.date)).collect()
    }

    #[test]
    fn the_last_entry_of_a_kind_stands_and_relapses_add_up() {
        let entries = [
            entry(1, MilestoneKind::Infusion, "2026-05-04", None),
            entry(2, MilestoneKind::Relapse, "2026-09-01", None),
            entry(3, MilestoneKind::Infusion, "2026-05-11", None),
            entry(4, MilestoneKind::Relapse, "2026-08-01", None),
        ];
        assert_eq!(told(&entries), ["Infusion 2026-05-11", "Relapse 2026-08-01", "Relapse 2026-09-01"]);
        assert_eq!(put_aside(&entries), [None, None, Some(id(1)), None]);
    }

    #[test]
    fn a_relapse_is_corrected_or_taken_back_by_name() {
        let mut entries = vec![
            entry(1, MilestoneKind::Relapse, "2026-08-01", None),
            entry(2, MilestoneKind::Relapse, "2026-10-01", None),
            entry(3, MilestoneKind::Relapse, "2026-08-15", Some(1)),
        ];
        assert_eq!(told(&entries), ["Relapse 2026-08-15", "Relapse 2026-10-01"]);
        entries.push(Entered { taken_back: true, ..entry(4, MilestoneKind::Relapse, "2026-10-01", Some(2)) });
        assert_eq!(told(&entries), ["Relapse 2026-08-15"]);
        assert_eq!(put_aside(&entries), [None, None, Some(id(1)), Some(id(2))]);
    }

    #[test]
    fn a_death_entered_by_mistake_is_taken_back() {
        let entries = [
            entry(1, MilestoneKind::Death, "2026-08-01", None),
            Entered { taken_back: true, ..entry(2, MilestoneKind::Death, "2026-08-01", Some(1)) },
        ];
        assert_eq!(told(&entries), [""; 0]);
    }

    #[test]
    fn an_infusion_and_its_being_given_up_stand_in_one_place() {
        let given_up = entry(2, MilestoneKind::InfusionGivenUp, "2026-04-20", None);
        let planned = Entered {
            milestone: milestone(MilestoneKind::Infusion, "2026-05-04", true),
            ..entry(1, MilestoneKind::Infusion, "2026-05-04", None)
        };
        let mut entries = vec![planned, given_up];
        assert_eq!(told(&entries), ["InfusionGivenUp 2026-04-20"]);
        entries.push(entry(3, MilestoneKind::Infusion, "2026-06-01", None));
        assert_eq!(told(&entries), ["Infusion 2026-06-01"], "it took place after all");
        assert_eq!(put_aside(&entries), [None, Some(id(1)), Some(id(2))]);
    }

    #[test]
    fn a_withdrawal_that_only_stops_reminders_is_kept_and_plans_nothing() {
        let withdrawal = |kind| Entered {
            cause: Some(Cause::Withdrawal(kind)),
            ..entry(1, MilestoneKind::Withdrawal, "2026-04-20", None)
        };
        for kind in [WithdrawalKind::StopKeep, WithdrawalKind::StopErase] {
            assert_eq!(standing_milestones(&[withdrawal(kind)]).len(), 1, "{kind:?}");
        }
        let only = [withdrawal(WithdrawalKind::StopReminders)];
        assert_eq!((standing(&only).len(), standing_milestones(&only).len()), (1, 0));
    }

    #[test]
    fn every_change_of_what_stood_asks_for_a_reason_but_what_was_to_be_expected() {
        let bare = |kind, on, planned| StandingMilestone { milestone: milestone(kind, on, planned), cause: None };
        let planned = bare(MilestoneKind::Infusion, "2026-05-04", true);
        let infused = |on| bare(MilestoneKind::Infusion, on, false);
        assert!(!needs_reason(planned, Some(infused("2026-05-04"))), "it happened as planned");
        assert!(needs_reason(planned, Some(infused("2026-05-11"))), "it happened on another day");
        assert!(needs_reason(planned, Some(bare(MilestoneKind::Infusion, "2026-05-11", true))));
        assert!(needs_reason(infused("2026-05-04"), Some(infused("2026-05-05"))));
        assert!(needs_reason(infused("2026-05-04"), Some(planned)), "it had happened, and now it is to come");
        assert!(needs_reason(infused("2026-05-04"), None));
        let news = |on| bare(MilestoneKind::LastNews, on, false);
        assert!(!needs_reason(news("2026-05-04"), Some(news("2026-06-04"))), "later news replace earlier ones");
        assert!(needs_reason(news("2026-06-04"), Some(news("2026-05-04"))));
    }

    #[test]
    fn a_cause_is_reason_enough_once_and_its_correction_is_not() {
        let caused =
            |on, cause: Cause| StandingMilestone { milestone: milestone(cause.kind(), on, false), cause: Some(cause) };
        let infusion = |planned| StandingMilestone {
            milestone: milestone(MilestoneKind::Infusion, "2026-05-04", planned),
            cause: None,
        };
        let given_up = |on| caused(on, Cause::InfusionGivenUp(GivenUpCause::Refusal));
        assert!(!needs_reason(infusion(true), Some(given_up("2026-04-20"))), "its cause says why");
        assert!(needs_reason(infusion(false), Some(given_up("2026-05-04"))), "it had taken place");
        assert!(needs_reason(given_up("2026-05-04"), Some(infusion(false))), "it took place after all");
        let died = |cause| caused("2026-05-04", Cause::Death(cause));
        assert!(!needs_reason(died(DeathCause::Unknown), Some(died(DeathCause::Unknown))));
        assert!(needs_reason(died(DeathCause::Unknown), Some(died(DeathCause::Infection))));
    }
}

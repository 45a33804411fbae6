//! Milestones as they were entered, one after the other: which of them stand, and which put others aside.

use super::Milestone;
use crate::{id::MilestoneId, study::MilestoneKind};

/// A milestone as it was entered: it adds to what stands, corrects an entry, or takes one back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entered {
    /// Which entry.
    pub id: MilestoneId,
    /// What, when, whether planned; of an entry that takes another back, what it takes back.
    pub milestone: Milestone,
    /// The entry it corrects or takes back. Without one it puts aside what stands of its kind, except a relapse,
    /// which adds to those before.
    pub replaces: Option<MilestoneId>,
    /// It only takes back: nothing stands in the place of what it replaces.
    pub taken_back: bool,
}

impl Entered {
    fn puts_aside(&self, before: &Self) -> bool {
        let Milestone { kind, .. } = self.milestone;
        self.replaces == Some(before.id) || (kind != MilestoneKind::Relapse && kind == before.milestone.kind)
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

/// The milestones that stand: what a plan is made from.
#[must_use]
pub fn standing_milestones(entered: &[Entered]) -> Vec<Milestone> {
    standing(entered).into_iter().map(|entry| entry.milestone).collect()
}

/// Whether changing what stood asks for a reason: yes, but for saying that what was planned did happen on its day,
/// and for later news that a patient is alive. `now` is nothing when it is taken back.
#[must_use]
pub fn needs_reason(stood: Milestone, now: Option<Milestone>) -> bool {
    let happened = |now: Milestone| stood.planned && !now.planned && stood.on == now.on;
    let news = |now: Milestone| now.kind == MilestoneKind::LastNews && stood.on.anchor() <= now.on.anchor();
    !now.is_some_and(|now| now == stood || happened(now) || news(now))
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
    use crate::time::PartialDate;

    fn id(n: u128) -> MilestoneId {
        MilestoneId::new(uuid::Uuid::from_u128(n))
    }

    fn milestone(kind: MilestoneKind, on: &str, planned: bool) -> Milestone {
        Milestone { kind, on: PartialDate::day(on.parse().unwrap()), planned }
    }

    fn entry(n: u128, kind: MilestoneKind, on: &str, replaces: Option<u128>) -> Entered {
        Entered { id: id(n), milestone: milestone(kind, on, false), replaces: replaces.map(id), taken_back: false }
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
    fn every_change_of_what_stood_asks_for_a_reason_but_what_was_to_be_expected() {
        let planned = milestone(MilestoneKind::Infusion, "2026-05-04", true);
        let infused = |on| milestone(MilestoneKind::Infusion, on, false);
        assert!(!needs_reason(planned, Some(infused("2026-05-04"))), "it happened as planned");
        assert!(needs_reason(planned, Some(infused("2026-05-11"))), "it happened on another day");
        assert!(needs_reason(planned, Some(milestone(MilestoneKind::Infusion, "2026-05-11", true))));
        assert!(needs_reason(infused("2026-05-04"), Some(infused("2026-05-05"))));
        assert!(needs_reason(infused("2026-05-04"), Some(planned)), "it had happened, and now it is to come");
        assert!(needs_reason(infused("2026-05-04"), None));
        let news = |on| milestone(MilestoneKind::LastNews, on, false);
        assert!(!needs_reason(news("2026-05-04"), Some(news("2026-06-04"))), "later news replace earlier ones");
        assert!(needs_reason(news("2026-06-04"), Some(news("2026-05-04"))));
    }
}

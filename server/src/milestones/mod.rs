//! Milestones: the dates a patient's course is told by. Entries are appended; a later one of a kind replaces
//! what stood, except relapses, which add up. The old entry stays in history.

mod queries;
mod routes;

use shared::{
    api::{MilestoneLine, MilestoneRequest},
    id::{MilestoneId, StaffId},
    schedule::Milestone,
    study::MilestoneKind,
    time::{Date, Timestamp},
};

pub use queries::{append, list};
pub use routes::routes;

/// A milestone as it was entered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Which entry.
    pub id: MilestoneId,
    /// What, when, whether planned.
    pub milestone: Milestone,
    /// Where it is known from.
    pub source: String,
    /// The name of the account that entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: Timestamp,
}

/// A milestone about to be entered.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Which entry.
    pub id: MilestoneId,
    /// What was asked for.
    pub request: MilestoneRequest,
    /// Who enters it.
    pub staff: StaffId,
}

/// Whether a later entry replaced each of these, which come in the order they were entered.
fn replaced(entries: &[Entry]) -> Vec<bool> {
    let later_of_kind = |(index, entry): (usize, &Entry)| {
        let kind = entry.milestone.kind;
        kind != MilestoneKind::Relapse && entries.iter().skip(index + 1).any(|later| later.milestone.kind == kind)
    };
    entries.iter().enumerate().map(later_of_kind).collect()
}

/// The milestones that stand, by date: of one kind the one entered last, and every relapse.
#[must_use]
pub fn standing(entered: impl IntoIterator<Item = Milestone>) -> Vec<Milestone> {
    let mut standing: Vec<Milestone> = Vec::new();
    for milestone in entered {
        if milestone.kind != MilestoneKind::Relapse {
            standing.retain(|it| it.kind != milestone.kind);
        }
        standing.push(milestone);
    }
    standing.sort_by_key(|milestone| (milestone.on.anchor(), milestone.kind));
    standing
}

/// All entries as a patient's file shows them, the newest first.
#[must_use]
pub fn lines(entries: &[Entry]) -> Vec<MilestoneLine> {
    let line = |(entry, replaced): (&Entry, bool)| MilestoneLine {
        id: entry.id,
        kind: entry.milestone.kind,
        on: entry.milestone.on,
        planned: entry.milestone.planned,
        source: entry.source.clone(),
        entered_by: entry.entered_by.clone(),
        entered_at: entry.entered_at,
        replaced,
    };
    let mut lines: Vec<MilestoneLine> = entries.iter().zip(replaced(entries)).map(line).collect();
    lines.reverse();
    lines
}

/// Why a milestone is not entered, in a sentence; `None` when it is.
#[must_use]
pub fn refusal(request: &MilestoneRequest, today: Date) -> Option<&'static str> {
    if request.on.anchor().year() < 1900 {
        return Some("The date is before 1900. Nothing was saved; check the year.");
    }
    if !request.planned && request.on.date > today {
        return Some("The date is still to come. Nothing was saved; mark it as planned, or correct it.");
    }
    if request.source.chars().count() > 200 {
        return Some("The source is longer than 200 characters. Nothing was saved; shorten it.");
    }
    None
}

#[cfg(test)]
mod tests {
    use shared::{
        api::MilestoneRequest,
        id::MilestoneId,
        schedule::Milestone,
        study::MilestoneKind,
        time::{PartialDate, Timestamp},
    };

    use super::{Entry, lines, refusal, standing};

    fn entry(n: u128, kind: MilestoneKind, on: &str) -> Entry {
        let on = PartialDate::day(on.parse().unwrap());
        Entry {
            id: MilestoneId::new(uuid::Uuid::from_u128(n)),
            milestone: Milestone { kind, on, planned: false },
            source: String::new(),
            entered_by: "claire".to_owned(),
            entered_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_last_entry_of_a_kind_stands_and_relapses_add_up() {
        let entries = [
            entry(1, MilestoneKind::Infusion, "2026-05-04"),
            entry(2, MilestoneKind::Relapse, "2026-09-01"),
            entry(3, MilestoneKind::Infusion, "2026-05-11"),
            entry(4, MilestoneKind::Relapse, "2026-08-01"),
        ];
        let told: Vec<String> = standing(entries.iter().map(|it| it.milestone))
            .iter()
            .map(|it| format!("{:?} {}", it.kind, it.on.date))
            .collect();
        assert_eq!(told, ["Infusion 2026-05-11", "Relapse 2026-08-01", "Relapse 2026-09-01"]);
        let replaced: Vec<bool> = lines(&entries).iter().map(|line| line.replaced).collect();
        assert_eq!(replaced, [false, false, false, true]);
    }

    #[test]
    fn what_is_still_to_come_can_only_be_planned() {
        let request = |on: &str, planned| MilestoneRequest {
            kind: MilestoneKind::Infusion,
            on: PartialDate::day(on.parse().unwrap()),
            planned,
            source: String::new(),
        };
        let today = "2026-03-02".parse().unwrap();
        assert_eq!(refusal(&request("2026-03-02", false), today), None);
        assert_eq!(refusal(&request("2026-04-02", true), today), None);
        assert!(refusal(&request("2026-03-03", false), today).is_some());
        assert!(refusal(&request("0206-03-02", false), today).is_some());
    }
}

//! Milestones: the dates a patient's course is told by. Entries are appended and none is changed: a later one
//! replaces or takes back what stood, with its reason, and what stood stays in history.

mod queries;
mod routes;

use shared::{
    api::{MilestoneLine, MilestoneRequest},
    id::{MilestoneId, StaffId},
    schedule::{self, Entered, StandingMilestone},
    study::Cause,
    time::{Date, Timestamp},
};

pub use queries::list;
pub use routes::routes;

use crate::{auth::guard::OnePatientScope, db::Tx, reminders};

/// A milestone as it was entered, with what its line in the file tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// What.
    pub entered: Entered,
    /// Where it is known from.
    pub source: String,
    /// Why it changes what stood.
    pub reason: String,
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

/// Enters a milestone after those there are; a withdrawal from reminders stops them with it.
///
/// # Errors
/// When the database could not, or somebody else entered one at the same moment.
pub async fn enter(tx: &mut Tx, scope: &OnePatientScope, entry: &NewEntry, now: Timestamp) -> sqlx::Result<()> {
    if entry.request.cause.is_some_and(Cause::only_stops_reminders) {
        reminders::choose(tx, scope, false, entry.staff, now).await?;
    }
    queries::append(tx, scope, entry, now).await
}

/// The entries without what only their lines tell.
#[must_use]
pub fn entered(entries: &[Entry]) -> Vec<Entered> {
    entries.iter().map(|entry| entry.entered.clone()).collect()
}

/// A request as an entry of this id.
#[must_use]
pub fn as_entered(request: &MilestoneRequest, id: MilestoneId) -> Entered {
    let &MilestoneRequest { cause, replaces, taken_back, .. } = request;
    Entered { id, milestone: request.milestone(), cause, replaces, taken_back }
}

/// All entries as a patient's file shows them, the newest first.
#[must_use]
pub fn lines(entries: &[Entry]) -> Vec<MilestoneLine> {
    let put_aside = schedule::put_aside(&entered(entries));
    let line = |(entry, replaces): (&Entry, &Option<MilestoneId>)| {
        let Entered { id, milestone, cause, taken_back, .. } = entry.entered;
        MilestoneLine {
            id,
            kind: milestone.kind,
            on: milestone.on,
            planned: milestone.planned,
            cause,
            source: entry.source.clone(),
            entered_by: entry.entered_by.clone(),
            entered_at: entry.entered_at,
            replaced: put_aside.contains(&Some(id)),
            replaces: *replaces,
            taken_back,
            reason: entry.reason.clone(),
        }
    };
    let mut lines: Vec<MilestoneLine> = entries.iter().zip(&put_aside).map(line).collect();
    lines.reverse();
    lines
}

/// Whether a withdrawal from reminders alone stands.
#[must_use]
pub fn withdrew_from_reminders(entries: &[Entry]) -> bool {
    let entered = entered(entries);
    schedule::standing(&entered).iter().any(|it| it.cause.is_some_and(Cause::only_stops_reminders))
}

/// What stands and would be put aside by this request.
#[must_use]
pub fn stood(request: &MilestoneRequest, entries: &[Entered]) -> Option<StandingMilestone> {
    let standing = schedule::standing(entries);
    let in_place = |it: &&Entered| request.kind.shares_place(it.milestone.kind);
    let named = |it: &&Entered| request.replaces.is_some_and(|id| id == it.id);
    standing.into_iter().find(|it| in_place(it) || named(it)).map(Entered::as_standing)
}

/// Whether this request is only recorded with a reason.
#[must_use]
pub fn needs_reason(request: &MilestoneRequest, entries: &[Entered]) -> bool {
    let now = StandingMilestone { milestone: request.milestone(), cause: request.cause };
    let now = Some(now).filter(|_| !request.taken_back);
    stood(request, entries).is_some_and(|stood| schedule::needs_reason(stood, now))
}

/// Why a milestone does not fit what was entered before, in a sentence; `None` when it does.
#[must_use]
pub fn conflict(request: &MilestoneRequest, entries: &[Entered]) -> Option<&'static str> {
    let is_named = |it: &&Entered| Some(it.id) == request.replaces && it.milestone.kind == request.kind;
    if request.n_entries.is_some_and(|n| n != entries.len())
        || (request.replaces.is_some() && !schedule::standing(entries).iter().any(is_named))
    {
        return Some("The milestones were changed in the meantime. Nothing was saved; look at them again.");
    }
    None
}

/// Why a milestone is not entered, in a sentence; `None` when it is.
#[must_use]
pub fn refusal(request: &MilestoneRequest, today: Date) -> Option<&'static str> {
    if request.on.anchor().year() < 1900 {
        return Some("The date is before 1900. Nothing was saved; check the year.");
    }
    if !request.taken_back && !request.planned && request.on.date > today {
        return Some("The date is still to come. Nothing was saved; mark it as planned, or correct it.");
    }
    if request.cause.is_some_and(|cause| cause.kind() != request.kind) {
        return Some("The cause belongs to another kind of milestone. Nothing was saved; choose one of this kind.");
    }
    if !request.taken_back && request.cause.is_none() && Cause::of(request.kind).next().is_some() {
        return Some("This kind of milestone has a cause. Nothing was saved; choose one, or say that it is unknown.");
    }
    if request.cause.is_some() && request.planned {
        return Some("It can only have happened. Nothing was saved; take the plan out, or enter it when it happens.");
    }
    if request.source.chars().count() > 200 {
        return Some("The source is longer than 200 characters. Nothing was saved; shorten it.");
    }
    if request.reason.chars().count() > 500 {
        return Some("The reason is longer than 500 characters. Nothing was saved; shorten it.");
    }
    if request.taken_back && request.replaces.is_none() {
        return Some("It does not say which entry is taken back. Nothing was saved; name it.");
    }
    None
}

#[cfg(test)]
mod tests {
    use shared::{
        api::MilestoneRequest,
        id::MilestoneId,
        schedule::{Entered, Milestone},
        study::{Cause, DeathCause, GivenUpCause, MilestoneKind},
        time::{PartialDate, Timestamp},
    };

    use super::{Entry, conflict, entered, lines, needs_reason, refusal};

    fn id(n: u128) -> MilestoneId {
        MilestoneId::new(uuid::Uuid::from_u128(n))
    }

    fn infusion(on: &str, planned: bool) -> Milestone {
        Milestone { kind: MilestoneKind::Infusion, on: PartialDate::day(on.parse().unwrap()), planned }
    }

    fn entry(n: u128, milestone: Milestone, replaces: Option<u128>, taken_back: bool) -> Entry {
        Entry {
            entered: Entered { id: id(n), milestone, cause: None, replaces: replaces.map(id), taken_back },
            source: String::new(),
            reason: String::new(),
            entered_by: "claire".to_owned(),
            entered_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn each_line_tells_what_it_put_aside_and_whether_it_stands() {
        let entries = [
            entry(1, infusion("2026-05-04", true), None, false),
            entry(2, infusion("2026-05-11", true), None, false),
            entry(3, infusion("2026-05-11", true), Some(2), true),
        ];
        let told: Vec<(bool, Option<MilestoneId>, bool)> =
            lines(&entries).iter().map(|line| (line.replaced, line.replaces, line.taken_back)).collect();
        assert_eq!(told, [(false, Some(id(2)), true), (true, Some(id(1)), false), (true, None, false)]);
    }

    #[test]
    fn what_is_still_to_come_can_only_be_planned() {
        let request = |on: &str, planned| MilestoneRequest::new(infusion(on, planned), "");
        let today = "2026-03-02".parse().unwrap();
        assert_eq!(refusal(&request("2026-03-02", false), today), None);
        assert_eq!(refusal(&request("2026-04-02", true), today), None);
        assert!(refusal(&request("2026-03-03", false), today).is_some());
        assert!(refusal(&request("0206-03-02", false), today).is_some());
    }

    #[test]
    fn a_cause_is_asked_where_the_kind_has_one_and_belongs_to_it() {
        let today = "2026-03-12".parse().unwrap();
        let told = |kind, cause| {
            let on = PartialDate::day("2026-03-02".parse().unwrap());
            let request = MilestoneRequest::new(Milestone { kind, on, planned: false }, "");
            refusal(&MilestoneRequest { cause, ..request }, today).is_none()
        };
        let (died, refused) = (Cause::Death(DeathCause::Unknown), Cause::InfusionGivenUp(GivenUpCause::Refusal));
        assert!(told(MilestoneKind::Death, Some(died)));
        assert!(!told(MilestoneKind::Death, None), "unknown is said, not left out");
        assert!(!told(MilestoneKind::Death, Some(refused)));
        assert!(told(MilestoneKind::InfusionGivenUp, Some(refused)));
        assert!(!told(MilestoneKind::Infusion, Some(refused)));
        assert!(!told(MilestoneKind::Withdrawal, None));
        let planned = MilestoneRequest::new(infusion("2026-03-02", true), "");
        let planned = MilestoneRequest { kind: MilestoneKind::InfusionGivenUp, ..planned }.because(refused);
        assert!(refusal(&planned, today).is_some(), "nobody plans to give up");
        let back = MilestoneRequest { taken_back: true, replaces: Some(id(1)), cause: None, planned: false, ..planned };
        assert!(refusal(&back, today).is_none(), "taking back says nothing of why it was");
    }

    #[test]
    fn a_change_names_an_entry_that_stands_and_was_seen() {
        let entries = entered(&[
            entry(1, infusion("2026-05-04", true), None, false),
            entry(2, infusion("2026-05-11", true), Some(1), false),
        ]);
        let request = |replaces: Option<u128>, n_entries| MilestoneRequest {
            replaces: replaces.map(id),
            n_entries,
            ..MilestoneRequest::new(infusion("2026-05-18", true), "")
        };
        assert_eq!(conflict(&request(Some(2), Some(2)), &entries), None);
        assert_eq!(conflict(&request(None, None), &entries), None);
        assert!(conflict(&request(Some(2), Some(1)), &entries).is_some(), "another entry came in between");
        assert!(conflict(&request(Some(1), None), &entries).is_some(), "it stands no longer");
        assert!(needs_reason(&request(Some(2), None), &entries));
        let death = MilestoneRequest { kind: MilestoneKind::Death, ..request(Some(2), None) };
        assert!(conflict(&death, &entries).is_some(), "a death corrects no infusion");
    }
}

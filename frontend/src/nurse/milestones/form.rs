//! What a nurse types to record a milestone, and the order in which milestones are read.

use shared::{
    api::{MilestoneLine, MilestoneRequest},
    id::MilestoneId,
    schedule::Milestone,
    study::{Cause, MilestoneKind},
    time::Date,
};

use crate::{
    staff::{DateProblem, parse_partial},
    ui::DateParts,
};

/// Every kind, in the order of a patient's time.
pub(crate) const KINDS: [MilestoneKind; 15] = [
    MilestoneKind::Rcp,
    MilestoneKind::Inclusion,
    MilestoneKind::Information,
    MilestoneKind::Leukapheresis,
    MilestoneKind::Bridging,
    MilestoneKind::Lymphodepletion,
    MilestoneKind::Infusion,
    MilestoneKind::InfusionGivenUp,
    MilestoneKind::Discharge,
    MilestoneKind::Relapse,
    MilestoneKind::SecondInfusion,
    MilestoneKind::LastNews,
    MilestoneKind::Death,
    MilestoneKind::Withdrawal,
    MilestoneKind::LostToFollowUp,
];

/// The boxes as they stand.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct MilestoneForm {
    /// What; nothing chosen yet, if none.
    pub(crate) kind: Option<MilestoneKind>,
    /// When.
    pub(crate) on: DateParts,
    /// Its cause, where the kind has one; nothing chosen yet, if none.
    pub(crate) cause: Option<Cause>,
    /// Where it is known from.
    pub(crate) source: String,
    /// The entry it corrects.
    pub(crate) replaces: Option<MilestoneId>,
}

/// Why the form cannot be sent as it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum MilestoneProblem {
    /// No kind is chosen.
    KindMissing,
    /// This kind has a cause, and none is chosen.
    CauseMissing,
    /// No date is given.
    DateMissing,
    /// What is given is no date.
    Date(DateProblem),
    /// This kind cannot lie after today.
    Ahead,
}

/// Whether a milestone of this kind can be planned, or only have happened.
pub(crate) const fn can_be_planned(kind: MilestoneKind) -> bool {
    match kind {
        MilestoneKind::Rcp
        | MilestoneKind::Leukapheresis
        | MilestoneKind::Bridging
        | MilestoneKind::Lymphodepletion
        | MilestoneKind::Infusion
        | MilestoneKind::Discharge
        | MilestoneKind::SecondInfusion => true,
        MilestoneKind::Inclusion
        | MilestoneKind::InfusionGivenUp
        | MilestoneKind::Information
        | MilestoneKind::Relapse
        | MilestoneKind::LastNews
        | MilestoneKind::Death
        | MilestoneKind::Withdrawal
        | MilestoneKind::LostToFollowUp => false,
    }
}

impl MilestoneForm {
    /// Reads the form; every problem at once.
    pub(crate) fn read(&self, today: Date) -> Result<MilestoneRequest, Vec<MilestoneProblem>> {
        let mut problems = Vec::new();
        if self.kind.is_none() {
            problems.push(MilestoneProblem::KindMissing);
        }
        let cause = self.cause.filter(|cause| Some(cause.kind()) == self.kind);
        if cause.is_none() && self.kind.is_some_and(|kind| Cause::of(kind).next().is_some()) {
            problems.push(MilestoneProblem::CauseMissing);
        }
        let on = match parse_partial(&self.on, today) {
            Ok(Some(on)) => Some(on),
            Ok(None) => {
                problems.push(MilestoneProblem::DateMissing);
                None
            }
            Err(problem) => {
                problems.push(MilestoneProblem::Date(problem));
                None
            }
        };
        let planned = on.is_some_and(|on| on.anchor() > today);
        let ahead = on.is_some_and(|on| on.date > today);
        if ahead && self.kind.is_some_and(|kind| !can_be_planned(kind)) {
            problems.push(MilestoneProblem::Ahead);
        }
        match (self.kind, on) {
            (Some(kind), Some(on)) if problems.is_empty() => {
                let milestone = Milestone { kind, on, planned: planned && can_be_planned(kind) };
                let request = MilestoneRequest::new(milestone, self.source.trim());
                Ok(MilestoneRequest { cause, replaces: self.replaces, ..request })
            }
            _ => Err(problems),
        }
    }
}

/// The request that takes an entry back.
pub(crate) fn taking_back(line: &MilestoneLine) -> MilestoneRequest {
    let milestone = Milestone { kind: line.kind, on: line.on, planned: line.planned };
    let request = MilestoneRequest::new(milestone, line.source.clone());
    MilestoneRequest { replaces: Some(line.id), taken_back: true, ..request }
}

/// The entries that stand, in the order of a patient's time.
pub(crate) fn standing(lines: &[MilestoneLine]) -> Vec<&MilestoneLine> {
    let mut standing: Vec<_> = lines.iter().filter(|line| !line.replaced && !line.taken_back).collect();
    standing.sort_by_key(|line| (line.on.anchor(), line.kind));
    standing
}

/// The entries that changed what stood, each with what it put aside; newest first, as the lines come.
pub(crate) fn changes(lines: &[MilestoneLine]) -> Vec<(&MilestoneLine, &MilestoneLine)> {
    let stood = |line: &MilestoneLine| lines.iter().find(|before| Some(before.id) == line.replaces);
    lines.iter().filter_map(|line| Some((line, stood(line)?))).collect()
}

#[cfg(test)]
mod tests {
    use shared::{
        study::{DeathCause, GivenUpCause},
        time::PartialDate,
    };

    use super::*;

    fn today() -> Date {
        "2026-03-12".parse().unwrap()
    }

    fn form(kind: MilestoneKind, boxes: [&str; 3]) -> MilestoneForm {
        let [day, month, year] = boxes.map(str::to_owned);
        MilestoneForm { kind: Some(kind), on: DateParts { day, month, year }, ..MilestoneForm::default() }
    }

    fn line(n: u8, kind: MilestoneKind, on: &str, replaces: Option<u8>) -> MilestoneLine {
        let id = |n: u8| format!("018f0000-0000-7000-8000-00000000000{n}").parse().unwrap();
        MilestoneLine {
            id: id(n),
            kind,
            on: PartialDate::day(on.parse().unwrap()),
            planned: false,
            cause: None,
            source: "letter".to_owned(),
            entered_by: "claire".to_owned(),
            entered_at: "2026-03-12T09:00:00Z".parse().unwrap(),
            replaced: false,
            replaces: replaces.map(id),
            taken_back: false,
            reason: String::new(),
        }
    }

    #[test]
    fn an_infusion_can_be_planned_and_a_death_cannot() {
        let planned = form(MilestoneKind::Infusion, ["2", "4", "2026"]).read(today()).unwrap();
        assert!(planned.planned);
        let cause = Some(Cause::Death(DeathCause::Unknown));
        let refused = MilestoneForm { cause, ..form(MilestoneKind::Death, ["2", "4", "2026"]) }.read(today());
        assert_eq!(refused, Err(vec![MilestoneProblem::Ahead]));
    }

    #[test]
    fn this_month_is_not_ahead_for_what_has_happened() {
        let relapse = form(MilestoneKind::Relapse, ["", "3", "2026"]).read(today()).unwrap();
        assert!(!relapse.planned);
    }

    #[test]
    fn a_cause_is_asked_of_the_kinds_that_have_one_and_only_their_own_is_sent() {
        let died = |cause| MilestoneForm { cause, ..form(MilestoneKind::Death, ["2", "3", "2026"]) }.read(today());
        let (unknown, refusal) = (Cause::Death(DeathCause::Unknown), Cause::InfusionGivenUp(GivenUpCause::Refusal));
        assert_eq!(died(None), Err(vec![MilestoneProblem::CauseMissing]));
        assert_eq!(died(Some(refusal)), Err(vec![MilestoneProblem::CauseMissing]), "it was chosen for another kind");
        assert_eq!(died(Some(unknown)).unwrap().cause, Some(unknown));
        let infused = form(MilestoneKind::Infusion, ["2", "3", "2026"]);
        assert_eq!(MilestoneForm { cause: Some(refusal), ..infused }.read(today()).unwrap().cause, None);
    }

    #[test]
    fn an_empty_form_tells_all_that_is_missing() {
        let problems = MilestoneForm::default().read(today()).unwrap_err();
        assert_eq!(problems, [MilestoneProblem::KindMissing, MilestoneProblem::DateMissing]);
    }

    #[test]
    fn what_stands_reads_in_the_order_of_time_and_what_changed_it_newest_first() {
        let lines = [
            MilestoneLine { taken_back: true, ..line(4, MilestoneKind::Death, "2026-02-20", Some(3)) },
            MilestoneLine { replaced: true, ..line(3, MilestoneKind::Death, "2026-02-20", None) },
            line(2, MilestoneKind::Infusion, "2026-02-10", Some(1)),
            MilestoneLine { replaced: true, ..line(1, MilestoneKind::Infusion, "2026-02-03", None) },
            line(0, MilestoneKind::Rcp, "2025-12-01", None),
        ];
        let kinds: Vec<_> = standing(&lines).iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [MilestoneKind::Rcp, MilestoneKind::Infusion]);
        let told: Vec<_> = changes(&lines).iter().map(|(now, stood)| (now.kind, stood.on.date.to_string())).collect();
        assert_eq!(
            told,
            [(MilestoneKind::Death, "2026-02-20".to_owned()), (MilestoneKind::Infusion, "2026-02-03".to_owned())]
        );
    }

    #[test]
    fn taking_back_names_the_entry_and_puts_nothing_in_its_place() {
        let death = line(3, MilestoneKind::Death, "2026-02-20", None);
        let request = taking_back(&death);
        assert_eq!((request.replaces, request.taken_back, request.kind), (Some(death.id), true, MilestoneKind::Death));
    }
}

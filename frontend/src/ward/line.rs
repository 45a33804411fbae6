//! One line of what the tablet holds: whose, how far, and what still waits for the hospital.

use std::{cmp::Reverse, collections::BTreeSet};

use shared::{
    answers::{AnswerEvent, EventBody, KnownBody},
    api::IdentityItem,
    id::DeviceId,
    sync::store::Tally,
    time::Timestamp,
};

use super::vault::{Prepared, Secrets};

/// A device that the tablet is for a patient.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// What may be known without the PIN.
    pub(super) prepared: Prepared,
    /// The rest; `None` when it was sealed under another PIN and is to be prepared again.
    pub(super) secrets: Option<Secrets>,
    /// How much it holds.
    pub(super) tally: Tally,
    /// What waits for the hospital.
    pub(super) outbox: Outbox,
}

/// What a device holds that the patient has sent and the hospital has not.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Outbox {
    /// So many questionnaires.
    pub(super) n_questionnaires: usize,
    /// The first of them, by the tablet's clock.
    pub(super) since: Option<Timestamp>,
}

impl Outbox {
    /// Counts the sendings among these events.
    pub(super) fn of(events: &[AnswerEvent]) -> Self {
        let sent = || events.iter().filter(|event| event.body == EventBody::Known(KnownBody::Submitted));
        Self { n_questionnaires: sent().count(), since: sent().map(|event| event.clock.at).min() }
    }
}

/// How far a patient's answers on the tablet have come.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Progress {
    /// Begun and not sent.
    Begun,
    /// Sent by the patient, not yet received.
    Waiting,
    /// The hospital set something aside.
    SetAside,
    /// Nothing was answered yet.
    Ready,
}

/// What waits on the whole tablet.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Waiting {
    /// So many questionnaires.
    pub(super) n_questionnaires: usize,
    /// Of so many patients.
    pub(super) n_patients: usize,
    /// Since then.
    pub(super) since: Option<Timestamp>,
}

impl Line {
    /// Begun ones first, then by registry number.
    pub(super) fn order(&self) -> (Progress, Option<String>, Reverse<Timestamp>) {
        let number = self.secrets.as_ref().map(|secrets| secrets.patient.registry_number.clone());
        (self.progress(), number, Reverse(self.prepared.at))
    }

    /// Whose row it is and all that the row shows.
    pub(super) const fn shown(&self) -> (DeviceId, Timestamp, Progress, usize, bool) {
        let Prepared { device, at, .. } = self.prepared;
        (device, at, self.progress(), self.outbox.n_questionnaires, self.secrets.is_some())
    }

    /// How far it has come.
    pub(super) const fn progress(&self) -> Progress {
        match self.tally {
            Tally { drafts: 1.., .. } => Progress::Begun,
            Tally { waiting: 1.., .. } => Progress::Waiting,
            Tally { quarantined: 1.., .. } => Progress::SetAside,
            Tally { .. } => Progress::Ready,
        }
    }

    /// The hospital has all that was answered here, and something was.
    pub(super) const fn is_received(&self) -> bool {
        matches!(self.tally, Tally { drafts: 0, waiting: 0, quarantined: 0, received: 1.., .. })
    }
}

/// What waits, over all lines.
pub(super) fn waiting(lines: &[Line]) -> Waiting {
    let waiting = || lines.iter().filter(|line| line.tally.waiting > 0);
    Waiting {
        n_questionnaires: waiting().map(|line| line.outbox.n_questionnaires).sum(),
        n_patients: waiting().map(|line| line.prepared.patient).collect::<BTreeSet<_>>().len(),
        since: waiting().filter_map(|line| line.outbox.since).min(),
    }
}

/// The two items that are compared before the tablet is handed over: the first two that are known, in the order in
/// which hospitals ask. The bracelet is always there to be looked at.
pub(super) fn items_to_check(secrets: &Secrets) -> [IdentityItem; 2] {
    let has_name = !secrets.patient.name.is_empty();
    match (has_name, secrets.patient.birth_date) {
        (true, Some(_)) => [IdentityItem::Name, IdentityItem::BirthDate],
        (true, None) => [IdentityItem::Name, IdentityItem::RegistryNumber],
        (false, Some(_)) => [IdentityItem::BirthDate, IdentityItem::RegistryNumber],
        (false, None) => [IdentityItem::RegistryNumber, IdentityItem::Wristband],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn secrets(name: &str, birth_date: Option<&str>) -> Secrets {
        serde_json::from_value(json!({
            "patient": {
                "patient": "00000000-0000-0000-0000-000000000001", "registry_number": "R-1", "name": name,
                "birth_date": birth_date, "site": "toulouse",
            },
            "credential": "c", "language": "fr",
        }))
        .unwrap()
    }

    fn line(patient: u8, tally: Tally, sent: &[&str]) -> Line {
        let prepared = json!({
            "device": format!("00000000-0000-0000-0000-0000000001{patient:02}"),
            "patient": format!("00000000-0000-0000-0000-0000000000{patient:02}"),
            "at": "2026-03-02T08:00:00Z", "given_at": null, "finished": false,
        });
        let since = sent.iter().map(|at| at.parse().unwrap()).min();
        let outbox = Outbox { n_questionnaires: sent.len(), since };
        Line { prepared: serde_json::from_value(prepared).unwrap(), secrets: None, tally, outbox }
    }

    #[test]
    fn two_items_are_always_compared_and_what_is_not_known_is_not_asked() {
        use IdentityItem::{BirthDate, Name, RegistryNumber, Wristband};
        for (name, birth_date, items) in [
            ("Lefèvre Émile", Some("1961-04-07"), [Name, BirthDate]),
            ("Lefèvre Émile", None, [Name, RegistryNumber]),
            ("", Some("1961-04-07"), [BirthDate, RegistryNumber]),
            ("", None, [RegistryNumber, Wristband]),
        ] {
            assert_eq!(items_to_check(&secrets(name, birth_date)), items);
        }
    }

    #[test]
    fn what_waits_is_counted_over_patients_and_since_the_first() {
        let waits = |waiting| Tally { waiting, ..Tally::default() };
        let lines = [
            line(1, waits(31), &["2026-03-02T09:30:00Z"]),
            line(2, waits(24), &["2026-03-02T09:20:00Z", "2026-03-02T09:10:00Z"]),
            line(3, waits(0), &[]),
        ];
        let told = waiting(&lines);
        assert_eq!((told.n_questionnaires, told.n_patients), (3, 2));
        assert_eq!(told.since.map(|at| at.to_string()).as_deref(), Some("2026-03-02T09:10:00Z"));
        assert_eq!(waiting(&[]), Waiting::default());
    }

    #[test]
    fn a_line_is_received_only_when_nothing_of_it_is_anywhere_else() {
        let all = Tally { received: 12, ..Tally::default() };
        assert!(line(1, all, &[]).is_received());
        for tally in [
            Tally { drafts: 1, ..all },
            Tally { waiting: 1, ..all },
            Tally { quarantined: 1, ..all },
            Tally { received: 0, ..all },
        ] {
            assert!(!line(1, tally, &[]).is_received(), "{tally:?}");
        }
    }
}

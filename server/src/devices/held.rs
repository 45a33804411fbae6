//! What a device tells of what it holds: how much waits on it, and whether some of what it once held is gone.
//!
//! A device tells numbers, never contents. One that holds less than it held, while not all that waited then has arrived
//! since, has lost answers: its browser cleared its store, or an old copy of it came back. That is kept, and audited.

use shared::{id::DeviceId, sync::protocol::Told, time::Timestamp};

use super::queries;
use crate::{
    audit::{self, Operation},
    auth::guard::PatientScope,
    state::AppState,
    sync,
};

/// What is known of a device's holding.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Holding {
    /// Answers it told of that the hospital has not.
    pub(super) n_unsent: i64,
    /// Since when it tells of some.
    pub(super) unsent_since: Option<Timestamp>,
    /// How much of its own it told of last.
    pub(super) n_held: i64,
    /// How much of its own had been received when it did.
    pub(super) n_received: i64,
    /// How many answers it has lost, all in all.
    pub(super) n_lost: i64,
    /// When the last of them were found to be lost; `None` while none were, or once somebody looked.
    pub(super) lost_at: Option<Timestamp>,
}

impl Holding {
    /// What is known once a device has told; the hospital received `n_received` events from it.
    pub(super) fn after(&self, told: Told, n_received: i64, now: Timestamp) -> Self {
        let (n_unsent, n_held) = (column(told.unsent), column(told.held));
        // of what it lacks, what waited then and did not arrive since is gone
        let still_waiting = self.n_unsent - (n_received - self.n_received).max(0);
        let gone = still_waiting.min(self.n_held - n_held).max(0);
        Self {
            n_unsent,
            unsent_since: (n_unsent > 0).then(|| self.unsent_since.unwrap_or(now)),
            n_held,
            n_received,
            n_lost: self.n_lost.saturating_add(gone),
            lost_at: if gone > 0 { Some(now) } else { self.lost_at },
        }
    }

    /// Whether a device tells nothing new.
    fn is_as(&self, told: Told) -> bool {
        (self.n_unsent, self.n_held) == (column(told.unsent), column(told.held))
    }

    /// Since when it asks for a look; `None` while it does not.
    pub(super) fn asks_since(&self) -> Option<Timestamp> {
        self.unsent_since.into_iter().chain(self.lost_at).min()
    }
}

fn column(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Takes in what a device tells; writes only when it tells something new.
///
/// # Errors
/// When the database could not; what was known stands.
pub async fn tell(state: &AppState, scope: &PatientScope, told: Told) -> sqlx::Result<()> {
    let device = scope.device();
    if queries::find_holding(&mut state.db.snapshot().await?, device).await?.is_as(told) {
        return Ok(());
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let before = queries::find_holding(&mut tx, device).await?;
    let after = before.after(told, queries::count_received(&mut tx, scope).await?, now);
    queries::set_holding(&mut tx, device, &after).await?;
    sync::note_news(&mut tx).await?;
    if after.n_lost > before.n_lost {
        audit::append(&mut tx, &lost(device, scope, after.n_lost - before.n_lost), now).await?;
    }
    tx.commit().await?;
    state.news.hurry();
    Ok(())
}

fn lost(device: DeviceId, scope: &PatientScope, n: i64) -> audit::Entry {
    audit::Entry::device(device, scope.patient(), Operation::LoseAnswers).with(n.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    #[test]
    fn what_waits_is_counted_from_when_it_began_to_wait() {
        let one = Holding::default().after(Told { unsent: 1, held: 1 }, 0, at(1));
        let three = one.after(Told { unsent: 3, held: 3 }, 0, at(5));
        assert_eq!((three.n_unsent, three.asks_since()), (3, Some(at(1))));
        let sent = three.after(Told { unsent: 0, held: 4 }, 4, at(6));
        assert_eq!((sent.n_unsent, sent.n_lost, sent.asks_since()), (0, 0, None));
        let again = sent.after(Told { unsent: 2, held: 6 }, 4, at(9));
        assert_eq!(again.asks_since(), Some(at(9)));
    }

    #[test]
    fn only_what_the_hospital_never_received_is_lost() {
        let held = Holding::default().after(Told { unsent: 3, held: 15 }, 12, at(1));
        let emptied = held.after(Told { unsent: 0, held: 0 }, 12, at(2));
        assert_eq!((emptied.n_lost, emptied.lost_at, emptied.asks_since()), (3, Some(at(2)), Some(at(2))));
        let on = emptied.after(Told { unsent: 1, held: 1 }, 12, at(3));
        assert_eq!((on.n_lost, on.asks_since()), (3, Some(at(2))), "a loss is told of once, and stays");
        let cleared = Holding::default().after(Told { unsent: 0, held: 12 }, 12, at(1));
        assert_eq!(cleared.after(Told { unsent: 0, held: 0 }, 12, at(2)).n_lost, 0, "all of it was received");
        let part = held.after(Told { unsent: 1, held: 13 }, 12, at(2));
        assert_eq!(part.n_lost, 2);
    }
}

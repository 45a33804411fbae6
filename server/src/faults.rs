//! Faults on purpose, for `cargo xtask campaign` alone: places at which the server can be killed, and promises that a
//! broken build does not keep, so that the campaign is seen to notice.
//!
//! Only the feature `faults` compiles any of it; without it each function here is empty and nothing reads the
//! environment. `FAILPOINTS="before-commit=3*off->return"` kills the process, as `kill -9` does, when it comes to that
//! place for the fourth time; `RESSENTI_BROKEN` names a promise.

use shared::id::{AnswerEventId, PatientId};
use uuid::Uuid;

use crate::db::Tx;

#[cfg(not(feature = "faults"))]
mod compiled {
    use super::{AnswerEventId, PatientId, Tx, Uuid};

    pub(crate) const fn pass(_place: &str) {}

    pub(crate) async fn commit(tx: Tx) -> sqlx::Result<()> {
        tx.commit().await
    }

    pub(crate) const fn row_of(event: AnswerEventId) -> Uuid {
        event.as_uuid()
    }

    pub(crate) const fn owner(patient: PatientId) -> PatientId {
        patient
    }
}

#[cfg(feature = "faults")]
mod compiled {
    use std::{process::Command, sync::OnceLock, time::Duration};

    use super::{AnswerEventId, PatientId, Tx, Uuid};

    /// A promise of the server's that this build can break.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    enum Promise {
        /// Nothing is acknowledged before it is durably committed.
        CommitFirst,
        /// An id is kept once, however often it comes.
        EachOnce,
        /// What a device sends is kept for its own patient.
        RightPatient,
    }

    /// Arms the places that `FAILPOINTS` names, until this is dropped.
    #[must_use]
    pub fn arm() -> fail::FailScenario<'static> {
        fail::FailScenario::setup()
    }

    pub(crate) fn pass(place: &str) {
        fail::fail_point!(place, |_| {
            let _ = Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
            std::thread::sleep(Duration::from_mins(1)); // dead long before
        });
    }

    #[expect(clippy::disallowed_methods, reason = "a fault is no setting of a site: config.rs must not know of it")]
    fn is_broken(promise: Promise) -> bool {
        static BROKEN: OnceLock<Option<Promise>> = OnceLock::new();
        let broken = BROKEN.get_or_init(|| match std::env::var("RESSENTI_BROKEN").as_deref() {
            Ok("commit-first") => Some(Promise::CommitFirst),
            Ok("each-once") => Some(Promise::EachOnce),
            Ok("right-patient") => Some(Promise::RightPatient),
            _ => None,
        });
        *broken == Some(promise)
    }

    /// How much later the broken build commits than it should.
    const LATE: Duration = Duration::from_millis(100);

    pub(crate) async fn commit(tx: Tx) -> sqlx::Result<()> {
        if !is_broken(Promise::CommitFirst) {
            return tx.commit().await;
        }
        tokio::spawn(async move {
            tokio::time::sleep(LATE).await;
            pass("late-commit");
            tx.commit().await
        });
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the broken build forgets which id it was")]
    pub(crate) fn row_of(event: AnswerEventId) -> Uuid {
        if is_broken(Promise::EachOnce) { Uuid::new_v4() } else { event.as_uuid() }
    }

    pub(crate) fn owner(patient: PatientId) -> PatientId {
        static FIRST: OnceLock<PatientId> = OnceLock::new();
        if is_broken(Promise::RightPatient) { *FIRST.get_or_init(|| patient) } else { patient }
    }
}

#[cfg(feature = "faults")]
pub use compiled::arm;
/// Commits, unless the promise to do so first is broken.
pub(crate) use compiled::commit;
/// Whom what a device sends is kept for.
pub(crate) use compiled::owner;
/// A place at which the campaign may kill the server.
pub(crate) use compiled::pass;
/// The id that an event's row goes by.
pub(crate) use compiled::row_of;

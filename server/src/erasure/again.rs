//! Erasing again whom a backup brings back: it is older than their erasure, which the databases it is put over know of.

use std::collections::{BTreeMap, BTreeSet};

use shared::{id::PatientId, time::Timestamp};
use uuid::Uuid;

use super::{Erasing, erase_within, queries};
use crate::{
    auth::guard::{ErasureScope, ManagerScope},
    db::{Side, Tx},
    identity,
};

/// Goes into the audit; the reason that was given at first went with what came after the backup.
const REASON: &str = "erased before; the backup that was put back is older";

/// Who was erased, and which devices were theirs.
#[derive(Clone, Debug, Default)]
pub struct Erasures {
    patients: BTreeMap<PatientId, Timestamp>,
    devices: BTreeSet<Uuid>,
}

impl Erasures {
    /// Takes in what a database knows.
    ///
    /// # Errors
    /// When it could not be read.
    pub async fn read(&mut self, tx: &mut Tx, side: Side) -> sqlx::Result<()> {
        for (patient, at) in queries::list_erasures(tx).await? {
            let first = self.patients.entry(patient).or_insert(at);
            *first = at.min(*first);
        }
        if side == Side::Research {
            self.devices.extend(queries::list_erased_devices(tx).await?);
        }
        Ok(())
    }

    /// Erases again, within the transaction that filled a database; gives of whom there was something.
    ///
    /// # Errors
    /// When the database could not.
    pub async fn apply(
        &self,
        manager: &ManagerScope,
        tx: &mut Tx,
        side: Side,
        now: Timestamp,
    ) -> sqlx::Result<BTreeSet<PatientId>> {
        let mut brought_back = BTreeSet::new();
        for (patient, at) in &self.patients {
            let scope = manager.erase(*patient);
            let was_there = match side {
                Side::Research => erase_research(tx, &scope, *at, now).await?,
                Side::Identity => identity::erase_within(tx, &scope, *at).await? > 0,
            };
            if was_there {
                brought_back.insert(*patient);
            }
        }
        if side == Side::Research {
            for device in &self.devices {
                queries::note_device(tx, *device).await?;
            }
        }
        Ok(brought_back)
    }
}

/// Whether there was somebody. An erasure of somebody who is not in the backup is told of in the audit all the same: what
/// their devices still offer is refused by it.
async fn erase_research(tx: &mut Tx, scope: &ErasureScope, at: Timestamp, now: Timestamp) -> sqlx::Result<bool> {
    if queries::find_erasure(tx, scope).await?.is_some() {
        return Ok(false); // the backup knows
    }
    let was_there = queries::lock(tx, scope).await?;
    erase_within(tx, scope, &Erasing { requested_at: None, erased_at: at, reason: REASON, now }).await?;
    Ok(was_there)
}

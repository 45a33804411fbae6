//! SQL of episodes of care.

use std::collections::BTreeMap;

use shared::{
    api::EpisodeLine,
    schedule::{EnteredEpisode, Episode, Episodes},
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::NewEntry;
use crate::{
    auth::guard::OnePatientScope,
    db::{Tx, instant, millis, on, ordinal, parse},
};

#[derive(FromRow)]
struct EntryRow {
    ordinal: i64,
    pathway: String,
    site: String,
    from_on: String,
    replaces: Option<i64>,
    taken_back: bool,
}

impl EntryRow {
    fn into_entry(self) -> sqlx::Result<EnteredEpisode> {
        Ok(EnteredEpisode {
            ordinal: ordinal(self.ordinal)?,
            episode: Episode {
                pathway: parse(&self.pathway)?,
                site: parse(&self.site)?,
                from_on: parse(&self.from_on)?,
            },
            replaces: self.replaces.map(ordinal).transpose()?,
            taken_back: self.taken_back,
        })
    }
}

#[derive(FromRow)]
struct LineRow {
    #[sqlx(flatten)]
    entry: EntryRow,
    reason: String,
    username: String,
    entered_at: i64,
}

#[derive(FromRow)]
struct OwnedRow {
    patient_id: Uuid,
    #[sqlx(flatten)]
    entry: EntryRow,
}

/// Every entry of a patient, in the order they were entered.
///
/// # Errors
/// When the database could not.
pub async fn list(tx: &mut Tx, scope: &OnePatientScope) -> sqlx::Result<Vec<EpisodeLine>> {
    const SQL: &str = "SELECT ordinal, pathway, site, from_on, replaces, taken_back, reason, username, entered_at
        FROM episode JOIN staff ON staff.staff_id = episode.entered_by
        WHERE patient_id = $1 ORDER BY ordinal";
    let rows: Vec<LineRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(&mut **conn).await)?;
    let line = |row: LineRow| {
        let (entry, entered_at) = (row.entry.into_entry()?, instant(row.entered_at)?);
        Ok(EpisodeLine { entry, reason: row.reason, entered_by: row.username, entered_at })
    };
    rows.into_iter().map(line).collect()
}

/// Appends an entry.
///
/// # Errors
/// When the database could not, or somebody else entered one at the same moment.
pub async fn append(tx: &mut Tx, scope: &OnePatientScope, new: &NewEntry, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO episode (patient_id, ordinal, pathway, site, from_on, replaces, taken_back, reason,
            entered_by, entered_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let EnteredEpisode { ordinal, episode, replaces, taken_back } = &new.entry;
    on!(tx, conn => sqlx::query(SQL).bind(scope.patient().as_uuid()).bind(i64::from(*ordinal))
        .bind(episode.pathway.as_str()).bind(episode.site.as_str()).bind(episode.from_on.to_string())
        .bind(replaces.map(i64::from)).bind(*taken_back).bind(new.reason.trim()).bind(new.staff.as_uuid())
        .bind(millis(now)).execute(&mut **conn).await.map(|_| ()))
}

/// Sets every patient's following site to that of the last episode that stands.
///
/// # Errors
/// When the database could not.
pub async fn rebuild(tx: &mut Tx) -> sqlx::Result<()> {
    const LIST: &str = "SELECT patient_id, ordinal, pathway, site, from_on, replaces, taken_back FROM episode";
    const SET: &str = "UPDATE patient SET site = $2 WHERE patient_id = $1 AND site <> $2";
    let rows: Vec<OwnedRow> = on!(tx, conn => sqlx::query_as(LIST).fetch_all(&mut **conn).await)?;
    let mut entered: BTreeMap<Uuid, Vec<EnteredEpisode>> = BTreeMap::new();
    for row in rows {
        entered.entry(row.patient_id).or_default().push(row.entry.into_entry()?);
    }
    for (patient, entered) in entered {
        if let Some(last) = Episodes::standing(&entered).last() {
            on!(tx, conn => sqlx::query(SET).bind(patient).bind(last.site.as_str()).execute(&mut **conn).await.map(|_| ()))?;
        }
    }
    Ok(())
}

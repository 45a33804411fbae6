//! SQL of contacts, whose addresses are sealed before they enter the database and opened once they left it.

use std::collections::BTreeMap;

use shared::{
    api::ContactRequest,
    id::{PatientId, StaffId},
    people::Channel,
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Contact, IdentityKey};
use crate::{
    auth::guard::{ManagerScope, NurseScope, OnePatientScope, SendingScope},
    clock::Chance,
    db::{IdentityDb, from_code, instant, millis, on, to_code},
};

/// An address as the database holds it.
pub(super) struct SealedContact {
    pub(super) patient: PatientId,
    pub(super) channel: Channel,
    pub(super) sealed: Vec<u8>,
}

#[derive(FromRow)]
struct ContactRow {
    patient_id: Uuid,
    channel: String,
    address_sealed: Vec<u8>,
    entered_by: Uuid,
    created_at: i64,
}

impl ContactRow {
    fn open(self, key: &IdentityKey) -> sqlx::Result<Contact> {
        let channel = from_code(&self.channel)?;
        let address = key.unseal(PatientId::new(self.patient_id), channel, &self.address_sealed);
        Ok(Contact {
            channel,
            address: address.ok_or_else(|| sqlx::Error::Decode("an address does not open".into()))?,
            entered_by: StaffId::new(self.entered_by),
            entered_at: instant(self.created_at)?,
        })
    }
}

/// A patient's standing contacts, by channel.
///
/// # Errors
/// When the database could not, or an address does not open.
pub async fn list_contacts(db: &IdentityDb, key: &IdentityKey, scope: &OnePatientScope) -> sqlx::Result<Vec<Contact>> {
    standing(db, key, scope.patient()).await
}

/// The address of a patient by one channel, if the patient agreed to one.
///
/// # Errors
/// When the database could not, or the address does not open.
pub async fn contact(
    db: &IdentityDb,
    key: &IdentityKey,
    scope: &OnePatientScope,
    channel: Channel,
) -> sqlx::Result<Option<String>> {
    let contacts = standing(db, key, scope.patient()).await?;
    Ok(contacts.into_iter().find(|it| it.channel == channel).map(|it| it.address))
}

/// Where a reminder to the patient of this scope goes; `None` when reminders by this channel were never agreed to, or
/// were stopped.
///
/// # Errors
/// When the database could not, or the address does not open.
pub async fn address_for_reminders(
    db: &IdentityDb,
    key: &IdentityKey,
    scope: &SendingScope,
    channel: Channel,
) -> sqlx::Result<Option<String>> {
    let contacts = standing(db, key, scope.patient()).await?;
    Ok(contacts.into_iter().find(|it| it.channel == channel).map(|it| it.address))
}

/// Who has a standing address of this channel, and since when.
///
/// # Errors
/// When the database could not.
pub async fn list_reachable(
    db: &IdentityDb,
    _: &ManagerScope,
    channel: Channel,
) -> sqlx::Result<BTreeMap<PatientId, Timestamp>> {
    const SQL: &str = "SELECT patient_id, created_at FROM contact WHERE channel = $1 AND stopped_at IS NULL";
    let word = to_code(&channel)?;
    let rows: Vec<(Uuid, i64)> = on!(db.0.read(), pool => sqlx::query_as(SQL).bind(word).fetch_all(pool).await)?;
    rows.into_iter().map(|(patient, at)| Ok((PatientId::new(patient), instant(at)?))).collect()
}

async fn standing(db: &IdentityDb, key: &IdentityKey, patient: PatientId) -> sqlx::Result<Vec<Contact>> {
    const SQL: &str = "SELECT patient_id, channel, address_sealed, entered_by, created_at FROM contact
        WHERE patient_id = $1 AND stopped_at IS NULL ORDER BY channel";
    let rows: Vec<ContactRow> =
        on!(db.0.read(), pool => sqlx::query_as(SQL).bind(patient.as_uuid()).fetch_all(pool).await)?;
    rows.into_iter().map(|row| row.open(key)).collect()
}

/// Makes an address the standing one of its channel, or stops the channel; the one before is forgotten.
///
/// # Errors
/// When the database could not.
pub async fn set_contact(
    db: &IdentityDb,
    (key, chance): (&IdentityKey, &Chance),
    nurse: &NurseScope,
    scope: &OnePatientScope,
    ContactRequest { channel, address }: &ContactRequest,
    now: Timestamp,
) -> sqlx::Result<()> {
    const STOP: &str = "UPDATE contact SET stopped_at = $3, stopped_by = $4, address_sealed = $5
        WHERE patient_id = $1 AND channel = $2 AND stopped_at IS NULL";
    const INSERT: &str = "INSERT INTO contact (contact_id, patient_id, channel, address_sealed, entered_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let (patient, word, staff) = (scope.patient(), to_code(channel)?, nurse.staff().as_uuid());
    let too_long = || sqlx::Error::Encode("an address could not be sealed".into());
    let seal = |address: &String| key.seal(patient, *channel, address.trim(), chance).ok_or_else(too_long);
    let sealed = address.as_ref().map(seal).transpose()?;
    let mut tx = db.0.begin().await?;
    on!(&mut tx, conn => {
        sqlx::query(STOP).bind(patient.as_uuid()).bind(&word).bind(millis(now)).bind(staff).bind(Vec::<u8>::new())
            .execute(&mut **conn).await?;
        if let Some(sealed) = sealed {
            sqlx::query(INSERT).bind(chance.id()).bind(patient.as_uuid()).bind(&word).bind(sealed).bind(staff)
                .bind(millis(now)).execute(&mut **conn).await?;
        }
    });
    tx.commit().await
}

/// Some address as it is sealed: what a key is tried on.
pub(super) async fn find_sealed(db: &IdentityDb) -> sqlx::Result<Option<SealedContact>> {
    const SQL: &str = "SELECT patient_id, channel, address_sealed, entered_by, created_at FROM contact
        WHERE stopped_at IS NULL LIMIT 1";
    let row: Option<ContactRow> = on!(db.0.read(), pool => sqlx::query_as(SQL).fetch_optional(pool).await)?;
    row.map(|row| {
        let (patient, channel) = (PatientId::new(row.patient_id), from_code(&row.channel)?);
        Ok(SealedContact { patient, channel, sealed: row.address_sealed })
    })
    .transpose()
}

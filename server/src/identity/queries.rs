//! SQL of persons in the identity database.

use std::collections::BTreeMap;

use shared::{
    api::{PatientLine, PersonChangeLine},
    id::{PatientId, SiteKey, StaffId},
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Change, Person, fold};
use crate::{
    auth::guard::{ErasureScope, ManagerScope, NurseScope, OnePatientScope},
    db::{Engine, IdentityDb, Tx, instant, millis, on, parse},
};

#[derive(FromRow)]
struct PersonRow {
    patient_id: Uuid,
    registry_number: String,
    family_name: String,
    given_name: String,
    birth_date: Option<String>,
    site: String,
}

impl PersonRow {
    fn into_person(self) -> sqlx::Result<Person> {
        Ok(Person {
            patient: PatientId::new(self.patient_id),
            registry_number: self.registry_number,
            family_name: self.family_name,
            given_name: self.given_name,
            birth_date: self.birth_date.as_deref().map(parse).transpose()?,
            site: parse(&self.site)?,
        })
    }
}

/// Records who a new pseudonym is; gives the pseudonym that the registry number has already, if it has one.
///
/// # Errors
/// When the database could not.
pub async fn record(db: &IdentityDb, _: &NurseScope, person: &Person) -> sqlx::Result<Option<PatientId>> {
    const INSERT: &str = "INSERT INTO person (patient_id, registry_number, family_name, given_name, birth_date,
            site, folded_number, folded_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (folded_number) DO NOTHING";
    const FIND: &str = "SELECT patient_id FROM person WHERE folded_number = $1";
    let number = fold(&person.registry_number);
    let name = person.folded_name();
    let mut tx = db.0.begin().await?;
    let inserted = on!(&mut tx, conn => sqlx::query(INSERT).bind(person.patient.as_uuid())
        .bind(&person.registry_number).bind(&person.family_name).bind(&person.given_name)
        .bind(person.birth_date.map(|date| date.to_string())).bind(person.site.as_str()).bind(&number).bind(name).execute(&mut **conn).await?.rows_affected());
    let standing: Option<Uuid> = if inserted == 1 {
        None
    } else {
        on!(&mut tx, conn => sqlx::query_scalar(FIND).bind(&number).fetch_optional(&mut **conn).await)?
    };
    tx.commit().await?;
    Ok(standing.map(PatientId::new))
}

/// Patients of one site whose number or name begins so, by number, from after a number on; everybody's, if it is empty.
///
/// Either way is read in the order of one index and no further than asked for, so that a list of everybody costs no more
/// the more there are; of names, whoever is called so is looked through in the index alone.
///
/// # Errors
/// When the database could not.
pub async fn search(
    db: &IdentityDb,
    scope: &NurseScope,
    site: &SiteKey,
    begins: &str,
    after: &str,
    limit: u32,
) -> sqlx::Result<Vec<PatientLine>> {
    const EVERYBODY: &str = "SELECT patient_id, registry_number, family_name, given_name, birth_date, site FROM person
        WHERE site = $1 AND folded_number > $2 AND folded_number BETWEEN $3 AND $4
        ORDER BY folded_number LIMIT $5";
    const BEGINNING: &str = "SELECT patient_id, registry_number, family_name, given_name, birth_date, site
        FROM (SELECT folded_number FROM (SELECT folded_number FROM person
                WHERE site = $1 AND folded_number > $2 AND folded_number BETWEEN $3 AND $4
                ORDER BY folded_number LIMIT $5) AS by_number
            UNION SELECT folded_number FROM (SELECT folded_number FROM person
                WHERE site = $1 AND folded_number > $2 AND folded_name BETWEEN $3 AND $4
                ORDER BY folded_number LIMIT $5) AS by_name) AS found
        JOIN person ON person.folded_number = found.folded_number
        ORDER BY person.folded_number LIMIT $5";
    if !scope.sees(site) {
        return Ok(Vec::new());
    }
    let (first, after) = (fold(begins), fold(after));
    let last = format!("{first}\u{10ffff}");
    let sql = if first.is_empty() { EVERYBODY } else { BEGINNING };
    let rows: Vec<PersonRow> = on!(db.0.read(), pool => sqlx::query_as(sql).bind(site.as_str()).bind(after).bind(first)
        .bind(last).bind(i64::from(limit)).fetch_all(pool).await)?;
    rows.into_iter().map(|row| row.into_person().map(Person::into_line)).collect()
}

/// Who one patient is.
///
/// # Errors
/// When the database could not.
pub async fn find_person(db: &IdentityDb, _: &NurseScope, scope: &OnePatientScope) -> sqlx::Result<Option<Person>> {
    const SQL: &str = "SELECT patient_id, registry_number, family_name, given_name, birth_date, site FROM person WHERE patient_id = $1";
    let row: Option<PersonRow> =
        on!(db.0.read(), pool => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_optional(pool).await)?;
    row.map(PersonRow::into_person).transpose()
}

/// The line of one patient.
///
/// # Errors
/// When the database could not.
pub async fn find_line(
    db: &IdentityDb,
    nurse: &NurseScope,
    scope: &OnePatientScope,
) -> sqlx::Result<Option<PatientLine>> {
    Ok(find_person(db, nurse, scope).await?.map(Person::into_line))
}

/// The lines of these patients, as far as they are a nurse's.
///
/// # Errors
/// When the database could not.
pub async fn list_lines(
    db: &IdentityDb,
    scope: &NurseScope,
    patients: &[PatientId],
) -> sqlx::Result<BTreeMap<PatientId, PatientLine>> {
    const SQLITE: &str = "SELECT patient_id, registry_number, family_name, given_name, birth_date, site FROM person
        WHERE patient_id IN (SELECT unhex(value) FROM json_each($1))";
    const POSTGRES: &str = "SELECT patient_id, registry_number, family_name, given_name, birth_date, site FROM person WHERE patient_id = ANY($1)";
    let rows: Vec<PersonRow> = match db.0.read() {
        Engine::Sqlite(pool) => {
            let ids: Vec<String> = patients.iter().map(|id| id.as_uuid().simple().to_string()).collect();
            let ids = serde_json::json!(ids).to_string();
            sqlx::query_as(SQLITE).bind(ids).fetch_all(pool).await?
        }
        Engine::Postgres(pool) => {
            let ids: Vec<Uuid> = patients.iter().map(|id| id.as_uuid()).collect();
            sqlx::query_as(POSTGRES).bind(ids).fetch_all(pool).await?
        }
    };
    let persons: Vec<Person> = rows.into_iter().map(PersonRow::into_person).collect::<sqlx::Result<_>>()?;
    Ok(persons.into_iter().filter(|it| scope.sees(&it.site)).map(|it| (it.patient, it.into_line())).collect())
}

/// Makes a person what the newest try to enrol says, and forgets where an earlier one, which was never acknowledged,
/// had reminders go.
///
/// # Errors
/// When the database could not.
pub async fn take_over(db: &IdentityDb, nurse: &NurseScope, person: &Person, now: Timestamp) -> sqlx::Result<()> {
    const STOP: &str = "UPDATE contact SET stopped_at = $2, stopped_by = $3, address_sealed = $4
        WHERE patient_id = $1 AND stopped_at IS NULL";
    let mut tx = db.0.begin().await?;
    update(&mut tx, person).await?;
    on!(&mut tx, conn => sqlx::query(STOP).bind(person.patient.as_uuid()).bind(millis(now))
        .bind(nurse.staff().as_uuid()).bind(Vec::<u8>::new()).execute(&mut **conn).await.map(|_| ()))?;
    tx.commit().await
}

async fn update(tx: &mut Tx, person: &Person) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE person SET registry_number = $2, family_name = $3, given_name = $4, birth_date = $5,
            site = $6, folded_number = $7, folded_name = $8
        WHERE patient_id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(person.patient.as_uuid()).bind(&person.registry_number)
        .bind(&person.family_name).bind(&person.given_name).bind(person.birth_date.map(|date| date.to_string()))
        .bind(person.site.as_str()).bind(fold(&person.registry_number)).bind(person.folded_name())
        .execute(&mut **conn).await.map(|_| ()))
}

/// Makes a person what is given, and keeps what stood before; `false` when another has the registry number.
///
/// # Errors
/// When the database could not.
pub(super) async fn correct(
    db: &IdentityDb,
    nurse: &NurseScope,
    person: &Person,
    changes: &[Change],
    now: Timestamp,
) -> sqlx::Result<bool> {
    const TAKEN: &str = "SELECT COUNT(*) FROM person WHERE folded_number = $1 AND patient_id <> $2";
    const KEEP: &str = "INSERT INTO person_change (patient_id, ordinal, field, former, reason, entered_by, entered_at)
        SELECT $1, COALESCE(MAX(ordinal), 0) + 1, $2, $3, $4, $5, $6 FROM person_change WHERE patient_id = $1";
    let (patient, staff) = (person.patient.as_uuid(), nurse.staff().as_uuid());
    let mut tx = db.0.begin().await?;
    let taken: i64 = on!(&mut tx, conn => sqlx::query_scalar(TAKEN).bind(fold(&person.registry_number)).bind(patient)
        .fetch_one(&mut **conn).await)?;
    if taken > 0 {
        return Ok(false);
    }
    update(&mut tx, person).await?;
    on!(&mut tx, conn => {
        for change in changes {
            sqlx::query(KEEP).bind(patient).bind(change.field).bind(&change.former).bind(&change.reason).bind(staff)
                .bind(millis(now)).execute(&mut **conn).await?;
        }
    });
    tx.commit().await?;
    Ok(true)
}

#[derive(FromRow)]
struct ChangeRow {
    field: String,
    former: String,
    reason: String,
    entered_by: Uuid,
    entered_at: i64,
}

/// What was corrected about a patient and by whom, the newest first.
pub(super) async fn list_changes(
    db: &IdentityDb,
    scope: &OnePatientScope,
) -> sqlx::Result<Vec<(StaffId, PersonChangeLine)>> {
    const SQL: &str = "SELECT field, former, reason, entered_by, entered_at FROM person_change
        WHERE patient_id = $1 ORDER BY ordinal DESC";
    let rows: Vec<ChangeRow> =
        on!(db.0.read(), pool => sqlx::query_as(SQL).bind(scope.patient().as_uuid()).fetch_all(pool).await)?;
    let line = |row: ChangeRow| {
        let (staff, entered_at) = (StaffId::new(row.entered_by), instant(row.entered_at)?);
        let ChangeRow { field, former, reason, .. } = row;
        Ok((staff, PersonChangeLine { field, former, reason, entered_by: String::new(), entered_at }))
    };
    rows.into_iter().map(line).collect()
}

/// Whose registry number this is.
///
/// # Errors
/// When the database could not.
pub async fn find_by_number(db: &IdentityDb, _: &ManagerScope, number: &str) -> sqlx::Result<Option<PatientId>> {
    const SQL: &str = "SELECT patient_id FROM person WHERE folded_number = $1";
    let found: Option<Uuid> =
        on!(db.0.read(), pool => sqlx::query_scalar(SQL).bind(fold(number)).fetch_optional(pool).await)?;
    Ok(found.map(PatientId::new))
}

/// Tables whose rows of a patient go, those that refer to others first.
const TABLES: [[&str; 2]; 3] = [
    ["SELECT COUNT(*) FROM contact WHERE patient_id = $1", "DELETE FROM contact WHERE patient_id = $1"],
    ["SELECT COUNT(*) FROM person_change WHERE patient_id = $1", "DELETE FROM person_change WHERE patient_id = $1"],
    ["SELECT COUNT(*) FROM person WHERE patient_id = $1", "DELETE FROM person WHERE patient_id = $1"],
];

/// How many rows are held of a patient.
///
/// # Errors
/// When the database could not.
pub async fn count_of(db: &IdentityDb, scope: &ErasureScope) -> sqlx::Result<i64> {
    let mut n = 0;
    for [count, _] in TABLES {
        n += on!(db.0.read(), pool => sqlx::query_scalar::<_, i64>(count).bind(scope.patient().as_uuid())
            .fetch_one(pool).await)?;
    }
    Ok(n)
}

/// Erases who a patient was. Of somebody who is erased already nothing changes.
///
/// # Errors
/// When the database could not; nothing is erased then.
pub async fn erase(db: &IdentityDb, scope: &ErasureScope, now: Timestamp) -> sqlx::Result<()> {
    let mut tx = db.0.begin().await?;
    erase_within(&mut tx, scope, now).await?;
    tx.commit().await
}

/// The same within a transaction; gives how many rows there were.
///
/// # Errors
/// When the database could not.
pub async fn erase_within(tx: &mut Tx, scope: &ErasureScope, at: Timestamp) -> sqlx::Result<u64> {
    const NOTE: &str = "INSERT INTO erasure (patient_id, erased_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let patient = scope.patient().as_uuid();
    let mut n = 0;
    on!(tx, conn => {
        sqlx::query(NOTE).bind(patient).bind(millis(at)).execute(&mut **conn).await?;
        for [_, delete] in TABLES {
            n += sqlx::query(delete).bind(patient).execute(&mut **conn).await?.rows_affected();
        }
    });
    Ok(n)
}

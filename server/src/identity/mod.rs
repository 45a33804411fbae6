//! The identity side: registry numbers and names, in a database of their own. Only nurses reach it.
//!
//! Nothing here enters the research database, a log, an address or an export. Where reminders go is sealed besides.

pub mod contacts;
mod queries;
mod routes;

use std::fmt;

use shared::{
    api::PatientLine,
    id::{PatientId, SiteKey},
    time::{Date, Timestamp},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{
    auth::guard::{NurseScope, OnePatientScope},
    db::IdentityDb,
    error::ApiError,
};

pub use contacts::{Contact, IdentityKey, address_for_reminders, contact, list_contacts, list_reachable, set_contact};
pub use queries::{
    count_of, erase, erase_within, find_by_number, find_line, find_person, list_lines, record, search, take_over,
};
pub use routes::routes;

/// Who a pseudonym is.
#[derive(Clone, Eq, PartialEq)]
pub struct Person {
    /// The pseudonym.
    pub patient: PatientId,
    /// As the hospital writes it.
    pub registry_number: String,
    /// May be empty.
    pub family_name: String,
    /// May be empty.
    pub given_name: String,
    /// Where it is known.
    pub birth_date: Option<Date>,
    /// Following site.
    pub site: SiteKey,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("patient", &self.patient).finish_non_exhaustive()
    }
}

/// Something about a person that is no longer what it was.
#[derive(Clone, Eq, PartialEq)]
struct Change {
    field: &'static str,
    former: String,
    reason: String,
}

impl Person {
    /// What a search for a name is held against.
    fn folded_name(&self) -> String {
        fold(&format!("{} {}", self.family_name, self.given_name))
    }

    /// Why this cannot be a person of the registry, in a sentence; `None` when it can.
    #[must_use]
    pub fn refusal(&self, today: Date) -> Option<&'static str> {
        let fits = |text: &str, longest| text.chars().count() <= longest && !text.chars().any(char::is_control);
        if self.registry_number.is_empty() || !fits(&self.registry_number, 40) {
            return Some("The registry number is empty or longer than 40 characters. Nothing was saved.");
        }
        if !fits(&self.family_name, 100) || !fits(&self.given_name, 100) {
            return Some("A name is longer than 100 characters. Nothing was saved.");
        }
        if self.birth_date.is_some_and(|date| date > today || date.year() < 1900) {
            return Some("The date of birth is before 1900 or still to come. Nothing was saved; check it.");
        }
        None
    }

    /// In one line of a list.
    #[must_use]
    pub fn into_line(self) -> PatientLine {
        let name = format!("{} {}", self.family_name, self.given_name).trim().to_owned();
        let Self { patient, registry_number, birth_date, site, .. } = self;
        PatientLine { patient, registry_number, name, birth_date, site }
    }
}

/// Another site follows a patient; where it does already, nothing changes.
///
/// # Errors
/// Not found, when nobody is known by this pseudonym, or an accident of the database.
pub async fn move_to(
    db: &IdentityDb,
    nurse: &NurseScope,
    scope: &OnePatientScope,
    site: &SiteKey,
    reason: String,
    now: Timestamp,
) -> Result<(), ApiError> {
    let mut person = queries::find_person(db, nurse, scope).await?.ok_or_else(ApiError::not_found)?;
    if person.site != *site {
        let former = std::mem::replace(&mut person.site, site.clone()).to_string();
        queries::correct(db, nurse, &person, &[Change { field: "site", former, reason }], now).await?;
    }
    Ok(())
}

/// What names and numbers are compared by: lower case, without accents, single spaces.
///
/// ```
/// assert_eq!(server::identity::fold("  Lefèvre  ÉMILE"), "lefevre emile");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! The identity side: registry numbers and names, in a database of their own. Only nurses reach it.
//!
//! Nothing here enters the research database, a log, an address or an export. Where reminders go is sealed besides.

mod contacts;
mod queries;
mod sealing;

use std::fmt;

use shared::{
    api::PatientLine,
    id::{PatientId, SiteKey},
    time::Date,
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

pub use contacts::{Contact, address_for_reminders, contact, list_contacts, set_contact};
pub use queries::{find_line, find_person, list_lines, record, search};
pub use sealing::IdentityKey;

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

impl Person {
    /// In one line of a list.
    #[must_use]
    pub fn into_line(self) -> PatientLine {
        let name = format!("{} {}", self.family_name, self.given_name).trim().to_owned();
        let Self { patient, registry_number, birth_date, site, .. } = self;
        PatientLine { patient, registry_number, name, birth_date, site }
    }
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

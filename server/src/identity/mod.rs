//! The identity side: registry numbers and names, in a database of their own. Only nurses reach it.
//!
//! Nothing here enters the research database, a log, an address or an export.

mod queries;

use std::fmt;

use shared::{
    api::PatientLine,
    id::{PatientId, SiteKey},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

pub use queries::{find_line, list_lines, record, search};

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
        PatientLine { patient: self.patient, registry_number: self.registry_number, name, site: self.site }
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

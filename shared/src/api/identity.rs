//! Who a patient is and how to reach them, what they agreed to, and the letters made for them: the nurse's side.
//!
//! Names, birth dates and addresses are kept on the identity side; consent and letters on the research side.

use serde::{Deserialize, Serialize};

use crate::{
    id::{InformationKey, Language, PatientId, SiteKey},
    people::{Channel, ConsentKind, ConsentMeans},
    time::{Date, Timestamp},
};

/// `GET /api/patients/{patient}/person`: who a patient is, how they are reached, what they agreed to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonReply {
    /// Which patient.
    pub patient: PatientId,
    /// As the hospital writes it.
    pub registry_number: String,
    /// Family name; may be empty.
    pub family_name: String,
    /// Given name; may be empty.
    pub given_name: String,
    /// Day of birth, where it is known.
    pub birth_date: Option<Date>,
    /// Following site.
    pub site: SiteKey,
    /// The patient's language.
    pub language: Language,
    /// Where reminders go: at most one standing address of each channel.
    pub contacts: Vec<ContactLine>,
    /// Consent and non-opposition, newest entry first; the first stands.
    pub consents: Vec<ConsentLine>,
    /// Letters, newest first.
    pub letters: Vec<LetterLine>,
    /// What was corrected, newest first.
    pub changes: Vec<PersonChangeLine>,
}

/// `POST /api/patients/{patient}/person`: what is corrected about a person, with the reason; the rest stays.
///
/// The language alone can change without a reason: it corrects nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonRequest {
    /// Another registry number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry_number: Option<String>,
    /// Another family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Another given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Another birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Date>,
    /// Another language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Why it is corrected.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Something that was corrected about a person.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonChangeLine {
    /// What: `family_name`, `given_name`, `registry_number`, `birth_date` or `site`.
    pub field: String,
    /// What stood before; may be empty.
    pub former: String,
    /// Why it was changed.
    pub reason: String,
    /// The name of the account that changed it.
    pub entered_by: String,
    /// When.
    pub entered_at: Timestamp,
}

/// `POST /api/patients/{patient}/contacts`, or part of an enrolment: where reminders go, as the patient agreed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactRequest {
    /// How.
    pub channel: Channel,
    /// The address that stands from now on; `None` stops reminders by this channel.
    pub address: Option<String>,
}

/// A standing contact.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactLine {
    /// How.
    pub channel: Channel,
    /// The address.
    pub address: String,
    /// The name of the account that entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: Timestamp,
}

/// `POST /api/patients/{patient}/consents`, or part of an enrolment: consent or non-opposition to a document.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRequest {
    /// Consent, or no opposition.
    pub kind: ConsentKind,
    /// To which version of the information.
    pub information: InformationKey,
    /// On which day.
    pub given_on: Date,
    /// How.
    pub means: ConsentMeans,
}

/// Consent or non-opposition as entered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentLine {
    /// Consent, or no opposition.
    pub kind: ConsentKind,
    /// To which version of the information.
    pub information: InformationKey,
    /// On which day.
    pub given_on: Date,
    /// How.
    pub means: ConsentMeans,
    /// The name of the account that entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: Timestamp,
}

/// A letter that was made for a patient, without its secrets.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterLine {
    /// The name of the account that made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when it works, or worked.
    pub expires_at: Timestamp,
    /// What became of it.
    pub state: LetterState,
    /// When that was; `None` while it is open or merely expired.
    pub closed_at: Option<Timestamp>,
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// It can still be used.
    Open,
    /// A phone was opened with it.
    Used,
    /// Its time is over.
    Expired,
    /// A newer letter stands in its place.
    Replaced,
    /// Its code was typed wrong too often.
    Burnt,
}

//! Who answers, who helps, how, and who supervises.

use serde::{Deserialize, Serialize};

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Supervises the patients of her sites; sees names.
    Nurse,
    /// Sees scored data under pseudonyms; never identity.
    Investigator,
    /// Accounts, study file, wording, devices, exports; no single patient's answers.
    DataManager,
}

/// Who gave the answers; recorded, never inferred from who is signed in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Respondent {
    /// The patient, alone.
    Patient,
    /// The patient, with help that does not change who answers: still a self-report.
    PatientAssisted(Assistance),
    /// Somebody else in the patient's place: not a patient-reported outcome.
    Proxy,
}

/// How the patient was helped.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assistance {
    /// The device read the questions aloud.
    ReadAloudByDevice,
    /// A member of staff read the questions aloud.
    ReadAloudByStaff,
    /// A member of staff held the pen or touched the screen.
    HandOfStaff,
    /// An interpreter translated.
    Interpreter,
    /// A relative helped.
    Relative,
}

/// How the questionnaire was administered.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// On the patient's own phone or computer.
    OwnDevice,
    /// On the ward's tablet.
    WardTablet,
    /// On paper, typed in by staff.
    Paper,
    /// By telephone.
    Telephone,
    /// Face to face, read by staff.
    Interview,
}

/// Where a device stands: who has it, and so who may open it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// The patient's own phone or computer, opened with a letter.
    Own,
    /// The ward's tablet, for as long as it is handed to this patient.
    Ward,
    /// A member of staff's desk, where one form on paper or one conversation is typed in.
    Desk,
}

/// How a patient is reached by reminders.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By telephone: the number is kept for staff; no message is sent to it.
    Phone,
}

impl Channel {
    /// Whether a text can be an address of this channel; whether somebody is there, only a message tells.
    ///
    /// ```
    /// use shared::people::Channel;
    /// assert!(Channel::Email.accepts("anne.roux@example.org"));
    /// assert!(!Channel::Email.accepts("anne.roux@example"));
    /// assert!(Channel::Phone.accepts("+33 6 12 34 56 78"));
    /// assert!(!Channel::Phone.accepts("ask her son"));
    /// ```
    #[must_use]
    pub fn accepts(self, address: &str) -> bool {
        let address = address.trim();
        match self {
            Self::Email => {
                let parts = address.split_once('@').filter(|_| address.len() <= 254);
                parts.is_some_and(|(name, host)| {
                    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
                    let is_name = |c: char| c.is_ascii_graphic() && !matches!(c, '@' | ',' | ';' | '<' | '>' | '"');
                    let labels = host.split('.').all(|label| !label.is_empty() && !label.starts_with('-'));
                    let name_fits = (1..=64).contains(&name.len()) && name.chars().all(is_name);
                    name_fits && host.contains('.') && host.chars().all(is_plain) && labels
                })
            }
            Self::Phone => {
                let n_digits = address.chars().filter(char::is_ascii_digit).count();
                let is_written = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '(' | ')' | '+');
                (6..=15).contains(&n_digits) && address.chars().all(is_written) && address.len() <= 30
            }
        }
    }
}

/// On what the registry keeps a patient's answers.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// The patient agreed.
    Consent,
    /// The patient was informed and does not oppose.
    NonOpposition,
}

/// How consent or non-opposition was given.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentMeans {
    /// In words, noted by staff.
    Oral,
    /// On paper, signed.
    Paper,
    /// Signed electronically.
    Electronic,
}

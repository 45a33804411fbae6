//! The audit trail: who did what, when, and to which patient. Entries are appended and never changed.
//!
//! Two logs with two lives: the clinical one lasts as long as the record, the security one twelve months. Both are one
//! chain, which commits to salted hashes: a payload can go, and what stays still fits.

mod queries;

use sha2::{Digest, Sha256};
use shared::{
    id::{DeviceId, PatientId, StaffId},
    sync::proof::{AuditLog, Hash},
    time::Timestamp,
};

pub use queries::{append, append_alone, erase, purge};

/// The operation of an entry whose payload is gone.
const PURGED: &str = "purged";

/// Numbers in their order as one text: `1-3 7`, or `none`.
fn ranges(numbers: &[i64]) -> String {
    let range = |run: &[i64]| match run {
        [first, .., last] => format!("{first}-{last}"),
        _ => run.iter().map(i64::to_string).collect(),
    };
    let runs: Vec<String> = numbers.chunk_by(|before, next| before + 1 == *next).map(range).collect();
    if runs.is_empty() { "none".to_owned() } else { runs.join(" ") }
}

/// A log's word in the trail.
const fn word(log: AuditLog) -> &'static str {
    match log {
        AuditLog::Clinical => "clinical",
        AuditLog::Security => "security",
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    /// A member of staff signed in.
    SignIn,
    /// A member of staff added a passkey.
    AddPasskey,
    /// A passkey was removed, by its owner or on the server itself.
    RemovePasskey,
    /// A passkey was refused that may have been copied: it counted backwards.
    RefusePasskey,
    /// Whoever the hospital's sign-in proved was not let in to an account.
    RefuseProvider,
    /// A device was enrolled with a letter.
    EnrolDevice,
    /// A device was revoked.
    RevokeDevice,
    /// The ward's tablet was prepared for a patient.
    PrepareTablet,
    /// The ward's tablet was handed to a patient.
    GiveTablet,
    /// A member of staff's session was locked while a patient has the tablet.
    LockSession,
    /// It was opened again.
    UnlockSession,
    /// A patient was enrolled.
    EnrolPatient,
    /// An enrolment letter was made.
    MakeLetter,
    /// A member of staff read one patient's file.
    ReadPatient,
    /// A milestone was recorded.
    RecordMilestone,
    /// Why an assessment has no answer was noted.
    NoteMissing,
    /// Who a patient is was corrected, or the language changed.
    CorrectPerson,
    /// An episode of the care pathway was entered, corrected or taken back.
    RecordEpisode,
    /// Another site follows a patient.
    MovePatient,
    /// Where reminders go was entered, changed or stopped.
    SetContact,
    /// Consent or non-opposition was entered.
    RecordConsent,
    /// A phone was confirmed to be the patient's.
    ConfirmDevice,
    /// A member of staff looked at a flag, a conflict of devices or something set aside.
    Look,
    /// Whether a patient wants reminders was noted, by staff or by the patient.
    ChooseReminders,
    /// A device told of fewer answers than it had told of before, and not all of them had been received.
    LoseAnswers,
    /// A data manager read the audit trail.
    ReadAudit,
    /// Data left as an export.
    Export,
    /// Staff typed in what was said on paper or aloud.
    Transcribe,
    /// Staff corrected an answer.
    Correct,
    /// Forms were printed.
    PrintForms,
    /// A patient was erased at their request.
    Erase,
    /// A backup was begun; it holds this entry.
    Backup,
    /// A backup was put back: what came after it is gone.
    Restore,
}

impl Operation {
    /// Every one.
    pub const ALL: [Self; 33] = [
        Self::SignIn,
        Self::AddPasskey,
        Self::RemovePasskey,
        Self::RefusePasskey,
        Self::RefuseProvider,
        Self::EnrolDevice,
        Self::RevokeDevice,
        Self::PrepareTablet,
        Self::GiveTablet,
        Self::LockSession,
        Self::UnlockSession,
        Self::EnrolPatient,
        Self::MakeLetter,
        Self::ReadPatient,
        Self::RecordMilestone,
        Self::NoteMissing,
        Self::CorrectPerson,
        Self::RecordEpisode,
        Self::MovePatient,
        Self::SetContact,
        Self::RecordConsent,
        Self::ConfirmDevice,
        Self::Look,
        Self::ChooseReminders,
        Self::LoseAnswers,
        Self::ReadAudit,
        Self::Export,
        Self::Transcribe,
        Self::Correct,
        Self::PrintForms,
        Self::Erase,
        Self::Backup,
        Self::Restore,
    ];

    /// The word in the trail.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::AddPasskey => "add_passkey",
            Self::RemovePasskey => "remove_passkey",
            Self::RefusePasskey => "refuse_passkey",
            Self::RefuseProvider => "refuse_provider",
            Self::EnrolDevice => "enrol_device",
            Self::RevokeDevice => "revoke_device",
            Self::PrepareTablet => "prepare_tablet",
            Self::GiveTablet => "give_tablet",
            Self::LockSession => "lock_session",
            Self::UnlockSession => "unlock_session",
            Self::EnrolPatient => "enrol_patient",
            Self::MakeLetter => "make_letter",
            Self::ReadPatient => "read_patient",
            Self::RecordMilestone => "record_milestone",
            Self::NoteMissing => "note_missing",
            Self::CorrectPerson => "correct_person",
            Self::RecordEpisode => "record_episode",
            Self::MovePatient => "move_patient",
            Self::SetContact => "set_contact",
            Self::RecordConsent => "record_consent",
            Self::ConfirmDevice => "confirm_device",
            Self::Look => "look",
            Self::ChooseReminders => "choose_reminders",
            Self::LoseAnswers => "lose_answers",
            Self::ReadAudit => "read_audit",
            Self::Export => "export",
            Self::Transcribe => "transcribe",
            Self::Correct => "correct",
            Self::PrintForms => "print_forms",
            Self::Erase => "erase",
            Self::Backup => "backup",
            Self::Restore => "restore",
        }
    }

    /// The log it belongs to.
    #[must_use]
    pub const fn log(self) -> AuditLog {
        match self {
            Self::SignIn
            | Self::AddPasskey
            | Self::RemovePasskey
            | Self::RefusePasskey
            | Self::RefuseProvider
            | Self::LockSession
            | Self::UnlockSession
            | Self::ReadAudit => AuditLog::Security,
            Self::EnrolDevice
            | Self::RevokeDevice
            | Self::PrepareTablet
            | Self::GiveTablet
            | Self::EnrolPatient
            | Self::MakeLetter
            | Self::ReadPatient
            | Self::RecordMilestone
            | Self::NoteMissing
            | Self::CorrectPerson
            | Self::RecordEpisode
            | Self::MovePatient
            | Self::SetContact
            | Self::RecordConsent
            | Self::ConfirmDevice
            | Self::Look
            | Self::ChooseReminders
            | Self::LoseAnswers
            | Self::Export
            | Self::Transcribe
            | Self::Correct
            | Self::PrintForms
            | Self::Erase
            | Self::Backup
            | Self::Restore => AuditLog::Clinical,
        }
    }
}

/// One entry, apart from its number and time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// What was done.
    pub operation: Operation,
    /// By which member of staff.
    pub staff: Option<StaffId>,
    /// By which device.
    pub device: Option<DeviceId>,
    /// To which patient.
    pub patient: Option<PatientId>,
    /// More about it: a reference or a purpose. Never an answer, never a name of a patient.
    pub detail: String,
}

impl Entry {
    /// Something a member of staff did.
    #[must_use]
    pub const fn staff(staff: StaffId, operation: Operation) -> Self {
        Self { operation, staff: Some(staff), device: None, patient: None, detail: String::new() }
    }

    /// Something whoever runs the server did by a command.
    #[must_use]
    pub const fn operator(operation: Operation) -> Self {
        Self { operation, staff: None, device: None, patient: None, detail: String::new() }
    }

    /// Something a patient did by a link, without being signed in.
    #[must_use]
    pub const fn patient(patient: PatientId, operation: Operation) -> Self {
        Self { operation, staff: None, device: None, patient: Some(patient), detail: String::new() }
    }

    /// Something a patient's device did.
    #[must_use]
    pub const fn device(device: DeviceId, patient: PatientId, operation: Operation) -> Self {
        Self { operation, staff: None, device: Some(device), patient: Some(patient), detail: String::new() }
    }

    /// What the trail commits to: SHA-256 of the JSON array of log, milliseconds, staff, device, operation, patient
    /// and detail.
    fn payload_hash(&self, at: Timestamp) -> Hash {
        let Self { operation, staff, device, patient, detail } = self;
        let log = word(operation.log());
        let payload = serde_json::json!([log, at.as_millisecond(), staff, device, operation.word(), patient, detail]);
        Sha256::digest(payload.to_string()).into()
    }

    /// The same, to this patient.
    #[must_use]
    pub const fn of(mut self, patient: PatientId) -> Self {
        self.patient = Some(patient);
        self
    }

    /// The same, with more about it.
    #[must_use]
    pub fn with(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Operation, ranges};

    #[test]
    fn numbers_in_a_row_are_told_by_their_ends() {
        for (numbers, told) in [(vec![], "none"), (vec![7], "7"), (vec![1, 2, 3, 7, 9, 10], "1-3 7 9-10")] {
            assert_eq!(ranges(&numbers), told);
        }
    }

    #[test]
    fn no_two_operations_share_a_word() {
        let words: BTreeSet<_> = Operation::ALL.iter().map(|operation| operation.word()).collect();
        assert_eq!(words.len(), Operation::ALL.len());
    }
}

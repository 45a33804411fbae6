//! Everything that happened to one patient, newest first: what staff and devices did, from the audit trail, and what
//! was received. Names of patients and answers are in neither.

mod queries;
mod routes;

use shared::api::HistoryKind;

pub use routes::routes;

use crate::audit::Operation;

/// Which part of a patient's history an operation belongs to; `None` for what is no patient's.
const fn kind(operation: Operation) -> Option<HistoryKind> {
    match operation {
        Operation::EnrolPatient
        | Operation::RecordMilestone
        | Operation::CorrectPerson
        | Operation::RecordEpisode
        | Operation::MovePatient
        | Operation::SetContact
        | Operation::RecordConsent
        | Operation::ChooseReminders => Some(HistoryKind::Care),
        Operation::NoteMissing
        | Operation::Look
        | Operation::Transcribe
        | Operation::Correct
        | Operation::LoseAnswers => Some(HistoryKind::Answers),
        Operation::EnrolDevice
        | Operation::RevokeDevice
        | Operation::ConfirmDevice
        | Operation::PrepareTablet
        | Operation::GiveTablet
        | Operation::MakeLetter
        | Operation::PrintForms => Some(HistoryKind::Devices),
        Operation::ReadPatient => Some(HistoryKind::Readings),
        Operation::SignIn
        | Operation::AddPasskey
        | Operation::RemovePasskey
        | Operation::RefusePasskey
        | Operation::RefuseProvider
        | Operation::LockSession
        | Operation::UnlockSession
        | Operation::ReadAudit
        | Operation::Export
        | Operation::Backup
        | Operation::Restore
        | Operation::Erase => None, // nobody is left to have a history
    }
}

/// The words of the operations of one kind, or of all.
fn words(asked: Option<HistoryKind>) -> Vec<&'static str> {
    let is_asked = |operation: &&Operation| kind(**operation).is_some_and(|it| asked.is_none_or(|asked| asked == it));
    Operation::ALL.iter().filter(is_asked).map(|operation| operation.word()).collect()
}

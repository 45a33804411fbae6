//! What the nurse sees: who needs her now, enrolling with the letter, patients and their files.

mod devices;
mod enrol;
mod entry;
mod file;
mod filter;
mod letter;
mod look;
mod milestones;
mod missing;
mod patients;
mod person;
mod qr;
mod state;
mod strip;
mod worklist;

use leptos::prelude::*;
use shared::api::WorklistGroup;

use self::{enrol::EnrolBoxes, entry::EntryDraft, filter::Filter};
pub(crate) use self::{
    enrol::EnrolPage,
    entry::{EntryPage, FormPage, FormsPage, PaperPage},
    file::{PatientPage, operation_words},
    letter::LetterPage,
    patients::PatientsPage,
    worklist::WorklistPage,
};

/// What a nurse has half written or chosen; it outlives the pages, not her.
#[derive(Clone, Copy)]
pub(crate) struct NurseDrafts {
    enrol: EnrolBoxes,
    /// What is being typed in for a patient.
    pub(crate) entry: EntryDraft,
    group: RwSignal<WorklistGroup>,
    sort: RwSignal<String>,
    worklist: Filter,
    patients: Filter,
}

impl Default for NurseDrafts {
    fn default() -> Self {
        Self {
            enrol: EnrolBoxes::default(),
            entry: EntryDraft::default(),
            group: RwSignal::new(WorklistGroup::Due),
            sort: RwSignal::new(String::new()),
            worklist: Filter::default(),
            patients: Filter::default(),
        }
    }
}

impl NurseDrafts {
    /// Forgets all of it.
    pub(crate) fn clear(self) {
        self.enrol.clear();
        self.entry.clear();
        self.group.set(WorklistGroup::Due);
        self.sort.set(String::new());
        self.worklist.clear();
        self.patients.clear();
    }
}

//! The patient whose phone is open: the notebook, the plan read from it, and whether the phone can still keep things.
//!
//! Everything here is emptied the moment the phone is locked, so that nothing of one patient waits for the next.

use leptos::{ev, prelude::*, task::spawn_local};
use shared::{
    id::AssessmentId,
    schedule::{Assessment, Plan},
    sync::store::StoreError,
};

use super::agenda::{Agenda, Known};
use crate::{
    device::{Device, DeviceState},
    i18n::Locale,
    notebook::Notebook,
    questionnaire::Keeping,
    session,
};

/// What the pages of an open phone share; a handle that can be copied into every closure.
#[derive(Clone, Copy)]
pub struct Care {
    /// This phone.
    pub device: Device,
    /// Where the answer just given stands.
    pub keeping: RwSignal<Keeping>,
    /// The store failed: nothing more can be answered here.
    pub failure: RwSignal<Option<StoreError>>,
    notebook: RwSignal<Option<Notebook>, LocalStorage>,
    plan: RwSignal<Option<Plan>>,
    was_read: RwSignal<bool>,
    looks: RwSignal<u32>,
}

impl Care {
    /// Follows the phone from now on, and gives itself to everything below.
    pub fn provide(device: Device) -> Self {
        let care = Self {
            device,
            keeping: RwSignal::new(Keeping::Rest),
            failure: RwSignal::new(None),
            notebook: RwSignal::new_local(None),
            plan: RwSignal::new(None),
            was_read: RwSignal::new(false),
            looks: RwSignal::new(0),
        };
        // Another tab may have kept or sent something while this one was not looked at.
        let focus = window_event_listener(ev::focus, move |_| care.look_again());
        on_cleanup(move || focus.remove());
        Effect::new(move || {
            care.follow();
            match device.state() {
                DeviceState::Open(_) => spawn_local(care.read()),
                DeviceState::Failed(error) => care.failure.set(Some(error)),
                DeviceState::Opening | DeviceState::NotEnrolled | DeviceState::Locked(_) => care.forget(),
            }
        });
        provide_context(care);
        care
    }

    /// The notebook, once the patient's bundle has come; read in a view, it follows every change.
    #[must_use]
    pub fn notebook(self) -> Option<Notebook> {
        self.notebook.get()
    }

    /// Whether the store was read; without a notebook since then, the bundle has yet to come.
    #[must_use]
    pub fn was_read(self) -> bool {
        self.was_read.get()
    }

    /// What is due; `None` until the plan was read.
    #[must_use]
    pub fn agenda(self, locale: Locale) -> Option<Agenda> {
        let notebook = self.notebook.get()?;
        let known = Known { bundle: notebook.bundle(), sheets: notebook.sheets() };
        self.plan.with(|plan| Some(Agenda::read(known, plan.as_ref()?, locale, session::today())))
    }

    /// An occasion of the plan as last read, untracked.
    #[must_use]
    pub fn find_assessment(self, id: &AssessmentId) -> Option<Assessment> {
        self.plan.with_untracked(|plan| plan.as_ref()?.get(id).cloned())
    }

    /// The unit's telephone number; empty until it is known.
    #[must_use]
    pub fn phone(self) -> String {
        // Not broken over two lines.
        let unbroken = |notebook: &Notebook| notebook.bundle().study.phone.replace(' ', "\u{a0}");
        self.notebook.with(|notebook| notebook.as_ref().map(unbroken)).unwrap_or_default()
    }

    /// The words that the nurse compares, until she has confirmed that this phone is the patient's.
    #[must_use]
    pub fn words(self) -> Option<String> {
        self.notebook.with(|notebook| notebook.as_ref()?.bundle().words.clone())
    }

    /// Runs the effect it is called in again whenever the network brought something, this tab was looked at, or
    /// something here changed.
    pub fn follow(self) {
        self.looks.track();
        let _ = self.device.news();
    }

    /// Reads the store again: something here, or in another tab, may have changed.
    pub fn look_again(self) {
        self.looks.update(|looks| *looks = looks.wrapping_add(1));
    }

    async fn read(self) {
        let read = async {
            let notebook = self.device.notebook().await?;
            let plan = match &notebook {
                Some(notebook) => Some(notebook.plan().await?),
                None => None,
            };
            Ok::<_, StoreError>((notebook, plan))
        };
        match read.await {
            // Locked meanwhile: what was read is nobody's any more.
            Ok(_) if !matches!(untrack(|| self.device.state()), DeviceState::Open(_)) => {}
            Ok((notebook, plan)) => {
                self.plan.set(plan);
                self.notebook.set(notebook);
                self.was_read.set(true);
            }
            Err(error) => self.failure.set(Some(error)),
        }
    }

    fn forget(self) {
        self.keeping.set(Keeping::Rest);
        self.notebook.set(None);
        self.plan.set(None);
        self.was_read.set(false);
    }
}

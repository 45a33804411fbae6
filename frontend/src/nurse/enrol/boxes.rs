//! What is typed to enrol a patient; it outlives the page, so that nothing is lost when a session or the network ends.

use leptos::prelude::*;

use super::form::EnrolForm;
use crate::ui::DateParts;

macro_rules! boxes {
    ($($name:ident: $kind:ty,)*) => {
        /// The boxes of the form, each followed by the page.
        #[derive(Clone, Copy)]
        pub(crate) struct EnrolBoxes {
            begun: RwSignal<bool>,
            $(pub(super) $name: RwSignal<$kind>,)*
        }

        impl Default for EnrolBoxes {
            fn default() -> Self {
                Self { begun: RwSignal::new(false), $($name: RwSignal::default(),)* }
            }
        }

        impl EnrolBoxes {
            fn fill(self, form: EnrolForm) {
                $(self.$name.set(form.$name);)*
            }

            /// What the boxes hold now; whoever reads it in a view follows them.
            pub(super) fn form(self) -> EnrolForm {
                EnrolForm { $($name: self.$name.get(),)* }
            }
        }
    };
}

boxes! {
    registry_number: String,
    family_name: String,
    given_name: String,
    birth: DateParts,
    hemopathy: String,
    site: String,
    pathway: String,
    pathway_from: DateParts,
    language: String,
    consent: String,
    information: String,
    consented: DateParts,
    means: String,
    email: String,
    inclusion: DateParts,
    rcp: DateParts,
    infusion: DateParts,
}

impl EnrolBoxes {
    /// Empties every box.
    pub(crate) fn clear(self) {
        self.fill(EnrolForm::default());
        self.begun.set(false);
    }

    /// Fills what has no other choice, unless something was typed before.
    pub(super) fn begin(self, form: EnrolForm) {
        if !self.begun.get_untracked() {
            self.fill(form);
            self.begun.set(true);
        }
    }
}

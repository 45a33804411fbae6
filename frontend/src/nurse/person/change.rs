//! One change of what is known about a patient, from the question to the server's reply.

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::{PatientReply, PersonReply},
    id::PatientId,
};

use crate::{
    i18n::Locale,
    staff::{DateProblem, Desk, Fetch, Trouble},
};

/// What is being changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    /// Number, names, date of birth.
    Person,
    /// The language.
    Language,
    /// Where reminders go.
    Contact,
    /// Consent or no opposition.
    Consent,
}

/// Why a box cannot be sent.
#[derive(Clone, Copy)]
pub(super) enum Wrong {
    /// A sentence.
    Says(fn(Locale) -> &'static str),
    /// It is no date.
    Date(DateProblem),
}

impl Wrong {
    pub(super) fn sentence(self, locale: Locale) -> &'static str {
        match self {
            Self::Says(says) => says(locale),
            Self::Date(problem) => problem.sentence(locale),
        }
    }
}

/// The change under way; a handle for every form.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) desk: Desk,
    pub(super) patient: PatientId,
    pub(super) asked: RwSignal<Option<Asked>>,
    pub(super) open: RwSignal<bool>,
    pub(super) busy: RwSignal<bool>,
    pub(super) trouble: RwSignal<Option<Trouble>>,
    pub(super) problems: RwSignal<Vec<(&'static str, Wrong)>>,
    fetch: StoredValue<Fetch<PatientReply>>,
    saved: RwSignal<bool>,
}

impl Change {
    pub(super) fn new(person: &PersonReply, fetch: Fetch<PatientReply>, saved: RwSignal<bool>) -> Self {
        Self {
            desk: Desk::find(),
            patient: person.patient,
            asked: RwSignal::new(None),
            open: RwSignal::new(false),
            busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
            problems: RwSignal::new(Vec::new()),
            fetch: StoredValue::new(fetch),
            saved,
        }
    }

    /// Opens the form of a change, as what stands fills it.
    pub(super) fn ask(self, asked: Asked) {
        self.saved.set(false);
        self.trouble.set(None);
        self.problems.set(Vec::new());
        self.asked.set(None); // so that a form opened again begins anew
        self.asked.set(Some(asked));
        self.open.set(true);
    }

    /// Sends it; what was typed stays where it is when that fails.
    pub(super) fn send<T: DeserializeOwned + 'static>(
        self,
        to: &'static str,
        request: impl Serialize + 'static,
        done: impl FnOnce(Self) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        let path = format!("/api/patients/{}/{to}", self.patient);
        self.trouble.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let reply = self.desk.post::<T>(&path, &request).await;
            let _ = self.busy.try_set(false);
            match reply {
                Ok(_) => done(self),
                Err(trouble) => {
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
        });
    }

    /// Closes the form and reads the file again.
    pub(super) fn finish(self) {
        let _ = self.open.try_set(false);
        let _ = self.saved.try_set(true);
        self.fetch.try_with_value(|fetch| fetch.again());
    }

    /// The words at one box.
    pub(super) fn error(self, id: &'static str) -> Signal<String> {
        Signal::derive(move || {
            let found = self.problems.with(|all| all.iter().find(|(at, _)| *at == id).map(|(_, wrong)| *wrong));
            found.map_or_else(String::new, |wrong| wrong.sentence(self.desk.locale.get()).to_owned())
        })
    }

    /// All of them, for the summary.
    pub(super) fn errors(self) -> Signal<Vec<(String, String)>> {
        let line = move |(id, wrong): &(&'static str, Wrong)| {
            ((*id).to_owned(), wrong.sentence(self.desk.locale.get()).to_owned())
        };
        Signal::derive(move || self.problems.with(|all| all.iter().map(line).collect()))
    }

    /// Whether nothing is wrong; shows what is.
    pub(super) fn fits(self, problems: Vec<(&'static str, Wrong)>) -> bool {
        let fits = problems.is_empty();
        self.problems.set(problems);
        fits
    }
}

//! Which occasion, which questionnaire, in which language: what is typed in or printed.

use leptos::prelude::*;
use shared::{
    api::PatientReply,
    id::{AssessmentId, InstrumentKey},
    schedule::{Assessment, AssessmentState, by_window},
};

use super::super::state;
use crate::{
    i18n::{Locale, text::nurse::entry as text},
    staff::{Desk, Names},
    ui::Select,
};

/// What is chosen, as text until it is read; empty while nothing is.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    pub(super) assessment: RwSignal<String>,
    pub(super) instrument: RwSignal<String>,
    pub(super) language: RwSignal<String>,
}

impl Choice {
    /// Nothing chosen but the patient's language.
    pub(super) fn new(file: &PatientReply) -> Self {
        Self {
            assessment: RwSignal::new(String::new()),
            instrument: RwSignal::new(String::new()),
            language: RwSignal::new(file.language.to_string()),
        }
    }

    /// The occasion.
    pub(super) fn assessment(self) -> Option<AssessmentId> {
        self.assessment.with(|text| text.parse().ok())
    }

    /// The questionnaire.
    pub(super) fn instrument(self) -> Option<InstrumentKey> {
        self.instrument.with(|text| text.parse().ok())
    }
}

/// The occasions that ask something, in the order their windows close.
fn occasions(assessments: &[Assessment]) -> Vec<Assessment> {
    let plan = assessments.iter().map(|one| (one.id.clone(), one.clone())).collect();
    by_window(&plan).into_iter().filter(|one| !one.questionnaires.is_empty()).cloned().collect()
}

/// An occasion in a few words.
fn occasion_words(names: &Names, locale: Locale, one: &Assessment) -> String {
    let name = names.timepoint(&one.id.timepoint, locale);
    let state = if one.state == AssessmentState::NotApplicable {
        text::before_inclusion(locale)
    } else {
        state::word(one.state, locale)
    };
    let nth = if one.id.occurrence > 1 { format!(" ({})", one.id.occurrence) } else { String::new() };
    format!("{}{nth} – {name} – {state}", one.id.timepoint)
}

/// The three choices.
#[component]
pub(super) fn Chooser(
    /// Where they go.
    choice: Choice,
    /// Whose.
    file: PatientReply,
    /// All questionnaires of an occasion can be chosen together.
    #[prop(optional)]
    all_together: bool,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let occasions = StoredValue::new(occasions(&file.assessments));
    let assessments = {
        let names = names.clone();
        Signal::derive(move || {
            let words = |one: &Assessment| {
                let words = names.as_ref().map(|names| occasion_words(names, locale.get(), one));
                (one.id.to_string(), words.unwrap_or_else(|| one.id.to_string()))
            };
            occasions.with_value(|all| all.iter().map(words).collect::<Vec<_>>())
        })
    };
    let instruments = {
        let names = names.clone();
        Signal::derive(move || {
            let chosen = choice.assessment();
            let of = occasions.with_value(|all| all.iter().find(|one| Some(&one.id) == chosen.as_ref()).cloned());
            let asked = of.map(|one| one.questionnaires).unwrap_or_default();
            let words =
                |key: &InstrumentKey| names.as_ref().map_or_else(|| key.to_string(), |names| names.instrument(key));
            asked.iter().map(|one| (one.instrument.key.to_string(), words(&one.instrument.key))).collect::<Vec<_>>()
        })
    };
    Effect::new(move |before: Option<String>| {
        let now = choice.assessment.get();
        if before.is_some_and(|before| before != now) {
            choice.instrument.set(String::new());
        }
        now
    });
    let languages = Signal::stored(
        names
            .map(|names| {
                let language =
                    |language: &shared::id::Language| (language.to_string(), Locale::of(language).name().to_owned());
                names.study().languages.iter().map(language).collect::<Vec<_>>()
            })
            .unwrap_or_default(),
    );
    let empty = Signal::derive(move || text::choose(locale.get()).to_owned());
    let none = Signal::derive(move || {
        if all_together { text::all_of_them(locale.get()) } else { text::choose(locale.get()) }.to_owned()
    });
    view! {
        <div class="filter">
            <Select id="entry-assessment" value=choice.assessment options=assessments empty
                label=Signal::derive(move || text::assessment(locale.get()).to_owned()) />
            <Select id="entry-instrument" value=choice.instrument options=instruments empty=none
                label=Signal::derive(move || text::instrument(locale.get()).to_owned()) />
            <Select id="entry-language" value=choice.language options=languages
                label=Signal::derive(move || text::language(locale.get()).to_owned()) />
        </div>
    }
}

//! Enrolling a patient: one form, every error at once, then straight to the letter.

mod boxes;
mod fields;
mod form;
mod preview;

use leptos::{prelude::*, task::spawn_local};
use shared::api::{EnrolReply, EnrolRequest, PatientLine, PatientsReply, PatientsRequest, ProblemKind};

pub(crate) use self::boxes::EnrolBoxes;
use self::{
    fields::{CareFields, ConsentFields, ContactFields, DateFields, IdentityFields},
    form::{EnrolField, EnrolForm, EnrolProblem},
};
use crate::{
    i18n::{
        Locale,
        text::{nurse::enrol as text, person::enrol as more},
    },
    session,
    staff::{Desk, Route, Trouble},
    ui::{ErrorSummary, Heading, Link, Notice, Tone},
};

/// The id of a box, which its error leads to.
const fn field_id(field: EnrolField) -> &'static str {
    match field {
        EnrolField::RegistryNumber => "registry-number",
        EnrolField::Birth => "birth",
        EnrolField::Hemopathy => "hemopathy",
        EnrolField::Site => "site",
        EnrolField::Pathway => "pathway",
        EnrolField::PathwayFrom => "pathway-from",
        EnrolField::Language => "language",
        EnrolField::Consent => "consent",
        EnrolField::Information => "information",
        EnrolField::Consented => "consented",
        EnrolField::Means => "means",
        EnrolField::Email => "email",
        EnrolField::Inclusion => "inclusion",
        EnrolField::Rcp => "rcp",
        EnrolField::Infusion => "infusion",
    }
}

/// What is wrong with a box, and what to write in it.
const fn sentence(locale: Locale, field: EnrolField, problem: EnrolProblem) -> &'static str {
    match problem {
        EnrolProblem::TooLong => text::too_long(locale),
        EnrolProblem::Ahead => match field {
            EnrolField::Inclusion => text::ahead(locale),
            EnrolField::Birth => more::birth_ahead(locale),
            EnrolField::RegistryNumber
            | EnrolField::Hemopathy
            | EnrolField::Pathway
            | EnrolField::PathwayFrom
            | EnrolField::Site
            | EnrolField::Language
            | EnrolField::Consent
            | EnrolField::Information
            | EnrolField::Consented
            | EnrolField::Means
            | EnrolField::Email
            | EnrolField::Rcp
            | EnrolField::Infusion => more::ahead(locale),
        },
        EnrolProblem::NotADay => more::not_a_day(locale),
        EnrolProblem::NotAnAddress => more::not_an_address(locale),
        EnrolProblem::BeforeRcp => text::before_rcp(locale),
        EnrolProblem::Date(problem) => problem.sentence(locale),
        EnrolProblem::Missing => missing(locale, field),
    }
}

/// What to write in a box that is empty.
const fn missing(locale: Locale, field: EnrolField) -> &'static str {
    match field {
        EnrolField::RegistryNumber => text::missing::registry_number(locale),
        EnrolField::Hemopathy => text::missing::hemopathy(locale),
        EnrolField::Site => text::missing::site(locale),
        EnrolField::Pathway => text::missing::pathway(locale),
        EnrolField::Language => text::missing::language(locale),
        EnrolField::Consent => more::missing::consent(locale),
        EnrolField::Information => more::missing::information(locale),
        EnrolField::Consented => more::missing::consented(locale),
        EnrolField::Means => more::missing::means(locale),
        EnrolField::Email => more::not_an_address(locale),
        EnrolField::Birth | EnrolField::PathwayFrom => more::not_a_day(locale),
        EnrolField::Inclusion | EnrolField::Rcp | EnrolField::Infusion => text::missing::inclusion(locale),
    }
}

/// What became of the last try.
#[derive(Clone, Copy)]
struct Attempt {
    desk: Desk,
    problems: RwSignal<Vec<(EnrolField, EnrolProblem)>>,
    trouble: RwSignal<Option<Trouble>>,
    busy: RwSignal<bool>,
    /// Whose the registry number is already, if one of hers.
    namesake: RwSignal<Option<PatientLine>>,
}

impl Attempt {
    /// Reads the boxes and enrols, or says what is wrong.
    fn start(self, boxes: EnrolBoxes) {
        if self.busy.get_untracked() {
            return;
        }
        self.trouble.set(None);
        self.namesake.set(None);
        match untrack(|| boxes.form()).read(session::today()) {
            Err(problems) => self.problems.set(problems),
            Ok(request) => {
                self.problems.set(Vec::new());
                self.busy.set(true);
                spawn_local(async move { self.send(boxes, request).await });
            }
        }
    }

    async fn send(self, boxes: EnrolBoxes, request: EnrolRequest) {
        let number = request.registry_number.clone();
        match self.desk.post::<EnrolReply>("/api/patients", &request).await {
            Ok(EnrolReply { patient }) => {
                boxes.clear();
                // whether or not the letter could be made: its page says, and offers to make it
                let _ = super::letter::make(self.desk, patient).await;
                self.desk.address.go(&Route::Letter(patient).path());
            }
            Err(trouble) => {
                if trouble == Trouble::Said(ProblemKind::Conflict) {
                    let _ = self.namesake.try_set(self.find(&number).await);
                }
                let _ = self.trouble.try_set(Some(trouble));
                let _ = self.busy.try_set(false);
            }
        }
    }

    /// The patient who has this number, if one of hers.
    async fn find(self, number: &str) -> Option<PatientLine> {
        let asked = PatientsRequest { search: number.to_owned(), ..PatientsRequest::default() };
        let found = self.desk.post::<PatientsReply>("/api/patients/search", &asked).await.ok()?.patients;
        found.into_iter().find(|line| line.registry_number.to_lowercase() == number.to_lowercase())
    }

    /// The words at one box.
    fn error(self, field: EnrolField) -> Signal<String> {
        let locale = self.desk.locale;
        Signal::derive(move || {
            let problem = self.problems.with(|problems| problems.iter().find(|(at, _)| *at == field).copied());
            problem.map_or_else(String::new, |(field, problem)| sentence(locale.get(), field, problem).to_owned())
        })
    }

    fn summary(self) -> Signal<Vec<(String, String)>> {
        let locale = self.desk.locale;
        Signal::derive(move || {
            let line = |(field, problem): &(EnrolField, EnrolProblem)| {
                (field_id(*field).to_owned(), sentence(locale.get(), *field, *problem).to_owned())
            };
            self.problems.with(|problems| problems.iter().map(line).collect())
        })
    }
}

/// The page.
#[component]
pub(crate) fn EnrolPage() -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let boxes = desk.drafts().enrol;
    let sites = desk.known_staff().map(|staff| staff.sites).unwrap_or_default();
    if let Some(names) = desk.known_names() {
        let keys: Vec<String> = sites.iter().map(ToString::to_string).collect();
        boxes.begin(EnrolForm::fresh(names.study(), &keys, session::today()));
    }
    let attempt = Attempt {
        desk,
        problems: RwSignal::new(Vec::new()),
        trouble: RwSignal::new(None),
        busy: RwSignal::new(false),
        namesake: RwSignal::new(None),
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        attempt.start(boxes);
    };
    let refusal = move |trouble: Trouble| match trouble {
        Trouble::Said(ProblemKind::Conflict) if attempt.namesake.with(Option::is_some) => {
            more::exists_here(locale.get())
        }
        Trouble::Said(ProblemKind::Conflict) => more::exists_elsewhere(locale.get()),
        Trouble::Said(_) | Trouble::Unreachable => trouble.sentence(locale.get()),
    };
    let before_title = Signal::derive(move || {
        let is_wrong = attempt.problems.with(|problems| !problems.is_empty());
        if is_wrong { crate::i18n::text::common::error_before(locale.get()).to_owned() } else { String::new() }
    });
    view! {
        <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) before_title />
        <p class="lead">{move || text::lead(locale.get())}</p>
        <form class="form" on:submit=submit>
            <ErrorSummary errors=attempt.summary() />
            <div role="alert">
                {move || attempt.trouble.get().map(|trouble| {
                    let file = move || attempt.namesake.get().map(|line| {
                        let to = Route::Patient(line.patient).path();
                        view! { " "<Link to>{move || more::open_file(locale.get(), &line.registry_number)}</Link> }
                    });
                    view! { <Notice tone=Tone::Bad><p>{move || refusal(trouble)}{file}</p></Notice> }
                })}
            </div>
            <IdentityFields boxes attempt />
            <CareFields boxes attempt sites />
            <ConsentFields boxes attempt />
            <ContactFields boxes attempt />
            <DateFields boxes attempt />
            <button type="submit" class="button button-primary" aria-disabled=move || attempt.busy.get().then_some("true")>
                {move || if attempt.busy.get() { text::sending(locale.get()) } else { text::send(locale.get()) }}
            </button>
        </form>
    }
}

//! Enrolling a patient: one form, every error at once, then straight to the letter.

mod form;

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{EnrolReply, EnrolRequest, ProblemKind},
    id::SiteKey,
};

use self::form::{EnrolField, EnrolForm, EnrolProblem};
use crate::{
    i18n::{Locale, text::nurse::enrol as text},
    session,
    staff::{Desk, Names, Route, Trouble, choices},
    ui::{DateField, DateParts, ErrorSummary, Field, Heading, Notice, Select, Tone},
};

/// What is typed so far; it outlives the page, so that nothing is lost when a session ends.
#[derive(Clone, Copy)]
pub(crate) struct EnrolBoxes {
    begun: RwSignal<bool>,
    registry_number: RwSignal<String>,
    family_name: RwSignal<String>,
    given_name: RwSignal<String>,
    hemopathy: RwSignal<String>,
    site: RwSignal<String>,
    pathway: RwSignal<String>,
    language: RwSignal<String>,
    inclusion: RwSignal<DateParts>,
    rcp: RwSignal<DateParts>,
    infusion: RwSignal<DateParts>,
}

impl Default for EnrolBoxes {
    fn default() -> Self {
        let text = || RwSignal::new(String::new());
        let date = || RwSignal::new(DateParts::default());
        Self {
            begun: RwSignal::new(false),
            registry_number: text(),
            family_name: text(),
            given_name: text(),
            hemopathy: text(),
            site: text(),
            pathway: text(),
            language: text(),
            inclusion: date(),
            rcp: date(),
            infusion: date(),
        }
    }
}

impl EnrolBoxes {
    /// Empties every box.
    pub(crate) fn clear(self) {
        self.fill(EnrolForm::default());
        self.begun.set(false);
    }

    /// Fills what has no other choice, unless something was typed before.
    fn begin(self, form: EnrolForm) {
        if !self.begun.get_untracked() {
            self.fill(form);
            self.begun.set(true);
        }
    }

    fn fill(self, form: EnrolForm) {
        self.registry_number.set(form.registry_number);
        self.family_name.set(form.family_name);
        self.given_name.set(form.given_name);
        self.hemopathy.set(form.hemopathy);
        self.site.set(form.site);
        self.pathway.set(form.pathway);
        self.language.set(form.language);
        self.inclusion.set(form.inclusion);
        self.rcp.set(form.rcp);
        self.infusion.set(form.infusion);
    }

    fn form(self) -> EnrolForm {
        EnrolForm {
            registry_number: self.registry_number.get_untracked(),
            family_name: self.family_name.get_untracked(),
            given_name: self.given_name.get_untracked(),
            hemopathy: self.hemopathy.get_untracked(),
            site: self.site.get_untracked(),
            pathway: self.pathway.get_untracked(),
            language: self.language.get_untracked(),
            inclusion: self.inclusion.get_untracked(),
            rcp: self.rcp.get_untracked(),
            infusion: self.infusion.get_untracked(),
        }
    }
}

/// The id of a box, which its error leads to.
const fn field_id(field: EnrolField) -> &'static str {
    match field {
        EnrolField::RegistryNumber => "registry-number",
        EnrolField::Hemopathy => "hemopathy",
        EnrolField::Site => "site",
        EnrolField::Pathway => "pathway",
        EnrolField::Language => "language",
        EnrolField::Inclusion => "inclusion",
        EnrolField::Rcp => "rcp",
        EnrolField::Infusion => "infusion",
    }
}

/// What is wrong with a box, and what to write in it.
const fn sentence(locale: Locale, field: EnrolField, problem: EnrolProblem) -> &'static str {
    match problem {
        EnrolProblem::TooLong => text::too_long(locale),
        EnrolProblem::Ahead => text::ahead(locale),
        EnrolProblem::BeforeRcp => text::before_rcp(locale),
        EnrolProblem::Date(problem) => problem.sentence(locale),
        EnrolProblem::Missing => match field {
            EnrolField::RegistryNumber => text::missing::registry_number(locale),
            EnrolField::Hemopathy => text::missing::hemopathy(locale),
            EnrolField::Site => text::missing::site(locale),
            EnrolField::Pathway => text::missing::pathway(locale),
            EnrolField::Language => text::missing::language(locale),
            EnrolField::Inclusion | EnrolField::Rcp | EnrolField::Infusion => text::missing::inclusion(locale),
        },
    }
}

/// What became of the last try.
#[derive(Clone, Copy)]
struct Attempt {
    desk: Desk,
    problems: RwSignal<Vec<(EnrolField, EnrolProblem)>>,
    trouble: RwSignal<Option<Trouble>>,
    busy: RwSignal<bool>,
}

impl Attempt {
    /// Reads the boxes and enrols, or says what is wrong.
    fn start(self, boxes: EnrolBoxes) {
        if self.busy.get_untracked() {
            return;
        }
        self.trouble.set(None);
        match boxes.form().read(session::today()) {
            Err(problems) => self.problems.set(problems),
            Ok(request) => {
                self.problems.set(Vec::new());
                self.busy.set(true);
                spawn_local(async move { self.send(boxes, request).await });
            }
        }
    }

    async fn send(self, boxes: EnrolBoxes, request: EnrolRequest) {
        match self.desk.post::<EnrolReply>("/api/patients", &request).await {
            Ok(EnrolReply { patient }) => {
                boxes.clear();
                // whether or not the letter could be made: its page says, and offers to make it
                let _ = super::letter::make(self.desk, patient).await;
                self.desk.address.go(&Route::Letter(patient).path());
            }
            Err(trouble) => {
                let _ = self.trouble.try_set(Some(trouble));
                let _ = self.busy.try_set(false);
            }
        }
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
    let attempt =
        Attempt { desk, problems: RwSignal::new(Vec::new()), trouble: RwSignal::new(None), busy: RwSignal::new(false) };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        attempt.start(boxes);
    };
    let refusal = move |trouble: Trouble| match trouble {
        Trouble::Said(ProblemKind::Conflict) => text::exists(locale.get()),
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
                    view! { <Notice tone=Tone::Bad>{move || refusal(trouble)}</Notice> }
                })}
            </div>
            <IdentityFields boxes attempt />
            <CareFields boxes attempt sites />
            <DateFields boxes attempt />
            <button type="submit" class="button button-primary" aria-disabled=move || attempt.busy.get().then_some("true")>
                {move || if attempt.busy.get() { text::sending(locale.get()) } else { text::send(locale.get()) }}
            </button>
        </form>
    }
}

#[component]
fn IdentityFields(boxes: EnrolBoxes, attempt: Attempt) -> impl IntoView {
    let locale = attempt.desk.locale;
    view! {
        <fieldset class="form-group">
            <legend><h2>{move || text::identity(locale.get())}</h2></legend>
            <Field id="registry-number" value=boxes.registry_number error=attempt.error(EnrolField::RegistryNumber)
                label=Signal::derive(move || text::registry_number(locale.get()).to_owned())
                help=Signal::derive(move || text::registry_number_help(locale.get()).to_owned()) />
            <div class="columns">
                <Field id="family-name" value=boxes.family_name
                    label=Signal::derive(move || text::family_name(locale.get()).to_owned()) />
                <Field id="given-name" value=boxes.given_name
                    label=Signal::derive(move || text::given_name(locale.get()).to_owned()) />
            </div>
        </fieldset>
    }
}

#[component]
fn CareFields(boxes: EnrolBoxes, attempt: Attempt, sites: Vec<SiteKey>) -> impl IntoView {
    let locale = attempt.desk.locale;
    let names = attempt.desk.known_names();
    let listed = move |list: fn(&Names, Locale) -> Vec<(String, String)>| {
        let names = names.clone();
        Signal::derive(move || names.as_ref().map(|names| list(names, locale.get())).unwrap_or_default())
    };
    let all_sites = listed(|names, locale| choices(&names.study().sites, locale));
    let hers = Signal::derive(move || {
        let is_hers = |(key, _): &(String, String)| sites.iter().any(|site| site.as_str() == key);
        all_sites.get().into_iter().filter(is_hers).collect::<Vec<_>>()
    });
    let languages = listed(|names, _| {
        let name = |tag: &shared::id::Language| (tag.to_string(), Locale::of(tag).name().to_owned());
        names.study().languages.iter().map(name).collect()
    });
    let empty = Signal::derive(move || text::choose(locale.get()).to_owned());
    view! {
        <fieldset class="form-group">
            <legend><h2>{move || text::care(locale.get())}</h2></legend>
            <div class="columns">
                <Select id="hemopathy" value=boxes.hemopathy empty error=attempt.error(EnrolField::Hemopathy)
                    options=listed(Names::hemopathies)
                    label=Signal::derive(move || text::hemopathy(locale.get()).to_owned()) />
                <Select id="pathway" value=boxes.pathway empty error=attempt.error(EnrolField::Pathway)
                    options=listed(|names, locale| choices(&names.study().pathways, locale))
                    label=Signal::derive(move || text::pathway(locale.get()).to_owned()) />
                <Select id="site" value=boxes.site empty error=attempt.error(EnrolField::Site) options=hers
                    label=Signal::derive(move || text::site(locale.get()).to_owned()) />
                <Select id="language" value=boxes.language error=attempt.error(EnrolField::Language) options=languages
                    label=Signal::derive(move || text::language(locale.get()).to_owned()) />
            </div>
        </fieldset>
    }
}

#[component]
fn DateFields(boxes: EnrolBoxes, attempt: Attempt) -> impl IntoView {
    let locale = attempt.desk.locale;
    let date = move |field: EnrolField, value: RwSignal<DateParts>, legend: fn(Locale) -> &'static str| {
        view! {
            <fieldset>
                <legend class="field-label">{move || legend(locale.get())}</legend>
                <DateField id=field_id(field) value error=attempt.error(field) />
            </fieldset>
        }
    };
    view! {
        <fieldset class="form-group">
            <legend><h2>{move || text::dates(locale.get())}</h2></legend>
            <p class="field-help">
                {move || crate::i18n::text::staff::date::help(locale.get())}" "{move || text::infusion_help(locale.get())}
            </p>
            <div class="columns">
                {date(EnrolField::Inclusion, boxes.inclusion, text::inclusion)}
                {date(EnrolField::Rcp, boxes.rcp, text::rcp)}
                {date(EnrolField::Infusion, boxes.infusion, text::infusion)}
            </div>
        </fieldset>
    }
}

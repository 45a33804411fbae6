//! Entering, correcting or removing an episode of care: the form, what it means for who sees the patient, the reply.

use leptos::{html, prelude::*, task::spawn_local};
use shared::{
    api::{EpisodeReply, EpisodeRequest, PatientReply},
    id::{PatientId, SiteKey},
    schedule::{EnteredEpisode, EpisodeRefusal, Episodes},
};

use super::{
    form::{EpisodeForm, EpisodeProblem, Known},
    in_words,
};
use crate::{
    i18n::{
        Locale, long_date,
        text::{
            episodes::{self as text, problem as problem_text},
            nurse::enrol as enrol_text,
        },
    },
    session,
    staff::{Desk, Fetch, Names, Route, Trouble, choices},
    ui::{Button, DateField, DateParts, ErrorSummary, Field, Look, Notice, Select, Tone},
};

/// How far a change has come.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// Nothing is being changed.
    Closed,
    /// An episode is typed.
    Typing,
    /// One is to be removed; it waits for the reason.
    TakingBack(EnteredEpisode),
}

/// A change of the care pathway, from the first box to the reply.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    desk: Desk,
    patient: PatientId,
    known: StoredValue<Known>,
    fetch: StoredValue<Fetch<PatientReply>>,
    saved: RwSignal<bool>,
    stage: RwSignal<Stage>,
    pathway: RwSignal<String>,
    site: RwSignal<String>,
    from: RwSignal<DateParts>,
    reason: RwSignal<String>,
    replaces: RwSignal<Option<u32>>,
    problems: RwSignal<Vec<EpisodeProblem>>,
    trouble: RwSignal<Option<Trouble>>,
    busy: RwSignal<bool>,
}

impl Editor {
    pub(super) fn new(patient: PatientId, known: Known, fetch: Fetch<PatientReply>, saved: RwSignal<bool>) -> Self {
        Self {
            desk: Desk::find(),
            patient,
            known: StoredValue::new(known),
            fetch: StoredValue::new(fetch),
            saved,
            stage: RwSignal::new(Stage::Closed),
            pathway: RwSignal::new(String::new()),
            site: RwSignal::new(String::new()),
            from: RwSignal::new(DateParts::default()),
            reason: RwSignal::new(String::new()),
            replaces: RwSignal::new(None),
            problems: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    fn begin(self, stage: Stage) {
        self.reason.set(String::new());
        self.problems.set(Vec::new());
        self.trouble.set(None);
        self.saved.set(false);
        self.stage.set(Stage::Closed); // so that a form opened again begins anew
        self.stage.set(stage);
    }

    fn fill(self, pathway: String, site: String, from: DateParts, replaces: Option<u32>) {
        self.pathway.set(pathway);
        self.site.set(site);
        self.from.set(from);
        self.replaces.set(replaces);
        self.begin(Stage::Typing);
    }

    /// Begins with today, at the site that follows.
    pub(super) fn add(self) {
        let site = self.following(None).map(|site| site.to_string()).unwrap_or_default();
        self.fill(String::new(), site, DateParts::of(session::today()), None);
    }

    /// Begins with what stands.
    pub(super) fn correct(self, entry: &EnteredEpisode) {
        let episode = &entry.episode;
        let from = DateParts::of(episode.from_on);
        self.fill(episode.pathway.to_string(), episode.site.to_string(), from, Some(entry.ordinal));
    }

    /// Asks why an episode is to be removed.
    pub(super) fn take_back(self, entry: EnteredEpisode) {
        self.begin(Stage::TakingBack(entry));
    }

    fn close(self) {
        self.begin(Stage::Closed);
    }

    fn form(self) -> EpisodeForm {
        EpisodeForm {
            pathway: self.pathway.get(),
            site: self.site.get(),
            from: self.from.get(),
            reason: self.reason.get(),
            replaces: self.replaces.get(),
        }
    }

    /// What is typed, once it is whole.
    fn typed(self) -> Option<EnteredEpisode> {
        let form = self.form();
        self.known.with_value(|known| form.entry(known, session::today()))
    }

    fn asks_why(self) -> bool {
        let form = self.form();
        self.known.with_value(|known| form.needs_reason(known, session::today()))
    }

    /// The site that follows, or would once an entry follows those there are.
    fn following(self, entry: Option<&EnteredEpisode>) -> Option<SiteKey> {
        let standing = |known: &Known| match entry {
            Some(entry) => known.with(entry),
            None => Episodes::standing(&known.entered),
        };
        self.known.with_value(|known| standing(known).last().map(|it| it.site.clone()))
    }

    /// The site that would follow in place of the one that does.
    fn moves_to(self, entry: &EnteredEpisode) -> Option<SiteKey> {
        self.following(Some(entry)).filter(|site| Some(site) != self.following(None).as_ref())
    }

    fn save(self) {
        let read = match self.stage.get_untracked() {
            Stage::Closed => return,
            Stage::Typing => {
                let form = untrack(|| self.form());
                self.known.with_value(|known| form.read(known, session::today()))
            }
            Stage::TakingBack(entry) => {
                let reason = self.reason.get_untracked();
                let taken = self.known.with_value(|known| known.take_back(&entry, &reason, session::today()));
                taken.map_err(|problem| vec![problem])
            }
        };
        self.problems.set(read.as_ref().err().cloned().unwrap_or_default());
        if let Ok(request) = read {
            self.send(request);
        }
    }

    fn send(self, request: EpisodeRequest) {
        if self.busy.get_untracked() {
            return;
        }
        let path = format!("/api/patients/{}/episodes", self.patient);
        self.trouble.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let reply = self.desk.post::<EpisodeReply>(&path, &request).await;
            let _ = self.busy.try_set(false);
            match reply {
                Ok(reply) => self.finish(&reply.site),
                Err(trouble) => {
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
        });
    }

    /// Reads the file again; back to the list, where the patient is no longer one of the nurse's.
    fn finish(self, site: &SiteKey) {
        let _ = self.stage.try_set(Stage::Closed);
        if self.desk.known_staff().is_some_and(|staff| staff.sites.contains(site)) {
            let _ = self.saved.try_set(true);
            self.fetch.try_with_value(|fetch| fetch.again());
        } else {
            self.desk.address.go(&Route::Patients.path());
        }
    }

    fn told(self) -> Vec<(String, String)> {
        let locale = self.desk.locale.get();
        let line = |problem: &EpisodeProblem| {
            let (id, words) = sentence(locale, *problem);
            (id.to_owned(), words.to_owned())
        };
        self.problems.with(|problems| problems.iter().map(line).collect())
    }

    fn error(self, id: &'static str) -> Signal<String> {
        let found = move || self.told().into_iter().find(|(at, _)| at == id).map(|(_, words)| words);
        Signal::derive(move || found().unwrap_or_default())
    }

    fn label(self, words: fn(Locale) -> &'static str) -> Signal<String> {
        Signal::derive(move || words(self.desk.locale.get()).to_owned())
    }
}

/// The box that is wrong, and what is.
const fn sentence(locale: Locale, problem: EpisodeProblem) -> (&'static str, &'static str) {
    match problem {
        EpisodeProblem::PathwayMissing => ("episode-pathway", problem_text::pathway_missing(locale)),
        EpisodeProblem::SiteMissing => ("episode-site", problem_text::site_missing(locale)),
        EpisodeProblem::DateMissing => ("episode-from", problem_text::date_missing(locale)),
        EpisodeProblem::NotADay => ("episode-from", problem_text::not_a_day(locale)),
        EpisodeProblem::Date(problem) => ("episode-from", problem.sentence(locale)),
        EpisodeProblem::ReasonMissing => ("episode-reason", problem_text::reason_missing(locale)),
        EpisodeProblem::Refused(refusal) => match refusal {
            EpisodeRefusal::TooEarly => ("episode-from", problem_text::too_early(locale)),
            EpisodeRefusal::Ahead => ("episode-from", problem_text::ahead(locale)),
            EpisodeRefusal::AfterDeath => ("episode-from", problem_text::after_death(locale)),
            EpisodeRefusal::SameDay => ("episode-from", problem_text::same_day(locale)),
            EpisodeRefusal::SameCare => ("episode-pathway", problem_text::same_care(locale)),
            EpisodeRefusal::NothingChanged => ("episode-pathway", problem_text::nothing(locale)),
            EpisodeRefusal::OnlyOne => ("episode-reason", problem_text::only_one(locale)),
        },
    }
}

/// Whatever of it shows.
#[component]
pub(super) fn EditorView(editor: Editor) -> impl IntoView {
    let locale = editor.desk.locale;
    let stage = Memo::new(move |_| editor.stage.get());
    view! {
        {move || match stage.get() {
            Stage::Closed => None,
            Stage::Typing => Some(view! { <Typing editor /> }.into_any()),
            Stage::TakingBack(entry) => Some(view! { <TakingBack editor entry /> }.into_any()),
        }}
        <div role="alert">
            {move || editor.trouble.get().map(|trouble| {
                view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
            })}
        </div>
    }
}

/// The form's frame: its heading, which takes the focus, what is wrong, saving and giving up.
#[component]
fn Frame(
    editor: Editor,
    title: fn(Locale) -> &'static str,
    save: fn(Locale) -> &'static str,
    #[prop(optional)] look: Look,
    children: Children,
) -> impl IntoView {
    let locale = editor.desk.locale;
    let heading = NodeRef::<html::H3>::new();
    heading.on_load(|element| {
        let _ = element.focus();
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        editor.save();
    };
    view! {
        <form class="editor" on:submit=submit aria-labelledby="episode-title">
            <h3 id="episode-title" tabindex="-1" node_ref=heading>{move || title(locale.get())}</h3>
            <ErrorSummary errors=Signal::derive(move || editor.told()) />
            {children()}
            <div class="actions">
                <Button look busy=editor.busy>{move || save(locale.get())}</Button>
                <Button look=Look::Quiet on_press=move |_| editor.close()>{move || text::cancel(locale.get())}</Button>
            </div>
        </form>
    }
}

#[component]
fn Typing(editor: Editor) -> impl IntoView {
    let locale = editor.desk.locale;
    let names = StoredValue::new(editor.desk.known_names());
    let listed = move |list: fn(&Names, Locale) -> Vec<(String, String)>| {
        let list = move |names: &Names| list(names, locale.get());
        Signal::derive(move || names.with_value(|names| names.as_deref().map(list)).unwrap_or_default())
    };
    let title = if editor.replaces.get_untracked().is_some() { text::correct_title } else { text::add };
    let asks_why = Memo::new(move |_| editor.asks_why());
    let moves_to = Signal::derive(move || editor.typed().and_then(|entry| editor.moves_to(&entry)));
    view! {
        <Frame editor title save=text::save>
            <Select id="episode-pathway" value=editor.pathway error=editor.error("episode-pathway")
                label=editor.label(text::pathway) empty=editor.label(enrol_text::choose)
                options=listed(|names, locale| choices(&names.study().pathways, locale)) />
            <Select id="episode-site" value=editor.site error=editor.error("episode-site")
                label=editor.label(text::site) empty=editor.label(enrol_text::choose)
                options=listed(|names, locale| choices(&names.study().sites, locale)) />
            <fieldset>
                <legend class="field-label">{move || text::from(locale.get())}</legend>
                <p class="field-help">{move || text::from_help(locale.get())}</p>
                <DateField id="episode-from" value=editor.from error=editor.error("episode-from") />
            </fieldset>
            <Moves editor site=moves_to />
            <Show when=move || asks_why.get()><Why editor /></Show>
        </Frame>
    }
}

/// That another team will see the patient, where so.
#[component]
fn Moves(editor: Editor, site: Signal<Option<SiteKey>>) -> impl IntoView {
    let locale = editor.desk.locale;
    let names = StoredValue::new(editor.desk.known_names());
    let told = move || {
        let site = site.get()?;
        let name = names.with_value(|names| names.as_ref().map(|names| names.site(&site, locale.get())))?;
        Some(view! { <Notice tone=Tone::Warn>{text::moves(locale.get(), name)}</Notice> })
    };
    view! { <div role="status">{told}</div> }
}

#[component]
fn Why(editor: Editor) -> impl IntoView {
    view! {
        <Field id="episode-reason" value=editor.reason error=editor.error("episode-reason")
            label=editor.label(text::reason) help=editor.label(text::reason_help) />
    }
}

/// What is removed, and what runs in its place.
#[component]
fn TakingBack(editor: Editor, entry: EnteredEpisode) -> impl IntoView {
    let locale = editor.desk.locale;
    let names = StoredValue::new(editor.desk.known_names());
    let (standing, moves_to) = editor.known.with_value(|known| {
        let back = known.taking_back(&entry);
        (known.with(&back), editor.moves_to(&back))
    });
    let (runs, entry) = (standing.on(entry.episode.from_on).cloned(), entry.episode);
    let next = standing.first().map(|it| it.from_on);
    let lead = move || {
        names.with_value(|names| {
            let (names, locale) = (names.as_ref()?, locale.get());
            let (pathway, site) = (names.pathway(&entry.pathway, locale), names.site(&entry.site, locale));
            Some(text::take_back_lead(locale, long_date(locale, entry.from_on), pathway, site))
        })
    };
    let then = move || {
        names.with_value(|names| {
            let (names, locale) = (names.as_ref()?, locale.get());
            match &runs {
                Some(runs) => Some(text::then(locale, in_words(names, runs, locale))),
                None => next.map(|next| text::then_nothing(locale, long_date(locale, next))),
            }
        })
    };
    view! {
        <Frame editor title=text::take_back_title save=text::confirm look=Look::Danger>
            <p>{lead}</p>
            <p>{then}</p>
            <Moves editor site=Signal::stored(moves_to) />
            <Why editor />
        </Frame>
    }
}

//! What was found, in words, and noting that somebody looked at it, with a note if there is something to say.

use leptos::{html, prelude::*, task::spawn_local};
use shared::{
    api::{Finding, Look as Looked, LookRequest},
    id::{AssessmentId, FlagKey, PatientId},
    study::{Flag, Threshold},
};

use crate::{
    i18n::{Locale, decimal, text::nurse::look as text},
    staff::{Desk, Names, Trouble, set_aside_reason},
    ui::{Button, Dialog, Field, Look, Notice, Tone},
};

/// What is shown of one occasion, and can be noted as looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    /// Whose.
    pub(crate) patient: PatientId,
    /// On which occasion.
    pub(crate) assessment: Option<AssessmentId>,
    /// What was found.
    pub(crate) seen: Vec<Finding>,
    /// Both in a few words.
    pub(crate) name: String,
}

/// Noting a look, from the question to what was noted.
#[derive(Clone, Copy)]
pub(crate) struct LookNote {
    desk: Desk,
    shown: RwSignal<Option<Shown>>,
    open: RwSignal<bool>,
    words: RwSignal<String>,
    noted: RwSignal<Option<String>>,
    trouble: RwSignal<Option<Trouble>>,
    changed: Callback<()>,
}

impl LookNote {
    /// Nothing is asked yet; `changed` is told when something was noted, or could not be.
    pub(crate) fn new(changed: Callback<()>) -> Self {
        Self {
            desk: Desk::find(),
            shown: RwSignal::new(None),
            open: RwSignal::new(false),
            words: RwSignal::new(String::new()),
            noted: RwSignal::new(None),
            trouble: RwSignal::new(None),
            changed,
        }
    }

    fn ask(self, shown: Shown) {
        self.trouble.set(None);
        self.words.set(String::new());
        self.shown.set(Some(shown));
        self.open.set(true);
    }

    fn send(self) {
        self.open.set(false);
        let Some(shown) = self.shown.get_untracked() else { return };
        let path = format!("/api/patients/{}/looks", shown.patient);
        let note = self.words.get_untracked().trim().to_owned();
        let request = LookRequest { assessment: shown.assessment, seen: shown.seen, note };
        spawn_local(async move {
            match self.desk.post::<Looked>(&path, &request).await {
                Ok(_) => {
                    let _ = self.noted.try_set(Some(shown.name));
                }
                Err(trouble) => {
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
            self.changed.run(());
        });
    }
}

/// What was noted last; and the dialog, when something is asked.
#[component]
pub(crate) fn LookPanel(
    /// What it is about.
    look: LookNote,
) -> impl IntoView {
    let locale = look.desk.locale;
    let title = Signal::derive(move || {
        let name = look.shown.with(|shown| shown.as_ref().map(|it| it.name.clone()).unwrap_or_default());
        text::title(locale.get(), name)
    });
    let line = NodeRef::<html::Div>::new();
    // it takes the focus, as the line that had it may be gone
    Effect::new(move || {
        if look.noted.get().is_some()
            && let Some(line) = line.get_untracked()
        {
            let _ = line.focus();
        }
    });
    let told = move || {
        look.noted
            .get()
            .map(|name| view! { <Notice tone=Tone::Good>{move || text::noted(locale.get(), &name)}</Notice> })
    };
    view! {
        <div role="status" tabindex="-1" node_ref=line>{told}</div>
        <div role="alert">
            {move || look.trouble.get().map(|trouble| {
                view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
            })}
        </div>
        <Dialog open=look.open title>
            {move || look.shown.get().map(|shown| view! { <FindingList findings=shown.seen /> })}
            <p class="quiet">{move || text::lead(locale.get())}</p>
            <Field id="look-note" value=look.words
                label=Signal::derive(move || text::note(locale.get()).to_owned())
                help=Signal::derive(move || text::note_help(locale.get()).to_owned()) />
            <p class="actions">
                <Button on_press=move |_| look.send()>{move || text::send(locale.get())}</Button>
                <Button look=Look::Quiet on_press=move |_| look.open.set(false)>
                    {move || text::cancel(locale.get())}
                </Button>
            </p>
        </Dialog>
    }
}

/// The button that notes a look, named after what was looked at.
#[component]
pub(crate) fn AskLook(
    /// The look it begins.
    look: LookNote,
    /// What is shown.
    shown: Shown,
) -> impl IntoView {
    let locale = look.desk.locale;
    let name = shown.name.clone();
    view! {
        <Button look=Look::Quiet on_press=move |_| look.ask(shown.clone())>
            <span aria-hidden="true">{move || text::ask(locale.get())}</span>
            <span class="visually-hidden">{move || text::ask_for(locale.get(), &name)}</span>
        </Button>
    }
}

/// Findings in words.
#[component]
pub(crate) fn FindingList(
    /// What was found.
    findings: Vec<Finding>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let item = |words: FindingWords| view! { <li>{move || words.say(locale.get())}</li> };
    view! { <ul class="findings">{FindingWords::of_all(desk, findings).into_iter().map(item).collect_view()}</ul> }
}

/// Findings of one kind in words; the same words once, however often they were found.
#[derive(Clone)]
struct FindingWords {
    finding: Finding,
    names: Option<std::sync::Arc<Names>>,
    n: usize,
}

impl FindingWords {
    fn of_all(desk: Desk, findings: Vec<Finding>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for finding in findings {
            let names = desk.known_names();
            let same = |it: &&mut Self| says_the_same(&it.finding, &finding);
            match all.iter_mut().find(same) {
                Some(known) => known.n += 1,
                None => all.push(Self { finding, names, n: 1 }),
            }
        }
        all
    }

    fn say(&self, locale: Locale) -> String {
        let words = say(&self.finding, self.names.as_deref(), locale);
        if self.n > 1 { format!("{words} (×\u{a0}{})", self.n) } else { words }
    }
}

/// Whether two things that were set aside read alike.
fn says_the_same(one: &Finding, other: &Finding) -> bool {
    match (one, other) {
        (Finding::SetAside { reason, .. }, Finding::SetAside { reason: other, .. }) => reason == other,
        _ => one == other,
    }
}

/// A finding in words.
pub(crate) fn say(finding: &Finding, names: Option<&Names>, locale: Locale) -> String {
    match finding {
        Finding::Flag { flag, value, before } => say_flag(flag, (*value, *before), names, locale),
        Finding::Conflict { n_copies } => text::conflict(locale, usize::try_from(*n_copies).unwrap_or(usize::MAX)),
        Finding::SetAside { reason, .. } => text::set_aside(locale, set_aside_reason(locale, *reason)),
        Finding::LocalLoss { n_lost, .. } => text::local_loss(locale, usize::try_from(*n_lost).unwrap_or(usize::MAX)),
    }
}

fn say_flag(key: &FlagKey, (value, before): (f64, Option<f64>), names: Option<&Names>, locale: Locale) -> String {
    let Some((names, flag)) = names.and_then(|names| Some((names, names.find_flag(key)?))) else {
        return format!("{key}\u{a0}: {}", decimal(locale, value, 1));
    };
    let (label, threshold) = (names.flag(key, locale), say_threshold(flag, names, locale));
    let number = |value: f64| decimal(locale, value, decimals(value));
    match before {
        Some(before) => text::changed(locale, number(before), label, threshold, number(value)),
        None => text::flag(locale, label, threshold, number(value)),
    }
}

/// The threshold of a flag in words.
pub(crate) fn say_threshold(flag: &Flag, names: &Names, locale: Locale) -> String {
    let number = |value: f64| decimal(locale, value, decimals(value));
    match &flag.when {
        Threshold::Above(limit) => text::above(locale, number(*limit)),
        Threshold::Below(limit) => text::below(locale, number(*limit)),
        Threshold::AtLeast(limit) => text::at_least(locale, number(*limit)),
        Threshold::AtMost(limit) => text::at_most(locale, number(*limit)),
        Threshold::WorseBy(worsening) => {
            text::worse_by(locale, number(worsening.points), names.timepoint(&worsening.since, locale).to_lowercase())
        }
    }
}

/// Whole numbers are written whole.
fn decimals(value: f64) -> usize {
    usize::from((value - value.round()).abs() > 1e-9)
}

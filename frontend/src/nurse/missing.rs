//! Why an assessment has no answer: one tap shows the reasons, the next one notes one; it can be taken back at once.

use leptos::{html, prelude::*, task::spawn_local};
use shared::{
    api::{MissingLine, MissingRequest},
    id::{AssessmentId, PatientId},
    schedule::MissingReason,
};

use crate::{
    i18n::text::nurse::missing as text,
    staff::{Desk, Trouble, reason_name},
    ui::{Button, Dialog, Field, Look, Notice, Tone},
};

/// Whose assessment is asked about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gap {
    /// Whose.
    pub(crate) patient: PatientId,
    /// Which occasion.
    pub(crate) assessment: AssessmentId,
    /// Both in a few words.
    pub(crate) name: String,
}

/// Noting a reason, from the question to what was noted.
#[derive(Clone, Copy)]
pub(crate) struct ReasonNote {
    desk: Desk,
    gap: RwSignal<Option<Gap>>,
    open: RwSignal<bool>,
    /// Another reason than those listed is being written.
    writing: RwSignal<bool>,
    words: RwSignal<String>,
    is_wanting: RwSignal<bool>,
    noted: RwSignal<Option<(Gap, Option<MissingReason>)>>,
    trouble: RwSignal<Option<Trouble>>,
    changed: Callback<()>,
}

impl ReasonNote {
    /// Nothing is asked yet; `changed` is told when something was noted.
    pub(crate) fn new(changed: Callback<()>) -> Self {
        Self {
            desk: Desk::find(),
            gap: RwSignal::new(None),
            open: RwSignal::new(false),
            writing: RwSignal::new(false),
            words: RwSignal::new(String::new()),
            is_wanting: RwSignal::new(false),
            noted: RwSignal::new(None),
            trouble: RwSignal::new(None),
            changed,
        }
    }

    fn ask(self, gap: Gap) {
        self.trouble.set(None);
        self.writing.set(false);
        self.words.set(String::new());
        self.is_wanting.set(false);
        self.gap.set(Some(gap));
        self.open.set(true);
    }

    fn choose(self, reason: MissingReason) {
        let words = self.words.get_untracked();
        if reason == MissingReason::Other && words.trim().is_empty() {
            self.is_wanting.set(self.writing.get_untracked());
            return self.writing.set(true);
        }
        self.open.set(false);
        if let Some(gap) = self.gap.get_untracked() {
            self.send(gap, Some(reason), if reason == MissingReason::Other { words } else { String::new() });
        }
    }

    fn take_back(self) {
        if let Some((gap, Some(_))) = self.noted.get_untracked() {
            self.send(gap, None, String::new());
        }
    }

    fn send(self, gap: Gap, reason: Option<MissingReason>, note: String) {
        let path = format!("/api/patients/{}/missing", gap.patient);
        let request = MissingRequest { assessment: gap.assessment.clone(), reason, note };
        self.trouble.set(None);
        spawn_local(async move {
            match self.desk.post::<MissingLine>(&path, &request).await {
                Ok(_) => {
                    let _ = self.noted.try_set(Some((gap, reason)));
                    self.changed.run(());
                }
                Err(trouble) => {
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
        });
    }
}

/// What was noted last, with the way back; and the dialog, when something is asked.
#[component]
pub(crate) fn ReasonPanel(
    /// What it is about.
    note: ReasonNote,
) -> impl IntoView {
    let locale = note.desk.locale;
    let title = Signal::derive(move || {
        let name = note.gap.with(|gap| gap.as_ref().map(|it| it.name.clone()).unwrap_or_default());
        text::title(locale.get(), name)
    });
    let reasons = MissingReason::ALL.map(|reason| {
        view! {
            <Button look=Look::Secondary on_press=move |_| note.choose(reason)>
                {move || reason_name(locale.get(), reason)}
            </Button>
        }
    });
    view! {
        <Noted note />
        <div role="alert">
            {move || note.trouble.get().map(|trouble| {
                view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
            })}
        </div>
        <Dialog open=note.open title>
            <p class="quiet">{move || text::lead(locale.get())}</p>
            <div class="reasons">{reasons.into_iter().collect_view()}</div>
            <Show when=move || note.writing.get()><OtherReason note /></Show>
            <p class="actions">
                <Button look=Look::Quiet on_press=move |_| note.open.set(false)>
                    {move || text::cancel(locale.get())}
                </Button>
            </p>
        </Dialog>
    }
}

/// The words of another reason.
#[component]
fn OtherReason(note: ReasonNote) -> impl IntoView {
    let locale = note.desk.locale;
    let error = Signal::derive(move || {
        if note.is_wanting.get() { text::other_missing(locale.get()).to_owned() } else { String::new() }
    });
    view! {
        <div class="reason-other">
            <Field id="reason-other" value=note.words error
                label=Signal::derive(move || text::other_label(locale.get()).to_owned()) />
            <Button on_press=move |_| note.choose(MissingReason::Other)>{move || text::other_send(locale.get())}</Button>
        </div>
    }
}

/// What was noted last; it takes the focus, as the line that had it may be gone.
#[component]
fn Noted(note: ReasonNote) -> impl IntoView {
    let locale = note.desk.locale;
    let line = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if note.noted.get().is_some()
            && let Some(line) = line.get_untracked()
        {
            let _ = line.focus();
        }
    });
    let told = move || {
        let (gap, reason) = note.noted.get()?;
        let words = match reason {
            Some(reason) => text::noted(locale.get(), gap.name, reason_name(locale.get(), reason)),
            None => text::taken_back(locale.get(), gap.name),
        };
        let back = reason.map(|_| {
            view! {
                <Button look=Look::Quiet on_press=move |_| note.take_back()>
                    {move || text::take_back(locale.get())}
                </Button>
            }
        });
        Some(view! { <Notice tone=Tone::Good><span>{words}</span>" "{back}</Notice> })
    };
    view! { <div role="status" tabindex="-1" node_ref=line>{told}</div> }
}

/// The button that asks why, named after what it asks about.
#[component]
pub(crate) fn AskWhy(
    /// The note it begins.
    note: ReasonNote,
    /// Whose assessment.
    gap: Gap,
    /// Whether a reason stands already.
    #[prop(optional)]
    again: bool,
) -> impl IntoView {
    let locale = note.desk.locale;
    let name = gap.name.clone();
    let short = move || if again { text::change(locale.get()) } else { text::ask(locale.get()) };
    let long = move || {
        if again { text::change_for(locale.get(), &name) } else { text::ask_for(locale.get(), &name) }
    };
    view! {
        <Button look=Look::Quiet on_press=move |_| note.ask(gap.clone())>
            <span aria-hidden="true">{short}</span>
            <span class="visually-hidden">{long}</span>
        </Button>
    }
}

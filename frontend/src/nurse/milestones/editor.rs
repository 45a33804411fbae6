//! Adding, changing or removing a milestone: what is typed, then what it would change, then the confirmation.

use leptos::{html, prelude::*, task::spawn_local};
use shared::{
    api::{MilestoneLine, MilestonePreviewReply, MilestoneRequest, PatientReply},
    id::{MilestoneId, PatientId},
    study::{Cause, MilestoneKind},
};

use super::{
    cause::{CauseField, cause_key},
    form::{KINDS, MilestoneForm, MilestoneProblem, taking_back},
    kind_name,
    preview::Preview,
};
use crate::{
    i18n::{
        Locale,
        text::{nurse::milestone as text, staff::date as date_text},
    },
    session,
    staff::{Desk, Fetch, Trouble, parts_of},
    ui::{Button, DateField, DateParts, ErrorSummary, Field, Look, Notice, Select, Tone},
};

/// How far a change has come.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    /// Nothing is being changed.
    Closed,
    /// It is being typed.
    Typing,
    /// What it would do is shown; it waits for a yes.
    Confirming(MilestoneRequest, MilestonePreviewReply),
}

/// A change of a milestone, from the first box to the confirmation.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    desk: Desk,
    patient: PatientId,
    /// What stands, by kind.
    kinds: StoredValue<Vec<MilestoneKind>>,
    fetch: StoredValue<Fetch<PatientReply>>,
    saved: RwSignal<bool>,
    stage: RwSignal<Stage>,
    boxes: StoredValue<Boxes>,
    trouble: RwSignal<Option<Trouble>>,
    /// The server is being asked.
    pub(super) busy: RwSignal<bool>,
}

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy, Default)]
pub(super) struct Boxes {
    kind: RwSignal<String>,
    on: RwSignal<DateParts>,
    /// The key of the cause chosen last; it may be of another kind.
    pub(super) cause: RwSignal<String>,
    source: RwSignal<String>,
    replaces: RwSignal<Option<MilestoneId>>,
    problems: RwSignal<Vec<MilestoneProblem>>,
    /// Why what stood is changed.
    pub(super) reason: RwSignal<String>,
    /// The reason was asked for and not given.
    pub(super) reason_missing: RwSignal<bool>,
}

impl Editor {
    pub(super) fn new(
        patient: PatientId,
        kinds: Vec<MilestoneKind>,
        fetch: Fetch<PatientReply>,
        saved: RwSignal<bool>,
    ) -> Self {
        Self {
            desk: Desk::find(),
            patient,
            kinds: StoredValue::new(kinds),
            fetch: StoredValue::new(fetch),
            saved,
            stage: RwSignal::new(Stage::Closed),
            boxes: StoredValue::new(Boxes::default()),
            trouble: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// The boxes of this change.
    pub(super) fn boxes(self) -> Boxes {
        self.boxes.get_value()
    }

    fn clear(self) {
        self.boxes().clear();
        self.trouble.set(None);
        self.saved.set(false);
        self.stage.set(Stage::Closed);
    }

    /// Begins with an empty form.
    pub(super) fn add(self) {
        self.clear();
        self.stage.set(Stage::Typing);
    }

    /// Begins with what stands.
    pub(super) fn change(self, line: MilestoneLine) {
        self.clear();
        let boxes = self.boxes();
        boxes.kind.set(kind_key(line.kind));
        boxes.on.set(parts_of(line.on));
        boxes.cause.set(line.cause.map(cause_key).unwrap_or_default());
        boxes.source.set(line.source);
        boxes.replaces.set(Some(line.id));
        self.stage.set(Stage::Typing);
    }

    /// Asks what taking an entry back would do.
    pub(super) fn remove(self, line: &MilestoneLine) {
        self.clear();
        self.ask(taking_back(line));
    }

    /// Goes back from what it would do to what was typed; a removal has nothing typed to go back to.
    pub(super) fn correct(self) {
        let typed = self.boxes().kind.with_untracked(|kind| !kind.is_empty());
        self.trouble.set(None);
        self.stage.set(if typed { Stage::Typing } else { Stage::Closed });
    }

    /// Gives it up.
    pub(super) fn cancel(self) {
        self.clear();
    }

    /// Reads the form and asks what it would do.
    fn look(self) {
        let boxes = self.boxes();
        match boxes.form().read(session::today()) {
            Ok(request) => {
                boxes.problems.set(Vec::new());
                self.ask(request);
            }
            Err(problems) => boxes.problems.set(problems),
        }
    }

    fn ask(self, request: MilestoneRequest) {
        if self.busy.get_untracked() {
            return;
        }
        let path = format!("/api/patients/{}/milestones/preview", self.patient);
        self.begin();
        spawn_local(async move {
            let reply = self.desk.post::<MilestonePreviewReply>(&path, &request).await;
            let _ = self.busy.try_set(false);
            let _ = match reply {
                Ok(reply) => self.stage.try_set(Stage::Confirming(request, reply)).map(|_| ()),
                Err(trouble) => self.trouble.try_set(Some(trouble)).map(|_| ()),
            };
        });
    }

    /// Does what was shown, and nothing else: the server refuses when something was entered in between.
    pub(super) fn apply(self) {
        let Stage::Confirming(request, shown) = self.stage.get_untracked() else { return };
        let boxes = self.boxes();
        let reason = boxes.reason.get_untracked().trim().to_owned();
        boxes.reason_missing.set(shown.needs_reason && reason.is_empty());
        if self.busy.get_untracked() || boxes.reason_missing.get_untracked() {
            return;
        }
        let request = MilestoneRequest { reason, n_entries: Some(shown.n_entries), ..request };
        let path = format!("/api/patients/{}/milestones", self.patient);
        self.begin();
        spawn_local(async move {
            let reply = self.desk.post::<MilestoneLine>(&path, &request).await;
            let _ = self.busy.try_set(false);
            match reply {
                Ok(_) => {
                    let _ = self.stage.try_set(Stage::Closed);
                    let _ = self.saved.try_set(true);
                    self.fetch.with_value(|fetch| fetch.again());
                }
                Err(trouble) => {
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
        });
    }

    fn begin(self) {
        self.trouble.set(None);
        self.busy.set(true);
    }
}

impl Boxes {
    fn clear(self) {
        self.kind.set(String::new());
        self.on.set(DateParts::default());
        self.cause.set(String::new());
        self.source.set(String::new());
        self.replaces.set(None);
        self.problems.set(Vec::new());
        self.reason.set(String::new());
        self.reason_missing.set(false);
    }

    /// The kind that is chosen.
    pub(super) fn chosen(self) -> Option<MilestoneKind> {
        self.kind.with(|kind| KINDS.into_iter().find(|one| kind_key(*one) == *kind))
    }

    /// The cause that is chosen of that kind.
    pub(super) fn cause(self) -> Option<Cause> {
        self.cause.with(|key| Cause::of(self.chosen()?).find(|one| cause_key(*one) == *key))
    }

    fn form(self) -> MilestoneForm {
        MilestoneForm {
            kind: untrack(|| self.chosen()),
            on: self.on.get_untracked(),
            cause: untrack(|| self.cause()),
            source: self.source.get_untracked(),
            replaces: self.replaces.get_untracked(),
        }
    }
}

/// How the choice names a kind.
pub(super) fn kind_key(kind: MilestoneKind) -> String {
    serde_json::to_value(kind).ok().and_then(|key| key.as_str().map(str::to_owned)).unwrap_or_default()
}

const fn sentence(locale: Locale, problem: MilestoneProblem) -> (&'static str, &'static str) {
    match problem {
        MilestoneProblem::KindMissing => ("milestone-kind", text::kind_missing(locale)),
        MilestoneProblem::CauseMissing => ("milestone-cause", text::cause::missing(locale)),
        MilestoneProblem::DateMissing => ("milestone-on", text::date_missing(locale)),
        MilestoneProblem::Date(problem) => ("milestone-on", problem.sentence(locale)),
        MilestoneProblem::Ahead => ("milestone-on", text::ahead(locale)),
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
            Stage::Typing => Some(view! { <Form editor /> }.into_any()),
            Stage::Confirming(request, reply) => Some(view! { <Preview editor request reply /> }.into_any()),
        }}
        <div role="alert">
            {move || editor.trouble.get().map(|trouble| {
                view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
            })}
        </div>
    }
}

/// What choosing this kind means.
fn consequence(locale: Locale, kind: MilestoneKind, standing: &[MilestoneKind]) -> Option<&'static str> {
    let stands = standing.contains(&kind);
    match kind {
        MilestoneKind::Death | MilestoneKind::LostToFollowUp => Some(text::closes(locale)),
        // how far it goes is told with its cause
        MilestoneKind::Withdrawal => None,
        MilestoneKind::InfusionGivenUp => Some(text::gives_up(locale)),
        MilestoneKind::Relapse => stands.then(|| text::adds(locale)),
        MilestoneKind::Infusion if standing.contains(&MilestoneKind::InfusionGivenUp) => Some(text::after_all(locale)),
        MilestoneKind::Rcp
        | MilestoneKind::Inclusion
        | MilestoneKind::Information
        | MilestoneKind::Leukapheresis
        | MilestoneKind::Bridging
        | MilestoneKind::Lymphodepletion
        | MilestoneKind::Infusion
        | MilestoneKind::Discharge
        | MilestoneKind::SecondInfusion
        | MilestoneKind::LastNews => stands.then(|| text::replaces(locale)),
    }
}

#[component]
fn Form(editor: Editor) -> impl IntoView {
    let (locale, boxes) = (editor.desk.locale, editor.boxes());
    let told = move || {
        let line = |problem: &MilestoneProblem| {
            let (id, words) = sentence(locale.get(), *problem);
            (id.to_owned(), words.to_owned())
        };
        boxes.problems.with(|problems| problems.iter().map(line).collect::<Vec<_>>())
    };
    let error = move |id: &'static str| {
        Signal::derive(move || told().into_iter().find(|(at, _)| at == id).map(|(_, words)| words).unwrap_or_default())
    };
    let options =
        Signal::derive(move || KINDS.map(|kind| (kind_key(kind), kind_name(locale.get(), kind).to_owned())).to_vec());
    let changes = boxes.replaces.get_untracked().is_some();
    let title = move || match boxes.chosen().filter(|_| changes) {
        Some(kind) => text::replace_title(locale.get(), kind_name(locale.get(), kind)),
        None => text::add(locale.get()).to_owned(),
    };
    let help = move || {
        let kind = boxes.chosen()?;
        editor.kinds.with_value(|standing| consequence(locale.get(), kind, standing))
    };
    let heading = NodeRef::<html::H3>::new();
    heading.on_load(|element| {
        let _ = element.focus();
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        editor.look();
    };
    view! {
        <form class="editor" on:submit=submit aria-labelledby="milestone-title">
            <h3 id="milestone-title" tabindex="-1" node_ref=heading>{title}</h3>
            <ErrorSummary errors=Signal::derive(told) />
            {(!changes).then(|| view! {
                <Select id="milestone-kind" value=boxes.kind options error=error("milestone-kind")
                    label=Signal::derive(move || text::what(locale.get()).to_owned())
                    empty=Signal::derive(move || crate::i18n::text::nurse::enrol::choose(locale.get()).to_owned()) />
                <p class="field-help" role="status">{help}</p>
            })}
            <CauseField boxes error=error("milestone-cause") />
            <fieldset>
                <legend class="field-label">{move || text::when(locale.get())}</legend>
                <p class="field-help">{move || date_text::help(locale.get())}</p>
                <DateField id="milestone-on" value=boxes.on error=error("milestone-on") />
            </fieldset>
            <Field id="milestone-source" value=boxes.source
                label=Signal::derive(move || text::source(locale.get()).to_owned())
                help=Signal::derive(move || text::source_help(locale.get()).to_owned()) />
            <div class="actions">
                <Button busy=editor.busy>{move || text::look(locale.get())}</Button>
                <Button look=Look::Quiet on_press=move |_| editor.cancel()>{move || text::cancel(locale.get())}</Button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_can_be_chosen_by_a_key_of_its_own() {
        let keys: BTreeSet<String> = KINDS.into_iter().map(kind_key).collect();
        assert_eq!(keys.len(), KINDS.len());
        assert!(keys.contains("lost_to_follow_up"));
    }
}

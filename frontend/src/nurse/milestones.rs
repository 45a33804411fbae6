//! The milestones of a patient: those that stand, their history, and the form that adds or replaces one.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{MilestoneLine, PatientReply},
    id::PatientId,
    study::MilestoneKind,
    time::DatePrecision,
};

use super::milestone_form::{KINDS, MilestoneForm, MilestoneProblem, replaced, standing};
use crate::{
    i18n::{
        Locale,
        text::{nurse::milestone as text, staff::date as date_text},
    },
    session,
    staff::{Desk, Fetch, Trouble, date_time, partial_date, parts_of},
    ui::{Button, DateField, DateParts, ErrorSummary, Field, Look, Notice, Select, TableRoom, Tone},
};

/// The kind in words.
pub(crate) const fn kind_name(locale: Locale, kind: MilestoneKind) -> &'static str {
    match kind {
        MilestoneKind::Rcp => text::kind::rcp(locale),
        MilestoneKind::Inclusion => text::kind::inclusion(locale),
        MilestoneKind::Information => text::kind::information(locale),
        MilestoneKind::Leukapheresis => text::kind::leukapheresis(locale),
        MilestoneKind::Bridging => text::kind::bridging(locale),
        MilestoneKind::Lymphodepletion => text::kind::lymphodepletion(locale),
        MilestoneKind::Infusion => text::kind::infusion(locale),
        MilestoneKind::Discharge => text::kind::discharge(locale),
        MilestoneKind::Relapse => text::kind::relapse(locale),
        MilestoneKind::SecondInfusion => text::kind::second_infusion(locale),
        MilestoneKind::LastNews => text::kind::last_news(locale),
        MilestoneKind::Death => text::kind::death(locale),
        MilestoneKind::Withdrawal => text::kind::withdrawal(locale),
        MilestoneKind::LostToFollowUp => text::kind::lost_to_follow_up(locale),
    }
}

/// The section.
#[component]
pub(crate) fn Milestones(
    /// Whose.
    patient: PatientId,
    /// Every entry.
    lines: Vec<MilestoneLine>,
    /// The file they come from, asked for again after a change.
    fetch: Fetch<PatientReply>,
    /// Whether the last change was saved.
    saved: RwSignal<bool>,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let editor = Editor::new(patient, fetch, saved);
    let standing: Vec<MilestoneLine> = standing(&lines).into_iter().cloned().collect();
    let kinds = StoredValue::new(standing.iter().map(|line| line.kind).collect::<Vec<_>>());
    let history: Vec<MilestoneLine> = replaced(&lines).into_iter().cloned().collect();
    let n_history = history.len();
    view! {
        <section class="panel" aria-labelledby="milestones">
            <div class="panel-head">
                <h2 id="milestones">{move || text::heading(locale.get())}</h2>
                <Button look=Look::Secondary on_press=move |_| editor.open(None)>
                    {move || text::add(locale.get())}
                </Button>
            </div>
            <div role="status">
                {move || saved.get().then(|| view! { <Notice tone=Tone::Good>{text::saved(locale.get())}</Notice> })}
            </div>
            <Show when=move || editor.shown.get()><MilestoneEditor editor kinds /></Show>
            {if standing.is_empty() {
                view! { <p class="empty">{move || text::none(locale.get())}</p> }.into_any()
            } else {
                view! { <Lines lines=standing editor=Some(editor) /> }.into_any()
            }}
            {(n_history > 0).then(|| view! {
                <details>
                    <summary>{move || text::history(locale.get(), n_history)}</summary>
                    <Lines lines=history editor=None />
                </details>
            })}
        </section>
    }
}

#[component]
fn Lines(lines: Vec<MilestoneLine>, editor: Option<Editor>) -> impl IntoView {
    let locale = Desk::find().locale;
    let rows = lines.into_iter().map(|line| view! { <Line line editor /> }).collect_view();
    view! {
        <TableRoom label=Signal::derive(move || text::heading(locale.get()).to_owned())>
            <table class="table" aria-label=move || text::heading(locale.get())>
                <thead>
                    <tr>
                        <th scope="col">{move || text::what(locale.get())}</th>
                        <th scope="col">{move || text::when(locale.get())}</th>
                        <th scope="col">{move || text::source(locale.get())}</th>
                        <th scope="col">{move || text::entered(locale.get())}</th>
                        {editor.map(|_| view! {
                            <th scope="col"><span class="visually-hidden">{move || text::replace(locale.get())}</span></th>
                        })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    }
}

#[component]
fn Line(line: MilestoneLine, editor: Option<Editor>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let (kind, on, planned, entered_at) = (line.kind, line.on, line.planned, line.entered_at);
    let (source, entered_by) = (line.source.clone(), line.entered_by.clone());
    let precision = move |locale| match on.precision {
        DatePrecision::Day => None,
        DatePrecision::Month => Some(text::precision_month(locale)),
        DatePrecision::Year => Some(text::precision_year(locale)),
    };
    let line = StoredValue::new(line);
    view! {
        <tr>
            <th scope="row">{move || kind_name(locale.get(), kind)}</th>
            <td>
                {move || partial_date(locale.get(), on)}
                {move || precision(locale.get()).map(|words| view! { " "<span class="tag">{words}</span> })}
                {planned.then(|| view! { " "<span class="tag">{move || text::planned(locale.get())}</span> })}
            </td>
            <td>{move || if source.is_empty() { text::no_source(locale.get()).to_owned() } else { source.clone() }}</td>
            <td class="quiet">
                {move || text::entered_by(locale.get(), &entered_by, date_time(locale.get(), entered_at, session::today()))}
            </td>
            {editor.map(|editor| view! {
                <td>
                    <Button look=Look::Quiet on_press=move |_| editor.open(Some(line.get_value()))>
                        <span aria-hidden="true">{move || text::replace(locale.get())}</span>
                        <span class="visually-hidden">{move || text::replace_what(locale.get(), kind_name(locale.get(), kind))}</span>
                    </Button>
                </td>
            })}
        </tr>
    }
}

/// The form that adds or replaces a milestone.
#[derive(Clone, Copy)]
struct Editor {
    desk: Desk,
    patient: PatientId,
    fetch: Fetch<PatientReply>,
    saved: RwSignal<bool>,
    shown: RwSignal<bool>,
    kind: RwSignal<String>,
    on: RwSignal<DateParts>,
    source: RwSignal<String>,
    problems: RwSignal<Vec<MilestoneProblem>>,
    trouble: RwSignal<Option<Trouble>>,
    busy: RwSignal<bool>,
}

impl Editor {
    fn new(patient: PatientId, fetch: Fetch<PatientReply>, saved: RwSignal<bool>) -> Self {
        Self {
            desk: Desk::find(),
            patient,
            fetch,
            saved,
            shown: RwSignal::new(false),
            kind: RwSignal::new(String::new()),
            on: RwSignal::new(DateParts::default()),
            source: RwSignal::new(String::new()),
            problems: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Shows the form, empty or with what stands.
    fn open(self, line: Option<MilestoneLine>) {
        self.kind.set(line.as_ref().map(|line| kind_key(line.kind)).unwrap_or_default());
        self.on.set(line.as_ref().map(|line| parts_of(line.on)).unwrap_or_default());
        self.source.set(line.map(|line| line.source).unwrap_or_default());
        self.problems.set(Vec::new());
        self.trouble.set(None);
        self.saved.set(false);
        self.shown.set(true);
    }

    fn chosen(self) -> Option<MilestoneKind> {
        self.kind.with(|kind| KINDS.into_iter().find(|one| kind_key(*one) == *kind))
    }

    fn send(self) {
        if self.busy.get_untracked() {
            return;
        }
        let kind = untrack(|| self.chosen());
        let form = MilestoneForm { kind, on: self.on.get_untracked(), source: self.source.get_untracked() };
        self.trouble.set(None);
        let request = match form.read(session::today()) {
            Ok(request) => request,
            Err(problems) => return self.problems.set(problems),
        };
        self.problems.set(Vec::new());
        self.busy.set(true);
        let path = format!("/api/patients/{}/milestones", self.patient);
        spawn_local(async move {
            let reply = self.desk.post::<serde_json::Value>(&path, &request).await;
            let _ = self.busy.try_set(false);
            match reply {
                Ok(_) => {
                    let _ = self.shown.try_set(false);
                    let _ = self.saved.try_set(true);
                    self.fetch.again();
                }
                Err(trouble) => {
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
        });
    }
}

/// How the choice names a kind.
fn kind_key(kind: MilestoneKind) -> String {
    serde_json::to_value(kind).ok().and_then(|key| key.as_str().map(str::to_owned)).unwrap_or_default()
}

const fn sentence(locale: Locale, problem: MilestoneProblem) -> (&'static str, &'static str) {
    match problem {
        MilestoneProblem::KindMissing => ("milestone-kind", text::kind_missing(locale)),
        MilestoneProblem::DateMissing => ("milestone-on", text::date_missing(locale)),
        MilestoneProblem::Date(problem) => ("milestone-on", problem.sentence(locale)),
        MilestoneProblem::Ahead => ("milestone-on", text::ahead(locale)),
    }
}

#[component]
fn MilestoneEditor(editor: Editor, kinds: StoredValue<Vec<MilestoneKind>>) -> impl IntoView {
    let locale = editor.desk.locale;
    let told = move || {
        let line = |problem: &MilestoneProblem| {
            let (id, words) = sentence(locale.get(), *problem);
            (id.to_owned(), words.to_owned())
        };
        editor.problems.with(|problems| problems.iter().map(line).collect::<Vec<_>>())
    };
    let error = move |id: &'static str| {
        Signal::derive(move || told().into_iter().find(|(at, _)| at == id).map(|(_, words)| words).unwrap_or_default())
    };
    let options =
        Signal::derive(move || KINDS.map(|kind| (kind_key(kind), kind_name(locale.get(), kind).to_owned())).to_vec());
    let consequence = move || match editor.chosen()? {
        MilestoneKind::Relapse => Some(text::adds(locale.get())),
        MilestoneKind::Death | MilestoneKind::Withdrawal | MilestoneKind::LostToFollowUp => {
            Some(text::closes(locale.get()))
        }
        kind @ (MilestoneKind::Rcp
        | MilestoneKind::Inclusion
        | MilestoneKind::Information
        | MilestoneKind::Leukapheresis
        | MilestoneKind::Bridging
        | MilestoneKind::Lymphodepletion
        | MilestoneKind::Infusion
        | MilestoneKind::Discharge
        | MilestoneKind::SecondInfusion
        | MilestoneKind::LastNews) => {
            kinds.with_value(|kinds| kinds.contains(&kind)).then(|| text::replaces(locale.get()))
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        editor.send();
    };
    view! {
        <form class="editor" on:submit=submit aria-label=move || text::add(locale.get())>
            <ErrorSummary errors=Signal::derive(told) />
            <div role="alert">
                {move || editor.trouble.get().map(|trouble| {
                    view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
                })}
            </div>
            <Select id="milestone-kind" value=editor.kind options error=error("milestone-kind")
                label=Signal::derive(move || text::what(locale.get()).to_owned())
                empty=Signal::derive(move || crate::i18n::text::nurse::enrol::choose(locale.get()).to_owned()) />
            <p class="field-help" role="status">{consequence}</p>
            <fieldset>
                <legend class="field-label">{move || text::when(locale.get())}</legend>
                <p class="field-help">{move || date_text::help(locale.get())}</p>
                <DateField id="milestone-on" value=editor.on error=error("milestone-on") />
            </fieldset>
            <Field id="milestone-source" value=editor.source
                label=Signal::derive(move || text::source(locale.get()).to_owned())
                help=Signal::derive(move || text::source_help(locale.get()).to_owned()) />
            <div class="actions">
                <button type="submit" class="button button-primary" aria-disabled=move || editor.busy.get().then_some("true")>
                    {move || text::send(locale.get())}
                </button>
                <Button look=Look::Quiet on_press=move |_| editor.shown.set(false)>
                    {move || text::cancel(locale.get())}
                </Button>
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

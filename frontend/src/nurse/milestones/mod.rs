//! The milestones of a patient: those that stand, what changing them would do, and the history of their changes.

mod cause;
mod changes;
mod editor;
mod form;
mod preview;

use leptos::prelude::*;
use shared::{
    api::{MilestoneLine, PatientReply},
    id::PatientId,
    schedule::StandingMilestone,
    study::MilestoneKind,
    time::DatePrecision,
};

pub(crate) use self::changes::Changes;
use self::{
    cause::cause_name,
    editor::{Editor, EditorView},
    form::standing,
};
use crate::{
    i18n::{Locale, text::nurse::milestone as text},
    session,
    staff::{Desk, Fetch, date_time, partial_date},
    ui::{Button, Look, Notice, TableRoom, Tone},
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
        MilestoneKind::InfusionGivenUp => text::kind::infusion_given_up(locale),
        MilestoneKind::Discharge => text::kind::discharge(locale),
        MilestoneKind::Relapse => text::kind::relapse(locale),
        MilestoneKind::SecondInfusion => text::kind::second_infusion(locale),
        MilestoneKind::LastNews => text::kind::last_news(locale),
        MilestoneKind::Death => text::kind::death(locale),
        MilestoneKind::Withdrawal => text::kind::withdrawal(locale),
        MilestoneKind::LostToFollowUp => text::kind::lost_to_follow_up(locale),
    }
}

/// The date of a milestone in words, with whether it is only planned, and its cause.
fn in_words(locale: Locale, standing: StandingMilestone) -> String {
    let StandingMilestone { milestone, cause } = standing;
    let date = partial_date(locale, milestone.on);
    let date = if milestone.planned { text::preview::planned(locale, date) } else { date };
    match cause {
        Some(cause) => text::cause::with(locale, cause_name(locale, cause), date),
        None => date,
    }
}

/// The same, with its kind where it is another than the one that takes its place.
fn stood_in_words(locale: Locale, stood: StandingMilestone, now: MilestoneKind) -> String {
    let words = in_words(locale, stood);
    if stood.milestone.kind == now {
        words
    } else {
        text::other_kind(locale, kind_name(locale, stood.milestone.kind), words)
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
    let standing: Vec<MilestoneLine> = standing(&lines).into_iter().cloned().collect();
    let kinds = standing.iter().map(|line| line.kind).collect();
    let editor = Editor::new(patient, kinds, fetch, saved);
    view! {
        <section class="panel" aria-labelledby="milestones">
            <div class="panel-head">
                <h2 id="milestones">{move || text::heading(locale.get())}</h2>
                <Button look=Look::Secondary on_press=move |_| editor.add()>
                    {move || text::add(locale.get())}
                </Button>
            </div>
            <div role="status">
                {move || saved.get().then(|| view! { <Notice tone=Tone::Good>{text::saved(locale.get())}</Notice> })}
            </div>
            <EditorView editor />
            {if standing.is_empty() {
                view! { <p class="empty">{move || text::none(locale.get())}</p> }.into_any()
            } else {
                view! { <Lines lines=standing editor /> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Lines(lines: Vec<MilestoneLine>, editor: Editor) -> impl IntoView {
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
                        <th scope="col"><span class="visually-hidden">{move || text::replace(locale.get())}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    }
}

#[component]
fn Line(line: MilestoneLine, editor: Editor) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let (kind, on, planned, cause, entered_at) = (line.kind, line.on, line.planned, line.cause, line.entered_at);
    let (source, entered_by) = (line.source.clone(), line.entered_by.clone());
    let precision = move |locale| match on.precision {
        DatePrecision::Day => None,
        DatePrecision::Month => Some(text::precision_month(locale)),
        DatePrecision::Year => Some(text::precision_year(locale)),
    };
    let line = StoredValue::new(line);
    view! {
        <tr>
            <th scope="row">
                {move || kind_name(locale.get(), kind)}
                {cause.map(|cause| view! { <br /><span class="quiet">{move || cause_name(locale.get(), cause)}</span> })}
            </th>
            <td>
                {move || partial_date(locale.get(), on)}
                {move || precision(locale.get()).map(|words| view! { " "<span class="tag">{words}</span> })}
                {planned.then(|| view! { " "<span class="tag">{move || text::planned(locale.get())}</span> })}
            </td>
            <td>{move || if source.is_empty() { text::no_source(locale.get()).to_owned() } else { source.clone() }}</td>
            <td class="quiet">
                {move || text::entered_by(locale.get(), &entered_by, date_time(locale.get(), entered_at, session::today()))}
            </td>
            <td class="row-actions">
                <Button look=Look::Quiet on_press=move |_| editor.change(line.get_value())>
                    <span aria-hidden="true">{move || text::replace(locale.get())}</span>
                    <span class="visually-hidden">{move || text::replace_what(locale.get(), kind_name(locale.get(), kind))}</span>
                </Button>
                {(kind != MilestoneKind::Inclusion).then(|| view! {
                    <Button look=Look::Quiet on_press=move |_| editor.remove(&line.get_value())>
                        <span aria-hidden="true">{move || text::remove(locale.get())}</span>
                        <span class="visually-hidden">{move || text::remove_what(locale.get(), kind_name(locale.get(), kind))}</span>
                    </Button>
                })}
            </td>
        </tr>
    }
}

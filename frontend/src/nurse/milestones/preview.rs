//! What a change of a milestone would do: each timepoint before and after, side by side, and the confirmation.

use leptos::{html, prelude::*};
use shared::{
    api::{MilestonePreviewReply, MilestoneRequest},
    schedule::{Outlook, PlanChange, PlanDiff, PlanEffect, StandingMilestone},
    study::Cause,
};

use super::{super::state::StateChip, cause::cause_help, editor::Editor, in_words, kind_name, stood_in_words};
use crate::{
    i18n::{
        Locale, span,
        text::nurse::{file as file_text, milestone::preview as text},
    },
    staff::Desk,
    ui::{Button, ErrorSummary, Field, Look},
};

/// The effects in the order in which they are counted.
const EFFECTS: [PlanEffect; 6] = [
    PlanEffect::StaysDone,
    PlanEffect::Moves,
    PlanEffect::Opens,
    PlanEffect::Returns,
    PlanEffect::BecomesLate,
    PlanEffect::Closes,
];

/// How an effect looks: its class and the drawing of its shape in a box of 16.
const fn look(effect: PlanEffect) -> (&'static str, &'static str) {
    match effect {
        PlanEffect::StaysDone => ("chip chip-good", "M3 8.5l3.5 3.5L13 4.5"),
        PlanEffect::Moves => ("chip chip-ahead", "M3 8h9.5M9 4.5L12.5 8L9 11.5"),
        PlanEffect::Opens => ("chip chip-open", "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z"),
        PlanEffect::Returns => ("chip chip-open", "M13 12V9a3 3 0 0 0-3-3H3.5M6.5 3L3.5 6L6.5 9"),
        PlanEffect::BecomesLate => ("chip chip-warn", "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11zM8 5v3.5l2 1.5"),
        PlanEffect::Closes => ("chip chip-bad", "M4 4l8 8M12 4l-8 8"),
    }
}

const fn word(locale: Locale, effect: PlanEffect) -> &'static str {
    match effect {
        PlanEffect::StaysDone => text::stays_done(locale),
        PlanEffect::Moves => text::moves(locale),
        PlanEffect::Opens => text::opens(locale),
        PlanEffect::Returns => text::returns(locale),
        PlanEffect::BecomesLate => text::becomes_late(locale),
        PlanEffect::Closes => text::closes(locale),
    }
}

fn counted(locale: Locale, effect: PlanEffect, n: usize) -> String {
    match effect {
        PlanEffect::StaysDone => text::n_stay_done(locale, n),
        PlanEffect::Moves => text::n_move(locale, n),
        PlanEffect::Opens => text::n_open(locale, n),
        PlanEffect::Returns => text::n_return(locale, n),
        PlanEffect::BecomesLate => text::n_become_late(locale, n),
        PlanEffect::Closes => text::n_close(locale, n),
    }
}

/// How many changes have each effect that occurs.
fn tally(diff: &PlanDiff) -> Vec<(PlanEffect, usize)> {
    let count = |effect| diff.changes.iter().filter(|change| change.effect == effect).count();
    EFFECTS.into_iter().map(|effect| (effect, count(effect))).filter(|(_, n)| *n > 0).collect()
}

/// The change of the milestone itself, in words.
fn headline(locale: Locale, request: &MilestoneRequest, reply: &MilestonePreviewReply) -> String {
    let now = StandingMilestone { milestone: request.milestone(), cause: request.cause };
    let (kind, now) = (kind_name(locale, request.kind), in_words(locale, now));
    match reply.stood {
        None => text::added(locale, kind, now),
        Some(stood) if request.taken_back => text::removed(locale, kind, in_words(locale, stood)),
        Some(stood) => text::moved(locale, kind, now, stood_in_words(locale, stood, request.kind)),
    }
}

/// What the change does beyond the plan.
fn beyond(locale: Locale, request: &MilestoneRequest, reply: &MilestonePreviewReply) -> Option<&'static str> {
    if request.taken_back {
        let stopped = reply.stood.and_then(|stood| stood.cause).is_some_and(Cause::only_stops_reminders);
        return stopped.then(|| text::stay_stopped(locale));
    }
    cause_help(locale, request.cause?)
}

/// What would change, and the confirmation.
#[component]
pub(super) fn Preview(editor: Editor, request: MilestoneRequest, reply: MilestonePreviewReply) -> impl IntoView {
    let locale = Desk::find().locale;
    let heading = NodeRef::<html::H3>::new();
    heading.on_load(|element| {
        let _ = element.focus();
    });
    let boxes = editor.boxes();
    let (needs_reason, n_done) = (reply.needs_reason, reply.diff.n_done);
    let effects = tally(&reply.diff);
    let has = |effect| effects.iter().any(|(one, _)| *one == effect);
    let (late, closed) = (has(PlanEffect::BecomesLate), has(PlanEffect::Closes));
    let changes = reply.diff.changes.clone();
    let told = StoredValue::new((request, reply));
    let headline = move || told.with_value(|(request, reply)| headline(locale.get(), request, reply));
    let beyond = move || told.with_value(|(request, reply)| beyond(locale.get(), request, reply));
    let missing = Signal::derive(move || {
        if boxes.reason_missing.get() { text::reason_missing(locale.get()).to_owned() } else { String::new() }
    });
    let errors = Signal::derive(move || {
        let told = (!missing.with(String::is_empty)).then(|| ("milestone-reason".to_owned(), missing.get()));
        told.into_iter().collect::<Vec<_>>()
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        editor.apply();
    };
    view! {
        <form class="editor" on:submit=submit aria-labelledby="preview-title">
            <h3 id="preview-title" tabindex="-1" node_ref=heading>{move || text::title(locale.get())}</h3>
            <ErrorSummary errors />
            <p class="strong">{headline}</p>
            {move || beyond().map(|words| view! { <p>{words}</p> })}
            <Summary effects n_done />
            {(!changes.is_empty()).then(|| view! { <Table changes /> })}
            {late.then(|| view! { <p class="quiet small">{move || text::late_help(locale.get())}</p> })}
            {closed.then(|| view! { <p class="quiet small">{move || text::closes_help(locale.get())}</p> })}
            {needs_reason.then(|| view! {
                <Field id="milestone-reason" value=boxes.reason error=missing
                    label=Signal::derive(move || text::reason(locale.get()).to_owned())
                    help=Signal::derive(move || text::reason_help(locale.get()).to_owned()) />
            })}
            <div class="actions">
                <Button busy=editor.busy>{move || text::apply(locale.get())}</Button>
                <Button look=Look::Secondary on_press=move |_| editor.correct()>{move || text::back(locale.get())}</Button>
                <Button look=Look::Quiet on_press=move |_| editor.cancel()>
                    {move || crate::i18n::text::nurse::milestone::cancel(locale.get())}
                </Button>
            </div>
        </form>
    }
}

/// How many timepoints stay done, move, close and so on.
#[component]
fn Summary(effects: Vec<(PlanEffect, usize)>, n_done: usize) -> impl IntoView {
    let locale = Desk::find().locale;
    let none = effects.is_empty();
    let shows_done = n_done > 0 && !effects.iter().any(|(effect, _)| *effect == PlanEffect::StaysDone);
    let item = move |(effect, n)| view! { <li><Chip effect words=Signal::derive(move || counted(locale.get(), effect, n)) /></li> };
    view! {
        {none.then(|| view! { <p>{move || text::nothing(locale.get())}</p> })}
        {(!none).then(|| view! { <ul class="effects">{effects.into_iter().map(item).collect_view()}</ul> })}
        {shows_done.then(|| view! { <p class="quiet small">{move || text::n_done(locale.get(), n_done)}</p> })}
    }
}

#[component]
fn Chip(effect: PlanEffect, #[prop(into)] words: Signal<String>) -> impl IntoView {
    let (class, shape) = look(effect);
    view! {
        <span class=class>
            <svg class="chip-shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=shape /></svg>
            {words}
        </span>
    }
}

#[component]
fn Table(changes: Vec<PlanChange>) -> impl IntoView {
    let locale = Desk::find().locale;
    let head = move |words: fn(Locale) -> &'static str| {
        view! { <th scope="col" role="columnheader">{move || words(locale.get())}</th> }
    };
    view! {
        <table class="table stacked before-after" role="table" aria-label=move || text::table(locale.get())>
            <thead role="rowgroup">
                <tr role="row">{head(text::timepoint)}{head(text::before)}{head(text::after)}{head(text::effect)}</tr>
            </thead>
            <tbody role="rowgroup">
                {changes.into_iter().map(|change| view! { <Row change /> }).collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Row(change: PlanChange) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let PlanChange { id, effect, before, after } = change;
    let times = (id.occurrence > 1).then(|| format!(" ({})", id.occurrence));
    let (key, timepoint) = (id.timepoint.to_string(), id.timepoint);
    let name = move || names.as_ref().map(|names| names.timepoint(&timepoint, locale.get()));
    view! {
        <tr role="row">
            <td role="cell" class="cell-main"><span class="strong">{key}{times}</span>" "<span class="quiet">{name}</span></td>
            <td role="cell" data-label=move || text::before(locale.get())><Stand outlook=before /></td>
            <td role="cell" data-label=move || text::after(locale.get())><Stand outlook=after /></td>
            <td role="cell" data-label=move || text::effect(locale.get())>
                <Chip effect words=Signal::derive(move || word(locale.get(), effect).to_owned()) />
            </td>
        </tr>
    }
}

/// A window with the state beneath.
#[component]
fn Stand(outlook: Option<Outlook>) -> impl IntoView {
    let locale = Desk::find().locale;
    let Some(Outlook { window, state }) = outlook else {
        return view! { <span class="quiet">{move || text::absent(locale.get())}</span> }.into_any();
    };
    let days = move || match window {
        Some(window) => span(locale.get(), window.opens_on, window.closes_on),
        None => file_text::no_window(locale.get()).to_owned(),
    };
    view! { <span class="stand"><span>{days}</span><StateChip state /></span> }.into_any()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::{
        schedule::Milestone,
        study::{DeathCause, GivenUpCause, MilestoneKind, WithdrawalKind},
        time::PartialDate,
    };

    use super::*;

    #[test]
    fn no_two_effects_share_a_shape_or_a_word() {
        let shapes: BTreeSet<_> = EFFECTS.iter().map(|effect| look(*effect).1).collect();
        assert_eq!(shapes.len(), EFFECTS.len());
        for locale in Locale::ALL {
            let words: BTreeSet<_> = EFFECTS.iter().map(|effect| word(locale, *effect)).collect();
            assert_eq!(words.len(), EFFECTS.len());
        }
    }

    #[test]
    fn the_change_itself_is_said_with_what_stood() {
        let infusion = |on: &str, planned| {
            let on = PartialDate::day(on.parse().unwrap());
            Milestone { kind: MilestoneKind::Infusion, on, planned }
        };
        let reply =
            |stood| MilestonePreviewReply { n_entries: 3, stood, needs_reason: false, diff: PlanDiff::default() };
        let request = MilestoneRequest::new(infusion("2026-04-06", true), "");
        let told = |request: &MilestoneRequest, stood| headline(Locale::En, request, &reply(stood));
        assert_eq!(told(&request, None), "Infusion (Day 0): 6 April 2026, planned");
        let bare = |milestone| StandingMilestone { milestone, cause: None };
        let stood = bare(infusion("2026-03-30", true));
        assert_eq!(told(&request, Some(stood)), "Infusion (Day 0): 6 April 2026, planned (was 30 March 2026, planned)");
        let removal = MilestoneRequest { taken_back: true, ..request };
        assert_eq!(
            told(&removal, Some(bare(infusion("2026-04-06", true)))),
            "Infusion (Day 0): date removed (6 April 2026, planned)"
        );
    }

    #[test]
    fn a_cause_is_said_with_its_milestone_and_what_it_does_beside_the_plan() {
        let on = PartialDate::day("2026-03-02".parse().unwrap());
        let request = |cause: Cause| {
            MilestoneRequest::new(Milestone { kind: cause.kind(), on, planned: false }, "").because(cause)
        };
        let reply =
            |stood| MilestonePreviewReply { n_entries: 3, stood, needs_reason: false, diff: PlanDiff::default() };
        let planned = Milestone { kind: MilestoneKind::Infusion, on, planned: true };
        let stood = reply(Some(StandingMilestone { milestone: planned, cause: None }));
        assert_eq!(
            headline(Locale::En, &request(Cause::InfusionGivenUp(GivenUpCause::Refusal)), &stood),
            "Infusion given up: 2 March 2026, refused by the patient (was Infusion (Day 0), 2 March 2026, planned)"
        );
        let died = request(Cause::Death(DeathCause::Unknown));
        assert_eq!(headline(Locale::En, &died, &reply(None)), "Death: 2 March 2026, unknown");
        assert_eq!(beyond(Locale::En, &died, &reply(None)), None);
        let stops = request(Cause::Withdrawal(WithdrawalKind::StopReminders));
        assert!(beyond(Locale::En, &stops, &reply(None)).is_some_and(|words| words.contains("Only messages stop")));
        let stood = StandingMilestone { milestone: stops.milestone(), cause: stops.cause };
        let back = MilestoneRequest { taken_back: true, ..stops };
        assert!(beyond(Locale::En, &back, &reply(Some(stood))).is_some_and(|words| words.contains("stay stopped")));
    }
}

//! The history of a patient's dates: each change with its reason, and the follow-up as it was known on any day.

use leptos::{html, prelude::*};
use shared::{
    api::{MilestoneLine, PlanReply},
    id::PatientId,
    schedule::{Milestone, StandingMilestone},
    time::{Date, DatePrecision, Timestamp},
};

use super::{super::strip::Strip, form::changes, in_words, kind_name, stood_in_words};
use crate::{
    i18n::{
        Locale,
        text::nurse::milestone::{self as milestone_text, changes as text},
    },
    session,
    staff::{Desk, Fetch, date_time, parse_partial, query},
    ui::{Button, DateField, DateParts, Look, TableRoom},
};

/// Which day's knowledge is shown, as the server is asked for it.
#[derive(Clone, Copy)]
struct Knowledge {
    at: RwSignal<Option<String>>,
}

/// The section.
#[component]
pub(crate) fn Changes(
    /// Whose.
    patient: PatientId,
    /// Every entry, the newest first.
    lines: Vec<MilestoneLine>,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let knowledge = Knowledge { at: RwSignal::new(None) };
    let told: Vec<(MilestoneLine, MilestoneLine)> =
        changes(&lines).into_iter().map(|(now, stood)| (now.clone(), stood.clone())).collect();
    view! {
        <section class="panel" aria-labelledby="changes">
            <h2 id="changes">{move || text::heading(locale.get())}</h2>
            <p class="lead">{move || text::lead(locale.get())}</p>
            {if told.is_empty() {
                view! { <p class="empty">{move || text::none(locale.get())}</p> }.into_any()
            } else {
                view! { <Table told knowledge /> }.into_any()
            }}
            <AskDay knowledge />
            {move || knowledge.at.get().map(|at| view! { <Known patient at knowledge /> })}
        </section>
    }
}

#[component]
fn Table(told: Vec<(MilestoneLine, MilestoneLine)>, knowledge: Knowledge) -> impl IntoView {
    let locale = Desk::find().locale;
    let head = move |words: fn(Locale) -> &'static str| view! { <th scope="col">{move || words(locale.get())}</th> };
    view! {
        <TableRoom label=Signal::derive(move || text::table(locale.get()).to_owned())>
            <table class="table" aria-label=move || text::table(locale.get())>
                <thead>
                    <tr>
                        {head(text::what)}{head(text::reason)}{head(text::when)}
                        <th scope="col"><span class="visually-hidden">{move || text::then(locale.get())}</span></th>
                    </tr>
                </thead>
                <tbody>
                    {told.into_iter().map(|(now, stood)| view! { <Row now stood knowledge /> }).collect_view()}
                </tbody>
            </table>
        </TableRoom>
    }
}

const fn milestone(line: &MilestoneLine) -> StandingMilestone {
    let milestone = Milestone { kind: line.kind, on: line.on, planned: line.planned };
    StandingMilestone { milestone, cause: line.cause }
}

/// The instant before an entry was made: what was known then is what it changed.
fn just_before(entered_at: Timestamp) -> Option<Timestamp> {
    Timestamp::from_millisecond(entered_at.as_millisecond().checked_sub(1)?).ok()
}

#[component]
fn Row(now: MilestoneLine, stood: MilestoneLine, knowledge: Knowledge) -> impl IntoView {
    let locale = Desk::find().locale;
    let (kind, entered_at, taken_back) = (now.kind, now.entered_at, now.taken_back);
    let (now_is, stood_was) = (milestone(&now), milestone(&stood));
    let MilestoneLine { reason, entered_by, .. } = now;
    let when = move || date_time(locale.get(), entered_at, session::today());
    let what = move || {
        let stood = stood_in_words(locale.get(), stood_was, kind);
        if taken_back {
            text::removed(locale.get(), stood)
        } else {
            text::became(locale.get(), in_words(locale.get(), now_is), stood)
        }
    };
    let why = move || if reason.is_empty() { text::no_reason(locale.get()).to_owned() } else { reason.clone() };
    let show = move |_| knowledge.at.set(just_before(entered_at).map(|at| at.to_string()));
    view! {
        <tr>
            <th scope="row"><span class="strong">{move || kind_name(locale.get(), kind)}</span><br />{what}</th>
            <td class="words">{why}</td>
            <td class="quiet">{move || milestone_text::entered_by(locale.get(), &entered_by, when())}</td>
            <td class="row-actions">
                <Button look=Look::Quiet on_press=show>
                    <span aria-hidden="true">{move || text::then(locale.get())}</span>
                    <span class="visually-hidden">
                        {move || text::then_what(locale.get(), kind_name(locale.get(), kind), when())}
                    </span>
                </Button>
            </td>
        </tr>
    }
}

/// Any day can be asked for.
#[component]
fn AskDay(knowledge: Knowledge) -> impl IntoView {
    let locale = Desk::find().locale;
    let day = RwSignal::new(DateParts::default());
    let missing = RwSignal::new(false);
    let error =
        Signal::derive(move || if missing.get() { text::day_missing(locale.get()).to_owned() } else { String::new() });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let asked = parse_partial(&day.get_untracked(), session::today()).ok().flatten();
        let asked = asked.filter(|on| on.precision == DatePrecision::Day);
        missing.set(asked.is_none());
        if let Some(on) = asked {
            knowledge.at.set(Some(on.date.to_string()));
        }
    };
    view! {
        <form class="ask-day" on:submit=submit>
            <fieldset>
                <legend class="field-label">{move || text::day(locale.get())}</legend>
                <DateField id="known-on" value=day error />
            </fieldset>
            <button type="submit" class="button button-secondary">{move || text::show(locale.get())}</button>
        </form>
    }
}

/// The follow-up as it was known then.
#[component]
fn Known(patient: PatientId, at: String, knowledge: Knowledge) -> impl IntoView {
    let path = query(&format!("/api/patients/{patient}/plan"), &[("known_at", &at)]);
    let fetch = Fetch::<PlanReply>::new(Signal::stored(path));
    fetch.view(move |plan| view! { <Plan plan knowledge /> })
}

#[component]
fn Plan(plan: PlanReply, knowledge: Knowledge) -> impl IntoView {
    let locale = Desk::find().locale;
    let heading = NodeRef::<html::H3>::new();
    heading.on_load(|element| {
        let _ = element.focus();
    });
    let PlanReply { known_at, milestones, assessments } = plan;
    let unknown = milestones.is_empty();
    // the date is always said, also today's: this is a moment of the past
    let title = move || text::known(locale.get(), date_time(locale.get(), known_at, Date::MIN));
    let date = move |standing: StandingMilestone| {
        view! {
            <div>
                <dt>{move || kind_name(locale.get(), standing.milestone.kind)}</dt>
                <dd>{move || in_words(locale.get(), standing)}</dd>
            </div>
        }
    };
    view! {
        <div class="editor">
            <h3 tabindex="-1" node_ref=heading>{title}</h3>
            {if unknown {
                view! { <p class="empty">{move || text::unknown(locale.get())}</p> }.into_any()
            } else {
                view! {
                    <dl class="facts" aria-label=move || text::stood(locale.get())>
                        {milestones.into_iter().map(date).collect_view()}
                    </dl>
                    <Strip assessments />
                }.into_any()
            }}
            <Button look=Look::Secondary on_press=move |_| knowledge.at.set(None)>
                {move || text::close(locale.get())}
            </Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::just_before;

    #[test]
    fn what_an_entry_changed_was_known_a_moment_before_it() {
        let before = just_before("2026-03-03T12:00:00Z".parse().unwrap());
        assert_eq!(before.map(|at| at.to_string()).as_deref(), Some("2026-03-03T11:59:59.999Z"));
    }
}

//! What is due: each questionnaire with its length and where it stands, in any order; or that nothing is.

use leptos::prelude::*;
use shared::{id::AssessmentId, schedule::QuestionnaireState, time::Date};

use super::{
    agenda::{Agenda, Occasion, Task},
    care::Care,
    route::Route,
};
use crate::{
    i18n::{
        Locale, long_date,
        text::{patient::tasks, questionnaire},
        use_locale, weekday_date,
    },
    questionnaire::Step,
    ui::{Button, Heading, Icon, Link, Look, Main, Notice, Symbol},
};

/// The list.
#[component]
pub fn TasksPage(
    /// The patient's things.
    care: Care,
) -> impl IntoView {
    let locale = use_locale();
    let agenda = Memo::new(move |_| care.agenda(locale.get()).unwrap_or_default());
    let waiting = Memo::new(move |_| agenda.with(n_waiting));
    let title = move || if waiting.get() == 0 { tasks::none_title(locale.get()) } else { tasks::title(locale.get()) };
    let words = move || match waiting.get() {
        0 => tasks::none(locale.get()).to_owned(),
        n => tasks::count(locale.get(), n),
    };
    let occasions = move |read: fn(&Agenda) -> &Vec<Occasion>| {
        let lines = agenda.with(|agenda| read(agenda).clone());
        lines.into_iter().map(|occasion| view! { <OccasionSection occasion /> }).collect_view()
    };
    view! {
        <Main>
            <Heading text=Signal::derive(move || title().to_owned()) />
            <p>{words}</p>
            {move || occasions(|agenda| &agenda.due)}
            <Next agenda />
            <Show when=move || { waiting.get() > 0 }>
                <p>{move || tasks::stop(locale.get())}</p>
            </Show>
            <Notice><p>{move || questionnaire::not_read_live(locale.get(), care.phone())}</p></Notice>
            <Show when=move || agenda.with(|agenda| !agenda.finished.is_empty())>
                <h2>{move || tasks::done_title(locale.get())}</h2>
                {move || occasions(|agenda| &agenda.finished)}
            </Show>
            <Button look=Look::Secondary on_press=move |_| care.device.lock()>{move || tasks::lock(locale.get())}</Button>
        </Main>
    }
}

/// How many questionnaires are still to be sent.
pub(super) fn n_waiting(agenda: &Agenda) -> usize {
    let tasks = agenda.due.iter().flat_map(|occasion| &occasion.tasks);
    tasks.filter(|task| !matches!(task.state, QuestionnaireState::Submitted(_))).count()
}

#[component]
fn Next(agenda: Memo<Agenda>) -> impl IntoView {
    let locale = use_locale();
    let words = move || next_words(locale.get(), agenda.with(|agenda| agenda.next_on));
    view! { <p>{words}</p> }
}

/// When to come back.
pub(super) fn next_words(locale: Locale, next_on: Option<Date>) -> String {
    next_on.map_or_else(
        || tasks::no_next(locale).to_owned(),
        |day| tasks::next(locale, format!("{} {}", weekday_date(locale, day), day.year())),
    )
}

#[component]
fn OccasionSection(occasion: Occasion) -> impl IntoView {
    let locale = use_locale();
    let Occasion { id, label, closes_on, late, tasks: list } = occasion;
    let when = move || match (late, closes_on) {
        (true, _) => tasks::late(locale.get()).to_owned(),
        (false, Some(day)) => tasks::until(locale.get(), weekday_date(locale.get(), day)),
        (false, None) => String::new(),
    };
    let open = list.iter().any(|task| !matches!(task.state, QuestionnaireState::Submitted(_)));
    let lines = list.into_iter().map(|task| view! { <TaskLine assessment=id.clone() task /> }).collect_view();
    view! {
        <section>
            <h2 class="occasion">{label}</h2>
            {open.then(|| view! { <p class="small quiet">{when}</p> })}
            <ul class="tasks">{lines}</ul>
        </section>
    }
}

#[component]
fn TaskLine(assessment: AssessmentId, task: Task) -> impl IntoView {
    let locale = use_locale();
    let Task { instrument, title, minutes, state } = task;
    let more = move || match state {
        QuestionnaireState::NotStarted => tasks::minutes(locale.get(), minutes),
        QuestionnaireState::Started => tasks::begun(locale.get()).to_owned(),
        QuestionnaireState::Submitted(day) => tasks::sent(locale.get(), long_date(locale.get(), day)),
    };
    let words = view! {
        <span class="task-name">{title}</span>
        <span class="task-more">{more}</span>
    };
    match state {
        QuestionnaireState::Submitted(_) => view! {
            <li class="task task-done">{words}<Icon symbol=Symbol::Check /></li>
        }
        .into_any(),
        QuestionnaireState::NotStarted | QuestionnaireState::Started => {
            let to = Route::Questionnaire { assessment, instrument, step: Step::Introduction }.path();
            view! { <li><Link to class="task">{words}<Icon symbol=Symbol::Forward /></Link></li> }.into_any()
        }
    }
}

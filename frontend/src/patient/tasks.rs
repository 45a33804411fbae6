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
        Locale, long_date, page_locale,
        text::{patient::tasks, questionnaire},
        weekday_date,
    },
    questionnaire::Step,
    ui::{Button, Heading, Icon, Link, Look, Main, Notice, Symbol},
    view::view,
};

/// The list.
#[component]
pub fn TasksPage(
    /// The patient's things.
    care: Care,
) -> impl IntoView {
    let locale = page_locale();
    let agenda = Memo::new(move |_| care.agenda(locale).unwrap_or_default());
    let title = Signal::derive(move || {
        let none = agenda.with(n_waiting) == 0;
        if none { tasks::none_title(locale).to_owned() } else { tasks::title(locale).to_owned() }
    });
    // nothing of a patient stays behind on a tablet of the ward
    let calendar = (!care.device.is_ward()).then(|| {
        view! { <p class="small"><a href="/api/me/calendar.ics" download="ressenti.ics">{tasks::calendar(locale)}</a></p> }
    });
    let lock = if care.device.is_ward() { tasks::hand_back(locale) } else { tasks::lock(locale) };
    view! {
        <Main>
            <Heading text=title />
            {move || care.words().map(|words| {
                view! { <Notice><p>{tasks::words(locale)}</p><p><strong>{words}</strong></p></Notice> }
            })}
            {move || agenda_view(locale, agenda.get())}
            {calendar}
            <Notice><p>{questionnaire::not_read_live(locale, untrack(|| care.phone()))}</p></Notice>
            <Button look=Look::Secondary on_press=move |_| care.device.lock()>{lock}</Button>
        </Main>
    }
}

fn agenda_view(locale: Locale, agenda: Agenda) -> AnyView {
    let waiting = n_waiting(&agenda);
    let words = if waiting == 0 { tasks::none(locale).to_owned() } else { tasks::count(locale, waiting) };
    let done = (!agenda.finished.is_empty()).then(|| view! { <h2 class="occasion">{tasks::done_title(locale)}</h2> });
    let occasions = |list: Vec<Occasion>| list.into_iter().map(|it| occasion_view(locale, it)).collect_view();
    view! {
        <p>{words}</p>
        {occasions(agenda.due)}
        <p>{next_words(locale, agenda.next_on)}</p>
        {(waiting > 0).then(|| view! { <p>{tasks::stop(locale)}</p> })}
        {done}
        {occasions(agenda.finished)}
    }
    .into_any()
}

/// How many questionnaires are still to be sent.
pub(super) fn n_waiting(agenda: &Agenda) -> usize {
    let tasks = agenda.due.iter().flat_map(|occasion| &occasion.tasks);
    tasks.filter(|task| !matches!(task.state, QuestionnaireState::Submitted(_))).count()
}

/// When to come back.
pub(super) fn next_words(locale: Locale, next_on: Option<Date>) -> String {
    next_on.map_or_else(
        || tasks::no_next(locale).to_owned(),
        |day| tasks::next(locale, format!("{} {}", weekday_date(locale, day), day.year())),
    )
}

fn occasion_view(locale: Locale, occasion: Occasion) -> AnyView {
    let Occasion { id, label, closes_on, late, tasks: list } = occasion;
    let open = list.iter().any(|task| !matches!(task.state, QuestionnaireState::Submitted(_)));
    let when = match (late, closes_on) {
        _ if !open => None,
        (true, _) => Some(tasks::late(locale).to_owned()),
        (false, day) => day.map(|day| tasks::until(locale, weekday_date(locale, day))),
    };
    let lines: Vec<_> = list.into_iter().map(|task| task_view(locale, &id, task)).collect();
    view! {
        <section>
            <h2 class="occasion">{label}</h2>
            {when.map(|when| view! { <p class="small quiet">{when}</p> })}
            <ul class="tasks">{lines}</ul>
        </section>
    }
    .into_any()
}

fn task_view(locale: Locale, assessment: &AssessmentId, task: Task) -> AnyView {
    let Task { instrument, title, minutes, state } = task;
    let more = match state {
        QuestionnaireState::NotStarted => tasks::minutes(locale, minutes),
        QuestionnaireState::Started => tasks::begun(locale).to_owned(),
        QuestionnaireState::Submitted(day) => tasks::sent(locale, long_date(locale, day)),
    };
    let words = view! {
        <span class="task-name">{title}</span>
        <span class="task-more">{more}</span>
    };
    if matches!(state, QuestionnaireState::Submitted(_)) {
        return view! { <li class="task task-done">{words}<Icon symbol=Symbol::Check /></li> }.into_any();
    }
    let assessment = assessment.clone();
    let to = Route::Questionnaire { assessment, instrument, step: Step::Introduction }.path();
    view! { <li><Link to class="task">{words}<Icon symbol=Symbol::Forward /></Link></li> }.into_any()
}

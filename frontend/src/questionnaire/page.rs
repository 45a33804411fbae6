//! One question on the screen: its words, its fields, Continue always at the same place, Back, Pause and Skip.

use leptos::{ev, prelude::*};
use shared::{
    answers::ItemResponse,
    id::ItemCode,
    instrument::{Definition, Item, Recall},
};

use super::{
    Answering, Entry, Step,
    asked::Asked,
    introduction::Introduction,
    item::{FIELD, Fields, HEADING, first_field, problem_words},
    recall_dates,
    review::Review,
};
use crate::{
    i18n::{
        Locale, page_locale,
        text::{common, questionnaire},
    },
    ui::{Button, Dialog, ErrorLine, ErrorSummary, Foot, Heading, Icon, Look, Main, Notice, Progress, Symbol, Tone},
    view::view,
};

/// The screen of a questionnaire at one step; the last step, what became of the answers, is the caller's own.
#[component]
pub fn QuestionnairePage(
    /// The questionnaire.
    answering: Answering,
    /// Which screen.
    #[prop(into)]
    step: Signal<Step>,
) -> impl IntoView {
    let screen = move || match step.get() {
        Step::Introduction => view! { <Introduction answering /> }.into_any(),
        Step::Item(code) => question_view(answering, &code, Step::Item(code.clone())),
        Step::Change(code) => question_view(answering, &code, Step::Change(code.clone())),
        Step::Review => view! { <Review answering /> }.into_any(),
        Step::Sent => ().into_any(),
    };
    view! { {screen} }
}

fn question_view(answering: Answering, code: &ItemCode, step: Step) -> AnyView {
    let locale = page_locale();
    let found = answering.session.with_untracked(|session| {
        session.find_item(code).map(|item| (item.clone(), session.sheet().clone(), session.wording(code)))
    });
    let (Some((item, sheet, wording)), Some(asked)) = (found, Asked::new(answering, code, step)) else {
        return ().into_any();
    };
    let kind = item.kind.clone();
    let error = Signal::derive(move || {
        asked.problem.get().map(|problem| problem_words(locale, &kind, problem)).unwrap_or_default()
    });
    let before_title = Signal::derive(move || {
        if asked.problem.get().is_some() { common::error_before(locale).to_owned() } else { String::new() }
    });
    let first = first_field(&item, &sheet);
    let errors = Signal::derive(move || {
        asked.problem.get().map(|_| (first.clone(), error.get())).into_iter().collect::<Vec<_>>()
    });
    let on_rest = Callback::new(move |()| asked.keep_if_whole());
    let fields = Fields { item: &item, sheet: &sheet, wording: &wording, entry: asked.entry, error, on_rest }.view();
    // Fields of their own show their error themselves; rows and scales share this line.
    let line = matches!(asked.entry.get_untracked(), Entry::Chosen(_))
        .then(|| view! { <ErrorLine id=format!("{FIELD}-error") words=error /> });
    let (top, resumed) = (top_view(locale, asked, code), resumed_view(locale, answering, code));
    let recall = recall_view(locale, answering, &sheet.definition, &item);
    let enter = move |enter: ev::SubmitEvent| {
        enter.prevent_default();
        asked.go_on(enter.time_stamp());
    };
    view! {
        <Main holds_update=true>
            {top}
            <ErrorSummary errors />
            {resumed}
            <fieldset aria-describedby=move || asked.problem.get().map(|_| format!("{FIELD}-error"))>
                <legend>
                    {recall}
                    <Heading id=HEADING text=wording.text before_title />
                </legend>
                {wording.help.map(|help| view! { <p class="field-help">{help}</p> })}
                {line}
                <form on:submit=enter>{fields}</form>
            </fieldset>
            {skip_view(locale, asked)}
            {demonstration(answering)}
        </Main>
        <Foot>
            <Button on_press=move |tap: ev::MouseEvent| asked.go_on(tap.time_stamp())>
                {questionnaire::go_on(locale)}
            </Button>
        </Foot>
    }
    .into_any()
}

fn top_view(locale: Locale, asked: Asked, code: &ItemCode) -> AnyView {
    let answering = asked.answering;
    let (place, title) = answering
        .session
        .with_untracked(|session| (session.place(code).unwrap_or((1, 1)), session.sheet().wording.title.clone()));
    let count = questionnaire::place(locale, place.0, place.1);
    let pause = answering.on_tap(move || answering.pause.run(()));
    view! {
        <div class="question-bar">
            {back_button(locale, answering, asked.step.get_value())}
            <Button look=Look::Quiet on_press=pause>{questionnaire::pause(locale)}</Button>
        </div>
        <Progress done=place.0 total=place.1 label=count.clone() />
        <p class="question-caption">
            <span class="question-count">{count}</span>
            <span aria-hidden="true">" · "</span>
            <span>{title}</span>
        </p>
    }
    .into_any()
}

/// Back, to the screen before this one.
pub(super) fn back_button(locale: Locale, answering: Answering, step: Step) -> AnyView {
    let back = answering.on_tap(move || {
        let before = answering.session.with_untracked(|session| session.before(&step));
        answering.back.run(before);
    });
    view! {
        <Button look=Look::Quiet on_press=back>
            <Icon symbol=Symbol::Back />
            {questionnaire::back(locale)}
        </Button>
    }
    .into_any()
}

fn recall_view(locale: Locale, answering: Answering, definition: &Definition, item: &Item) -> Option<AnyView> {
    let recall = definition.recall_of(item);
    let words = answering.session.with_untracked(|session| session.sheet().wording.recall.clone());
    let line = || {
        view! {
            <span class="question-recall">
                {words.clone()} " " <span class="quiet">{recall_dates(locale, recall, answering.today)}</span>
            </span>
        }
    };
    (recall != Recall::None && !words.is_empty()).then(|| line().into_any())
}

/// The sentence at the question where a begun questionnaire is taken up again.
fn resumed_view(locale: Locale, answering: Answering, code: &ItemCode) -> Option<AnyView> {
    let here = answering.resumed_at.with_untracked(|at| at.as_ref() == Some(code));
    let (number, _) = answering.session.with_untracked(|session| session.place(code)).filter(|_| here)?;
    let notice = view! { <Notice tone=Tone::Good><p>{questionnaire::resumed(locale, number)}</p></Notice> };
    Some(notice.into_any())
}

fn skip_view(locale: Locale, asked: Asked) -> AnyView {
    let answering = asked.answering;
    let asking = RwSignal::new(false);
    let code = asked.code.get_value();
    let skipped = move || {
        answering.session.with(|session| matches!(session.said(&code), Some(ItemResponse::Skipped(_))))
            && asked.entry.with(Entry::is_empty)
    };
    let open = answering.on_tap(move || asking.set(true));
    let confirm = answering.on_tap(move || {
        asking.set(false);
        asked.skip();
    });
    let words = move || {
        let explained = answering.skip_explained.get();
        if explained { questionnaire::skip_again(locale) } else { questionnaire::skip_explained(locale) }
    };
    let offer = move || {
        if skipped() {
            view! { <p class="quiet">{questionnaire::skipped(locale)}</p> }.into_any()
        } else {
            view! { <Button look=Look::Quiet on_press=open>{questionnaire::skip(locale)}</Button> }.into_any()
        }
    };
    view! {
        <div class="question-skip">{offer}</div>
        <Dialog open=asking title=questionnaire::skip_title(locale)>
            <p>{words}</p>
            <div class="actions">
                <Button on_press=confirm>{questionnaire::skip_confirm(locale)}</Button>
                <Button look=Look::Secondary on_press=move |_| asking.set(false)>
                    {questionnaire::skip_cancel(locale)}
                </Button>
            </div>
        </Dialog>
    }
    .into_any()
}

/// Says on every screen of demonstration wording that it is one.
pub(super) fn demonstration(answering: Answering) -> Option<AnyView> {
    let shown = answering.session.with_untracked(|session| session.sheet().wording.demonstration);
    let words = || view! { <p class="demonstration">{questionnaire::demonstration(page_locale())}</p> };
    shown.then(|| words().into_any())
}

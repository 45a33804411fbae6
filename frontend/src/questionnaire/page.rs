//! One question on the screen: its words, its fields, Continue always at the same place, Back, Pause and Skip.
//!
//! Continue goes on only when the answer is kept; what is missing is said only when Continue is pressed.

use leptos::{ev::MouseEvent, prelude::*};
use shared::{
    answers::{ItemResponse, SkipReason},
    id::ItemCode,
    instrument::Recall,
};

use super::{
    Answering, Entry, EntryProblem, Keeping, Step,
    introduction::Introduction,
    item::{FIELD, Fields, HEADING, first_field, problem_words},
    recall_dates,
    review::Review,
};
use crate::{
    i18n::{
        text::{common, questionnaire},
        use_locale,
    },
    ui::{Button, Dialog, ErrorLine, ErrorSummary, Foot, Heading, Icon, Look, Main, Notice, Progress, Symbol},
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
    let locale = use_locale();
    move || {
        locale.track();
        match step.get() {
            Step::Introduction => view! { <Introduction answering /> }.into_any(),
            Step::Item(code) => view! { <Question answering code=code.clone() step=Step::Item(code) /> }.into_any(),
            Step::Change(code) => view! { <Question answering code=code.clone() step=Step::Change(code) /> }.into_any(),
            Step::Review => view! { <Review answering /> }.into_any(),
            Step::Sent => ().into_any(),
        }
    }
}

#[component]
fn Question(answering: Answering, code: ItemCode, step: Step) -> impl IntoView {
    let Some(asked) = Asked::new(answering, &code, step) else { return ().into_any() };
    let locale = use_locale();
    let (item, sheet, wording) = answering
        .session
        .with_untracked(|session| (session.find_item(&code).cloned(), session.sheet().clone(), session.wording(&code)));
    let Some(item) = item else { return ().into_any() };
    let error = {
        let kind = item.kind.clone();
        let words = move |problem: EntryProblem| problem_words(locale.get(), &kind, problem);
        Signal::derive(move || asked.problem.get().map(&words).unwrap_or_default())
    };
    let summary = {
        let first = first_field(&item, &sheet);
        move || asked.problem.get().map(|_| (first.clone(), error.get())).into_iter().collect::<Vec<_>>()
    };
    let before_title = Signal::derive(move || {
        if asked.problem.get().is_some() { common::error_before(locale.get()).to_owned() } else { String::new() }
    });
    let help = wording.help.clone();
    let question = wording.text.clone();
    let recall = sheet.definition.recall_of(&item);
    let on_rest = Callback::new(move |()| asked.keep_if_whole());
    let fields = Fields { item: &item, sheet: &sheet, wording: &wording, entry: asked.entry, error, on_rest }.view();
    // Fields of their own show their error themselves; rows and scales share this line.
    let line = matches!(asked.entry.get_untracked(), Entry::Chosen(_))
        .then(|| view! { <ErrorLine id=format!("{FIELD}-error") words=error /> });
    view! {
        <Main holds_update=true>
            <TopOfQuestion asked code=code.clone() />
            <ErrorSummary errors=Signal::derive(summary) />
            <Resumed answering code />
            <fieldset aria-describedby=move || asked.problem.get().map(|_| format!("{FIELD}-error"))>
                <legend>
                    <RecallLine answering recall />
                    <Heading id=HEADING text=question before_title />
                </legend>
                {help.map(|help| view! { <p class="field-help">{help}</p> })}
                {line}
                <form on:submit=move |enter| {
                    enter.prevent_default();
                    asked.go_on(enter.time_stamp());
                }>{fields}</form>
            </fieldset>
            <Skip asked />
            <Demonstration answering />
        </Main>
        <Foot>
                <Button on_press=move |tap: MouseEvent| asked.go_on(tap.time_stamp())>
                    {move || questionnaire::go_on(locale.get())}
                </Button>
            </Foot>
    }
    .into_any()
}

/// A question while it is on the screen.
#[derive(Clone, Copy)]
struct Asked {
    answering: Answering,
    code: StoredValue<ItemCode>,
    step: StoredValue<Step>,
    entry: RwSignal<Entry>,
    problem: RwSignal<Option<EntryProblem>>,
    /// Continue was pressed and waits for the store.
    leaving: RwSignal<bool>,
}

impl Asked {
    fn new(answering: Answering, code: &ItemCode, step: Step) -> Option<Self> {
        let entry = answering
            .session
            .with_untracked(|session| session.find_item(code).map(|item| Entry::of(item, session.said(code))))?;
        let asked = Self {
            answering,
            code: StoredValue::new(code.clone()),
            step: StoredValue::new(step),
            entry: RwSignal::new(entry),
            problem: RwSignal::new(None),
            leaving: RwSignal::new(false),
        };
        Effect::new(move || {
            if asked.leaving.get() && answering.keeping.get() != Keeping::UnderWay {
                asked.leave();
            }
        });
        Some(asked)
    }

    /// What the fields make, if it is an answer.
    fn parse(self) -> Result<ItemResponse, EntryProblem> {
        let code = self.code.get_value();
        self.answering.session.with_untracked(|session| {
            let item = session.find_item(&code).ok_or(EntryProblem::Missing)?;
            let answer = self.entry.with_untracked(|entry| entry.parse(&session.sheet().definition, item))?;
            Ok(ItemResponse::Answered(answer.into_parts().1))
        })
    }

    fn keep(self, said: ItemResponse) {
        let code = self.code.get_value();
        let known = self.answering.session.with_untracked(|session| session.said(&code) == Some(&said));
        if !known {
            self.answering.keep.run((code, said));
        }
    }

    fn keep_if_whole(self) {
        if let Ok(said) = self.parse() {
            self.keep(said);
        }
    }

    fn go_on(self, at_ms: f64) {
        if !self.answering.counts(at_ms) {
            return;
        }
        let code = self.code.get_value();
        let skipped = self
            .answering
            .session
            .with_untracked(|session| matches!(session.said(&code), Some(ItemResponse::Skipped(_))));
        match self.parse() {
            Ok(said) => {
                self.problem.set(None);
                self.keep(said);
                self.leaving.set(true);
            }
            Err(EntryProblem::Missing) if skipped => self.leaving.set(true),
            Err(problem) => self.problem.set(Some(problem)),
        }
    }

    fn skip(self) {
        self.answering.skip_explained.set(true);
        self.keep(ItemResponse::Skipped(SkipReason::PreferNot));
        self.leaving.set(true);
    }

    /// Goes to the next screen, if the store kept what was said.
    fn leave(self) {
        self.leaving.set(false);
        let code = self.code.get_value();
        let next = self.answering.session.with_untracked(|session| {
            session.said(&code).is_some().then(|| self.step.with_value(|step| session.after(step)))
        });
        if let Some(next) = next {
            self.answering.resumed_at.set(None);
            self.answering.go.run(next);
        }
    }
}

#[component]
fn TopOfQuestion(asked: Asked, code: ItemCode) -> impl IntoView {
    let locale = use_locale();
    let answering = asked.answering;
    let place = Memo::new(move |_| answering.session.with(|session| session.place(&code)).unwrap_or((1, 1)));
    let count = move || questionnaire::place(locale.get(), place.get().0, place.get().1);
    let title = move || answering.session.with(|session| session.sheet().wording.title.clone());
    let back = move |tap: MouseEvent| {
        if answering.counts(tap.time_stamp()) {
            let before = answering.session.with_untracked(|session| asked.step.with_value(|step| session.before(step)));
            answering.back.run(before);
        }
    };
    let pause = move |tap: MouseEvent| {
        if answering.counts(tap.time_stamp()) {
            answering.pause.run(());
        }
    };
    view! {
        <div class="question-bar">
            <Button look=Look::Quiet on_press=back>
                <Icon symbol=Symbol::Back />
                {move || questionnaire::back(locale.get())}
            </Button>
            <Button look=Look::Quiet on_press=pause>{move || questionnaire::pause(locale.get())}</Button>
        </div>
        <Progress done=Signal::derive(move || place.get().0) total=Signal::derive(move || place.get().1) label=Signal::derive(count) />
        <p class="question-caption">
            <span class="question-count">{count}</span>
            <span aria-hidden="true">" · "</span>
            <span>{title}</span>
        </p>
    }
}

#[component]
fn RecallLine(answering: Answering, recall: Recall) -> impl IntoView {
    let locale = use_locale();
    let words = answering.session.with_untracked(|session| session.sheet().wording.recall.clone());
    let dates = move || recall_dates(locale.get(), recall, answering.today);
    (recall != Recall::None && !words.is_empty()).then(|| {
        view! {
            <span class="question-recall">
                {words} " " <span class="quiet">{dates}</span>
            </span>
        }
    })
}

#[component]
fn Resumed(answering: Answering, code: ItemCode) -> impl IntoView {
    let locale = use_locale();
    let here = code.clone();
    let resumed = move || answering.resumed_at.with(|at| at.as_ref() == Some(&here));
    let number =
        Memo::new(move |_| answering.session.with(|session| session.place(&code).map_or(1, |(number, _)| number)));
    view! {
        <Show when=resumed>
            <Notice tone=crate::ui::Tone::Good>
                <p>{move || questionnaire::resumed(locale.get(), number.get())}</p>
            </Notice>
        </Show>
    }
}

#[component]
fn Skip(asked: Asked) -> impl IntoView {
    let locale = use_locale();
    let answering = asked.answering;
    let asking = RwSignal::new(false);
    let code = asked.code.get_value();
    let skipped = move || {
        answering.session.with(|session| matches!(session.said(&code), Some(ItemResponse::Skipped(_))))
            && asked.entry.with(Entry::is_empty)
    };
    let open = move |tap: MouseEvent| {
        if answering.counts(tap.time_stamp()) {
            asking.set(true);
        }
    };
    let confirm = move |tap: MouseEvent| {
        if answering.counts(tap.time_stamp()) {
            asking.set(false);
            asked.skip();
        }
    };
    let words = move || {
        let explained = answering.skip_explained.get();
        if explained { questionnaire::skip_again(locale.get()) } else { questionnaire::skip_explained(locale.get()) }
    };
    view! {
        <div class="question-skip">
            <Show when=skipped fallback=move || view! {
                <Button look=Look::Quiet on_press=open>{move || questionnaire::skip(locale.get())}</Button>
            }>
                <p class="quiet">{move || questionnaire::skipped(locale.get())}</p>
            </Show>
        </div>
        <Dialog open=asking title=Signal::derive(move || questionnaire::skip_title(locale.get()).to_owned())>
            <p>{words}</p>
            <div class="actions">
                <Button on_press=confirm>{move || questionnaire::skip_confirm(locale.get())}</Button>
                <Button look=Look::Secondary on_press=move |_| asking.set(false)>
                    {move || questionnaire::skip_cancel(locale.get())}
                </Button>
            </div>
        </Dialog>
    }
}

/// Says on every screen of demonstration wording that it is one.
#[component]
pub(super) fn Demonstration(answering: Answering) -> impl IntoView {
    let locale = use_locale();
    let demonstration = move || answering.session.with(|session| session.sheet().wording.demonstration);
    view! {
        <Show when=demonstration>
            <p class="demonstration">{move || questionnaire::demonstration(locale.get())}</p>
        </Show>
    }
}

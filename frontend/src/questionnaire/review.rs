//! All answers before they are sent, each with a way back to its question.

use leptos::{ev::MouseEvent, prelude::*};
use shared::answers::ItemResponse;

use super::{Answering, ReviewLine, Step, answer_words, page::Demonstration};
use crate::{
    i18n::{text::questionnaire, use_locale},
    ui::{Button, Foot, Heading, Icon, Look, Main, Notice, Symbol, Tone},
};

/// The review.
#[component]
pub fn Review(
    /// The questionnaire.
    answering: Answering,
) -> impl IntoView {
    let locale = use_locale();
    let lines = answering.session.with_untracked(super::QuestionnaireSession::review);
    let open = answering.session.with_untracked(super::QuestionnaireSession::n_open);
    let back = move |tap: MouseEvent| {
        if answering.counts(tap.time_stamp()) {
            answering.back.run(answering.session.with_untracked(|session| session.before(&Step::Review)));
        }
    };
    let rows = lines.into_iter().enumerate().map(move |(at, line)| view! { <Line answering number=at + 1 line /> });
    view! {
        <Main holds_update=true>
            <div class="question-bar">
                <Button look=Look::Quiet on_press=back>
                    <Icon symbol=Symbol::Back />
                    {move || questionnaire::back(locale.get())}
                </Button>
            </div>
            <Heading text=Signal::derive(move || questionnaire::review_title(locale.get()).to_owned()) />
            <Unfinished open />
            <dl class="review">{rows.collect_view()}</dl>
            <p>{move || questionnaire::review_after(locale.get())}</p>
            <Demonstration answering />
        </Main>
        <Foot><GoOn answering open /></Foot>
    }
}

#[component]
fn Unfinished(open: usize) -> impl IntoView {
    let locale = use_locale();
    let words = move || {
        if open == 0 {
            questionnaire::review_words(locale.get()).to_owned()
        } else {
            questionnaire::review_open(locale.get(), open)
        }
    };
    if open == 0 {
        view! { <p>{words}</p> }.into_any()
    } else {
        view! { <Notice tone=Tone::Warn><p>{words}</p></Notice> }.into_any()
    }
}

#[component]
fn Line(answering: Answering, number: usize, line: ReviewLine) -> impl IntoView {
    let locale = use_locale();
    let ReviewLine { item, wording, said } = line;
    let given = matches!(said, Some(ItemResponse::Answered(_)));
    let code = item.code.clone();
    let words =
        move || answering.session.with(|session| answer_words(locale.get(), session.sheet(), &item, said.as_ref()));
    let change = move |tap: MouseEvent| {
        if answering.counts(tap.time_stamp()) {
            answering.go.run(Step::Change(code.clone()));
        }
    };
    view! {
        <div>
            <dt>{number} ". " {wording.text}</dt>
            <dd class="review-answer" class:quiet=!given>{words}</dd>
            <dd class="review-change">
                <Button look=Look::Quiet on_press=change>
                    {move || questionnaire::change(locale.get())}
                    <span class="visually-hidden">{move || questionnaire::change_which(locale.get(), number)}</span>
                </Button>
            </dd>
        </div>
    }
}

#[component]
fn GoOn(answering: Answering, open: usize) -> impl IntoView {
    let locale = use_locale();
    let press = move |tap: MouseEvent| {
        if !answering.counts(tap.time_stamp()) {
            return;
        }
        let first_open = answering.session.with_untracked(|session| session.first_open().map(|item| item.code.clone()));
        match first_open {
            Some(code) => answering.go.run(Step::Item(code)),
            None => answering.send.run(()),
        }
    };
    let words = move || match (open, answering.sending.get()) {
        (0, false) => questionnaire::send(locale.get()),
        (0, true) => questionnaire::sending(locale.get()),
        _ => questionnaire::to_open(locale.get()),
    };
    view! { <Button on_press=press busy=answering.sending>{words}</Button> }
}

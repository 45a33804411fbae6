//! All answers before they are sent, each with a way back to its question.

use leptos::prelude::*;
use shared::answers::ItemResponse;

use super::{
    Answering, QuestionnaireSession, ReviewLine, Step, answer_words,
    page::{back_button, demonstration},
};
use crate::{
    i18n::{Locale, page_locale, text::questionnaire},
    ui::{Button, Foot, Heading, Look, Main, Notice, Tone},
    view::view,
};

/// The review.
#[component]
pub fn Review(
    /// The questionnaire.
    answering: Answering,
) -> impl IntoView {
    let locale = page_locale();
    let lines = answering.session.with_untracked(QuestionnaireSession::review);
    let open = answering.session.with_untracked(QuestionnaireSession::n_open);
    let rows: Vec<_> = (1..).zip(lines).map(|(number, line)| line_view(locale, answering, number, line)).collect();
    let first = if open == 0 {
        view! { <p>{questionnaire::review_words(locale)}</p> }.into_any()
    } else {
        view! { <Notice tone=Tone::Warn><p>{questionnaire::review_open(locale, open)}</p></Notice> }.into_any()
    };
    let go_on = answering.on_tap(move || {
        let first_open = answering.session.with_untracked(|session| session.first_open().map(|item| item.code.clone()));
        match first_open {
            Some(code) => answering.go.run(Step::Item(code)),
            None => answering.send.run(()),
        }
    });
    let words = move || match (open, answering.sending.get()) {
        (0, false) => questionnaire::send(locale),
        (0, true) => questionnaire::sending(locale),
        _ => questionnaire::to_open(locale),
    };
    view! {
        <Main holds_update=true>
            <div class="question-bar">{back_button(locale, answering, Step::Review)}</div>
            <Heading text=questionnaire::review_title(locale) />
            {first}
            <dl class="review">{rows}</dl>
            <p>{questionnaire::review_after(locale)}</p>
            {demonstration(answering)}
        </Main>
        <Foot>
            <Button on_press=go_on busy=answering.sending>{words}</Button>
        </Foot>
    }
}

fn line_view(locale: Locale, answering: Answering, number: usize, line: ReviewLine) -> AnyView {
    let ReviewLine { item, wording, said } = line;
    let class = if matches!(said, Some(ItemResponse::Answered(_))) { "review-answer" } else { "review-answer quiet" };
    let words = answering.session.with_untracked(|session| answer_words(locale, session.sheet(), &item, said.as_ref()));
    let change = answering.on_tap(move || answering.go.run(Step::Change(item.code.clone())));
    view! {
        <div>
            <dt>{format!("{number}. {}", wording.text)}</dt>
            <dd class=class>{words}</dd>
            <dd class="review-change">
                <Button look=Look::Quiet on_press=change>
                    {questionnaire::change(locale)}
                    <span class="visually-hidden">{questionnaire::change_which(locale, number)}</span>
                </Button>
            </dd>
        </div>
    }
    .into_any()
}

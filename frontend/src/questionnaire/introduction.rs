//! The first screen of a questionnaire: what it is about, how long it takes, and that nobody reads along.

use leptos::prelude::*;

use shared::instrument::InstrumentSheet;

use super::{Answering, Step, page::demonstration};
use crate::{
    i18n::{page_locale, text::questionnaire},
    ui::{Button, Foot, Heading, Main, Notice},
    view::view,
};

/// What a patient reads before the first question.
#[component]
pub fn Introduction(
    /// The questionnaire.
    answering: Answering,
) -> impl IntoView {
    let locale = page_locale();
    let (title, words, length) = answering.session.with_untracked(|session| {
        let InstrumentSheet { definition, wording } = &**session.sheet();
        let length = questionnaire::length(locale, definition.minutes, session.items().len());
        (wording.title.clone(), wording.introduction.clone(), length)
    });
    let phone = answering.phone.get_value();
    let start = answering.on_tap(move || {
        let first = answering.session.with_untracked(|session| session.after(&Step::Introduction));
        answering.go.run(first);
    });
    view! {
        <Main holds_update=true>
            <Heading text=title />
            {(!words.is_empty()).then(|| view! { <p>{words}</p> })}
            <p>{length}</p>
            <p>{questionnaire::any_time(locale)}</p>
            <Notice><p>{questionnaire::not_read_live(locale, &phone)}</p></Notice>
            {demonstration(answering)}
        </Main>
        <Foot>
            <Button on_press=start>{questionnaire::start(locale)}</Button>
        </Foot>
    }
}

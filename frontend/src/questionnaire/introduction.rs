//! The first screen of a questionnaire: what it is about, how long it takes, and that nobody reads along.

use leptos::{ev::MouseEvent, prelude::*};

use super::{Answering, Step};
use crate::{
    i18n::{text::questionnaire, use_locale},
    ui::{Button, Foot, Heading, Main, Notice},
};

/// What a patient reads before the first question.
#[component]
pub fn Introduction(
    /// The questionnaire.
    answering: Answering,
) -> impl IntoView {
    let locale = use_locale();
    let title = move || answering.session.with(|session| session.sheet().wording.title.clone());
    let words = move || answering.session.with(|session| session.sheet().wording.introduction.clone());
    let length = move || {
        answering.session.with(|session| {
            questionnaire::length(locale.get(), session.sheet().definition.minutes, session.items().len())
        })
    };
    let phone = answering.phone.get_value();
    let start = move |tap: MouseEvent| {
        if answering.counts(tap.time_stamp()) {
            let first = answering.session.with_untracked(|session| session.after(&Step::Introduction));
            answering.go.run(first);
        }
    };
    view! {
        <Main holds_update=true>
            <Heading text=Signal::derive(title) />
            <Show when=move || !words().is_empty()><p>{words}</p></Show>
            <p>{length}</p>
            <p>{move || questionnaire::any_time(locale.get())}</p>
            <Notice><p>{move || questionnaire::not_read_live(locale.get(), &phone)}</p></Notice>
            <super::page::Demonstration answering />
        </Main>
        <Foot>
                <Button on_press=start>{move || questionnaire::start(locale.get())}</Button>
            </Foot>
    }
}

//! The first screen of a questionnaire: what it is about, how long it takes, and that nobody reads along.

use leptos::{ev::MouseEvent, prelude::*};

use super::{Sitting, Step};
use crate::{
    i18n::{text::questionnaire, use_locale},
    ui::{Button, Heading, Notice},
};

/// What a patient reads before the first question.
#[component]
pub fn Introduction(
    /// The questionnaire.
    sitting: Sitting,
) -> impl IntoView {
    let locale = use_locale();
    let title = move || sitting.session.with(|session| session.sheet().wording.title.clone());
    let words = move || sitting.session.with(|session| session.sheet().wording.introduction.clone());
    let length = move || {
        sitting.session.with(|session| {
            questionnaire::length(locale.get(), session.items().len(), session.sheet().definition.minutes)
        })
    };
    let phone = sitting.phone.get_value();
    let start = move |tap: MouseEvent| {
        if sitting.counts(tap.time_stamp()) {
            let first = sitting.session.with_untracked(|session| session.after(&Step::Introduction));
            sitting.go.run(first);
        }
    };
    view! {
        <main class="frame-main frame-wide" data-holds-update>
            <Heading text=Signal::derive(title) />
            <Show when=move || !words().is_empty()><p>{words}</p></Show>
            <p>{length}</p>
            <p>{move || questionnaire::any_time(locale.get())}</p>
            <Notice><p>{move || questionnaire::not_read_live(locale.get(), &phone)}</p></Notice>
            <super::page::Demonstration sitting />
        </main>
        <footer class="frame-foot">
            <div class="frame-wide">
                <Button on_press=start>{move || questionnaire::start(locale.get())}</Button>
            </div>
        </footer>
    }
}

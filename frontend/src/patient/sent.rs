//! What became of a questionnaire: kept here, or received by the hospital and when; then what comes next.

use leptos::prelude::*;

use super::{
    care::Care,
    status::received_words,
    tasks::{n_waiting, next_words},
};
use crate::{
    address::use_address,
    i18n::{
        page_locale,
        text::{
            patient::{help, sent, tasks},
            questionnaire,
        },
    },
    notebook::Standing,
    session,
    ui::{Button, Foot, Heading, Main, Notice, Tone},
    view::view,
};

/// The last page of a questionnaire; it follows the receipts.
#[component]
pub fn SentPage(
    /// The patient's things.
    care: Care,
    /// What this device knows of the questionnaire.
    standing: RwSignal<Option<Standing>>,
) -> impl IntoView {
    let locale = page_locale();
    let address = use_address();
    let received_at = move || standing.with(|standing| standing.as_ref().and_then(|it| it.received_at));
    let set_aside = move || care.device.status().tally.is_some_and(|tally| tally.waiting == 0 && tally.quarantined > 0);
    let title = Signal::derive(move || match received_at() {
        Some(_) => sent::title(locale).to_owned(),
        None => sent::kept_title(locale).to_owned(),
    });
    let became = move || match received_at() {
        Some(at) => (Tone::Good, received_words(locale, session::civil(at))),
        None if set_aside() => (Tone::Plain, sent::quarantined(locale).to_owned()),
        None => (Tone::Plain, sent::waiting(locale).to_owned()),
    };
    let next = Signal::derive(move || {
        let agenda = care.agenda(locale).unwrap_or_default();
        match n_waiting(&agenda) {
            0 => next_words(locale, agenda.next_on),
            n => sent::other(locale, n),
        }
    });
    let all_done = move || care.device.is_ward() && care.agenda(locale).is_some_and(|agenda| n_waiting(&agenda) == 0);
    // The ward's tablet goes back by itself: once the hospital has everything, or it is clear that there is no network.
    Effect::new(move || {
        let status = care.device.status();
        if all_done() && (received_at().is_some() || set_aside() || status.obstacle.is_some()) {
            care.device.lock();
        }
    });
    let on_press = move |_| if untrack(all_done) { care.device.lock() } else { address.go("/") };
    let go_on = move || if all_done() { tasks::hand_back(locale) } else { sent::list(locale) };
    view! {
        <Main>
            <Heading text=title />
            {move || {
                let (tone, words) = became();
                view! { <Notice tone><p>{words}</p></Notice> }
            }}
            <p>{next}</p>
            <p>{questionnaire::not_read_live(locale, untrack(|| care.phone()))}</p>
            <p class="quiet">{help::change(locale)}</p>
        </Main>
        <Foot>
            <Button on_press=on_press>{go_on}</Button>
        </Foot>
    }
}

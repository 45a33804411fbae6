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
        text::{
            patient::{help, sent},
            questionnaire,
        },
        use_locale,
    },
    notebook::Standing,
    session,
    ui::{Button, Foot, Heading, Main, Notice, Tone},
};

/// The last page of a questionnaire; it follows the receipts.
#[component]
pub fn SentPage(
    /// The patient's things.
    care: Care,
    /// What this device knows of the questionnaire.
    standing: RwSignal<Option<Standing>>,
) -> impl IntoView {
    let locale = use_locale();
    let address = use_address();
    let received_at = Memo::new(move |_| standing.with(|standing| standing.as_ref().and_then(|it| it.received_at)));
    let set_aside = move || care.device.status().tally.is_some_and(|tally| tally.waiting == 0 && tally.quarantined > 0);
    let title = move || match received_at.get() {
        Some(_) => sent::title(locale.get()).to_owned(),
        None => sent::kept_title(locale.get()).to_owned(),
    };
    let became = move || match received_at.get() {
        Some(at) => received_words(locale.get(), session::civil(at)),
        None if set_aside() => sent::quarantined(locale.get()).to_owned(),
        None => sent::waiting(locale.get()).to_owned(),
    };
    let agenda = Memo::new(move |_| care.agenda(locale.get()).unwrap_or_default());
    let next = move || match agenda.with(n_waiting) {
        0 => next_words(locale.get(), agenda.with(|agenda| agenda.next_on)),
        n => sent::other(locale.get(), n),
    };
    let tone = move || if received_at.get().is_some() { Tone::Good } else { Tone::Plain };
    let list = move |_| address.go("/");
    view! {
        <Main>
            <Heading text=Signal::derive(title) />
            {move || view! { <Notice tone=tone()><p>{became}</p></Notice> }}
            <p>{next}</p>
            <p>{move || questionnaire::not_read_live(locale.get(), care.phone())}</p>
            <p class="quiet">{move || help::change(locale.get())}</p>
        </Main>
        <Foot>
            <Button on_press=list>{move || sent::list(locale.get())}</Button>
        </Foot>
    }
}

//! What anybody sees of a tablet that a patient has, or has left: thanks, and the lock. No patient, no list, no name.

use leptos::prelude::*;

use super::{Tablet, pin_form::PinForm};
use crate::{
    i18n::{Locale, text::ward::back as text},
    ui::{Heading, Icon, Symbol},
};

/// The whole window.
#[component]
pub(crate) fn BackPage() -> impl IntoView {
    let locale = Tablet::find().desk.locale;
    // Whoever had the tablet may have read it in another language than the staff's.
    let other = move || Locale::ALL.into_iter().find(|other| *other != locale.get()).unwrap_or_default();
    view! {
        <main id="main" class="tablet-back" tabindex="-1">
            <p class="tablet-mark"><Icon symbol=Symbol::Wave /></p>
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
            <p class="tablet-kept">{move || text::kept(locale.get())}</p>
            <p class="quiet" lang=move || other().tag()>{move || text::title(other())}" "{move || text::kept(other())}</p>
            <section class="tablet-lock" aria-labelledby="team">
                <h2 id="team">{move || text::team(locale.get())}</h2>
                <PinForm />
            </section>
        </main>
    }
}

//! The phone can no longer keep answers: what is safe, what to do, and a file with what is not sent.

use leptos::{prelude::*, task::spawn_local};
use shared::sync::store::StoreError;

use super::care::Care;
use crate::{
    address::reload,
    i18n::{page_locale, text::patient::trouble},
    session,
    ui::{Button, Heading, Look, Main, Notice, Tone},
    view::view,
};

/// Nothing can be answered here any more; what can still be read can be saved in a file.
#[component]
pub fn TroublePage(
    /// The patient's things.
    care: Care,
    /// What the store said.
    error: StoreError,
) -> impl IntoView {
    let locale = page_locale();
    let rescue = RwSignal::new(None::<String>);
    spawn_local(async move {
        let unsent = care.device.list_unsent().await.unwrap_or_default();
        let file = (!unsent.is_empty()).then(|| serde_json::to_string(&unsent).ok()).flatten();
        rescue.set(file.map(|text| session::file_address(&text)));
    });
    let advice = move || match &error {
        StoreError::Full => trouble::full(locale).to_owned(),
        StoreError::Outdated => trouble::outdated(locale).to_owned(),
        StoreError::Broken(_) | StoreError::AlreadySubmitted => match care.phone() {
            phone if phone.is_empty() => trouble::broken_letter(locale).to_owned(),
            phone => trouble::broken(locale, phone),
        },
    };
    let save = move |href| {
        view! {
            <p>{trouble::rescue(locale)}</p>
            <p>
                <a class="button button-secondary" href=href download="ressenti.json">
                    {trouble::rescue_save(locale)}
                </a>
            </p>
        }
    };
    view! {
        <Main>
            <Heading text=trouble::title(locale) />
            <Notice tone=Tone::Bad><p>{advice}</p></Notice>
            <p>{trouble::safe(locale)}</p>
            <Button look=Look::Primary on_press=move |_| reload()>{trouble::again(locale)}</Button>
            <section class="aside">
                <h2>{trouble::rescue_title(locale)}</h2>
                {move || match rescue.get() {
                    Some(href) => save(href).into_any(),
                    None => view! { <p>{trouble::rescue_none(locale)}</p> }.into_any(),
                }}
            </section>
        </Main>
    }
}

//! The phone can no longer keep answers: what is safe, what to do, and a file with what is not sent.

use leptos::{prelude::*, task::spawn_local};
use shared::sync::store::StoreError;

use super::care::Care;
use crate::{
    address::reload,
    i18n::{text::patient::trouble, use_locale},
    session,
    ui::{Button, Heading, Look, Main, Notice, Tone},
};

/// Nothing can be answered here any more; what can still be read can be saved in a file.
#[component]
pub fn TroublePage(
    /// The patient's things.
    care: Care,
    /// What the store said.
    error: StoreError,
) -> impl IntoView {
    let locale = use_locale();
    let rescue = RwSignal::new(None::<String>);
    spawn_local(async move {
        let unsent = care.device.list_unsent().await.unwrap_or_default();
        let file = (!unsent.is_empty()).then(|| serde_json::to_string_pretty(&unsent).ok()).flatten();
        rescue.set(file.map(|text| session::file_address(&text)));
    });
    let advice = move || match &error {
        StoreError::Full => trouble::full(locale.get()).to_owned(),
        StoreError::Outdated => trouble::outdated(locale.get()).to_owned(),
        StoreError::Broken(_) | StoreError::AlreadySubmitted => match care.phone() {
            phone if phone.is_empty() => trouble::broken_letter(locale.get()).to_owned(),
            phone => trouble::broken(locale.get(), phone),
        },
    };
    let save = move |href| {
        view! {
            <p>{move || trouble::rescue(locale.get())}</p>
            <p>
                <a class="button button-secondary" href=href download="ressenti.json">
                    {move || trouble::rescue_save(locale.get())}
                </a>
            </p>
        }
    };
    view! {
        <Main>
            <Heading text=Signal::derive(move || trouble::title(locale.get()).to_owned()) />
            <Notice tone=Tone::Bad><p>{advice}</p></Notice>
            <p>{move || trouble::safe(locale.get())}</p>
            <Button look=Look::Primary on_press=move |_| reload()>{move || trouble::again(locale.get())}</Button>
            <section class="aside">
                <h2>{move || trouble::rescue_title(locale.get())}</h2>
                {move || match rescue.get() {
                    Some(href) => save(href).into_any(),
                    None => view! { <p>{trouble::rescue_none(locale.get())}</p> }.into_any(),
                }}
            </section>
        </Main>
    }
}

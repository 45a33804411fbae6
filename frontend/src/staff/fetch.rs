//! Asking for something and showing it: loading, there, failed with a way to try again, or out of date.

use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use super::{Desk, Fetched, fetched::Standing, moment::date_time};
use crate::{
    i18n::text::staff::trouble as text,
    session,
    ui::{Button, Look, Notice, Tone},
};

/// Something a page asked for by its path; asked again whenever the path changes.
pub(crate) struct Fetch<T: Send + Sync + 'static> {
    desk: Desk,
    path: Signal<String>,
    now: RwSignal<Fetched<T>>,
    turn: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Fetch<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fetch<T> {}

impl<T: Clone + DeserializeOwned + Send + Sync + 'static> Fetch<T> {
    /// Asks now.
    pub(crate) fn new(path: Signal<String>) -> Self {
        let now = RwSignal::new(Fetched::default());
        let fetch = Self { desk: Desk::find(), path, now, turn: StoredValue::new(0) };
        Effect::new(move || {
            path.track();
            fetch.now.update(Fetched::forget);
            fetch.again();
        });
        fetch
    }

    /// Asks again; what is there stays until the reply comes, and a reply that was overtaken is dropped.
    pub(crate) fn again(self) {
        let path = self.path.get_untracked();
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        spawn_local(async move {
            let reply = self.desk.get::<T>(&path).await;
            if self.turn.try_get_value() == Some(turn) {
                self.now.update(|now| match reply {
                    Ok(value) => now.arrive(value, session::now()),
                    Err(trouble) => now.fail(trouble),
                });
            }
        });
    }

    /// Shows what is known by `show`, and what is not in words.
    pub(crate) fn view<V: IntoView + 'static>(self, show: impl Fn(T) -> V + Send + Sync + 'static) -> impl IntoView {
        let version = Memo::new(move |_| self.now.with(Fetched::version));
        let standing = Signal::derive(move || self.now.with(Fetched::standing));
        let value = move || {
            // a memo that is only tracked, never read, follows nothing
            version.get();
            self.now.with_untracked(|now| now.value().cloned())
        };
        view! {
            <FetchState standing again=move |()| self.again() />
            {move || value().map(&show)}
        }
    }
}

/// What is to say of something that was asked for: that it is loading, failed, or out of date.
#[component]
pub(crate) fn FetchState(
    /// How it stands.
    #[prop(into)]
    standing: Signal<Standing>,
    /// Asks again.
    #[prop(into)]
    again: Callback<()>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let standing = Memo::new(move |_| standing.get());
    let retry = move || {
        view! {
            <Button look=Look::Secondary on_press=move |_| again.run(())>{move || text::retry(locale.get())}</Button>
        }
    };
    view! {
        <div role="status" class="fetch-state">
            {move || match standing.get() {
                Standing::There => None,
                Standing::Loading => {
                    Some(view! { <p class="loading">{move || text::loading(locale.get())}</p> }.into_any())
                }
                Standing::Stale(at) => {
                    let time = move || date_time(locale.get(), at, session::today());
                    let words = move || text::stale(locale.get(), time());
                    Some(view! { <Notice tone=Tone::Warn><p>{words}</p>{retry()}</Notice> }.into_any())
                }
                Standing::Failed(trouble) => {
                    let words = move || trouble.sentence(locale.get());
                    Some(view! { <Notice tone=Tone::Bad><p>{words}</p>{retry()}</Notice> }.into_any())
                }
            }}
        </div>
    }
}

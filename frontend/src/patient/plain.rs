//! Pages of words: settings, help, the first opening, a page that is not there.

use leptos::prelude::*;

use super::care::Care;
use crate::{
    address::use_address,
    i18n::{
        Locale,
        text::patient::{gone, help, settings, tasks, unknown},
        use_locale,
    },
    preferences::{TextSize, Theme, remember_language, use_preferences},
    ui::{Button, Choice, Heading, Link, Main, RadioRows},
};

/// A text in the language shown.
type Text = fn(Locale) -> &'static str;

/// Language, text size, colours; each shows at once.
#[component]
pub fn SettingsPage(
    /// The patient's things.
    care: Care,
) -> impl IntoView {
    let locale = use_locale();
    let address = use_address();
    let preferences = use_preferences();
    let language = move |chosen: Locale| {
        locale.set(chosen);
        if let Some(device) = care.device.enrolled_as() {
            remember_language(device, chosen);
        }
    };
    let back = move |_| address.back_to("/");
    view! {
        <Main>
            <Heading text=Signal::derive(move || settings::title(locale.get()).to_owned()) />
            <Setting name="language" legend=settings::language all=Locale::ALL.to_vec()
                label=|_, language| language.name() chosen=Signal::derive(move || locale.get()) on_choose=language />
            <Setting name="size" legend=settings::size all=TextSize::ALL.to_vec()
                label=size_words chosen=Signal::derive(move || preferences.size.get())
                on_choose=move |size| preferences.size.set(size) />
            <Setting name="theme" legend=settings::theme all=Theme::ALL.to_vec()
                label=theme_words chosen=Signal::derive(move || preferences.theme.get())
                on_choose=move |theme| preferences.theme.set(theme) />
            <Button on_press=back>{move || settings::back(locale.get())}</Button>
        </Main>
    }
}

#[component]
fn Setting<T: Copy + PartialEq + Send + Sync + 'static>(
    name: &'static str,
    legend: Text,
    all: Vec<T>,
    label: fn(Locale, T) -> &'static str,
    chosen: Signal<T>,
    #[prop(into)] on_choose: Callback<T>,
) -> impl IntoView {
    let locale = use_locale();
    let offered = all.clone();
    let at = move || offered.iter().position(|one| *one == chosen.get()).and_then(|at| i32::try_from(at).ok());
    let choose = {
        let all = all.clone();
        move |at: i32| {
            if let Some(one) = usize::try_from(at).ok().and_then(|at| all.get(at)) {
                on_choose.run(*one);
            }
        }
    };
    let (at, choose) = (Signal::derive(at), Callback::new(choose));
    let rows = move || {
        let choices: Vec<_> =
            (0..).zip(&all).map(|(code, one)| Choice { code, label: label(locale.get(), *one).to_owned() }).collect();
        view! { <RadioRows name choices chosen=at on_choose=choose /> }
    };
    view! {
        <fieldset class="setting">
            <legend>{move || legend(locale.get())}</legend>
            {rows}
        </fieldset>
    }
}

const fn size_words(locale: Locale, size: TextSize) -> &'static str {
    match size {
        TextSize::Normal => settings::size_100(locale),
        TextSize::Large => settings::size_125(locale),
        TextSize::VeryLarge => settings::size_150(locale),
    }
}

const fn theme_words(locale: Locale, theme: Theme) -> &'static str {
    match theme {
        Theme::Light => settings::light(locale),
        Theme::Dark => settings::dark(locale),
        Theme::Contrast => settings::contrast(locale),
    }
}

/// How it works, whom to call, and what is done for accessibility.
#[component]
pub fn HelpPage(
    /// The patient's things.
    care: Care,
) -> impl IntoView {
    let locale = use_locale();
    let address = use_address();
    let call = move || match care.phone() {
        phone if phone.is_empty() => help::call_letter(locale.get()).to_owned(),
        phone => help::call(locale.get(), phone),
    };
    let back = move |_| address.back_to("/");
    let parts: [(Text, Text); 4] = [
        (help::safe_title, help::safe),
        (help::pause_title, help::pause),
        (help::free_title, help::free),
        (help::access_title, help::access),
    ];
    let part = move |(title, words): (Text, Text)| {
        view! { <h2>{move || title(locale.get())}</h2><p>{move || words(locale.get())}</p> }
    };
    view! {
        <Main>
            <Heading text=Signal::derive(move || help::title(locale.get()).to_owned()) />
            <h2>{move || help::call_title(locale.get())}</h2>
            <p>{call}</p>
            <p>{move || help::live(locale.get())} " " {move || help::urgent(locale.get())}</p>
            {parts.map(part).collect_view()}
            <Button on_press=back>{move || settings::back(locale.get())}</Button>
        </Main>
    }
}

/// While the patient's bundle has yet to come.
#[component]
pub fn FirstOpeningPage() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Main>
            <Heading text=Signal::derive(move || tasks::no_plan_title(locale.get()).to_owned()) />
            <p>{move || tasks::no_plan(locale.get())}</p>
        </Main>
    }
}

/// While the store is being read; shorter than anybody reads.
#[component]
pub fn OpeningPage() -> impl IntoView {
    let locale = use_locale();
    view! { <Main><p class="quiet">{move || tasks::loading(locale.get())}</p></Main> }
}

/// There is no such page.
#[component]
pub fn UnknownPage() -> impl IntoView {
    view! { <Nowhere title=unknown::title words=unknown::words /> }
}

/// The questionnaire asked for is not this patient's to fill in now.
#[component]
pub fn GonePage() -> impl IntoView {
    view! { <Nowhere title=gone::title words=gone::words /> }
}

#[component]
fn Nowhere(title: Text, words: Text) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Main>
            <Heading text=Signal::derive(move || title(locale.get()).to_owned()) />
            <p>{move || words(locale.get())}</p>
            <p><Link to="/">{move || unknown::back(locale.get())}</Link></p>
        </Main>
    }
}

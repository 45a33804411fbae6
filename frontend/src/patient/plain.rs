//! Pages of words: settings, help, the first opening, a page that is not there.

use leptos::prelude::*;

use super::care::Care;
use crate::{
    address::use_address,
    i18n::{
        Locale, page_locale,
        text::patient::{gone, help, settings, tasks, unknown},
        use_locale,
    },
    preferences::{TextSize, Theme, remember_language, use_preferences},
    ui::{Button, Choice, Heading, Link, Main, RadioRows},
    view::view,
};

/// A text in the language shown.
type Text = fn(Locale) -> &'static str;

/// Language, text size, colours; each shows at once.
#[component]
pub fn SettingsPage(
    /// The patient's things.
    care: Care,
) -> impl IntoView {
    let shown = use_locale();
    let locale = page_locale();
    let address = use_address();
    let preferences = use_preferences();
    let language = move |chosen: Locale| {
        shown.set(chosen);
        if let Some(device) = care.device.enrolled_as() {
            remember_language(device, chosen);
        }
    };
    let back = move |_| address.back_to("/");
    view! {
        <Main>
            <Heading text=settings::title(locale) />
            <Setting name="language" legend=settings::language labels=vec![|_| Locale::Fr.name(), |_| Locale::En.name()]
                chosen=place_of(&Locale::ALL, shown.into()) on_choose=move |at| at_place(&Locale::ALL, at).map(language) />
            <Setting name="size" legend=settings::size labels=vec![settings::size_100, settings::size_125, settings::size_150]
                chosen=place_of(&TextSize::ALL, preferences.size.into())
                on_choose=move |at| at_place(&TextSize::ALL, at).map(|size| preferences.size.set(size)) />
            <Setting name="theme" legend=settings::theme labels=vec![settings::light, settings::dark, settings::contrast]
                chosen=place_of(&Theme::ALL, preferences.theme.into())
                on_choose=move |at| at_place(&Theme::ALL, at).map(|theme| preferences.theme.set(theme)) />
            <Button on_press=back>{settings::back(locale)}</Button>
        </Main>
    }
}

#[component]
fn Setting(
    name: &'static str,
    legend: Text,
    labels: Vec<Text>,
    chosen: Signal<Option<i32>>,
    #[prop(into)] on_choose: Callback<i32, Option<()>>,
) -> impl IntoView {
    let locale = page_locale();
    let on_choose = Callback::new(move |at| {
        on_choose.run(at);
    });
    let choice = |(code, label): (i32, Text)| Choice { code, label: label(locale).to_owned() };
    let choices: Vec<_> = (0..).zip(labels).map(choice).collect();
    view! {
        <fieldset class="setting">
            <legend>{legend(locale)}</legend>
            <RadioRows name choices chosen on_choose />
        </fieldset>
    }
}

/// Which of them the value is.
fn place_of<T: Copy + PartialEq + Send + Sync>(all: &'static [T], value: Signal<T>) -> Signal<Option<i32>> {
    Signal::derive(move || {
        let value = value.get();
        i32::try_from(all.iter().position(|one| *one == value)?).ok()
    })
}

fn at_place<T: Copy>(all: &[T], at: i32) -> Option<T> {
    all.get(usize::try_from(at).ok()?).copied()
}

/// How it works, whom to call, and what is done for accessibility.
#[component]
pub fn HelpPage(
    /// The patient's things.
    care: Care,
) -> impl IntoView {
    let locale = page_locale();
    let address = use_address();
    let call = move || match care.phone() {
        phone if phone.is_empty() => help::call_letter(locale).to_owned(),
        phone => help::call(locale, phone),
    };
    let back = move |_| address.back_to("/");
    let parts: [(Text, Text); 4] = [
        (help::safe_title, help::safe),
        (help::pause_title, help::pause),
        (help::free_title, help::free),
        (help::access_title, help::access),
    ];
    let part = move |(title, words): (Text, Text)| {
        view! { <h2>{title(locale)}</h2><p>{words(locale)}</p> }
    };
    view! {
        <Main>
            <Heading text=help::title(locale) />
            <h2>{help::call_title(locale)}</h2>
            <p>{call}</p>
            <p>{help::live(locale)} " " {help::urgent(locale)}</p>
            {parts.map(part).collect_view()}
            <Button on_press=back>{settings::back(locale)}</Button>
        </Main>
    }
}

/// While the patient's bundle has yet to come.
#[component]
pub fn FirstOpeningPage() -> impl IntoView {
    let locale = page_locale();
    view! {
        <Main>
            <Heading text=tasks::no_plan_title(locale) />
            <p>{tasks::no_plan(locale)}</p>
        </Main>
    }
}

/// While the store is being read; shorter than anybody reads.
#[component]
pub fn OpeningPage() -> impl IntoView {
    let locale = page_locale();
    view! { <Main><p class="quiet">{tasks::loading(locale)}</p></Main> }
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
    let locale = page_locale();
    view! {
        <Main>
            <Heading text=title(locale) />
            <p>{words(locale)}</p>
            <p><Link to="/">{unknown::back(locale)}</Link></p>
        </Main>
    }
}

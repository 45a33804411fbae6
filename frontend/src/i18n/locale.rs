//! The two languages of the pages, and which one is shown.

use leptos::prelude::*;
use shared::id::Language;

/// A language the pages are written in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Locale {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl Locale {
    /// Both, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// The locale of a language tag such as `fr` or `en-GB`; `None` for a language the pages do not speak.
    #[must_use]
    pub fn find(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?;
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(primary))
    }

    /// The locale to show to a patient of this language; French when the pages do not speak it.
    #[must_use]
    pub fn of(language: &Language) -> Self {
        Self::find(language.as_str()).unwrap_or_default()
    }

    /// Whether a count takes the singular: 0 and 1 in French, 1 in English.
    #[must_use]
    pub const fn is_one(self, n: usize) -> bool {
        match self {
            Self::Fr => n < 2,
            Self::En => n == 1,
        }
    }
}

/// Gives the language to everything below, and keeps `<html lang>` in step with it.
pub fn provide_locale(first: Locale) -> RwSignal<Locale> {
    let locale = RwSignal::new(first);
    provide_context(locale);
    Effect::new(move || crate::address::set_root_attribute("lang", locale.get().tag()));
    locale
}

/// The language being shown.
pub fn use_locale() -> RwSignal<Locale> {
    use_context().unwrap_or_else(|| RwSignal::new(Locale::default()))
}

/// The language of a page while it is being built; the patient's pages are built anew when it changes.
///
/// A text that stands still costs nothing in the download; each that follows the language by itself does.
pub fn page_locale() -> Locale {
    use_locale().get_untracked()
}

/// A text that follows the language shown: `say(text::tasks::title)`.
///
/// All texts said so share one piece of code in the download; a closure of its own for each would not.
pub fn say(text: fn(Locale) -> &'static str) -> Signal<String> {
    let locale = use_locale();
    Signal::derive(move || text(locale.get()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_does_not_hide_the_language() {
        assert_eq!(Locale::find("en-GB"), Some(Locale::En));
        assert_eq!(Locale::find("FR"), Some(Locale::Fr));
        assert_eq!(Locale::find("de"), None);
    }

    #[test]
    fn nothing_is_singular_in_french_and_plural_in_english() {
        assert!(Locale::Fr.is_one(0) && !Locale::En.is_one(0));
    }
}

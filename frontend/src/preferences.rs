//! How a person wants the pages: text size, colours, language; kept on this device, no answer among it.
//!
//! Size and colours belong to the device, the language to whoever is enrolled on it: the next patient of a shared
//! tablet does not meet the language of the one before.

use leptos::prelude::*;
use shared::id::DeviceId;

use crate::{address::set_root_attribute, i18n::Locale};

/// Text sizes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TextSize {
    /// As designed.
    #[default]
    Normal,
    /// A quarter more.
    Large,
    /// Half as much again.
    VeryLarge,
}

/// Colours.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
    /// Black on white, thick lines.
    Contrast,
}

impl TextSize {
    /// All, in the order offered.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Large, Self::VeryLarge];

    /// The word it is kept by and the style sheets know.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Normal => "100",
            Self::Large => "125",
            Self::VeryLarge => "150",
        }
    }
}

impl Theme {
    /// All, in the order offered.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Contrast];

    /// The word it is kept by and the style sheets know.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }
}

/// The device's preferences; a handle that can be copied into every closure.
#[derive(Clone, Copy)]
pub struct Preferences {
    /// Text size.
    pub size: RwSignal<TextSize>,
    /// Colours.
    pub theme: RwSignal<Theme>,
}

impl Preferences {
    /// Reads them, applies them from now on, and gives itself to everything below.
    pub fn provide() -> Self {
        let size = TextSize::ALL.into_iter().find(|size| recall("size").as_deref() == Some(size.word()));
        let theme = Theme::ALL.into_iter().find(|theme| recall("theme").as_deref() == Some(theme.word()));
        let preferences =
            Self { size: RwSignal::new(size.unwrap_or_default()), theme: RwSignal::new(theme.unwrap_or_default()) };
        Effect::new(move || set_root_attribute("data-size", preferences.size.get().word()));
        Effect::new(move || set_root_attribute("data-theme", preferences.theme.get().word()));
        Effect::watch(move || preferences.size.get(), |size, _, _| remember("size", size.word()), false);
        Effect::watch(move || preferences.theme.get(), |theme, _, _| remember("theme", theme.word()), false);
        provide_context(preferences);
        preferences
    }
}

/// The preferences that [`Preferences::provide`] gave.
pub fn use_preferences() -> Preferences {
    use_context().unwrap_or_else(Preferences::provide)
}

/// The language chosen by whoever is enrolled under this name; `None` if they never chose.
#[must_use]
pub fn find_language(device: DeviceId) -> Option<Locale> {
    Locale::find(&recall(&format!("language-{device}"))?)
}

/// Keeps a choice of language.
pub fn remember_language(device: DeviceId, locale: Locale) {
    remember(&format!("language-{device}"), locale.tag());
}

// A browser that keeps nothing shows the defaults again next time; no answer depends on it.

fn recall(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(&format!("ressenti-{name}")).ok()?
}

fn remember(name: &str, word: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(&format!("ressenti-{name}"), word);
    }
}

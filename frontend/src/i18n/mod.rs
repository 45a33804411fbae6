//! Every text in French and English, and how dates, times and numbers read in each.
//!
//! Texts are in `locales/`; the build makes one function of each: `text::common::send(locale)`. Who shows them
//! reads the language from the signal that [`use_locale`] finds, so a change of language shows at once.

mod locale;
mod moment;

pub use locale::{Locale, provide_locale, use_locale};
pub use moment::{clock_time, decimal, long_date, span, weekday_date};

/// One function per text, made from `locales/` by the build script.
#[allow(clippy::pedantic, clippy::wildcard_imports, clippy::useless_format, unused_imports, reason = "generated code")]
pub mod text {
    use super::Locale;
    include!(concat!(env!("OUT_DIR"), "/text.rs"));
}

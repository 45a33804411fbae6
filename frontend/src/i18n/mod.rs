//! Every text in French and English, and how dates, times and numbers read in each.
//!
//! Texts are in `locales/`; the build makes one function of each: `text::common::send(locale)`. Who shows them
//! reads the language from the signal that [`use_locale`] finds, so a change of language shows at once.

mod locale;
mod moment;

pub use locale::{Locale, page_locale, provide_locale, say, use_locale};
pub use moment::{clock_time, decimal, long_date, number, span, weekday_date};

/// One function per text, made from `locales/` by the build script.
#[allow(clippy::pedantic, clippy::wildcard_imports, clippy::useless_format, unused_imports, reason = "generated code")]
pub mod text {
    use super::Locale;
    include!(concat!(env!("OUT_DIR"), "/text.rs"));
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    /// Every text of a language with the file it stands in.
    fn texts(language: &str) -> Vec<(String, String)> {
        let folder = format!("{}/locales/{language}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path());
        files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("a text file"))).collect()
    }

    #[test]
    fn french_marks_never_begin_a_line() {
        for (file, text) in texts("fr") {
            for wrong in [" ;", " !", " ?", " »", "« ", "'"] {
                assert!(!text.contains(wrong), "{file}: {wrong:?} needs a space that does not break, or a curly mark");
            }
            assert!(!text.replace("\":", "").contains(" :"), "{file}: a colon needs a space that does not break");
        }
    }

    #[test]
    fn apostrophes_are_curly_in_both_languages() {
        for (file, text) in texts("en") {
            assert!(!text.contains('\''), "{file}");
        }
    }
}

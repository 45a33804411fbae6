//! What a nurse calls kinds of agreement, their means, and what became of a letter.

use serde::Serialize;
use shared::{
    api::LetterState,
    people::{ConsentKind, ConsentMeans},
};

use crate::i18n::{Locale, text::person as text};

/// Consent, or no opposition.
pub(crate) const fn kind_name(locale: Locale, kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::Consent => text::kind::consent(locale),
        ConsentKind::NonOpposition => text::kind::non_opposition(locale),
    }
}

/// How it was given.
pub(crate) const fn means_name(locale: Locale, means: ConsentMeans) -> &'static str {
    match means {
        ConsentMeans::Oral => text::means::oral(locale),
        ConsentMeans::Paper => text::means::paper(locale),
        ConsentMeans::Electronic => text::means::electronic(locale),
    }
}

/// What became of a letter.
pub(super) const fn letter_name(locale: Locale, state: LetterState) -> &'static str {
    match state {
        LetterState::Open => text::letter::open(locale),
        LetterState::Used => text::letter::used(locale),
        LetterState::Expired => text::letter::expired(locale),
        LetterState::Replaced => text::letter::replaced(locale),
        LetterState::Burnt => text::letter::burnt(locale),
    }
}

/// What was corrected, as the wire names it.
pub(super) fn field_name(locale: Locale, field: &str) -> &str {
    match field {
        "registry_number" => text::field::registry_number(locale),
        "family_name" => text::field::family_name(locale),
        "given_name" => text::field::given_name(locale),
        "birth_date" => text::field::birth_date(locale),
        "site" => text::field::site(locale),
        other => other,
    }
}

/// Kinds of agreement, for a choice.
pub(crate) fn kinds(locale: Locale) -> Vec<(String, String)> {
    let kinds = [ConsentKind::NonOpposition, ConsentKind::Consent];
    kinds.map(|kind| (wire(kind), kind_name(locale, kind).to_owned())).to_vec()
}

/// Means, for a choice.
pub(crate) fn means(locale: Locale) -> Vec<(String, String)> {
    let means = [ConsentMeans::Paper, ConsentMeans::Oral, ConsentMeans::Electronic];
    means.map(|means| (wire(means), means_name(locale, means).to_owned())).to_vec()
}

/// The word by which the wire names a choice.
fn wire(choice: impl Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

//! Three words by which a nurse and a patient see that they mean the same phone.
//!
//! They follow from the device's public key alone, and only requests signed with it are told them. A place in the list
//! is the same word in every language, so that the nurse reads what the phone shows; 24 bits are plenty for telling
//! apart two phones that were just opened.

use sha2::{Digest, Sha256};
use shared::{id::Language, sync::signing::PublicKey};

/// 256 plain things: French, then English. A line is never moved: the words of phones in use follow from it.
const WORDS: &str = include_str!("words.txt");

/// The words of a device in a patient's language; English where the list has no other.
#[must_use]
pub fn words(key: PublicKey, language: &Language) -> String {
    let hash = Sha256::digest(key.to_bytes());
    let word = |place: &u8| {
        let (french, english) = WORDS.lines().nth(usize::from(*place))?.split_once(' ')?;
        Some(if language.as_str().starts_with("fr") { french } else { english })
    };
    hash.iter().take(3).filter_map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::sync::signing::{DeviceKey, PublicKey};

    use super::{WORDS, words};

    #[test]
    fn the_list_has_256_words_of_each_language_none_twice_and_none_that_is_two() {
        let pairs: Vec<(&str, &str)> = WORDS.lines().map(|line| line.split_once(' ').unwrap()).collect();
        assert_eq!(pairs.len(), 256);
        for side in [pairs.iter().map(|it| it.0).collect::<BTreeSet<_>>(), pairs.iter().map(|it| it.1).collect()] {
            assert_eq!(side.len(), 256);
            let plain = |word: &&str| word.chars().all(char::is_lowercase) && (2..=12).contains(&word.chars().count());
            assert!(side.iter().all(plain));
        }
    }

    #[test]
    fn a_key_has_the_same_words_for_ever_and_in_every_language_the_same_things() {
        let key = |n| -> PublicKey { DeviceKey::from_secret(&[n; 32]).unwrap().public() };
        let told = ["fr", "en", "de"].map(|language| words(key(1), &language.parse().unwrap()));
        assert_eq!(told, ["bouton enfant blé", "button child wheat", "button child wheat"]);
        assert_ne!(words(key(2), &"en".parse().unwrap()), told[1]);
    }
}

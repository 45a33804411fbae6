//! Wording packs: the words of one instrument version in one language, apart from its structure.
//!
//! Licensed wording never enters this repository; a site loads it. The packs shipped here are *demonstration
//! wording*, written by us, and say so on every screen and in every export.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Definition;
use crate::{
    answers::{WordingRef, sha256_hex},
    id::{InstrumentVersion, ItemCode, Language, OptionSetKey, PackKey},
};

/// The words of one instrument version in one language.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordingPack {
    /// Its key.
    pub pack: PackKey,
    /// The instrument version it words.
    pub instrument: InstrumentVersion,
    /// Its language.
    pub language: Language,
    /// Where the words come from.
    pub source: String,
    /// The licence or agreement they are used under.
    pub licence: String,
    /// Our own words for trying out, not validated.
    #[serde(default)]
    pub demonstration: bool,
    /// What the patient sees as the questionnaire's name.
    pub title: String,
    /// A sentence or two before the first question.
    #[serde(default)]
    pub introduction: String,
    /// The recall period in words; empty when there is none.
    #[serde(default)]
    pub recall: String,
    /// The words of each item.
    pub items: BTreeMap<ItemCode, ItemWording>,
    /// The label of each response option, by set and code as text.
    #[serde(default)]
    pub options: BTreeMap<OptionSetKey, BTreeMap<String, String>>,
}

/// The words of one item.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemWording {
    /// The question.
    pub text: String,
    /// A sentence of help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The low end of an analogue scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// The high end of an analogue scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
}

impl WordingPack {
    /// What an answer event says of the words it was asked in.
    ///
    /// The hash is SHA-256 over the pack's JSON with its fields in the order declared here.
    #[must_use]
    pub fn reference(&self) -> WordingRef {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        WordingRef { pack: self.pack.clone(), language: self.language.clone(), hash: sha256_hex(&bytes) }
    }

    /// The label of one option.
    #[must_use]
    pub fn find_option(&self, set: &OptionSetKey, code: i32) -> Option<&str> {
        self.options.get(set)?.get(&code.to_string()).map(String::as_str)
    }
}

/// An instrument as a device receives it: structure and words of one language together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentSheet {
    /// The structure.
    pub definition: Definition,
    /// The words.
    pub wording: WordingPack,
}

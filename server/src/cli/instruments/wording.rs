//! `ressenti wording`: an empty pack to fill in, and whether a filled one fits its instrument.

use std::{fmt::Write as _, path::Path};

use shared::{
    id::{ItemCode, Language},
    instrument::{Definition, Item, ItemKind, Recall, catalog::Catalog},
};

use super::super::say;
use crate::{config::StartError, instruments::read_text};

/// Writes an empty pack.
pub(super) fn template(definition: &Definition, language: &Language) {
    say(empty_pack(definition, language).trim_end());
}

/// A pack with every code and no words; our own topics stand beside the items as comments.
fn empty_pack(definition: &Definition, language: &Language) -> String {
    let version = &definition.instrument;
    let mut pack = format!(
        "# {}: words in {language}. Fill in every \"\"; `ressenti wording check FILE` says what is missing.\n\
         # The comments are Ressenti's own labels, not the owner's words. Owner: {}.\n\n\
         pack = \"site-{}-{language}\" # changed words need another key\n\
         language = \"{language}\"\n\
         source = \"\" # where the words come from\n\
         licence = \"\" # the licence or agreement they are used under\n\
         title = \"\" # what the patient sees as the questionnaire's name\n\
         introduction = \"\" # may stay empty\n",
        definition.title, definition.owner, version.key
    );
    if definition.items.iter().any(|item| definition.recall_of(item) != Recall::None) {
        pack += "recall = \"\" # the recall period in words\n";
    }
    let _ = write!(pack, "\n[instrument]\nkey = \"{}\"\nversion = \"{}\"\n\n[items]\n", version.key, version.version);
    for item in &definition.items {
        let _ = writeln!(pack, "{} = {} # {}", item_key(&item.code), empty_item(item), item.topic);
    }
    for (key, options) in &definition.options {
        let _ = write!(pack, "\n[options.{key}]\n");
        for code in &options.codes {
            let _ = writeln!(pack, "{code} = \"\"");
        }
    }
    pack
}

/// A code as a TOML key: quoted where it holds a dot.
fn item_key(code: &ItemCode) -> String {
    if code.as_str().contains('.') { format!("\"{code}\"") } else { code.to_string() }
}

fn empty_item(item: &Item) -> &'static str {
    match item.kind {
        ItemKind::Analogue { .. } => "{ text = \"\", low = \"\", high = \"\" }",
        ItemKind::Choice(_)
        | ItemKind::Choices(_)
        | ItemKind::Integer { .. }
        | ItemKind::Decimal { .. }
        | ItemKind::Date
        | ItemKind::Text { .. } => "{ text = \"\" }",
    }
}

/// Says everything in which a pack does not fit its instrument.
pub(super) fn check(mut catalog: Catalog, file: &Path) -> Result<(), StartError> {
    let shown = file.display().to_string();
    match catalog.add_pack(&shown, &read_text(file)?) {
        Ok(pack) => {
            say(&format!("{shown}: {pack} words its instrument completely."));
            Ok(())
        }
        Err(error) => Err(StartError::new(
            format!("The wording pack is not right:\n{error}"),
            "correct the places named and check again",
        )),
    }
}

//! `ressenti instruments`: for people one line each, or one in full; for programs everything as JSON.

use std::io::{BufWriter, Write as _};

use serde_json::{Value, json};
use shared::instrument::{Definition, Input, Inputs, Item, Scale, catalog::Catalog};

use super::super::say;
use crate::config::StartError;

/// One line for each instrument version with its packs beneath, or one instrument in full.
pub(super) fn text(catalog: &Catalog, one: Option<&Definition>) {
    if let Some(definition) = one {
        return in_full(definition);
    }
    for definition in catalog.definitions() {
        let (items, scales) = (definition.items.len(), definition.scales.len());
        say(&format!("{}: {}, {items} items, {scales} scales", definition.instrument, definition.title));
        for pack in catalog.packs(&definition.instrument) {
            let kind = if pack.demonstration { "demonstration wording, not validated" } else { pack.source.as_str() };
            say(&format!("    {} ({}): {kind}", pack.pack, pack.language));
        }
    }
}

fn in_full(definition: &Definition) {
    say(&format!("{}: {}", definition.instrument, definition.title));
    say(&format!("  {}. {}", definition.owner, definition.licence));
    say("  Items");
    for item in &definition.items {
        say(&format!("    {}: {} ({})", item.code, item.topic, definition.allowed_in_words(item)));
    }
    say("  Scales");
    for scale in &definition.scales {
        let [low, high] = scale.range;
        say(&format!("    {}: {}, {low} to {high}, {}", scale.code, scale.label, scale.higher.in_words()));
        say(&format!("      {}", scale.rule_in_words()));
    }
    say("  References");
    definition.references.iter().for_each(|reference| say(&format!("    {reference}")));
}

/// Everything about all instruments, or about one.
pub(super) fn json(catalog: &Catalog, one: Option<&Definition>) -> Result<(), StartError> {
    let told = match one {
        Some(definition) => instrument(catalog, definition),
        None => catalog.definitions().map(|definition| instrument(catalog, definition)).collect(),
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, &told)
        .map_err(std::io::Error::from)
        .and_then(|()| writeln!(out))
        .and_then(|()| out.flush())
        .map_err(|error| StartError::new(format!("The list could not be written: {error}."), "check what reads it"))
}

fn instrument(catalog: &Catalog, definition: &Definition) -> Value {
    let packs = catalog.packs(&definition.instrument).map(|pack| {
        json!({ "pack": pack.pack, "language": pack.language, "demonstration": pack.demonstration, "source": pack.source })
    });
    json!({
        "key": definition.instrument.key,
        "version": definition.instrument.version,
        "title": definition.title,
        "owner": definition.owner,
        "licence": definition.licence,
        "minutes": definition.minutes,
        "recall": definition.recall,
        "items": definition.items.iter().map(|item| an_item(definition, item)).collect::<Value>(),
        "scales": definition.scales.iter().map(a_scale).collect::<Value>(),
        "references": definition.references,
        "wording": packs.collect::<Value>(),
    })
}

fn an_item(definition: &Definition, item: &Item) -> Value {
    json!({
        "code": item.code,
        "topic": item.topic,
        "kind": item.kind,
        "codes": definition.find_options(item).map(|options| &options.codes),
        "range": definition.bounds_of(item),
        "allowed": definition.allowed_in_words(item),
        "applies": item.applies,
    })
}

fn a_scale(scale: &Scale) -> Value {
    let inputs: Vec<String> = match &scale.of {
        Inputs::Items(items) => items.iter().map(Input::to_string).collect(),
        Inputs::Scales(scales) => scales.iter().map(Input::to_string).collect(),
    };
    json!({
        "code": scale.code,
        "label": scale.label,
        "of": inputs,
        "rule": scale.rule_in_words(),
        "needs": scale.required(),
        "range": scale.range,
        "higher": scale.higher,
        "source": scale.source,
    })
}

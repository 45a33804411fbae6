//! `ressenti instruments` and `ressenti score`: what can be asked, and scoring a table of answers.

use shared::{id::InstrumentKey, instrument::catalog::Catalog, scoring::table::score_csv};

use super::say;
use crate::config::StartError;

fn catalog() -> Result<Catalog, StartError> {
    Catalog::shipped().map_err(|error| {
        StartError::new(
            format!("The shipped instruments cannot be used: {error}."),
            "this build is broken; take another",
        )
    })
}

/// One line for each instrument version, with its packs beneath.
pub(super) fn list() -> Result<(), StartError> {
    let catalog = catalog()?;
    for definition in catalog.definitions() {
        let (items, scales) = (definition.items.len(), definition.scales.len());
        say(&format!("{}: {}, {items} items, {scales} scales", definition.instrument, definition.title));
        for pack in catalog.packs(&definition.instrument) {
            let kind = if pack.demonstration { "demonstration wording, not validated" } else { pack.source.as_str() };
            say(&format!("    {} ({}): {kind}", pack.pack, pack.language));
        }
    }
    Ok(())
}

/// Scores a CSV from standard input to standard output.
pub(super) fn score(instrument: &str) -> Result<(), StartError> {
    let catalog = catalog()?;
    let hint = "list the instruments with `ressenti instruments`";
    let definition = InstrumentKey::parse(instrument)
        .ok()
        .and_then(|key| catalog.find_latest(&key))
        .ok_or_else(|| StartError::new(format!("There is no instrument {instrument:?}."), hint))?;
    score_csv(definition, std::io::stdin().lock(), std::io::stdout().lock()).map(|_| ()).map_err(|error| {
        let hint = "the first line names the columns: `id`, then the instrument's item codes";
        StartError::new(format!("The table was not scored to its end: {error}."), hint)
    })
}

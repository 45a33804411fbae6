//! The same bits everywhere: every shipped instrument scored over answers without a pattern, as one digest.
//!
//! The server's build and the browser's each compute it and compare it with [`DIGEST`]; scores are written as the
//! shortest text that reads back as the very same number, so equal text is equal bits.

use std::fmt::Write as _;

use crate::{
    answers::sha256_hex,
    instrument::{Definition, Item, catalog::Catalog},
    scoring::table::{TableError, score_csv},
};

/// The digest of this engine with the shipped instruments; it changes when a score or an instrument does.
pub const DIGEST: &str = "b46e9973920f962d3fc3b5e8e25a1613a790b45974613d0ca25d45cff5c37a44";

/// How many responses of each instrument are scored.
const N_RESPONSES: u32 = 300;

/// Scores every shipped instrument that has scales, and digests all the tables.
///
/// # Errors
/// When a table that was made to fit does not.
pub fn digest(catalog: &Catalog) -> Result<String, TableError> {
    let mut scored = Vec::new();
    let mut chance = Chance(1);
    for definition in catalog.definitions().filter(|definition| !definition.scales.is_empty()) {
        score_csv(definition, responses(definition, &mut chance).as_bytes(), &mut scored)?;
    }
    Ok(sha256_hex(&scored))
}

/// A table of responses; some answers are missing, from none of a response to most of it.
fn responses(definition: &Definition, chance: &mut Chance) -> String {
    let codes: Vec<&str> = definition.items.iter().map(|item| item.code.as_str()).collect();
    let mut table = format!("id,{}\n", codes.join(","));
    for response in 0..N_RESPONSES {
        let _ = write!(table, "{response}");
        for item in &definition.items {
            table.push(',');
            let is_missing = chance.below(100) < response % 60;
            if !is_missing {
                table += &answer(definition, item, chance);
            }
        }
        table.push('\n');
    }
    table
}

/// Any answer to an item, as a cell of a table; empty where it is no number.
fn answer(definition: &Definition, item: &Item, chance: &mut Chance) -> String {
    if let Some(options) = definition.find_options(item) {
        let n_codes = u32::try_from(options.codes.len()).unwrap_or(1);
        let place = usize::try_from(chance.below(n_codes)).unwrap_or(0);
        return options.codes.get(place).map(ToString::to_string).unwrap_or_default();
    }
    let Some([low, _]) = definition.bounds_of(item) else { return String::new() };
    let n_levels = definition.levels_of(item).and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    (low + f64::from(chance.below(n_levels))).to_string()
}

/// A small generator that gives the same numbers on every machine.
struct Chance(u32);

impl Chance {
    const fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 12) % bound
    }
}

//! How fast tables are scored. Yardstick: 500,000 rows of QLQ-C30 a second on one core.

use divan::{Bencher, counter::ItemsCount};
use shared::{
    instrument::{Definition, catalog::Catalog},
    scoring::table::score_csv,
};

const N_ROWS: u32 = 20_000;

fn main() {
    divan::main();
}

/// A table of answers without a pattern, one in eleven missing.
fn table(definition: &Definition) -> String {
    let codes = definition.items.iter().map(|item| item.code.as_str());
    let mut table = format!("id,{}\n", codes.collect::<Vec<_>>().join(","));
    let mut state = 1_u32;
    for row in 0..N_ROWS {
        table.push('P');
        table += &row.to_string();
        for item in &definition.items {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            table.push(',');
            let missing = (state >> 8).is_multiple_of(11);
            let Some(options) = definition.find_options(item).filter(|_| !missing) else { continue };
            let n_codes = u32::try_from(options.codes.len()).unwrap_or(1);
            let place = usize::try_from((state >> 16) % n_codes).unwrap_or(0);
            table += &options.codes.get(place).map(ToString::to_string).unwrap_or_default();
        }
        table.push('\n');
    }
    table
}

#[divan::bench(args = ["qlq-c30", "eq-5d-5l", "fact-lym", "sf-36", "promis-29"])]
fn rows(bencher: Bencher<'_, '_>, key: &str) {
    let catalog = Catalog::shipped().unwrap_or_default();
    let found = key.parse().ok().and_then(|key| catalog.find_latest(&key));
    let Some(definition) = found else { return };
    let table = table(definition);
    bencher
        .counter(ItemsCount::new(N_ROWS))
        .bench_local(|| score_csv(definition, table.as_bytes(), std::io::sink()).map_err(|error| error.to_string()));
}

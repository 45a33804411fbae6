//! Scores against software that is not ours, and the laws that every scale obeys.

mod laws;
mod oracles;

use shared::{
    id::InstrumentKey,
    instrument::{Definition, catalog::Catalog},
};

fn definition(key: &str) -> Definition {
    let key: InstrumentKey = key.parse().unwrap();
    Catalog::shipped().unwrap().find_latest(&key).unwrap().clone()
}

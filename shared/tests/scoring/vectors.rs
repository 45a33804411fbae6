//! The vectors that other software computed, and how they become answers.
//!
//! They lie beside the workspace in `../shared/data/scoring`, or under the folder that `RESSENTI_SHARED` names; where
//! they come from is told in their PROVENANCE.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use csv::StringRecord;
use shared::{
    answers::AnswerValue,
    id::ItemCode,
    instrument::{Answer, Definition, ItemKind, catalog::Catalog},
    scoring::conformance::Vectors,
};

fn folder() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration file")]
    let given = std::env::var("RESSENTI_SHARED").map(PathBuf::from);
    given.unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared")).join("data/scoring")
}

#[track_caller]
fn there<T>(path: &Path, found: std::io::Result<T>) -> T {
    found.unwrap_or_else(|error| {
        panic!("{}: {error}; set RESSENTI_SHARED to the folder that holds data/scoring", path.display())
    })
}

/// A file of the oracle.
pub(crate) fn read(path: &str) -> Vec<u8> {
    let path = folder().join(path);
    there(&path, fs::read(&path))
}

/// The names of the files with this ending in a folder of the oracle.
pub(crate) fn list(path: &str, ending: &str) -> BTreeSet<String> {
    let path = folder().join(path);
    let names = there(&path, fs::read_dir(&path)).map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(ending)).collect()
}

/// The vectors of one file.
pub(crate) fn vectors(file: &str) -> Vectors {
    Vectors::parse(&read(&format!("vectors/{file}.csv"))).unwrap()
}

/// The inputs as the table that somebody would score: `id`, then one column per item.
pub(crate) fn as_table(vectors: &Vectors) -> Vec<u8> {
    let inputs = vectors.columns("in_");
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["id"].into_iter().chain(inputs.iter().map(|(code, _)| *code))).unwrap();
    for row in vectors.rows() {
        table.write_record([&row[0]].into_iter().chain(inputs.iter().map(|(_, place)| &row[*place]))).unwrap();
    }
    table.into_inner().unwrap()
}

pub(crate) fn answers(
    definition: &Definition,
    columns: &[(&str, usize)],
    row: &StringRecord,
) -> BTreeMap<ItemCode, AnswerValue> {
    let given = columns.iter().filter(|(_, place)| !row[*place].is_empty());
    let parse = |(code, place): &(&str, usize)| {
        let item: ItemCode = code.parse().unwrap();
        let is_choice = matches!(definition.find_item(&item).unwrap().kind, ItemKind::Choice(_));
        let cell = &row[*place];
        let value = if is_choice {
            AnswerValue::Code(cell.parse().unwrap())
        } else {
            AnswerValue::Integer(cell.parse().unwrap())
        };
        Answer::parse(definition, &item, value).unwrap().into_parts()
    };
    given.map(parse).collect()
}

/// Everything shipped, read once.
pub(crate) fn shipped_catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::shipped().unwrap())
}

pub(crate) fn shipped(key: &str) -> &'static Definition {
    shipped_catalog().find_latest(&key.parse().unwrap()).unwrap()
}

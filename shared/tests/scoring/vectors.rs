//! The vectors that other software computed, and how they become answers.
//!
//! They lie beside the workspace in `../shared/data/scoring`, or under the folder that `RESSENTI_SHARED` names; where
//! they come from is told in their PROVENANCE.md.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::OnceLock};

use csv::StringRecord;
use shared::{
    answers::AnswerValue,
    id::ItemCode,
    instrument::{Answer, Definition, ItemKind, catalog::Catalog},
};

/// A file of the oracle.
pub(crate) fn read(path: &str) -> Vec<u8> {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration file")]
    let given = std::env::var("RESSENTI_SHARED").map(PathBuf::from);
    let shared = given.unwrap_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"));
    let path = shared.join("data/scoring").join(path);
    fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; set RESSENTI_SHARED to the folder that holds data/scoring", path.display())
    })
}

/// A CSV of the oracle: its header and its rows.
pub(crate) struct Vectors {
    pub(crate) header: StringRecord,
    pub(crate) rows: Vec<StringRecord>,
}

impl Vectors {
    pub(crate) fn read(path: &str) -> Self {
        let bytes = read(path);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        Self { header, rows: reader.records().map(Result::unwrap).collect() }
    }

    /// Where a column stands.
    pub(crate) fn place_of(&self, name: &str) -> usize {
        self.header.iter().position(|column| column == name).unwrap_or_else(|| panic!("there is no column {name}"))
    }

    /// The inputs as the table that somebody would score: `id`, then one column per item.
    pub(crate) fn as_table(&self) -> Vec<u8> {
        let inputs = self.columns("in_");
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(["id"].into_iter().chain(inputs.iter().map(|(code, _)| *code))).unwrap();
        for row in &self.rows {
            table.write_record([&row[0]].into_iter().chain(inputs.iter().map(|(_, place)| &row[*place]))).unwrap();
        }
        table.into_inner().unwrap()
    }

    /// Columns whose name begins so, without the prefix, with their place.
    pub(crate) fn columns(&self, prefix: &str) -> Vec<(&str, usize)> {
        let named = |(place, name)| str::strip_prefix(name, prefix).map(|code| (code, place));
        self.header.iter().enumerate().filter_map(named).collect()
    }
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

/// Whether a score is what the oracle says, where an empty cell means not scored.
pub(crate) fn agrees(expected: &str, value: Option<f64>, tolerance: f64) -> bool {
    match (expected, value) {
        ("", value) => value.is_none(),
        (_, None) => false,
        (number, Some(value)) => (number.parse::<f64>().unwrap() - value).abs() <= tolerance,
    }
}

/// Everything shipped, read once.
pub(crate) fn shipped_catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::shipped().unwrap())
}

pub(crate) fn shipped(key: &str) -> &'static Definition {
    shipped_catalog().find_latest(&key.parse().unwrap()).unwrap()
}

//! Every row and every score of the vectors that other software computed, through answers and through tables.
//!
//! The vectors lie beside the workspace in `../shared/data/scoring`, or under the folder that `RESSENTI_SHARED`
//! names; where they come from is told in their PROVENANCE.md.

use std::{collections::BTreeMap, fs, path::PathBuf};

use csv::StringRecord;
use serde_json::Value;
use shared::{
    answers::AnswerValue,
    id::{ItemCode, ScaleCode},
    instrument::{Answer, Definition, ItemKind, catalog::Catalog},
    scoring::{score, table::score_csv},
};

const TOLERANCE: f64 = 1e-6;

const DIMENSIONS: [&str; 5] = ["MO", "SC", "UA", "PD", "AD"];

/// A file of the oracle.
fn read(path: &str) -> Vec<u8> {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration file")]
    let given = std::env::var("RESSENTI_SHARED").map(PathBuf::from);
    let shared = given.unwrap_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"));
    let path = shared.join("data/scoring").join(path);
    fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; set RESSENTI_SHARED to the folder that holds data/scoring", path.display())
    })
}

/// A CSV of the oracle: its header and its rows.
struct Vectors {
    header: StringRecord,
    rows: Vec<StringRecord>,
}

impl Vectors {
    fn read(path: &str) -> Self {
        let bytes = read(path);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        Self { header, rows: reader.records().map(Result::unwrap).collect() }
    }

    /// Columns whose name begins so, without the prefix, with their place.
    fn columns(&self, prefix: &str) -> Vec<(&str, usize)> {
        let named = |(place, name)| str::strip_prefix(name, prefix).map(|code| (code, place));
        self.header.iter().enumerate().filter_map(named).collect()
    }
}

fn answers(definition: &Definition, columns: &[(&str, usize)], row: &StringRecord) -> BTreeMap<ItemCode, AnswerValue> {
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
fn agrees(expected: &str, value: Option<f64>) -> bool {
    match (expected, value) {
        ("", value) => value.is_none(),
        (_, None) => false,
        (number, Some(value)) => (number.parse::<f64>().unwrap() - value).abs() <= TOLERANCE,
    }
}

fn shipped(key: &str) -> Definition {
    Catalog::shipped().unwrap().find_latest(&key.parse().unwrap()).unwrap().clone()
}

/// Compares every score of every row; says how many cells there were, and how many of them held a number.
fn compare(key: &str, file: &str, is_ours: fn(&str) -> bool) -> (usize, usize) {
    let definition = shipped(key);
    let vectors = Vectors::read(file);
    let inputs = vectors.columns("in_");
    let outputs: Vec<_> = vectors.columns("out_").into_iter().filter(|(code, _)| is_ours(code)).collect();
    let (mut n_cells, mut n_numbers) = (0, 0);
    for row in &vectors.rows {
        let scores = score(&definition, &answers(&definition, &inputs, row)).scales;
        for (code, place) in &outputs {
            let value = scores.get(*code).unwrap_or_else(|| panic!("{key} has no scale {code}")).value();
            assert!(agrees(&row[*place], value), "{} {code}: {value:?}, expected {:?}", &row[0], &row[*place]);
            n_cells += 1;
            n_numbers += usize::from(value.is_some());
        }
    }
    println!("{key}: {n_cells} cells compared, {n_numbers} of them scored");
    (n_cells, n_numbers)
}

/// Scores the vectors as a table; every cell must hold the very number that `score` gives.
fn compare_table(key: &str, file: &str) -> usize {
    let definition = shipped(key);
    let vectors = Vectors::read(file);
    let inputs = vectors.columns("in_");
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["id"].into_iter().chain(inputs.iter().map(|(code, _)| *code))).unwrap();
    for row in &vectors.rows {
        table.write_record([&row[0]].into_iter().chain(inputs.iter().map(|(_, place)| &row[*place]))).unwrap();
    }
    let mut out = Vec::new();
    score_csv(&definition, table.into_inner().unwrap().as_slice(), &mut out).unwrap();
    let mut table = csv::Reader::from_reader(out.as_slice());
    let scales = table.headers().unwrap().clone();
    let mut n_cells = 0;
    for (cells, row) in table.records().map(Result::unwrap).zip(&vectors.rows) {
        let scores = score(&definition, &answers(&definition, &inputs, row)).scales;
        for (code, cell) in scales.iter().zip(&cells).skip(1) {
            let value = scores[&code.parse::<ScaleCode>().unwrap()].value();
            assert_eq!(cell.parse().ok().map(f64::to_bits), value.map(|v| (v + 0.0).to_bits()), "{} {code}", &row[0]);
            n_cells += 1;
        }
    }
    n_cells
}

#[test]
fn qlq_c30_agrees_with_proscorer_and_qolr() {
    assert_eq!(compare("qlq-c30", "vectors/qlq_c30.csv", |_| true), (260 * 16, 3791));
}

#[test]
fn eq_5d_5l_agrees_with_the_eq5d_package() {
    let is_ours = |code: &str| !code.starts_with("VT3dp_") && !code.starts_with("CW_");
    assert_eq!(compare("eq-5d-5l", "vectors/eq5d5l.csv", is_ours), (460 * 15, 6450));
}

#[test]
fn epices_agrees_with_amscorer_on_the_very_threshold_too() {
    assert_eq!(compare("epices", "vectors/epices.csv", |_| true), (269 * 2, 254));
}

/// The answers that a state of EQ-5D-5L stands for, as five levels.
fn state(levels: &[i32]) -> BTreeMap<ItemCode, AnswerValue> {
    DIMENSIONS.iter().zip(levels).map(|(code, level)| (code.parse().unwrap(), AnswerValue::Code(*level))).collect()
}

#[test]
fn ten_value_sets_agree_on_all_3125_states() {
    let definition = shipped("eq-5d-5l");
    let vectors = Vectors::read("facts/eq5d5l_index_3125.csv");
    let columns = vectors.columns("VT_");
    let mut n_cells = 0;
    for row in &vectors.rows {
        let levels: Vec<i32> = row[0].bytes().map(|digit| i32::from(digit - b'0')).collect();
        let scores = score(&definition, &state(&levels)).scales;
        for (country, place) in &columns {
            let value = scores[&format!("VT_{country}").parse::<ScaleCode>().unwrap()].value();
            assert!(agrees(&row[*place], value), "{} {country}: {value:?}, expected {}", &row[0], &row[*place]);
            n_cells += 1;
        }
    }
    assert_eq!(n_cells, 3125 * 10);
}

/// The value of a state by the formula and the coefficients of the source, written down once more.
fn value_by_formula(coefficients: &Value, levels: &[i32]) -> f64 {
    let of = |name: String| coefficients[name.as_str()].as_f64().unwrap_or(0.0);
    let named = |suffix: &dyn Fn(i32) -> Option<String>| -> f64 {
        let terms =
            DIMENSIONS.iter().zip(levels).filter_map(|(code, level)| Some(of(format!("{code}{}", suffix(*level)?))));
        terms.sum()
    };
    let n45 = levels.iter().filter(|level| **level >= 4).count();
    let any = if levels.iter().any(|level| *level > 1) { of("Intercept".to_owned()) } else { 0.0 };
    let squared = (1..n45).map(|n| 2.0 * f64::from(u8::try_from(n).unwrap()) - 1.0).sum::<f64>();
    of("StartValue".to_owned())
        + any
        + named(&|level| Some(level.to_string()))
        + named(&|level| (level >= 4).then(|| "45".to_owned()))
        + of("Num45sq".to_owned()) * squared
}

#[test]
fn all_eighteen_value_sets_hold_the_coefficients_of_their_source_and_reach_their_range() {
    let definition = shipped("eq-5d-5l");
    let source: Value = serde_json::from_slice(&read("facts/eq5d5l_value_sets.json")).unwrap();
    let sets = source["value_sets"].as_object().unwrap();
    let levels = |state: i32| [625, 125, 25, 5, 1].map(|unit| state / unit % 5 + 1);
    let all: Vec<_> = (0..3125).map(|n| (levels(n), score(&definition, &state(&levels(n))).scales)).collect();
    for (country, set) in sets {
        let scale = definition.find_scale(&format!("VT_{country}").parse().unwrap()).unwrap();
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        for (levels, scores) in &all {
            let value = scores[&scale.code].value().unwrap();
            let expected = value_by_formula(&set["coef"], levels);
            assert!((value - expected).abs() < 1e-9, "{country} {levels:?}: {value}, expected {expected}");
            (lowest, highest) = (lowest.min(value), highest.max(value));
        }
        let reached = (lowest - scale.range[0]).abs() <= TOLERANCE && (highest - scale.range[1]).abs() <= TOLERANCE;
        assert!(reached, "{country} reaches {lowest} to {highest}, its range says {:?}", scale.range);
    }
    assert_eq!(sets.len(), 18);
    let n_sets = definition.scales.iter().filter(|scale| scale.code.as_str().starts_with("VT_")).count();
    assert_eq!(n_sets, 18);
}

#[test]
fn a_table_holds_the_very_numbers_that_single_responses_give() {
    assert_eq!(compare_table("qlq-c30", "vectors/qlq_c30.csv"), 260 * 16);
    assert_eq!(compare_table("eq-5d-5l", "vectors/eq5d5l.csv"), 460 * 20);
    assert_eq!(compare_table("epices", "vectors/epices.csv"), 269 * 2);
}

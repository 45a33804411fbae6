//! EQ-5D-5L over all its 3,125 states: value sets and crosswalk, against their source.

use std::collections::BTreeMap;

use serde_json::Value;
use shared::{
    answers::AnswerValue,
    id::{ItemCode, ScaleCode},
    scoring::{
        conformance::{Vectors, agrees},
        score,
    },
};

use crate::vectors::{read, shipped};

const TOLERANCE: f64 = 1e-6;

const DIMENSIONS: [&str; 5] = ["MO", "SC", "UA", "PD", "AD"];

/// The answers that a state of EQ-5D-5L stands for, as five levels.
fn state(levels: &[i32]) -> BTreeMap<ItemCode, AnswerValue> {
    DIMENSIONS.iter().zip(levels).map(|(code, level)| (code.parse().unwrap(), AnswerValue::Code(*level))).collect()
}

#[test]
fn ten_value_sets_agree_on_all_3125_states() {
    let definition = shipped("eq-5d-5l");
    let vectors = Vectors::parse(&read("facts/eq5d5l_index_3125.csv")).unwrap();
    let columns = vectors.columns("VT_");
    let mut n_cells = 0;
    for row in vectors.rows() {
        let levels: Vec<i32> = row[0].bytes().map(|digit| i32::from(digit - b'0')).collect();
        let scores = score(definition, &state(&levels)).scales;
        for (country, place) in &columns {
            let value = scores[&format!("VT_{country}").parse::<ScaleCode>().unwrap()].value();
            assert!(
                agrees(&row[*place], value, TOLERANCE),
                "{} {country}: {value:?}, expected {}",
                &row[0],
                &row[*place]
            );
            n_cells += 1;
        }
    }
    assert_eq!(n_cells, 3125 * 10);
}

#[test]
fn seven_crosswalks_agree_on_all_3125_states() {
    let definition = shipped("eq-5d-5l");
    let vectors = Vectors::parse(&read("facts/eq5d5l_crosswalk_3125.csv")).unwrap();
    let columns = vectors.columns("CW_");
    let mut n_cells = 0;
    for row in vectors.rows() {
        let levels: Vec<i32> = row[0].bytes().map(|digit| i32::from(digit - b'0')).collect();
        let scores = score(definition, &state(&levels)).scales;
        for (country, place) in &columns {
            let value = scores[&format!("CW_{country}").parse::<ScaleCode>().unwrap()].value();
            assert!(agrees(&row[*place], value, 0.0), "{} {country}: {value:?}, expected {}", &row[0], &row[*place]);
            n_cells += 1;
        }
    }
    assert_eq!(n_cells, 3125 * 7);
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
    let all: Vec<_> = (0..3125).map(|n| (levels(n), score(definition, &state(&levels(n))).scales)).collect();
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

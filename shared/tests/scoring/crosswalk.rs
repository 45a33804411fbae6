//! The Danish crosswalk made again: the mean of the 3L values over the 3L states that a 5L state may stand for.
//!
//! Its column is not among the oracle's facts; ten probabilities that give five other columns to the last digit, and the
//! Danish 3L values, give it. The vectors hold 430 of its values, which the oracle compares.

use shared::{
    answers::AnswerValue,
    scoring::{conformance::Vectors, score},
};

use crate::vectors::{read, shipped};

/// MO, SC, UA, PD, AD: the share of level 2 that is level 1 of 3L (the rest 2), and of level 4 that is 3 (the rest 2).
const SHARES: [(f64, f64); 5] = [
    (0.177_347_9, 0.072_112_3),
    (0.167_355_3, 0.243_044_3),
    (0.197_801_1, 0.328_447_1),
    (0.198_869_8, 0.399_490_8),
    (0.206_588_0, 0.490_683_6),
];

/// 3L values: off for any level above 1, off for any level 3, and off for levels 2 and 3 of each dimension.
type Values = (f64, f64, [[f64; 2]; 5]);

const DENMARK: Values = (0.114, 0.0, [[0.053, 0.411], [0.063, 0.192], [0.048, 0.144], [0.062, 0.396], [0.068, 0.367]]);

const OTHERS: [(&str, Values); 5] = [
    ("UK", (0.081, 0.269, [[0.069, 0.314], [0.104, 0.214], [0.036, 0.094], [0.123, 0.386], [0.071, 0.236]])),
    ("Germany", (0.001, 0.323, [[0.099, 0.327], [0.087, 0.174], [0.0, 0.0], [0.112, 0.315], [0.0, 0.065]])),
    ("Netherlands", (0.071, 0.234, [[0.036, 0.161], [0.082, 0.152], [0.032, 0.057], [0.086, 0.329], [0.124, 0.325]])),
    ("Spain", (0.024, 0.291, [[0.106, 0.43], [0.134, 0.309], [0.071, 0.195], [0.089, 0.261], [0.062, 0.144]])),
    ("Japan", (0.152, 0.0, [[0.075, 0.418], [0.054, 0.102], [0.044, 0.133], [0.08, 0.194], [0.063, 0.112]])),
];

/// How likely each 3L level is, given a 5L level.
fn chances((two, four): (f64, f64), level: u8) -> [f64; 3] {
    match level {
        1 => [1.0, 0.0, 0.0],
        2 => [two, 1.0 - two, 0.0],
        3 => [0.0, 1.0, 0.0],
        4 => [0.0, 1.0 - four, four],
        _ => [0.0, 0.0, 1.0],
    }
}

/// The value in thousandths, rounded as it was published: to 4 decimals first, halves away from 0.
fn crosswalk((any, any_3, levels): &Values, state: &[u8]) -> f64 {
    let chances: Vec<[f64; 3]> = SHARES.iter().zip(state).map(|(shares, level)| chances(*shares, *level)).collect();
    let none_above_1: f64 = chances.iter().map(|[one, ..]| one).product();
    let none_3: f64 = chances.iter().map(|[.., three]| 1.0 - three).product();
    let off: f64 = chances.iter().zip(levels).map(|([_, two, three], [at_2, at_3])| two * at_2 + three * at_3).sum();
    let value = 1.0 - any * (1.0 - none_above_1) - any_3 * (1.0 - none_3) - off;
    let halves_are_halves = 1e-6_f64.copysign(value);
    ((value * 1e4 + halves_are_halves).round() / 10.0 + halves_are_halves).round()
}

#[test]
fn the_danish_crosswalk_is_made_as_five_others_are_to_the_last_digit() {
    let (definition, facts) = (shipped("eq-5d-5l"), Vectors::parse(&read("facts/eq5d5l_crosswalk_3125.csv")).unwrap());
    let columns = facts.columns("CW_");
    let place_of = |country: &str| columns.iter().find(|(name, _)| *name == country).unwrap().1;
    for row in facts.rows() {
        let state: Vec<u8> = row[0].bytes().map(|digit| digit - b'0').collect();
        for (country, values) in &OTHERS {
            let published = row[place_of(country)].parse::<f64>().unwrap() * 1000.0;
            assert!((crosswalk(values, &state) - published).abs() < 1e-6, "{} {country}", &row[0]);
        }
        let answers = ["MO", "SC", "UA", "PD", "AD"].iter().zip(&state);
        let answers = answers.map(|(code, level)| (code.parse().unwrap(), AnswerValue::Code(i32::from(*level))));
        let scored = score(definition, &answers.collect()).scales["CW_Denmark"].value().unwrap() * 1000.0;
        assert!((crosswalk(&DENMARK, &state) - scored).abs() < 1e-6, "{} Denmark: {scored}", &row[0]);
    }
    assert_eq!(facts.rows().len(), 3125);
}

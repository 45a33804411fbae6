//! Every row and every score of the vectors that other software computed, through answers and through tables.

use std::collections::BTreeSet;

use shared::{
    answers::AnswerValue,
    id::{ItemCode, ScaleCode},
    scoring::{conformance::ORACLES, score, table::score_csv},
};

use crate::vectors::{answers, as_table, list, read, shipped, shipped_catalog, vectors};

/// Compares every score of every row, and all there is of them; the browser's build does the same.
fn compare(key: &str) {
    let oracle = ORACLES.iter().find(|oracle| oracle.instrument == key).unwrap();
    let file = read(&format!("vectors/{}.csv", oracle.file));
    let compared = oracle.compare(shipped_catalog(), &file).unwrap_or_else(|error| panic!("{key}: {error}"));
    assert_eq!(compared, oracle.expected(), "{key}; if a score was meant to change, keep the new bits");
}

macro_rules! agreements {
    ($($agreement:ident: $key:literal,)*) => {
        $(
            #[test]
            fn $agreement() {
                compare($key);
            }
        )*

        #[test]
        fn every_oracle_is_compared() {
            assert!([$($key),*].into_iter().eq(ORACLES.iter().map(|oracle| oracle.instrument)));
        }
    };
}

agreements! {
    qlq_c30_agrees_with_proscorer_and_qolr: "qlq-c30",
    qlq_my20_agrees_with_qolr: "qlq-my20",
    qlq_eld14_agrees_with_qolr: "qlq-eld14",
    eq_5d_5l_agrees_with_the_eq5d_package: "eq-5d-5l",
    fact_g_agrees_with_factscorer: "fact-g",
    fact_lym_agrees_with_factscorer: "fact-lym",
    fact_leu_agrees_with_factscorer: "fact-leu",
    fact_mm_agrees_with_factscorer: "fact-mm",
    fact_bmt_agrees_with_factscorer: "fact-bmt",
    facit_fatigue_agrees_with_factscorer: "facit-fatigue",
    fact_cog_agrees_with_factscorer: "fact-cog",
    promis_global_agrees_with_awell_score: "promis-global",
    promis_29_agrees_with_the_published_tables: "promis-29",
    rand_36_agrees_with_awell_score: "rand-36",
    sf_36_agrees_with_lbscorer: "sf-36",
    sf_12_agrees_with_lbscorer_and_awell_score: "sf-12",
    hads_agrees_with_awell_score: "hads",
    phq_9_agrees_with_awell_score: "phq-9",
    phq_2_agrees_with_awell_score: "phq-2",
    gad_7_agrees_with_awell_score: "gad-7",
    who_5_agrees_with_awell_score: "who-5",
    epices_agrees_with_amscorer_on_the_very_threshold_too: "epices",
    cost_agrees_with_its_published_rule: "cost",
    hls_eu_q16_agrees_with_its_published_rule: "hls-eu-q16",
    bhls_agrees_with_its_published_rule: "bhls",
    sils_agrees_with_its_published_rule: "sils",
    ucla_3_agrees_with_its_published_rule: "ucla-3",
    lsns_6_agrees_with_its_published_rule: "lsns-6",
    mdasi_agrees_with_its_published_rule: "mdasi",
    pro_ctcae_agrees_with_proae_on_grades_with_and_without_imputation: "pro-ctcae",
}

#[test]
fn every_file_of_vectors_has_its_oracle() {
    let files: BTreeSet<String> = ORACLES.iter().map(|oracle| format!("{}.csv", oracle.file)).collect();
    assert_eq!(list("vectors", ".csv"), files);
}

/// Scores the vectors as a table; every cell must hold the very number that `score` gives.
fn compare_table(key: &str, file: &str) -> usize {
    let definition = shipped(key);
    let vectors = vectors(file);
    let inputs = vectors.columns("in_");
    let mut out = Vec::new();
    score_csv(definition, as_table(&vectors).as_slice(), &mut out).unwrap();
    let mut table = csv::Reader::from_reader(out.as_slice());
    let scales = table.headers().unwrap().clone();
    let mut n_cells = 0;
    for (cells, row) in table.records().map(Result::unwrap).zip(vectors.rows()) {
        let scores = score(definition, &answers(definition, &inputs, row)).scales;
        for (code, cell) in scales.iter().zip(&cells).skip(1) {
            let value = scores[&code.parse::<ScaleCode>().unwrap()].value();
            assert_eq!(cell.parse().ok().map(f64::to_bits), value.map(|v| (v + 0.0).to_bits()), "{} {code}", &row[0]);
            n_cells += 1;
        }
    }
    n_cells
}

#[test]
fn fact_g7_gives_what_the_same_items_give_by_the_rules_of_fact_g() {
    let (short, long) = (shipped("fact-g7"), shipped("fact-g"));
    let vectors = vectors("fact_g");
    let inputs = vectors.columns("in_");
    let shared_items: Vec<_> =
        inputs.iter().copied().filter(|(code, _)| short.find_item(&code.parse().unwrap()).is_some()).collect();
    let mut n_scored = 0;
    for row in vectors.rows() {
        let answers = answers(long, &shared_items, row);
        let reversed = |code: &ItemCode| matches!(code.as_str(), "GP1" | "GP4" | "GP2" | "GE6");
        let numbers = answers.iter().map(|(code, value)| match value {
            AnswerValue::Code(code_given) if reversed(code) => 4.0 - f64::from(*code_given),
            AnswerValue::Code(code_given) => f64::from(*code_given),
            AnswerValue::Codes(_)
            | AnswerValue::Integer(_)
            | AnswerValue::Decimal(_)
            | AnswerValue::Date(_)
            | AnswerValue::Text(_) => panic!("{code} is a choice"),
        });
        let n = f64::from(u8::try_from(answers.len()).unwrap());
        let expected = (n > 3.5).then(|| numbers.sum::<f64>() * 7.0 / n);
        let value = score(short, &answers).scales["FACTG7"].value();
        assert_eq!(value, expected, "{}", &row[0]);
        n_scored += usize::from(value.is_some());
    }
    assert!(n_scored > 200, "{n_scored}");
}

#[test]
fn a_table_holds_the_very_numbers_that_single_responses_give() {
    let tables = ORACLES.iter().filter(|oracle| oracle.instrument != "pro-ctcae");
    let n_cells: usize = tables.map(|oracle| compare_table(oracle.instrument, oracle.file)).sum();
    assert_eq!(n_cells, 45_334);
}

//! Every row and every score of the vectors that other software computed, through answers and through tables.

use std::collections::BTreeMap;

use shared::{
    answers::AnswerValue,
    id::{ItemCode, ScaleCode},
    scoring::{score, table::score_csv},
};

use crate::vectors::{Vectors, agrees, answers, shipped};

/// What most software agrees to.
const CLOSE: f64 = 1e-6;
/// R `FACTscorer` rounds each subscale to 3 decimals, and adds them up.
const FACIT: f64 = 0.0035;
/// awell-score rounds RAND-36 to 2 decimals.
const TWO_DECIMALS: f64 = 0.006;

/// Compares every score of every row; says how many cells there were, and how many of them held a number.
fn compare(key: &str, file: &str, tolerance: f64, is_ours: fn(&str) -> bool) -> (usize, usize) {
    let definition = shipped(key);
    let vectors = Vectors::read(&format!("vectors/{file}.csv"));
    let inputs = vectors.columns("in_");
    let outputs: Vec<_> = vectors.columns("out_").into_iter().filter(|(code, _)| is_ours(code)).collect();
    let (mut n_cells, mut n_numbers) = (0, 0);
    for row in &vectors.rows {
        let scores = score(definition, &answers(definition, &inputs, row)).scales;
        for (code, place) in &outputs {
            let value = scores.get(*code).unwrap_or_else(|| panic!("{key} has no scale {code}")).value();
            let expected = &row[*place];
            assert!(agrees(expected, value, tolerance), "{} {code}: {value:?}, expected {expected:?}", &row[0]);
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
    let vectors = Vectors::read(&format!("vectors/{file}.csv"));
    let inputs = vectors.columns("in_");
    let mut out = Vec::new();
    score_csv(definition, vectors.as_table().as_slice(), &mut out).unwrap();
    let mut table = csv::Reader::from_reader(out.as_slice());
    let scales = table.headers().unwrap().clone();
    let mut n_cells = 0;
    for (cells, row) in table.records().map(Result::unwrap).zip(&vectors.rows) {
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
fn qlq_c30_agrees_with_proscorer_and_qolr() {
    assert_eq!(compare("qlq-c30", "qlq_c30", CLOSE, |_| true), (260 * 16, 3791));
}

#[test]
fn qlq_my20_agrees_with_qolr() {
    assert_eq!(compare("qlq-my20", "qlq_my20", CLOSE, |_| true), (260 * 4, 893));
}

#[test]
fn qlq_eld14_agrees_with_qolr() {
    assert_eq!(compare("qlq-eld14", "qlq_eld14", CLOSE, |_| true), (260 * 7, 1629));
}

#[test]
fn eq_5d_5l_agrees_with_the_eq5d_package() {
    // the package's 3-decimal columns round binary numbers; CW_Denmark cannot be had, see the definition
    let is_ours = |code: &str| !code.starts_with("VT3dp_") && code != "CW_Denmark";
    assert_eq!(compare("eq-5d-5l", "eq5d5l", CLOSE, is_ours), (460 * 22, 9460));
}

#[test]
fn fact_g_agrees_with_factscorer() {
    assert_eq!(compare("fact-g", "fact_g", FACIT, |_| true), (260 * 5, 1101));
}

#[test]
fn fact_lym_agrees_with_factscorer() {
    assert_eq!(compare("fact-lym", "fact_lym", FACIT, |_| true), (260 * 8, 1683));
}

#[test]
fn fact_leu_agrees_with_factscorer() {
    assert_eq!(compare("fact-leu", "fact_leu", FACIT, |_| true), (260 * 8, 1757));
}

#[test]
fn fact_mm_agrees_with_factscorer() {
    assert_eq!(compare("fact-mm", "fact_mm", FACIT, |_| true), (260 * 8, 1677));
}

#[test]
fn fact_bmt_agrees_with_factscorer() {
    assert_eq!(compare("fact-bmt", "fact_bmt", FACIT, |_| true), (260 * 8, 1653));
}

#[test]
fn facit_fatigue_agrees_with_factscorer() {
    assert_eq!(compare("facit-fatigue", "facit_fatigue", FACIT, |_| true), (260, 211));
}

#[test]
fn fact_cog_agrees_with_factscorer() {
    assert_eq!(compare("fact-cog", "fact_cog", FACIT, |_| true), (260 * 4, 868));
}

#[test]
fn promis_global_agrees_with_awell_score() {
    assert_eq!(compare("promis-global", "promis_global", CLOSE, |_| true), (260 * 4, 710));
}

#[test]
fn promis_29_agrees_with_the_published_tables() {
    assert_eq!(compare("promis-29", "promis29", CLOSE, |_| true), (260 * 10, 1791));
}

#[test]
fn rand_36_agrees_with_awell_score() {
    assert_eq!(compare("rand-36", "rand36", TWO_DECIMALS, |_| true), (260 * 8, 2017));
}

#[test]
fn sf_36_agrees_with_lbscorer() {
    assert_eq!(compare("sf-36", "sf36_v1", CLOSE, |_| true), (260 * 10, 2222));
}

#[test]
fn sf_12_agrees_with_lbscorer_and_awell_score() {
    assert_eq!(compare("sf-12", "sf12_v1", CLOSE, |_| true), (260 * 2, 294));
}

#[test]
fn hads_agrees_with_awell_score() {
    assert_eq!(compare("hads", "hads", CLOSE, |_| true), (260 * 3, 450));
}

#[test]
fn phq_9_agrees_with_awell_score() {
    assert_eq!(compare("phq-9", "phq9", CLOSE, |_| true), (260 * 2, 308));
}

#[test]
fn phq_2_agrees_with_awell_score() {
    assert_eq!(compare("phq-2", "phq2", CLOSE, |_| true), (8, 5));
}

#[test]
fn gad_7_agrees_with_awell_score() {
    assert_eq!(compare("gad-7", "gad7", CLOSE, |_| true), (260 * 2, 308));
}

#[test]
fn who_5_agrees_with_awell_score() {
    assert_eq!(compare("who-5", "who5", CLOSE, |_| true), (260 * 2, 336));
}

#[test]
fn epices_agrees_with_amscorer_on_the_very_threshold_too() {
    assert_eq!(compare("epices", "epices", CLOSE, |_| true), (269 * 2, 254));
}

#[test]
fn cost_agrees_with_its_published_rule() {
    assert_eq!(compare("cost", "cost_facit", CLOSE, |_| true), (260 * 2, 428));
}

#[test]
fn hls_eu_q16_agrees_with_its_published_rule() {
    assert_eq!(compare("hls-eu-q16", "hls_eu_q16", CLOSE, |_| true), (260 * 2, 356));
}

#[test]
fn bhls_agrees_with_its_published_rule() {
    assert_eq!(compare("bhls", "bhls", CLOSE, |_| true), (72 * 2, 82));
}

#[test]
fn sils_agrees_with_its_published_rule() {
    assert_eq!(compare("sils", "sils", CLOSE, |_| true), (2, 1));
}

#[test]
fn ucla_3_agrees_with_its_published_rule() {
    assert_eq!(compare("ucla-3", "ucla3", CLOSE, |_| true), (21 * 2, 20));
}

#[test]
fn lsns_6_agrees_with_its_published_rule() {
    assert_eq!(compare("lsns-6", "lsns6", CLOSE, |_| true), (260 * 4, 692));
}

#[test]
fn mdasi_agrees_with_its_published_rule() {
    assert_eq!(compare("mdasi", "mdasi", CLOSE, |_| true), (260 * 2, 432));
}

#[test]
fn pro_ctcae_agrees_with_proae_on_grades_with_and_without_imputation() {
    let definition = shipped("pro-ctcae");
    let vectors = Vectors::read("vectors/proctcae.csv");
    let attributes = ["A", "B", "C"].map(|attribute| (attribute, vectors.place_of(&format!("in_{attribute}"))));
    let grades = ["COMP", "COMP_IMPUTED"].map(|grade| (grade, vectors.place_of(&format!("out_{grade}"))));
    let (mut n_cells, mut n_numbers) = (0, 0);
    for row in &vectors.rows {
        let symptom = &row[vectors.place_of("in_symptom")];
        let given = attributes.iter().filter(|(_, place)| !row[*place].is_empty());
        let answers: BTreeMap<ItemCode, AnswerValue> = given
            .map(|(attribute, place)| {
                (format!("{symptom}{attribute}").parse().unwrap(), AnswerValue::Code(row[*place].parse().unwrap()))
            })
            .collect();
        let scores = score(definition, &answers).scales;
        for (grade, place) in &grades {
            let value = scores[format!("{grade}_{symptom}").as_str()].value();
            assert!(agrees(&row[*place], value, 0.0), "{} {grade}: {value:?}", &row[0]);
            n_cells += 1;
            n_numbers += usize::from(value.is_some());
        }
    }
    assert_eq!((n_cells, n_numbers), (350 * 2, 475));
}

#[test]
fn fact_g7_gives_what_the_same_items_give_by_the_rules_of_fact_g() {
    let (short, long) = (shipped("fact-g7"), shipped("fact-g"));
    let vectors = Vectors::read("vectors/fact_g.csv");
    let inputs = vectors.columns("in_");
    let shared_items: Vec<_> =
        inputs.iter().copied().filter(|(code, _)| short.find_item(&code.parse().unwrap()).is_some()).collect();
    let mut n_scored = 0;
    for row in &vectors.rows {
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
    let files = [
        ("eq-5d-5l", "eq5d5l"),
        ("qlq-c30", "qlq_c30"),
        ("qlq-my20", "qlq_my20"),
        ("qlq-eld14", "qlq_eld14"),
        ("fact-g", "fact_g"),
        ("fact-lym", "fact_lym"),
        ("fact-leu", "fact_leu"),
        ("fact-mm", "fact_mm"),
        ("fact-bmt", "fact_bmt"),
        ("facit-fatigue", "facit_fatigue"),
        ("fact-cog", "fact_cog"),
        ("promis-global", "promis_global"),
        ("promis-29", "promis29"),
        ("rand-36", "rand36"),
        ("sf-36", "sf36_v1"),
        ("sf-12", "sf12_v1"),
        ("hads", "hads"),
        ("phq-9", "phq9"),
        ("phq-2", "phq2"),
        ("gad-7", "gad7"),
        ("who-5", "who5"),
        ("epices", "epices"),
        ("cost", "cost_facit"),
        ("hls-eu-q16", "hls_eu_q16"),
        ("bhls", "bhls"),
        ("sils", "sils"),
        ("ucla-3", "ucla3"),
        ("lsns-6", "lsns6"),
        ("mdasi", "mdasi"),
    ];
    let n_cells: usize = files.iter().map(|(key, file)| compare_table(key, file)).sum();
    assert_eq!(n_cells, 44_874);
}

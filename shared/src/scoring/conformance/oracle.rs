//! Every row and every score of the vectors that other software computed, and the bits that each build must give.

use std::fmt::Write as _;

use csv::StringRecord;

use super::vectors::{OracleError, Vectors, agrees, answers};
use crate::{
    answers::sha256_hex,
    instrument::catalog::Catalog,
    scoring::{InstrumentScores, score},
};

/// What most software agrees to.
const CLOSE: f64 = 1e-6;
/// R `FACTscorer` rounds each subscale to 3 decimals, and adds them up.
const FACIT: f64 = 0.0035;
/// awell-score rounds RAND-36 to 2 decimals.
const TWO_DECIMALS: f64 = 0.006;

/// Software that is not ours, as a file of vectors for one instrument.
#[derive(Debug)]
pub struct Oracle {
    /// The key of the instrument.
    pub instrument: &'static str,
    /// The name of the file, without folder and ending.
    pub file: &'static str,
    tolerance: f64,
    /// Rows, cells compared, and cells that hold a number: what a whole comparison finds.
    counts: [usize; 3],
    /// The beginning of the digest of the bits of every scale of every row, those without a column too.
    bits: &'static str,
}

/// What a comparison found; nothing in it differs from the oracle.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Compared {
    /// Rows scored.
    pub n_rows: usize,
    /// Scores compared.
    pub n_cells: usize,
    /// Scores compared that are numbers.
    pub n_numbers: usize,
    /// The beginning of the digest of the bits of every score.
    pub bits: String,
}

impl Oracle {
    const fn new(
        instrument: &'static str,
        file: &'static str,
        tolerance: f64,
        counts: [usize; 3],
        bits: &'static str,
    ) -> Self {
        Self { instrument, file, tolerance, counts, bits }
    }

    /// What [`Oracle::compare`] must find: these counts, and these bits in every build.
    #[must_use]
    pub fn expected(&self) -> Compared {
        let [n_rows, n_cells, n_numbers] = self.counts;
        Compared { n_rows, n_cells, n_numbers, bits: self.bits.to_owned() }
    }

    /// Scores every row of the oracle's file and compares every score.
    ///
    /// # Errors
    /// At the first score that is not the oracle's, with row, scale and both values; at a file that does not fit.
    pub fn compare(&self, catalog: &Catalog, csv: &[u8]) -> Result<Compared, OracleError> {
        let unknown = || OracleError(format!("{} is not shipped", self.instrument));
        let definition = self.instrument.parse().ok().and_then(|key| catalog.find_latest(&key)).ok_or_else(unknown)?;
        let vectors = Vectors::parse(csv)?;
        let shape = Shape::of(&vectors);
        let (mut found, mut bits) = (Compared { bits: String::new(), ..self.expected() }, String::new());
        (found.n_rows, found.n_cells, found.n_numbers) = (vectors.rows().len(), 0, 0);
        for row in vectors.rows() {
            let scores = score(definition, &answers(definition, shape.inputs(row))?);
            for (code, expected) in shape.outputs(row) {
                let value = scores.scales.get(code.as_str()).ok_or_else(|| OracleError(format!("no scale {code}")))?;
                if !agrees(expected, value.value(), self.tolerance) {
                    let row = row.get(0).unwrap_or_default();
                    return Err(OracleError(format!("{row} {code}: {:?}, expected {expected:?}", value.value())));
                }
                found.n_cells += 1;
                found.n_numbers += usize::from(value.value().is_some());
            }
            write_bits(&mut bits, &scores);
        }
        found.bits = sha256_hex(bits.as_bytes()).chars().take(16).collect();
        Ok(found)
    }
}

/// The bits of every score of a response; nothing for one that is not scored.
fn write_bits(bits: &mut String, scores: &InstrumentScores) {
    for score in scores.scales.values() {
        let _ = match score.value() {
            Some(value) => write!(bits, "{:x},", value.to_bits()),
            None => write!(bits, ","),
        };
    }
}

/// How a file's columns are named: by items and scales, or, of PRO-CTCAE, by attributes of the row's symptom.
struct Shape<'a> {
    inputs: Vec<(&'a str, usize)>,
    outputs: Vec<(&'a str, usize)>,
    symptom: Option<usize>,
}

impl<'a> Shape<'a> {
    fn of(vectors: &'a Vectors) -> Self {
        let inputs = vectors.columns("in_");
        let symptom = inputs.iter().find(|(code, _)| *code == "symptom").map(|(_, place)| *place);
        // the rank of a symptom is no answer
        let is_item = |(code, _): &(&str, usize)| symptom.is_none() || !matches!(*code, "symptom" | "rank");
        // the package's 3-decimal columns round binary numbers
        let is_ours = |(code, _): &(&str, usize)| !code.starts_with("VT3dp_");
        let outputs = vectors.columns("out_").into_iter().filter(is_ours).collect();
        Self { inputs: inputs.into_iter().filter(is_item).collect(), outputs, symptom }
    }

    fn inputs<'r>(&self, row: &'r StringRecord) -> impl Iterator<Item = (String, &'r str)> {
        let symptom = self.symptom.and_then(|place| row.get(place)).unwrap_or_default();
        self.inputs.iter().map(move |(code, place)| (format!("{symptom}{code}"), row.get(*place).unwrap_or_default()))
    }

    fn outputs<'r>(&self, row: &'r StringRecord) -> impl Iterator<Item = (String, &'r str)> {
        let symptom = self.symptom.and_then(|place| row.get(place));
        let name = move |code: &str| symptom.map_or_else(|| code.to_owned(), |symptom| format!("{code}_{symptom}"));
        self.outputs.iter().map(move |(code, place)| (name(code), row.get(*place).unwrap_or_default()))
    }
}

/// One oracle for each file of vectors.
pub const ORACLES: [Oracle; 30] = [
    Oracle::new("qlq-c30", "qlq_c30", CLOSE, [260, 4160, 3791], "beedc874861bbde7"),
    Oracle::new("qlq-my20", "qlq_my20", CLOSE, [260, 1040, 893], "223bfb6a35c91918"),
    Oracle::new("qlq-eld14", "qlq_eld14", CLOSE, [260, 1820, 1629], "cb62ef54c1975cda"),
    Oracle::new("eq-5d-5l", "eq5d5l", CLOSE, [460, 10580, 9890], "e1e9787ed8e3689c"),
    Oracle::new("fact-g", "fact_g", FACIT, [260, 1300, 1101], "23b4398b37c31f1c"),
    Oracle::new("fact-lym", "fact_lym", FACIT, [260, 2080, 1683], "e55252ffac6f7b22"),
    Oracle::new("fact-leu", "fact_leu", FACIT, [260, 2080, 1757], "41ef1bda308845f4"),
    Oracle::new("fact-mm", "fact_mm", FACIT, [260, 2080, 1677], "e00fb349dd68310d"),
    Oracle::new("fact-bmt", "fact_bmt", FACIT, [260, 2080, 1653], "f678e6ac25ee337d"),
    Oracle::new("facit-fatigue", "facit_fatigue", FACIT, [260, 260, 211], "d4db9304913e78e7"),
    Oracle::new("fact-cog", "fact_cog", FACIT, [260, 1040, 868], "9e0e6879fb9b9da3"),
    Oracle::new("promis-global", "promis_global", CLOSE, [260, 1040, 710], "b3d58569052dfb43"),
    Oracle::new("promis-29", "promis29", CLOSE, [260, 2600, 1791], "7075495d78f89402"),
    Oracle::new("rand-36", "rand36", TWO_DECIMALS, [260, 2080, 2017], "6511266be89d9a12"),
    Oracle::new("sf-36", "sf36_v1", CLOSE, [260, 2600, 2222], "2fe7e20ab44bdbe1"),
    Oracle::new("sf-12", "sf12_v1", CLOSE, [260, 520, 294], "ebf052e4f20bda15"),
    Oracle::new("hads", "hads", CLOSE, [260, 780, 450], "0cff99c085cd7a79"),
    Oracle::new("phq-9", "phq9", CLOSE, [260, 520, 308], "bc175750fce01bc7"),
    Oracle::new("phq-2", "phq2", CLOSE, [8, 8, 5], "9e8f7f2f1238794d"),
    Oracle::new("gad-7", "gad7", CLOSE, [260, 520, 308], "00277642bd377e13"),
    Oracle::new("who-5", "who5", CLOSE, [260, 520, 336], "0340f522a070e36b"),
    Oracle::new("epices", "epices", CLOSE, [269, 538, 254], "ae05742a92cf6ffc"),
    Oracle::new("cost", "cost_facit", CLOSE, [260, 520, 428], "1fc7071f80d87e1a"),
    Oracle::new("hls-eu-q16", "hls_eu_q16", CLOSE, [260, 520, 356], "a7cab3b5a8204eb4"),
    Oracle::new("bhls", "bhls", CLOSE, [72, 144, 82], "0b04a2ed28dd3c31"),
    Oracle::new("sils", "sils", CLOSE, [2, 2, 1], "9616d8f77e32fe88"),
    Oracle::new("ucla-3", "ucla3", CLOSE, [21, 42, 20], "2b7eb5a48594d21d"),
    Oracle::new("lsns-6", "lsns6", CLOSE, [260, 1040, 692], "0a77ec91cab06cba"),
    Oracle::new("mdasi", "mdasi", CLOSE, [260, 520, 432], "7100fc5bcc8ddb0f"),
    Oracle::new("pro-ctcae", "proctcae", 0.0, [350, 700, 475], "eb40fd1c18579df0"),
];

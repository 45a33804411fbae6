//! PRO-CTCAE in the shape that its own tools use: one row per symptom, its attributes in columns A, B and C.

use std::collections::BTreeMap;

use csv::ByteRecord;

use super::{Place, TableError, cell::Allowed};
use crate::{
    id::ScaleCode,
    instrument::{Definition, Item, Rule, Scale},
    scoring::{ScaleScore, Scorer},
};

/// The columns of grades; the scale of symptom 17 is `COMP_17`.
pub(super) const GRADES: [&str; 2] = ["COMP", "COMP_IMPUTED"];

const ATTRIBUTES: [&str; 3] = ["A", "B", "C"];

/// The columns of such a table, and what can be asked of each symptom.
pub(super) struct Symptoms<'a> {
    definition: &'a Definition,
    header: Vec<String>,
    symptom: usize,
    rank: Option<usize>,
    attributes: [usize; 3],
    known: BTreeMap<Vec<u8>, Symptom<'a>>,
}

/// One symptom: its attributes in order, and its grades unless it is asked for presence only.
struct Symptom<'a> {
    attributes: [Option<(usize, &'a Item, Allowed<'a>)>; 3],
    rank: Option<&'a str>,
    grades: Scorer<'a>,
}

impl<'a> Symptoms<'a> {
    /// Recognises the shape by its header.
    pub(super) fn find(definition: &'a Definition, header: &[String]) -> Option<Self> {
        let place_of = |name: &str| header.iter().position(|column| column == name);
        let [Some(a), Some(b), Some(c)] = ATTRIBUTES.map(place_of) else { return None };
        let symptom = place_of("symptom")?;
        let numbers = definition.items.iter().filter_map(|item| item.code.as_str().strip_suffix('A'));
        let known: BTreeMap<_, _> =
            numbers.map(|number| (number.as_bytes().to_vec(), Symptom::new(definition, number))).collect();
        let graded = known.values().any(|symptom| symptom.rank.is_some());
        graded.then(|| Self {
            definition,
            header: header.to_vec(),
            symptom,
            rank: place_of("rank"),
            attributes: [a, b, c],
            known,
        })
    }

    pub(super) const fn n_columns(&self) -> usize {
        self.header.len()
    }

    /// Symptom and rank say which row it is, and are carried through as other columns are.
    pub(super) fn carried_name(&self, place: usize) -> Option<&str> {
        if self.attributes.contains(&place) { None } else { self.header.get(place).map(String::as_str) }
    }

    /// Scores a row: one score for each grade.
    ///
    /// # Errors
    /// When the symptom is unknown, its rank another, or a cell not an answer.
    pub(super) fn score(
        &self,
        row: &ByteRecord,
        at: Place,
        values: &mut [Option<f64>],
        scores: &mut Vec<ScaleScore>,
    ) -> Result<(), TableError> {
        let number = row.get(self.symptom).unwrap_or_default();
        let Some(symptom) = self.known.get(number) else {
            let allowed = format!("the number of a symptom, from 1 to {}", self.known.len());
            return Err(at.wrong_value("symptom", allowed));
        };
        if let Some(cell) = self.rank.and_then(|place| row.get(place)).filter(|cell| !cell.is_empty()) {
            let rank = symptom.rank.unwrap_or_default();
            if cell != rank.as_bytes() {
                let what = if rank.is_empty() { "nothing for this symptom" } else { rank };
                return Err(at.wrong_value("rank", what.to_owned()));
            }
        }
        for ((name, place), attribute) in ATTRIBUTES.iter().zip(self.attributes).zip(&symptom.attributes) {
            let cell = row.get(place).unwrap_or_default();
            match attribute {
                None if cell.is_empty() => {}
                None => return Err(at.wrong_value(name, "nothing for this symptom".to_owned())),
                Some((place, item, allowed)) => {
                    let value = if cell.is_empty() { None } else { allowed.read(cell) };
                    if value.is_none() && !cell.is_empty() {
                        return Err(at.wrong_value(name, self.definition.allowed_in_words(item)));
                    }
                    if let Some(slot) = values.get_mut(*place) {
                        *slot = value;
                    }
                }
            }
        }
        symptom.grades.score_into(values, scores);
        scores.resize(GRADES.len(), ScaleScore::NotScored { answered: 0, required: 0 });
        Ok(())
    }
}

impl<'a> Symptom<'a> {
    fn new(definition: &'a Definition, number: &str) -> Self {
        let attribute = |attribute: &str| {
            let code = format!("{number}{attribute}");
            let (place, item) = definition.items.iter().enumerate().find(|(_, item)| item.code.as_str() == code)?;
            Some((place, item, Allowed::of(definition, item)?))
        };
        let scale = |grade: &str| -> Option<&'a Scale> {
            definition.find_scale(&ScaleCode::parse(&format!("{grade}_{number}")).ok()?)
        };
        let grades: Vec<&Scale> = GRADES.into_iter().filter_map(scale).collect();
        let rank = grades.first().and_then(|scale| match &scale.rule {
            Rule::Table(key) => key.as_str().strip_prefix("rank_"),
            Rule::Sum
            | Rule::Mean
            | Rule::Prorated
            | Rule::Count { .. }
            | Rule::Weighted { .. }
            | Rule::NormBased(_)
            | Rule::ValueSet(_) => None,
        });
        Self { attributes: ATTRIBUTES.map(attribute), rank, grades: Scorer::of(definition, grades) }
    }
}

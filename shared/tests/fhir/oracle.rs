//! What is enabled and what is calculated, against `LForms`, Smart Forms, sdc-qrf and fhirpath.py.

use serde_json::Value;

use crate::corpus::{json, names, now, read};

/// Where the engines agree and we differ: the file, how many facts, and who is right.
pub(crate) const DIFFERENCES: [(&str, usize, &str); 2] = [
    (
        "fhircore__caregiver_registration_es_fr",
        4,
        "The question 59d2… is disabled in all engines, and yet the responses they were given still hold its answer, \
         which their `!=` then saw. R4 lets no disabled item have an answer (HL7's validator: “Item has answer, even \
         though it is not enabled”), so here there is none, and `!=` without an answer holds.",
    ),
    (
        "lforms__expression-on-data-from-prepopulation",
        23,
        "Item p1.1 is calculated by `%lookupInitiateStudy.descendants().where(linkId = 'in1.4').answer.valueCoding`. \
         LForms left it empty, the other engines were given its response, and what depends on p1.1 was disabled. The \
         expression has a value (fhirpath.js 5.2.2, with R4's model and without, gives the coding INT), so p1.1 is \
         answered and its dependents are enabled.",
    ),
];

/// The facts of one questionnaire.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) name: String,
    pub(crate) n_cases: usize,
    pub(crate) enabled: Facts,
    pub(crate) calculated: Facts,
}

#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) n_same: usize,
    pub(crate) different: Vec<String>,
}

impl Facts {
    fn add(&mut self, is_same: bool, say: impl FnOnce() -> String) {
        if is_same {
            self.n_same += 1;
        } else {
            self.different.push(say());
        }
    }
}

pub(crate) fn tallies() -> Vec<Tally> {
    names("oracle").into_iter().map(tally).collect()
}

fn tally(name: String) -> Tally {
    let form = read(&json(&format!("questionnaires/{name}"))).0.unwrap_or_else(|| panic!("{name} cannot be read"));
    let oracle = json(&format!("oracle/{name}"));
    let mut tally = Tally { name, ..Tally::default() };
    for case in oracle["cases"].as_array().unwrap() {
        tally.n_cases += 1;
        let set = &case["set"];
        let state = form.evaluate(case.get("typed"), &now());
        for (path, wanted) in case["enabled"].as_object().unwrap() {
            let found = state.enabled.get(path).copied();
            tally.enabled.add(found == wanted.as_bool(), || format!("{set} {path}: {found:?}, not {wanted}"));
        }
        for (link_id, wanted) in case.get("calculated").and_then(Value::as_object).into_iter().flatten() {
            let is_settled = wanted["agree"].as_array().unwrap().len() >= 2 && wanted.get("time_dependent").is_none();
            let found = state.calculated.get(link_id).cloned().map_or(Value::Null, Value::Array);
            let answer = &wanted["answer"];
            if is_settled {
                tally.calculated.add(agrees(&found, answer), || format!("{set} {link_id}: {found}, not {answer}"));
            }
        }
    }
    tally
}

/// Whether an answer is the oracle's: numbers to nine digits, extensions of codings left out.
fn agrees(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| agrees(found, wanted))
        }
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(field, wanted)| field == "extension" || found.get(field).is_some_and(|found| agrees(found, wanted))),
        (Value::Number(found), Value::Number(wanted)) => {
            let (found, wanted) = (found.as_f64().unwrap(), wanted.as_f64().unwrap());
            (found - wanted).abs() <= 1e-9 * wanted.abs()
        }
        _ => found == wanted,
    }
}

#[test]
fn what_is_enabled_and_calculated_is_what_other_engines_agree_on() {
    let tallies = tallies();
    let count = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let n_cases = count(|tally| tally.n_cases);
    let enabled = [count(|tally| tally.enabled.n_same), count(|tally| tally.enabled.different.len())];
    let calculated = [count(|tally| tally.calculated.n_same), count(|tally| tally.calculated.different.len())];
    println!("{} questionnaires, {n_cases} cases: enabled {enabled:?}, calculated {calculated:?}", tallies.len());
    for tally in &tallies {
        let known = DIFFERENCES.iter().find(|(name, ..)| *name == tally.name).map_or(0, |(_, n, _)| *n);
        let different = [&tally.enabled.different[..], &tally.calculated.different[..]].concat();
        assert_eq!(different.len(), known, "{}: {different:#?}", tally.name);
    }
    assert_eq!((tallies.len(), n_cases), (85, 584));
    assert_eq!((enabled, calculated), ([8356, 27], [165, 0]));
}

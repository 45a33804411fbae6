//! The official cases of HL7's Java validator: an error where it gives one, and none where it gives none.

use serde_json::Value;

use crate::corpus::{errors, json, names, now, path, read};

/// One case: what HL7's validator finds, and what is found here.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) n_theirs: usize,
    pub(crate) ours: Vec<String>,
}

pub(crate) fn cases() -> Vec<Case> {
    let offline = names("malformed").into_iter().filter(|name| !name.contains("async"));
    offline.map(case).collect()
}

fn case(name: String) -> Case {
    let expected = json(&format!("malformed/{name}/expected"));
    let has_form = path(&format!("malformed/{name}/questionnaire.json")).exists();
    let problems = if expected["instance"] == "questionnaire.json" {
        read(&json(&format!("malformed/{name}/questionnaire"))).1
    } else if has_form {
        let (form, problems) = read(&json(&format!("malformed/{name}/questionnaire")));
        let response = json(&format!("malformed/{name}/response"));
        form.map_or(problems, |form| form.review(&response, &now()))
    } else {
        // without its questionnaire a response cannot be held against anything
        Vec::new()
    };
    let ours = errors(&problems).into_iter().map(|error| format!("{}: {}", error.path, error.message)).collect();
    Case { name, n_theirs: expected["errors"].as_array().map_or(0, Vec::len), ours }
}

#[test]
fn errors_are_found_where_the_official_validator_finds_them() {
    let cases = cases();
    for case in &cases {
        assert_eq!(case.ours.is_empty(), case.n_theirs == 0, "{}: {:?}", case.name, case.ours);
    }
    let n_with_errors = cases.iter().filter(|case| case.n_theirs > 0).count();
    let n_same = cases.iter().filter(|case| case.n_theirs == case.ours.len()).count();
    println!("{} cases, {n_with_errors} with errors, {n_same} with as many errors", cases.len());
    assert_eq!((cases.len(), n_with_errors, n_same), (57, 41, 56));
}

#[test]
fn evaluating_finds_the_same_responses_wrong() {
    for case in cases() {
        let file = |part: &str| format!("malformed/{}/{part}", case.name);
        let has_both = ["questionnaire", "response"].iter().all(|part| path(&format!("{}.json", file(part))).exists());
        let Some(form) = has_both.then(|| read(&json(&file("questionnaire"))).0).flatten() else { continue };
        let state = form.evaluate(Some(&json(&file("response"))), &now());
        let errors = errors(&state.problems);
        assert_eq!(errors.is_empty(), case.n_theirs == 0, "{}: {errors:?}", case.name);
    }
}

#[test]
fn errors_stand_where_the_official_validator_puts_them() {
    // it puts what is missing on the item around it, and unknown linkIds on the whole response, as it sees no place
    let anywhere = ["QuestionnaireResponse", "Questionnaire"];
    for case in cases() {
        let expected = json(&format!("malformed/{}/expected", case.name));
        for theirs in expected["errors"].as_array().unwrap() {
            let place = theirs["expression"][0].as_str().unwrap();
            let place = place.split(".value.").next().unwrap();
            let is_there = |ours: &String| ours.starts_with(&format!("{place}:"));
            let is_free = anywhere.contains(&place);
            assert!(is_free || case.ours.iter().any(is_there), "{} at {place}: {:?}", case.name, case.ours);
        }
    }
}

#[test]
fn a_response_of_another_kind_is_refused() {
    let (form, _) = read(&json("questionnaires/webq__ipss"));
    let problems = form.unwrap().review(&Value::from("nothing"), &now());
    assert_eq!(errors(&problems).len(), 1);
}

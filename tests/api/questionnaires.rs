//! `ressenti questionnaire`: questionnaires of other systems on the command line.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};
use shared::instrument::catalog::Catalog;

/// A folder with a questionnaire of three questions and a response to it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.put("form.json", form().to_string());
        desk.put("response.json", response().to_string());
        desk
    }

    fn put(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.ressenti(&[&["questionnaire"], arguments].concat())
    }

    fn ressenti(&self, arguments: &[&str]) -> Output {
        let mut path = std::env::current_exe().unwrap();
        path.pop();
        path.pop();
        let mut command = Command::new(path.join("ressenti"));
        command.env_clear().current_dir(self.0.path()).args(arguments).output().unwrap()
    }
}

fn form() -> Value {
    let score = |n: i32| json!([{ "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": n }]);
    let option =
        |code: &str, n: i32| json!({ "valueCoding": { "code": code, "display": code, "extension": score(n) } });
    let sum = "%resource.item.answer.weight().sum()";
    let calculated = json!([{
        "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
        "valueExpression": { "language": "text/fhirpath", "expression": sum },
    }]);
    let french = |content: &str| {
        let part = |url: &str, field: &str, text: &str| json!({ "url": url, field: text });
        let parts = [part("lang", "valueCode", "fr"), part("content", "valueString", content)];
        json!({ "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": parts }] })
    };
    let when =
        |question: &str, coding: Value| json!([{ "question": question, "operator": "=", "answerCoding": coding }]);
    json!({
        "resourceType": "Questionnaire", "url": "http://example.org/Questionnaire/Sleep", "name": "Sleep",
        "title": "Your sleep", "status": "active", "version": "2.0", "publisher": "A hospital",
        "item": [
            { "linkId": "1", "type": "choice", "text": "How did you sleep?", "_text": french("Comment avez-vous dormi ?"),
              "answerOption": [option("Well", 0), option("Badly", 3)] },
            { "linkId": "2", "type": "boolean", "text": "Was it pain?", "_text": french("À cause de la douleur ?"),
              "enableWhen": when("1", json!({ "code": "Badly" })) },
            { "linkId": "3", "type": "decimal", "text": "Score", "readOnly": true, "extension": calculated },
        ],
    })
}

fn response() -> Value {
    json!({
        "resourceType": "QuestionnaireResponse", "questionnaire": "http://example.org/Questionnaire/Sleep|2.0",
        "status": "completed",
        "item": [
            { "linkId": "1", "answer": [{ "valueCoding": { "code": "Badly" } }] },
            { "linkId": "2", "answer": [{ "valueBoolean": true }] },
        ],
    })
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_sound_questionnaire_and_its_response_pass() {
    let output = Desk::new().run(&["check", "--json", "form.json", "response.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(lines(&output).iter().all(|line| line["severity"] == "warning"), "{:?}", lines(&output));
}

#[test]
fn each_problem_is_a_line_with_its_file_place_and_severity() {
    let desk = Desk::new();
    let mut form = form();
    form["item"][1]["enableWhen"][0]["question"] = json!("nowhere");
    desk.put("form.json", form.to_string());
    let mut response = response();
    response["item"][0]["answer"][0] = json!({ "valueCoding": { "code": "Never" } });
    desk.put("response.json", response.to_string());
    let output = desk.run(&["check", "--json", "form.json", "response.json"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let errors: Vec<Value> = lines(&output).into_iter().filter(|line| line["severity"] == "error").collect();
    assert_eq!(errors[0]["file"], "form.json");
    assert_eq!((&errors[0]["linkId"], &errors[0]["path"]), (&json!("2"), &json!("Questionnaire.item[1]")));
    assert_eq!(errors[1]["path"], "QuestionnaireResponse.item[0].answer[0]");
    assert_eq!(errors[1]["message"], "the answer is not among the options");
    let plain = String::from_utf8(desk.run(&["check", "form.json"]).stdout).unwrap();
    assert!(plain.contains("form.json: error: Questionnaire.item[1] (linkId 2): its enableWhen looks at nowhere"));
}

#[test]
fn evaluating_prints_what_is_enabled_and_calculated() {
    let desk = Desk::new();
    let state = |arguments: &[&str]| -> Value {
        let output = desk.run(arguments);
        assert!(output.status.success(), "{}", told(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let answered = state(&["evaluate", "form.json", "response.json"]);
    assert_eq!(answered["enabled"], json!({ "1": true, "2": true, "3": true }));
    assert_eq!(answered["calculated"], json!({ "3": [{ "valueDecimal": 3 }] }));
    assert!(answered["problems"].as_array().unwrap().iter().all(|problem| problem["severity"] == "warning"));
    let fresh = state(&["evaluate", "form.json"]);
    assert_eq!(fresh["enabled"], json!({ "1": true, "2": false, "3": true }));
    assert_eq!(fresh["calculated"], json!({ "3": [{ "valueDecimal": 0 }] }));
}

#[test]
fn a_file_that_cannot_be_read_ends_with_one_sentence() {
    let desk = Desk::new();
    desk.put("bytes.json", [0xff, 0xfe, 0x00]);
    desk.put("deep.json", "[".repeat(100_000));
    desk.put("cut.json", r#"{"resourceType": "#);
    desk.put("empty.json", "");
    desk.put("huge.json", "1e999");
    desk.put("patient.json", r#"{"resourceType": "Patient"}"#);
    desk.put("no-link.json", r#"{"resourceType": "Questionnaire", "item": [{"text": "?", "type": "string"}]}"#);
    for (file, sentence) in [
        ("nowhere.json", "There is no file nowhere.json."),
        (".", ". is a folder, not a file."),
        ("bytes.json", "The file bytes.json is not text in UTF-8."),
        ("deep.json", "is not JSON: recursion limit exceeded"),
        ("cut.json", "The file cut.json ends before its JSON does."),
        ("empty.json", "The file empty.json is empty."),
        ("huge.json", "is not JSON: number out of range"),
        ("patient.json", "is refused: this is Patient, not a FHIR Questionnaire."),
        ("no-link.json", "is refused: the item has no linkId"),
    ] {
        let output = desk.run(&["evaluate", file]);
        assert_eq!(output.status.code(), Some(2), "{file}: {}", told(&output));
        assert!(told(&output).contains(sentence) && told(&output).lines().count() == 1, "{file}: {}", told(&output));
        assert!(output.stdout.is_empty(), "{file}");
    }
    let output = desk.run(&["evaluate", "form.json", "form.json"]);
    assert_eq!(
        (output.status.code(), told(&output).as_str()),
        (Some(2), "ressenti: form.json is not a FHIR QuestionnaireResponse.\n")
    );
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    let desk = Desk::new();
    desk.put("form.json", format!("\u{feff}{}", form()));
    assert!(desk.run(&["evaluate", "form.json"]).status.success());
}

#[test]
fn an_imported_questionnaire_is_an_instrument_the_catalog_takes() {
    let desk = Desk::new();
    let output = desk.run(&["import", "form.json", "--out", "site"]);
    assert!(output.status.success(), "{}", told(&output));
    let read = |name: &str| fs::read_to_string(desk.0.path().join("site").join(name)).unwrap();
    let mut catalog = Catalog::shipped().unwrap();
    let version = catalog.add_definition("sleep", &read("definitions/sleep-2.0.toml")).unwrap();
    assert_eq!(version.to_string(), "sleep 2.0");
    catalog.add_pack("sleep", &read("wording/en/sleep-2.0.toml")).unwrap();
    let definition = catalog.find(&version).unwrap();
    assert_eq!(definition.items.len(), 2, "what is calculated is not asked");
    assert_eq!(definition.options.values().next().unwrap().codes, [0, 3], "scores are the codes");
    assert_eq!(serde_json::from_str::<Value>(&read("fhir/sleep-2.0.json")).unwrap(), form());
    let again = desk.run(&["import", "form.json", "--out", "site"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(told(&again).contains("is there already"), "{}", told(&again));
}

#[test]
fn a_translation_becomes_a_pack_of_its_own_when_it_is_whole() {
    let desk = Desk::new();
    desk.run(&["import", "form.json", "--out", "partly"]);
    assert!(!desk.0.path().join("partly/wording/fr").exists(), "its options are not translated");
    let mut form = form();
    form["item"].as_array_mut().unwrap().remove(0);
    form["item"][0].as_object_mut().unwrap().remove("enableWhen");
    desk.put("form.json", form.to_string());
    let output = desk.run(&["import", "form.json", "--out", "wholly"]);
    assert!(output.status.success(), "{}", told(&output));
    let french = fs::read_to_string(desk.0.path().join("wholly/wording/fr/sleep-2.0.toml")).unwrap();
    assert!(french.contains("À cause de la douleur ?") && french.contains("Oui"), "{french}");
}

#[test]
fn what_the_app_cannot_ask_refuses_the_import_and_writes_nothing() {
    let desk = Desk::new();
    let mut form = form();
    form["item"][1]["type"] = json!("attachment");
    desk.put("form.json", form.to_string());
    let output = desk.run(&["import", "form.json", "--out", "site"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("cannot ask for an answer of type attachment"));
    assert!(!Path::new(&desk.0.path().join("site")).exists());
}

#[test]
fn a_value_set_that_is_given_is_used() {
    let desk = Desk::new();
    let mut form = form();
    form["item"][0].as_object_mut().unwrap().remove("answerOption");
    form["item"][0]["answerValueSet"] = json!("http://example.org/ValueSet/sleep");
    desk.put("form.json", form.to_string());
    assert_eq!(desk.run(&["check", "form.json"]).status.code(), Some(1));
    let contains = json!([{ "code": "Well", "display": "Well" }, { "code": "Badly", "display": "Badly" }]);
    let set = json!({ "resourceType": "ValueSet", "url": "http://example.org/ValueSet/sleep", "expansion": { "contains": contains } });
    desk.put("sets.json", json!({ "resourceType": "Bundle", "entry": [{ "resource": set }] }).to_string());
    let output = desk.run(&["check", "form.json", "--value-sets", "sets.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_server_starts_with_the_sites_own_instruments_and_says_which_file_is_wrong() {
    let desk = Desk::new();
    desk.run(&["import", "form.json", "--out", "site"]);
    let start = || desk.ressenti(&["migrate", "--data", "data", "--instruments", "site"]);
    assert!(start().status.success(), "{}", told(&start()));
    let pack = desk.0.path().join("site/wording/en/sleep-2.0.toml");
    fs::write(&pack, fs::read_to_string(&pack).unwrap().replace("How did you sleep?", "")).unwrap();
    let refused = start();
    assert!(!refused.status.success());
    let told = told(&refused);
    assert!(told.contains("site/wording/en/sleep-2.0.toml: item 1: its question is blank"), "{told}");
    let nowhere = desk.ressenti(&["migrate", "--data", "data", "--instruments", "nowhere"]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("could not be read"), "{nowhere:?}");
}

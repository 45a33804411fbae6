//! What comes in pairs stays in pairs: the two engines' migrations, the two languages' texts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::sources;

/// The paths below a folder, without it.
fn below(folder: &str) -> BTreeSet<String> {
    sources().iter().filter_map(|source| source.path.strip_prefix(folder).map(str::to_owned)).collect()
}

#[test]
fn both_engines_have_the_same_migrations() {
    let sqlite = below("migrations/sqlite/");
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, below("migrations/postgres/"));
}

#[test]
fn both_languages_have_the_same_texts() {
    let french = texts("fr");
    assert!(!french.is_empty());
    assert_eq!(french, texts("en"));
}

/// Every key of every file of one language, with the marks within its text that a page fills in.
fn texts(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = format!("frontend/locales/{language}/");
    let mut texts = BTreeMap::new();
    for source in sources() {
        if let Some(file) = source.path.strip_prefix(&folder) {
            gather(file, &serde_json::from_str(&source.text).unwrap(), &mut texts);
        }
    }
    texts
}

fn gather(key: &str, value: &Value, texts: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        Value::Object(parts) => parts.iter().for_each(|(name, part)| gather(&format!("{key} {name}"), part, texts)),
        Value::Array(parts) => parts.iter().zip(0..).for_each(|(part, n)| gather(&format!("{key} {n}"), part, texts)),
        Value::String(text) => drop(texts.insert(key.to_owned(), marks(text))),
        Value::Null | Value::Bool(_) | Value::Number(_) => panic!("{key} is not a text: {value}"),
    }
}

/// The names between braces.
fn marks(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.trim().to_owned())).collect()
}

#[test]
fn a_mark_missing_in_one_language_is_noticed() {
    let (mut french, mut english) = (BTreeMap::new(), BTreeMap::new());
    gather("today", &serde_json::json!({ "due": "À faire avant {day}" }), &mut french);
    gather("today", &serde_json::json!({ "due": "Due soon" }), &mut english);
    assert_ne!(french, english);
}

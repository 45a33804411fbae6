//! The words of a form as wording packs: its own language, and each it is wholly translated into.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Naming,
    items::{Asked, AskedItem},
    options::Label,
};
use crate::{
    fhir::{
        dialect::extension_of,
        form::Form,
        json::{choice, extensions, text},
        problem::{Place, Report},
    },
    id::{Language, PackKey},
    instrument::{ItemKind, ItemWording, WordingPack},
};

/// Makes the packs.
pub(super) fn packs(
    form: &Form,
    asked: &Asked,
    naming: &Naming,
    (title, licence): (&str, &str),
    report: &mut Report,
) -> Vec<WordingPack> {
    let root = Place { path: "Questionnaire", link_id: None };
    let mut packs = Vec::new();
    for language in std::iter::once(None).chain(translations(form.source()).into_iter().map(Some)) {
        let tag = language.clone().unwrap_or_else(|| naming.language.clone());
        if language.as_ref() == Some(&naming.language) {
            continue;
        }
        let speaker = Speaker { form, language: language.as_ref().map(Language::as_str), tag: tag.as_str() };
        match speaker.pack(asked, naming, title, licence) {
            Ok(pack) => packs.push(pack),
            Err(missing) if language.is_some() => {
                report.warn(root, format!("its translation into {tag} has no words for {missing}, and is left"));
            }
            Err(missing) => {
                report.unsupported(root, "question without words", format!("it has no words for {missing}"));
            }
        }
    }
    packs
}

/// The languages that any text of the form is translated into.
fn translations(source: &Value) -> BTreeSet<Language> {
    let mut found = BTreeSet::new();
    let mut open = vec![source];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(fields) => {
                let tags = extensions(value, "translation").filter_map(|it| extension_of(it, "lang")?.as_str());
                found.extend(tags.filter_map(|tag| Language::parse(tag).ok()));
                open.extend(fields.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// The form in one language: its own, or one it is translated into.
struct Speaker<'a> {
    form: &'a Form,
    /// The language of the translation; none for the form's own words.
    language: Option<&'a str>,
    tag: &'a str,
}

impl Speaker<'_> {
    fn pack(&self, asked: &Asked, naming: &Naming, title: &str, licence: &str) -> Result<WordingPack, String> {
        let key = format!("{}-{}", naming.instrument.key, self.tag);
        let pack = PackKey::parse(&key).map_err(|_| format!("its key, as {key} is too long"))?;
        let language = Language::parse(self.tag).map_err(|error| error.to_string())?;
        let mut items = BTreeMap::new();
        for item in &asked.items {
            let words = self.item(item).ok_or_else(|| format!("item {}", item.item.code))?;
            items.insert(item.item.code.clone(), words);
        }
        let mut options = BTreeMap::new();
        for set in &asked.sets {
            let mut labels = BTreeMap::new();
            for option in &set.options {
                let label =
                    self.label(&option.label).ok_or_else(|| format!("option {} of {}", option.code, set.key))?;
                labels.insert(option.code.to_string(), label);
            }
            options.insert(set.key.clone(), labels);
        }
        let source = text(self.form.source(), "url").unwrap_or("a FHIR questionnaire without address");
        Ok(WordingPack {
            pack,
            instrument: naming.instrument.clone(),
            language,
            source: source.to_owned(),
            licence: licence.to_owned(),
            demonstration: false,
            title: self.say(self.form.source(), "title").unwrap_or_else(|| title.to_owned()),
            introduction: String::new(),
            recall: String::new(),
            items,
            options,
        })
    }

    fn item(&self, asked: &AskedItem) -> Option<ItemWording> {
        if asked.is_other {
            let text = self.word(["Which other?", "Quelle autre réponse\u{202f}?"]);
            return Some(ItemWording { text: text.to_owned(), help: None, low: None, high: None });
        }
        let at = |place: usize| self.form.item(place).and_then(|item| self.form.source().pointer(&item.pointer));
        let source = at(asked.place)?;
        let mut help: Vec<String> = asked.help.iter().filter_map(|place| self.say(at(*place)?, "text")).collect();
        // a question without words of its own is asked by the heading over it
        let question = self.say(source, "text").or_else(|| help.pop())?;
        let text = match self.say(source, "prefix") {
            Some(prefix) => format!("{prefix} {question}"),
            None => question,
        };
        help.extend(asked.unit.as_ref().map(|unit| format!("({unit})")));
        let help = help.join("\n");
        let bounds = if let ItemKind::Analogue { min, max } = asked.item.kind { vec![min, max] } else { Vec::new() };
        let end = |n: usize| {
            let bound = bounds.get(n)?;
            let named = asked.ends.get(n).copied().flatten().and_then(|place| self.say(at(place)?, "text"));
            Some(named.unwrap_or_else(|| bound.to_string()))
        };
        Some(ItemWording { text, help: (!help.is_empty()).then_some(help), low: end(0), high: end(1) })
    }

    fn label(&self, label: &Label) -> Option<String> {
        let word = |pair: [&str; 2]| Some(self.word(pair).to_owned());
        match label {
            Label::Yes => word(["Yes", "Oui"]),
            Label::No => word(["No", "Non"]),
            Label::Other(Some(own)) if self.language.is_none() => Some(own.clone()),
            Label::Other(_) => word(["Other", "Autre"]),
            Label::Answer(answer) => {
                let (field, value) = choice(answer, "value")?;
                if value.is_object() {
                    let code = || text(value, "code").map(str::to_owned);
                    return self.say(value, "display").or_else(|| code().filter(|_| self.language.is_none()));
                }
                let plain = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.say(answer, field).or_else(|| (self.language.is_none() || value.is_number()).then(plain))
            }
        }
    }

    /// A word of our own, in French where the pack is, else in English.
    fn word<'w>(&self, [english, french]: [&'w str; 2]) -> &'w str {
        if self.tag.starts_with("fr") { french } else { english }
    }

    /// A text of the form, in this language.
    fn say(&self, holder: &Value, field: &str) -> Option<String> {
        let words = match self.language {
            None => text(holder, field),
            Some(language) => {
                let beside = holder.get(format!("_{field}"))?;
                let mut translated = extensions(beside, "translation")
                    .filter(|translation| extension_of(translation, "lang").and_then(Value::as_str) == Some(language));
                translated.find_map(|translation| extension_of(translation, "content")?.as_str())
            }
        };
        words.map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned)
    }
}

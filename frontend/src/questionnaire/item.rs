//! How each kind of item is asked: rows for options, a scale, or fields.

use leptos::prelude::*;
use shared::{
    answers::AnswerValue,
    id::OptionSetKey,
    instrument::{InstrumentSheet, Item, ItemKind, ItemWording},
};

use super::{Entry, EntryProblem};
use crate::{
    i18n::{Locale, number, text::questionnaire},
    ui::{AnalogueScale, CheckRows, Choice, DateField, DateParts, Field, Keyboard, RadioRows, TextArea, Track},
    view::view,
};

/// The id of the field, or the start of the ids of the option rows.
pub(super) const FIELD: &str = "answer";
/// The id of the heading, which labels the field.
pub(super) const HEADING: &str = "question";

/// The fields of one item.
pub(super) struct Fields<'a> {
    pub(super) item: &'a Item,
    pub(super) sheet: &'a InstrumentSheet,
    pub(super) wording: &'a ItemWording,
    /// What they hold.
    pub(super) entry: RwSignal<Entry>,
    /// What is wrong; empty while nothing is.
    pub(super) error: Signal<String>,
    /// Told when an entry is whole: an option chosen, a finger lifted, a field left.
    pub(super) on_rest: Callback<()>,
}

impl Fields<'_> {
    pub(super) fn view(&self) -> AnyView {
        let (entry, error, on_leave) = (self.entry, self.error, self.on_rest);
        match &self.item.kind {
            ItemKind::Choice(set) => self.one_of(set),
            ItemKind::Choices(set) => self.some_of(set),
            ItemKind::Analogue { min, max } => self.scale(Track { min: *min, max: *max }),
            ItemKind::Integer { .. } => self.line(Keyboard::Digits),
            ItemKind::Decimal { .. } => self.line(Keyboard::Decimal),
            ItemKind::Date => {
                let value = two_way(entry, dated, Entry::Date);
                view! { <DateField id=FIELD value error on_leave /> }.into_any()
            }
            ItemKind::Text { max_length } => {
                let value = two_way(entry, typed, Entry::Typed);
                view! { <TextArea id=FIELD value labelled_by=HEADING max_length=*max_length error on_leave /> }
                    .into_any()
            }
        }
    }

    fn choose(&self) -> impl Fn(AnswerValue) + Copy + Send + Sync + 'static {
        let (entry, on_rest) = (self.entry, self.on_rest);
        move |value| {
            entry.set(Entry::Chosen(Some(value)));
            on_rest.run(());
        }
    }

    fn one_of(&self, set: &OptionSetKey) -> AnyView {
        let (entry, choose) = (self.entry, self.choose());
        let chosen = Signal::derive(move || {
            if let Entry::Chosen(Some(AnswerValue::Code(code))) = entry.get() { Some(code) } else { None }
        });
        let on_choose = move |code| choose(AnswerValue::Code(code));
        view! { <RadioRows name=FIELD choices=choices(self.sheet, set) chosen on_choose /> }.into_any()
    }

    fn some_of(&self, set: &OptionSetKey) -> AnyView {
        let (entry, choose) = (self.entry, self.choose());
        let chosen = Signal::derive(move || {
            if let Entry::Chosen(Some(AnswerValue::Codes(codes))) = entry.get() { codes } else { Vec::new() }
        });
        let exclusive = self.sheet.definition.options.get(set).map(|set| set.exclusive.clone()).unwrap_or_default();
        let on_choose = move |codes: Vec<i32>| {
            if codes.is_empty() { entry.set(Entry::Chosen(None)) } else { choose(AnswerValue::Codes(codes)) }
        };
        view! { <CheckRows name=FIELD choices=choices(self.sheet, set) exclusive chosen on_choose /> }.into_any()
    }

    fn scale(&self, track: Track) -> AnyView {
        let (entry, choose) = (self.entry, self.choose());
        let position = Signal::derive(move || {
            if let Entry::Chosen(Some(AnswerValue::Integer(at))) = entry.get() { i32::try_from(at).ok() } else { None }
        });
        let at = |position: i32| AnswerValue::Integer(i64::from(position));
        let on_move = move |position| entry.set(Entry::Chosen(Some(at(position))));
        let on_rest = move |position| choose(at(position));
        let (low, high) = (self.wording.low.clone().unwrap_or_default(), self.wording.high.clone().unwrap_or_default());
        view! { <AnalogueScale track position on_move on_rest low high labelled_by=HEADING id=FIELD /> }.into_any()
    }

    fn line(&self, keyboard: Keyboard) -> AnyView {
        let (error, on_leave) = (self.error, self.on_rest);
        let value = two_way(self.entry, typed, Entry::Typed);
        view! { <Field id=FIELD value labelled_by=HEADING error keyboard on_leave /> }.into_any()
    }
}

fn dated(entry: &Entry) -> DateParts {
    if let Entry::Date(parts) = entry { parts.clone() } else { DateParts::default() }
}

fn typed(entry: &Entry) -> String {
    if let Entry::Typed(text) = entry { text.clone() } else { String::new() }
}

/// A field's own signal, whose changes go into the entry.
fn two_way<T: Clone + PartialEq + Send + Sync + 'static>(
    entry: RwSignal<Entry>,
    read: fn(&Entry) -> T,
    write: fn(T) -> Entry,
) -> RwSignal<T> {
    let value = RwSignal::new(entry.with_untracked(read));
    Effect::watch(move || value.get(), move |now, _, _| entry.set(write(now.clone())), false);
    value
}

fn choices(sheet: &InstrumentSheet, set: &OptionSetKey) -> Vec<Choice> {
    let codes = sheet.definition.options.get(set).map(|set| set.codes.as_slice()).unwrap_or_default();
    let choice = |code: &i32| Choice {
        code: *code,
        label: sheet.wording.find_option(set, *code).map_or_else(|| code.to_string(), str::to_owned),
    };
    codes.iter().map(choice).collect()
}

/// The id that an error's link leads to: the field, or the first option.
pub(super) fn first_field(item: &Item, sheet: &InstrumentSheet) -> String {
    match &item.kind {
        ItemKind::Choice(set) | ItemKind::Choices(set) => {
            let first = sheet.definition.options.get(set).and_then(|set| set.codes.first());
            first.map_or_else(|| FIELD.to_owned(), |code| format!("{FIELD}-{code}"))
        }
        ItemKind::Analogue { .. }
        | ItemKind::Integer { .. }
        | ItemKind::Decimal { .. }
        | ItemKind::Date
        | ItemKind::Text { .. } => FIELD.to_owned(),
    }
}

/// Why it cannot go on, and what would do.
pub(super) fn problem_words(locale: Locale, kind: &ItemKind, problem: EntryProblem) -> String {
    match kind {
        ItemKind::Choice(_) => questionnaire::choose_one(locale).to_owned(),
        ItemKind::Choices(_) => questionnaire::choose_some(locale).to_owned(),
        ItemKind::Analogue { .. } => questionnaire::touch_scale(locale).to_owned(),
        ItemKind::Integer { min, max } => questionnaire::enter_whole(locale, max, min),
        ItemKind::Decimal { min, max } => {
            questionnaire::enter_decimal(locale, number(locale, *max), number(locale, *min))
        }
        ItemKind::Date => questionnaire::enter_date(locale).to_owned(),
        ItemKind::Text { .. } if problem == EntryProblem::Missing => questionnaire::enter_text(locale).to_owned(),
        ItemKind::Text { max_length } => questionnaire::too_long(locale, max_length),
    }
}

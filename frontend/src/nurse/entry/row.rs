//! One item of the grid: its words, a box for digits, its options to press, and why there is no answer.

use leptos::{ev, prelude::*};
use shared::{
    answers::SkipReason,
    instrument::{InstrumentSheet, Item, ItemKind},
};

use super::{
    draft::Fault,
    typed::{self, Said, Texts},
    words::{fault_words, skip_name},
};
use crate::{
    i18n::text::nurse::entry as text,
    staff::Desk,
    ui::{Icon, Symbol},
};

/// Where the keyboard goes next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// To the next item that applies.
    Next,
    /// To the one before.
    Back,
}

/// The id of an item's box.
pub(super) fn box_id(code: &str) -> String {
    format!("item-{code}")
}

/// One item's box: what stands in it, and what typing does.
#[derive(Clone, Copy)]
struct ItemBox {
    sheet: StoredValue<InstrumentSheet>,
    item: StoredValue<Item>,
    texts: RwSignal<Texts>,
    value: Memo<String>,
    applies: Signal<bool>,
    on_step: Callback<Step>,
}

impl ItemBox {
    fn put(self, text: String) {
        let code = self.item.with_value(|item| item.code.clone());
        self.texts.update(|texts| {
            texts.insert(code, text);
        });
    }

    /// Takes what was typed, and goes on where nothing more can come.
    fn type_in(self, typed: &str) {
        let read = |sheet: &InstrumentSheet, item: &Item| {
            let text = typed::corrected(&sheet.definition, item, typed.trim_start());
            let done = typed::is_done(&sheet.definition, item, &text);
            (text, done)
        };
        let (text, done) = self.sheet.with_value(|sheet| self.item.with_value(|item| read(sheet, item)));
        self.put(text);
        if done {
            self.on_step.run(Step::Next);
        }
    }

    fn press_key(self, key: &ev::KeyboardEvent) {
        let step = match key.key().as_str() {
            "Enter" | "ArrowDown" => Step::Next,
            "ArrowUp" => Step::Back,
            _ => return,
        };
        key.prevent_default();
        self.on_step.run(step);
    }

    fn is_wrong(self) -> bool {
        let read = |sheet: &InstrumentSheet, text: &str| {
            self.item.with_value(|item| typed::read(&sheet.definition, item, text) == Said::Wrong)
        };
        self.value.with(|text| self.sheet.with_value(|sheet| read(sheet, text)))
    }
}

/// The row.
#[component]
pub(super) fn ItemRow(
    /// What is asked, in the words of the form.
    sheet: StoredValue<InstrumentSheet>,
    /// The place of the item in the instrument.
    nth: usize,
    /// Every box.
    texts: RwSignal<Texts>,
    /// Whether it applies, by what was answered before it.
    #[prop(into)]
    applies: Signal<bool>,
    /// What is wrong with it.
    #[prop(into)]
    fault: Signal<Option<Fault>>,
    /// Told where the keyboard goes.
    on_step: Callback<Step>,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let item = sheet.with_value(|sheet| sheet.definition.items.get(nth).cloned())?;
    let (words, language) = sheet.with_value(|sheet| {
        let words = sheet.wording.items.get(&item.code).map(|words| words.text.clone());
        (words.unwrap_or_else(|| item.topic.clone()), sheet.wording.language.to_string())
    });
    let words_id = format!("{}-words", box_id(item.code.as_str()));
    let value = {
        let code = item.code.clone();
        Memo::new(move |_| texts.with(|texts| texts.get(&code).cloned().unwrap_or_default()))
    };
    let it = ItemBox { sheet, item: StoredValue::new(item), texts, value, applies, on_step };
    let error = move || {
        fault.get().map(|fault| {
            let words = move || fault_words(locale.get(), fault);
            view! { <p class="field-error"><Icon symbol=Symbol::Warning /><span>{words}</span></p> }
        })
    };
    Some(view! {
        <tr
            class="grid-row"
            class:grid-off=move || !applies.get()
            class:grid-wrong=move || fault.get().is_some() || it.is_wrong()
        >
            <th scope="row" class="grid-words">
                <span class="grid-number">{nth + 1}</span>
                <span id=words_id.clone() lang=language>{words}</span>
                {error}
            </th>
            <td><div class="grid-answer"><Typed it words_id /><Options it /></div></td>
            <td class="grid-reason"><Reason it /></td>
        </tr>
    })
}

/// The box itself.
#[component]
fn Typed(it: ItemBox, words_id: String) -> impl IntoView {
    let (id, wide) = it
        .item
        .with_value(|item| (box_id(item.code.as_str()), matches!(item.kind, ItemKind::Text { .. } | ItemKind::Date)));
    view! {
        <input
            id=id
            class="grid-box"
            class:grid-box-wide=wide
            type="text"
            autocomplete="off"
            spellcheck="false"
            aria-labelledby=words_id
            aria-invalid=move || it.is_wrong().then_some("true")
            prop:readOnly=move || !it.applies.get()
            tabindex=move || if it.applies.get() { "0" } else { "-1" }
            prop:value=it.value
            on:input=move |change| it.type_in(&event_target_value(&change))
            on:keydown=move |key| it.press_key(&key)
        />
    }
}

/// The options to press, or what the box takes.
#[component]
fn Options(it: ItemBox) -> impl IntoView {
    let ItemBox { sheet, item, value, applies, .. } = it;
    let kind = item.with_value(|item| item.kind.clone());
    let set = match kind {
        ItemKind::Choice(set) | ItemKind::Choices(set) => set,
        ItemKind::Analogue { min, max } => return takes(i64::from(min), i64::from(max)).into_any(),
        ItemKind::Integer { min, max } => return takes(min, max).into_any(),
        ItemKind::Decimal { .. } | ItemKind::Date | ItemKind::Text { .. } => return ().into_any(),
    };
    let labels = sheet.with_value(|sheet| {
        let codes = sheet.definition.options.get(&set).map(|options| options.codes.clone()).unwrap_or_default();
        let label = |code: i32| (code, sheet.wording.find_option(&set, code).unwrap_or_default().to_owned());
        codes.into_iter().map(label).collect::<Vec<_>>()
    });
    let language = sheet.with_value(|sheet| sheet.wording.language.to_string());
    let chosen = move |code: i32| value.with(|text| text.split_whitespace().any(|part| part == code.to_string()));
    let option = |(code, label): (i32, String)| {
        let press = move |_| it.put(item.with_value(|item| typed::pressed(&item.kind, &value.get_untracked(), code)));
        view! {
            <button
                type="button"
                class="option-chip"
                tabindex="-1"
                aria-pressed=move || if chosen(code) { "true" } else { "false" }
                disabled=move || !applies.get()
                on:click=press
            >
                <span class="option-code">{code}</span>
                {label}
            </button>
        }
    };
    view! { <span class="option-chips" lang=language>{labels.into_iter().map(option).collect_view()}</span> }.into_any()
}

/// The numbers that a box takes.
fn takes(min: i64, max: i64) -> impl IntoView {
    let locale = Desk::find().locale;
    view! { <span class="quiet">{move || text::takes(locale.get(), max, min)}</span> }
}

/// Why there is no answer.
#[component]
fn Reason(it: ItemBox) -> impl IntoView {
    let locale = Desk::find().locale;
    let ItemBox { value, applies, .. } = it;
    let option = move |reason: SkipReason| {
        let mark = typed::mark(reason).unwrap_or_default();
        let chosen = move || value.with(|text| text == mark);
        view! {
            <option value=mark prop:selected=chosen>{move || format!("{mark}  {}", skip_name(locale.get(), reason))}</option>
        }
    };
    let none = move || value.with(|text| SkipReason::OF_STAFF.iter().all(|it| typed::mark(*it) != Some(text.as_str())));
    view! {
        <select
            class="field-input grid-select"
            tabindex="-1"
            aria-label=move || text::reason(locale.get())
            disabled=move || !applies.get()
            on:change=move |change| it.put(event_target_value(&change))
        >
            <option value="" prop:selected=none>{move || text::no_reason(locale.get())}</option>
            {SkipReason::OF_STAFF.map(option).into_iter().collect_view()}
        </select>
    }
}

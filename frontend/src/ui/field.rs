//! Fields to type in: text, numbers, dates in three parts.

use leptos::prelude::*;
use shared::{json, time::Date};

use super::ErrorLine;
use crate::{
    i18n::{text::common, use_locale},
    view::{view, when},
};

/// Which keyboard a phone shows, and what a field looks like.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Keyboard {
    /// Letters.
    #[default]
    Text,
    /// Digits.
    Digits,
    /// Digits and a decimal mark.
    Decimal,
    /// Capitals and digits, spaced for copying.
    Code,
    /// Digits that nobody else should see.
    Pin,
    /// A password.
    Password,
    /// Digits that nobody else should see, and that no browser offers to remember.
    Hidden,
}

impl Keyboard {
    /// Input type, input mode and class.
    const fn attributes(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Text => ("text", "text", "field-input"),
            Self::Digits => ("text", "numeric", "field-input field-short"),
            Self::Decimal => ("text", "decimal", "field-input field-short"),
            Self::Code => ("text", "text", "field-input field-code"),
            Self::Pin => ("password", "numeric", "field-input field-pin"),
            Self::Password => ("password", "text", "field-input"),
            Self::Hidden => ("text", "numeric", "field-input field-pin field-hidden"),
        }
    }
}

/// A field of one line. Its label is above it unless the page's heading is its label.
#[component]
pub fn Field(
    /// Its id.
    #[prop(into)]
    id: String,
    /// What it holds.
    value: RwSignal<String>,
    /// Its label; none when the heading labels it.
    #[prop(optional, into)]
    label: Signal<String>,
    /// The id of the heading that labels it, when there is no label.
    #[prop(optional, into)]
    labelled_by: String,
    /// A sentence of help.
    #[prop(optional, into)]
    help: Signal<String>,
    /// What is wrong; empty while nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// Which keyboard.
    #[prop(optional)]
    keyboard: Keyboard,
    /// What a browser may fill in; nothing unless said.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Told when the value was left.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let (kind, mode, class) = keyboard.attributes();
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described_by = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        move || described_by(&help_id, help.with(String::is_empty), &error_id, error.with(String::is_empty))
    };
    let label_for = id.clone();
    let label_view = move || view! { <label class="field-label" for=label_for.clone()>{label}</label> };
    let help_view = move || view! { <p class="field-help" id=help_id.clone()>{help}</p> };
    let labelled_by = (!labelled_by.is_empty()).then_some(labelled_by);
    view! {
        <div class="field" class:field-wrong=move || !error.with(String::is_empty)>
            {when(move || !label.with(String::is_empty), label_view)}
            {when(move || !help.with(String::is_empty), help_view)}
            <ErrorLine id=error_id words=error />
            <input
                id=id
                class=class
                type=kind
                inputmode=mode
                autocomplete=autocomplete
                spellcheck="false"
                aria-labelledby=labelled_by
                aria-describedby=described_by
                aria-invalid=move || (!error.with(String::is_empty)).then_some("true")
                prop:value=value
                on:input=move |change| value.set(event_target_value(&change))
                on:change=move |_| if let Some(leave) = on_leave { leave.run(()) }
            />
        </div>
    }
}

fn described_by(help_id: &str, no_help: bool, error_id: &str, no_error: bool) -> Option<String> {
    let ids = [(help_id, no_help), (error_id, no_error)];
    let present: Vec<&str> = ids.into_iter().filter(|(_, absent)| !absent).map(|(id, _)| id).collect();
    (!present.is_empty()).then(|| present.join(" "))
}

/// A field of several lines, labelled by the page's heading.
#[component]
pub fn TextArea(
    /// Its id.
    #[prop(into)]
    id: String,
    /// What it holds.
    value: RwSignal<String>,
    /// The id of the heading that labels it.
    #[prop(into)]
    labelled_by: String,
    /// Longest, in characters.
    max_length: u16,
    /// What is wrong; empty while nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// Told when the value was left.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let described_by = error_id.clone();
    view! {
        <div class="field" class:field-wrong=move || !error.with(String::is_empty)>
            <ErrorLine id=error_id words=error />
            <textarea
                id=id
                class="field-input"
                rows="4"
                maxlength=max_length.to_string()
                aria-labelledby=labelled_by
                aria-describedby=move || (!error.with(String::is_empty)).then(|| described_by.clone())
                aria-invalid=move || (!error.with(String::is_empty)).then_some("true")
                prop:value=value
                on:input=move |change| value.set(event_target_value(&change))
                on:change=move |_| if let Some(leave) = on_leave { leave.run(()) }
            ></textarea>
        </div>
    }
}

/// Day, month and year as typed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DateParts {
    /// 1 to 31.
    pub day: String,
    /// 1 to 12.
    pub month: String,
    /// Four digits.
    pub year: String,
}

impl DateParts {
    /// The parts of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self { day: date.day().to_string(), month: date.month().to_string(), year: date.year().to_string() }
    }

    /// The date they make; `None` if they make none, or the year is not of four digits.
    #[must_use]
    pub fn parse(&self) -> Option<Date> {
        let year = self.year.trim();
        if year.len() != 4 {
            return None;
        }
        Date::new(year.parse().ok()?, self.month.trim().parse().ok()?, self.day.trim().parse().ok()?).ok()
    }

    /// Nothing was typed yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.day, &self.month, &self.year].into_iter().all(|part| part.trim().is_empty())
    }
}

/// A date in three fields, within a fieldset that names it.
#[component]
pub fn DateField(
    /// Its id; the day's field has it.
    #[prop(into)]
    id: String,
    /// What is typed.
    value: RwSignal<DateParts>,
    /// What is wrong; empty while nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// Told when a part was left.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let locale = use_locale();
    let error_id = format!("{id}-error");
    let part = {
        let (id, error_id) = (id.clone(), error_id.clone());
        move |name: &'static str, wide: bool, read: fn(&mut DateParts) -> &mut String| {
            let part_id = if name.is_empty() { id.clone() } else { format!("{id}-{name}") };
            let error_id = error_id.clone();
            let label = move || match name {
                "" => common::day(locale.get()),
                "month" => common::month(locale.get()),
                _ => common::year(locale.get()),
            };
            view! {
                <div class="field-part" class:field-part-wide=wide>
                    <label class="field-label" for=part_id.clone()>{label}</label>
                    <input
                        id=part_id
                        class="field-input"
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        maxlength=if wide { "4" } else { "2" }
                        aria-describedby=move || (!error.with(String::is_empty)).then(|| error_id.clone())
                        aria-invalid=move || (!error.with(String::is_empty)).then_some("true")
                        prop:value=move || value.with(|parts| read(&mut parts.clone()).clone())
                        on:input=move |change| value.update(|parts| *read(parts) = event_target_value(&change))
                        on:change=move |_| if let Some(leave) = on_leave { leave.run(()) }
                    />
                </div>
            }
        }
    };
    view! {
        <div class="field" class:field-wrong=move || !error.with(String::is_empty)>
            <ErrorLine id=error_id words=error />
            <div class="field-parts">
                {part("", false, |parts| &mut parts.day)}
                {part("month", false, |parts| &mut parts.month)}
                {part("year", true, |parts| &mut parts.year)}
            </div>
        </div>
    }
}

/// A number as people type it: a comma or a point before the decimals, spaces between thousands.
#[must_use]
pub fn parse_decimal(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if digits.trim_matches('.').is_empty() || !all_digits(whole) || !all_digits(decimals) {
        return None;
    }
    // Read as JSON is: the standard library's own reading would put its tables into the download as well.
    json::read(&format!("{sign}{:0>1}.{decimals:0>1}", whole.trim_start_matches('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_and_a_point_mean_the_same() {
        assert_eq!(parse_decimal("62,5"), Some(62.5));
        assert_eq!(parse_decimal(" 1\u{202f}062.5 "), Some(1062.5));
        for (text, number) in [("-0,5", -0.5), ("007", 7.0), (",5", 0.5), ("5.", 5.0), ("0.1", 0.1), ("0", 0.0)] {
            assert_eq!(parse_decimal(text), Some(number), "{text}");
        }
        for nonsense in ["", "abc", "1e9", "NaN", "inf", "1,2,3", "-", ".", "--1", "1-2"] {
            assert_eq!(parse_decimal(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_date_needs_three_parts_that_exist() {
        let parts = |day: &str, month: &str, year: &str| DateParts {
            day: day.to_owned(),
            month: month.to_owned(),
            year: year.to_owned(),
        };
        assert_eq!(parts("3", "02", "2026").parse().map(|date| date.to_string()).as_deref(), Some("2026-02-03"));
        for wrong in [parts("30", "2", "2026"), parts("3", "2", "26"), parts("", "2", "2026")] {
            assert_eq!(wrong.parse(), None);
        }
    }
}

//! Forms on paper: the words of the pack, a box for each option, and on every page the code that opens the entry.

use std::fmt::Write as _;

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{FormsReply, FormsRequest, PaperForm, PatientReply},
    id::PatientId,
    instrument::{InstrumentSheet, Item, ItemKind, Recall},
    time::Date,
};

use super::{
    super::qr,
    chooser::{Choice, Chooser},
    pages::Failed,
};
use crate::{
    address,
    i18n::{
        Locale, long_date,
        text::nurse::{entry as text, paper},
    },
    questionnaire::recall_dates,
    staff::{Desk, Fetch, Route, Trouble},
    ui::{Button, DateField, DateParts, Heading, Link, Look},
};

/// Longest labels that still stand beside each other.
const BESIDE: usize = 64;

/// The page.
#[component]
pub(crate) fn PaperPage(
    /// Whose forms.
    patient: PatientId,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let fetch = Fetch::<PatientReply>::new(Signal::stored(format!("/api/patients/{patient}")));
    view! {
        <div class="no-print">
            <Heading text=Signal::derive(move || text::print_title(locale.get()).to_owned()) />
            <p class="lead">{move || text::print_lead(locale.get())}</p>
        </div>
        {fetch.view(move |file| view! { <Printing file /> })}
    }
}

#[component]
fn Printing(file: PatientReply) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let patient = file.patient.patient;
    let choice = Choice::new(&file);
    let fill_on = RwSignal::new(DateParts::default());
    let forms = RwSignal::new(None::<(FormsReply, Option<Date>)>);
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<Trouble>));
    let make = move |_| {
        let Some(assessment) = untrack(move || choice.assessment()) else { return };
        let Ok(language) = choice.language.with_untracked(|text| text.parse()) else { return };
        let request = FormsRequest { assessment, language, instrument: untrack(move || choice.instrument()) };
        let day = fill_on.with_untracked(DateParts::parse);
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            match desk.post::<FormsReply>(&format!("/api/patients/{patient}/forms"), &request).await {
                Ok(reply) => {
                    let _ = forms.try_set(Some((reply, day)));
                }
                Err(why) => {
                    let _ = trouble.try_set(Some(why));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let show_words =
        move || if forms.with(Option::is_some) { text::show_again(locale.get()) } else { text::show(locale.get()) };
    view! {
        <section class="panel no-print">
            <Chooser choice file all_together=true />
            <fieldset class="fieldset">
                <legend class="field-label">{move || text::fill_on(locale.get())}</legend>
                <p class="field-help">{move || text::fill_on_help(locale.get())}</p>
                <DateField id="paper-day" value=fill_on />
            </fieldset>
            <Failed trouble />
            <p class="actions">
                <Show when=move || forms.with(Option::is_some)>
                    <Button on_press=move |_| address::print_page()>{move || text::print(locale.get())}</Button>
                </Show>
                <Show when=move || choice.assessment().is_some()>
                    <Button look=Look::Secondary busy on_press=make>{show_words}</Button>
                </Show>
                <Link to=Route::Patient(patient).path()>{move || text::to_file(locale.get())}</Link>
            </p>
        </section>
        {move || forms.get().map(|(reply, day)| {
            let FormsReply { registry_number, phone, forms } = reply;
            let sheet = |form: PaperForm| {
                view! { <Form form number=registry_number.clone() phone=phone.clone() day /> }
            };
            forms.into_iter().map(sheet).collect_view()
        })}
    }
}

/// One form. What stands in the table's head comes again on every page.
#[component]
fn Form(form: PaperForm, number: String, phone: String, day: Option<Date>) -> impl IntoView {
    let PaperForm { code, wording, sheet } = form;
    let locale = Locale::of(&wording.language);
    let address = format!("{}{}", address::origin(), Route::Form(code).path());
    let drawing = qr::draw(&address).map(|drawing| {
        view! {
            <svg class="paper-qr" viewBox=drawing.view_box role="img" aria-label=paper::qr(locale)>
                <path class="letter-qr-ink" d=drawing.path shape-rendering="crispEdges" />
            </svg>
        }
    });
    let version =
        format!("{} · {} · {}", sheet.definition.instrument, wording.pack, wording.hash.get(..12).unwrap_or_default());
    let rows = sheet.definition.items.iter().enumerate().map(|(nth, item)| paper_item(&sheet, locale, nth, item));
    let rows = rows.collect_view();
    let recall = recall_line(&sheet, locale, day);
    let demonstration = sheet.wording.demonstration.then(|| paper::demonstration(locale));
    let filled_on = day.map_or_else(|| paper::filled_on_blank(locale).to_owned(), |day| long_date(locale, day));
    view! {
        <article class="paper" lang=locale.tag()>
            <table>
                <thead>
                    <tr>
                        <td>
                            <div class="paper-head">
                                <div>
                                    <p class="paper-number">{paper::patient(locale, &number)}</p>
                                    <p class="paper-version">{version}</p>
                                    {demonstration.map(|words| view! { <p class="paper-demonstration">{words}</p> })}
                                </div>
                                <div class="paper-code"><p>{code.to_string()}</p>{drawing}</div>
                            </div>
                        </td>
                    </tr>
                </thead>
                <tbody>
                    <tr>
                        <td class="paper-intro">
                            <h2>{sheet.wording.title.clone()}</h2>
                            <p>{sheet.wording.introduction.clone()}</p>
                            <p>{paper::how(locale)}</p>
                            <p>{paper::filled_on(locale)}" "<strong>{filled_on}</strong></p>
                            {recall}
                        </td>
                    </tr>
                    {rows}
                    <tr>
                        <td class="paper-end">
                            <p>{paper::helped(locale)}</p>
                            <ul class="paper-options paper-beside">
                                <li><span class="paper-box"></span>{paper::alone(locale)}</li>
                                <li><span class="paper-box"></span>{paper::with_help(locale)}</li>
                            </ul>
                            <p>{paper::thanks(locale, &phone)}</p>
                        </td>
                    </tr>
                </tbody>
            </table>
        </article>
    }
}

/// The recall period of the instrument, with its dates where the day of filling in is known.
fn recall_line(sheet: &InstrumentSheet, locale: Locale, day: Option<Date>) -> Option<impl IntoView + use<>> {
    let recall = sheet.definition.recall;
    let words = sheet.wording.recall.clone();
    let dates = day.map(|day| recall_dates(locale, recall, day)).filter(|dates| !dates.is_empty());
    let dates = dates.map(|dates| format!(" ({dates})"));
    (recall != Recall::None && !words.is_empty()).then(|| view! { <p class="paper-recall">{words}{dates}</p> })
}

/// One question with its boxes, never torn apart by a page.
fn paper_item(sheet: &InstrumentSheet, locale: Locale, nth: usize, item: &Item) -> impl IntoView + use<> {
    let words = sheet.wording.items.get(&item.code);
    let text = words.map_or_else(|| item.topic.clone(), |words| words.text.clone());
    let help = words.and_then(|words| words.help.clone()).map(|help| view! { <p class="paper-help">{help}</p> });
    let condition = item.applies.is_some().then(|| view! { <p class="paper-help">{paper::if_applies(locale)}</p> });
    let answer = match &item.kind {
        ItemKind::Choice(set) | ItemKind::Choices(set) => {
            let several = matches!(item.kind, ItemKind::Choices(_)).then(|| paper::several(locale));
            let codes = sheet.definition.options.get(set).map(|options| options.codes.clone()).unwrap_or_default();
            let label = |code: i32| (code, sheet.wording.find_option(set, code).unwrap_or_default().to_owned());
            let labels: Vec<(i32, String)> = codes.into_iter().map(label).collect();
            let class = if stands_beside(&labels) { "paper-options paper-beside" } else { "paper-options" };
            let option = |(code, label): (i32, String)| {
                view! { <li><span class="paper-box">{code}</span><span>{label}</span></li> }
            };
            view! {
                {several.map(|words| view! { <p class="paper-help">{words}</p> })}
                <ul class=class>{labels.into_iter().map(option).collect_view()}</ul>
            }
            .into_any()
        }
        ItemKind::Analogue { min, max } => {
            let ends = words.map(|words| (words.low.clone(), words.high.clone())).unwrap_or_default();
            analogue(locale, *min, *max, ends).into_any()
        }
        ItemKind::Text { .. } => view! { <p class="paper-lines"></p><p class="paper-lines"></p> }.into_any(),
        ItemKind::Integer { .. } | ItemKind::Decimal { .. } | ItemKind::Date => {
            view! { <p class="paper-blank"></p> }.into_any()
        }
    };
    view! {
        <tr class="paper-item">
            <td>
                <p class="paper-question"><span class="paper-nth">{nth + 1}</span>{text}</p>
                {help}{condition}{answer}
            </td>
        </tr>
    }
}

/// Whether labels are short enough to stand beside each other.
fn stands_beside(labels: &[(i32, String)]) -> bool {
    labels.len() <= 7 && labels.iter().map(|(_, label)| label.chars().count()).sum::<usize>() <= BESIDE
}

/// A vertical scale with a tick for each step of a hundred and its numbers by tens; nothing is marked on it.
fn analogue(locale: Locale, min: i32, max: i32, (low, high): (Option<String>, Option<String>)) -> impl IntoView {
    let span = f64::from((max - min).max(1));
    let place = move |value: i32| 10.0 + 1000.0 * f64::from(max - value) / span;
    let step = ((max - min) / 100).max(1);
    let mut d = "M60 10V1010".to_owned();
    for value in (min..=max).step_by(usize::try_from(step).unwrap_or(1)) {
        let half = match (value - min) / step {
            nth if nth % 10 == 0 => 34,
            nth if nth % 5 == 0 => 24,
            _ => 15,
        };
        let _ = write!(d, "M{} {:.1}h{}", 60 - half, place(value), 2 * half);
    }
    let number = move |value: i32| {
        view! { <text class="paper-scale-number" x="104" y=format!("{:.1}", place(value) + 9.0)>{value}</text> }
    };
    let numbers = (min..=max).step_by(usize::try_from(10 * step).unwrap_or(10)).map(number).collect_view();
    view! {
        <div class="paper-scale">
            <div>
                <p class="paper-scale-end">{high}</p>
                <p class="paper-help">{paper::mark(locale)}</p>
                <p>{paper::number(locale)}<span class="paper-blank"></span></p>
                <p class="paper-scale-end">{low}</p>
            </div>
            <svg viewBox="0 0 170 1020" class="paper-scale-drawing" role="img" aria-label=paper::scale(locale)>
                <path d=d class="paper-scale-line" />
                {numbers}
            </svg>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_labels_stand_beside_each_other_and_long_ones_below() {
        let labels = |words: &[&str]| (1..).zip(words.iter().map(|word| (*word).to_owned())).collect::<Vec<_>>();
        assert!(stands_beside(&labels(&["Pas du tout", "Un peu", "Assez", "Beaucoup"])));
        assert!(!stands_beside(&labels(&["Rien ne me gêne quand je marche chez moi ou dehors", "Un rien me gêne"])));
    }
}

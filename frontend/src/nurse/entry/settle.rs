//! One form typed in twice: what differs, item by item, and which of both stands.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::{
    answers::ItemResponse,
    api::{AmendRequest, AnswerLine, PatientReply, ReceivedQuestionnaire},
    id::{AssessmentId, InstrumentKey, ItemCode, PatientId},
};

use super::{amend::send_corrections, pages::Failed, words::skip_name};
use crate::{
    i18n::{Locale, text::nurse::entry as text},
    session,
    staff::{Desk, Fetch, Trouble},
    ui::{Button, Field, Notice, TableRoom, Tone},
};

/// What an entry says of an item.
fn response(line: &AnswerLine) -> Option<ItemResponse> {
    let answered = line.value.clone().map(ItemResponse::Answered);
    answered.or_else(|| line.skipped.map(ItemResponse::Skipped))
}

/// The same in words.
fn words(locale: Locale, line: Option<&AnswerLine>) -> String {
    match line {
        Some(line) if line.value.is_some() => line.words.clone(),
        Some(AnswerLine { skipped: Some(why), .. }) => skip_name(locale, *why).to_owned(),
        Some(_) | None => text::nothing(locale).to_owned(),
    }
}

/// The lines of the first two entries of an item.
fn both<'a>(one: &'a ReceivedQuestionnaire, item: &ItemCode) -> [Option<&'a AnswerLine>; 2] {
    let line = |nth: usize| one.copies.get(nth).and_then(|copy| copy.answers.iter().find(|line| line.item == *item));
    [line(0), line(1)]
}

/// The section; it asks for the file itself, as both entries are there.
#[component]
pub(crate) fn Settle(
    /// Whose.
    patient: PatientId,
    /// Which occasion.
    assessment: AssessmentId,
    /// Which questionnaire.
    instrument: InstrumentKey,
    /// Told when everything is settled.
    changed: Callback<()>,
) -> impl IntoView {
    let fetch = Fetch::<PatientReply>::new(Signal::stored(format!("/api/patients/{patient}")));
    fetch.view(move |file| {
        let of = |one: &ReceivedQuestionnaire| one.assessment == assessment && one.instrument.key == instrument;
        let one = file.questionnaires.into_iter().find(of)?;
        Some(view! { <Differences patient one changed /> })
    })
}

#[component]
fn Differences(patient: PatientId, one: ReceivedQuestionnaire, changed: Callback<()>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let open = one.entered_twice.as_ref().map(|twice| twice.open.clone()).unwrap_or_default();
    let by_one = one.entered_twice.as_ref().is_some_and(|twice| twice.by_one_person);
    let chosen = RwSignal::new(BTreeMap::<ItemCode, usize>::new());
    let (reason, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let (trouble, is_wanting) = (RwSignal::new(None::<Trouble>), RwSignal::new(false));
    let n_open = open.len();
    let heads = one.copies.iter().take(2).enumerate().map(|(nth, copy)| {
        let by = copy.entered_by.clone().unwrap_or_default();
        view! { <th scope="col">{move || text::entry_by(locale.get(), &by, nth + 1)}</th> }
    });
    let heads = heads.collect_view();
    let names = desk.known_names();
    let row = |item: &ItemCode| {
        let lines = both(&one, item);
        let topic = lines.iter().flatten().next().map(|line| line.topic.clone()).unwrap_or_default();
        let (names, instrument, code) = (names.clone(), one.instrument.clone(), item.clone());
        let topic = move || {
            names.as_ref().map_or_else(|| topic.clone(), |names| names.topic(&instrument, &code, &topic, locale.get()))
        };
        let cells = lines.into_iter().enumerate().map(|(nth, line)| {
            let (line, item, group) = (line.cloned(), item.clone(), format!("settle-{item}"));
            let choose = move |_| {
                chosen.update(|chosen| {
                    chosen.insert(item.clone(), nth);
                });
            };
            view! {
                <td>
                    <label class="check">
                        <input type="radio" name=group on:change=choose />
                        <span>{move || words(locale.get(), line.as_ref())}</span>
                    </label>
                </td>
            }
        });
        view! { <tr><th scope="row">{topic}</th>{cells.collect_view()}</tr> }
    };
    let rows = open.iter().map(row).collect_view();
    let entry = session::new_desk();
    let send = move |_| {
        if chosen.with_untracked(BTreeMap::len) < n_open {
            return is_wanting.set(true);
        }
        let changes = chosen.get_untracked().into_iter().map(|(item, nth)| {
            let response = both(&one, &item).get(nth).copied().flatten().and_then(response);
            (item, response)
        });
        let request = AmendRequest {
            entry,
            assessment: one.assessment.clone(),
            instrument: one.instrument.key.clone(),
            n_amendments: one.amendments.len(),
            changes: changes.collect(),
            reason: reason.get_untracked(),
            double_entry: true,
            clock: session::desk_clock(),
        };
        send_corrections(desk, patient, request, changed, busy, trouble);
    };
    let wanting = move || {
        is_wanting.get().then(|| view! { <Notice tone=Tone::Bad>{move || text::settle_all(locale.get())}</Notice> })
    };
    view! {
        <section class="panel" aria-labelledby="settle">
            <h2 id="settle">{move || text::settle(locale.get())}</h2>
            <p>{move || text::n_differ(locale.get(), n_open)}</p>
            {by_one.then(|| view! { <p class="quiet">{move || text::by_one_person(locale.get())}</p> })}
            <TableRoom label=Signal::derive(move || text::settle(locale.get()).to_owned())>
                <table class="table">
                    <thead><tr><th scope="col">{move || text::item(locale.get())}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableRoom>
            <Field id="settle-reason" value=reason
                label=Signal::derive(move || text::settle_reason(locale.get()).to_owned()) />
            <div role="alert">{wanting}</div>
            <Failed trouble />
            <Button busy on_press=send>{move || text::settle_send(locale.get())}</Button>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use shared::answers::{AnswerValue, SkipReason};

    use super::*;

    #[test]
    fn an_entry_says_an_answer_a_reason_or_nothing() {
        let line = |value, skipped| AnswerLine {
            item: "q1".parse().unwrap(),
            topic: "one".to_owned(),
            value,
            words: "A little".to_owned(),
            skipped,
        };
        let answered = line(Some(AnswerValue::Code(2)), None);
        assert_eq!(response(&answered), Some(ItemResponse::Answered(AnswerValue::Code(2))));
        assert_eq!(words(Locale::En, Some(&answered)), "A little");
        let illegible = line(None, Some(SkipReason::Illegible));
        assert_eq!(response(&illegible), Some(ItemResponse::Skipped(SkipReason::Illegible)));
        assert_eq!(words(Locale::En, Some(&illegible)), skip_name(Locale::En, SkipReason::Illegible));
        assert_eq!(response(&line(None, None)), None);
    }
}

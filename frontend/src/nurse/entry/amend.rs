//! Correcting what was sent: one item at a time, with a reason; what stood stays beside it.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    answers::ItemResponse,
    api::{AmendRequest, AmendmentLine, EntryReply, FormReply, ReceivedQuestionnaire},
    id::{ItemCode, Language, PatientId},
    instrument::InstrumentSheet,
};

use super::{
    draft::{Fault, as_text},
    pages::Failed,
    row::{ItemRow, Step},
    typed::{self, Said, Texts},
    words::skip_name,
};
use crate::{
    i18n::{Locale, text::nurse::entry as text},
    session,
    staff::{Desk, Trouble, date_time},
    ui::{Button, Field, Look, Select, TableRoom},
};

/// What was corrected so far, and the way to correct more.
#[component]
pub(crate) fn Amend(
    /// Whose.
    patient: PatientId,
    /// The patient's language.
    language: Language,
    /// What was sent.
    one: ReceivedQuestionnaire,
    /// Told when something was corrected.
    changed: Callback<()>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let form = RwSignal::new(None::<FormReply>);
    let trouble = RwSignal::new(None::<Trouble>);
    let is_sent = one.copies.first().is_some_and(|copy| copy.submitted_at.is_some());
    let (assessment, instrument) = (one.assessment.clone(), one.instrument.key.clone());
    let open = move |_| {
        let path = format!("/api/patients/{patient}/forms/{assessment}/{instrument}?language={language}");
        spawn_local(async move {
            match desk.get::<FormReply>(&path).await {
                Ok(reply) => {
                    let _ = form.try_set(Some(reply));
                }
                Err(why) => {
                    let _ = trouble.try_set(Some(why));
                }
            }
        });
    };
    let lines = one.amendments.clone();
    let one = StoredValue::new(one);
    view! {
        <History lines one />
        <Failed trouble />
        <Show when=move || is_sent && form.with(Option::is_none)>
            <p class="actions">
                <Button look=Look::Quiet on_press=open.clone()>{move || text::correct(locale.get())}</Button>
            </p>
        </Show>
        {move || form.get().map(|form_reply| {
            let close = Callback::new(move |()| form.set(None));
            view! { <Correcting patient one form=form_reply changed close /> }
        })}
    }
}

/// What an item said, in words.
fn said_in_words(locale: Locale, said: Option<&ItemResponse>, words: &str) -> String {
    match said {
        Some(ItemResponse::Answered(_)) => words.to_owned(),
        Some(ItemResponse::Skipped(why)) => skip_name(locale, *why).to_owned(),
        None => text::withdrawn(locale).to_owned(),
    }
}

/// Every correction, oldest first: before, after, why, by whom and when.
#[component]
fn History(lines: Vec<AmendmentLine>, one: StoredValue<ReceivedQuestionnaire>) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    if lines.is_empty() {
        return None;
    }
    let names = desk.known_names();
    let line = |line: AmendmentLine| {
        let (names, code) = (names.clone(), line.item.clone());
        let topic = move || {
            one.with_value(|one| {
                let known =
                    names.as_ref().map(|names| names.topic(&one.instrument, &code, code.as_str(), locale.get()));
                known.unwrap_or_else(|| code.to_string())
            })
        };
        let (before, after) = (line.before.clone(), line.after.clone());
        let (words_before, words_after) = (line.words_before.clone(), line.words_after.clone());
        let when = move || date_time(locale.get(), line.at, session::today());
        view! {
            <tr>
                <th scope="row">{topic}</th>
                <td><s>{move || said_in_words(locale.get(), before.as_ref(), &words_before)}</s></td>
                <td>{move || said_in_words(locale.get(), after.as_ref(), &words_after)}</td>
                <td>{line.reason}<br /><span class="quiet">{line.entered_by}", "{when}</span></td>
            </tr>
        }
    };
    let rows = lines.into_iter().map(line).collect_view();
    Some(view! {
        <TableRoom label=Signal::derive(move || text::corrections(locale.get()).to_owned())>
            <table class="table">
                <caption>{move || text::corrections(locale.get())}</caption>
                <thead>
                    <tr>
                        <th scope="col">{move || text::item(locale.get())}</th>
                        <th scope="col">{move || text::before(locale.get())}</th>
                        <th scope="col">{move || text::after(locale.get())}</th>
                        <th scope="col">{move || text::why(locale.get())}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    })
}

/// Sends corrections; while they are on their way it is busy, and what went wrong is told.
pub(super) fn send_corrections(
    desk: Desk,
    patient: PatientId,
    request: AmendRequest,
    changed: Callback<()>,
    busy: RwSignal<bool>,
    trouble: RwSignal<Option<Trouble>>,
) {
    busy.set(true);
    spawn_local(async move {
        match desk.post::<EntryReply>(&format!("/api/patients/{patient}/amend"), &request).await {
            Ok(_) => changed.run(()),
            Err(why) => {
                let _ = trouble.try_set(Some(why));
            }
        }
        let _ = busy.try_set(false);
    });
}

/// The item that is corrected, what is to stand, and why.
#[component]
fn Correcting(
    patient: PatientId,
    one: StoredValue<ReceivedQuestionnaire>,
    form: FormReply,
    changed: Callback<()>,
    close: Callback<()>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let sheet = StoredValue::new(form.sheet);
    let (item, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (texts, withdraw) = (RwSignal::new(standing(&one.get_value())), RwSignal::new(false));
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(String::new()));
    let trouble = RwSignal::new(None::<Trouble>);
    let entry = session::new_desk();
    let items = Signal::derive(move || {
        sheet.with_value(|sheet| {
            let words = |code: &ItemCode| sheet.wording.items.get(code).map(|words| words.text.clone());
            let option = |(nth, item): (usize, &shared::instrument::Item)| {
                let words = words(&item.code).unwrap_or_else(|| item.topic.clone());
                (item.code.to_string(), format!("{}. {words}", nth + 1))
            };
            sheet.definition.items.iter().enumerate().map(option).collect::<Vec<_>>()
        })
    });
    let send = move |_| {
        let Some((code, change)) =
            change(sheet, &item.get_untracked(), &texts.get_untracked(), withdraw.get_untracked())
        else {
            return wrong.set(text::fault_not_allowed(locale.get_untracked()).to_owned());
        };
        if reason.with_untracked(|reason| reason.trim().is_empty()) {
            return wrong.set(text::why_missing(locale.get_untracked()).to_owned());
        }
        wrong.set(String::new());
        let request = one.with_value(|one| AmendRequest {
            entry,
            assessment: one.assessment.clone(),
            instrument: one.instrument.key.clone(),
            n_amendments: one.amendments.len(),
            changes: [(code, change)].into(),
            reason: reason.get_untracked(),
            double_entry: false,
            clock: session::desk_clock(),
        });
        send_corrections(desk, patient, request, changed, busy, trouble);
    };
    let chosen = Memo::new(move |_| {
        item.with(|code| {
            sheet.with_value(|sheet| sheet.definition.items.iter().position(|it| it.code.as_str() == code))
        })
    });
    let row = move || {
        chosen.get().map(|nth| {
            let applies = Signal::derive(move || !withdraw.get());
            let fault = Signal::stored(None::<Fault>);
            let on_step = Callback::new(|_: Step| ());
            view! {
                <table class="table grid"><tbody><ItemRow sheet nth texts applies fault on_step /></tbody></table>
                <label class="check">
                    <input type="checkbox" prop:checked=withdraw
                        on:change=move |change| withdraw.set(event_target_checked(&change)) />
                    <span>{move || text::withdraw(locale.get())}</span>
                </label>
            }
        })
    };
    view! {
        <div class="editor">
            <Select id="amend-item" value=item options=items
                empty=Signal::derive(move || text::choose(locale.get()).to_owned())
                label=Signal::derive(move || text::amend_item(locale.get()).to_owned()) />
            {row}
            <Field id="amend-reason" value=reason error=wrong
                label=Signal::derive(move || text::why(locale.get()).to_owned())
                help=Signal::derive(move || text::why_help(locale.get()).to_owned()) />
            <Failed trouble />
            <p class="actions">
                <Button busy on_press=send>{move || text::amend_send(locale.get())}</Button>
                <Button look=Look::Quiet on_press=move |_| close.run(())>{move || text::cancel(locale.get())}</Button>
            </p>
        </div>
    }
}

/// The boxes as they stand: what is corrected begins with what it says.
fn standing(one: &ReceivedQuestionnaire) -> Texts {
    let lines = one.copies.first().map(|copy| copy.answers.as_slice()).unwrap_or_default();
    let text = |line: &shared::api::AnswerLine| {
        let answered = line.value.clone().map(ItemResponse::Answered);
        let said = answered.or_else(|| line.skipped.map(ItemResponse::Skipped))?;
        Some((line.item.clone(), as_text(&said)))
    };
    lines.iter().filter_map(text).collect()
}

/// What is to stand of the item; `None` while its box says nothing that it allows.
fn change(
    sheet: StoredValue<InstrumentSheet>,
    item: &str,
    texts: &Texts,
    withdraw: bool,
) -> Option<(ItemCode, Option<ItemResponse>)> {
    sheet.with_value(|sheet| {
        let item = sheet.definition.items.iter().find(|it| it.code.as_str() == item)?;
        let text = texts.get(&item.code).map_or("", String::as_str);
        match typed::read(&sheet.definition, item, text) {
            _ if withdraw => Some((item.code.clone(), None)),
            Said::Something(said) => Some((item.code.clone(), Some(said))),
            Said::Nothing | Said::Wrong => None,
        }
    })
}

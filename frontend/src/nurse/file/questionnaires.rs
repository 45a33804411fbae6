//! Received questionnaires: every copy side by side, which one stands and why, answers in words, scores.

use leptos::prelude::*;
use shared::{
    answers::{SkipReason, Transcript},
    api::{AnswerLine, DeviceLine, PatientReply, ReceivedCopy, ReceivedQuestionnaire, TwiceLine},
    id::{DeviceId, InstrumentVersion, Language, PatientId, ScaleCode},
    scoring::{InstrumentScores, ScaleScore},
};

use super::{
    super::entry::{Amend, Settle, mode_name, respondent_name, skip_name},
    copies::{ComparedItem, Standing, compare, standing},
};
use crate::{
    i18n::{Locale, decimal, long_date, text::nurse::file as text},
    session,
    staff::{Desk, Fetch, date_time},
    ui::{Notice, TableRoom, Tone},
};

type Devices = StoredValue<Vec<DeviceLine>>;

/// The section.
#[component]
pub(super) fn Questionnaires(
    /// What was received, newest first.
    received: Vec<ReceivedQuestionnaire>,
    /// The patient's devices, as they are numbered.
    devices: Devices,
    /// Whose.
    patient: PatientId,
    /// The patient's language.
    language: Language,
    /// Asked again when something was corrected.
    fetch: Fetch<PatientReply>,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let none = received.is_empty();
    let changed = Callback::new(move |()| fetch.again());
    let list = received.into_iter().map(|one| {
        view! { <Received one devices patient language=language.clone() changed /> }
    });
    let list = list.collect_view();
    view! {
        <section class="panel" aria-labelledby="received">
            <h2 id="received">{move || text::received(locale.get())}</h2>
            {none.then(|| view! { <p class="empty">{move || text::none_received(locale.get())}</p> })}
            {list}
        </section>
    }
}

#[component]
fn Received(
    one: ReceivedQuestionnaire,
    devices: Devices,
    patient: PatientId,
    language: Language,
    changed: Callback<()>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let title = names.map_or_else(|| one.instrument.key.to_string(), |names| names.instrument(&one.instrument.key));
    let n_copies = one.copies.len();
    let is_sent = one.copies.first().is_some_and(|copy| copy.submitted_at.is_some());
    let received_at = one.copies.iter().map(|copy| copy.received_at).max();
    let when = move || match received_at {
        Some(at) if is_sent => text::received_at(locale.get(), date_time(locale.get(), at, session::today())),
        _ => text::begun(locale.get()).to_owned(),
    };
    let (whole, twice) = (one.clone(), one.entered_twice.clone());
    let retrospective = one.copies.first().and_then(|copy| copy.transcript.as_ref()).is_some_and(|it| it.retrospective);
    let corrected = !one.amendments.is_empty() && twice.is_none();
    let unsettled = n_copies > 1 && twice.as_ref().is_none_or(|twice| !twice.open.is_empty());
    let one = StoredValue::new(one);
    let scores = one.with_value(|one| one.scores.clone());
    view! {
        <details class="received">
            <summary>
                <span class="strong">{one.with_value(|one| one.assessment.timepoint.to_string())}</span>
                <span class="strong">{title}</span>
                <span class="quiet">{when}</span>
                {unsettled.then(|| view! { <span class="tag tag-look">{move || text::copies(locale.get(), n_copies)}</span> })}
                {retrospective.then(|| view! { <span class="tag">{move || text::retrospective(locale.get())}</span> })}
                {corrected.then(|| view! { <span class="tag">{move || text::corrected(locale.get())}</span> })}
            </summary>
            {match twice {
                Some(twice) => view! { <Twice one twice patient changed /> }.into_any(),
                None => (n_copies > 1).then(|| view! { <Conflict one /> }).into_any(),
            }}
            <Answers one devices />
            <Amend patient language one=whole changed />
            {scores.map(|scores| view! { <Scores scores /> })}
        </details>
    }
}

/// That a form was typed in twice: how far both entries agree, who settled what differed, or the way to settle it.
#[component]
fn Twice(
    one: StoredValue<ReceivedQuestionnaire>,
    twice: TwiceLine,
    patient: PatientId,
    changed: Callback<()>,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let (n_differ, n_open, by_one) = (twice.differing.len(), twice.open.len(), twice.by_one_person);
    let settled_by = one.with_value(|one| {
        let of_it = one.amendments.iter().rev().find(|it| twice.differing.contains(&it.item));
        of_it.map(|it| it.entered_by.clone()).unwrap_or_default()
    });
    let words = move || {
        let agreement = match (n_differ, n_open) {
            (0, _) => text::twice_same(locale.get()).to_owned(),
            (n, 0) => text::twice_settled(locale.get(), n, &settled_by),
            (n, _) => text::twice_open(locale.get(), n),
        };
        if by_one { format!("{agreement} {}", text::twice_by_one(locale.get())) } else { agreement }
    };
    let (assessment, instrument) = one.with_value(|one| (one.assessment.clone(), one.instrument.key.clone()));
    let tone = if n_open == 0 { Tone::Good } else { Tone::Warn };
    view! {
        <Notice tone><p>{words}</p></Notice>
        {(n_open > 0).then(|| view! { <Settle patient assessment instrument changed /> })}
    }
}

/// Which copy stands, why, and how far the copies agree.
#[component]
fn Conflict(one: StoredValue<ReceivedQuestionnaire>) -> impl IntoView {
    let locale = Desk::find().locale;
    let (why, n_differ) =
        one.with_value(|one| (standing(&one.copies), compare(&one.copies).iter().filter(|item| item.differs).count()));
    let reason = move |locale| match why {
        Standing::Only => None,
        Standing::Sent => Some(text::why_sent(locale)),
        Standing::MoreAnswers => Some(text::why_more(locale)),
        Standing::SmallerId => Some(text::why_id(locale)),
    };
    let agreement = move || {
        if n_differ == 0 { text::all_agree(locale.get()).to_owned() } else { text::n_differ(locale.get(), n_differ) }
    };
    view! {
        <Notice tone=Tone::Warn>
            <p>{move || text::conflict(locale.get())}" "{move || reason(locale.get())}" "{agreement}</p>
        </Notice>
    }
}

fn device_name(locale: Locale, devices: Devices, device: DeviceId) -> String {
    let nth = devices.with_value(|devices| devices.iter().position(|line| line.device == device));
    nth.map_or_else(|| text::copy_unknown(locale).to_owned(), |nth| text::copy_of(locale, nth + 1))
}

/// What was said, in words; a skipped item says so, an item never reached stays blank.
fn said(locale: Locale, line: Option<&AnswerLine>) -> String {
    match line {
        None => String::new(),
        Some(AnswerLine { skipped: Some(SkipReason::PreferNot), .. }) => text::skipped_on_purpose(locale).to_owned(),
        Some(AnswerLine { skipped: Some(why), .. }) => skip_name(locale, *why).to_owned(),
        Some(line) if line.value.is_none() => text::skipped(locale).to_owned(),
        Some(line) => line.words.clone(),
    }
}

#[component]
fn Answers(one: StoredValue<ReceivedQuestionnaire>, devices: Devices) -> impl IntoView {
    let locale = Desk::find().locale;
    let many = one.with_value(|one| one.copies.len() > 1);
    let heads = one.with_value(|one| {
        let copies = one.copies.iter().enumerate();
        let head = |(nth, copy): (usize, &ReceivedCopy)| {
            let stands = nth == 0;
            view! { <CopyHead copy=copy.clone() devices stands many /> }
        };
        copies.map(head).collect_view()
    });
    let names = Desk::find().known_names();
    let rows = one.with_value(|one| {
        let topic = |item: &ComparedItem<'_>| {
            let (names, instrument) = (names.clone(), one.instrument.clone());
            let (code, topic) = (item.item.clone(), item.topic.to_owned());
            Signal::derive(move || {
                let known = names.as_ref().map(|names| names.topic(&instrument, &code, &topic, locale.get()));
                known.unwrap_or_else(|| topic.clone())
            })
        };
        compare(&one.copies).iter().map(|item| answer_row(locale, topic(item), item)).collect_view()
    });
    view! {
        <TableRoom label=Signal::derive(move || text::answer(locale.get()).to_owned())>
            <table class="table">
                <thead>
                    <tr><th scope="col">{move || text::item(locale.get())}</th>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    }
}

fn answer_row(locale: RwSignal<Locale>, topic: Signal<String>, item: &ComparedItem<'_>) -> impl IntoView + use<> {
    let differs = item.differs;
    let code = item.item.to_string();
    let cell = |line: Option<&AnswerLine>| {
        let line = line.cloned();
        let blank = line.as_ref().is_none_or(|line| line.value.is_none());
        view! { <td class:quiet=blank>{move || said(locale.get(), line.as_ref())}</td> }
    };
    let cells = item.cells.iter().copied().map(cell).collect_view();
    view! {
        <tr class:differs=differs>
            <th scope="row">
                <span class="code">{code}</span>" "{topic}
                {differs.then(|| view! { " "<span class="tag tag-look">{move || text::differs(locale.get())}</span> })}
            </th>
            {cells}
        </tr>
    }
}

#[component]
fn CopyHead(copy: ReceivedCopy, devices: Devices, stands: bool, many: bool) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let is_typed = copy.entered_by.is_some();
    let moment = move || match copy.submitted_at {
        Some(at) if is_typed => text::typed_at(locale.get(), date_time(locale.get(), at, session::today())),
        Some(at) => text::copy_sent(locale.get(), date_time(locale.get(), at, session::today())),
        None => text::begun(locale.get()).to_owned(),
    };
    let standing = move || if stands { text::stands(locale.get()) } else { text::kept(locale.get()) };
    let typed = copy.entered_by.clone().zip(copy.transcript.clone());
    let name = move || match &copy.entered_by {
        Some(by) => text::typed_by(locale.get(), by),
        None => device_name(locale.get(), devices, copy.device),
    };
    let (mode, respondent) = (copy.mode, copy.respondent);
    let how = move || {
        format!("{}, {}", mode_name(locale.get(), mode), respondent_name(locale.get(), respondent).to_lowercase())
    };
    let typed = typed.map(|(_, Transcript { answered_on, remark, .. })| {
        let remark = (!remark.is_empty()).then(|| view! { <span class="copy-moment">{remark}</span> });
        let when = move || text::answered_on(locale.get(), long_date(locale.get(), answered_on));
        view! { <span class="copy-moment">{when}</span>{remark} }
    });
    view! {
        <th scope="col">
            {name}
            {many.then(|| view! { " "<span class="tag">{standing}</span> })}
            <span class="copy-moment">{how}</span>
            {typed}
            <span class="copy-moment">{moment}</span>
            {copy.clock_skewed.then(|| view! { <span class="copy-moment">{move || text::copy_skewed(locale.get())}</span> })}
        </th>
    }
}

#[component]
fn Scores(scores: InstrumentScores) -> impl IntoView {
    let locale = Desk::find().locale;
    let InstrumentScores { instrument, engine, scales } = scores;
    let none = scales.is_empty();
    let rows = {
        let names = Desk::find().known_names();
        let place = |code: &ScaleCode| names.as_ref().and_then(|names| names.place_of_scale(&instrument, code));
        let mut scales: Vec<_> = scales.into_iter().collect();
        scales.sort_by_key(|(code, _)| place(code).unwrap_or(usize::MAX));
        scales.into_iter().map(|(code, score)| score_row(instrument.clone(), code, score)).collect_view()
    };
    let by = instrument.to_string();
    view! {
        <div hidden=none>
            <TableRoom label=Signal::derive(move || text::scores(locale.get()).to_owned())>
            <table class="table scores">
                <caption>{move || text::scores(locale.get())}</caption>
                <thead>
                    <tr>
                        <th scope="col">{move || text::scale(locale.get())}</th>
                        <th scope="col" class="number">{move || text::value(locale.get())}</th>
                        <th scope="col">{move || text::used(locale.get())}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            </TableRoom>
            <p class="quiet small">{move || text::engine(locale.get(), &engine, &by)}</p>
        </div>
    }
}

fn score_row(instrument: InstrumentVersion, code: ScaleCode, score: ScaleScore) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let names = desk.known_names();
    let short = code.to_string();
    let decimals = names
        .as_ref()
        .and_then(|names| names.find_scale(&instrument, &code))
        .map_or(1, |scale| if scale.range.iter().all(|end| end.abs() <= 2.0) { 3 } else { 1 });
    let name = move || names.as_ref().map(|names| names.scale(&instrument, &code, locale.get()));
    let (value, used, required) = match score {
        ScaleScore::Scored { value, used, required } => (Some(value), used, required),
        ScaleScore::NotScored { answered, required } => (None, answered, required),
    };
    let value_words = move || match value {
        Some(value) => decimal(locale.get(), value, decimals),
        None => text::not_scored(locale.get()).to_owned(),
    };
    view! {
        <tr>
            <th scope="row"><span class="code">{short}</span>" "{name}</th>
            <td class="number">{value_words}</td>
            <td>{move || text::used_of(locale.get(), usize::from(used), required)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use shared::answers::{AnswerValue, SkipReason};

    use super::*;

    #[test]
    fn a_skipped_item_reads_as_not_answered_and_never_as_blank() {
        let line = |value: Option<i32>, skipped| AnswerLine {
            item: "q1".parse().unwrap(),
            topic: String::new(),
            value: value.map(AnswerValue::Code),
            words: "Un peu".to_owned(),
            skipped,
        };
        assert_eq!(said(Locale::Fr, Some(&line(Some(2), None))), "Un peu");
        assert_eq!(said(Locale::Fr, Some(&line(None, None))), "Non renseigné");
        assert!(said(Locale::Fr, Some(&line(None, Some(SkipReason::PreferNot)))).starts_with("Non renseigné ("));
    }
}

//! A patient's file: what was received, each questionnaire with every copy of it, the standing one first and scored.

use std::collections::BTreeMap;

use shared::{
    answers::{
        AnswerEvent, AnswerValue, EventBody, KnownBody,
        response::{self, ItemResponse, ResponseCopy},
    },
    api::{AnswerLine, ReceivedCopy, ReceivedQuestionnaire},
    id::{AssessmentId, DeviceId, InstrumentKey},
    instrument::{Item, ItemKind, WordingPack, catalog::Catalog},
    scoring,
    sync::protocol::PulledEvent,
    time::Timestamp,
};

/// A device clock further off than this is told of.
const SKEW: std::time::Duration = std::time::Duration::from_mins(5);

/// Every questionnaire of these events, the newest received first.
pub(super) fn questionnaires(
    catalog: &Catalog,
    events: &[PulledEvent],
    enrolled_at: &BTreeMap<DeviceId, Timestamp>,
) -> Vec<ReceivedQuestionnaire> {
    let mut by_questionnaire: BTreeMap<(&AssessmentId, &InstrumentKey), Vec<&PulledEvent>> = BTreeMap::new();
    for pulled in events {
        let key = (&pulled.event.assessment, &pulled.event.instrument.key);
        by_questionnaire.entry(key).or_default().push(pulled);
    }
    let mut received: Vec<(u64, ReceivedQuestionnaire)> = by_questionnaire
        .into_iter()
        .filter_map(|((assessment, instrument), said)| {
            let last = said.iter().map(|pulled| pulled.receipt.position).max()?;
            Some((last, questionnaire(catalog, assessment, instrument, &said, enrolled_at)?))
        })
        .collect();
    received.sort_by_key(|(last, _)| std::cmp::Reverse(*last));
    received.into_iter().map(|(_, questionnaire)| questionnaire).collect()
}

fn questionnaire(
    catalog: &Catalog,
    assessment: &AssessmentId,
    instrument: &InstrumentKey,
    said: &[&PulledEvent],
    enrolled_at: &BTreeMap<DeviceId, Timestamp>,
) -> Option<ReceivedQuestionnaire> {
    let response = response::read(said.iter().map(|pulled| &pulled.event), assessment, instrument)?;
    let standing = response.copies.first()?;
    let definition = catalog.find_answered(&standing.instrument, standing.answers.keys());
    let scores = definition.map(|definition| scoring::score(definition, &standing.values()));
    let copies = response.copies.iter().map(|copy| received_copy(catalog, copy, said, enrolled_at)).collect();
    Some(ReceivedQuestionnaire {
        assessment: assessment.clone(),
        instrument: standing.instrument.clone(),
        copies,
        scores,
    })
}

fn received_copy(
    catalog: &Catalog,
    copy: &ResponseCopy,
    said: &[&PulledEvent],
    enrolled_at: &BTreeMap<DeviceId, Timestamp>,
) -> ReceivedCopy {
    let of_copy = || said.iter().filter(|pulled| pulled.event.origin.device == copy.device);
    let enrolled_at = enrolled_at.get(&copy.device).copied();
    let answers = match catalog.find_answered(&copy.instrument, copy.answers.keys()) {
        Some(definition) => {
            let pack = catalog.packs(&copy.instrument).find(|pack| pack.pack == copy.wording.pack);
            definition.items.iter().map(|item| line(pack, copy, item)).collect()
        }
        None => Vec::new(),
    };
    ReceivedCopy {
        device: copy.device,
        submitted_at: copy.submitted.map(|clock| clock.at),
        received_at: of_copy().map(|pulled| pulled.receipt.received_at).max().unwrap_or_default(),
        clock_skewed: of_copy().filter(|pulled| is_sent(&pulled.event)).any(|pulled| is_skewed(pulled, enrolled_at)),
        answers,
    }
}

fn is_sent(event: &AnswerEvent) -> bool {
    matches!(event.body, EventBody::Known(KnownBody::Submitted))
}

/// Whether a device's clock was certainly wrong: it says later than the receipt, or before the device was there.
///
/// Hours before the receipt prove nothing, as the device may have waited for a network.
fn is_skewed(pulled: &PulledEvent, enrolled_at: Option<Timestamp>) -> bool {
    let said = pulled.event.clock.at;
    let ahead = pulled.receipt.received_at.checked_add(SKEW).is_ok_and(|latest| said > latest);
    let behind = enrolled_at.and_then(|at| at.checked_sub(SKEW).ok()).is_some_and(|earliest| said < earliest);
    ahead || behind
}

fn line(pack: Option<&WordingPack>, copy: &ResponseCopy, item: &Item) -> AnswerLine {
    let (value, skipped) = match copy.answers.get(&item.code) {
        Some(ItemResponse::Answered(value)) => (Some(value.clone()), false),
        Some(ItemResponse::Skipped(_)) => (None, true),
        None => (None, false),
    };
    let words = value.as_ref().map(|value| in_words(pack, &item.kind, value)).unwrap_or_default();
    AnswerLine { item: item.code.clone(), topic: item.topic.clone(), value, words, skipped }
}

/// A value in the words of the pack it was asked in; numbers, dates and texts as they are.
fn in_words(pack: Option<&WordingPack>, kind: &ItemKind, value: &AnswerValue) -> String {
    let option = |code: i32| match kind {
        ItemKind::Choice(set) | ItemKind::Choices(set) => {
            pack.and_then(|pack| pack.find_option(set, code)).map_or_else(|| code.to_string(), str::to_owned)
        }
        ItemKind::Analogue { .. }
        | ItemKind::Integer { .. }
        | ItemKind::Decimal { .. }
        | ItemKind::Date
        | ItemKind::Text { .. } => code.to_string(),
    };
    match value {
        AnswerValue::Code(code) => option(*code),
        AnswerValue::Codes(codes) => codes.iter().map(|code| option(*code)).collect::<Vec<_>>().join(", "),
        AnswerValue::Integer(number) => number.to_string(),
        AnswerValue::Decimal(number) => number.to_string(),
        AnswerValue::Date(date) => date.to_string(),
        AnswerValue::Text(text) => text.clone(),
    }
}

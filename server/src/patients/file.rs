//! A patient's file: what was received, each questionnaire with every copy of it, the standing one first and scored.

use std::collections::BTreeMap;

use shared::{
    answers::{
        Amendment, AnswerEvent, AnswerValue, EventBody, KnownBody,
        response::{self, ItemResponse, QuestionnaireResponse, ResponseCopy},
    },
    api::{AmendmentLine, AnswerLine, ReceivedCopy, ReceivedQuestionnaire, TwiceLine},
    id::{AssessmentId, DeviceId, InstrumentKey, ItemCode, StaffId},
    instrument::{Item, ItemKind, WordingPack, catalog::Catalog},
    paper, scoring,
    sync::protocol::PulledEvent,
    time::Timestamp,
};

/// A device clock further off than this is told of.
const SKEW: std::time::Duration = std::time::Duration::from_mins(5);

/// What lines of a file are made from, besides the events.
pub(super) struct Known<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) enrolled_at: BTreeMap<DeviceId, Timestamp>,
    pub(super) usernames: BTreeMap<StaffId, String>,
}

impl Known<'_> {
    fn username(&self, staff: StaffId) -> String {
        self.usernames.get(&staff).cloned().unwrap_or_default()
    }

    /// The words that a copy was asked in.
    fn pack(&self, copy: &ResponseCopy) -> Option<&WordingPack> {
        self.catalog.packs(&copy.instrument).find(|pack| pack.pack == copy.wording.pack)
    }
}

/// Every questionnaire of these events, the newest received first.
pub(super) fn questionnaires(known: &Known<'_>, events: &[PulledEvent]) -> Vec<ReceivedQuestionnaire> {
    let mut by_questionnaire: BTreeMap<(&AssessmentId, &InstrumentKey), Vec<&PulledEvent>> = BTreeMap::new();
    for pulled in events {
        let key = (&pulled.event.assessment, &pulled.event.instrument.key);
        by_questionnaire.entry(key).or_default().push(pulled);
    }
    let mut received: Vec<(u64, ReceivedQuestionnaire)> = by_questionnaire
        .into_iter()
        .filter_map(|((assessment, instrument), said)| {
            let last = said.iter().map(|pulled| pulled.receipt.position).max()?;
            Some((last, questionnaire(known, assessment, instrument, &said)?))
        })
        .collect();
    received.sort_by_key(|(last, _)| std::cmp::Reverse(*last));
    received.into_iter().map(|(_, questionnaire)| questionnaire).collect()
}

fn questionnaire(
    known: &Known<'_>,
    assessment: &AssessmentId,
    instrument: &InstrumentKey,
    said: &[&PulledEvent],
) -> Option<ReceivedQuestionnaire> {
    let response = response::read(said.iter().map(|pulled| &pulled.event), assessment, instrument)?;
    let standing = response.copies.first()?;
    let definition = known.catalog.find_answered(&standing.instrument, standing.answers.keys());
    let scores = definition.map(|definition| scoring::score(definition, &standing.values()));
    let copies = response.copies.iter().map(|copy| received_copy(known, copy, said)).collect();
    let amendments = standing.amendments.iter().map(|it| amendment(known, standing, it)).collect();
    Some(ReceivedQuestionnaire {
        assessment: assessment.clone(),
        instrument: standing.instrument.clone(),
        copies,
        amendments,
        entered_twice: entered_twice(&response),
        scores,
    })
}

fn entered_twice(response: &QuestionnaireResponse) -> Option<TwiceLine> {
    let paper::EnteredTwice { differing, open } = paper::twice(response)?;
    let mut people: Vec<_> = response.copies.iter().map(|copy| copy.staff).collect();
    people.dedup();
    Some(TwiceLine {
        differing: Vec::from_iter(differing),
        open: Vec::from_iter(open),
        by_one_person: people.len() == 1,
    })
}

fn amendment(known: &Known<'_>, copy: &ResponseCopy, amendment: &Amendment) -> AmendmentLine {
    let Amendment { item, before, after, reason, staff, at, .. } = amendment;
    let words = |said: &Option<ItemResponse>| match said {
        Some(ItemResponse::Answered(value)) => item_in_words(known, copy, item, value),
        Some(ItemResponse::Skipped(_)) | None => String::new(),
    };
    AmendmentLine {
        item: item.clone(),
        before: before.clone(),
        words_before: words(before),
        after: after.clone(),
        words_after: words(after),
        reason: reason.clone(),
        entered_by: staff.map(|staff| known.username(staff)).unwrap_or_default(),
        at: at.at,
    }
}

fn item_in_words(known: &Known<'_>, copy: &ResponseCopy, item: &ItemCode, value: &AnswerValue) -> String {
    let item = known.catalog.find(&copy.instrument).and_then(|definition| definition.find_item(item));
    item.map(|item| in_words(known.pack(copy), &item.kind, value)).unwrap_or_default()
}

fn received_copy(known: &Known<'_>, copy: &ResponseCopy, said: &[&PulledEvent]) -> ReceivedCopy {
    let of_copy = || said.iter().filter(|pulled| pulled.event.origin.device == copy.device);
    let enrolled_at = known.enrolled_at.get(&copy.device).copied();
    let answers = match known.catalog.find_answered(&copy.instrument, copy.answers.keys()) {
        Some(definition) => {
            let pack = known.pack(copy);
            definition.items.iter().map(|item| line(pack, copy, item)).collect()
        }
        None => Vec::new(),
    };
    ReceivedCopy {
        device: copy.device,
        submitted_at: copy.submitted.map(|clock| clock.at),
        received_at: of_copy().map(|pulled| pulled.receipt.received_at).max().unwrap_or_default(),
        clock_skewed: of_copy().filter(|pulled| is_sent(&pulled.event)).any(|pulled| is_skewed(pulled, enrolled_at)),
        mode: copy.mode,
        respondent: copy.respondent,
        entered_by: copy.staff.filter(|_| copy.transcript.is_some()).map(|staff| known.username(staff)),
        transcript: copy.transcript.clone(),
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
        Some(ItemResponse::Answered(value)) => (Some(value.clone()), None),
        Some(ItemResponse::Skipped(why)) => (None, Some(*why)),
        None => (None, None),
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

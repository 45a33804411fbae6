//! Which occasions invented patients attend, and the answer events their devices make there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, ToSpan};
use shared::{
    answers::{AnswerEvent, EventBody, KnownBody, Origin, WordingRef},
    id::{AnswerEventId, AssessmentId, DeviceId, InstrumentVersion, Language, PatientId, SessionId},
    instrument::InstrumentSheet,
    people::{Assistance, Mode, Respondent},
    schedule::{Assessment, AssessmentState, Facts, Window, by_window, ended_on, plan},
    study::Study,
    time::{Date, DeviceTime, Timestamp},
};

use super::{
    Participant,
    answering::{answer, health},
    dice::{Dice, nearest},
    moment,
    people::{Nature, day_after},
};
use crate::{
    clock::{civil_date, paris},
    state::AppState,
};

/// How long an answer takes.
const SECONDS_AN_ANSWER: i64 = 9;

/// What one device sends of one occasion.
pub(super) struct HandedIn {
    pub(super) patient: PatientId,
    pub(super) device: DeviceId,
    pub(super) enrolled_at: Timestamp,
    pub(super) received_at: Timestamp,
    pub(super) events: Vec<AnswerEvent>,
}

/// What there is to answer on, each with the name of its words, which is a hash over all of them.
pub(super) struct Sheets(BTreeMap<(InstrumentVersion, Language), (InstrumentSheet, WordingRef)>);

impl Sheets {
    pub(super) fn of(state: &AppState) -> Self {
        let (study, catalog) = (&state.study, &state.catalog);
        let versions = study.batteries.values().flat_map(|battery| &battery.instruments).map(|entry| &entry.instrument);
        let pairs = versions.flat_map(|version| study.languages.iter().map(move |language| (version, language)));
        let sheets = pairs.filter_map(|(version, language)| {
            let sheet = catalog.sheet(version, language)?;
            let wording = sheet.wording.reference();
            Some(((version.clone(), language.clone()), (sheet, wording)))
        });
        Self(sheets.collect())
    }

    fn get(
        &self,
        instrument: &InstrumentVersion,
        language: &Language,
    ) -> anyhow::Result<&(InstrumentSheet, WordingRef)> {
        let unworded = || anyhow::anyhow!("{instrument} has no wording in {language}");
        self.0.get(&(instrument.clone(), language.clone())).ok_or_else(unworded)
    }
}

/// Every occasion a patient attends up to now.
pub(super) fn attended(
    study: &Study,
    sheets: &Sheets,
    enrolled: &Participant,
    facts: &Facts,
    now: Timestamp,
    dice: &Dice,
) -> anyhow::Result<Vec<HandedIn>> {
    let (today, nature) = (civil_date(now), &enrolled.patient.nature);
    let ended_on = ended_on(facts);
    let mut sequence = 0;
    let mut handed_in = Vec::new();
    for assessment in by_window(&plan(study, facts, today)) {
        let Some(day) = day_of(assessment, enrolled, ended_on, today, dice) else { continue };
        let asked = asked(assessment, dice);
        let felt = health(nature, &facts.milestones, day, dice);
        let sitting = Sitting::new(enrolled, &assessment.id, day, now, dice);
        let mut events = Vec::new();
        for instrument in asked {
            sitting.answer(sheets, enrolled, instrument, felt, &mut events, dice)?;
        }
        for event in &mut events {
            event.sequence += sequence;
        }
        sequence += u64::try_from(events.len())?;
        let received_at = received_at(sitting.begun_at, events.len(), now, dice);
        handed_in.push(HandedIn {
            patient: enrolled.id,
            device: sitting.origin.device,
            enrolled_at: enrolled.enrolled_at,
            received_at,
            events,
        });
    }
    Ok(handed_in)
}

/// The day a patient answers; `None` when the patient does not.
fn day_of(
    assessment: &Assessment,
    enrolled: &Participant,
    ended_on: Option<Date>,
    today: Date,
    dice: &Dice,
) -> Option<Date> {
    let Window { opens_on, due_on, closes_on } = assessment.window?;
    let expected = !matches!(assessment.state, AssessmentState::NotApplicable | AssessmentState::Cancelled);
    let last_day = ended_on.map_or(today, |end| day_after(end, -1).min(today));
    let first = opens_on.max(enrolled.patient.included_on);
    let last = closes_on.min(last_day);
    if !expected || last < first || !dice.happens(eagerness(assessment, enrolled, today)) {
        return None;
    }
    if closes_on < day_after(last_day, -12) && dice.happens(0.05) {
        return Some(day_after(closes_on, dice.whole(1..=10)));
    }
    let spread = f64::from((closes_on - opens_on).get_days()) / 5.0;
    let aim = f64::from((due_on - first).get_days()) + dice.around_zero(spread);
    Some(day_after(first, nearest(0..=(last - first).get_days(), aim)))
}

/// How likely somebody answers: more in the clinic than at home, least while ill on the ward; later, while it is open.
fn eagerness(assessment: &Assessment, enrolled: &Participant, today: Date) -> f64 {
    let setting = match assessment.id.timepoint.as_str() {
        "T0" => 1.1,
        "D7" | "D14" => 0.8,
        "M18" | "M24" | "M36" | "M48" | "M60" => 0.92,
        _ => 1.0,
    };
    let open = assessment.window.is_some_and(|window| today <= window.closes_on);
    let likely: f64 = enrolled.patient.nature.diligence * setting * if open { 0.4 } else { 1.0 };
    likely.clamp(0.0, 0.97)
}

/// All questionnaires of an occasion; now and then only the first ones.
fn asked<'a>(assessment: &'a Assessment, dice: &Dice) -> impl Iterator<Item = &'a InstrumentVersion> {
    let all = assessment.questionnaires.len();
    let n = if dice.happens(0.04) { all.div_ceil(2) } else { all };
    assessment.questionnaires.iter().take(n).map(|it| &it.instrument)
}

/// One sitting at one device.
struct Sitting {
    assessment: AssessmentId,
    origin: Origin,
    begun_at: Timestamp,
}

impl Sitting {
    fn new(enrolled: &Participant, assessment: &AssessmentId, day: Date, now: Timestamp, dice: &Dice) -> Self {
        let half_an_hour_ago = now.checked_sub(30.minutes()).unwrap_or(now);
        let begun_at = moment(day, dice).min(half_an_hour_ago).max(enrolled.enrolled_at);
        let on_ward = matches!(assessment.timepoint.as_str(), "T0" | "T1" | "D7" | "D14" | "M1") && dice.happens(0.7);
        let [own, ward] = [0, 1].map(|nth| enrolled.devices.get(nth).copied());
        let device = if on_ward { ward.or(own) } else { own };
        let origin = Origin {
            respondent: respondent(&enrolled.patient.nature, assessment, dice),
            mode: if on_ward { Mode::WardTablet } else { Mode::OwnDevice },
            device: device.unwrap_or_else(|| DeviceId::new(dice.id())),
            session: SessionId::new(dice.id()),
            staff: None,
        };
        Self { assessment: assessment.clone(), origin, begun_at }
    }

    /// Adds the events of one questionnaire, the last of which sends it; sequences count from 1 within the sitting.
    fn answer(
        &self,
        sheets: &Sheets,
        enrolled: &Participant,
        instrument: &InstrumentVersion,
        felt: f64,
        events: &mut Vec<AnswerEvent>,
        dice: &Dice,
    ) -> anyhow::Result<()> {
        let language = &enrolled.patient.request.language;
        let (sheet, wording) = sheets.get(instrument, language)?;
        let said = answer(&sheet.definition, &enrolled.patient.nature, felt, dice);
        for body in said.into_iter().chain([KnownBody::Submitted]) {
            let nth = u64::try_from(events.len())? + 1;
            events.push(AnswerEvent {
                id: AnswerEventId::new(dice.id()),
                patient: enrolled.id,
                assessment: self.assessment.clone(),
                instrument: instrument.clone(),
                wording: wording.clone(),
                origin: self.origin.clone(),
                sequence: nth,
                clock: self.clock(nth)?,
                body: EventBody::Known(body),
            });
        }
        Ok(())
    }

    /// What the device's clocks show at the nth event: an answer every nine seconds.
    fn clock(&self, nth: u64) -> anyhow::Result<DeviceTime> {
        let at = self.begun_at.checked_add(SignedDuration::from_secs(i64::try_from(nth)? * SECONDS_AN_ANSWER))?;
        let offset = at.to_zoned(paris()).offset().seconds() / 60;
        Ok(DeviceTime {
            at,
            utc_offset_minutes: i16::try_from(offset)?,
            monotonic_ms: nth * SECONDS_AN_ANSWER.unsigned_abs() * 1_000,
        })
    }
}

fn respondent(nature: &Nature, assessment: &AssessmentId, dice: &Dice) -> Respondent {
    if matches!(assessment.timepoint.as_str(), "D7" | "D14") && dice.happens(0.04) {
        return Respondent::Proxy;
    }
    if nature.helped && dice.happens(0.8) {
        return Respondent::PatientAssisted(Assistance::Relative);
    }
    if dice.happens(0.05) { Respondent::PatientAssisted(Assistance::ReadAloudByStaff) } else { Respondent::Patient }
}

/// Soon after, or days later from a phone that was without network; never later than now.
fn received_at(begun_at: Timestamp, n_events: usize, now: Timestamp, dice: &Dice) -> Timestamp {
    let answering = i64::try_from(n_events).unwrap_or(0) * SECONDS_AN_ANSWER;
    let offline = if dice.happens(0.06) { dice.days_until(2.0) } else { 0 };
    let later = SignedDuration::from_secs(answering + 20) + SignedDuration::from_hours(24 * i64::from(offline));
    begun_at.checked_add(later).unwrap_or(now).min(now)
}

/// The last occasion of the past week, answered once more on the patient's other device: both copies are kept.
pub(super) fn answered_twice(
    handed_in: &[HandedIn],
    enrolled: &[Participant],
    now: Timestamp,
    dice: &Dice,
) -> Option<HandedIn> {
    let first = handed_in.last()?;
    let devices = &enrolled.iter().find(|it| it.id == first.patient)?.devices;
    let device = devices.iter().copied().find(|it| *it != first.device)?;
    let mut events = first.events.clone();
    for event in &mut events {
        event.id = AnswerEventId::new(dice.id());
        event.origin.device = device;
    }
    // the second time, the last question is left unanswered
    let last_answer = events.iter().rposition(|it| matches!(it.body, EventBody::Known(KnownBody::Answered { .. })))?;
    events.remove(last_answer);
    Some(HandedIn { patient: first.patient, enrolled_at: first.enrolled_at, received_at: now, device, events })
}

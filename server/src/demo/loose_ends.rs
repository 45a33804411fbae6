//! What a registry never lacks on the day somebody opens it: flags that were looked at beside those that were not,
//! phones on which answers wait, one that lost some, and an answer that came after its questionnaire was sent.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, ToSpan};
use shared::{
    answers::{AnswerEvent, EventBody, KnownBody},
    api::Finding,
    id::{AnswerEventId, AssessmentId, DeviceId, LookId, PatientId, SiteKey},
    people::Mode,
    sync::protocol::{PushOutcome, Told},
    time::Timestamp,
};

use super::{Participant, at, attendance::HandedIn, dice::Dice};
use crate::{
    assessments,
    auth::guard::{self, NurseScope},
    clock::Chance,
    devices,
    findings::{self, NewLook},
    state::AppState,
    sync,
};

/// How much of what was flagged somebody looked at, before last week and since.
const LOOKED: f64 = 0.97;
const LOOKED_LATELY: f64 = 0.4;

const NOTES: [&str; 5] =
    ["", "", "Vu en consultation le lendemain.", "Appel : va mieux, revoir au prochain bilan.", "Traitement revu."];

/// Phones with answers that wait: how many, and since how many hours.
const WAITING: [(u64, i64); 5] = [(4, 3), (12, 20), (1, 52), (27, 96), (8, 200)];

/// Of one phone: how many waited, when it told so, and when it came back without them, hours ago.
const LOST: (u64, i64, i64) = (22, 240, 30);

/// One sending of a device, as far as what is left open depends on it.
pub(super) struct Sent {
    patient: PatientId,
    assessment: AssessmentId,
    device: DeviceId,
    enrolled_at: Timestamp,
    received_at: Timestamp,
    n_events: u64,
    last_answer: AnswerEvent,
    last_sequence: u64,
}

impl Sent {
    pub(super) fn of(handed_in: &HandedIn) -> Option<Self> {
        let HandedIn { patient, device, enrolled_at, received_at, events } = handed_in;
        let is_answer = |it: &&AnswerEvent| matches!(it.body, EventBody::Known(KnownBody::Answered { .. }));
        let last = events.last()?;
        Some(Self {
            patient: *patient,
            assessment: last.assessment.clone(),
            device: *device,
            enrolled_at: *enrolled_at,
            received_at: *received_at,
            n_events: u64::try_from(events.len()).ok()?,
            last_answer: events.iter().rfind(is_answer)?.clone(),
            last_sequence: last.sequence,
        })
    }
}

/// Leaves what a nurse finds open; everything was received before, and scored.
pub(super) async fn leave(
    state: &AppState,
    nurse: &NurseScope,
    enrolled: &[Participant],
    sent: &[Sent],
    dice: &Dice,
    chance: &Chance,
) -> anyhow::Result<()> {
    look_at_flags(state, nurse, enrolled, sent, dice, chance).await?;
    let mut patients = BTreeSet::new();
    let is_own = |it: &&Sent| it.last_answer.origin.mode == Mode::OwnDevice;
    let mut latest = sent.iter().rev().filter(is_own).filter(|it| patients.insert(it.patient));
    for (unsent, hours) in WAITING {
        let Some(phone) = latest.next() else { return Ok(()) };
        tell(state, sent, phone, unsent, hours, chance).await?;
    }
    if let Some(phone) = latest.next() {
        let (unsent, told, came_back) = LOST;
        tell(state, sent, phone, unsent, told, chance).await?;
        let scope = guard::operator().device(phone.patient, phone.device);
        let then = at(state, chance, hours_ago(state, came_back));
        devices::tell(&then, &scope, Told { unsent: 0, held: 0 }).await?;
    }
    if let Some(phone) = latest.next() {
        answer_late(state, phone, dice, chance).await?;
    }
    Ok(())
}

fn hours_ago(state: &AppState, hours: i64) -> Timestamp {
    let now = state.clock.now();
    now.checked_sub(hours.hours()).unwrap_or(now)
}

/// Notes that somebody looked at most flags, one to three days after the answers came in.
async fn look_at_flags(
    state: &AppState,
    nurse: &NurseScope,
    enrolled: &[Participant],
    sent: &[Sent],
    dice: &Dice,
    chance: &Chance,
) -> anyhow::Result<()> {
    let sites: BTreeMap<PatientId, &SiteKey> = enrolled.iter().map(|it| (it.id, &it.patient.request.site)).collect();
    let received: BTreeMap<(PatientId, &AssessmentId), Timestamp> =
        sent.iter().map(|it| ((it.patient, &it.assessment), it.received_at)).collect();
    let last_week = hours_ago(state, 7 * 24);
    let patients: Vec<PatientId> = sites.keys().copied().collect();
    let mut tx = state.db.begin().await?;
    for (patient, lines) in findings::list(&mut tx, &patients).await? {
        let site = sites.get(&patient).context("a patient who was not enrolled")?;
        let scope = nurse.one(patient, site).context("a patient of no site")?;
        for line in lines.iter().filter(|line| matches!(line.finding, Finding::Flag { .. })) {
            let Some(assessment) = &line.assessment else { continue };
            let Some(received_at) = received.get(&(patient, assessment)) else { continue };
            if !dice.happens(if *received_at < last_week { LOOKED } else { LOOKED_LATELY }) {
                continue;
            }
            let later = SignedDuration::from_hours(i64::from(dice.whole(14..=70)));
            let look = NewLook {
                id: LookId::new(chance.id()),
                assessment: Some(assessment),
                finding: &line.finding,
                note: dice.one_of(&NOTES).copied().unwrap_or_default(),
                staff: nurse.staff(),
                at: received_at.checked_add(later)?.min(state.clock.now()),
            };
            findings::append(&mut tx, &scope, &look).await?;
        }
    }
    assessments::replan_all(&mut tx, &state.study, &patients).await?;
    Ok(tx.commit().await?)
}

/// A phone tells that so many answers wait on it beside what was received.
async fn tell(
    state: &AppState,
    sent: &[Sent],
    phone: &Sent,
    unsent: u64,
    hours: i64,
    chance: &Chance,
) -> anyhow::Result<()> {
    let received: u64 = sent.iter().filter(|it| it.device == phone.device).map(|it| it.n_events).sum();
    let then = at(state, chance, hours_ago(state, hours));
    let scope = guard::operator().device(phone.patient, phone.device);
    Ok(devices::tell(&then, &scope, Told { unsent, held: received + unsent }).await?)
}

/// An answer that was changed after its questionnaire was sent, as an app that forgot the sending would.
async fn answer_late(state: &AppState, phone: &Sent, dice: &Dice, chance: &Chance) -> anyhow::Result<()> {
    let event = AnswerEvent {
        id: AnswerEventId::new(dice.id()),
        sequence: phone.last_sequence + 1,
        ..phone.last_answer.clone()
    };
    let scope = guard::operator().hand_in(phone.patient, phone.device, phone.enrolled_at);
    let then = at(state, chance, phone.received_at.max(hours_ago(state, 2)));
    match sync::hand_in(&then, &scope, vec![event]).await {
        Ok(outcomes) => {
            let aside = matches!(outcomes.as_slice(), [PushOutcome::Quarantined { .. }]);
            ensure!(aside, "an answer after its sending was received");
            Ok(())
        }
        Err(error) => anyhow::bail!("an answer after its sending was not taken: {}", error.into_problem().detail),
    }
}

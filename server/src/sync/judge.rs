//! Judging one pushed event on its own: no database, no clock. A refusal is a value and spoils nothing else.

use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::{
    answers::{AnswerEvent, AnswerValue, EventBody, KnownBody, SkipReason},
    id::{AnswerEventId, AssessmentId, DeviceId, InstrumentVersion, ItemCode, PatientId, StaffId},
    instrument::{Answer, AnswerRefusal, Definition, catalog::Catalog},
    study::{Series, Study},
    sync::protocol::QuarantineReason,
    time::{Date, Timestamp},
};

use crate::{clock::civil_date, limits};

/// Largest canonical form of one event, in bytes.
const MAX_EVENT: usize = 16 * 1024;

/// What an event is judged against: who sends it, when it came, and what there is to answer.
pub(super) struct Court<'a> {
    pub(super) patient: PatientId,
    pub(super) device: DeviceId,
    pub(super) enrolled_at: Timestamp,
    pub(super) revoked: bool,
    /// The member of staff at a desk; only there may somebody say what was said elsewhere, or correct.
    pub(super) staff: Option<StaffId>,
    pub(super) received_at: Timestamp,
    pub(super) study: &'a Study,
    pub(super) catalog: &'a Catalog,
}

/// What becomes of an event, as far as it can be told without the database.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// Fit to be appended.
    Fit(FitEvent),
    /// To be set aside.
    Aside(SetAside),
}

/// An event that is fit to be appended.
#[derive(Clone, Debug)]
pub(super) struct FitEvent {
    pub(super) id: AnswerEventId,
    pub(super) assessment: AssessmentId,
    pub(super) instrument: InstrumentVersion,
    pub(super) sequence: i64,
    pub(super) part: Part,
    pub(super) hash: [u8; 32],
    pub(super) body: String,
}

/// Which part an event plays in its questionnaire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// An answer or a skip.
    Answer,
    /// What staff say of what they type in: the civil date of answering, and whether that was before inclusion.
    Transcription(Date, bool),
    /// The sending, on this civil date.
    Submission(Date),
    /// A correction by staff: it makes no copy.
    Amendment,
    /// A kind this version does not know: kept and passed on.
    Unknown,
}

/// An event to be set aside, with why.
#[derive(Clone, Debug)]
pub(super) struct SetAside {
    pub(super) id: Option<AnswerEventId>,
    pub(super) assessment: Option<AssessmentId>,
    pub(super) reason: QuarantineReason,
    pub(super) detail: String,
    pub(super) hash: [u8; 32],
    pub(super) body: String,
}

/// Judges one event as it came: the JSON text of it.
pub(super) fn judge(court: &Court<'_>, pushed: &str) -> Verdict {
    if !limits::is_within(pushed.as_bytes()) {
        let detail = "It is nested too deeply, or one of its texts is above 4 kB.";
        return aside(None, None, QuarantineReason::Unreadable, detail, pushed.to_owned());
    }
    let Ok(event) = serde_json::from_str::<AnswerEvent>(pushed) else {
        let detail = "It is not an answer event of this protocol.";
        return aside(find_id(pushed), None, QuarantineReason::Unreadable, detail, pushed.to_owned());
    };
    judge_read(court, event, pushed)
}

/// Judges one event that is read already; `pushed` is how it came, kept if it has no form of its own.
pub(super) fn judge_read(court: &Court<'_>, event: AnswerEvent, pushed: &str) -> Verdict {
    let Some(body) = event.canonical_bytes().ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
        let detail = "It holds a number that has no JSON form.";
        return aside(Some(event.id), None, QuarantineReason::Unreadable, detail, pushed.to_owned());
    };
    let of_this_patient = (event.patient == court.patient).then(|| event.assessment.clone());
    let part = check(court, &event, body.len());
    let sequence = i64::try_from(event.sequence);
    match (part, sequence) {
        (Err((reason, detail)), _) => aside(Some(event.id), of_this_patient, reason, &detail, body),
        (Ok(_), Err(_)) => {
            aside(Some(event.id), of_this_patient, QuarantineReason::Unreadable, "Its sequence is out of range.", body)
        }
        (Ok(part), Ok(sequence)) => Verdict::Fit(FitEvent {
            id: event.id,
            assessment: event.assessment,
            instrument: event.instrument,
            sequence,
            part,
            hash: Sha256::digest(&body).into(),
            body,
        }),
    }
}

/// The id of something that is not an answer event, where it has one.
fn find_id(pushed: &str) -> Option<AnswerEventId> {
    let value: Value = serde_json::from_str(pushed).ok()?;
    value.get("id")?.as_str()?.parse().ok()
}

fn aside(
    id: Option<AnswerEventId>,
    assessment: Option<AssessmentId>,
    reason: QuarantineReason,
    detail: &str,
    body: String,
) -> Verdict {
    let hash = Sha256::digest(&body).into();
    Verdict::Aside(SetAside { id, assessment, reason, detail: detail.to_owned(), hash, body })
}

impl FitEvent {
    /// The same event, to be set aside after all.
    pub(super) fn aside(&self, reason: QuarantineReason, detail: &str) -> SetAside {
        SetAside {
            id: Some(self.id),
            assessment: Some(self.assessment.clone()),
            reason,
            detail: detail.to_owned(),
            hash: self.hash,
            body: self.body.clone(),
        }
    }
}

type Refusal = (QuarantineReason, String);

fn check(court: &Court<'_>, event: &AnswerEvent, size: usize) -> Result<Part, Refusal> {
    let refuse = |reason, detail: &str| Err((reason, detail.to_owned()));
    if size > MAX_EVENT {
        return refuse(QuarantineReason::Unreadable, "It is larger than any answer.");
    }
    if event.patient != court.patient {
        return refuse(QuarantineReason::OtherPatient, "The device was enrolled for another patient.");
    }
    if event.origin.device != court.device {
        return refuse(QuarantineReason::OtherDevice, "It names another device than the one that sent it.");
    }
    let is_at_desk = court.staff.is_some();
    if (is_at_desk && event.origin.staff != court.staff) || (!is_at_desk && is_of_staff(&event.body)) {
        return refuse(QuarantineReason::OtherDevice, "Only staff at their desk say what was said elsewhere.");
    }
    if court.revoked {
        return refuse(QuarantineReason::RevokedDevice, "The device had been revoked when it sent this.");
    }
    let Some(timepoint) = court.study.find_timepoint(&event.assessment.timepoint) else {
        return Err((QuarantineReason::UnknownAssessment, format!("The study has no {}.", event.assessment)));
    };
    if timepoint.series != Series::EachTime && event.assessment.occurrence != 1 {
        return Err((QuarantineReason::UnknownAssessment, format!("{} comes round only once.", timepoint.key)));
    }
    let Some(definition) = court.catalog.find(&event.instrument) else {
        let detail = format!("The server has no {}.", event.instrument);
        return Err((QuarantineReason::UnknownInstrument, detail.chars().take(200).collect()));
    };
    if let EventBody::Known(body) = &event.body {
        check_body(definition, body, is_at_desk)?;
    }
    Ok(part(event, court.enrolled_at, court.received_at))
}

/// Whether something can only come from a desk.
fn is_of_staff(body: &EventBody) -> bool {
    match body {
        EventBody::Known(KnownBody::Transcribed(_)) => true,
        EventBody::Known(KnownBody::Skipped { reason, .. }) => {
            *reason != SkipReason::NotApplicable && SkipReason::OF_STAFF.contains(reason)
        }
        EventBody::Known(KnownBody::Answered { .. } | KnownBody::Submitted | KnownBody::Amended { .. })
        | EventBody::Unknown(_) => false,
    }
}

fn check_body(definition: &Definition, body: &KnownBody, at_desk: bool) -> Result<(), Refusal> {
    match body {
        KnownBody::Amended { .. } if !at_desk => {
            Err((QuarantineReason::AfterSubmission, "Only staff correct what was sent.".to_owned()))
        }
        KnownBody::Answered { item, value } | KnownBody::Amended { item, value: Some(value), .. } => {
            check_answer(definition, item, value)
        }
        KnownBody::Skipped { item, .. } | KnownBody::Amended { item, .. } => match definition.find_item(item) {
            Some(_) => Ok(()),
            None => Err(unknown_item(definition, item)),
        },
        KnownBody::Submitted | KnownBody::Transcribed(_) => Ok(()),
    }
}

/// Which part an event plays; its device was enrolled and it was received at these instants.
pub(super) fn part(event: &AnswerEvent, enrolled_at: Timestamp, received_at: Timestamp) -> Part {
    match &event.body {
        EventBody::Known(KnownBody::Submitted) => {
            Part::Submission(submitted_on(event.clock.at, enrolled_at, received_at))
        }
        EventBody::Known(KnownBody::Transcribed(said)) => Part::Transcription(said.answered_on, said.retrospective),
        EventBody::Known(KnownBody::Amended { .. }) => Part::Amendment,
        EventBody::Known(KnownBody::Answered { .. } | KnownBody::Skipped { .. }) => Part::Answer,
        EventBody::Unknown(_) => Part::Unknown,
    }
}

fn unknown_item(definition: &Definition, item: &ItemCode) -> Refusal {
    (QuarantineReason::UnknownItem, format!("{} has no item {item}.", definition.instrument))
}

fn check_answer(definition: &Definition, item: &ItemCode, value: &AnswerValue) -> Result<(), Refusal> {
    match Answer::parse(definition, item, value.clone()) {
        Ok(_) => Ok(()),
        Err(AnswerRefusal::UnknownItem { .. }) => Err(unknown_item(definition, item)),
        Err(AnswerRefusal::NotAllowed { item, allowed }) => {
            Err((QuarantineReason::OutsideCodes, format!("Item {item} takes {allowed}.")))
        }
    }
}

/// The civil date of sending: the device's, unless its clock says a time at which it could not have been sent.
///
/// A device asks nothing before it was enrolled and sends nothing after it was received; a clock that says so is
/// wrong, and the day of receipt is the best that is known.
#[must_use]
pub fn submitted_on(said_at: Timestamp, enrolled_at: Timestamp, received_at: Timestamp) -> Date {
    let (said, received) = (civil_date(said_at), civil_date(received_at));
    let possible = civil_date(enrolled_at)..=received;
    if possible.contains(&said) { said } else { received }
}

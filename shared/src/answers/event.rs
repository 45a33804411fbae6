//! The answer event: what was said, by whom, how and when; made once, never changed.
//!
//! A change of mind, a skip, the sending and a correction by staff are further events. Readers of later
//! versions may know more kinds than this one: a kind that is not known here is kept and passed on as it came.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    id::{
        AnswerEventId, AssessmentId, DeviceId, InstrumentVersion, ItemCode, Language, PackKey, PatientId, SessionId,
        StaffId,
    },
    people::{Mode, Respondent},
    time::{Date, DeviceTime},
};

/// One immutable fact about one questionnaire of one assessment of one patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerEvent {
    /// Made on the device before the first send.
    pub id: AnswerEventId,
    /// Whose answer.
    pub patient: PatientId,
    /// On which occasion.
    pub assessment: AssessmentId,
    /// To which instrument, at which version.
    pub instrument: InstrumentVersion,
    /// In which words it was asked.
    pub wording: WordingRef,
    /// Who answered, how, on what.
    pub origin: Origin,
    /// The device's own count of its events, from 1; the order within one device.
    pub sequence: u64,
    /// What the device knew of the time.
    pub clock: DeviceTime,
    /// What happened.
    pub body: EventBody,
}

/// An event's fields in the order of their names. The structs within declare theirs in that order already.
#[derive(Serialize)]
struct Canonical<'a> {
    assessment: &'a AssessmentId,
    body: CanonicalBody<'a>,
    clock: &'a DeviceTime,
    id: &'a AnswerEventId,
    instrument: &'a InstrumentVersion,
    origin: &'a Origin,
    patient: &'a PatientId,
    sequence: &'a u64,
    wording: &'a WordingRef,
}

/// A body's fields in the order of their names, with its kind among them.
#[derive(Serialize)]
#[serde(untagged)]
enum CanonicalBody<'a> {
    Answered {
        item: &'a ItemCode,
        kind: &'static str,
        value: &'a AnswerValue,
    },
    Skipped {
        item: &'a ItemCode,
        kind: &'static str,
        reason: SkipReason,
    },
    Submitted {
        kind: &'static str,
    },
    Amended {
        item: &'a ItemCode,
        kind: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        left_out: Option<SkipReason>,
        reason: &'a str,
        value: Option<&'a AnswerValue>,
    },
    Transcribed {
        #[serde(serialize_with = "crate::time::as_text")]
        answered_on: Date,
        kind: &'static str,
        remark: &'a str,
        retrospective: bool,
    },
    Unknown(Value),
}

impl<'a> CanonicalBody<'a> {
    fn of(body: &'a EventBody) -> Self {
        match body {
            EventBody::Known(KnownBody::Answered { item, value }) => Self::Answered { item, kind: "answered", value },
            EventBody::Known(KnownBody::Skipped { item, reason }) => {
                Self::Skipped { item, kind: "skipped", reason: *reason }
            }
            EventBody::Known(KnownBody::Submitted) => Self::Submitted { kind: "submitted" },
            EventBody::Known(KnownBody::Amended { item, value, left_out, reason }) => {
                Self::Amended { item, kind: "amended", left_out: *left_out, reason, value: value.as_ref() }
            }
            EventBody::Known(KnownBody::Transcribed(Transcript { answered_on, retrospective, remark })) => {
                Self::Transcribed {
                    answered_on: *answered_on,
                    kind: "transcribed",
                    remark,
                    retrospective: *retrospective,
                }
            }
            EventBody::Unknown(fields) => {
                let mut fields = Value::Object(fields.clone());
                fields.sort_all_objects();
                Self::Unknown(fields)
            }
        }
    }
}

/// The exact words that were shown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordingRef {
    /// SHA-256 of the pack, in hexadecimal.
    pub hash: String,
    /// Its language.
    pub language: Language,
    /// The pack.
    pub pack: PackKey,
}

/// Where an event comes from.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// On which device.
    pub device: DeviceId,
    /// How it was administered.
    pub mode: Mode,
    /// Who gave the answer.
    pub respondent: Respondent,
    /// In which sitting.
    pub session: SessionId,
    /// The member of staff who typed it in, when it was not the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
}

/// The value of an answer as it travels; [`crate::instrument::Answer::parse`] decides whether an item allows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerValue {
    /// The code of the chosen response option.
    Code(i32),
    /// The codes of several chosen options, ascending.
    Codes(Vec<i32>),
    /// A whole number: a count, or a position on an analogue scale.
    Integer(i64),
    /// A decimal number.
    Decimal(f64),
    /// A civil date.
    Date(#[serde(serialize_with = "crate::time::as_text")] Date),
    /// Free text, where an instrument has it.
    Text(String),
}

/// Why an item was left without an answer; always explicit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// "I prefer not to answer", confirmed.
    PreferNot,
    /// The patient said the question does not apply to them.
    NotApplicable,
    /// Nothing is ticked on the form; typed in by staff, as are those below.
    NotAnswered,
    /// More is ticked on the form than the question allows.
    SeveralTicked,
    /// What is on the form cannot be read.
    Illegible,
    /// The patient refused this question, on the form or aloud.
    Refused,
}

impl SkipReason {
    /// What staff say of an item without an answer, when they type in what was said elsewhere.
    pub const OF_STAFF: [Self; 5] =
        [Self::NotAnswered, Self::SeveralTicked, Self::Illegible, Self::Refused, Self::NotApplicable];
}

/// What staff say of a questionnaire that they type in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// The civil date on which it was answered; the clock of the event says when it was typed in.
    #[serde(serialize_with = "crate::time::as_text")]
    pub answered_on: Date,
    /// It was answered before the patient was included, as far as was known when it was typed in.
    pub retrospective: bool,
    /// Anything about the form itself; often empty, never clinical.
    pub remark: String,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum EventBody {
    /// A kind this version knows.
    Known(KnownBody),
    /// A kind of a later version: kept and passed on, never interpreted.
    Unknown(Map<String, Value>),
}

/// The kinds of answer event that this version knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum KnownBody {
    /// An item was answered; replaces what the same device said of it before.
    Answered {
        /// Which item.
        item: ItemCode,
        /// With what.
        value: AnswerValue,
    },
    /// An item was skipped on purpose.
    Skipped {
        /// Which item.
        item: ItemCode,
        /// Why.
        reason: SkipReason,
    },
    /// The patient reviewed and sent the questionnaire; no answer of this device follows.
    Submitted,
    /// Staff corrected a submitted answer; the old value stays visible.
    Amended {
        /// Which item.
        item: ItemCode,
        /// The corrected value; `None` withdraws the answer.
        value: Option<AnswerValue>,
        /// Why the item is without an answer after all; never beside a value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_out: Option<SkipReason>,
        /// Why, in the words of whoever corrected.
        reason: String,
    },
    /// Staff typed in what was said on paper, by telephone or face to face; comes before the answers.
    Transcribed(Transcript),
}

const KNOWN_KINDS: [&str; 5] = ["answered", "skipped", "submitted", "amended", "transcribed"];

impl<'de> Deserialize<'de> for EventBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Map::deserialize(deserializer)?;
        match map.get("kind").and_then(Value::as_str) {
            None => Err(D::Error::missing_field("kind")),
            Some("skipped") if has_later_reason(&map) => Ok(Self::Unknown(map)),
            Some(kind) if KNOWN_KINDS.contains(&kind) => {
                serde_json::from_value(Value::Object(map)).map(Self::Known).map_err(D::Error::custom)
            }
            Some(_) => Ok(Self::Unknown(map)),
        }
    }
}

/// Whether an item was skipped for a reason of a later version: kept and passed on as an unknown kind is.
fn has_later_reason(skipped: &Map<String, Value>) -> bool {
    skipped.get("reason").is_some_and(|reason| reason.is_string() && SkipReason::deserialize(reason).is_err())
}

impl AnswerEvent {
    /// The one byte form of this event: what is stored, hashed and compared when an id comes again.
    ///
    /// JSON without spaces, the names in each object in order, so that a version that does not know the body,
    /// and reads it as it comes, arrives at the same bytes.
    ///
    /// # Errors
    /// When the event cannot be written as JSON; none that could be read or made here is known to.
    pub fn canonical_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let Self { id, patient, assessment, instrument, wording, origin, sequence, clock, body } = self;
        let body = CanonicalBody::of(body);
        let mut bytes = Vec::with_capacity(1024); // more than any but a long text takes
        let canonical = Canonical { assessment, body, clock, id, instrument, origin, patient, sequence, wording };
        serde_json::to_writer(&mut bytes, &canonical)?;
        Ok(bytes)
    }
}

/// SHA-256 in lower-case hexadecimal.
///
/// ```
/// assert!(shared::answers::sha256_hex(b"").starts_with("e3b0c44298fc1c14"));
/// ```
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

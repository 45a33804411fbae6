//! Enrolling a patient, the letter, the list of patients, and a patient's file.

use serde::{Deserialize, Serialize};

use super::{
    AmendmentLine, ConsentRequest, ContactRequest, EpisodeLine, FindingLine, MilestoneLine, MilestoneRequest,
    MissingLine,
};
use crate::{
    answers::{AnswerValue, SkipReason, Transcript},
    id::{AssessmentId, DeviceId, HemopathyKey, InstrumentVersion, ItemCode, Language, PathwayKey, PatientId, SiteKey},
    people::{DeviceKind, Mode, Respondent},
    schedule::Assessment,
    scoring::InstrumentScores,
    time::{Date, Timestamp},
};

/// `POST /api/patients`: enrols a patient.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The registry number, as the hospital writes it; kept on the identity side.
    pub registry_number: String,
    /// Family name; kept on the identity side.
    #[serde(default)]
    pub family_name: String,
    /// Given name; kept on the identity side.
    #[serde(default)]
    pub given_name: String,
    /// Day of birth; kept on the identity side.
    #[serde(default)]
    pub birth_date: Option<Date>,
    /// Type of blood cancer.
    pub hemopathy: HemopathyKey,
    /// Following site.
    pub site: SiteKey,
    /// Care pathway.
    pub pathway: PathwayKey,
    /// Since when; from inclusion on unless given.
    #[serde(default)]
    pub pathway_from: Option<Date>,
    /// Language of the questionnaires.
    pub language: Language,
    /// Consent or non-opposition; its day is the milestone of information too, unless one is given.
    #[serde(default)]
    pub consent: Option<ConsentRequest>,
    /// Where reminders go, as the patient agreed; kept on the identity side, sealed.
    #[serde(default)]
    pub contacts: Vec<ContactRequest>,
    /// First milestones; inclusion is today unless given. A day that has passed is a late inclusion: what was to be
    /// answered before is not applicable.
    #[serde(default)]
    pub milestones: Vec<MilestoneRequest>,
}

/// `POST /api/patients/preview`: what an enrolment with these dates would plan; changes nothing.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolPreviewRequest {
    /// Type of blood cancer.
    pub hemopathy: HemopathyKey,
    /// First milestones; inclusion is today unless given.
    #[serde(default)]
    pub milestones: Vec<MilestoneRequest>,
}

/// What would be planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolPreviewReply {
    /// The plan as of today.
    pub assessments: Vec<Assessment>,
}

/// The reply to an enrolment.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolReply {
    /// The new patient.
    pub patient: PatientId,
}

/// `POST /api/patients/{patient}/letter`: a fresh enrolment letter; letters made before it stop working.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterReply {
    /// For the QR: the page's address is `/#e=<secret>`. Shown once, stored as a hash.
    pub secret: String,
    /// For typing: 8 Crockford characters.
    pub code: String,
    /// Until when either works.
    pub expires_at: Timestamp,
    /// The registry number, printed.
    pub registry_number: String,
    /// The patient's language, the letter's too.
    pub language: Language,
    /// The unit's telephone number.
    pub phone: String,
    /// The letter as a PDF of one A4 page, base64; like the secret, it leaves once and is not kept.
    pub pdf: String,
}

/// `GET /api/patients/{patient}`: the patient's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientReply {
    /// In one line.
    pub patient: PatientLine,
    /// Type of blood cancer.
    pub hemopathy: HemopathyKey,
    /// The patient's language.
    pub language: Language,
    /// Episodes of care, the standing and the replaced, newest entry first.
    pub episodes: Vec<EpisodeLine>,
    /// Milestones, the standing and the replaced, newest entry first.
    pub milestones: Vec<MilestoneLine>,
    /// The plan as of today.
    pub assessments: Vec<Assessment>,
    /// Why assessments have no answer, newest note first; the first of an assessment stands.
    pub missing: Vec<MissingLine>,
    /// What there is or was to look at.
    pub findings: Vec<FindingLine>,
    /// What was received, newest first.
    pub questionnaires: Vec<ReceivedQuestionnaire>,
    /// Enrolled devices, newest first.
    pub devices: Vec<DeviceLine>,
}

/// A patient in one line of a list.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientLine {
    /// Which patient.
    pub patient: PatientId,
    /// From the identity side.
    pub registry_number: String,
    /// From the identity side; may be empty.
    pub name: String,
    /// From the identity side, where it is known.
    #[serde(default)]
    pub birth_date: Option<Date>,
    /// Following site.
    pub site: SiteKey,
}

/// `POST /api/patients/search`: patients by registry number or name, 50 at a time.
///
/// A search holds a name or a registry number, so it travels in the body: addresses end up in logs and histories.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientsRequest {
    /// What number or name begins with; everybody, if empty.
    #[serde(default)]
    pub search: String,
    /// Only this site's.
    #[serde(default)]
    pub site: Option<SiteKey>,
    /// Go on after this registry number, the last reply's `next`.
    #[serde(default)]
    pub after: String,
}

/// The patients that were searched for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientsReply {
    /// The lines, by registry number.
    pub patients: Vec<PatientLine>,
    /// Pass as `after` to go on; `None` at the end.
    pub next: Option<String>,
}

/// A questionnaire that was received, in each copy that devices sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceivedQuestionnaire {
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Which instrument.
    pub instrument: InstrumentVersion,
    /// Every device's copy, the standing one first; more than one is a conflict to look at, unless staff typed all of
    /// them in and what differs is settled.
    pub copies: Vec<ReceivedCopy>,
    /// What staff corrected of the standing copy, oldest first.
    pub amendments: Vec<AmendmentLine>,
    /// Where staff typed it in more than once: the items on which the entries differ.
    pub entered_twice: Option<TwiceLine>,
    /// Scores of the standing copy.
    pub scores: Option<InstrumentScores>,
}

/// A questionnaire that was typed in twice.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwiceLine {
    /// The items on which the entries differ.
    pub differing: Vec<ItemCode>,
    /// Those of them that nobody has settled yet.
    pub open: Vec<ItemCode>,
    /// One person typed in all of them.
    pub by_one_person: bool,
}

/// What one device sent of one questionnaire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceivedCopy {
    /// Which device.
    pub device: DeviceId,
    /// When the patient sent it by the device's clock; `None` while only begun.
    pub submitted_at: Option<Timestamp>,
    /// When the server received the last of it.
    pub received_at: Timestamp,
    /// The device's clock was off by more than five minutes when it sent.
    pub clock_skewed: bool,
    /// How it was administered.
    pub mode: Mode,
    /// Who answered.
    pub respondent: Respondent,
    /// The account that typed it in; `None` when the patient answered on a device.
    pub entered_by: Option<String>,
    /// What was said of it when it was typed in.
    pub transcript: Option<Transcript>,
    /// Each item in the instrument's order: its label and what was said.
    pub answers: Vec<AnswerLine>,
}

/// One item of a received copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerLine {
    /// Which item.
    pub item: ItemCode,
    /// Our label for it.
    pub topic: String,
    /// The answer; `None` if skipped or not reached.
    pub value: Option<AnswerValue>,
    /// The value in words of the pack it was asked in.
    pub words: String,
    /// Why it has no answer, where that was said.
    pub skipped: Option<SkipReason>,
}

/// A device in a patient's file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceLine {
    /// Which.
    pub device: DeviceId,
    /// Who has it.
    pub kind: DeviceKind,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// When it last spoke to the server.
    pub last_seen_at: Option<Timestamp>,
    /// The words that a patient's own phone shows until it is confirmed, in the patient's language.
    #[serde(default)]
    pub words: Option<String>,
    /// The first bytes of the SHA-256 of its public key; `None` for a desk, which signs nothing.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// When staff saw these words on the patient's phone.
    #[serde(default)]
    pub confirmed_at: Option<Timestamp>,
    /// It was revoked.
    pub revoked: bool,
    /// Answers it told of that had not been received.
    pub n_unsent: u32,
    /// Since when it tells of some.
    pub unsent_since: Option<Timestamp>,
    /// Answers it told of that are gone and were never received.
    pub n_lost: u32,
}

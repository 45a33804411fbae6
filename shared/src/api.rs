//! The wire between the app's pages and the server, apart from sync: `…Request` goes in, `…Reply` comes back.
//!
//! Unknown fields in a request are refused. Errors come as [`Problem`] (RFC 9457). Every request that changes
//! something carries the header [`CSRF_HEADER`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    answers::AnswerValue,
    id::{
        AssessmentId, DeviceId, HemopathyKey, InstrumentKey, InstrumentVersion, ItemCode, Language, MilestoneId,
        PathwayKey, PatientId, ScaleCode, SiteKey, StaffId, TimepointKey,
    },
    instrument::Direction,
    people::Role,
    schedule::{Assessment, AssessmentState, Milestone, MissingReason, PlanDiff},
    scoring::InstrumentScores,
    study::{Labels, MilestoneKind, Study},
    time::{Date, PartialDate, Timestamp},
};

/// The header that shows a request was made by our own pages; its value is [`CSRF_VALUE`].
pub const CSRF_HEADER: &str = "x-ressenti";
/// The value of [`CSRF_HEADER`].
pub const CSRF_VALUE: &str = "1";

/// Problem details: what happened, what is safe, what to do now.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable word for programs: pages choose their own sentence by it.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few English words.
    pub title: String,
    /// What is safe and what to do, in an English sentence or two; holds no answer, name or secret.
    pub detail: String,
}

/// The problems a person or program can meet.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum ProblemKind {
    /// The request could not be read, or holds fields that do not belong there.
    #[serde(rename = "urn:ressenti:bad-request")]
    BadRequest,
    /// The body is larger than the server takes.
    #[serde(rename = "urn:ressenti:too-large")]
    TooLarge,
    /// Nobody is signed in, or the session is over.
    #[serde(rename = "urn:ressenti:not-signed-in")]
    NotSignedIn,
    /// Name, password or one-time code is wrong; which is not said.
    #[serde(rename = "urn:ressenti:wrong-credentials")]
    WrongCredentials,
    /// Too many wrong tries; wait.
    #[serde(rename = "urn:ressenti:too-many-tries")]
    TooManyTries,
    /// The enrolment code is wrong.
    #[serde(rename = "urn:ressenti:code-wrong")]
    CodeWrong,
    /// The enrolment code has expired.
    #[serde(rename = "urn:ressenti:code-expired")]
    CodeExpired,
    /// The enrolment code was used, or burnt by wrong tries.
    #[serde(rename = "urn:ressenti:code-used")]
    CodeUsed,
    /// This device was revoked: it may hand in what it holds, and read nothing.
    #[serde(rename = "urn:ressenti:device-revoked")]
    DeviceRevoked,
    /// Signed in, but not allowed.
    #[serde(rename = "urn:ressenti:forbidden")]
    Forbidden,
    /// There is no such thing, or none this account may see.
    #[serde(rename = "urn:ressenti:not-found")]
    NotFound,
    /// It was changed or made in the meantime.
    #[serde(rename = "urn:ressenti:conflict")]
    Conflict,
    /// Read, but refused: the detail says which value.
    #[serde(rename = "urn:ressenti:refused")]
    Refused,
    /// The sender speaks a protocol this server does not.
    #[serde(rename = "urn:ressenti:protocol")]
    Protocol,
    /// The server cannot write now (disk full, database locked or down): nothing was changed.
    #[serde(rename = "urn:ressenti:unavailable")]
    Unavailable,
    /// A fault of ours: nothing was acknowledged.
    #[serde(rename = "urn:ressenti:fault")]
    Fault,
}

// --- a patient's device ---

/// `POST /api/enrolment/claim`: the single use of a letter, by its QR secret or its typed code.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClaimRequest {
    /// From the QR code: 32 random bytes, base64url without padding.
    Secret(String),
    /// From the letter's text: 8 Crockford characters; case, spaces and dashes do not matter.
    Code(String),
}

/// What a device gets once: its name and the credential it opens sessions with.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimReply {
    /// The new device.
    pub device: DeviceId,
    /// Whose it is.
    pub patient: PatientId,
    /// 32 random bytes, base64url; kept by the device under the patient's PIN, by the server as a hash.
    pub credential: String,
    /// The patient's language.
    pub language: Language,
}

/// `POST /api/device/session`: opens a session (cookie) for an enrolled device.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceSessionRequest {
    /// Which device.
    pub device: DeviceId,
    /// Its credential.
    pub credential: String,
}

// --- staff: signing in ---

/// `POST /api/staff/sign-in`: password and one-time code together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// The account's name.
    pub username: String,
    /// Its password.
    pub password: String,
    /// The six digits of the authenticator.
    pub one_time_code: String,
}

/// Who is signed in: the reply to signing in and to `GET /api/staff/me`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffReply {
    /// The account.
    pub staff: StaffId,
    /// Its name.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// Whose patients it sees; a nurse's sites.
    pub sites: Vec<SiteKey>,
}

// --- staff: the study, for labels and choices ---

/// `GET /api/study`: what staff pages name sites, timepoints, instruments and scales by; any member of staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyReply {
    /// The study as it stands.
    pub study: Study,
    /// Every instrument version that the study asks, in the catalogue's order.
    pub instruments: Vec<InstrumentOutline>,
}

/// An instrument as staff pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentOutline {
    /// Which, at which version.
    pub instrument: InstrumentVersion,
    /// What staff call it.
    pub title: String,
    /// Our labels for its items, in the languages there are; English always.
    pub topics: BTreeMap<ItemCode, Labels>,
    /// Its scales, in the definition's order.
    pub scales: Vec<ScaleOutline>,
}

/// A scale as staff pages name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleOutline {
    /// Its code.
    pub code: ScaleCode,
    /// Our label for it, in the languages there are; English always.
    pub label: Labels,
    /// Lowest and highest value it can take.
    pub range: [f64; 2],
    /// What a higher value means.
    pub higher: Direction,
}

// --- staff: patients ---

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
    /// Type of blood cancer.
    pub hemopathy: HemopathyKey,
    /// Following site.
    pub site: SiteKey,
    /// Care pathway from inclusion on.
    pub pathway: PathwayKey,
    /// Language of the questionnaires.
    pub language: Language,
    /// First milestones; inclusion is today unless given.
    #[serde(default)]
    pub milestones: Vec<MilestoneRequest>,
}

/// A milestone to record: in an enrolment, or `POST /api/patients/{patient}/milestones`; what it would do to the
/// plan is told by `POST /api/patients/{patient}/milestones/preview`, which changes nothing.
///
/// Recording a kind again replaces what stood (except relapses, which add up); the old entry stays in history.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneRequest {
    /// What.
    pub kind: MilestoneKind,
    /// When.
    pub on: PartialDate,
    /// Only planned so far.
    #[serde(default)]
    pub planned: bool,
    /// Where it is known from.
    #[serde(default)]
    pub source: String,
    /// The entry of the same kind that it corrects or takes back; it must stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<MilestoneId>,
    /// Takes that entry back: nothing stands in its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
    /// Why what stood is changed; see [`needs_reason`](crate::schedule::needs_reason()).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How many entries the preview was worked out from; refused as a conflict if there are others by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_entries: Option<usize>,
}

impl MilestoneRequest {
    /// A milestone that adds to what stands, or replaces what stands of its kind.
    #[must_use]
    pub fn new(milestone: Milestone, source: impl Into<String>) -> Self {
        let Milestone { kind, on, planned } = milestone;
        let (replaces, taken_back, reason) = (None, false, String::new());
        Self { kind, on, planned, source: source.into(), replaces, taken_back, reason, n_entries: None }
    }

    /// What stands once it is recorded, unless it takes back.
    #[must_use]
    pub const fn milestone(&self) -> Milestone {
        Milestone { kind: self.kind, on: self.on, planned: self.planned }
    }
}

/// What recording a milestone would do.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestonePreviewReply {
    /// How many entries it was worked out from.
    pub n_entries: usize,
    /// What stands and would be replaced or taken back.
    pub stood: Option<Milestone>,
    /// Whether it is only recorded with a reason.
    pub needs_reason: bool,
    /// What becomes of the plan.
    pub diff: PlanDiff,
}

/// `GET /api/patients/{patient}/plan?known_at=…`: the plan as it was known at an instant, or at the end of a civil
/// date: from the milestones entered and the answers received until then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanReply {
    /// Until when; now, if a later instant was asked for.
    pub known_at: Timestamp,
    /// The milestones that stood, by date; none before the patient was enrolled.
    pub milestones: Vec<Milestone>,
    /// The plan as of the civil date of that instant.
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
}

/// `GET /api/patients/{patient}`: the patient's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientReply {
    /// In one line.
    pub patient: PatientLine,
    /// Type of blood cancer.
    pub hemopathy: HemopathyKey,
    /// The standing pathway.
    pub pathway: PathwayKey,
    /// The patient's language.
    pub language: Language,
    /// Milestones, the standing and the replaced, newest entry first.
    pub milestones: Vec<MilestoneLine>,
    /// The plan as of today.
    pub assessments: Vec<Assessment>,
    /// Why assessments have no answer, newest note first; the first of an assessment stands.
    pub missing: Vec<MissingLine>,
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

/// A milestone as entered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneLine {
    /// Which entry.
    pub id: MilestoneId,
    /// What.
    pub kind: MilestoneKind,
    /// When.
    pub on: PartialDate,
    /// Only planned.
    pub planned: bool,
    /// Where it is known from.
    pub source: String,
    /// Who entered it.
    pub entered_by: String,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// A later entry replaced it, or took it back.
    pub replaced: bool,
    /// The entry it put aside.
    pub replaces: Option<MilestoneId>,
    /// It takes that entry back, and stands for nothing itself.
    pub taken_back: bool,
    /// Why what stood was changed.
    pub reason: String,
}

/// A questionnaire that was received, in each copy that devices sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceivedQuestionnaire {
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Which instrument.
    pub instrument: InstrumentVersion,
    /// Every device's copy, the standing one first; more than one is a conflict to look at.
    pub copies: Vec<ReceivedCopy>,
    /// Scores of the standing copy.
    pub scores: Option<InstrumentScores>,
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
    /// Skipped on purpose.
    pub skipped: bool,
}

/// A device in a patient's file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceLine {
    /// Which.
    pub device: DeviceId,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// When it last spoke to the server.
    pub last_seen_at: Option<Timestamp>,
    /// It was revoked.
    pub revoked: bool,
}

// --- staff: worklist ---

/// The groups of the worklist, in the order they are shown.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorklistGroup {
    /// Open, and its window closes within 48 hours.
    Closing,
    /// Open today, and no reason noted why it will stay empty.
    Due,
    /// Window closed with something not sent and no reason noted.
    Overdue,
    /// Received within the last 7 days.
    Received,
    /// Set aside by the server, or sent by two devices: to look at.
    Attention,
}

/// `POST /api/worklist`: which part of the list is asked for; the search is in the body for the reason above.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklistRequest {
    /// Which group; due, if absent.
    #[serde(default)]
    pub group: Option<WorklistGroup>,
    /// Only this site's.
    #[serde(default)]
    pub site: Option<SiteKey>,
    /// What registry number or name begins with; everybody, if empty.
    #[serde(default)]
    pub search: String,
    /// Go on after this place, the last reply's `next`.
    #[serde(default)]
    pub after: Option<String>,
}

/// One group of the worklist, 50 lines at a time, most urgent first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklistReply {
    /// How many lines each group has, counted to 100 at most.
    pub counts: Vec<(WorklistGroup, u16)>,
    /// The lines of the group asked for.
    pub lines: Vec<WorklistLine>,
    /// Pass as `after` to go on; `None` at the end.
    pub next: Option<String>,
}

/// One assessment that asks for a nurse's eye.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklistLine {
    /// Whose.
    pub patient: PatientLine,
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Where it stands.
    pub state: AssessmentState,
    /// The day aimed at.
    pub due_on: Option<Date>,
    /// The last day of its window.
    pub closes_on: Option<Date>,
    /// Questionnaires sent, of how many.
    pub submitted: u8,
    /// How many questionnaires it has.
    pub questionnaires: u8,
    /// When the last of it was received.
    pub received_at: Option<Timestamp>,
    /// Copies of two devices differ, or something was set aside.
    pub conflict: bool,
    /// Why what is missing is missing, where that was noted.
    pub missing: Option<MissingReason>,
}

/// `POST /api/patients/{patient}/missing`: why an assessment has no answer; taken from the day its window opens.
///
/// The last note of an assessment stands. It keeps no answer out: what is sent later counts, and the assessment is
/// completed late.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingRequest {
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Why; `None` takes the reason back that stands.
    pub reason: Option<MissingReason>,
    /// More about it, 200 characters at most; asked for with another reason than those listed.
    #[serde(default)]
    pub note: String,
}

/// One note of why an assessment has no answer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingLine {
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Why; `None` when an earlier reason was taken back.
    pub reason: Option<MissingReason>,
    /// More about it; often empty.
    pub note: String,
    /// The account that entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: Timestamp,
}

// --- investigators ---

/// `GET /api/completion`: expected and received by timepoint and instrument; no patient in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletionReply {
    /// As of this civil date.
    pub as_of: Date,
    /// One row per timepoint and instrument, in the study's order; those with fewer than 5 expected are left out.
    pub rows: Vec<CompletionRow>,
    /// Why answers are missing, the most frequent reason first.
    pub reasons: Vec<ReasonCount>,
}

/// How many assessments closed with something not sent, for one reason.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonCount {
    /// The reason that staff noted; `None` while they have noted none.
    pub reason: Option<MissingReason>,
    /// How many; `None` when fewer than 5, which are not told apart.
    pub n: Option<u32>,
}

/// Completion of one instrument at one timepoint.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletionRow {
    /// When.
    pub timepoint: TimepointKey,
    /// What.
    pub instrument: InstrumentKey,
    /// Due (window closed, patient alive and in the study until then), or received before or outside that.
    pub expected: u32,
    /// Of those, received within the window.
    pub on_time: u32,
    /// Received after it.
    pub late: u32,
    /// Begun, never sent.
    pub partial: u32,
    /// Nothing received.
    pub missed: u32,
}

/// `GET /api/trajectory?instrument=&scale=&by=`: means of one scale over the timepoints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrajectoryReply {
    /// Which instrument.
    pub instrument: InstrumentVersion,
    /// Which scale.
    pub scale: ScaleCode,
    /// Our label for it.
    pub label: String,
    /// What a higher value means.
    pub higher: Direction,
    /// Lowest and highest possible value.
    pub range: [f64; 2],
    /// Version of the scoring engine.
    pub engine: String,
    /// As of this civil date.
    pub as_of: Date,
    /// One point per timepoint that has scores, in the study's order.
    pub points: Vec<TrajectoryPoint>,
}

/// Mean of a scale at one timepoint; masked when fewer than 5 patients are behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrajectoryPoint {
    /// When.
    pub timepoint: TimepointKey,
    /// The relative day aimed at.
    pub target_day: i32,
    /// How many scores; `None` when masked.
    pub n: Option<u32>,
    /// Their mean and its 95 % interval (Student); `None` when masked.
    pub mean: Option<[f64; 3]>,
}

/// `POST /api/exports`: makes an export and says what is in it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// What it is for; goes into the audit.
    pub purpose: String,
}

/// What an export holds; its files are at `GET /api/exports/{export}/{name}`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportReply {
    /// The export's number in the audit.
    pub export: u64,
    /// It holds what was committed up to this position.
    pub position: u64,
    /// Its files.
    pub files: Vec<ExportFile>,
}

/// One file of an export.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportFile {
    /// `answers.csv`, `scores.csv`, `codebook.csv`.
    pub name: String,
    /// Rows without the header.
    pub rows: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

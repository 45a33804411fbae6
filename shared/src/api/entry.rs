//! Forms on paper, typing in what was said on them or aloud, and correcting what was sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PatientLine;
use crate::{
    answers::{ItemResponse, WordingRef},
    id::{AssessmentId, DeviceId, InstrumentKey, InstrumentVersion, ItemCode, Language},
    instrument::InstrumentSheet,
    paper::FormCode,
    people::{Mode, Respondent},
    schedule::Window,
    time::{Date, DeviceTime, Timestamp},
};

/// `POST /api/patients/{patient}/forms`: forms to print of one occasion. Printing one again gives the same code.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormsRequest {
    /// Which occasion.
    pub assessment: AssessmentId,
    /// In which language.
    pub language: Language,
    /// Only this instrument; all that the occasion asks, if absent.
    #[serde(default)]
    pub instrument: Option<InstrumentKey>,
}

/// The forms, in the order they are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormsReply {
    /// Printed on each; the name is not.
    pub registry_number: String,
    /// The unit's telephone number.
    pub phone: String,
    /// The forms.
    pub forms: Vec<PaperForm>,
}

/// One form to print.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperForm {
    /// What opens its entry.
    pub code: FormCode,
    /// The words it is printed in.
    pub wording: WordingRef,
    /// What it asks.
    pub sheet: InstrumentSheet,
}

/// `GET /api/forms/{code}`, or `GET /api/patients/{patient}/forms/{assessment}/{instrument}?language=fr`: what one
/// needs to type a form in; by its code, in the words it was printed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormReply {
    /// Whose.
    pub patient: PatientLine,
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Its window, where the anchor is known.
    pub window: Option<Window>,
    /// The earliest day that is taken as the day of answering.
    pub earliest_on: Date,
    /// The day of inclusion: what was answered before is retrospective.
    pub included_on: Option<Date>,
    /// The words.
    pub wording: WordingRef,
    /// What is asked.
    pub sheet: InstrumentSheet,
    /// The copies that were sent already, without their answers: a second entry is blind.
    pub sent: Vec<SentCopy>,
}

/// A copy of a questionnaire that was sent already.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentCopy {
    /// The account that typed it in; `None` when the patient answered on a device.
    pub entered_by: Option<String>,
    /// How it was administered.
    pub mode: Mode,
    /// When the server received it.
    pub received_at: Timestamp,
}

/// `POST /api/patients/{patient}/entries`: what was said on paper, by telephone or face to face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRequest {
    /// Made by the page before the first send: the same entry sent again is taken once.
    pub entry: DeviceId,
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Which instrument, at which version.
    pub instrument: InstrumentVersion,
    /// In which words it was asked.
    pub wording: WordingRef,
    /// The civil date on which it was answered.
    #[serde(serialize_with = "crate::time::as_text")]
    pub answered_on: Date,
    /// On paper, by telephone or face to face.
    pub mode: Mode,
    /// Who answered.
    pub respondent: Respondent,
    /// Anything about the form itself, 200 characters at most; no name, nothing clinical.
    #[serde(default)]
    pub remark: String,
    /// The clock of whoever types.
    pub clock: DeviceTime,
    /// Something was sent of this questionnaire before, and this is typed beside it; refused as a conflict if it is
    /// not said.
    #[serde(default)]
    pub again: bool,
    /// What was said of each item that applies.
    pub answers: BTreeMap<ItemCode, ItemResponse>,
}

/// The word that an entry or a correction is durably kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryReply {
    /// When it was received.
    pub received_at: Timestamp,
    /// What was said before inclusion, and is not expected in completion.
    pub retrospective: bool,
    /// The items on which it differs from the entry before it, to be settled.
    pub differing: Vec<ItemCode>,
}

/// `POST /api/patients/{patient}/amend`: corrects a questionnaire that was sent; what stood stays visible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendRequest {
    /// Made by the page before the first send: the same correction sent again is taken once.
    pub entry: DeviceId,
    /// Which occasion.
    pub assessment: AssessmentId,
    /// Which instrument.
    pub instrument: InstrumentKey,
    /// How many corrections the page showed; refused as a conflict if there are others by now.
    pub n_amendments: usize,
    /// What is to stand of each item; `null` withdraws what stood.
    pub changes: BTreeMap<ItemCode, Option<ItemResponse>>,
    /// Why.
    pub reason: String,
    /// It settles the differences between two entries: what stood may be confirmed.
    #[serde(default)]
    pub double_entry: bool,
    /// The clock of whoever corrects.
    pub clock: DeviceTime,
}

/// One correction in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendmentLine {
    /// Which item.
    pub item: ItemCode,
    /// What stood before; `None` when nothing did.
    pub before: Option<ItemResponse>,
    /// The same in the words of the pack.
    pub words_before: String,
    /// What stands since; `None` when it was withdrawn.
    pub after: Option<ItemResponse>,
    /// The same in the words of the pack.
    pub words_after: String,
    /// Why.
    pub reason: String,
    /// The account that corrected.
    pub entered_by: String,
    /// When, by the clock it was made under.
    pub at: Timestamp,
}

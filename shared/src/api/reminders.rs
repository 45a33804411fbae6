//! Reminders: what left to a patient and why nothing does, and whether all that should have left did.

use serde::{Deserialize, Serialize};

use crate::{
    id::{AssessmentId, ReminderKey},
    time::{Date, Timestamp},
};

/// `GET /api/patients/{patient}/reminders`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemindersReply {
    /// Whether messages leave, or why none do.
    pub standing: RemindersStanding,
    /// What left or may have left, the newest first.
    pub reminders: Vec<ReminderLine>,
    /// Who stopped or resumed them, the newest first.
    pub choices: Vec<ReminderChoice>,
}

/// Whether messages leave to a patient; the first reason why not.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemindersStanding {
    /// Messages leave when something is due.
    On,
    /// After death nothing leaves any more.
    Died,
    /// After withdrawal nothing leaves any more.
    Withdrew,
    /// While the patient is lost to follow-up nothing leaves.
    Lost,
    /// The patient withdrew from reminders alone; that milestone must be taken back before they resume.
    WithdrewFromReminders,
    /// The patient, or staff for the patient, said to stop.
    Stopped,
    /// There is no mail address.
    NoAddress,
    /// The patient has no phone or computer to answer on.
    NoDevice,
    /// This server sends no mail, or the study has no rules.
    Off,
}

/// One message.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderLine {
    /// Of which assessment.
    pub assessment: AssessmentId,
    /// By which rule.
    pub rule: ReminderKey,
    /// Which time of that rule.
    pub nth: u16,
    /// When it was claimed for sending.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: ReminderOutcome,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderOutcome {
    /// On its way to the mail server.
    Claimed,
    /// The mail server took it.
    Sent,
    /// The mail server did not take it; it is tried again.
    Failed,
    /// It may have left: the server stopped, or the connection broke, before the answer. It is not sent again.
    Unknown,
    /// The mail server refused it for good, or too often.
    GivenUp,
    /// Its reason fell away before it could be sent.
    Void,
}

/// Whether the patient wants reminders, as it was said.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderChoice {
    /// Whether they are wanted.
    pub wanted: bool,
    /// Who entered it; `None` for the patient, by the link of a message.
    pub entered_by: Option<String>,
    /// When.
    pub entered_at: Timestamp,
}

/// `POST /api/patients/{patient}/reminders`: stops or resumes them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemindersRequest {
    /// Whether they are wanted.
    pub wanted: bool,
}

/// `GET /api/reminders/health`: what should have left and what did, day by day; nurses see their sites'.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemindersHealthReply {
    /// Whether this server has a mail server, and the study rules.
    pub on: bool,
    /// When reminders were last looked through.
    pub looked_at: Option<Timestamp>,
    /// Today, in Europe/Paris.
    pub today: Date,
    /// Days and rules on which something was expected or left, the newest first.
    pub days: Vec<ReminderDay>,
}

/// One rule on one day.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderDay {
    /// The day.
    pub on: Date,
    /// The rule.
    pub rule: ReminderKey,
    /// How many messages should have left, worked out anew from what was known then.
    pub expected: u32,
    /// How many the mail server took.
    pub sent: u32,
    /// How many are still tried.
    pub failed: u32,
    /// How many were given up.
    pub given_up: u32,
    /// How many may have left.
    pub unknown: u32,
    /// How many fell away before they could be sent.
    pub void: u32,
    /// How many should have left and were not even tried.
    pub missing: u32,
    /// How many were tried though nothing was due.
    pub unexpected: u32,
}

impl ReminderDay {
    /// Whether what left is what should have left.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.given_up + self.unknown + self.missing + self.unexpected == 0
    }
}

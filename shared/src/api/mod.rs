//! The wire between the app's pages and the server, apart from sync: `…Request` goes in, `…Reply` comes back.
//!
//! Unknown fields in a request are refused. Errors come as [`Problem`] (RFC 9457). Every request that changes
//! something carries the header [`CSRF_HEADER`].

mod device;
mod entry;
mod episodes;
mod exports;
mod findings;
mod handover;
mod history;
mod identity;
mod milestones;
mod oversight;
mod passkeys;
mod patients;
mod problem;
mod provider;
mod reminders;
mod reports;
mod staff;
mod worklist;

pub use device::{Claim, ClaimReply, ClaimRequest, DeviceSessionRequest};
pub use entry::{
    AmendRequest, AmendmentLine, EntryReply, EntryRequest, FormReply, FormsReply, FormsRequest, PaperForm, SentCopy,
};
pub use episodes::{EpisodeLine, EpisodeReply, EpisodeRequest};
pub use exports::{ExportFile, ExportReply, ExportRequest};
pub use findings::{Finding, FindingLine, Look, LookRequest};
pub use handover::{GivenRequest, HandoverReply, HandoverRequest, IdentityItem, LockReply, UnlockRequest};
pub use history::{HistoryKind, HistoryLine, HistoryReply, HistoryRequest};
pub use identity::{
    ConsentLine, ConsentRequest, ContactLine, ContactRequest, LetterLine, LetterState, PersonChangeLine, PersonReply,
    PersonRequest,
};
pub use milestones::{MilestoneLine, MilestonePreviewReply, MilestoneRequest, PlanReply};
pub use oversight::{
    AuditLine, AuditRequest, DeviceGroup, DeviceOversight, DevicesRequest, Page, QuarantineLine, QuarantineRequest,
};
pub use passkeys::{ChallengeReply, PasskeyLine, PasskeyRequest, PasskeySignInRequest, PasskeysReply, SignInWaysReply};
pub use patients::{
    AnswerLine, DeviceLine, EnrolPreviewReply, EnrolPreviewRequest, EnrolReply, EnrolRequest, LetterReply, PatientLine,
    PatientReply, PatientsReply, PatientsRequest, ReceivedCopy, ReceivedQuestionnaire, TwiceLine,
};
pub use problem::{Problem, ProblemKind};
pub use provider::{ProviderReply, ProviderSignInRequest};
pub use reminders::{
    ReminderChoice, ReminderDay, ReminderLine, ReminderOutcome, RemindersHealthReply, RemindersReply, RemindersRequest,
    RemindersStanding,
};
pub use reports::{CompletionReply, CompletionRow, ReasonCount, TrajectoryPoint, TrajectoryReply};
pub use staff::{InstrumentOutline, ScaleOutline, SignInRequest, StaffReply, StudyReply};
pub use worklist::{
    MissingLine, MissingRequest, Unsent, WorklistGroup, WorklistLine, WorklistReply, WorklistRequest, WorklistSort,
};

/// The header that shows a request was made by our own pages; its value is [`CSRF_VALUE`].
pub const CSRF_HEADER: &str = "x-ressenti";
/// The value of [`CSRF_HEADER`].
pub const CSRF_VALUE: &str = "1";

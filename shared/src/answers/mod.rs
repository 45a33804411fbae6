//! WHAT WAS SAID: answer events, the log they form, how copies merge, and the response read from it.

mod draft;
mod event;
mod log;
pub mod response;
#[cfg(test)]
pub(crate) mod samples;

pub use draft::{DraftEvent, Slot, SlotError};
pub use event::{
    AnswerEvent, AnswerValue, EventBody, KnownBody, Origin, SkipReason, Transcript, WordingRef, sha256_hex,
};
pub use log::{AnswerLog, Appended};
pub use response::{Amendment, ItemResponse, QuestionnaireResponse, ResponseCopy};

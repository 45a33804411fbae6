//! WHAT WAS SAID: answer events, the log they form, how copies merge, and the response read from it.

mod event;

pub use event::{AnswerEvent, AnswerValue, EventBody, KnownBody, Origin, SkipReason, WordingRef, sha256_hex};

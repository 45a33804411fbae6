//! The domain of Ressenti: instruments, answers, scores, study, schedule and sync, without I/O, clock or chance.
//!
//! The same code runs in the browser and on the server. Folders are a clinician's questions: what is asked
//! ([`instrument`]), what was said ([`answers`]), what it means ([`scoring`]), the protocol ([`study`]), when
//! ([`schedule`]), how it is asked without a screen ([`paper`]), how copies agree ([`sync`]).

pub mod answers;
pub mod api;
#[cfg(feature = "catalog")]
pub mod export;
#[cfg(feature = "fhir")]
pub mod fhir;
pub mod id;
pub mod instrument;
pub mod json;
mod order;
pub mod paper;
pub mod people;
pub mod schedule;
pub mod scoring;
pub mod study;
pub mod sync;
pub mod time;

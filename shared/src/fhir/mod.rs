//! How other systems write a questionnaire: FHIR R4 Questionnaire with the expressions of HL7 SDC.
//!
//! A [`Form`] is read leniently: what is unknown is kept, what is repaired is told, only what would change the meaning
//! is refused. [`Form::evaluate`] gives the consistent state of a response (what is enabled, what is calculated),
//! [`Form::review`] checks a response, [`import`] makes an instrument and its wording of a form. Rulings where
//! engines differ stand beside the code that takes them; `docs/fhir-corpus.md` shows what real files give.

mod answers;
mod check;
mod conditions;
mod dialect;
mod form;
pub mod import;
mod json;
mod limits;
mod markup;
mod number;
mod options;
mod path;
mod problem;
mod state;
mod units;

pub use form::Form;
pub use options::ValueSets;
pub use path::Now;
pub use problem::{Problem, Severity};
pub use state::Evaluation;

//! WHAT IS ASKED: instruments as data, what an answer may be, which items apply, and the words.

pub(crate) mod answer;
#[cfg(feature = "catalog")]
pub mod catalog;
mod definition;
mod in_words;
pub mod logic;
mod rule;
mod scale;
mod wording;

pub use answer::{Answer, AnswerRefusal};
pub(crate) use definition::whole_number;
pub use definition::{Condition, Definition, Item, ItemKind, OptionSet, Recall, StaffLabels};
pub use rule::{Norm, Rule, SevereLevels, Step, Table, ValueSet};
pub use scale::{Direction, Input, Inputs, Needs, Scale};
pub use wording::{InstrumentSheet, ItemWording, WordingPack};

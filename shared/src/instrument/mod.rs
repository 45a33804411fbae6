//! WHAT IS ASKED: instruments as data, what an answer may be, which items apply, and the words.

mod definition;
mod scale;
mod wording;

pub use definition::{Condition, Definition, Item, ItemKind, OptionSet, Recall};
pub use scale::{Direction, Scale};
pub use wording::{InstrumentSheet, ItemWording, WordingPack};

//! HOW IT IS ASKED WITHOUT A SCREEN: forms on paper, what staff type in of them, and typing one in twice.
//!
//! A form carries a [`FormCode`] that opens its entry. [`faults`] says what is still wrong with what was typed, item by
//! item; [`twice`] says on which items two entries of one form differ.

mod code;
mod form;
mod twice;

pub use code::FormCode;
pub use form::{FormFault, LONGEST_REMARK, earliest, faults};
pub use twice::{EnteredTwice, twice};

//! Components without a clinical word: buttons, option rows, scales, fields, dialogs, the lines around a page.
//!
//! Each shows what it is given and tells what was done; none knows where answers go.

mod analogue;
mod button;
mod dialog;
mod errors;
mod field;
mod heading;
mod icon;
mod idle;
mod page;
mod progress;
mod rows;
mod select;
mod status;
mod table;
mod taps;

pub use analogue::{AnalogueScale, Track};
pub use button::{Button, Link, Look};
pub use dialog::Dialog;
pub use errors::{ErrorLine, ErrorSummary};
pub use field::{DateField, DateParts, Field, Keyboard, TextArea, parse_decimal};
pub use heading::Heading;
pub use icon::{Icon, Symbol};
pub use idle::{Idle, IdleGuard, step as idle_step};
pub use page::{Foot, Main};
pub use progress::Progress;
pub use rows::{CheckRows, Choice, RadioRows};
pub use select::Select;
pub use status::{Notice, StatusLine, Tone};
pub use table::{SortHeader, TableRoom};
pub use taps::Taps;

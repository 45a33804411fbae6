//! The questions, one per screen: what comes next, how each kind of item is asked, the review before sending.
//!
//! Whoever shows a questionnaire gives it a [`Sitting`]: the patient's pages here, the staff's for paper later.

mod entry;
mod introduction;
mod item;
mod page;
mod review;
mod session;
mod sitting;
mod words;

pub use entry::{Entry, EntryProblem};
pub use page::QuestionnairePage;
pub use session::{QuestionnaireSession, ReviewLine, Step};
pub use sitting::{Keeping, Sitting};
pub use words::{answer_words, recall_dates};

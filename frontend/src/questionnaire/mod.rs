//! The questions, one per screen: what comes next, how each kind of item is asked, the review before sending.
//!
//! Whoever shows a questionnaire gives it a [`Answering`]: the patient's pages here, the staff's for paper later.

mod answering;
mod asked;
mod entry;
mod introduction;
mod item;
mod page;
mod review;
mod session;

mod words;

pub use answering::{Answering, Keeping};
pub use entry::{Entry, EntryProblem};
pub use page::QuestionnairePage;
pub use session::{QuestionnaireSession, ReviewLine, Step};
pub use words::{answer_words, recall_dates};

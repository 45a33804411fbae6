//! What the investigator sees: completion first, then scores over time, then exports. No patient anywhere.

mod axis;
mod chart;
mod completion;
mod completion_page;
mod exports;
mod scores_page;
mod trajectory;

pub(crate) use self::{axis::Axis, completion_page::CompletionPage, exports::ExportsPage, scores_page::ScoresPage};

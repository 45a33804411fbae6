//! Who needs the nurse now: one group at a time, most urgent first, following the server as answers come in.

mod groups;
mod lines;
mod list;
mod page;
mod unsent;
mod view;

pub(crate) use page::WorklistPage;
pub(super) use unsent::waits;

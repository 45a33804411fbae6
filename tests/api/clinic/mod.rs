//! What a nurse does every day: the list, what asks for a look, dates that move, reasons for what is missing.

mod causes;
mod entry;
mod episodes;
mod findings;
mod handover;
mod history;
mod milestones;
mod missing;
mod person;
mod reminders;
mod retrying;
mod unsent;
mod worklist;

//! What a nurse does every day: the list, dates that move, reasons for what is missing.

mod entry;
mod handover;
mod milestones;
mod missing;
mod person;
mod worklist;

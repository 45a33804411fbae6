//! The schedule as a nurse would check it, as laws that hold for any dates, and against a checker that counts days.
#![cfg(test)]

mod by_hand;
mod diary;
mod histories;
mod laws;
mod reminders;
mod stories;

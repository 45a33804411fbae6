//! The interface over real HTTP, on both databases.

mod access;
mod amnesia;
mod backups;
mod clinic;
mod commands;
mod demonstration;
mod discretion;
mod edges;
mod enrolment;
mod erasing;
mod exports;
mod instruments;
mod outages;
mod oversight;
mod passkeys;
mod provider;
mod pushing;
mod questionnaires;
mod rebuilding;
mod reports;
mod retention;
mod running;
mod signing;
mod signing_in;
mod verifying;

//! The interface over real HTTP, on both databases.

mod commands;
mod demonstration;
mod edges;
mod enrolment;
mod outages;
mod pushing;
mod signing_in;

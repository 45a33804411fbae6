//! The interface over real HTTP, on both databases.

mod demonstration;
mod enrolment;
mod pushing;
mod signing_in;

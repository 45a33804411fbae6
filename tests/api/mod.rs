//! The interface over real HTTP, on both databases.

mod enrolment;
mod signing_in;

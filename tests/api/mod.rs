//! The interface over real HTTP, on both databases.

mod enrolment;
mod pushing;
mod signing_in;

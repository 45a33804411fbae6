//! The interface over real HTTP, on both databases.

mod signing_in;

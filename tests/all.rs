//! One test binary over everything: the interface on both databases, the journey, the repository's own rules.
#![cfg(test)]
#![allow(unreachable_pub, reason = "nothing reaches into a test binary")]
#![allow(clippy::disallowed_methods, reason = "tests make ids and read their environment")]

mod api;
mod journey;
mod support;
mod tidy;

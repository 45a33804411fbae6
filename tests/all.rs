//! The one test binary over everything.
#![cfg(test)]

mod tidy;

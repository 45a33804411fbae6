//! Scores against software that is not ours, and the laws that every scale obeys.
#![cfg(test)]

mod laws;
mod oracles;

//! Scores against software that is not ours, and the laws that every scale obeys.
#![cfg(test)]

mod crosswalk;
mod digest;
mod eq_5d_5l;
mod laws;
mod oracles;
mod vectors;

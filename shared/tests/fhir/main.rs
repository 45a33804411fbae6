//! Real questionnaires of other systems, and what independent engines and HL7's validator make of them.
//!
//! The corpus lies beside the workspace in `../shared/data/fhir`, or under the folder that `RESSENTI_SHARED` names.
//! What these tests find is written in `docs/fhir-corpus.md`, and `table.rs` fails when that is not what they find;
//! `RESSENTI_WRITE=1 cargo test -p shared --test fhir` writes it anew.
#![cfg(test)]

mod corpus;
mod edges;
mod hostile;
mod oracle;
mod real;
mod rulings;
mod table;
mod validator;

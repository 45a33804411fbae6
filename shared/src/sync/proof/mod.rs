//! How a server proves what it holds: entries that commit to payloads, chained, under the root of a Merkle tree.
//!
//! Two logs are kept so: answer events in the order of commits, and the audit. `ressenti verify` shares nothing with
//! this room; it reads the databases on its own and must come to the same hashes.

mod entry;
mod merkle;

pub use entry::{AuditLog, CHAIN_START, Salt, answer_leaf, audit_leaf, chain, commitment, salt};
pub use merkle::{
    Hash, Tree, consistency_path, inclusion_path, leaf_hash, node_hash, proves_consistency, proves_inclusion,
};

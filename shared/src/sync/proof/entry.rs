//! What the logs of a server commit to, byte for byte; `docs/protocol.md` has the same in words.
//!
//! A payload is committed to by a salted hash, so that it can be erased with its salt: what stays still fits its log,
//! and nobody can try out what it was.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::merkle::{Hash, leaf_hash};
use crate::{id::AnswerEventId, time::Timestamp};

/// Random bytes beside a payload.
pub type Salt = [u8; 16];

/// The chain before its first entry.
pub const CHAIN_START: Hash = [0; 32];

/// What stands for a payload in a log: SHA-256 of its salt and its own SHA-256.
#[must_use]
pub fn commitment(salt: &Salt, payload: &Hash) -> Hash {
    Sha256::new().chain_update(salt).chain_update(payload).finalize().into()
}

/// The salt of an entry, from what its transaction drew and nobody keeps.
#[must_use]
pub fn salt(drawn: &Salt, number: u64) -> Salt {
    let hash: Hash = Sha256::new().chain_update(drawn).chain_update(number.to_be_bytes()).finalize().into();
    std::array::from_fn(|nth| hash.get(nth).copied().unwrap_or_default())
}

/// The chain after an entry: SHA-256 of the chain before it and its leaf.
#[must_use]
pub fn chain(before: &Hash, leaf: &Hash) -> Hash {
    Sha256::new().chain_update(before).chain_update(leaf).finalize().into()
}

/// The leaf of an answer event: its position, the milliseconds of its receipt, its id and its commitment.
#[must_use]
pub fn answer_leaf(position: u64, received_at: Timestamp, event: AnswerEventId, commitment: &Hash) -> Hash {
    let event = event.as_uuid();
    let entry =
        [&position.to_be_bytes()[..], &received_at.as_millisecond().to_be_bytes(), event.as_bytes(), commitment];
    leaf_hash(&entry.concat())
}

/// The two lives of audit entries.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditLog {
    /// As long as the record.
    Clinical,
    /// Twelve months; then the payload goes and the entry stays.
    Security,
}

/// The leaf of an audit entry: its number, which log (1 is security), its milliseconds and its commitment.
#[must_use]
pub fn audit_leaf(number: u64, log: AuditLog, at: Timestamp, commitment: &Hash) -> Hash {
    let log = u8::from(log == AuditLog::Security);
    let entry = [&number.to_be_bytes()[..], &[log], &at.as_millisecond().to_be_bytes(), commitment];
    leaf_hash(&entry.concat())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{AuditLog, CHAIN_START, answer_leaf, audit_leaf, chain, commitment, salt};
    use crate::{id::AnswerEventId, time::Timestamp};

    #[test]
    fn whatever_differs_in_an_entry_differs_in_its_leaf() {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap();
        let id = |n| AnswerEventId::new(uuid::Uuid::from_u128(n));
        let leaves = [
            answer_leaf(1, at(5), id(7), &[9; 32]),
            answer_leaf(2, at(5), id(7), &[9; 32]),
            answer_leaf(1, at(6), id(7), &[9; 32]),
            answer_leaf(1, at(5), id(8), &[9; 32]),
            answer_leaf(1, at(5), id(7), &[8; 32]),
            audit_leaf(1, AuditLog::Clinical, at(5), &[9; 32]),
            audit_leaf(1, AuditLog::Security, at(5), &[9; 32]),
            audit_leaf(2, AuditLog::Clinical, at(5), &[9; 32]),
            audit_leaf(1, AuditLog::Clinical, at(6), &[9; 32]),
            audit_leaf(1, AuditLog::Clinical, at(5), &[8; 32]),
        ];
        assert_eq!(BTreeSet::from(leaves).len(), leaves.len());
    }

    #[test]
    fn a_chain_depends_on_the_order_of_its_entries() {
        let [one, two] = [[1; 32], [2; 32]];
        assert_ne!(chain(&chain(&CHAIN_START, &one), &two), chain(&chain(&CHAIN_START, &two), &one));
    }

    #[test]
    fn equal_payloads_have_different_commitments() {
        let salts = [salt(&[3; 16], 1), salt(&[3; 16], 2), salt(&[4; 16], 1)];
        assert_eq!(salts.map(|salt| commitment(&salt, &[7; 32])).into_iter().collect::<BTreeSet<_>>().len(), 3);
    }
}
